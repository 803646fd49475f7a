//! Offers: made, accepted, declined, put off, taken back; what a full class and a child that leaves mean for them.

use entities::{
    communication::message,
    words::{ApplicationState, DepartureReason, OfferState, ReviewOutcome, What},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use starbridge::platform::Error;

use super::{admitted, answers, day, memberships, offer, offering, offers, opens, state, waits, with_head};
use crate::{
    enrolment::{decisions, open_tasks, row},
    support::story,
};

#[tokio::test]
async fn what_is_accepted_is_a_decision_and_a_place_in_the_class() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (child, id) = waits(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        head.open("/waiting-list").await.says("发出录取通知");
        let offered = offers(&mut head, id, group).await;
        let made = offer(&app, offered).await;
        assert_eq!(made.number, "330211-LQ-2026-0001");
        assert_eq!(made.basis["group"], "early");
        let until = starbridge::platform::clock::shown(made.expires_at);
        let due = open_tasks(&app, child, What::AnswerOffer).await;
        assert_eq!(due.len(), 1);
        head.open(&format!("/place-offers/{offered}"))
            .await
            .says(&until)
            .says("本组 1 人中的第 1 位");
        // A second one is refused in words.
        let page = offering(&mut head, id, group).await;
        page.submit_to("/offers", &mut head)
            .await
            .is(409)
            .says("330211-LQ-2026-0001");
        head.open("/groups?on=2026-12-01").await.says("已满");

        let mut intake = app.person("intake").await;
        intake.open("/place-offers").await.says("待答复");
        answers(&app, offered, "accepted", &[]).await.is(303);
        let given = decisions(&app, id).await.pop().unwrap();
        assert_eq!(
            (given.outcome, given.valid_from),
            (ReviewOutcome::Admitted, Some(day("2026-12-01")))
        );
        let head_of_it = app.actor("centre-head").await.account;
        assert_eq!(
            Some(given.decided_by),
            head_of_it,
            "decided by whoever offered it, not by who wrote the answer down"
        );
        assert_eq!(row(&app, id).await.state, ApplicationState::Admitted);
        let there = memberships(&app, child).await;
        assert_eq!(
            (there.len(), there[0].decision_id, there[0].group_id),
            (1, given.id, group)
        );
        assert_eq!(offer(&app, offered).await.decision_id, Some(given.id));
        assert!(open_tasks(&app, child, What::AnswerOffer).await.is_empty());
        let mut intake = app.person("intake").await;
        intake
            .open(&format!("/place-offers/{offered}"))
            .await
            .says("王芳")
            .omits("登记家庭的答复");
        intake.open("/waiting-list").await.omits("王小明");
    })
    .await;
}

#[tokio::test]
async fn a_full_class_is_refused_in_words_and_passing_over_needs_a_reason() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (_, first) = waits(&app, "王小明").await;
        let (_, second) = waits(&app, "李小红").await;
        let mut head = app.person("centre-head").await;
        // The second before the first: not without a reason.
        let page = offering(&mut head, second, group).await.says("前面还有 1 个");
        page.submit_to("/offers", &mut head).await.is(422).says("须写明理由");
        let page = offering(&mut head, second, group)
            .await
            .fill("passed_over", "第一家住院，家长书面同意");
        page.submit_to("/offers", &mut head).await.is(303);
        let page = offering(&mut head, first, group).await;
        page.submit_to("/offers", &mut head).await.is(422).says("名额已满");
    })
    .await;
}

#[tokio::test]
async fn a_family_declines_waits_on_leaves_or_comes_later() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let (_, id) = waits(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let kept = offers(&mut head, id, group).await;
        answers(&app, kept, "kept", &[]).await.is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Waiting);

        let mut head = app.person("centre-head").await;
        let later = offers(&mut head, id, group).await;
        answers(&app, later, "deferred", &[]).await.is(422).says("推迟至");
        let too_late = [("deferred_until", "2028-01-01")];
        answers(&app, later, "deferred", &too_late)
            .await
            .is(422)
            .says("之间的日期");
        answers(&app, later, "deferred", &[("deferred_until", "2026-12-20")])
            .await
            .is(303);
        let mut head = app.person("centre-head").await;
        let page = head.open("/waiting-list").await.says("家庭要求 2026-12-20 以后");
        page.omits("发出录取通知");
        let page = offering(&mut head, id, group).await;
        page.submit_to("/offers", &mut head).await.is(409).says("2026-12-20");

        app.app.clock.advance(chrono::TimeDelta::days(45));
        let mut head = app.person("centre-head").await;
        let page = head.open(&format!("/applications/{id}/offers/new")).await.is(200);
        let page = page
            .fill("group", group)
            .fill("valid_from", "2027-02-01")
            .fill("valid_to", "2027-12-31");
        let reply = page.submit_to("/offers", &mut head).await.is(303);
        let last = reply.location.unwrap().rsplit('/').next().unwrap().parse().unwrap();
        answers(&app, last, "left", &[]).await.is(422);
        answers(&app, last, "left", &[("reason", "搬到外地")]).await.is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Withdrawn);
        assert_eq!(state(&app, last).await, OfferState::Left);
    })
    .await;
}

#[tokio::test]
async fn nobody_offers_for_what_he_entered() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let (_, id) = waits(&app, "王小明").await;
        let mut both = app.actor("intake").await;
        both.roles.push(entities::words::Role::Supervisor);
        let new = starbridge::places::offer::making::NewOffer {
            group,
            placement: starbridge::enrolment::decision::service::Placement {
                mode: entities::words::EnrolmentMode::FullDay,
                minutes_per_week: None,
                valid_from: day("2026-12-01"),
                valid_to: day("2027-11-30"),
            },
            passed_over: None,
        };
        let refused = starbridge::places::offer::making::offer(&app.app, &both, id, &new).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        let mut intake = app.person("intake").await;
        intake.open(&format!("/applications/{id}/offers/new")).await.is(403);
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_taken_back_or_ends_with_its_application() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let (child, id) = waits(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let first = offers(&mut head, id, group).await;
        let path = format!("/place-offers/{first}");
        let page = head.open(&path).await;
        page.submit_to("/withdrawal", &mut head).await.is(422);
        let page = head.open(&path).await.fill("why", "班级推迟开班");
        page.submit_to("/withdrawal", &mut head).await.is(303);
        assert_eq!(state(&app, first).await, OfferState::Withdrawn);
        answers_are_over(&app, first).await;

        let second = offers(&mut head, id, group).await;
        let today = app.actor("federation").await.today();
        app.leaves("federation", child, DepartureReason::MovedAway, today).await;
        assert_eq!(state(&app, second).await, OfferState::Cancelled);
        let mut federation = app.person("federation").await;
        let page = federation
            .open(&format!("/children/{child}/departures"))
            .await
            .says("录取通知");
        page.submit_to("/undoing", &mut federation).await.is(303);
        assert_eq!(
            state(&app, second).await,
            OfferState::Open,
            "undone in time, it is held again"
        );
        assert_eq!(open_tasks(&app, child, What::AnswerOffer).await.len(), 1);
    })
    .await;
}

async fn answers_are_over(app: &std::sync::Arc<crate::support::TestApp>, id: entities::PlaceOfferId) {
    let mut intake = app.person("intake").await;
    intake
        .open(&format!("/place-offers/{id}"))
        .await
        .omits("登记家庭的答复");
}

#[tokio::test]
async fn a_child_that_leaves_leaves_its_class_and_returns_to_it() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let (child, id) = admitted(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let decision = decisions(&app, id).await[0].id;
        let page = head.open(&format!("/groups/{group}")).await.fill("decision", decision);
        page.fill("member_from", "2026-12-01")
            .submit_to("/members", &mut head)
            .await
            .is(303);
        app.app.clock.advance(chrono::TimeDelta::days(60));
        let today = app.actor("federation").await.today();
        app.leaves("federation", child, DepartureReason::MovedAway, today).await;
        let there = memberships(&app, child).await.remove(0);
        assert_eq!(there.valid_to, today.pred_opt());
        let mut federation = app.person("federation").await;
        let page = federation
            .open(&format!("/children/{child}/departures"))
            .await
            .says("在班记录");
        page.submit_to("/undoing", &mut federation).await.is(303);
        assert_eq!(memberships(&app, child).await[0].valid_to, Some(day("2027-11-30")));
    })
    .await;
}

#[tokio::test]
async fn the_family_is_written_to() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let (child, id) = waits(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let offered = offers(&mut head, id, group).await;
        answers(&app, offered, "accepted", &[]).await.is(303);
        let sent = message::Entity::find()
            .filter(message::COLUMN.child_id.eq(child))
            .all(&*app.app.db)
            .await
            .unwrap();
        let templates: Vec<&str> = sent.iter().map(|one| one.template.as_str()).collect();
        assert!(
            templates.contains(&"place.offered") && templates.contains(&"place.answered"),
            "{templates:?}"
        );
        app.leaves_letters();
    })
    .await;
}
