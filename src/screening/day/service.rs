//! Saving a day.

use entities::ChildId;
use serde_json::json;

use crate::{
    access::scope,
    children,
    platform::{
        Actor, App, Error, Errors, Result, Say,
        draft::Draft,
        event::{self, Subject},
    },
    screening::screen::service::{self as screens, NewScreen, Recorded},
};

/// A row that was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The child.
    pub child: ChildId,
    /// The check age whose signs the row showed.
    pub check_age: Option<u32>,
    /// The screen.
    pub new: NewScreen,
}

/// Save all rows, or none of them; nothing is kept of the list any more.
///
/// # Errors
/// Invalid, with the error of every row that cannot be saved under the name of its result field.
pub async fn record(app: &App, by: &Actor, rows: &[Row], list: &str) -> Result<Vec<Recorded>> {
    let district = district(by);
    let tx = app.db.write(by, &district).await?;
    let rules = children::service::check_age_rules(&*tx, &district, by).await?;
    let mut errors = Errors::default();
    let mut saved = Vec::new();
    for row in rows {
        match one(&tx, app, by, &rules, row).await {
            Ok(recorded) => saved.push(recorded),
            Err(Error::Refused(say)) => errors.add(field(row), *say),
            Err(Error::NotFound) => errors.add(field(row), "error.not_found"),
            Err(Error::Invalid(wrong)) => {
                let first = wrong.all().first().map(|(_, say)| (*say).clone());
                errors.add(field(row), first.unwrap_or(Say::new("day.row_error")));
            }
            Err(error) => return Err(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let performed_on = rows.first().map(|row| row.new.performed_on);
    let details = json!({ "performed_on": performed_on, "rows": saved.len() });
    event::record(&tx, by, "day.recorded", Subject::none(), details).await?;
    Draft::discard_own_in(&tx, by, list).await?;
    tx.commit().await?;
    Ok(saved)
}

/// The district that the day's children live in.
pub fn district(by: &Actor) -> String {
    by.coverage().get(..6).unwrap_or(by.coverage()).to_owned()
}

fn field(row: &Row) -> String {
    format!("result_{}", row.child)
}

async fn one(
    tx: &crate::platform::Tx,
    app: &App,
    by: &Actor,
    rules: &children::check_ages::CheckAgeRules,
    row: &Row,
) -> Result<Recorded> {
    let file = scope::child(&**tx, by, row.child).await?;
    let judged = screens::judge(&**tx, by, &file, rules, &row.new, None).await?;
    if row.check_age.is_some_and(|age| age != judged.check_age) {
        return Err(Error::refused("screen.other_signs"));
    }
    screens::record_in(tx, app, by, row.child, rules, &row.new).await
}
