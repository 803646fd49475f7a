//! Opening and closing classes; their teachers and places from a day on. All of it in the lane of the centre's district.

use chrono::NaiveDate;
use entities::{
    AccountId, CareGroupId, OrganisationId,
    account::account,
    places::{care_group, care_group_capacity, care_group_teacher},
    words::EnrolmentMode,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::json;

use super::{
    forms::{NewGroup, field},
    queries::{self, Rooms},
};
use crate::{
    places::{
        centre,
        room::{self, Span},
        succession,
    },
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        event::{self, Subject},
    },
};

/// The page of a class.
pub fn page(id: CareGroupId) -> String {
    format!("/groups/{id}")
}

fn subject(id: CareGroupId) -> Subject {
    Subject::new("care_group", id.0)
}

/// The people of a centre who may lead a class: whoever has an open account there.
pub async fn colleagues(db: &impl ConnectionTrait, centre: OrganisationId) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::COLUMN.organisation_id.eq(centre))
        .filter(account::COLUMN.disabled_at.is_null())
        .order_by_asc(account::COLUMN.id)
        .all(db)
        .await?)
}

/// Open a class.
///
/// # Errors
/// By field when its name is taken on some of its days, or its teacher does not work there.
pub async fn open(app: &App, by: &Actor, new: &NewGroup) -> Result<CareGroupId> {
    centre::own(by)?;
    let tx = app.db.write(by, centre::lane(by)).await?;
    let row = open_in(&tx, by, new).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// The same in a transaction of the centre's district.
pub async fn open_in(tx: &Tx, by: &Actor, new: &NewGroup) -> Result<care_group::Model> {
    let centre = centre::own(by)?;
    let days = Span::new(new.valid_from, new.valid_to);
    let others = queries::of_centre(&**tx, centre, days).await?;
    if others.iter().any(|other| other.name == new.name) {
        return Err(Error::field("name", "care_group.name_taken"));
    }
    let row = care_group::ActiveModel {
        id: NotSet,
        organisation_id: Set(centre),
        kind: Set(new.kind),
        name: Set(new.name.clone()),
        valid_from: Set(new.valid_from),
        valid_to: Set(new.valid_to),
        made_by: Set(by.person()?),
        made_at: Set(by.now),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    for (mode, places) in &new.places {
        let capacity = care_group_capacity::ActiveModel {
            id: NotSet,
            group_id: Set(row.id),
            mode: Set(*mode),
            places: Set(*places),
            valid_from: Set(new.valid_from),
            valid_to: Set(None),
        };
        capacity.insert(&**tx).await?;
    }
    if let Some(teacher) = new.teacher {
        works_there(tx, centre, teacher).await?;
        lead_in(tx, row.id, teacher, new.valid_from, None).await?;
    }
    let places: Vec<_> = new
        .places
        .iter()
        .map(|(mode, places)| json!({ "mode": mode, "places": places }))
        .collect();
    let details = json!({ "name": row.name, "valid_from": row.valid_from, "places": places });
    event::record(tx, by, "care_group.opened", subject(row.id), details).await?;
    Ok(row)
}

async fn works_there(tx: &Tx, centre: OrganisationId, teacher: AccountId) -> Result<()> {
    let there = colleagues(&**tx, centre).await?;
    if there.iter().any(|one| one.id == teacher) {
        Ok(())
    } else {
        Err(Error::field("teacher", "form.choice"))
    }
}

async fn lead_in(
    tx: &Tx,
    group: CareGroupId,
    teacher: AccountId,
    from: NaiveDate,
    until: Option<NaiveDate>,
) -> Result<()> {
    let row = care_group_teacher::ActiveModel {
        id: NotSet,
        group_id: Set(group),
        account_id: Set(teacher),
        valid_from: Set(from),
        valid_to: Set(until),
    };
    row.insert(&**tx).await?;
    Ok(())
}

/// A class of the actor's own centre, in the lane of its district, as whoever read a version of it.
async fn own(app: &App, by: &Actor, id: CareGroupId, version: Version) -> Result<(Tx, care_group::Model)> {
    let centre = centre::own(by)?;
    queries::find(&*app.db, by, id).await?;
    let tx = app.db.write(by, centre::lane(by)).await?;
    let row = queries::find(&*tx, by, id).await?;
    if row.organisation_id != centre {
        return Err(Error::Forbidden);
    }
    version.is_still(row.version)?;
    Ok((tx, row))
}

async fn changed_in(tx: &Tx, row: care_group::Model) -> Result<care_group::Model> {
    let next = row.version + 1;
    let mut changed = row.into_active_model();
    changed.version = Set(next);
    Ok(changed.update(&**tx).await?)
}

/// A day on which a class is there.
fn must_be_there(row: &care_group::Model, field: &'static str, day: NaiveDate) -> Result<()> {
    if queries::days(row).holds(day) {
        return Ok(());
    }
    Err(Error::field(field, not_there(row)))
}

/// On which days a class is there, where another day was asked for.
pub fn not_there(row: &care_group::Model) -> Say {
    let say = Say::new("care_group.not_there").with("from", row.valid_from);
    match row.valid_to {
        Some(to) => say.with("to", to),
        None => say.with("to", "—"),
    }
}

/// A class has so many places in a mode from a day on. Children who are there and places that are offered keep theirs.
///
/// # Errors
/// By field when there are more of them on some day than there would be places, or the class is not there.
pub async fn set_places(
    app: &App,
    by: &Actor,
    id: CareGroupId,
    version: Version,
    (mode, places, from): (EnrolmentMode, i32, NaiveDate),
) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    must_be_there(&row, "places_from", from)?;
    let now = app.clock.now();
    let rooms = Rooms::of(&*tx, &[id], now).await?;
    let rows: Vec<_> = rooms.capacities.iter().filter(|row| row.mode == mode).collect();
    let spans: Vec<Span> = rows.iter().map(|row| Span::new(row.valid_from, row.valid_to)).collect();
    let follows = succession::from(&spans, from);
    let mut taken = rooms.children(id, mode);
    taken.extend(rooms.offers(id, mode, None));
    let days = Span::new(from, follows.until);
    if let Some(day) = room::full_on(&[(days, places)], &taken, days, 0) {
        let say = Say::new("care_group.places.taken").with("day", day);
        return Err(Error::field("places", say.with("taken", room::taken(&taken, day))));
    }
    if let Some(shortened) = follows.shortens.and_then(|at| rows.get(at)) {
        let mut shortened = (*shortened).clone().into_active_model();
        shortened.valid_to = Set(from.pred_opt());
        shortened.update(&*tx).await?;
    }
    if let Some(replaced) = follows.replaces.and_then(|at| rows.get(at)) {
        let mut replaced = (*replaced).clone().into_active_model();
        replaced.places = Set(places);
        replaced.update(&*tx).await?;
    } else {
        let capacity = care_group_capacity::ActiveModel {
            id: NotSet,
            group_id: Set(id),
            mode: Set(mode),
            places: Set(places),
            valid_from: Set(from),
            valid_to: Set(follows.until),
        };
        capacity.insert(&*tx).await?;
    }
    changed_in(&tx, row).await?;
    let details = json!({ "mode": field(mode), "places": places, "from": from });
    event::record(&tx, by, "care_group.places_set", subject(id), details).await?;
    tx.commit().await
}

/// Somebody leads a class from a day on.
///
/// # Errors
/// By field when they do not work there, or the class is not there.
pub async fn appoint(
    app: &App,
    by: &Actor,
    id: CareGroupId,
    version: Version,
    (teacher, from): (AccountId, NaiveDate),
) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    must_be_there(&row, "teacher_from", from)?;
    works_there(&tx, row.organisation_id, teacher).await?;
    let rows = queries::teachers(&*tx, &[id]).await?;
    let spans: Vec<Span> = rows.iter().map(|row| Span::new(row.valid_from, row.valid_to)).collect();
    let follows = succession::from(&spans, from);
    if let Some(shortened) = follows.shortens.and_then(|at| rows.get(at)) {
        let mut shortened = shortened.clone().into_active_model();
        shortened.valid_to = Set(from.pred_opt());
        shortened.update(&*tx).await?;
    }
    if let Some(replaced) = follows.replaces.and_then(|at| rows.get(at)) {
        let mut replaced = replaced.clone().into_active_model();
        replaced.account_id = Set(teacher);
        replaced.update(&*tx).await?;
    } else {
        lead_in(&tx, id, teacher, from, follows.until).await?;
    }
    changed_in(&tx, row).await?;
    let details = json!({ "teacher": teacher, "from": from });
    event::record(&tx, by, "care_group.teacher_appointed", subject(id), details).await?;
    tx.commit().await
}

/// A class ends on a day: nobody may be left in it, and nothing in it offered, beyond that.
///
/// # Errors
/// By field while somebody is, or the day lies before its first.
pub async fn close(app: &App, by: &Actor, id: CareGroupId, version: Version, last: NaiveDate) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    if last < row.valid_from {
        return Err(Error::field("last_day", "decision.order"));
    }
    let rooms = Rooms::of(&*tx, &[id], app.clock.now()).await?;
    let later = |span: Span| span.to.is_none_or(|to| to > last);
    let members = rooms
        .members
        .iter()
        .filter(|row| later(queries::days_of_member(row)))
        .count();
    let offers = rooms.held.iter().filter(|row| row.valid_from > last).count();
    if members + offers > 0 {
        let say = Say::new("care_group.not_empty").with("n", members + offers);
        return Err(Error::field("last_day", say));
    }
    let mut closed = row.into_active_model();
    closed.valid_to = Set(Some(last));
    let row = closed.update(&*tx).await?;
    changed_in(&tx, row).await?;
    event::record(&tx, by, "care_group.closed", subject(id), json!({ "last_day": last })).await?;
    tx.commit().await
}
