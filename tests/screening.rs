//! The initial screen through the real pages: one child, a whole day, corrections, departures.

mod day;
mod departure;
mod single;

use chrono::NaiveDate;
use entities::{
    ChildId,
    age::GestationalWeeks,
    communication::message,
    screening::{pathway, planned_check, referral, screen},
    words::Sex,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use starbridge::children::service::{NewChild, NewGuardian, register_in};

use crate::support::{
    TestApp,
    children::{mother, toddler},
    page::Reply,
    people::Person,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Born<'a> {
    name: &'a str,
    on: &'a str,
    weeks: Option<u8>,
    emails: &'a [Option<&'a str>],
}

fn born<'a>(name: &'a str, on: &'a str) -> Born<'a> {
    Born {
        name,
        on,
        weeks: None,
        emails: &[Some("mother@example.org"), None],
    }
}

async fn register(app: &TestApp, new: Born<'_>) -> ChildId {
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let guardian = |email: Option<&str>| NewGuardian {
        email: email.map(str::to_owned),
        ..mother("王芳")
    };
    let file = NewChild {
        sex: Sex::Female,
        birth_on: day(new.on),
        gestational_weeks: new.weeks.map(|w| GestationalWeeks::new(w).unwrap()),
        kindergarten: Some("庄市中心幼儿园".into()),
        guardians: new.emails.iter().copied().map(guardian).collect(),
        ..toddler(new.name)
    };
    let id = register_in(&tx, &app.app, &by, &file).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The entry page with every answer given.
fn answered(page: Reply, present: &[&str]) -> Reply {
    ["sign1", "sign2", "sign3", "sign4", "regression"]
        .into_iter()
        .fold(page, |page, field| {
            page.fill(field, if present.contains(&field) { "yes" } else { "no" })
        })
}

/// Fill in, look at the preview, save; the answer to saving.
async fn screen_child(who: &mut Person, id: ChildId, on: &str, present: &[&str]) -> Reply {
    let page = who
        .open(&format!("/children/{id}/screens/new?performed_on={on}"))
        .await
        .is(200);
    let preview = answered(page, present).submit(who).await.is(200).says("保存前请核对");
    preview.submit(who).await
}

async fn screens(app: &TestApp, id: ChildId) -> Vec<screen::Model> {
    screen::Entity::find()
        .filter(screen::COLUMN.child_id.eq(id))
        .order_by_asc(screen::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn referrals(app: &TestApp, id: ChildId) -> Vec<referral::Model> {
    referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(id))
        .order_by_asc(referral::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn messages(app: &TestApp, id: ChildId) -> Vec<message::Model> {
    message::Entity::find()
        .filter(message::COLUMN.child_id.eq(id))
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn checks(app: &TestApp, id: ChildId) -> Vec<planned_check::Model> {
    planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(id))
        .order_by_asc(planned_check::COLUMN.age_months)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn stands(app: &TestApp, id: ChildId) -> pathway::Model {
    pathway::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}
