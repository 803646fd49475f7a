//! From a proposed referral to the centre: through the real pages, with everybody who takes part.

mod appointments;
mod clerks;
mod left_behind;
mod nobody;
mod overdue;
mod silence;
mod taken_back;
mod tasks;
mod told;
mod way;

use std::sync::Arc;

use entities::{
    AccountId, ChildId, OrganisationId, ReferralId, ScreenId,
    communication::{message, notice},
    organisation::organisation,
    screening::{pathway, referral},
    words::Stage,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::support::{Person, TestApp, page::Reply};

/// A child whose screen was abnormal, and what was proposed for it.
async fn screened(app: &TestApp, name: &str) -> (ChildId, ScreenId) {
    let positive = app.positive(name).await;
    (positive.child, positive.screen)
}

async fn proposed(app: &TestApp, name: &str) -> (ChildId, ReferralId) {
    app.proposed(name).await
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
    app.referral(id).await
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
