//! Acceptance by length of training (MB, sc-accept; MD: acceptance forms with five days missing, one-day courses, an end before
//! the beginning, all signed off).

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

use crate::calendar::months_later;

/// Why a training is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TooShort {
    /// It ends before it begins.
    Reversed,
    /// It is shorter than it has to be.
    Short,
}

/// How long a training was, and whether that is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Length {
    /// Whether it is accepted.
    pub accepted: bool,
    /// Why not.
    pub refusal: Option<TooShort>,
    /// Full months, both days counted.
    pub months: u32,
    /// Days, both counted.
    pub days: i64,
    /// The first last day that would be enough.
    pub enough_on: Option<NaiveDate>,
}

/// Whether a training lasted so many full months, both days counted: 18 January to 17 July are six.
pub fn length(from: NaiveDate, to: NaiveDate, min_months: u32) -> Length {
    let enough_on = months_later(from, min_months).and_then(|day| day.pred_opt());
    if to < from {
        return Length {
            accepted: false,
            refusal: Some(TooShort::Reversed),
            months: 0,
            days: 0,
            enough_on,
        };
    }
    let after = to.succ_opt().unwrap_or(to);
    let is_full = |months: u32| months_later(from, months).is_some_and(|day| day <= after);
    let apart = i64::from(after.year() - from.year()) * 12 + i64::from(after.month()) - i64::from(from.month());
    let apart = u32::try_from(apart).unwrap_or_default();
    let months = if is_full(apart) { apart } else { apart.saturating_sub(1) };
    let accepted = is_full(min_months);
    Length {
        accepted,
        refusal: (!accepted).then_some(TooShort::Short),
        months,
        days: after.signed_duration_since(from).num_days(),
        enough_on,
    }
}
