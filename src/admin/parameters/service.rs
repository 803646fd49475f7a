//! The versions of a rule, and a new one.

use chrono::{Days, NaiveDate};
use entities::{ParameterId, configuration::parameter, organisation::organisation, words::OrganisationKind};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;

use super::forms::{NewVersion, Places};
use crate::{
    access::{places::upwards, scope},
    platform::{
        Actor, App, Error, Result, Say,
        draft::Draft,
        event::{self, Subject},
        rule::Described,
    },
};

/// The path of the form of a new version, under which it is kept on its way.
pub fn form(rule: &Described) -> String {
    format!("/parameters/{}/new", rule.code)
}

/// The organisations that a version of a rule may speak of: in the administrator's division, of the kinds that the rule names.
/// Closed ones keep their names.
pub async fn places(db: &impl ConnectionTrait, by: &Actor, rule: &Described) -> Result<Places> {
    let kinds: Vec<OrganisationKind> = rule.form.kinds_of_places().collect();
    if kinds.is_empty() {
        return Ok(Places::new());
    }
    let found = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.is_in(kinds))
        .filter(scope::within(organisation::COLUMN.coverage.0, by.coverage()))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|place| (place.id, place.name)).collect())
}

/// Versions of a rule that hold in an administrator's division: its own, and those of the divisions above (the empty
/// one is everywhere). The latest first, own ones before wider ones.
pub async fn versions(db: &impl ConnectionTrait, by: &Actor, rule: &Described) -> Result<Vec<parameter::Model>> {
    let mut divisions = upwards(by.coverage());
    divisions.push(String::new());
    Ok(parameter::Entity::find()
        .filter(parameter::COLUMN.code.eq(rule.code))
        .filter(parameter::COLUMN.division.is_in(divisions))
        .order_by_desc(parameter::Column::Division)
        .order_by_desc(parameter::Column::ValidFrom)
        .order_by_desc(parameter::Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(|row| parameter::Model {
            value: (rule.whole)(row.value),
            ..row
        })
        .collect())
}

/// One of them.
pub async fn version(
    db: &impl ConnectionTrait,
    by: &Actor,
    rule: &Described,
    id: ParameterId,
) -> Result<parameter::Model> {
    let all = versions(db, by, rule).await?;
    all.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)
}

/// The one of `versions` in force on a day, as [`crate::platform::parameter`] finds it: the longest division wins.
pub fn in_force(versions: &[parameter::Model], on: NaiveDate) -> Option<&parameter::Model> {
    versions
        .iter()
        .filter(|row| row.valid_from <= on && row.valid_to.is_none_or(|to| to >= on))
        .max_by_key(|row| (row.division.len(), row.valid_from))
}

/// A new version for the administrator's division; the one before it ends the day before. It may begin today at the
/// earliest: what was decided stays explained.
pub async fn begin_version(app: &App, by: &Actor, rule: &Described, new: NewVersion) -> Result<()> {
    if new.valid_from < by.today() {
        return Err(Error::field("valid_from", "rule.past"));
    }
    let division = by.coverage().to_owned();
    let tx = app.db.write(by, "").await?;
    let last = parameter::Entity::find()
        .filter(parameter::COLUMN.code.eq(rule.code))
        .filter(parameter::COLUMN.division.eq(division.as_str()))
        .order_by_desc(parameter::Column::ValidFrom)
        .order_by_desc(parameter::Column::Id)
        .one(&*tx)
        .await?;
    if let Some(last) = &last {
        // A day that was mistyped is set right on the same day: the version before it then never holds.
        let again = rule.at_once && last.valid_from == new.valid_from;
        if last.valid_from >= new.valid_from && !again {
            let say = Say::new("rule.later_exists").with("on", last.valid_from);
            return Err(Error::field("valid_from", say));
        }
        let day_before = new.valid_from.checked_sub_days(Days::new(1));
        let ended = parameter::ActiveModel {
            id: Set(last.id),
            valid_to: Set(day_before),
            version: Set(last.version + 1),
            ..Default::default()
        };
        ended.update(&*tx).await?;
    }
    let row = parameter::ActiveModel {
        id: NotSet,
        code: Set(rule.code.to_owned()),
        division: Set(division),
        valid_from: Set(new.valid_from),
        valid_to: Set(None),
        value: Set(new.value),
        source: Set(new.source),
        version: Set(1),
    };
    let id = row.insert(&*tx).await?.id;
    let details = json!({ "code": rule.code, "valid_from": new.valid_from, "replaces": last.map(|row| row.id) });
    event::record(&tx, by, "parameter.changed", Subject::new("parameter", id.0), details).await?;
    Draft::discard_own_in(&tx, by, form(rule)).await?;
    tx.commit().await?;
    match rule.follows {
        Some(follows) => follows(app, by).await,
        None => Ok(()),
    }
}
