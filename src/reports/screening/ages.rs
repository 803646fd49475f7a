//! The rows of the report that are ages: the check ages of the dated rule that held on the reference day.

use chrono::{Days, Months, NaiveDate};
use entities::age::add_months;
use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{CaseStatement, Expr, ExprTrait},
};

use super::request::Request;
use crate::{
    children::{check_ages::CheckAgeRules, service::check_age_rules_on},
    platform::Result,
};

/// The check ages that a report counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ages {
    /// In months, the youngest first.
    checks: Vec<u32>,
    /// The age in months that ends the programme: "0 to 6 years" is not yet 7 (未满7周岁).
    end: u32,
}

impl From<&CheckAgeRules> for Ages {
    fn from(rules: &CheckAgeRules) -> Self {
        Self {
            checks: rules.ages.iter().map(|age| age.months.into()).collect(),
            end: rules.ends_at_months,
        }
    }
}

impl Ages {
    /// The ages of the rule of the division on the reference day of a report.
    pub async fn of(db: &impl ConnectionTrait, request: &Request) -> Result<Self> {
        let rules = check_age_rules_on(db, &request.division, request.reference).await?;
        Ok(Self::from(&rules))
    }

    /// The rows: below the first check age, which is 0, and from each on.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(0).chain(self.checks.iter().copied())
    }

    /// The last check age that a child of so many days has reached; `0` below the first.
    pub(super) fn band_of_days(&self, days: Expr) -> Expr {
        let bands = self.checks.iter().rev().fold(CaseStatement::new(), |case, months| {
            case.case(days.clone().gte(days_of(*months)), key(*months))
        });
        self.or_below(bands)
    }

    /// The last check age that a resident has reached on a day; `0` below the first.
    pub(super) fn band_of_birth(&self, on: NaiveDate) -> Expr {
        let bands = self.checks.iter().rev().fold(CaseStatement::new(), |case, months| {
            let born = entities::child::child::Column::BirthOn.into_expr();
            case.case(born.lte(latest_birth(*months, on)), key(*months))
        });
        self.or_below(bands)
    }

    /// The latest birth date of a child that is out of the programme on a day.
    pub(super) fn too_old_when_born_by(&self, on: NaiveDate) -> NaiveDate {
        latest_birth(self.end, on)
    }

    fn or_below(&self, bands: CaseStatement) -> Expr {
        if self.checks.is_empty() {
            return key(0);
        }
        bands.finally(key(0)).into()
    }
}

fn key(months: u32) -> Expr {
    Expr::cust(format!("'{months}'"))
}

/// The first day of life on which an age in months is reached, counting a year as 365.25 days: only for records that keep
/// an age in days.
fn days_of(months: u32) -> i64 {
    i64::from(months) * 1461 / 48
}

/// The latest birth date of which an age in months is reached on a day.
fn latest_birth(months: u32, on: NaiveDate) -> NaiveDate {
    let about = on.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    // A month's last day completes the months of those born on the days it lacks.
    (1..=3)
        .rev()
        .filter_map(|more| about.checked_add_days(Days::new(more)))
        .find(|birth| add_months(*birth, months) <= on)
        .unwrap_or(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_reached_on_the_last_day_of_a_short_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(latest_birth(6, day("2026-02-28")), day("2025-08-31"));
        assert_eq!(latest_birth(6, day("2026-02-27")), day("2025-08-27"));
        assert_eq!(latest_birth(12, day("2027-02-28")), day("2026-02-28"));
        assert_eq!(latest_birth(12, day("2025-02-28")), day("2024-02-29"));
        assert_eq!(latest_birth(72, day("2026-10-31")), day("2020-10-31"));
    }

    #[test]
    fn the_eleven_ages_of_the_norm_in_days() {
        let ages = Ages::from(&CheckAgeRules::default());
        let days: Vec<i64> = ages.checks.iter().map(|months| days_of(*months)).collect();
        assert_eq!(days, [91, 182, 243, 365, 547, 730, 913, 1095, 1461, 1826, 2191]);
        assert_eq!(
            ages.rows().collect::<Vec<_>>(),
            [0, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]
        );
        assert_eq!(ages.end, 84);
    }
}
