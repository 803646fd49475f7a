//! Signing in and out.

use crate::support::{people::PASSWORD, story};

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
