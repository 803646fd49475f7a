//! The dated rules of places as types: in which order families wait, how long an offer is held, which hours a mode asks for. Pure.

use chrono::{Days, NaiveDate};
use entities::words::{CareService, Economy, EnrolmentMode, Language};
use serde::{Deserialize, Serialize};

/// In which order families wait (parameter `places.priority`): groups from the first to the last; within a group the day of the
/// application counts, then its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// A move from another district counts for so many months.
    pub moved_months: u32,
    /// Groups, the first first. Rows of one code are ways into the same group.
    pub groups: Vec<PriorityGroup>,
}

/// A way into a group: everything that it asks for has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityGroup {
    /// Its name in rows.
    pub code: String,
    /// Its name for people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// From this age in months.
    pub from_months: u32,
    /// Below this age in months; 0: whatever age.
    pub below_months: u32,
    /// How the autism shows.
    pub severity: Severity,
    /// What the family lives on.
    pub means: Means,
    /// Brothers and sisters.
    pub sibling: Sibling,
    /// Moved here from another district.
    pub moved: Asked,
    /// Was referred on before, to a school or elsewhere, and came back.
    pub returned: Asked,
}

/// How the autism shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// However.
    #[default]
    Any,
    /// The newest finished scale with bands says severe.
    Severe,
}

/// What the family lives on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Whatever.
    #[default]
    Any,
    /// 低保, 特困, 孤儿.
    Subsistence,
    /// These, and 低收入.
    LowIncome,
}

/// Brothers and sisters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sibling {
    /// With or without.
    #[default]
    Any,
    /// One has a place at the centre.
    Enrolled,
    /// One has a place there, or waits for one.
    Waiting,
}

/// Whether something is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// No.
    #[default]
    Any,
    /// Yes.
    Yes,
}

impl PriorityGroup {
    /// What it is called.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

impl Means {
    /// A family that lives on this is meant.
    pub const fn holds(self, economy: Economy) -> bool {
        match (self, economy) {
            (Self::Any, _)
            | (Self::Subsistence | Self::LowIncome, Economy::Subsistence | Economy::Orphan | Economy::Destitute)
            | (Self::LowIncome, Economy::LowIncome) => true,
            (Self::Subsistence, Economy::LowIncome) | (Self::Subsistence | Self::LowIncome, Economy::Ordinary) => false,
        }
    }
}

/// How long an offer is held, and what silence means (parameter `places.offer`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferTerms {
    /// Working days for which it is held.
    pub hold_working_days: u16,
    /// Working days before the end at which the family is reminded, once; 0: on the last day.
    pub remind_working_days: u16,
    /// Longest that a family may put an offer off, in days.
    pub defer_days: u64,
    /// Working days within which somebody calls a family that was silent twice.
    pub call_working_days: u16,
    /// Of so many who got a place the times are told at most.
    pub told_waits: u32,
    /// Of fewer than these no time is told: it would say nothing, or too much of one family.
    pub least_waits: u32,
}

impl OfferTerms {
    /// The last day on which a family may answer "later" with.
    pub fn latest(&self, today: NaiveDate) -> NaiveDate {
        today.checked_add_days(Days::new(self.defer_days)).unwrap_or(today)
    }
}

/// What a mode asks for in a week (parameter `places.hours`): what is reckoned with where a decision does not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// By mode and service.
    pub rows: Vec<HoursRow>,
}

/// A service of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursRow {
    /// The mode.
    pub mode: EnrolmentMode,
    /// The service.
    pub service: CareService,
    /// So much of it in a week.
    pub minutes_per_week: u32,
}

impl Hours {
    /// Minutes of a service that a child of a mode needs in a week. What its decision says in all is divided as the mode does
    /// it; the parts are rounded up, so that no hour is forgotten.
    pub fn minutes(&self, mode: EnrolmentMode, service: CareService, in_all: Option<i32>) -> u32 {
        let of = |wanted: Option<CareService>| -> u64 {
            let rows = self.rows.iter().filter(|row| row.mode == mode);
            let rows = rows.filter(|row| wanted.is_none_or(|wanted| row.service == wanted));
            rows.map(|row| u64::from(row.minutes_per_week)).sum()
        };
        let (part, whole) = (of(Some(service)), of(None));
        let minutes = match in_all.and_then(|minutes| u64::try_from(minutes).ok()) {
            Some(minutes) if whole > 0 => (minutes * part).div_ceil(whole),
            Some(_) | None => part,
        };
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lives_on_an_allowance_is_of_low_income_too() {
        assert!(Means::Subsistence.holds(Economy::Orphan) && Means::LowIncome.holds(Economy::Orphan));
        assert!(Means::LowIncome.holds(Economy::LowIncome) && !Means::Subsistence.holds(Economy::LowIncome));
        assert!(!Means::LowIncome.holds(Economy::Ordinary) && Means::Any.holds(Economy::Ordinary));
    }

    #[test]
    fn what_a_decision_says_is_divided_as_the_mode_does_it() {
        let row = |service, minutes_per_week| HoursRow {
            mode: EnrolmentMode::FullDay,
            service,
            minutes_per_week,
        };
        let hours = Hours {
            rows: vec![row(CareService::Individual, 150), row(CareService::Lesson, 600)],
        };
        let full = EnrolmentMode::FullDay;
        assert_eq!(hours.minutes(full, CareService::Individual, None), 150);
        assert_eq!(hours.minutes(full, CareService::Individual, Some(900)), 180);
        assert_eq!(hours.minutes(full, CareService::Lesson, Some(900)), 720);
        assert_eq!(hours.minutes(full, CareService::Individual, Some(1)), 1, "rounded up");
        assert_eq!(hours.minutes(full, CareService::Group, Some(900)), 0);
        assert_eq!(hours.minutes(EnrolmentMode::Hourly, CareService::Lesson, Some(60)), 0);
    }
}
