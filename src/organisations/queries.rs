//! Reads about places and organisations that other features ask for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entities::{
    OrganisationId,
    account::account,
    import::job,
    organisation::{division, organisation},
    screening::referral,
    words::OrganisationKind,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait as _, QueryFilter, QueryOrder, Select,
    sea_query::{Expr, ExprTrait as _, Func},
};

use super::naming;
use crate::{
    access::{
        places::{self, upwards},
        scope,
    },
    platform::{Actor, Choice, Db, Error, List, PlaceField, Result, condition},
};

/// Open organisations of a kind that cover a division, the nearest first: a street's own before the district's.
pub async fn covering(
    db: &impl ConnectionTrait,
    kind: OrganisationKind,
    division: &str,
) -> Result<Vec<organisation::Model>> {
    let mut found = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(kind))
        .filter(organisation::COLUMN.closed_on.is_null())
        .filter(organisation::COLUMN.coverage.is_in(upwards(division)))
        .order_by_asc(organisation::COLUMN.id)
        .all(db)
        .await?;
    found.sort_by_key(|place| std::cmp::Reverse(place.coverage.len()));
    Ok(found)
}

/// Open organisations of a kind that work in a division: covering it, or lying inside it.
pub async fn working_in(
    db: &impl ConnectionTrait,
    kind: OrganisationKind,
    division: &str,
) -> Result<Vec<organisation::Model>> {
    let inside_or_above = Condition::any()
        .add(scope::within(organisation::COLUMN.coverage.0, division))
        .add(organisation::COLUMN.coverage.is_in(upwards(division)));
    Ok(organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(kind))
        .filter(organisation::COLUMN.closed_on.is_null())
        .filter(inside_or_above)
        .order_by_asc(organisation::COLUMN.coverage)
        .order_by_asc(organisation::COLUMN.id)
        .all(db)
        .await?)
}

/// Names of organisations by id.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrganisationId>,
) -> Result<BTreeMap<OrganisationId, String>> {
    let rows = organisation::Entity::find()
        .filter(organisation::COLUMN.id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Names of divisions by code; codes nobody entered are missing from the answer.
pub async fn division_names(
    db: &impl ConnectionTrait,
    codes: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, String>> {
    let rows = division::Entity::find()
        .filter(division::COLUMN.code.is_in(codes))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

/// A division with every division above it, the widest first, as one reads an address: 浙江省 宁波市 镇海区 庄市街道.
/// A level that nobody entered is left out, and so is one that only groups (北京市 东城区).
pub async fn division_path(db: &impl ConnectionTrait, code: &str) -> Result<Vec<division::Model>> {
    let mut path = division_levels(db, code).await?;
    path.retain(|row| row.code == code || names_a_place(row));
    Ok(path)
}

/// The same with every level that has a row.
pub async fn division_levels(db: &impl ConnectionTrait, code: &str) -> Result<Vec<division::Model>> {
    Ok(division::Entity::find()
        .filter(division::COLUMN.code.is_in(upwards(code)))
        .order_by_asc(division::COLUMN.code)
        .all(db)
        .await?)
}

/// Some codes of GB/T 2260 only group what lies below them; nobody lives in a place of that name.
pub fn names_a_place(row: &division::Model) -> bool {
    is_place_name(&row.name)
}

/// The same of a name.
pub fn is_place_name(name: &str) -> bool {
    !matches!(name, "市辖区" | "县" | "省直辖县级行政区划" | "自治区直辖县级行政区划")
}

/// Open divisions of some levels under a coverage.
pub(super) async fn division_count(db: &impl ConnectionTrait, coverage: &str, digits: &[usize]) -> Result<usize> {
    let count = of_levels(coverage, digits.iter()).count(db).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn of_levels<'a>(coverage: &str, digits: impl Iterator<Item = &'a usize>) -> Select<division::Entity> {
    let length = Func::char_length(Expr::col((division::Entity, division::Column::Code)));
    division::Entity::find()
        .filter(scope::within(division::COLUMN.code.0, coverage))
        .filter(division::COLUMN.closed_on.is_null())
        .filter(Expr::from(length).is_in(digits.filter_map(|digits| i32::try_from(*digits).ok())))
}

/// A division as an option of a select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DivisionOption {
    /// Its code.
    pub code: String,
    /// Its name, below the street with the street's name in front.
    pub label: String,
}

/// What a select of divisions under a coverage offers, in the order of the codes: open divisions of the given levels
/// (in digits: 2, 4, 6, 9, 12) that begin with the coverage, itself included.
pub async fn division_options(
    db: &impl ConnectionTrait,
    coverage: &str,
    digits: &[usize],
) -> Result<Vec<DivisionOption>> {
    // The names of streets stand before those of villages.
    let read = digits.iter().chain(digits.contains(&12).then_some(&9));
    let rows = of_levels(coverage, read)
        .order_by_asc(division::COLUMN.code)
        .all(db)
        .await?;
    let streets: BTreeMap<String, String> = rows
        .iter()
        .filter(|row| row.code.len() == 9)
        .map(|row| (row.code.clone(), row.name.clone()))
        .collect();
    let wanted = rows.into_iter().filter(|row| digits.contains(&row.code.len()));
    Ok(wanted
        .map(|row| {
            let street = row.parent.as_ref().filter(|_| row.code.len() == 12);
            let label = match street.and_then(|code| streets.get(code)) {
                Some(street) => format!("{street} {}", row.name),
                None => row.name,
            };
            DivisionOption { code: row.code, label }
        })
        .collect())
}

/// Streets and towns under a coverage, for filters and report rows.
pub async fn streets(db: &impl ConnectionTrait, coverage: &str) -> Result<Vec<DivisionOption>> {
    // An organisation of one village works in the street it lies in.
    let street = coverage.get(..9).unwrap_or(coverage);
    division_options(db, street, &[9]).await
}

/// [`streets`] of the reader's organisation, as a filter offers them.
pub async fn street_choices(db: &Db, by: &Actor, chosen: &str) -> Result<Vec<Choice>> {
    let known = db.known(by.coverage(), streets(&**db, by.coverage())).await?;
    Ok(known
        .iter()
        .map(|street| Choice::new(&street.code, &street.label, chosen))
        .collect())
}

/// Where a child may live: villages, and streets themselves for addresses that nobody located further.
pub async fn residences(db: &impl ConnectionTrait, coverage: &str) -> Result<Vec<DivisionOption>> {
    division_options(db, coverage, &[9, 12]).await
}

/// A field for where a child lives.
pub async fn residence_field(db: &impl ConnectionTrait, coverage: &str, chosen: &str) -> Result<PlaceField> {
    naming::field(db, residences(db, coverage), coverage, &[9, 12], chosen).await
}

/// One organisation that an administrator may read about, or not found.
pub async fn known(db: &impl ConnectionTrait, by: &Actor, id: OrganisationId) -> Result<organisation::Model> {
    organisation::Entity::find_by_id(id)
        .filter(places::known(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// One organisation that an administrator may change. One that serves a wider area can be read here and is changed by
/// that area's administrators.
pub async fn organisation(db: &impl ConnectionTrait, by: &Actor, id: OrganisationId) -> Result<organisation::Model> {
    let row = known(db, by, id).await?;
    if places::may_administer(by, &row.coverage) {
        Ok(row)
    } else {
        Err(Error::refused("organisation.shared"))
    }
}

/// The select of the list. Filters: `kind`, `state` (`open`, `closed`); term: part of the name, or the beginning of the credit
/// code.
pub fn found(by: &Actor, list: &List) -> Select<organisation::Entity> {
    let mut select = organisation::Entity::find().filter(places::known(by));
    select = match list.filter("state") {
        "closed" => select.filter(organisation::COLUMN.closed_on.is_not_null()),
        "open" => select.filter(organisation::COLUMN.closed_on.is_null()),
        _ => select,
    };
    if !list.term().is_empty() {
        let code = list.term().to_uppercase();
        select = select.filter(
            Condition::any()
                .add(organisation::Column::Name.like(condition::holding(list.term())))
                .add(organisation::Column::CreditCode.like(condition::beginning(&code))),
        );
    }
    if let Ok(kind) = list.filter("kind").parse::<OrganisationKind>() {
        select = select.filter(organisation::COLUMN.kind.eq(kind));
    }
    let order = if list.descending() { Order::Desc } else { Order::Asc };
    let column = match list.sort.as_str() {
        "name" => organisation::Column::Name,
        "coverage" => organisation::Column::Coverage,
        _ => organisation::Column::Kind,
    };
    select.order_by(column, order).order_by_asc(organisation::Column::Id)
}

/// Accounts of an organisation; only those that can sign in, if wanted.
pub async fn accounts(db: &impl ConnectionTrait, id: OrganisationId, active: bool) -> Result<u64> {
    let mut all = account::Entity::find().filter(account::COLUMN.organisation_id.eq(id));
    if active {
        all = all.filter(account::COLUMN.disabled_at.is_null());
    }
    Ok(all.count(db).await?)
}

/// Referrals to an organisation that wait for something.
pub async fn open_referrals(db: &impl ConnectionTrait, id: OrganisationId) -> Result<u64> {
    Ok(referral::Entity::find()
        .filter(referral::COLUMN.to_organisation_id.eq(id))
        .filter(referral::COLUMN.closed_at.is_null())
        .count(db)
        .await?)
}

/// Levels that the coverage of an organisation can have.
const COVERAGES: [usize; 5] = [2, 4, 6, 9, 12];

/// A field for the coverage of an organisation.
pub async fn coverage_field(db: &impl ConnectionTrait, by: &Actor, chosen: &str) -> Result<PlaceField> {
    let mut field = naming::field(db, coverage_options(db, by), by.coverage(), &COVERAGES, chosen).await?;
    for option in &mut field.options {
        option.label = format!("{} {}", option.value, option.label);
    }
    Ok(field)
}

/// What the coverage of an organisation can be: the administrator's own division and the open ones below it.
async fn coverage_options(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<DivisionOption>> {
    division_options(db, by.coverage(), &COVERAGES).await
}

/// Whoever began a job, as they would act now.
pub async fn for_job(db: &impl ConnectionTrait, job: &job::Model, work: &str, now: DateTime<Utc>) -> Result<Actor> {
    let place = organisation::Entity::find_by_id(job.organisation_id).one(db).await?;
    let account = match job.created_by {
        Some(id) => Some(account::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let user_name = account.as_ref().map(|account| account.user_name.as_str());
    Ok(Actor::for_job(job, work, user_name, place.ok_or(Error::NotFound)?, now))
}
