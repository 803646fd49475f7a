//! What is typed about decisions: a place, that the family has read one, what came of a trial.

use chrono::{Months, NaiveDate};
use entities::words::{EnrolmentMode, ReviewOutcome};
use serde::{Deserialize, Serialize};

use super::service::{Conclusion, Placement};
use crate::{
    enrolment::chain::known::is_place,
    platform::{Check, Errors, Version},
};

/// Longest name of whoever read a decision.
const NAME: usize = 60;
/// Longest grounds, in characters.
pub const GROUNDS: usize = 1000;
/// Most hours of service in a week.
const HOURS: i32 = 60;
/// A place is given for so many months at most.
const LONGEST: u32 = 60;

/// A place as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PlaceForm {
    /// How the child attends.
    pub mode: String,
    /// Hours of service in a week.
    pub hours: String,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    pub valid_to: String,
}

impl PlaceForm {
    /// The place.
    pub fn input(&self, check: &mut Check) -> Option<Placement> {
        let mode = check.word::<EnrolmentMode>("mode", &self.mode);
        let hours = check.optional_parse::<i32>("hours", &self.hours);
        if hours.is_some_and(|hours| !(1..=HOURS).contains(&hours)) {
            check.wrong(
                "hours",
                crate::platform::Say::new("decision.hours.range").with("most", HOURS),
            );
        }
        let valid_from = check.date("valid_from", &self.valid_from);
        let valid_to = check.date("valid_to", &self.valid_to);
        if let Some((from, to)) = valid_from.zip(valid_to) {
            let latest = from.checked_add_months(Months::new(LONGEST));
            if to < from {
                check.wrong("valid_to", "decision.order");
            } else if latest.is_some_and(|latest| to > latest) {
                check.wrong("valid_to", "decision.too_long");
            }
        }
        let (mode, valid_from, valid_to) = (mode?, valid_from?, valid_to?);
        Some(Placement {
            mode,
            minutes_per_week: hours.map(|hours| hours * 60),
            valid_from,
            valid_to,
        })
    }
}

/// The family has read a decision; what came of a trial. One page holds both forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    /// The version that was read.
    pub version: String,
    /// The day on which it was read.
    pub read_on: String,
    /// Who read it.
    pub read_by: String,
    /// What came of the trial.
    pub outcome: String,
    /// How the child attends from then on.
    pub mode: String,
    /// Hours of service in a week.
    pub hours: String,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    pub valid_to: String,
    /// Why.
    pub grounds: String,
}

impl DecisionForm {
    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// The day and the reader.
    pub fn reading(&self) -> Result<(NaiveDate, String), Errors> {
        let mut check = Check::default();
        let read_on = check.date("read_on", &self.read_on);
        let read_by = check.text_within("read_by", &self.read_by, NAME);
        check.done(read_on.zip(read_by))
    }

    /// What came of the trial.
    pub fn conclusion(&self) -> Result<Conclusion, Errors> {
        let mut check = Check::default();
        let outcome = check.word::<ReviewOutcome>("outcome", &self.outcome);
        let placement = if outcome.is_some_and(is_place) {
            let place = PlaceForm {
                mode: self.mode.clone(),
                hours: self.hours.clone(),
                valid_from: self.valid_from.clone(),
                valid_to: self.valid_to.clone(),
            };
            place.input(&mut check)
        } else {
            None
        };
        let grounds = if outcome == Some(ReviewOutcome::Admitted) {
            check.optional_note("grounds", &self.grounds, GROUNDS)
        } else {
            check.note("grounds", &self.grounds, GROUNDS)
        };
        check.done(outcome.map(|outcome| Conclusion {
            outcome,
            placement,
            grounds,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_two_days_in_their_order_and_hours_that_can_be() {
        let form = |hours: &str, from: &str, to: &str| PlaceForm {
            mode: "half_day".to_owned(),
            hours: hours.to_owned(),
            valid_from: from.to_owned(),
            valid_to: to.to_owned(),
        };
        let read = |form: PlaceForm| {
            let mut check = Check::default();
            let input = form.input(&mut check);
            check.done(input)
        };
        let good = read(form("10", "2026-12-01", "2027-11-30")).unwrap();
        assert_eq!(good.minutes_per_week, Some(600));
        assert!(read(form("", "2026-12-01", "2026-12-01")).is_ok(), "one day is a place");
        for bad in [
            form("0", "2026-12-01", "2027-11-30"),
            form("61", "2026-12-01", "2027-11-30"),
            form("", "2026-12-01", "2026-11-30"),
            form("", "2026-12-01", "2032-12-01"),
        ] {
            assert!(read(bad).is_err());
        }
    }
}
