//! Where children are at a centre, and who comes next: classes, the waiting list, offers, what would be.

mod classes;
mod forecast;
mod offers;
mod silence;
mod together;
mod waiting;

use std::sync::Arc;

use entities::{
    ApplicationId, CareGroupId, ChildId, PlaceOfferId,
    places::{care_group_membership, place_offer},
    words::OfferState,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use starbridge::{app::FEATURES, platform::Actor};

use crate::{
    enrolment::{applies, decides, reviewed_up_to, staffed},
    support::{Person, TestApp, page::Reply},
};

/// The days of a place, as forms send them.
const YEAR: [(&str, &str); 2] = [("valid_from", "2026-12-01"), ("valid_to", "2027-11-30")];

/// A district with everybody, and the person who runs the centre.
async fn with_head(app: &Arc<TestApp>) -> Person {
    staffed(app).await;
    app.person("centre-head").await
}

/// The centre opens a class with so many places for full days from 1 November on.
async fn opens(head: &mut Person, name: &str, places: u32) -> CareGroupId {
    let page = head.open("/groups/new").await.is(200);
    let page = page.fill("name", name).fill("valid_from", "2026-11-01");
    let reply = page.fill("full_day", places).submit(head).await.is(303);
    let to = reply.location.unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

/// A diagnosed child whose application was reviewed up to the decision.
async fn reviewed(app: &Arc<TestApp>, name: &str) -> (ChildId, ApplicationId) {
    let child = app.diagnosed(name).await;
    let mut intake = app.person("intake").await;
    let id = applies(&mut intake, child).await;
    reviewed_up_to(app, id, "decision").await;
    (child, id)
}

/// A child who waits for a place.
async fn waits(app: &Arc<TestApp>, name: &str) -> (ChildId, ApplicationId) {
    let (child, id) = reviewed(app, name).await;
    let mut head = app.person("centre-head").await;
    let fields = [("note", "目前没有名额")];
    decides(app, &mut head, id, "decision", "waiting", &fields)
        .await
        .is(303);
    (child, id)
}

/// A child who is admitted for a year, and in no class yet.
async fn admitted(app: &Arc<TestApp>, name: &str) -> (ChildId, ApplicationId) {
    let (child, id) = reviewed(app, name).await;
    let mut head = app.person("centre-head").await;
    decides(app, &mut head, id, "decision", "admitted", &YEAR).await.is(303);
    (child, id)
}

/// The form of an offer, filled in for a year.
async fn offering(head: &mut Person, id: ApplicationId, group: CareGroupId) -> Reply {
    let page = head.open(&format!("/applications/{id}/offers/new")).await.is(200);
    page.fill("group", group)
        .fill("valid_from", "2026-12-01")
        .fill("valid_to", "2027-11-30")
}

/// A place is offered.
async fn offers(head: &mut Person, id: ApplicationId, group: CareGroupId) -> PlaceOfferId {
    let page = offering(head, id, group).await;
    let reply = page.submit_to("/offers", head).await.is(303);
    let to = reply.location.unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

/// Intake records what the family answered.
async fn answers(app: &Arc<TestApp>, id: PlaceOfferId, answer: &str, fields: &[(&str, &str)]) -> Reply {
    let mut intake = app.person("intake").await;
    let mut page = intake
        .open(&format!("/place-offers/{id}"))
        .await
        .is(200)
        .fill("answer", answer)
        .fill("answered_by", "王芳")
        .fill("answered_how", "phone");
    for (name, value) in fields {
        page = page.fill(name, value);
    }
    page.submit_to("/answer", &mut intake).await
}

async fn offer(app: &TestApp, id: PlaceOfferId) -> place_offer::Model {
    let found = place_offer::Entity::find_by_id(id).one(&*app.app.db).await.unwrap();
    found.unwrap()
}

async fn state(app: &TestApp, id: PlaceOfferId) -> OfferState {
    offer(app, id).await.state
}

/// The days of a child in classes.
async fn memberships(app: &TestApp, child: ChildId) -> Vec<care_group_membership::Model> {
    care_group_membership::Entity::find()
        .filter(care_group_membership::COLUMN.child_id.eq(child))
        .order_by_asc(care_group_membership::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// The sweep of offers.
async fn sweeps(app: &TestApp) -> String {
    let by = Actor::system("test", app.app.clock.now());
    let sweep = FEATURES
        .sweeps()
        .into_iter()
        .find(|sweep| sweep.name == "place-offers")
        .unwrap();
    (sweep.run)(&app.app, &by).await.unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}
