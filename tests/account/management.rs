//! What the security administrator does with the accounts of others.

use super::{add_second_factor, fact, id_of, option};
use crate::support::{people::PASSWORD, story};

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
        // The hospital serves several districts.
        let mut security = app.person("city-security").await;
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
        let list = security.open("/accounts?all=true").await.omits("elsewhere");
        list.says("doctor");
        let mut federation = app.person("federation").await;
        federation.get("/accounts").await.is(403);
    })
    .await;
}
