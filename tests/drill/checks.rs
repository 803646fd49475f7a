//! What must hold afterwards.

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    ReferralId,
    child::child,
    event::event,
    screening::{contact, diagnosis, pathway, referral, referral_step, rescreen, screen},
    words::ReferralState,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use starbridge::{
    pathway::{projection, rows::Around, standing},
    platform::{Clock, Db, clock},
};

use super::{
    people::{Answer, Deeds},
    process::Place,
};

/// The event that a submitted form leaves behind.
const TRAIL: [(&str, &str); 13] = [
    ("screens", "screen.recorded"),
    ("sending", "referral.sent"),
    ("confirmation", "referral.sent"),
    ("acceptance", "referral.accepted"),
    ("decline", "referral.declined"),
    ("recall", "referral.recalled"),
    ("forwarding", "referral.forwarded"),
    ("appointment", "referral.appointed"),
    ("no-show", "referral.no_show"),
    ("loss", "referral.lost"),
    ("contacts", "contact.recorded"),
    ("rescreen", "rescreen.recorded"),
    ("diagnosis", "diagnosis.recorded"),
];

/// Whatever was acknowledged is in the trail once; what was refused is not; what nobody answered is there once or not.
pub(crate) async fn every_deed_is_in_the_trail_once(place: &Place, deeds: &Deeds) {
    let db = place.open().await;
    let mut trail: BTreeMap<(String, String), usize> = BTreeMap::new();
    for event in event::Entity::find().all(&*db).await.unwrap() {
        *trail.entry((event.cause, event.action)).or_default() += 1;
    }
    // A form that was not saved comes back on the page, and some send it again.
    let again: BTreeSet<(&str, &str)> = deeds
        .deeds
        .iter()
        .filter(|deed| !matches!(deed.answer, Answer::Refused(_)))
        .map(|deed| (deed.token.as_str(), deed.noun.as_str()))
        .collect();
    let mut wrong = Vec::new();
    let mut acknowledged = 0;
    for deed in &deeds.deeds {
        let Some((_, action)) = TRAIL.iter().find(|(noun, _)| *noun == deed.noun) else {
            continue;
        };
        let found = trail
            .get(&(deed.token.clone(), (*action).to_owned()))
            .copied()
            .unwrap_or(0);
        let right = match deed.answer {
            Answer::Done => found == 1,
            Answer::Refused(_) => found == 0 || again.contains(&(deed.token.as_str(), deed.noun.as_str())),
            Answer::None => found <= 1,
        };
        acknowledged += usize::from(deed.answer == Answer::Done);
        if !right {
            wrong.push(format!("{deed:?}: {found} events"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {acknowledged}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(acknowledged > 0, "nobody did anything: {deeds}");
    db.close_all().await.unwrap();
}

/// The books before the work began.
pub(crate) struct Books {
    events: BTreeMap<String, u64>,
    rows: BTreeMap<String, u64>,
}

impl Books {
    pub(crate) async fn read(place: &Place) -> Self {
        let db = place.open().await;
        let books = Self {
            events: events(&db).await,
            rows: rows(&db).await,
        };
        db.close_all().await.unwrap();
        books
    }

    /// Every new row has its event, every referral its unbroken history, and every child stands where its rows say.
    pub(crate) async fn add_up(&self, place: &Place) {
        let db = place.open().await;
        let events = events(&db).await;
        let rows = rows(&db).await;
        for (action, now) in &rows {
            let new_rows = now - self.rows[action];
            let before = self.events.get(action).copied().unwrap_or(0);
            // What was put right is a row of its own.
            let corrected = action.replace(".recorded", ".corrected");
            let of = |counts: &BTreeMap<String, u64>| counts.get(&corrected).copied().unwrap_or(0);
            let corrections = if corrected == *action {
                0
            } else {
                of(&events) - of(&self.events)
            };
            let new_events = events.get(action).copied().unwrap_or(0) - before + corrections;
            assert_eq!(new_rows, new_events, "rows and events of {action}");
        }
        histories_are_unbroken(&db).await;
        everybody_stands_where_the_rows_say(&db).await;
        db.close_all().await.unwrap();
    }
}

async fn events(db: &Db) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for event in event::Entity::find().all(&**db).await.unwrap() {
        *counts.entry(event.action).or_default() += 1;
    }
    counts
}

/// Rows by the event that goes with each.
async fn rows(db: &Db) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::from([
        (
            "screen.recorded".to_owned(),
            screen::Entity::find().count(&**db).await.unwrap(),
        ),
        (
            "rescreen.recorded".to_owned(),
            rescreen::Entity::find().count(&**db).await.unwrap(),
        ),
        (
            "diagnosis.recorded".to_owned(),
            diagnosis::Entity::find().count(&**db).await.unwrap(),
        ),
        (
            "contact.recorded".to_owned(),
            contact::Entity::find().count(&**db).await.unwrap(),
        ),
    ]);
    for (action, state) in [
        ("referral.accepted", ReferralState::Accepted),
        ("referral.declined", ReferralState::Declined),
        ("referral.recalled", ReferralState::Recalled),
        ("referral.appointed", ReferralState::Appointed),
        ("referral.no_show", ReferralState::NoShow),
        ("referral.lost", ReferralState::Lost),
        ("referral.forwarded", ReferralState::Forwarded),
    ] {
        let steps = referral_step::Entity::find().filter(referral_step::COLUMN.to_state.eq(state));
        rows.insert(action.to_owned(), steps.count(&**db).await.unwrap());
    }
    rows
}

/// Each step begins where the one before it ended, and the last ends where the referral is: no move was overwritten.
async fn histories_are_unbroken(db: &Db) {
    let referrals = referral::Entity::find().all(&**db).await.unwrap();
    let mut steps: BTreeMap<ReferralId, Vec<referral_step::Model>> = BTreeMap::new();
    let all = referral_step::Entity::find().order_by_asc(referral_step::COLUMN.id);
    for step in all.all(&**db).await.unwrap() {
        steps.entry(step.referral_id).or_default().push(step);
    }
    for referral in referrals {
        let history = &steps[&referral.id];
        for pair in history.windows(2) {
            assert_eq!(pair[1].from_state, Some(pair[0].to_state), "referral {}", referral.id);
        }
        let moves = i32::try_from(history.len()).unwrap();
        assert_eq!(
            history.last().unwrap().to_state,
            referral.state,
            "referral {}",
            referral.id
        );
        assert!(referral.version >= moves, "referral {}: {moves} moves", referral.id);
    }
}

async fn everybody_stands_where_the_rows_say(db: &Db) {
    let today = clock::day_of(Clock::default().now());
    let places: BTreeMap<_, _> = pathway::Entity::find()
        .all(&**db)
        .await
        .unwrap()
        .into_iter()
        .map(|place| (place.child_id, place))
        .collect();
    for file in child::Entity::find().all(&**db).await.unwrap() {
        let standing = standing::standing(
            &projection::load(&**db, &file).await.unwrap(),
            &Around::default(),
            today,
        );
        let place = &places[&file.id];
        assert_eq!(
            (
                place.stage,
                place.organisation_id,
                place.referral_id,
                place.since_on,
                place.due_on
            ),
            (
                standing.stage,
                standing.organisation,
                standing.referral,
                standing.since_on,
                standing.due_on
            ),
            "child {}",
            file.id
        );
    }
}

/// Leases run out, and messages whose process died are presumed dead: as if ten minutes had gone by.
pub(crate) async fn ten_minutes_pass(place: &Place) {
    let db = place.open().await;
    for sql in [
        "UPDATE sweep_run SET leased_until = started_at",
        "UPDATE message SET next_attempt_at = created_at WHERE state = 'sending'",
    ] {
        db.writer().execute_unprepared(sql).await.unwrap();
    }
    db.close_all().await.unwrap();
}
