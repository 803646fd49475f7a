//! Signing in and out.

use chrono::TimeDelta;
use scraper::{Html, Selector};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::{Person, TestApp, page::Reply, people::PASSWORD, story};

#[tokio::test]
async fn a_screener_signs_in_and_out() {
    story(|app| async move {
        let mut screener = app.stranger();
        let page = screener.open("/sign-in").await.says("登录");
        let page = page
            .fill("user_name", "screener")
            .fill("password", "wrong")
            .submit(&mut screener)
            .await;
        let page = page.is(422).says("用户名或密码不正确");
        let reply = page
            .fill("user_name", "screener")
            .fill("password", PASSWORD)
            .submit(&mut screener)
            .await;
        assert_eq!(reply.location.as_deref(), Some("/"));
    })
    .await;
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_a_while() {
    story(|app| async move {
        let mut thief = app.stranger();
        for _ in 0..5 {
            let page = thief.open("/sign-in").await;
            page.fill("user_name", "screener")
                .fill("password", "Wrong-One-1")
                .submit(&mut thief)
                .await
                .is(422);
        }
        let page = thief.open("/sign-in").await;
        page.fill("user_name", "screener")
            .fill("password", PASSWORD)
            .submit(&mut thief)
            .await
            .says("锁定");
        app.app.clock.advance(chrono::TimeDelta::minutes(16));
        thief.sign_in("screener", PASSWORD).await;
    })
    .await;
}

/// The id of an account, as the addresses of its pages have it.
async fn id_of(app: &TestApp, user_name: &str) -> i64 {
    let found = starbridge::account::queries::by_user_name(&*app.app.db, user_name)
        .await
        .unwrap();
    found.unwrap().id.0
}

/// What a fact on a page says.
fn fact(page: &Reply, term: &str) -> String {
    let html = Html::parse_document(&page.html());
    let facts = Selector::parse("dl.facts > div").unwrap();
    let found = html.select(&facts).find_map(|row| {
        let text: Vec<String> = ["dt", "dd"]
            .map(|part| {
                let part = row.select(&Selector::parse(part).unwrap()).next().unwrap();
                part.text().collect::<String>().trim().to_owned()
            })
            .into();
        (text[0] == term).then(|| text[1].clone())
    });
    found.unwrap_or_else(|| panic!("no fact {term}: {}", page.text()))
}

/// The code that an authenticator application shows.
fn code(secret: &str, app: &TestApp) -> String {
    let bytes = Secret::Encoded(secret.replace(' ', "")).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, "x".to_owned()).unwrap();
    totp.generate(u64::try_from(app.app.clock.now().timestamp()).unwrap())
}

async fn add_second_factor(app: &TestApp, person: &mut Person) -> String {
    person
        .open("/account/second-factor")
        .await
        .submit_to("/secret", person)
        .await
        .is(303);
    let page = person.open("/account/second-factor").await;
    let secret = fact(&page, "密钥");
    page.fill("code", code(&secret, app))
        .submit_to("/account/second-factor?", person)
        .await
        .is(303);
    secret
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_every_code_works_once() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let page = doctor.open("/account/second-factor").await.says("开始添加");
        page.submit_to("/secret", &mut doctor).await.is(303);
        let page = doctor.open("/account/second-factor").await;
        assert!(page.html().contains("otpauth://totp/"));
        let page = page.fill("code", "000000");
        page.submit_to("/account/second-factor?", &mut doctor)
            .await
            .is(422)
            .says("验证码不正确");
        let secret = add_second_factor(&app, &mut doctor).await;

        let mut again = app.stranger();
        let sign_in = again.open("/sign-in?next=/account/password").await;
        let reply = sign_in
            .fill("user_name", "doctor")
            .fill("password", PASSWORD)
            .submit(&mut again)
            .await;
        assert_eq!(
            reply.location.as_deref(),
            Some("/sign-in/second-factor?next=%2Faccount%2Fpassword")
        );
        again.get("/account").await.is(303);
        let page = again.open("/sign-in/second-factor?next=/account/password").await;
        // The code that confirmed it was used.
        let page = page.fill("code", code(&secret, &app)).submit(&mut again).await;
        let page = page.is(422).says("已使用过");
        app.app.clock.advance(TimeDelta::seconds(30));
        let reply = page.fill("code", code(&secret, &app)).submit(&mut again).await;
        assert_eq!(reply.location.as_deref(), Some("/account/password"));
        again.open("/account").await.is(200).says("doctor");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_like_wrong_passwords() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let secret = add_second_factor(&app, &mut doctor).await;
        app.app.clock.advance(TimeDelta::seconds(60));
        let mut thief = app.stranger();
        thief.sign_in("doctor", PASSWORD).await;
        for _ in 0..5 {
            let page = thief.open("/sign-in/second-factor").await;
            page.fill("code", "123").submit(&mut thief).await.is(422);
        }
        let page = thief.open("/sign-in/second-factor").await;
        let right = code(&secret, &app);
        page.fill("code", right).submit(&mut thief).await.is(422).says("锁定");
        thief.get("/account").await.is(303);
    })
    .await;
}

#[tokio::test]
async fn the_security_administrator_opens_an_account_and_its_owner_changes_the_first_password() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let page = security.open("/accounts/new").await;
        let page = page
            .fill("user_name", "wang.fang")
            .fill("display_name", "王芳")
            .fill("email", "no address")
            .submit(&mut security)
            .await;
        let page = page.is(422).says("电子邮箱格式不正确").says("请填写此项");
        let site = option(&page, "organisation", "庄市街道社区卫生服务中心");
        let page = page
            .fill("email", "")
            .fill("organisation", &site)
            .fill("roles", "screener")
            .submit(&mut security)
            .await
            .is(200);
        let password = fact(&page, "首次密码");
        assert!(!security.open("/accounts?q=wang").await.html().contains(&password));

        let mut wang = app.stranger();
        wang.sign_in("wang.fang", &password).await;
        let page = wang.open("/account/password").await.says("继续之前请先修改密码");
        let page = page
            .fill("current", &password)
            .fill("new", "Green-Lamp-77")
            .fill("again", "Green-Lamp-78")
            .submit(&mut wang)
            .await;
        let page = page.is(422).says("不一致");
        let page = page
            .fill("current", "wrong")
            .fill("new", "Green-Lamp-77")
            .fill("again", "Green-Lamp-77")
            .submit(&mut wang)
            .await;
        let page = page.is(422).says("当前密码不正确");
        page.fill("current", &password)
            .fill("new", "Green-Lamp-77")
            .fill("again", "Green-Lamp-77")
            .submit(&mut wang)
            .await
            .is(303);
        wang.open("/account").await.is(200).says("wang.fang").says("初筛人员");
    })
    .await;
}

/// The value of an option by its words.
fn option(page: &Reply, field: &str, words: &str) -> String {
    let html = Html::parse_document(&page.html());
    let options = Selector::parse(&format!("select[name={field}] option")).unwrap();
    let found = html
        .select(&options)
        .find(|o| o.text().collect::<String>().contains(words));
    found.unwrap().attr("value").unwrap().to_owned()
}

#[tokio::test]
async fn the_last_five_passwords_do_not_come_back() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let mut current = PASSWORD.to_owned();
        for n in 1..=5 {
            let next = format!("Green-Lamp-7{n}");
            let page = doctor.open("/account/password").await;
            let page = page
                .fill("current", &current)
                .fill("new", PASSWORD)
                .fill("again", PASSWORD);
            page.submit(&mut doctor).await.is(422).says("最近用过");
            let page = doctor.open("/account/password").await;
            let page = page.fill("current", &current).fill("new", &next).fill("again", &next);
            page.submit(&mut doctor).await.is(303);
            current = next;
        }
        let page = doctor.open("/account/password").await;
        let page = page
            .fill("current", &current)
            .fill("new", PASSWORD)
            .fill("again", PASSWORD);
        page.submit(&mut doctor).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn administration_is_kept_apart_and_nobody_changes_their_own_roles() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let federation = id_of(&app, "federation").await;
        let page = security.open(&format!("/accounts/{federation}/edit")).await;
        let page = page.fill("roles", "federation_officer").fill("roles", "audit_admin");
        page.submit(&mut security).await.is(422).says("三员分立");
        let page = security.open(&format!("/accounts/{federation}/edit")).await;
        page.fill("roles", "screener")
            .submit(&mut security)
            .await
            .is(422)
            .says("不能设在这类机构");

        let own = id_of(&app, "security").await;
        let page = security.open(&format!("/accounts/{own}/edit")).await;
        page.fill("roles", "system_admin")
            .submit(&mut security)
            .await
            .is(422)
            .says("不能更改自己的角色");
        for action in ["suspension", "password", "sign-outs", "unlocking"] {
            let fields = [("reason".to_owned(), "x".to_owned())];
            security
                .post(&format!("/accounts/{own}/{action}"), &fields)
                .await
                .is(409);
        }
    })
    .await;
}

#[tokio::test]
async fn new_roles_and_disabling_end_the_sessions() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let id = id_of(&app, "rescreener").await;
        let mut rescreener = app.person("rescreener").await;
        let edit = format!("/accounts/{id}/edit");
        let old = security.open(&edit).await;
        let page = security.open(&edit).await;
        let page = page.fill("roles", "rescreener").fill("roles", "diagnostician");
        page.submit(&mut security).await.is(303);
        rescreener.get("/account").await.is(303);
        // The page that was open meanwhile does not undo it.
        old.submit(&mut security).await.is(409).says("有人修改了同一条记录");

        let mut rescreener = app.person("rescreener").await;
        rescreener.open("/account").await.says("诊断");
        let page = security.open(&format!("/accounts/{id}")).await;
        let page = page.submit_to("/suspension", &mut security).await.is(422);
        let page = page.says("请填写此项").fill("reason", "调离岗位");
        page.submit_to("/suspension", &mut security).await.is(303);
        rescreener.get("/account").await.is(303);
        let page = rescreener.open("/sign-in").await;
        let page = page.fill("user_name", "rescreener").fill("password", PASSWORD);
        page.submit(&mut rescreener).await.is(422).says("用户名或密码不正确");
        let page = security.open(&format!("/accounts/{id}")).await;
        let page = page.says("调离岗位").says("更改角色或机构");
        page.submit_to("/reinstatement", &mut security).await.is(303);
        rescreener.sign_in("rescreener", PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn a_locked_account_is_unlocked_and_a_forgotten_password_reset() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let id = id_of(&app, "screener").await;
        let mut screener = app.stranger();
        for _ in 0..5 {
            let page = screener.open("/sign-in").await;
            let page = page.fill("user_name", "screener").fill("password", "Wrong-One-1");
            page.submit(&mut screener).await.is(422);
        }
        let list = security.open("/accounts?state=locked").await;
        let page = list.says("screener").omits("rescreener");
        assert!(page.links().contains(&format!("/accounts/{id}")));
        let page = security.open(&format!("/accounts/{id}")).await;
        page.submit_to("/unlocking", &mut security).await.is(303);
        screener.sign_in("screener", PASSWORD).await;

        let id = id_of(&app, "system").await;
        let mut system = app.person("system").await;
        let page = security.open(&format!("/accounts/{id}")).await;
        let page = page.submit_to("/password", &mut security).await.is(200);
        let password = fact(&page, "首次密码");
        system.get("/account").await.is(303);
        system.sign_in("system", &password).await;
        let reply = system.get("/organisations").await;
        assert_eq!(reply.location.as_deref(), Some("/account/password"));
    })
    .await;
}

#[tokio::test]
async fn a_lost_telephone_is_taken_off_the_account() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        add_second_factor(&app, &mut doctor).await;
        let mut security = app.person("security").await;
        let id = id_of(&app, "doctor").await;
        let page = security
            .open(&format!("/accounts/{id}"))
            .await
            .fill("factor_reason", "手机丢失");
        page.submit_to("/second-factor-removal", &mut security).await.is(303);
        doctor.get("/account").await.is(303);
        doctor.sign_in("doctor", PASSWORD).await;
        doctor.open("/account").await.is(200).says("未启用");
    })
    .await;
}

#[tokio::test]
async fn accounts_of_another_district_are_not_found() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let foreign = id_of(&app, "elsewhere").await;
        for path in ["", "/edit"] {
            security.get(&format!("/accounts/{foreign}{path}")).await.is(404);
        }
        for path in ["/edit", "/suspension", "/password", "/unlocking", "/sign-outs"] {
            let fields = [
                ("reason".to_owned(), "x".to_owned()),
                ("version".to_owned(), "1".to_owned()),
            ];
            let status = security
                .post(&format!("/accounts/{foreign}{path}"), &fields)
                .await
                .status;
            assert_eq!(status, 404, "{path}");
        }
        let list = security.open("/accounts").await.omits("elsewhere");
        list.says("doctor");
        let mut federation = app.person("federation").await;
        federation.get("/accounts").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn devices_are_listed_and_signed_out_one_by_one_or_all_at_once() {
    story(|app| async move {
        let mut here = app.person("doctor").await;
        let mut there = app.person("doctor").await;
        let mut elsewhere = app.person("doctor").await;
        let page = here.open("/account").await;
        let ends: Vec<String> = page
            .html()
            .split('"')
            .filter(|part| part.starts_with("/account/sessions/") && part.contains("/closure?"))
            .map(str::to_owned)
            .collect();
        assert_eq!(ends.len(), 3, "two others, and all others: {ends:?}");
        here.post(&ends[0], &[]).await.is(303);
        let left = [
            there.get("/account").await.status,
            elsewhere.get("/account").await.status,
        ];
        assert_eq!(left.iter().filter(|s| **s == 200).count(), 1, "{left:?}");
        let page = here.open("/account").await;
        page.submit_to("/account/sessions/closure", &mut here).await.is(303);
        there.get("/account").await.is(303);
        elsewhere.get("/account").await.is(303);
        here.get("/account").await.is(200);
        here.post("/account/sessions/0123456789abcdef/closure", &[])
            .await
            .is(404);
    })
    .await;
}

#[tokio::test]
async fn language_and_look_are_switched_before_and_after_signing_in() {
    story(|app| async move {
        let fields = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let mut visitor = app.stranger();
        let reply = visitor
            .post("/preferences", &fields(&[("locale", "en"), ("back", "//evil.example")]))
            .await;
        assert_eq!(reply.location.as_deref(), Some("/"));
        let page = visitor.open("/sign-in").await.says("Sign in");
        assert!(page.html().contains("lang=\"en\""));
        visitor
            .post("/preferences", &fields(&[("large_type", "true")]))
            .await
            .is(303);
        assert!(visitor.open("/sign-in").await.html().contains("large-type"));
        visitor
            .post("/preferences", &fields(&[("theme", "loud")]))
            .await
            .is(400);

        let mut doctor = app.person("doctor").await;
        doctor.open("/account").await.says("我的账户");
        let reply = doctor
            .post("/preferences", &fields(&[("locale", "en"), ("back", "/account")]))
            .await;
        assert_eq!(reply.location.as_deref(), Some("/account"));
        let page = doctor
            .open("/account")
            .await
            .says("My account")
            .says("Signed-in devices")
            .says("Second factor");
        let page = page.fill("display_name", "Dr Lin").fill("theme", "dark");
        page.submit_to("/account?", &mut doctor).await.is(303);
        let page = doctor.open("/account").await;
        assert!(page.html().contains("data-bs-theme=\"dark\""));
        assert!(page.html().contains("value=\"Dr Lin\""));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_tries_too_often_is_asked_to_wait() {
    story(|app| async move {
        let mut thief = app.stranger();
        thief.comes_from("203.0.113.7:4000");
        let try_one = |n: usize| {
            vec![
                ("user_name".to_owned(), format!("nobody{n}")),
                ("password".to_owned(), "Wrong-One-1".to_owned()),
            ]
        };
        for n in 0..60 {
            thief.post("/sign-in", &try_one(n)).await.is(422);
        }
        thief.post("/sign-in", &try_one(60)).await.is(429).says("过于频繁");
        let mut other = app.stranger();
        other.comes_from("203.0.113.8:4000");
        other.sign_in("doctor", PASSWORD).await;
        app.app.clock.advance(TimeDelta::seconds(2));
        thief.post("/sign-in", &try_one(61)).await.is(422);
    })
    .await;
}
