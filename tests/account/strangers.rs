//! What somebody whom nobody knows can make the server do, keep and write.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, Response, header},
};
use chrono::TimeDelta;
use entities::event::event;
use sea_orm::{ConnectionTrait as _, Statement};
use starbridge::{access::Can, platform::event as trail};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::{events, stranger_at, try_in};
use crate::support::{TestApp, people::PASSWORD, story};

/// A request as it is, from an address.
async fn ask(app: &TestApp, address: &str, request: Request<Body>) -> Response<Body> {
    let mut request = request;
    let headers = request.headers_mut();
    headers.insert(header::HOST, "starbridge.test".parse().unwrap());
    headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
    let address: std::net::SocketAddr = format!("{address}:4000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    app.router.clone().oneshot(request).await.unwrap()
}

fn sign_in(fields: impl Into<String>) -> axum::http::request::Builder {
    let fields: String = fields.into();
    Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, fields.len())
}

/// Rows by table.
async fn rows(app: &TestApp) -> BTreeMap<&'static str, i64> {
    let mut rows = BTreeMap::new();
    for table in [
        "account",
        "draft",
        "event",
        "file_content",
        "job",
        "known_place",
        "message",
        "notice",
        "saved_filter",
        "session",
        "sign_in_count",
        "stored_file",
        "submission",
    ] {
        let count = Statement::from_string(
            app.app.db.get_database_backend(),
            format!("SELECT count(*) FROM {table}"),
        );
        let row = app.app.db.query_one_raw(count).await.unwrap().unwrap();
        rows.insert(table, row.try_get_by_index(0).unwrap());
    }
    rows
}

/// Every page, every form, with and without a token, from one address: two rows of the trail and one count are all that
/// is left of it.
#[tokio::test]
async fn whatever_a_stranger_asks_leaves_next_to_nothing() {
    story(|app| async move {
        let before = rows(&app).await;
        let paths: Vec<_> = app
            .table
            .iter()
            .map(|route| (route.method.clone(), route.path))
            .collect();
        let mut asked = 0;
        for (method, path) in paths {
            let path = path
                .replace("{id}", "1")
                .replace("{handle}", "x")
                .replace(['{', '}'], "");
            for n in 0..2 {
                let form = "user_name=nobody&password=x&code=1&locale=en";
                let request = Request::builder()
                    .method(method.clone())
                    .uri(format!("{path}?once={n:032}"))
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(
                        header::COOKIE,
                        "starbridge=AAAAAAAAAAAAAAAAAAAAAA; starbridge_flash=success.x",
                    )
                    .body(Body::from(if method == Method::POST { form } else { "" }));
                let status = ask(&app, "203.0.113.7", request.unwrap()).await.status().as_u16();
                assert!(status < 500, "{method} {path}: {status}");
                asked += 1;
            }
        }
        for _ in 0..200 {
            let request = sign_in("user_name=nobody&password=x").body(Body::from("user_name=nobody&password=x"));
            ask(&app, "203.0.113.7", request.unwrap()).await;
        }
        assert!(asked > 100, "{asked}");
        trail::settle_refusals(&app.app, true).await.unwrap();
        let mut after = rows(&app).await;
        // Unknown names, and the brake: the first of each, and the count of the others.
        let written = after.remove("event").unwrap() - before["event"];
        assert!((3..=4).contains(&written), "{written} events");
        assert_eq!(after.remove("sign_in_count"), Some(1));
        for (table, now) in after {
            assert_eq!(now, before[table], "{table}");
        }
        let counted = |e: &event::Model| e.details["count"].as_u64().unwrap_or(1);
        let failed = events(&app, "account.sign_in_failed").await;
        assert_eq!(failed.iter().map(counted).sum::<u64>(), 202, "nothing goes uncounted");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_signed_in_is_refused_is_counted_by_the_minute() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        for _ in 0..30 {
            screener.get("/accounts").await.is(403);
        }
        assert_eq!(events(&app, "access.refused").await.len(), 1);
        app.app.clock.advance(TimeDelta::seconds(61));
        trail::settle_refusals(&app.app, false).await.unwrap();
        let refused = events(&app, "access.refused").await;
        assert_eq!(refused.len(), 2);
        assert_eq!(refused[1].details["count"], 29);
        assert_eq!(refused[1].account_id, refused[0].account_id);
        assert_eq!(refused[1].details["examples"][0]["path"], "/accounts");
        // The year's figures count each of them.
        let mut audit = app.person("audit").await;
        audit.open("/events/summary?year=2026").await.says("30");
    })
    .await;
}

#[tokio::test]
async fn requests_are_named_by_the_server() {
    story(|app| async move {
        let form = "user_name=nobody&password=x";
        let request = sign_in(form)
            .header("x-request-id", "Z".repeat(60_000))
            .body(Body::from(form))
            .unwrap();
        let reply = ask(&app, "203.0.113.7", request).await;
        let named = reply.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(named.len(), 36, "{named}");
        let written = events(&app, "account.sign_in_failed").await;
        assert_eq!(written[0].cause, named);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_sends_no_long_forms() {
    story(|app| async move {
        let long = format!("user_name=nobody&password={}", "x".repeat(20_000));
        let request = sign_in(long.clone()).body(Body::from(long)).unwrap();
        let status = ask(&app, "203.0.113.7", request).await.status().as_u16();
        assert!([400, 413].contains(&status), "{status}");
        // Whoever is signed in writes as much as a form takes.
        let mut doctor = app.person("doctor").await;
        let fields = [
            ("display_name".to_owned(), "x".repeat(20_000)),
            ("version".to_owned(), "1".to_owned()),
        ];
        doctor.post("/account", &fields).await.is(422);
    })
    .await;
}

/// More sign-ins at once than there is room for are asked to come again, and none is answered wrongly.
#[tokio::test]
async fn too_many_sign_ins_at_once_are_asked_to_come_again() {
    story(|app| async move {
        let mut all = JoinSet::new();
        for n in 0..240 {
            let app = app.clone();
            all.spawn(async move {
                let form = format!("user_name=nobody{n}&password=x");
                let request = sign_in(form.clone()).body(Body::from(form)).unwrap();
                let address = format!("203.0.{}.{}", n / 120, n % 120 + 1);
                let reply = ask(&app, &address, request).await;
                let again = reply.headers().get(header::RETRY_AFTER).cloned();
                (reply.status().as_u16(), again.is_some())
            });
        }
        let mut answers: BTreeMap<(u16, bool), usize> = BTreeMap::new();
        while let Some(answer) = all.join_next().await {
            *answers.entry(answer.unwrap()).or_default() += 1;
        }
        let known: Vec<_> = answers.keys().copied().collect();
        assert_eq!(known, [(422, false), (503, true)], "{answers:?}");
        // Whoever comes afterwards is served.
        stranger_at(&app, "198.51.100.7").sign_in("doctor", PASSWORD).await;
    })
    .await;
}

/// The routes that read what a stranger sends. Each new one belongs into the table of what strangers can cost.
#[test]
fn few_routes_are_open_to_strangers() {
    let open: Vec<String> = starbridge::app::routes()
        .into_parts()
        .1
        .into_iter()
        .filter(|route| route.can == Can::Anyone)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(
        open,
        [
            "GET /sign-in",
            "POST /sign-in",
            "GET /sign-in/second-factor",
            "POST /sign-in/second-factor",
            "POST /preferences",
        ]
    );
}

#[tokio::test]
async fn names_are_counted_once_for_everybody() {
    story(|app| async move {
        for n in 0..30 {
            let mut thief = stranger_at(&app, &format!("203.0.113.{}", n + 1));
            try_in(&mut thief, &format!("nobody{n}"), "Wrong-One-1").await.is(422);
        }
        assert_eq!(rows(&app).await["sign_in_count"], 1);
    })
    .await;
}
