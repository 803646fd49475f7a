//! What somebody does with their own account.

use crate::support::{people::PASSWORD, story};

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
