//! From a proposed referral to the centre: through the real pages, with everybody who takes part.

mod clerks;
mod nobody;
mod silence;
mod way;

use std::sync::Arc;

use entities::{
    AccountId, ChildId, OrganisationId, ReferralId, ScreenId,
    communication::{message, notice},
    organisation::organisation,
    screening::{pathway, referral, screen},
    words::{AgeUsed, ReferralKind, ScreenOutcome, Stage},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use starbridge::{
    children::{care, service::register_in},
    platform::event::{self, Subject},
    referral::{Proposal, propose_in},
};

use crate::support::{Person, TestApp, children::toddler, page::Reply};

/// A child whose screen was abnormal, and nobody referred it yet.
async fn screened(app: &TestApp, name: &str) -> (ChildId, ScreenId) {
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let child = register_in(&tx, &app.app, &by, &toddler(name)).await.unwrap();
    let screen = screen::ActiveModel {
        child_id: Set(child),
        planned_check_id: Set(None),
        organisation_id: Set(by.organisation().unwrap()),
        screener_id: Set(by.person().unwrap()),
        district: Set("330211".into()),
        street: Set("330211004".into()),
        performed_on: Set(by.today()),
        recorded_at: Set(by.now),
        entered_late: Set(false),
        age_months: Set(24),
        age_days: Set(743),
        corrected_age_days: Set(None),
        age_used: Set(AgeUsed::Chronological),
        outcome: Set(ScreenOutcome::Abnormal),
        signs: Set(entities::Numbers(vec![1, 2])),
        regression: Set(false),
        note: Set(None),
        withdrawn_at: Set(None),
        version: Set(1),
        ..Default::default()
    };
    let screen = screen.insert(&*tx).await.unwrap();
    care::tie_in(&tx, &by, by.organisation().unwrap(), child).await.unwrap();
    let subject = Subject::of_child("screen", screen.id.0, child);
    event::record(&tx, &by, "screen.recorded", subject, serde_json::json!({}))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (child, screen.id)
}

/// The same, with the referral that was proposed for it.
async fn proposed(app: &TestApp, name: &str) -> (ChildId, ReferralId) {
    let (child, screen) = screened(app, name).await;
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let proposal = Proposal {
        child,
        kind: ReferralKind::Rescreen,
        to: None,
        reason: "24月龄初筛需复筛".into(),
        screen: Some(screen),
        rescreen: None,
        diagnosis: None,
        continues: None,
    };
    let referral = propose_in(&tx, &by, proposal).await.unwrap();
    tx.commit().await.unwrap();
    (child, referral)
}

/// The same, confirmed by the screener through the page.
async fn sent(app: &Arc<TestApp>, name: &str) -> (ChildId, ReferralId) {
    let (child, id) = proposed(app, name).await;
    let mut screener = app.person("screener").await;
    let page = screener.open(&format!("/referrals/{id}/sending")).await.is(200);
    page.submit_to("/sending", &mut screener).await.is(303);
    (child, id)
}

async fn row(app: &TestApp, id: ReferralId) -> referral::Model {
    referral::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn stage(app: &TestApp, child: ChildId) -> Stage {
    pathway::Entity::find_by_id(child)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .stage
}

async fn notices(app: &TestApp, user_name: &str) -> Vec<String> {
    let by = app.actor(user_name).await;
    let found = notice::Entity::find()
        .filter(notice::COLUMN.account_id.eq(by.account.unwrap_or(AccountId(0))))
        .all(&*app.app.db)
        .await
        .unwrap();
    found.into_iter().map(|n| n.template).collect()
}

async fn messages(app: &TestApp, child: ChildId) -> Vec<String> {
    let found = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .all(&*app.app.db)
        .await
        .unwrap();
    found.into_iter().map(|m| m.template).collect()
}

async fn post(person: &mut Person, id: ReferralId, action: &str, fields: &[(&str, &str)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    person.post(&format!("/referrals/{id}/{action}"), &fields).await
}

/// One failed call, so many hours after the opening time.
async fn call(person: &mut Person, id: ReferralId, time: &str) -> Reply {
    let fields = [
        ("method", "phone"),
        ("result", "not_reached"),
        ("attempted_on", "2026-11-03"),
        ("attempted_time", time),
    ];
    post(person, id, "contacts", &fields).await
}

async fn place(app: &TestApp, name: &str) -> OrganisationId {
    organisation::Entity::find()
        .filter(organisation::COLUMN.name.eq(name))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .id
}
