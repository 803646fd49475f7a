//! Nobody answers: a reminder, the end, further down once, then a call.

use chrono::TimeDelta;
use entities::words::{ApplicationState, OfferState, What};

use super::{answers, offer, offers, opens, state, sweeps, waits, with_head};
use crate::{
    enrolment::{open_tasks, row},
    support::story,
};

#[tokio::test]
async fn silence_moves_down_once_and_then_somebody_calls() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (child, id) = waits(&app, "王小明").await;
        let (_, other) = waits(&app, "李小红").await;
        let mut head = app.person("centre-head").await;
        let first = offers(&mut head, id, group).await;
        assert_eq!(sweeps(&app).await, "expired=0 reminded=0", "it was made today");
        let held = offer(&app, first).await.expires_at - app.app.clock.now();
        app.app.clock.advance(held - TimeDelta::days(1));
        assert_eq!(sweeps(&app).await, "expired=0 reminded=1");
        assert_eq!(sweeps(&app).await, "expired=0 reminded=0", "once");

        // A second before its end it can be answered; in that second it cannot.
        app.app.clock.advance(TimeDelta::days(1) - TimeDelta::seconds(1));
        assert_eq!(sweeps(&app).await, "expired=0 reminded=0");
        let mut intake = app.person("intake").await;
        let page = intake.open(&format!("/place-offers/{first}")).await;
        let page = page
            .fill("answer", "accepted")
            .fill("answered_by", "王芳")
            .fill("answered_how", "phone");
        app.app.clock.advance(TimeDelta::seconds(1));
        page.submit_to("/answer", &mut intake).await.is(409).says("已过期限");
        assert_eq!(
            state(&app, first).await,
            OfferState::Open,
            "nobody has written it down yet"
        );
        let mut head = app.person("centre-head").await;
        head.open(&format!("/place-offers/{first}")).await.says("已过期限");
        assert_eq!(sweeps(&app).await, "expired=1 reminded=0");
        assert_eq!(sweeps(&app).await, "expired=0 reminded=0");
        assert!(
            open_tasks(&app, child, What::CallAboutOffer).await.is_empty(),
            "the first time"
        );
        let page = head.open("/waiting-list").await.says("逾期未答复，自该日计");
        let text = page.text();
        assert!(
            text.find("李小红").unwrap() < text.find("王小明").unwrap(),
            "it goes down"
        );

        // Somebody else stands before it now, and may have the place.
        let page = super::offering(&mut head, id, group).await;
        page.submit_to("/offers", &mut head).await.is(422).says("前面还有 1 个");
        let theirs = offers(&mut head, other, group).await;
        answers(&app, theirs, "left", &[("reason", "不再需要")]).await.is(303);

        let mut head = app.person("centre-head").await;
        let second = offers(&mut head, id, group).await;
        let held = offer(&app, second).await.expires_at - app.app.clock.now();
        app.app.clock.advance(held);
        assert_eq!(sweeps(&app).await, "expired=1 reminded=0");
        assert_eq!(open_tasks(&app, child, What::CallAboutOffer).await.len(), 1);
        let mut head = app.person("centre-head").await;
        head.open("/waiting-list").await.says("两次未答复，须先致电");
        let page = super::offering(&mut head, id, group).await;
        page.submit_to("/offers", &mut head).await.is(409).says("须先致电");
        assert_eq!(
            row(&app, id).await.state,
            ApplicationState::Waiting,
            "nobody is taken off by the clock"
        );

        let mut intake = app.person("intake").await;
        let path = format!("/place-offers/{second}");
        let page = intake
            .open(&path)
            .await
            .says("移出候补前须先致电")
            .fill("answer", "left");
        let page = page.fill("answered_by", "王芳");
        page.submit_to("/call", &mut intake).await.is(422);
        let page = intake
            .open(&path)
            .await
            .fill("answer", "left")
            .fill("answered_by", "王芳");
        page.fill("reason", "已去外地")
            .submit_to("/call", &mut intake)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Withdrawn);
        assert!(open_tasks(&app, child, What::CallAboutOffer).await.is_empty());
        app.leaves_letters();
    })
    .await;
}
