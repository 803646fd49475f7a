//! Ages: completed months and years, and the corrected age of children born too early.
//!
//! **One rule for missing days.** 《民法典》 art. 200 and 202: periods follow the Gregorian calendar; a period of months
//! or years ends on the corresponding day of the last month, and where that month has no such day, on its last day. So a
//! child born on 29 February completes a year on 28 February of an ordinary year (and on 29 February of a leap year), a
//! child born on 31 August completes six months on the last of February. No child waits for a day that does not come,
//! and nobody is in two age bands at once.
//!
//! Ages of people are counted in the civil way: the year is complete on the birthday itself, not on the day after it
//! as criminal courts count.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

pub use crate::gestation::{GestationalWeeks, GestationalWeeksError};
use crate::words::AgeUsed;

/// The day `months` months after `day`; the last day of the month where the corresponding day is missing.
pub fn add_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// An age in completed calendar months and the days since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Age {
    /// Completed months since birth.
    pub months: u32,
    /// Days since the last completed month, 0 to 30.
    #[serde(default)]
    pub days: u32,
}

impl Age {
    /// An age of whole months.
    pub const fn of_months(months: u32) -> Self {
        Self { months, days: 0 }
    }

    /// The age on a day of somebody born on another; `None` before birth.
    pub fn between(born_on: NaiveDate, on: NaiveDate) -> Option<Self> {
        if on < born_on {
            return None;
        }
        let years = u32::try_from(on.year() - born_on.year()).ok()?;
        let upper = (years * 12 + on.month()).saturating_sub(born_on.month());
        let months = if add_months(born_on, upper) <= on {
            upper
        } else {
            upper.saturating_sub(1)
        };
        let days = u32::try_from((on - add_months(born_on, months)).num_days()).ok()?;
        Some(Self { months, days })
    }

    /// Completed years.
    pub fn years(self) -> u32 {
        self.months / 12
    }

    /// Completed months beyond the completed years, 0 to 11.
    pub fn months_of_year(self) -> u32 {
        self.months % 12
    }

    /// The day on which somebody born on `born_on` reaches this age.
    pub fn reached_on(self, born_on: NaiveDate) -> NaiveDate {
        add_months(born_on, self.months)
            .checked_add_days(Days::new(self.days.into()))
            .unwrap_or(NaiveDate::MAX)
    }
}

/// Completed days from `born_on` to `on`; negative before birth.
pub fn days_between(born_on: NaiveDate, on: NaiveDate) -> i64 {
    (on - born_on).num_days()
}

/// Whether somebody is still younger than `years` on a day: "0 to 6 years" is "not yet 7" (未满7周岁). False before
/// birth.
pub fn is_under(born_on: NaiveDate, years: u32, on: NaiveDate) -> bool {
    Age::between(born_on, on).is_some_and(|age| age.years() < years)
}

/// How the age of children born too early is corrected.
///
/// Development is judged by the age they would have had they been
/// born at term, as long as the difference matters; the usual practice of child-health clinics is below 37 weeks,
/// against 40 weeks, until 24 months. The numbers are a setting with a date, not a law, and so is whether the limit is
/// counted by the age since birth or by the corrected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PretermRule {
    /// Fewer completed weeks than this is preterm.
    pub preterm_below_weeks: u8,
    /// Weeks of a full-term pregnancy, against which is corrected.
    pub term_weeks: u8,
    /// Age in months up to which (that day included) the corrected age is used.
    pub until_months: u32,
    /// By which age that limit counts.
    #[serde(default = "since_birth")]
    pub limit_by: AgeUsed,
}

const fn since_birth() -> AgeUsed {
    AgeUsed::Chronological
}

impl Default for PretermRule {
    fn default() -> Self {
        Self {
            preterm_below_weeks: 37,
            term_weeks: 40,
            until_months: 24,
            limit_by: since_birth(),
        }
    }
}

impl PretermRule {
    /// The day from which the corrected age counts: the birth date plus the weeks missing to full term. `None` for
    /// children born in time and where the weeks are not known.
    pub fn corrected_birth(&self, born_on: NaiveDate, weeks: Option<GestationalWeeks>) -> Option<NaiveDate> {
        let weeks = weeks?.get();
        if weeks >= self.preterm_below_weeks {
            return None;
        }
        let missing = u64::from(self.term_weeks.saturating_sub(weeks));
        born_on.checked_add_days(Days::new(missing * 7))
    }

    /// The day from which the corrected age counts, and the last one on which it is used.
    pub fn correction(&self, born_on: NaiveDate, weeks: Option<GestationalWeeks>) -> Option<(NaiveDate, NaiveDate)> {
        let from = self.corrected_birth(born_on, weeks)?;
        let limit = match self.limit_by {
            AgeUsed::Chronological => born_on,
            AgeUsed::Corrected => from,
        };
        Some((from, add_months(limit, self.until_months)))
    }

    /// The first day on which the age in use has reached another. On the day after the correction ends the age in use
    /// grows by the weeks that were missing, all at once.
    pub fn reached_on(&self, born_on: NaiveDate, weeks: Option<GestationalWeeks>, age: Age) -> NaiveDate {
        let by_birth = age.reached_on(born_on);
        match self.correction(born_on, weeks) {
            Some((from, until)) if age.reached_on(from) <= until => age.reached_on(from),
            Some((_, until)) => by_birth.max(until.succ_opt().unwrap_or(until)),
            None => by_birth,
        }
    }

    /// Both ages on a day; `None` before birth.
    pub fn ages_on(&self, born_on: NaiveDate, weeks: Option<GestationalWeeks>, on: NaiveDate) -> Option<Ages> {
        let chronological = Age::between(born_on, on)?;
        let corrected = self
            .correction(born_on, weeks)
            .filter(|(_, until)| on <= *until)
            .map(|(from, _)| Age::between(from, on).unwrap_or(Age::of_months(0)));
        Some(Ages {
            chronological,
            corrected,
        })
    }
}

/// Both ages of a child on one day; both are kept with every screening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ages {
    /// Age since birth.
    pub chronological: Age,
    /// Age since full term, for preterm children who are still young enough; 0 before the day they were expected.
    pub corrected: Option<Age>,
}

impl Ages {
    /// The age by which development is judged unless the screener chooses otherwise.
    pub fn for_development(self) -> Age {
        self.corrected.unwrap_or(self.chronological)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn age(born: &str, on: &str) -> (u32, u32) {
        let age = Age::between(day(born), day(on)).unwrap();
        (age.months, age.days)
    }

    #[test]
    fn completed_months_and_days() {
        assert_eq!(age("2023-05-14", "2023-05-14"), (0, 0));
        assert_eq!(age("2023-05-14", "2023-06-13"), (0, 30));
        assert_eq!(age("2023-05-14", "2023-06-14"), (1, 0));
        assert_eq!(age("2023-12-31", "2024-01-30"), (0, 30));
        assert_eq!(age("2023-12-31", "2024-01-31"), (1, 0));
        assert_eq!(Age::between(day("2023-05-14"), day("2023-05-13")), None);
    }

    #[test]
    fn children_of_the_29th_of_february_have_their_birthday_on_the_last_of_february() {
        assert_eq!(age("2020-02-29", "2021-02-27"), (11, 29));
        assert_eq!(age("2020-02-29", "2021-02-28"), (12, 0));
        assert_eq!(age("2020-02-29", "2021-03-01"), (12, 1));
        assert_eq!(age("2020-02-29", "2024-02-28"), (47, 30));
        assert_eq!(age("2020-02-29", "2024-02-29"), (48, 0));
        // The monthly day is the 29th everywhere else.
        assert_eq!(age("2020-02-29", "2020-03-28"), (0, 28));
        assert_eq!(age("2020-02-29", "2020-03-29"), (1, 0));
    }

    #[test]
    fn months_without_the_day_end_on_their_last_day() {
        assert_eq!(age("2023-08-31", "2024-02-28"), (5, 28));
        assert_eq!(age("2023-08-31", "2024-02-29"), (6, 0));
        assert_eq!(age("2024-08-31", "2025-02-28"), (6, 0));
        assert_eq!(age("2024-08-31", "2025-03-30"), (6, 30));
        assert_eq!(age("2024-08-31", "2025-03-31"), (7, 0));
    }

    #[test]
    fn not_yet_seven() {
        let born = day("2020-02-29");
        assert!(is_under(born, 7, day("2027-02-27")));
        assert!(!is_under(born, 7, day("2027-02-28")));
        assert!(is_under(born, 7, born));
        assert!(!is_under(born, 7, day("2020-02-28")));
    }

    #[test]
    fn preterm_children_have_two_ages_until_two_years() {
        let rule = PretermRule::default();
        let weeks = Some(GestationalWeeks::new(32).unwrap());
        let born = day("2024-01-10");
        assert_eq!(rule.corrected_birth(born, weeks), Some(day("2024-03-06")));
        let ages = rule.ages_on(born, weeks, day("2024-09-06")).unwrap();
        assert_eq!(
            (ages.chronological.months, ages.corrected),
            (7, Some(Age::of_months(6)))
        );
        assert_eq!(ages.for_development(), Age::of_months(6));
        // Before the expected day the corrected age is nil, not negative.
        assert_eq!(
            rule.ages_on(born, weeks, day("2024-02-01")).unwrap().corrected,
            Some(Age::of_months(0))
        );
        assert!(
            rule.ages_on(born, weeks, day("2026-01-10"))
                .unwrap()
                .corrected
                .is_some()
        );
        assert_eq!(rule.ages_on(born, weeks, day("2026-01-11")).unwrap().corrected, None);
    }

    #[test]
    fn the_limit_counts_by_either_age() {
        let by_corrected = PretermRule {
            limit_by: AgeUsed::Corrected,
            ..PretermRule::default()
        };
        let weeks = Some(GestationalWeeks::new(28).unwrap());
        let born = day("2024-01-10");
        // Twelve weeks early: full term was 3 April.
        assert_eq!(
            by_corrected.correction(born, weeks),
            Some((day("2024-04-03"), day("2026-04-03")))
        );
        let is_used = |rule: &PretermRule, on| rule.ages_on(born, weeks, day(on)).unwrap().corrected.is_some();
        assert!(is_used(&by_corrected, "2026-01-11") && !is_used(&PretermRule::default(), "2026-01-11"));
        assert!(is_used(&by_corrected, "2026-04-03") && !is_used(&by_corrected, "2026-04-04"));
        // What stands in older rows says nothing of it.
        let older = r#"{"preterm_below_weeks": 37, "term_weeks": 40, "until_months": 24}"#;
        assert_eq!(
            serde_json::from_str::<PretermRule>(older).unwrap(),
            PretermRule::default()
        );
    }

    #[test]
    fn children_born_in_time_have_one_age() {
        let rule = PretermRule::default();
        let born = day("2024-01-10");
        for weeks in [None, GestationalWeeks::new(37).ok(), GestationalWeeks::new(41).ok()] {
            assert_eq!(rule.ages_on(born, weeks, day("2024-09-06")).unwrap().corrected, None);
        }
        assert!(rule.corrected_birth(born, GestationalWeeks::new(36).ok()).is_some());
        assert!(GestationalWeeks::new(19).is_err() && GestationalWeeks::new(45).is_err());
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..20_000).prop_map(|days| day("2000-01-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn the_age_reaches_back_to_the_day(born in any_day(), later in 0_u64..3_000) {
            let on = born + Days::new(later);
            let age = Age::between(born, on).unwrap();
            prop_assert_eq!(age.reached_on(born), on);
            prop_assert!(age.days <= 30);
            prop_assert!(add_months(born, age.months + 1) > on);
        }

        #[test]
        fn nobody_grows_younger(born in any_day(), a in 0_u64..3_000, b in 0_u64..3_000) {
            let (a, b) = (a.min(b), a.max(b));
            let (earlier, later) = (Age::between(born, born + Days::new(a)), Age::between(born, born + Days::new(b)));
            prop_assert!(earlier <= later);
        }

        #[test]
        fn an_age_is_reached_on_the_first_day_that_has_it(
            born in any_day(), weeks in 20_u8..45, months in 0_u32..84, until_months in 0_u32..60, by_corrected in any::<bool>(),
        ) {
            let limit_by = if by_corrected { AgeUsed::Corrected } else { AgeUsed::Chronological };
            let rule = PretermRule { until_months, limit_by, ..PretermRule::default() };
            let weeks = GestationalWeeks::new(weeks).ok();
            let on = rule.reached_on(born, weeks, Age::of_months(months));
            let in_use = |on| rule.ages_on(born, weeks, on).map(Ages::for_development);
            prop_assert!(in_use(on).is_some_and(|age| age >= Age::of_months(months)));
            let before = on.pred_opt().and_then(in_use);
            prop_assert!(months == 0 || before.is_none_or(|age| age < Age::of_months(months)));
        }

        #[test]
        fn the_corrected_age_is_never_the_greater(born in any_day(), weeks in 20_u8..45, later in 0_u64..3_000) {
            let ages = PretermRule::default()
                .ages_on(born, GestationalWeeks::new(weeks).ok(), born + Days::new(later))
                .unwrap();
            prop_assert!(ages.for_development() <= ages.chronological);
        }
    }
}
