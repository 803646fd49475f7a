//! The demonstration district: the same every time, whole, and nothing in it that could not have happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    PlannedCheckId, ReferralId, ResidenceId, TaskId,
    child::{care, child, consent, departure, guardian, residence},
    event::event,
    screening::{contact, diagnosis, pathway, planned_check, referral, referral_step, rescreen, screen},
    task::task,
    words::{CheckState, ReferralState, Stage, TaskState},
};
use sea_orm::{DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use starbridge::{
    children::departure::service::effects,
    operations::fingerprint,
    pathway::{projection::load, rows::Around, standing::standing},
    platform::{App, clock},
    referral::is_open,
};

use crate::support::{TestApp, opening_time};

/// Large enough for every state of the chain, with the seed below.
const CHILDREN: usize = 6000;

#[tokio::test]
async fn the_same_seed_gives_the_same_district() {
    let (first, again, other) = (
        TestApp::demonstration(300, 7).await.0,
        TestApp::demonstration(300, 7).await.0,
        TestApp::demonstration(300, 8).await.0,
    );
    assert_eq!(people(&first.app).await, people(&again.app).await);
    assert_ne!(people(&first.app).await, people(&other.app).await);
    if first.app.db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let one = fingerprint::of(&*first.app.db).await.unwrap();
    let two = fingerprint::of(&*again.app.db).await.unwrap();
    // Sealed with keys and salts of their own: compared above without them; codes are made with keys. Migrations are dated by
    // the machine.
    let own = [
        "account",
        "child",
        "frozen_content",
        "guardian",
        "seaql_migrations",
        "signature",
    ];
    let different = fingerprint::differences(&one, &two);
    assert!(
        different.iter().all(|table| own.contains(&table.as_str())),
        "{different:?}"
    );
}

/// Children and guardians without what is sealed.
async fn people(app: &App) -> (Vec<child::Model>, Vec<guardian::Model>) {
    let db = &*app.db;
    let children = child::Entity::find()
        .order_by_asc(child::COLUMN.id)
        .all(db)
        .await
        .unwrap();
    let guardians = guardian::Entity::find()
        .order_by_asc(guardian::COLUMN.id)
        .all(db)
        .await
        .unwrap();
    let children = children.into_iter().map(|child| child::Model {
        identity_no: None,
        identity_index: None,
        ..child
    });
    let guardians = guardians.into_iter().map(|guardian| guardian::Model {
        phone: None,
        phone_index: None,
        ..guardian
    });
    (children.collect(), guardians.collect())
}

#[tokio::test]
async fn a_district_is_whole_and_possible() {
    let (district, _) = TestApp::demonstration(CHILDREN, 1).await;
    let app = &district.app;
    nothing_lies_in_the_future(app).await;
    every_state_occurs(app).await;
    about_one_in_a_hundred_has_a_diagnosis(app).await;
    histories_end_where_referrals_are(app).await;
    nothing_waits_longer_than_half_a_year(app).await;
    places_follow_from_the_rows(app).await;
    a_departure_is_undone_through_its_page(&district).await;
}

async fn nothing_lies_in_the_future(app: &App) {
    let db = &*app.db;
    let mut moments: Vec<(&str, DateTime<Utc>)> = Vec::new();
    macro_rules! moments {
        ($($table:ident.$at:ident),+) => {$(
            let rows = $table::Entity::find().all(db).await.unwrap();
            moments.extend(rows.iter().map(|row| (concat!(stringify!($table), ".", stringify!($at)), row.$at)));
        )+};
    }
    moments!(
        event.at,
        child.created_at,
        consent.recorded_at,
        care.since,
        departure.recorded_at,
        screen.recorded_at,
        referral.since,
        referral_step.at,
        rescreen.recorded_at,
        diagnosis.recorded_at,
        contact.attempted_at,
        task.since
    );
    for (what, at) in moments {
        assert!(at <= opening_time(), "{what} at {at}");
    }
    for task in task::Entity::find().all(db).await.unwrap() {
        assert!(task.ended_at.is_none_or(|at| at <= opening_time()), "{task:?}");
    }
    for row in referral::Entity::find().all(db).await.unwrap() {
        assert!(row.closed_at.is_none_or(|at| at <= opening_time()), "{row:?}");
    }
}

async fn every_state_occurs(app: &App) {
    let referrals = referral::Entity::find().all(&*app.db).await.unwrap();
    let states: BTreeSet<ReferralState> = referrals.iter().map(|row| row.state).collect();
    let missing: Vec<_> = ReferralState::ALL.iter().filter(|s| !states.contains(s)).collect();
    assert!(missing.is_empty(), "no referral is {missing:?}");
    let places = pathway::Entity::find().all(&*app.db).await.unwrap();
    let stages: BTreeSet<Stage> = places.iter().map(|row| row.stage).collect();
    let missing: Vec<_> = Stage::ALL.iter().filter(|s| !stages.contains(s)).collect();
    assert!(missing.is_empty(), "no child is at {missing:?}");
}

async fn about_one_in_a_hundred_has_a_diagnosis(app: &App) {
    let diagnosed: BTreeSet<_> = diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.autism.eq(true))
        .all(&*app.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.child_id)
        .collect();
    let per_mille = diagnosed.len() * 1000 / CHILDREN;
    assert!((6..=14).contains(&per_mille), "{per_mille} ‰");
}

async fn histories_end_where_referrals_are(app: &App) {
    let steps = referral_step::Entity::find().order_by_asc(referral_step::COLUMN.id);
    let mut last: BTreeMap<_, referral_step::Model> = BTreeMap::new();
    for step in steps.all(&*app.db).await.unwrap() {
        let before = last.get(&step.referral_id);
        assert_eq!(step.from_state, before.map(|b| b.to_state), "{step:?}");
        assert!(before.is_none_or(|b| b.at <= step.at), "{step:?} before {before:?}");
        last.insert(step.referral_id, step);
    }
    for row in referral::Entity::find().all(&*app.db).await.unwrap() {
        let end = &last[&row.id];
        assert_eq!(
            (row.state, row.closed_at.is_some()),
            (end.to_state, !is_open(row.state)),
            "{row:?}"
        );
    }
}

async fn nothing_waits_longer_than_half_a_year(app: &App) {
    let long_ago = opening_time() - TimeDelta::days(183);
    for row in referral::Entity::find().all(&*app.db).await.unwrap() {
        assert!(!is_open(row.state) || row.since > long_ago, "{row:?}");
    }
    for task in task::Entity::find().all(&*app.db).await.unwrap() {
        let open = task.state == TaskState::Open;
        assert!(
            !open || task.due_on.is_none_or(|day| day > clock::day_of(long_ago)),
            "{task:?}"
        );
    }
    for place in pathway::Entity::find().all(&*app.db).await.unwrap() {
        let turn = place.organisation_id.is_some();
        let long = place.due_on.is_some_and(|due| due < clock::day_of(long_ago));
        assert!(!turn || !long || place.stage == Stage::Lost, "{place:?}");
    }
}

/// Whoever is not merely watched, and some of those who are.
async fn places_follow_from_the_rows(app: &App) {
    let db = &*app.db;
    let today = clock::day_of(opening_time());
    for place in pathway::Entity::find().all(db).await.unwrap() {
        if place.stage == Stage::Watching && place.child_id.0 % 10 != 0 {
            continue;
        }
        let file = child::Entity::find_by_id(place.child_id)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let rows = load(db, &file).await.unwrap();
        let there = standing(&rows, &Around::default(), today);
        let led = rows
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Open && task.leads);
        let led: Vec<_> = led.map(|task| (Some(task.organisation_id), task.due_on)).collect();
        let taken_in = place.stage == Stage::InIntake && place.due_on.is_none();
        let rests = taken_in
            || matches!(
                place.stage,
                Stage::Watching | Stage::OtherFinding | Stage::Lost | Stage::Left
            );
        let turn = (place.organisation_id, place.due_on);
        assert_eq!(led, if rests { vec![] } else { vec![turn] }, "child {}", file.id);
        assert_eq!(
            (
                place.stage,
                place.organisation_id,
                place.referral_id,
                place.since_on,
                place.due_on
            ),
            (
                there.stage,
                there.organisation,
                there.referral,
                there.since_on,
                there.due_on
            ),
            "child {}",
            file.id
        );
    }
}

async fn a_departure_is_undone_through_its_page(district: &std::sync::Arc<TestApp>) {
    let db = &*district.app.db;
    let departures = departure::Entity::find().all(db).await.unwrap();
    let kinds = |row: &departure::Model| -> BTreeSet<String> {
        effects(row).unwrap().into_iter().map(|effect| effect.table).collect()
    };
    let richest = departures.iter().max_by_key(|row| kinds(row).len()).unwrap();
    assert!(kinds(richest).len() >= 3, "{:?}", kinds(richest));
    let id = richest.child_id;
    let mut officer = district.stranger();
    let password = starbridge::demo::data::load().unwrap().password;
    officer.sign_in("canlian", &password).await;
    let page = officer.open(&format!("/children/{id}/departures")).await.is(200);
    page.submit_to("undoing", &mut officer).await.is(303);

    let place = pathway::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    assert_ne!(place.stage, Stage::Left);
    for effect in effects(richest).unwrap() {
        let number = effect.id().unwrap();
        match effect.table.as_str() {
            "planned_check" => {
                let check = planned_check::Entity::find_by_id(PlannedCheckId(number))
                    .one(db)
                    .await
                    .unwrap()
                    .unwrap();
                assert_eq!(check.state, CheckState::Pending);
            }
            "referral" => {
                let row = referral::Entity::find_by_id(ReferralId(number))
                    .one(db)
                    .await
                    .unwrap()
                    .unwrap();
                assert_eq!(Some(row.state), effect.was_word("state"));
                assert_eq!(row.closed_at, None);
            }
            "task" => {
                let task = task::Entity::find_by_id(TaskId(number)).one(db).await.unwrap().unwrap();
                assert_eq!(task.ended_at, None);
            }
            "residence" => {
                let home = residence::Entity::find_by_id(ResidenceId(number))
                    .one(db)
                    .await
                    .unwrap()
                    .unwrap();
                assert_eq!(home.until_on, None);
            }
            other => panic!("the demonstration ends nothing in {other}"),
        }
    }
}
