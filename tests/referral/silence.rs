//! Nobody answers: attempts, the ladder, reminders.

use entities::{
    ReferralId,
    words::{DepartureReason, Focus, Stage},
};
use starbridge::{
    children::departure::service::{NewDeparture, depart, undo},
    platform::sweep,
    referral::reminder,
    task::{escalation, queries as tasks},
};

use super::{call, messages, notices, post, sent, stage};
use crate::support::{TestApp, story};

/// The rungs that silence about a referral has climbed.
async fn rungs(app: &TestApp, id: ReferralId) -> i32 {
    let tasks = tasks::about(&*app.app.db, Focus::Referral, id.0).await.unwrap();
    tasks.into_iter().map(|task| task.rung).max().unwrap()
}

#[tokio::test]
async fn a_family_is_lost_only_after_three_attempts() {
    story(|app| async move {
        let (child, id) = sent(&app, "褚小五").await;
        app.app
            .clock
            .advance(chrono::TimeDelta::days(1) + chrono::TimeDelta::hours(8));
        let mut rescreener = app.person("rescreener").await;
        for time in ["09:10", "11:20"] {
            call(&mut rescreener, id, time).await.is(303);
        }
        // The same call again is not another attempt.
        call(&mut rescreener, id, "11:20").await.is(303);
        post(&mut rescreener, id, "loss", &[]).await.is(409).says("目前 2 次");
        call(&mut rescreener, id, "15:00").await.is(303);
        let page = rescreener.open(&format!("/referrals/{id}")).await.says("记为失访");
        page.submit_to("/loss", &mut rescreener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::Lost);
        assert!(notices(&app, "screener").await.contains(&"referral.lost".to_owned()));
        // They turn up after all.
        post(&mut rescreener, id, "acceptance", &[]).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
    })
    .await;
}

#[tokio::test]
async fn silence_goes_on_where_it_was_when_a_child_comes_back() {
    story(|app| async move {
        let (child, id) = sent(&app, "卫小六").await;
        app.app.clock.advance(chrono::TimeDelta::days(4));
        sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        assert_eq!(rungs(&app, id).await, 1);
        let told = notices(&app, "rescreen-lead").await;
        let by = app.actor("screener").await;
        let leaving = NewDeparture {
            reason: DepartureReason::MovedAway,
            left_on: by.today(),
            note: None,
        };
        let departure = depart(&app.app, &by, child, &leaving).await.unwrap();
        undo(&app.app, &by, child, departure).await.unwrap();
        assert_eq!(rungs(&app, id).await, 1, "the rung is the task's own");
        app.app.clock.advance(chrono::TimeDelta::minutes(31));
        sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        assert_eq!(notices(&app, "rescreen-lead").await, told, "nobody is told twice");
    })
    .await;
}

#[tokio::test]
async fn silence_climbs_once_a_rung_and_ends_with_the_referral() {
    story(|app| async move {
        let (_, id) = sent(&app, "卫小六").await;
        let (_, answered) = sent(&app, "蒋小七").await;
        let overdue = |names: &[String]| names.iter().filter(|n| *n == "referral.overdue").count();
        // An answer is due on Thursday 5 November.
        app.app.clock.advance(chrono::TimeDelta::days(3));
        sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        assert_eq!(overdue(&notices(&app, "rescreen-lead").await), 0);
        app.app.clock.advance(chrono::TimeDelta::days(1));
        for _ in 0..2 {
            sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        }
        assert_eq!(overdue(&notices(&app, "rescreen-lead").await), 2);
        assert_eq!(overdue(&notices(&app, "federation").await), 0);
        assert_eq!(rungs(&app, id).await, 1);
        let mut rescreener = app.person("rescreener").await;
        post(
            &mut rescreener,
            answered,
            "decline",
            &[("decline_reason", "已在外院就诊")],
        )
        .await
        .is(303);
        // Tuesday 10 November: three working days late.
        app.app.clock.advance(chrono::TimeDelta::days(4));
        for _ in 0..2 {
            sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        }
        assert_eq!(overdue(&notices(&app, "federation").await), 1);
        assert_eq!((rungs(&app, id).await, rungs(&app, answered).await), (2, 1));
        let mut federation = app.person("federation").await;
        federation.open("/").await.says("卫小六").says("已逾期 3 个工作日");
        federation
            .open("/referrals?view=overdue")
            .await
            .says("卫小六")
            .omits("蒋小七");
    })
    .await;
}

#[tokio::test]
async fn tomorrows_appointment_is_remembered_once() {
    story(|app| async move {
        let (child, id) = sent(&app, "沈小八").await;
        let mut rescreener = app.person("rescreener").await;
        let fields = [("appointment_on", "2026-11-04"), ("appointment_time", "09:00")];
        post(&mut rescreener, id, "appointment", &fields).await.is(303);
        sweep::run_once(&app.app, &reminder::SWEEP).await.unwrap();
        assert_eq!(
            messages(&app, child).await,
            ["screening.rescreen_needed", "referral.appointment"]
        );
        app.app.clock.advance(chrono::TimeDelta::days(1));
        for _ in 0..2 {
            sweep::run_once(&app.app, &reminder::SWEEP).await.unwrap();
        }
        assert_eq!(
            messages(&app, child).await,
            [
                "screening.rescreen_needed",
                "referral.appointment",
                "referral.appointment_tomorrow"
            ]
        );
    })
    .await;
}
