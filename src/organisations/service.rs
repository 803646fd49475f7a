//! What the system administrator changes about organisations, divisions, dated rules and calendars.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    configuration::{calendar_day, calendar_year, parameter},
    organisation::{division, organisation},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait, IntoActiveModel as _, QueryFilter as _, QuerySelect,
    sea_query::OnConflict,
};
use serde_json::json;

use super::{defaults, divisions, forms::OrganisationInput, queries};
use crate::{
    access::places::may_administer,
    platform::{
        Actor, App, Db, Error, Result, Say, Tx, Version,
        calendar::CalendarYear,
        counter,
        event::{self, Subject},
        rule::{Described, Shipped},
    },
};

/// Fill in what a new database needs and an older one may lack: divisions, published calendars, rules. What is there
/// stays as the office left it, so this may run at every start.
pub async fn install(db: &Db, by: &Actor, rules: &[Described]) -> Result<()> {
    let tx = db.write(by, "").await?;
    let divisions = install_divisions(&tx).await?;
    let calendars = install_calendars(&tx).await?;
    let rules = install_rules(&tx, rules).await?;
    if divisions == 0 && calendars.is_empty() && rules.is_empty() {
        return Ok(());
    }
    let details = json!({ "divisions": divisions, "calendars": calendars, "rules": rules });
    event::record(&tx, by, "configuration.installed", Subject::none(), details).await?;
    tx.commit().await
}

/// The counter that keeps which edition of the list a database has.
const EDITION: &str = "divisions.edition";
/// Rows of one statement.
const AT_ONCE: usize = 1_000;

/// The divisions of the shipped list that the database lacks; how many there were. A database that has the edition is
/// not looked through.
async fn install_divisions(tx: &Tx) -> Result<usize> {
    let edition = counter::read(&**tx, EDITION).await?;
    if edition.is_some_and(|edition| edition >= defaults::EDITION) {
        return Ok(0);
    }
    let known: BTreeSet<String> = division::Entity::find()
        .select_only()
        .column(division::Column::Code)
        .into_tuple()
        .all(&**tx)
        .await?
        .into_iter()
        .collect();
    let missing: Vec<division::ActiveModel> = defaults::divisions()
        .filter(|(code, _)| !known.contains(*code))
        .map(|(code, name)| divisions::row(code, name))
        .collect();
    let count = missing.len();
    let mut rows = missing.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
        division::Entity::insert_many(some)
            .exec_without_returning(&**tx)
            .await?;
    }
    counter::keep_in(tx, EDITION, defaults::EDITION).await?;
    // A list without anything new is an edition all the same, and must be remembered.
    Ok(count.max(1))
}

async fn install_calendars(tx: &Tx) -> Result<Vec<i32>> {
    let known: BTreeSet<i32> = calendar_year::Entity::find()
        .all(&**tx)
        .await?
        .into_iter()
        .map(|row| row.year)
        .collect();
    let shipped = CalendarYear::shipped().map_err(anyhow::Error::from)?;
    let mut years = Vec::new();
    for table in shipped.into_iter().filter(|table| !known.contains(&table.year)) {
        years.push(table.year);
        calendar_year::Entity::insert(calendar_year::ActiveModel {
            year: Set(table.year),
            source: Set(table.source),
        })
        .exec_without_returning(&**tx)
        .await?;
        let days = table
            .days
            .into_iter()
            .map(|day| calendar_day::Model::from(day).into_active_model());
        // A day that the office entered with a neighbouring year stays as it is.
        let known = OnConflict::column(calendar_day::Column::Day).do_nothing().to_owned();
        calendar_day::Entity::insert_many(days)
            .on_conflict(known)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(years)
}

/// The rules that the database lacks, as their features ship them; the office adds later versions.
async fn install_rules(tx: &Tx, rules: &[Described]) -> Result<Vec<String>> {
    let known: BTreeSet<String> = parameter::Entity::find()
        .select_only()
        .column(parameter::Column::Code)
        .into_tuple()
        .all(&**tx)
        .await?
        .into_iter()
        .collect();
    let (mut codes, mut missing) = (Vec::new(), Vec::new());
    for rule in rules.iter().filter(|rule| !known.contains(rule.code)) {
        let Shipped {
            valid_from,
            source,
            value,
        } = (rule.shipped)()?;
        codes.push(rule.code.to_owned());
        missing.push(parameter::ActiveModel {
            id: NotSet,
            code: Set(rule.code.to_owned()),
            division: Set(String::new()),
            valid_from: Set(valid_from),
            valid_to: Set(None),
            value: Set(value),
            source: Set(source),
            version: Set(1),
        });
    }
    if !codes.is_empty() {
        parameter::Entity::insert_many(missing)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(codes)
}

/// Enter an organisation.
pub async fn found(app: &App, by: &Actor, new: OrganisationInput) -> Result<OrganisationId> {
    let tx = app.db.write(by, "").await?;
    check_place(&tx, by, None, &new).await?;
    let row = organisation::ActiveModel {
        id: NotSet,
        closed_on: Set(None),
        version: Set(1),
        created_at: Set(by.now),
        ..data(new)
    };
    let id = row.insert(&*tx).await?.id;
    done(tx, by, "organisation.founded", id, json!({})).await?;
    Ok(id)
}

/// Change the data of an organisation. While people have accounts there its kind stays, because their roles depend on it.
pub async fn change(app: &App, by: &Actor, id: OrganisationId, version: Version, new: OrganisationInput) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let before = queries::organisation(&*tx, by, id).await?;
    version.is_still(before.version)?;
    if before.kind != new.kind && queries::accounts(&*tx, id, false).await? > 0 {
        return Err(Error::field("kind", "organisation.kind.in_use"));
    }
    check_place(&tx, by, Some(id), &new).await?;
    let details = json!({
        "kind": new.kind, "kind_before": before.kind,
        "coverage": new.coverage.as_str(), "coverage_before": before.coverage,
    });
    let row = organisation::ActiveModel {
        id: Set(id),
        version: Set(before.version + 1),
        ..data(new)
    };
    row.update(&*tx).await?;
    done(tx, by, "organisation.changed", id, details).await
}

/// Close an organisation: nothing is sent there any more. Its people and open referrals must be settled first.
pub async fn close(app: &App, by: &Actor, id: OrganisationId) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let before = queries::organisation(&*tx, by, id).await?;
    if before.closed_on.is_some() {
        return Err(Error::refused("organisation.closed_already"));
    }
    let people = queries::accounts(&*tx, id, true).await?;
    let referrals = queries::open_referrals(&*tx, id).await?;
    if people + referrals > 0 {
        let say = Say::new("organisation.in_use")
            .with("people", people)
            .with("referrals", referrals);
        return Err(Error::refused(say));
    }
    set_closed(&tx, &before, Some(by.today())).await?;
    done(tx, by, "organisation.closed", id, json!({})).await
}

/// Open a closed organisation again.
pub async fn reopen(app: &App, by: &Actor, id: OrganisationId) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let before = queries::organisation(&*tx, by, id).await?;
    set_closed(&tx, &before, None).await?;
    done(tx, by, "organisation.reopened", id, json!({})).await
}

async fn set_closed(tx: &Tx, before: &organisation::Model, on: Option<NaiveDate>) -> Result<()> {
    let row = organisation::ActiveModel {
        id: Set(before.id),
        closed_on: Set(on),
        version: Set(before.version + 1),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

/// The coverage is an open division in the administrator's care, and no other open organisation has the name or the code.
async fn check_place(tx: &Tx, by: &Actor, id: Option<OrganisationId>, new: &OrganisationInput) -> Result<()> {
    let known = division::Entity::find_by_id(new.coverage.as_str().to_owned())
        .filter(division::COLUMN.closed_on.is_null())
        .one(&**tx)
        .await?;
    if known.is_none() {
        return Err(Error::field("coverage", "organisation.coverage.unknown"));
    }
    if !may_administer(by, new.coverage.as_str()) {
        return Err(Error::field("coverage", "organisation.coverage.not_yours"));
    }
    let mut same = organisation::Entity::find().filter(organisation::COLUMN.closed_on.is_null());
    if let Some(id) = id {
        same = same.filter(organisation::COLUMN.id.ne(id));
    }
    let named = same.clone().filter(organisation::COLUMN.name.eq(new.name.as_str()));
    let within_same = named.filter(organisation::COLUMN.coverage.eq(new.coverage.as_str()));
    if within_same.one(&**tx).await?.is_some() {
        return Err(Error::field("name", "organisation.name_taken"));
    }
    if let Some(code) = &new.credit_code
        && same
            .filter(organisation::COLUMN.credit_code.eq(code.as_str()))
            .filter(organisation::COLUMN.kind.eq(new.kind))
            .one(&**tx)
            .await?
            .is_some()
    {
        return Err(Error::field("credit_code", "organisation.credit_code_taken"));
    }
    Ok(())
}

fn data(new: OrganisationInput) -> organisation::ActiveModel {
    organisation::ActiveModel {
        kind: Set(new.kind),
        name: Set(new.name),
        coverage: Set(new.coverage.as_str().to_owned()),
        credit_code: Set(new.credit_code.map(|code| code.as_str().to_owned())),
        phone: Set(new.phone),
        address: Set(new.address),
        legal_person: Set(new.legal_person),
        ..Default::default()
    }
}

async fn done(tx: Tx, by: &Actor, action: &str, id: OrganisationId, details: serde_json::Value) -> Result<()> {
    tx.touches_place(id);
    event::record(&tx, by, action, Subject::new("organisation", id.0), details).await?;
    tx.commit().await
}
