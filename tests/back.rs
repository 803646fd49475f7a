//! Back, Forward and reload: whatever answers a form has an address of its own, and shows the same again.

mod phones;
mod revealed;
mod steps;

use entities::{ChildId, event::event};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use starbridge::children::service::NewChild;

use crate::support::{Person, TestApp, children::toddler, page::Reply};

/// Somebody of the district with a browser.
async fn browser(app: &std::sync::Arc<TestApp>, user_name: &str) -> Person {
    let mut person = app.person(user_name).await;
    person.browses();
    person
}

/// The page that a form led to, by its address.
#[track_caller]
fn led(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.location.clone().unwrap()
}

/// A child whose mother has a telephone.
fn reachable(name: &str) -> NewChild {
    let mut new = toddler(name);
    new.guardians[0].phone = Some(entities::phone::Phone::parse("13812345678").unwrap());
    new
}

async fn events(app: &TestApp, child: ChildId, action: &str) -> u64 {
    event::Entity::find()
        .filter(event::COLUMN.child_id.eq(child))
        .filter(event::COLUMN.action.eq(action))
        .count(&*app.app.db)
        .await
        .unwrap()
}
