//! Those who answer for a child. Siblings may share a guardian; a phone number alone is no key.

use chrono::NaiveDate;
use entities::{
    ChildId, GuardianId, GuardianshipId,
    child::{guardian, guardianship},
    words::Kinship,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, prelude::Expr,
};
use serde_json::json;

use super::{
    duplicates, file,
    new_child::NewGuardian,
    reuse::{self, Differing, Reused, Settled, Source},
    rows,
};
use crate::{
    access::scope,
    person::phone_digits,
    platform::{
        Actor, App, Error, Errors, Result, Say, Tx, Version,
        event::{self, Subject},
    },
};

/// A tie and the guardian at its other end.
pub type Tie = (guardianship::Model, guardian::Model);

/// Those who may be told about a child, asked first first.
pub async fn contactable(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<Tie>> {
    contactable_of(db, vec![child]).await
}

/// The same of many children, each asked first first.
pub async fn contactable_of(db: &impl ConnectionTrait, children: Vec<ChildId>) -> Result<Vec<Tie>> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let ties = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.is_in(children))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .filter(guardianship::COLUMN.may_be_contacted.eq(true))
        .order_by_desc(guardianship::COLUMN.is_first)
        .order_by_asc(guardianship::COLUMN.id)
        .all(db)
        .await?;
    let ids: Vec<GuardianId> = ties.iter().map(|t| t.guardian_id).collect();
    let people = guardian::Entity::find()
        .filter(guardian::COLUMN.id.is_in(ids))
        .all(db)
        .await?;
    Ok(ties
        .into_iter()
        .filter_map(|tie| {
            let person = people.iter().find(|p| p.id == tie.guardian_id)?.clone();
            Some((tie, person))
        })
        .collect())
}

/// A tie of a child that the actor may see.
pub async fn tie(db: &impl ConnectionTrait, child: ChildId, id: GuardianshipId) -> Result<Tie> {
    let tie = guardianship::Entity::find_by_id(id)
        .filter(guardianship::COLUMN.child_id.eq(child))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let guardian = guardian::Entity::find_by_id(tie.guardian_id).one(db).await?;
    Ok((tie, guardian.ok_or(Error::NotFound)?))
}

/// Add a guardian to a file. Somebody who is on file already is not written again; what became of that record.
pub async fn add(
    app: &App,
    by: &Actor,
    id: ChildId,
    new: &NewGuardian,
    first: bool,
    differing: Differing,
) -> Result<Option<Reused>> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let reused = match add_in(&tx, app, by, id, new, first, (differing, Source::Page)).await? {
        Added::Done(reused) => reused,
        Added::Asks(says) => return Err(asked("differing", says).into()),
    };
    tx.commit().await?;
    Ok(reused)
}

/// What came of adding somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// Added, by a record that was there or a new one.
    Done(Option<Reused>),
    /// A record says something else, and somebody has to decide first.
    Asks(Vec<Say>),
}

/// What has to be decided about a record, at the field that decides it.
pub fn asked(field: &str, says: Vec<Say>) -> Errors {
    let mut errors = Errors::default();
    for say in says {
        errors.add(field, say);
    }
    errors
}

/// The same in the caller's transaction, which must be the district's.
pub async fn add_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    id: ChildId,
    new: &NewGuardian,
    first: bool,
    (differing, source): (Differing, Source),
) -> Result<Added> {
    let child = scope::child(&**tx, by, id).await?;
    let Some(known) = reuse::on_file(&**tx, &app.keys, new, &child.district).await? else {
        let rules = super::check_ages::CheckAgeRules::default();
        let cx = rows::Registration::by(app, by, &rules, None)?;
        let guardian = rows::guardian(&cx, new)?.insert(&**tx).await?.id;
        join_in(tx, by, id, guardian, new, first).await?;
        return Ok(Added::Done(None));
    };
    let reused = match reuse::settle_in(tx, &app.keys, &known, new, differing, source).await? {
        Settled::Reused(reused) => reused,
        Settled::Asks(says) => return Ok(Added::Asks(says)),
    };
    join_in(tx, by, id, known.id, new, first).await?;
    reuse::record_in(tx, by, id, &reused).await?;
    Ok(Added::Done(Some(reused)))
}

/// Let a sibling's guardian answer for this child too. Both children must be the actor's to see.
pub async fn share(app: &App, by: &Actor, id: ChildId, guardian: GuardianId, kinship: Kinship) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    scope::child(&*tx, by, id).await?;
    let visible = scope::children(by)
        .select_only()
        .column(entities::child::child::Column::Id)
        .into_query();
    let tie = guardianship::Entity::find()
        .filter(guardianship::COLUMN.guardian_id.eq(guardian))
        .filter(guardianship::Column::ChildId.in_subquery(visible))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let known = guardian::Entity::find_by_id(guardian)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let new = NewGuardian {
        existing: Some(known.id),
        name: known.name,
        phone: None,
        email: known.email,
        language: known.language,
        kinship,
        has_custody: tie.has_custody,
        may_be_contacted: tie.may_be_contacted,
    };
    join_in(&tx, by, id, guardian, &new, false).await?;
    tx.commit().await
}

async fn join_in(tx: &Tx, by: &Actor, id: ChildId, guardian: GuardianId, new: &NewGuardian, first: bool) -> Result<()> {
    let current = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(id))
        .filter(guardianship::COLUMN.ended_on.is_null());
    let twice = current
        .clone()
        .filter(guardianship::COLUMN.guardian_id.eq(guardian))
        .count(&**tx)
        .await?;
    if twice > 0 {
        return Err(Error::field("name", "guardian.already"));
    }
    let first = first || current.count(&**tx).await? == 0;
    if first {
        nobody_first_in(tx, id).await?;
    }
    let tie = rows::guardianship(id, guardian, new, first).insert(&**tx).await?;
    let details = json!({ "guardian": guardian, "kinship": new.kinship });
    event::record(
        tx,
        by,
        "guardian.added",
        Subject::of_child("guardianship", tie.id.0, id),
        details,
    )
    .await?;
    duplicates::look_around_in(tx, by, id).await
}

async fn nobody_first_in(tx: &Tx, id: ChildId) -> Result<()> {
    guardianship::Entity::update_many()
        .col_expr(guardianship::Column::IsFirst, Expr::value(false))
        .filter(guardianship::COLUMN.child_id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What is to be said of a guardian from now on.
#[derive(Clone, Debug)]
pub struct GuardianCorrection {
    /// The version that the clerk saw.
    pub version: Version,
    /// Name, e-mail, language, relation, flags; a phone that is none stays as it is.
    pub to: NewGuardian,
    /// There is no phone any more.
    pub remove_phone: bool,
    /// Asked first.
    pub first: bool,
}

/// Correct a guardian. Name, phone, e-mail and language are the person's and hold for siblings too; relation and flags
/// are this child's.
pub async fn correct(
    app: &App,
    by: &Actor,
    id: ChildId,
    tie_id: GuardianshipId,
    new: &GuardianCorrection,
) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    scope::child(&*tx, by, id).await?;
    let (tie, guardian) = tie(&*tx, id, tie_id).await?;
    new.version.is_still(guardian.version)?;
    let version = guardian.version + 1;
    let mut row = guardian.into_active_model();
    row.name = Set(new.to.name.clone());
    row.email = Set(new.to.email.clone());
    row.language = Set(new.to.language);
    row.version = Set(version);
    if let Some(phone) = &new.to.phone {
        row.phone = Set(Some(app.keys.seal("guardian.phone", &phone.to_string())?));
        row.phone_index = Set(Some(app.keys.index("phone", &phone_digits(phone))?));
        row.phone_mask = Set(Some(phone.masked()));
    } else if new.remove_phone {
        row.phone = Set(None);
        row.phone_index = Set(None);
        row.phone_mask = Set(None);
    }
    row.update(&*tx).await?;
    if new.first {
        nobody_first_in(&tx, id).await?;
    }
    let was_first = tie.is_first;
    let mut row = tie.into_active_model();
    row.kinship = Set(new.to.kinship);
    row.has_custody = Set(new.to.has_custody);
    row.may_be_contacted = Set(new.to.may_be_contacted);
    row.is_first = Set(new.first || was_first);
    row.update(&*tx).await?;
    let details = json!({ "phone": new.to.phone.is_some() || new.remove_phone });
    let subject = Subject::of_child("guardianship", tie_id.0, id);
    event::record(&tx, by, "guardian.corrected", subject, details).await?;
    duplicates::look_around_in(&tx, by, id).await?;
    tx.commit().await
}

/// A guardian no longer answers for the child; what they signed stays on file.
pub async fn end(app: &App, by: &Actor, id: ChildId, tie_id: GuardianshipId, on: NaiveDate) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let child = scope::child(&*tx, by, id).await?;
    let (found, _) = tie(&*tx, id, tie_id).await?;
    if found.ended_on.is_some() {
        return Err(Error::refused("guardian.already_ended"));
    }
    if on < child.birth_on {
        return Err(Error::field("on", "consent.before_birth"));
    }
    let mut row = found.into_active_model();
    row.ended_on = Set(Some(on));
    row.is_first = Set(false);
    row.update(&*tx).await?;
    let subject = Subject::of_child("guardianship", tie_id.0, id);
    event::record(&tx, by, "guardian.ended", subject, json!({ "on": on })).await?;
    tx.commit().await
}

/// A guardian's phone in full; looking is recorded.
pub async fn phone(app: &App, by: &Actor, id: ChildId, tie_id: GuardianshipId) -> Result<String> {
    let child = file::survivor(app, by, id).await?;
    let (_, guardian) = tie(&*app.db, child.id, tie_id).await?;
    let sealed = guardian.phone.ok_or(Error::NotFound)?;
    let subject = Subject::of_child("guardianship", tie_id.0, child.id);
    event::note(app, by, "child.unmasked", subject, json!({ "field": "phone" })).await?;
    Ok(app.keys.open("guardian.phone", &sealed)?)
}

/// Number of children whom a guardian answers for.
pub async fn children_of(db: &impl ConnectionTrait, guardian: GuardianId) -> Result<u64> {
    Ok(guardianship::Entity::find()
        .filter(guardianship::COLUMN.guardian_id.eq(guardian))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .count(db)
        .await?)
}
