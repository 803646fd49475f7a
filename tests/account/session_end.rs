//! A session that ends while somebody types.

use chrono::TimeDelta;
use serde_json::Value;

use crate::support::{Person, TestApp, people::PASSWORD, story};

/// A form that takes a while, half filled in.
const FORMS: [(&str, &str, &str); 3] = [
    ("screener", "/children/new", "name"),
    ("security", "/accounts/new", "display_name"),
    ("system", "/organisations/new", "name"),
];

fn idle(app: &TestApp) {
    app.app
        .clock
        .advance(app.app.config.session_idle() + TimeDelta::seconds(1));
}

#[tokio::test]
async fn what_was_typed_comes_back_when_the_session_has_ended_and_counts_once() {
    for (user, path, field) in FORMS {
        story(|app| async move {
            let mut person = app.person(user).await;
            let form = person.open(path).await.is(200).fill(field, "没有丢失的内容");
            idle(&app);
            let kept = form
                .submit(&mut person)
                .await
                .is(401)
                .says("登录已结束")
                .says("在新窗口登录");
            assert!(kept.html().contains("没有丢失的内容"), "{path}");
            // In another window of the same browser.
            person.sign_in(user, PASSWORD).await;
            let again = kept.submit(&mut person).await;
            // What is wrong with it is said beside its fields, with what was typed.
            assert!(matches!(again.status, 200 | 422), "{path}: {}", again.status);
            assert!(again.html().contains("没有丢失的内容"), "{path}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_stranger_and_a_password_are_kept_by_nobody() {
    story(|app| async move {
        let fields = [("name".to_owned(), "谁也不是".to_owned())];
        let mut stranger = app.stranger();
        let reply = stranger
            .post("/children?once=0123456789abcdef0123456789abcdef", &fields)
            .await;
        assert_eq!((reply.status, reply.location.as_deref()), (303, Some("/sign-in")));
        let mut person = app.person("screener").await;
        let form = person.open("/account/password").await.fill("current", PASSWORD);
        idle(&app);
        let reply = form.submit(&mut person).await.is(303);
        assert!(!reply.html().contains(PASSWORD));
    })
    .await;
}

async fn standing(person: &mut Person) -> Value {
    let reply = person.get("/account/session").await.is(200);
    serde_json::from_str(&reply.html()).unwrap()
}

#[tokio::test]
async fn looking_how_long_it_lasts_does_not_make_it_last_longer_and_asking_does() {
    story(|app| async move {
        let whole = app.app.config.session_idle().num_seconds();
        let mut person = app.person("screener").await;
        assert_eq!(standing(&mut person).await["ends_in"], whole);
        app.app.clock.advance(TimeDelta::seconds(whole - 100));
        assert_eq!(standing(&mut person).await["ends_in"], 100);
        assert_eq!(standing(&mut person).await["ends_in"], 100);
        let nothing: &[(String, String)] = &[];
        let reply = person.post("/account/session", nothing).await.is(200);
        let stays: Value = serde_json::from_str(&reply.html()).unwrap();
        assert_eq!(stays["ends_in"], whole);
        assert_eq!(stays["who"], standing(&mut person).await["who"]);
        // The longest time is not prolonged.
        let step = whole / 2;
        for _ in 0..(app.app.config.session_limit().num_seconds() / step - 2) {
            app.app.clock.advance(TimeDelta::seconds(step));
            person.post("/account/session", nothing).await.is(200);
        }
        let left = standing(&mut person).await["ends_in"].as_i64().unwrap();
        assert!(left <= whole / 2 + 100, "{left}");
        idle(&app);
        person.get("/account/session").await.is(303);
    })
    .await;
}
