//! Duplicates: found, compared, merged and taken apart again, through the real pages.

mod choosing;
mod histories;
mod pairs;
mod slips;
mod undoing;

use chrono::{NaiveDate, TimeDelta};
use entities::{
    ChildId, MergeId,
    child::{child, duplicate},
    event::event,
    words::{IdentityKind, Sex},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use starbridge::{
    children::service::{NewChild, NewGuardian, register_in},
    person::Identity,
    platform::sweep,
};

use crate::support::{
    TestApp,
    children::{mother, toddler},
    page::Reply,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Born {
    name: &'static str,
    number: &'static str,
    sex: Sex,
    division: &'static str,
    mother: &'static str,
    phone: Option<&'static str>,
    on: &'static str,
}

fn born(name: &'static str) -> Born {
    Born {
        name,
        number: "",
        sex: Sex::Male,
        division: "330211004",
        mother: "王芳",
        phone: Some("13812345678"),
        on: "2024-05-14",
    }
}

/// A file that comes in by a way that asks nobody.
async fn register(app: &TestApp, who: &str, new: Born) -> ChildId {
    let by = app.actor(who).await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let kind = if new.number.is_empty() {
        IdentityKind::NoneYet
    } else {
        IdentityKind::CitizenId
    };
    let mut mother = NewGuardian {
        phone: new.phone.map(|phone| entities::phone::Phone::parse(phone).unwrap()),
        ..mother(new.mother)
    };
    mother.existing =
        starbridge::children::reuse::on_file(&*tx, &app.app.keys, &mother, new.division.get(..6).unwrap())
            .await
            .unwrap()
            .map(|known| known.id);
    let file = NewChild {
        sex: new.sex,
        birth_on: day(new.on),
        gestational_weeks: None,
        identity: Identity::parse(kind, new.number).unwrap(),
        division: new.division.parse().unwrap(),
        guardians: vec![mother],
        ..toddler(new.name)
    };
    let id = register_in(&tx, &app.app, &by, &file).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn sweep_duplicates(app: &TestApp) -> String {
    app.app.clock.advance(TimeDelta::minutes(11));
    sweep::run_once(&app.app, &starbridge::children::duplicates::SWEEP)
        .await
        .unwrap()
        .unwrap()
}

async fn pairs(app: &TestApp) -> Vec<duplicate::Model> {
    duplicate::Entity::find()
        .order_by_asc(duplicate::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn file(app: &TestApp, id: ChildId) -> child::Model {
    child::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap()
}

async fn events(app: &TestApp, id: ChildId, action: &str) -> u64 {
    event::Entity::find()
        .filter(event::COLUMN.child_id.eq(id))
        .filter(event::COLUMN.action.eq(action))
        .count(&*app.app.db)
        .await
        .unwrap()
}

/// The merge that a reply led to.
fn merge_of(reply: &Reply) -> MergeId {
    let to = reply
        .location
        .as_deref()
        .unwrap_or_else(|| panic!("not merged: {}", reply.text()));
    to.strip_prefix("/merges/").unwrap().parse().unwrap()
}

/// The pair of two like files, waiting.
async fn pair_of(app: &TestApp, first: ChildId, second: ChildId) -> duplicate::Model {
    sweep_duplicates(app).await;
    pairs(app)
        .await
        .into_iter()
        .find(|p| (p.first_id, p.second_id) == (first, second))
        .unwrap()
}
