//! Decisions: their days, a trial and what came of it, papers that run out, a child that leaves.

use chrono::TimeDelta;
use entities::{
    enrolment::enrolment_decision,
    words::{ApplicationState, DepartureReason, ReviewOutcome, TaskState, What},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use starbridge::{app::FEATURES, platform::Actor};

use super::{applies, decides, decisions, open_tasks, reviewed_up_to, row, staffed};
use crate::support::{TestApp, story};

/// The sweep of the terms of enrolment.
async fn a_day_passes(app: &TestApp) {
    let by = Actor::system("test", app.app.clock.now());
    let sweep = FEATURES
        .sweeps()
        .into_iter()
        .find(|sweep| sweep.name == "enrolment-dates")
        .unwrap();
    (sweep.run)(&app.app, &by).await.unwrap();
}

#[tokio::test]
async fn a_trial_is_concluded_before_it_ends() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        reviewed_up_to(&app, id, "decision").await;
        let mut head = app.person("centre-head").await;
        let place = [("valid_from", "2026-12-01"), ("valid_to", "2026-12-30")];
        decides(&app, &mut head, id, "decision", "trial", &place).await.is(303);
        let trial = decisions(&app, id).await.remove(0);
        let due = open_tasks(&app, child, What::ConcludeTrial).await;
        assert_eq!(
            due[0].due_on,
            Some("2026-12-25".parse().unwrap()),
            "five days before its end"
        );

        let path = format!("/enrolment-decisions/{}", trial.id);
        let page = head.open(&path).await.says("试读结论").fill("outcome", "admitted");
        let page = page.fill("valid_from", "2026-11-20");
        page.submit_to("/conclusion", &mut head)
            .await
            .is(422)
            .says("早于试读开始日期");
        let page = head
            .open(&path)
            .await
            .fill("outcome", "admitted")
            .fill("valid_from", "2026-12-21");
        let page = page.fill("valid_to", "2027-12-20");
        page.submit_to("/conclusion", &mut head).await.is(303);
        let both = decisions(&app, id).await;
        assert_eq!(
            both[0].valid_to,
            Some("2026-12-20".parse().unwrap()),
            "the trial ends the day before"
        );
        assert_eq!(
            (both[1].outcome, both[1].continues_id),
            (ReviewOutcome::Admitted, Some(trial.id))
        );
        assert_eq!(both[1].number, "330211-RY-2026-0002");
        assert_eq!(row(&app, id).await.state, ApplicationState::Admitted);
        assert!(open_tasks(&app, child, What::ConcludeTrial).await.is_empty());
        head.open(&path).await.omits("保存结论");
    })
    .await;
}

#[tokio::test]
async fn no_two_places_share_a_day() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let first = applies(&mut intake, child).await;
        reviewed_up_to(&app, first, "decision").await;
        let mut head = app.person("centre-head").await;
        let place = [("valid_from", "2026-12-01"), ("valid_to", "2027-11-30")];
        decides(&app, &mut head, first, "decision", "admitted", &place)
            .await
            .is(303);

        // Another application for the next year: its days must not touch.
        let mut intake = app.person("intake").await;
        let second = applies(&mut intake, child).await;
        reviewed_up_to(&app, second, "decision").await;
        let mut head = app.person("centre-head").await;
        let touching = [("valid_from", "2027-11-30"), ("valid_to", "2028-11-29")];
        let reply = decides(&app, &mut head, second, "decision", "admitted", &touching).await;
        reply.is(422).says("330211-RY-2026-0001").says("日期重叠");
        assert!(decisions(&app, second).await.is_empty());
        assert_eq!(
            row(&app, second).await.state,
            ApplicationState::InReview,
            "all of it or nothing"
        );

        // The database refuses it as well.
        let there = decisions(&app, first).await.remove(0);
        let mut copy = there.into_active_model();
        copy.id = sea_orm::ActiveValue::NotSet;
        copy.number = Set("x".to_owned());
        let forced = enrolment_decision::ActiveModel { ..copy }
            .insert(app.app.db.writer())
            .await;
        let error = forced.unwrap_err().to_string();
        assert!(error.contains("enrolment-decision-apart"), "{error}");

        let apart = [("valid_from", "2027-12-01"), ("valid_to", "2028-11-30")];
        let mut head = app.person("centre-head").await;
        decides(&app, &mut head, second, "decision", "admitted", &apart)
            .await
            .is(303);
    })
    .await;
}

#[tokio::test]
async fn papers_run_out_and_the_vaccination_card_is_looked_at() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        reviewed_up_to(&app, id, "decision").await;
        let mut head = app.person("centre-head").await;
        let place = [("valid_from", "2026-12-01"), ("valid_to", "2027-11-30")];
        decides(&app, &mut head, id, "decision", "admitted", &place)
            .await
            .is(303);
        assert!(
            open_tasks(&app, child, What::CheckVaccination).await.is_empty(),
            "it has not begun"
        );

        app.app.clock.advance(TimeDelta::days(21));
        a_day_passes(&app).await;
        let due = open_tasks(&app, child, What::CheckVaccination).await;
        assert_eq!(
            due[0].due_on,
            Some("2026-12-31".parse().unwrap()),
            "thirty days after the first"
        );
        let path = format!("/applications/{id}");
        let mut intake = app.person("intake").await;
        let page = intake
            .open(&path)
            .await
            .fill("material", "vaccination")
            .fill("issued_on", "2026-12-01");
        page.submit_to("/papers", &mut intake).await.is(303);
        assert!(open_tasks(&app, child, What::CheckVaccination).await.is_empty());

        // A certificate that ends within the place is renewed in time.
        let page = intake
            .open(&path)
            .await
            .fill("material", "deferral")
            .fill("issued_on", "2026-09-01");
        page.submit_to("/papers", &mut intake).await.is(422).says("有效期止");
        let page = intake
            .open(&path)
            .await
            .fill("material", "deferral")
            .fill("issued_on", "2026-03-01");
        let page = page
            .fill("valid_until", "2027-02-28")
            .fill("issuer", "education_bureau");
        page.submit_to("/papers", &mut intake).await.is(303);
        assert!(
            open_tasks(&app, child, What::RenewCertificate).await.is_empty(),
            "more than 60 days are left"
        );
        app.app.clock.advance(TimeDelta::days(40));
        a_day_passes(&app).await;
        let due = open_tasks(&app, child, What::RenewCertificate).await;
        assert_eq!(
            due[0].due_on,
            Some("2027-02-08".parse().unwrap()),
            "20 days before its end"
        );
        let mut intake = app.person("intake").await;
        let page = intake
            .open(&path)
            .await
            .fill("material", "deferral")
            .fill("issued_on", "2027-01-10");
        let page = page
            .fill("valid_until", "2028-01-09")
            .fill("issuer", "education_bureau");
        page.submit_to("/papers", &mut intake).await.is(303);
        assert!(open_tasks(&app, child, What::RenewCertificate).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_child_that_leaves_takes_its_application_along_and_back() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        let today = app.actor("federation").await.today();
        app.leaves("federation", child, DepartureReason::MovedAway, today).await;
        assert_eq!(row(&app, id).await.state, ApplicationState::Cancelled);
        assert!(open_tasks(&app, child, What::ReviewApplication).await.is_empty());
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/children/{child}/departures")).await;
        page.submit_to("/undoing", &mut federation).await.is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::InReview);
        let again = open_tasks(&app, child, What::ReviewApplication).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].state, TaskState::Open);
    })
    .await;
}
