//! Two at once: the last place is given once, and an offer is either answered or over.

use std::sync::Arc;

use entities::{
    ApplicationId, CareGroupId,
    places::place_offer,
    words::{AnswerWay, ApplicationState, EnrolmentMode, OfferState},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use starbridge::{
    enrolment::decision::service::Placement,
    places::offer::{
        answering::{Answer, answer},
        making::{NewOffer, offer},
    },
    platform::{Error, Result},
};

use super::{day, memberships, offers, opens, state, sweeps, waits, with_head};
use crate::{
    enrolment::row,
    support::{TestApp, story},
};

fn place(group: CareGroupId) -> NewOffer {
    NewOffer {
        group,
        placement: Placement {
            mode: EnrolmentMode::FullDay,
            minutes_per_week: None,
            valid_from: day("2026-12-01"),
            valid_to: day("2027-11-30"),
        },
        passed_over: Some("同时发出".to_owned()),
    }
}

async fn offers_at_once(app: Arc<TestApp>, id: ApplicationId, group: CareGroupId) -> Result<()> {
    let by = app.actor("centre-head").await;
    offer(&app.app, &by, id, &place(group)).await.map(|_| ())
}

fn accepts() -> Answer {
    Answer {
        answer: OfferState::Accepted,
        by: "王芳".to_owned(),
        how: AnswerWay::Phone,
        reason: None,
        deferred_until: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_place_is_offered_once() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (_, one) = waits(&app, "王小明").await;
        let (_, two) = waits(&app, "李小红").await;
        let first = tokio::spawn(offers_at_once(Arc::clone(&app), one, group));
        let second = tokio::spawn(offers_at_once(Arc::clone(&app), two, group));
        let both = [first.await.unwrap(), second.await.unwrap()];
        assert_eq!(both.iter().filter(|done| done.is_ok()).count(), 1, "{both:?}");
        let refused = both.into_iter().find_map(Result::err).unwrap();
        let Error::Invalid(errors) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(errors.get("group")[0].key(), "care_group.full");
        let made = place_offer::Entity::find()
            .filter(place_offer::COLUMN.group_id.eq(group))
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(made, 1);
        app.leaves_letters();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_answers_one_counts() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (child, id) = waits(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let offered = offers(&mut head, id, group).await;
        let says = |what: Answer| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let by = app.actor("intake").await;
                answer(&app.app, &by, offered, 1.into(), what).await
            })
        };
        let kept = Answer {
            answer: OfferState::Kept,
            ..accepts()
        };
        let (first, second) = (says(accepts()), says(kept));
        let both = [first.await.unwrap(), second.await.unwrap()];
        assert_eq!(both.iter().filter(|done| done.is_ok()).count(), 1, "{both:?}");
        let accepted = both[0].is_ok();
        let (stands, there) = (state(&app, offered).await, memberships(&app, child).await.len());
        if accepted {
            assert_eq!((stands, there), (OfferState::Accepted, 1));
            assert_eq!(row(&app, id).await.state, ApplicationState::Admitted);
        } else {
            assert_eq!((stands, there), (OfferState::Kept, 0));
            assert_eq!(row(&app, id).await.state, ApplicationState::Waiting);
        }
        app.leaves_letters();
    })
    .await;
}

/// In the second in which it ends an offer is over, whoever comes first: the sweep that writes it down, or the answer that is
/// refused. And whoever is asked then may have its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_second_of_its_end_it_is_over_and_its_place_free() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 1).await;
        let (child, id) = waits(&app, "王小明").await;
        let (_, other) = waits(&app, "李小红").await;
        let mut head = app.person("centre-head").await;
        let offered = offers(&mut head, id, group).await;
        // The answer is on its way before the end, and comes to its turn in it.
        let by = app.actor("intake").await;
        let held = super::offer(&app, offered).await.expires_at - app.app.clock.now();
        app.app.clock.advance(held);
        let late = {
            let app = Arc::clone(&app);
            tokio::spawn(async move { answer(&app.app, &by, offered, 1.into(), accepts()).await })
        };
        let swept = {
            let app = Arc::clone(&app);
            tokio::spawn(async move { sweeps(&app).await })
        };
        let next = tokio::spawn(offers_at_once(Arc::clone(&app), other, group));
        let late = late.await.unwrap();
        assert!(matches!(late, Err(Error::Refused(_) | Error::Stale(_))), "{late:?}");
        assert_eq!(swept.await.unwrap(), "expired=1 reminded=0");
        next.await.unwrap().unwrap();
        assert_eq!(state(&app, offered).await, OfferState::Expired);
        assert!(memberships(&app, child).await.is_empty());
        app.leaves_letters();
    })
    .await;
}
