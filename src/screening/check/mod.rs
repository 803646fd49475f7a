//! The planned checks of a site: what is due, overdue, about to close, missed.

pub mod list;
pub mod queries;
pub mod views;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use entities::{age::GestationalWeeks, screening::planned_check, words::CheckState};
use sea_orm::ConnectionTrait;

use crate::{
    children::{self, check_ages::CheckAgeRules},
    platform::{Actor, Result},
};

pub use crate::children::age_words;

/// A window that closes within so many days is about to close.
pub const CLOSING_DAYS: u64 = 14;

/// Where a check stands that has not been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The window is not open.
    Upcoming,
    /// It can be done.
    Due,
    /// It can still be done; the day it was due has passed.
    Overdue,
    /// The window closes within days.
    Closing,
    /// The window has closed without a result. Work done in time can still be entered.
    Missed,
    /// The window closed before the district's opening day: nobody's omission. Work done in time can still be entered.
    BeforeOpening,
}

impl Standing {
    /// Those that a list can be asked for.
    pub const LISTS: [Self; 5] = [
        Self::Due,
        Self::Overdue,
        Self::Closing,
        Self::Missed,
        Self::BeforeOpening,
    ];

    /// Where a check stands on a day.
    pub fn of(check: &planned_check::Model, today: NaiveDate) -> Self {
        if check.state == CheckState::BeforeOpening {
            return Self::BeforeOpening;
        }
        Self::on(check.opens_on, check.due_on, check.closes_on, today)
    }

    /// The same from its three days.
    pub fn on(opens_on: NaiveDate, due_on: NaiveDate, closes_on: NaiveDate, today: NaiveDate) -> Self {
        if closes_on < today {
            Self::Missed
        } else if opens_on > today {
            Self::Upcoming
        } else if closes_on <= closing_limit(today) {
            Self::Closing
        } else if due_on < today {
            Self::Overdue
        } else {
            Self::Due
        }
    }

    /// Its name in the query string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Closing => "closing",
            Self::Missed => "missed",
            Self::BeforeOpening => "before_opening",
        }
    }

    /// Reads the name.
    pub fn named(name: &str) -> Option<Self> {
        Self::LISTS.into_iter().find(|s| s.as_str() == name)
    }

    /// The locale key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Upcoming => "check.standing.upcoming",
            Self::Due => "check.standing.due",
            Self::Overdue => "check.standing.overdue",
            Self::Closing => "check.standing.closing",
            Self::Missed => "check.standing.missed",
            Self::BeforeOpening => "check.standing.before_opening",
        }
    }

    /// How it looks.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Upcoming | Self::BeforeOpening => "neutral",
            Self::Due => "info",
            Self::Overdue | Self::Closing => "warning",
            Self::Missed => "danger",
        }
    }

    /// The icon beside the word.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Upcoming => "todo",
            Self::Due => "due",
            Self::Overdue | Self::Closing => "overdue",
            Self::Missed => "cancelled",
            Self::BeforeOpening => "history",
        }
    }
}

/// The last day on which a window counts as about to close.
pub fn closing_limit(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(CLOSING_DAYS)).unwrap_or(today)
}

/// By which age the children of some districts go.
#[derive(Clone, Debug)]
pub struct Clocks(BTreeMap<String, CheckAgeRules>);

impl Clocks {
    /// Those of districts.
    pub async fn of(db: &impl ConnectionTrait, by: &Actor, districts: BTreeSet<String>) -> Result<Self> {
        let mut clocks = BTreeMap::new();
        for district in districts {
            let rules = children::service::check_age_rules(db, &district, by).await?;
            clocks.insert(district, rules);
        }
        Ok(Self(clocks))
    }

    /// The corrected age is in use on a day, for a child of a place.
    pub fn correct(&self, place: &str, birth_on: NaiveDate, weeks: Option<i32>, on: NaiveDate) -> bool {
        let weeks = weeks.and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
        place
            .get(..6)
            .and_then(|district| self.0.get(district))
            .and_then(|rules| rules.preterm.ages_on(birth_on, weeks, on))
            .is_some_and(|ages| ages.corrected.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_stands_somewhere_on_every_day() {
        let day = |n: u64| NaiveDate::default() + Days::new(n);
        let at = |today: u64| Standing::on(day(10), day(30), day(60), day(today));
        assert_eq!(at(9), Standing::Upcoming);
        assert_eq!(at(10), Standing::Due);
        assert_eq!(at(30), Standing::Due);
        assert_eq!(at(31), Standing::Overdue);
        assert_eq!(at(46), Standing::Closing);
        assert_eq!(at(60), Standing::Closing);
        assert_eq!(at(61), Standing::Missed);
    }
}
