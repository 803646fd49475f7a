//! What is typed about classes.

use chrono::NaiveDate;
use entities::{
    AccountId, EnrolmentDecisionId,
    words::{EnrolmentMode, GroupKind},
};
use serde::Deserialize;

use crate::platform::{Check, Errors, Version};

/// Longest name of a class.
const NAME: usize = 40;
/// Most places of a class in a mode.
const MOST: i32 = 200;

/// A class that is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Class or group.
    pub kind: GroupKind,
    /// Its name.
    pub name: String,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, where it is known.
    pub valid_to: Option<NaiveDate>,
    /// Who leads it.
    pub teacher: Option<AccountId>,
    /// Places by mode; modes that it does not take are left out.
    pub places: Vec<(EnrolmentMode, i32)>,
}

/// The form of a new class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GroupForm {
    /// Class or group.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its first day.
    pub valid_from: String,
    /// Its last day.
    pub valid_to: String,
    /// Who leads it.
    pub teacher: String,
    /// Places for full days.
    pub full_day: String,
    /// Places for half days.
    pub half_day: String,
    /// Places by the hour.
    pub hourly: String,
}

/// The field of a mode.
pub const fn field(mode: EnrolmentMode) -> &'static str {
    match mode {
        EnrolmentMode::FullDay => "full_day",
        EnrolmentMode::HalfDay => "half_day",
        EnrolmentMode::Hourly => "hourly",
    }
}

impl GroupForm {
    /// What was typed about a mode.
    pub fn places(&self, mode: EnrolmentMode) -> &str {
        match mode {
            EnrolmentMode::FullDay => &self.full_day,
            EnrolmentMode::HalfDay => &self.half_day,
            EnrolmentMode::Hourly => &self.hourly,
        }
    }

    /// The class.
    pub fn input(&self) -> Result<NewGroup, Errors> {
        let mut check = Check::default();
        let kind = check.word::<GroupKind>("kind", &self.kind);
        let name = check.text_within("name", &self.name, NAME);
        let valid_from = check.date("valid_from", &self.valid_from);
        let valid_to = check.optional_date("valid_to", &self.valid_to);
        if valid_from.zip(valid_to).is_some_and(|(from, to)| to < from) {
            check.wrong("valid_to", "decision.order");
        }
        let teacher = check.optional_parse::<AccountId>("teacher", &self.teacher);
        let mut places = Vec::new();
        for mode in EnrolmentMode::ALL {
            if let Some(number) = number(&mut check, field(*mode), self.places(*mode)) {
                places.push((*mode, number));
            }
        }
        if places.is_empty() && check.is_clean() {
            check.wrong("full_day", "care_group.no_places");
        }
        let whole = kind.zip(name).zip(valid_from);
        check.done(whole.map(|((kind, name), valid_from)| NewGroup {
            kind,
            name,
            valid_from,
            valid_to,
            teacher,
            places,
        }))
    }
}

/// A number of places, or nothing.
fn number(check: &mut Check, field: &'static str, typed: &str) -> Option<i32> {
    let number = check.optional_parse::<i32>(field, typed)?;
    if !(0..=MOST).contains(&number) {
        check.wrong(
            field,
            crate::platform::Say::new("care_group.places.range").with("most", MOST),
        );
        return None;
    }
    Some(number)
}

/// What changes in a class from a day on. One page holds the forms of it all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    /// The version that was read.
    pub version: String,
    /// The mode whose places change.
    pub mode: String,
    /// How many there are.
    pub places: String,
    /// From which day on.
    pub places_from: String,
    /// Who leads it.
    pub teacher: String,
    /// From which day on.
    pub teacher_from: String,
    /// The decision whose child comes.
    pub decision: String,
    /// From which day on.
    pub member_from: String,
    /// The last day of the class.
    pub last_day: String,
}

impl ChangeForm {
    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// Places of a mode from a day on.
    pub fn capacity(&self) -> Result<(EnrolmentMode, i32, NaiveDate), Errors> {
        let mut check = Check::default();
        let mode = check.word::<EnrolmentMode>("mode", &self.mode);
        let places = number(&mut check, "places", &self.places);
        if self.places.trim().is_empty() {
            check.wrong("places", "form.required");
        }
        let from = check.date("places_from", &self.places_from);
        check.done(
            mode.zip(places)
                .zip(from)
                .map(|((mode, places), from)| (mode, places, from)),
        )
    }

    /// Who leads it from a day on.
    pub fn leads(&self) -> Result<(AccountId, NaiveDate), Errors> {
        let mut check = Check::default();
        let teacher = check.parse::<AccountId>("teacher", &self.teacher);
        let from = check.date("teacher_from", &self.teacher_from);
        check.done(teacher.zip(from))
    }

    /// The child that comes, and from when.
    pub fn comes(&self) -> Result<(EnrolmentDecisionId, NaiveDate), Errors> {
        let mut check = Check::default();
        let decision = check.parse::<EnrolmentDecisionId>("decision", &self.decision);
        let from = check.date("member_from", &self.member_from);
        check.done(decision.zip(from))
    }

    /// The last day of the class.
    pub fn closing(&self) -> Result<NaiveDate, Errors> {
        let mut check = Check::default();
        let day = check.date("last_day", &self.last_day);
        check.done(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_takes_somebody_and_has_its_days_in_their_order() {
        let form = |full_day: &str, to: &str| GroupForm {
            kind: "class".to_owned(),
            name: "一班".to_owned(),
            valid_from: "2026-09-01".to_owned(),
            valid_to: to.to_owned(),
            full_day: full_day.to_owned(),
            ..GroupForm::default()
        };
        let made = form("8", "").input().unwrap();
        assert_eq!(made.places, [(EnrolmentMode::FullDay, 8)]);
        assert!(form("", "").input().unwrap_err().get("full_day").len() == 1);
        assert!(form("201", "").input().is_err() && form("-1", "").input().is_err());
        assert!(!form("8", "2026-08-31").input().unwrap_err().get("valid_to").is_empty());
    }
}
