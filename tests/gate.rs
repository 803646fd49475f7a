//! What comes in: hostile text in every field of every form and in every part of every address, and what comes of it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{Method, Request, header},
};
use entities::work::submission;
use http_body::{Frame, SizeHint};
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Statement,
    sea_query::Expr,
};
use starbridge::{
    demo,
    platform::{chance, submission as submissions},
    web::form::ADDRESS,
};
use tower::ServiceExt as _;

use crate::support::{Person, TestApp, page::Reply, story};

/// Nobody types these.
fn hostile() -> Vec<String> {
    [
        "a\0b",
        "\u{7f}\u{1b}[2J",
        "\u{fffe}\u{202e}\u{200b}",
        "9999-12-31",
        "-262143-01-01",
        "+262142-12-31",
        "-4713-01-01",
        "9223372036854775807",
        "-9223372036854775808",
        "1e309",
        "24:61",
        "[]",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(["王".repeat(3000)])
    .collect()
}

/// Parameters that some page or other reads.
const PARAMETERS: &[&str] = &[
    "q",
    "find",
    "page",
    "sort",
    "dir",
    "from",
    "until",
    "year",
    "month",
    "street",
    "state",
    "kindergarten",
    "age",
    "performed_on",
    "division",
    "mode",
    "by",
    "span",
    "cell",
    "row",
    "stage",
    "overdue",
    "kind",
    "side",
    "view",
    "role",
    "organisation",
    "who",
    "file_no",
    "before",
    "group",
    "refused",
    "sibling",
    "reason",
    "left_on",
    "referral",
    "child",
    "instrument",
    "since",
    "age_used",
    "fresh",
    "rows",
    "format",
    "indicator",
    "next",
    "once",
];

/// What would end the walk: signing out, and taking away the account that walks.
fn ends_the_walk(action: &str) -> bool {
    action.starts_with("/sign-out")
        || action.contains("/sessions")
        || ["/suspension", "/sign-outs", "/password"]
            .iter()
            .any(|end| action.ends_with(end))
}

/// A few pages of each route, by the links from the home page; one address of each, and every form.
async fn pages(person: &mut Person) -> (Vec<String>, BTreeMap<String, (String, Vec<(String, String)>)>) {
    let (mut open, mut shapes) = (VecDeque::from(["/".to_owned()]), BTreeMap::<String, u8>::new());
    let (mut addresses, mut forms) = (Vec::new(), BTreeMap::new());
    while let Some(address) = open.pop_front() {
        let reply = person.open(&address).await;
        if reply.status != 200 || !reply.html().contains("<html") {
            continue;
        }
        for (action, fields) in reply.forms() {
            let action = action.split('?').next().unwrap_or_default().to_owned();
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            if !ends_the_walk(&action) {
                forms
                    .entry(format!("{} {names:?}", shape(&action)))
                    .or_insert((action, fields));
            }
        }
        for link in reply.links() {
            let link = if link.starts_with('?') {
                format!("{}{link}", address.split('?').next().unwrap_or_default())
            } else {
                link
            };
            let wanted = link.starts_with('/') && !link.starts_with("/assets") && !link.contains("export");
            // What a referral offers depends on its state, so several are opened.
            let seen = shapes.entry(shape(&link)).or_default();
            if wanted && *seen < 4 && !open.contains(&link) {
                *seen += 1;
                if *seen == 1 {
                    addresses.push(link.clone());
                }
                open.push_back(link);
            }
        }
    }
    (addresses, forms)
}

/// An address without what is particular: numbers, and the values of its parameters.
fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path: Vec<&str> = path
        .split('/')
        .map(|part| {
            if part.bytes().any(|b| b.is_ascii_digit()) {
                "N"
            } else {
                part
            }
        })
        .collect();
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{} {names:?}", path.join("/"))
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn plausible(name: &str, value: &str) -> String {
    let day = name.ends_with("_on") || ["day", "since", "until", "valid_from"].contains(&name);
    match name {
        _ if !value.is_empty() => value.to_owned(),
        _ if day => "2026-10-20".to_owned(),
        _ if name.contains("time") => "10:00".to_owned(),
        _ if name.contains("phone") => "13800138000".to_owned(),
        _ if name.contains("email") => "a@example.org".to_owned(),
        _ => "安全测试".to_owned(),
    }
}

/// A page, a refusal or a file: not our fault, and no broken redirect.
fn held(reply: &Reply, step: &str) {
    assert!(reply.status < 500, "{step} -> {}: {}", reply.status, reply.text());
    if let Some(to) = &reply.location {
        assert!(to.starts_with('/') && !to.starts_with("//"), "{step} leads to {to}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_field_and_no_address_lets_hostile_text_in() {
    let (app, sign_ins) = TestApp::demonstration(200, 3).await;
    let password = demo::data::load().unwrap().password;
    let (mut walked, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for one in &sign_ins {
        let mut person = app.stranger();
        person.sign_in(&one.user_name, &password).await;
        let (addresses, forms) = pages(&mut person).await;
        for address in addresses.iter().filter(|address| asked.insert(shape(address))) {
            hostile_address(&mut person, address).await;
        }
        for (name, (action, fields)) in forms {
            if walked.insert(name) {
                hostile_form(&mut person, &one.user_name, &password, &action, &fields).await;
            }
        }
    }
    assert!(
        walked.len() > 40 && asked.len() > 60,
        "{} forms, {} addresses",
        walked.len(),
        asked.len()
    );
    assert_eq!(marks(&app).await, [""; 0], "what may not come in was kept");
}

/// Every parameter and every part of the path, one at a time.
async fn hostile_address(person: &mut Person, address: &str) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let parts: Vec<&str> = path.split('/').collect();
    for value in hostile() {
        for at in (0..parts.len()).filter(|at| parts[*at].bytes().any(|b| b.is_ascii_digit())) {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            changed[at] = encoded(&value);
            let to = changed.join("/");
            let reply = person.get(&to).await;
            held(&reply, &to);
        }
        let given: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        for name in given.iter().filter(|name| !name.is_empty()) {
            let pairs = query.split('&').map(|pair| {
                if pair.split('=').next() == Some(name) {
                    format!("{name}={}", encoded(&value))
                } else {
                    pair.to_owned()
                }
            });
            let to = format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"));
            let reply = person.get(&to).await;
            held(&reply, &to);
        }
    }
}

/// Every field of a form, one at a time, from an otherwise plausible one.
async fn hostile_form(person: &mut Person, user_name: &str, password: &str, action: &str, fields: &[(String, String)]) {
    let fields: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| (name.clone(), plausible(name, value)))
        .collect();
    for at in 0..fields.len().min(24) {
        for value in hostile() {
            let mut sent = fields.clone();
            sent[at].1.clone_from(&value);
            let reply = person.post(action, &sent).await;
            let step = format!("{user_name}: {action} with {} = {:.40?}", sent[at].0, value);
            held(&reply, &step);
            if reply.location.as_deref().is_some_and(|to| to.starts_with("/sign-in")) {
                person.sign_in(user_name, password).await;
            }
        }
    }
}

/// Columns that hold what no field lets in.
async fn marks(app: &TestApp) -> Vec<String> {
    let db = &*app.app.db;
    let backend = db.get_database_backend();
    let columns = match backend {
        DbBackend::Postgres => {
            "SELECT table_name AS t, column_name AS c FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'json', 'jsonb')"
        }
        _ => {
            "SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p
             WHERE m.type = 'table' AND lower(p.type) LIKE '%text%' OR lower(p.type) LIKE '%char%' OR lower(p.type) LIKE '%json%'"
        }
    };
    let mut found = Vec::new();
    for row in db
        .query_all_raw(Statement::from_string(backend, columns))
        .await
        .unwrap()
    {
        let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        // The trail alone keeps that somebody tried.
        let odd = [
            if table == "event" { "\u{7f}" } else { "\u{fffd}" },
            "\u{7f}",
            "\u{1b}",
            "\u{202e}",
            "\u{200b}",
            &"王".repeat(2500),
        ]
        .map(|text| format!("CAST(\"{column}\" AS text) LIKE '%{text}%'"))
        .join(" OR ");
        let count = format!("SELECT count(*) AS n FROM \"{table}\" WHERE {odd}");
        let row = db
            .query_one_raw(Statement::from_string(backend, count))
            .await
            .unwrap()
            .unwrap();
        let n: i64 = row.try_get("", "n").unwrap();
        if n > 0 {
            found.push(format!("{table}.{column}: {n}"));
        }
    }
    found
}

#[tokio::test]
async fn parameters_that_no_link_has_are_held_too() {
    story(|app| async move {
        for (who, role) in [
            ("screener", entities::words::Role::Screener),
            ("federation", entities::words::Role::FederationOfficer),
            ("system", entities::words::Role::SystemAdmin),
            ("security", entities::words::Role::SecurityAdmin),
            ("audit", entities::words::Role::AuditAdmin),
            ("bureau", entities::words::Role::Observer),
        ] {
            let mut person = app.person(who).await;
            let routes = app
                .table
                .iter()
                .filter(|r| r.method == Method::GET && r.can.allows(&[role]));
            for route in routes {
                for value in hostile() {
                    let path: Vec<String> = route
                        .path
                        .split('/')
                        .map(|part| {
                            if part.starts_with('{') {
                                encoded(&value)
                            } else {
                                part.to_owned()
                            }
                        })
                        .collect();
                    let short: String = value.chars().take(40).collect();
                    let query: Vec<String> = PARAMETERS
                        .iter()
                        .map(|name| format!("{name}={}", encoded(&short)))
                        .collect();
                    for to in [
                        path.join("/"),
                        format!("{}?{}", route.path.replace(['{', '}'], ""), query.join("&")),
                    ] {
                        let reply = person.get(&to).await;
                        held(&reply, &format!("{who}: {to:.200}"));
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_may_not_come_in_is_told_beside_its_field() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let name = |text: String| async {
            let mut system = app.person("system").await;
            let page = system.open("/organisations/new").await;
            let kind = page
                .forms()
                .into_iter()
                .find(|(to, _)| to.starts_with("/organisations"))
                .unwrap();
            assert!(kind.1.iter().any(|(name, _)| name == "kind"));
            page.fill("kind", "screening_site")
                .fill("name", text)
                .fill("coverage", "330211004")
                .submit_to("/organisations", &mut system)
                .await
        };
        let count = || entities::organisation::organisation::Entity::find().count(&*app.app.db);
        let before = count().await.unwrap();
        let marked = name("庄\0市".to_owned()).await.is(422).says("第 2 个字不能使用");
        assert!(
            marked.html().contains("庄\u{fffd}市"),
            "what was typed comes back, marked"
        );
        name("王".repeat(3000)).await.is(422);
        assert_eq!(count().await.unwrap(), before, "nothing was saved");
        // What is pasted along unseen is no reason to refuse.
        name("庄市\u{202e}第二\u{200b}医院".to_owned()).await.is(303);
        system
            .open("/organisations?q=%E5%BA%84%E5%B8%82%E7%AC%AC%E4%BA%8C")
            .await
            .says("庄市第二医院");
    })
    .await;
}

#[tokio::test]
async fn addresses_are_refused_as_pages() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let long = format!("/children?q={}", "a".repeat(5000));
        screener.get(&long).await.is(414).says("地址太长");
        app.stranger().get(&long).await.is(414);
        let as_long_as = |bytes: usize| format!("/children?q={}", "a".repeat(bytes - "/children?q=".len()));
        screener.get(&as_long_as(ADDRESS)).await.is(200);
        screener.get(&as_long_as(ADDRESS + 1)).await.is(414);
        screener
            .get("/children?street=a%00b")
            .await
            .is(400)
            .says("请求无法识别");
        screener.get("/children/%00").await.is(404);
        screener.get("/children/abc").await.is(404);
        screener.get("/screening-days/9999-12-31").await.is(404);
        screener.get("/screening-days/-4713-01-01").await.is(404);
        // Signing in leads back to where one wanted to go, unless that is too long for an address.
        let wanted = format!("/children?q={}", "a".repeat(3000));
        let to = app.stranger().get(&wanted).await.is(303).location.unwrap();
        assert_eq!(to, "/sign-in");
        let to = app.stranger().get("/children?page=2").await.is(303).location.unwrap();
        assert_eq!(to, "/sign-in?next=%2Fchildren%3Fpage%3D2");
    })
    .await;
}

#[tokio::test]
async fn what_no_page_of_ours_sends_is_refused_as_a_page() {
    story(|app| async move {
        let screener = app.person("screener").await;
        let cookies: Vec<String> = screener.cookies().iter().map(|(k, v)| format!("{k}={v}")).collect();
        let send = async |method: Method, path: &str, site: &str, kind: &str| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::HOST, "starbridge.test")
                .header("sec-fetch-site", site)
                .header(header::COOKIE, cookies.join("; "))
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from("locale=en"))
                .unwrap();
            Reply::read(app.router.clone().oneshot(request).await.unwrap(), path).await
        };
        let form = "application/x-www-form-urlencoded";
        let reply = send(Method::POST, "/preferences", "cross-site", form).await;
        reply.is(403).says("这个请求来自别的网站");
        let reply = send(Method::POST, "/children", "same-origin", "application/json").await;
        reply.is(400).says("请求无法识别");
        let reply = send(Method::DELETE, "/children", "same-origin", form).await;
        reply.is(405).says("没有找到");
        let reply = send(Method::POST, "/preferences", "same-origin", form).await;
        reply.is(303);
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_was_kept_is_said_to_be_kept() {
    story(|app| async move {
        let mut rescreener = app.person("rescreener").await;
        for (query, status) in [
            ("kind=rescreen&street=%E7%8E%8B", 303),
            ("q=王", 303),
            ("a\0b", 422),
            ("a\r\nX-Evil: 1", 422),
        ] {
            let fields = [("filter_name", "急"), ("query", query)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            let reply = rescreener.post("/referrals/filters", &fields).await.is(status);
            if status == 303 {
                assert!(reply.location.unwrap().starts_with("/referrals?"));
            }
        }
        let kept = entities::work::saved_filter::Entity::find()
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(kept, 2);
        for query in ["%01", "a\0b", &"王".repeat(3000)] {
            let reply = rescreener
                .post("/referrals/acceptances", &[("query".to_owned(), query.to_owned())])
                .await
                .is(303);
            assert!(reply.location.unwrap().starts_with("/referrals"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_comes_twice_leads_to_what_it_made_and_never_to_another_site() {
    story(|app| async move {
        let once = chance::name();
        let mut system = app.person("system").await;
        let fields = [
            ("kind", "screening_site"),
            ("name", "庄市第二医院"),
            ("coverage", "330211004"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
        let target = format!("/organisations?once={once}");
        let first = system.post(&target, &fields).await.is(303).location.unwrap();
        system.comes_by("http://starbridge.test//evil.example/");
        let second = system.post(&target, &fields).await.is(303).location.unwrap();
        assert_eq!(first, second);
        // Where nobody knows any more where it led, and what it made has no page of its own, it leads back to where its
        // form stands, if that is here.
        let mut rescreener = app.person("rescreener").await;
        for (referer, to) in [
            ("http://starbridge.test//evil.example/", "/"),
            ("http://starbridge.test/\\evil.example/", "/"),
            (
                "http://starbridge.test/referrals?kind=rescreen",
                "/referrals?kind=rescreen",
            ),
        ] {
            let target = format!("/referrals/filters?once={}", chance::name());
            let led = submission::Entity::update_many()
                .col_expr(submission::Column::LedTo, Expr::value(None::<String>))
                .filter(submission::COLUMN.led_to.is_not_null());
            let fields = [("filter_name", "急"), ("query", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
            rescreener.comes_by(referer);
            rescreener.post(&target, &fields).await.is(303);
            submissions::settle(&app.app).await.unwrap();
            led.exec(app.app.db.writer()).await.unwrap();
            let second = rescreener.post(&target, &fields).await.is(303).location.unwrap();
            assert_eq!(second, to, "{referer}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_answered_with_a_page() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let fields = [("q".to_owned(), "a".repeat(2 << 20))];
        screener.post("/find", &fields).await.is(413).says("内容太大");
        let fields = [("user_name".to_owned(), "a".repeat(20 << 10))];
        app.stranger().post("/sign-in", &fields).await.is(413).says("内容太大");
        let mut system = app.person("system").await;
        let file = vec![b'a'; 6 << 20];
        system
            .upload("/instruments", &[], ("file", "a.json", &file))
            .await
            .is(413)
            .says("内容太大");
        let file = vec![b'a'; 2 << 20];
        system
            .upload("/calendars/import", &[], ("file", "a.json", &file))
            .await
            .is(413)
            .says("内容太大");
        let file = vec![b'a'; 300 << 10];
        system
            .upload("/calendars/import", &[], ("file", "a.json", &file))
            .await
            .is(422);
    })
    .await;
}

#[tokio::test]
async fn the_name_of_a_file_is_cut_where_systems_would_not_take_it() {
    use entities::kept::stored_file;
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let roster = "儿童姓名,性别,出生日期,现居住地,监护人1姓名,监护人1关系\n走马,男,2025-13-01,,王芳,母亲\n";
        let name = format!("../{}\u{202e}.csv", "名册".repeat(1500));
        let reply = screener
            .upload("/imports", &[], ("file", &name, roster.as_bytes()))
            .await
            .is(303);
        let kept = stored_file::Entity::find()
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap()
            .name;
        assert!(
            kept.len() <= 180 && kept.starts_with("名册名册") && kept.ends_with("名册.csv"),
            "{kept}"
        );
        let job = reply.location.unwrap();
        screener.open(&job).await.is(200).says("名册名册");
    })
    .await;
}

/// A body that tells how much of it was taken.
struct Endless {
    /// It says before how much there is.
    announced: bool,
    left: usize,
    sent: Arc<AtomicUsize>,
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left = self.left.saturating_sub(65536);
        self.sent.fetch_add(65536, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'a'; 65536])))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.announced {
            SizeHint::with_exact(u64::try_from(self.left).unwrap())
        } else {
            SizeHint::default()
        }
    }
}

/// The answer comes when all has been read: whoever is refused early sees a page and no broken connection.
#[tokio::test]
async fn what_is_refused_early_is_read_to_its_end() {
    story(|app| async move {
        for (length, announced, read_to_its_end) in [
            (3 << 20, false, true),
            (3 << 20, true, true),
            (100 << 20, false, false),
            (100 << 20, true, false),
        ] {
            let sent = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&sent);
            let request = Request::post("/imports")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
                .header(header::HOST, "starbridge.test")
                .body(Body::new(Endless {
                    announced,
                    left: length,
                    sent: counted,
                }))
                .unwrap();
            let response = app.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 303, "a stranger is asked to sign in");
            let sent = sent.load(Ordering::Relaxed);
            assert_eq!(sent >= length, read_to_its_end);
            // What is known to be too much is not begun.
            assert!(!announced || read_to_its_end || sent == 0, "{sent}");
        }
    })
    .await;
}
