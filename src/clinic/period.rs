//! From when until when a list of findings is asked for.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition};

use crate::{
    platform::{Error, Errors, List, Result, form::day_of},
    web::Filter,
};

/// The filters of a list.
pub(super) fn filters(list: &List) -> [Filter; 2] {
    [
        Filter::day("from", "clinic.list.from", list),
        Filter::day("until", "clinic.list.until", list),
    ]
}

/// The condition on a column of days.
///
/// # Errors
/// A day that cannot be read, at its field.
pub(super) fn within(list: &List, column: impl ColumnTrait) -> Result<Condition> {
    let mut errors = Errors::default();
    let mut read = |field: &'static str| -> Option<NaiveDate> {
        let text = list.filter(field);
        if text.is_empty() {
            return None;
        }
        day_of(text).map_err(|say| errors.add(field, say)).ok()
    };
    let (from, until) = (read("from"), read("until"));
    if !errors.is_empty() {
        return Err(Error::from(errors));
    }
    let mut all = Condition::all();
    if let Some(day) = from {
        all = all.add(column.gte(day));
    }
    if let Some(day) = until {
        all = all.add(column.lte(day));
    }
    Ok(all)
}
