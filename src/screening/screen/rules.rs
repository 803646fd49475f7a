//! What age a screen goes by, and what it finds.

use chrono::NaiveDate;
use entities::{
    age::{Ages, GestationalWeeks, days_between},
    screening::planned_check,
    words::{AgeUsed, ScreenOutcome},
};

use crate::{
    children::check_ages::CheckAgeRules,
    platform::Result,
    screening::instruments::{Answers, Column, Language as Tongue, Options, Package, Registry, Value},
};

/// Code of the warning signs checklist.
pub const CHECKLIST: &str = "wscmbd";
/// Number of signs of one check age.
pub const SIGNS: u8 = 4;

/// A child on the day of a screen: both ages, and the check ages that they lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// Both ages.
    pub ages: Ages,
    /// Completed days of life.
    pub age_days: i32,
    /// Days of life less the weeks of prematurity; none for a term child.
    pub corrected_age_days: Option<i32>,
    /// The age in use on this day.
    pub by_rule: AgeUsed,
    /// Check age by the age since birth.
    chronological: Option<u32>,
    /// Check age by the corrected age.
    corrected: Option<u32>,
}

impl Occasion {
    /// The occasion of a screen on a day; none before birth. The age in use on the day decides, as it does for windows. The
    /// plan of a child born in time, who has one age, outweighs the rules of today.
    pub fn on(
        birth_on: NaiveDate,
        weeks: Option<GestationalWeeks>,
        rules: &CheckAgeRules,
        planned: &[planned_check::Model],
        on: NaiveDate,
    ) -> Option<Self> {
        let ages = rules.preterm.ages_on(birth_on, weeks, on)?;
        let due = rules.preterm.corrected_birth(birth_on, weeks);
        let in_rows = planned
            .iter()
            .filter(|_| due.is_none())
            .find(|check| (check.opens_on..=check.closes_on).contains(&on))
            .and_then(|check| u32::try_from(check.age_months).ok());
        let inside = ages.chronological.months < rules.ends_at_months;
        let by_age = |age| rules.column_for_age(age).filter(|_| inside).map(u32::from);
        Some(Self {
            ages,
            age_days: i32::try_from(days_between(birth_on, on)).ok()?,
            corrected_age_days: match due {
                Some(due) => i32::try_from(days_between(due, on).max(0)).ok(),
                None => None,
            },
            by_rule: if ages.corrected.is_some() {
                AgeUsed::Corrected
            } else {
                AgeUsed::Chronological
            },
            chronological: in_rows.or_else(|| by_age(ages.chronological)),
            corrected: ages.corrected.and_then(by_age),
        })
    }

    /// The screener may choose: there are two ages to choose from.
    pub fn has_choice(&self) -> bool {
        self.ages.corrected.is_some()
    }

    /// The check age in months when going by one of the ages; none outside the programme.
    pub fn check_age(&self, used: AgeUsed) -> Option<u32> {
        match used {
            AgeUsed::Chronological => self.chronological,
            AgeUsed::Corrected => self.corrected,
        }
    }
}

/// The checklist of the warning signs.
pub fn checklist() -> Result<&'static Package> {
    let registry = Registry::built_in().map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(registry
        .get(CHECKLIST)
        .ok_or_else(|| anyhow::anyhow!("the checklist {CHECKLIST} is missing"))?)
}

/// The questions of a check age, in the reader's language: item id and sentence, the question about regression last.
pub fn questions(check_age: u32, tongue: Tongue) -> Result<Vec<(String, String)>> {
    let package = checklist()?;
    let column: Option<&Column> = package
        .column(Some(check_age))
        .map_err(|e| anyhow::anyhow!("{}", e.text().get(Tongue::En)))?;
    Ok(package
        .items()
        .map(|(_, item)| (item.id.clone(), package.label(item, column).get(tongue).to_owned()))
        .collect())
}

/// What the signs mean: by the norm (国卫办妇幼发〔2022〕12号) any one sign of the age, or the loss of language or social
/// ability at any age, calls for a re-screen. The rule itself stands in the checklist's package.
pub fn outcome(check_age: u32, signs: &[u8], regression: bool) -> Result<ScreenOutcome> {
    let word = |present: bool| Value::Word(if present { "yes" } else { "no" }.to_owned());
    let answers: Answers = (1..=SIGNS)
        .map(|n| (n.to_string(), word(signs.contains(&n))))
        .chain([("regression".to_owned(), word(regression))])
        .collect();
    let options = Options {
        age_months: Some(check_age),
        cutoffs: None,
    };
    let result = checklist()?
        .score(&answers, &options)
        .map_err(|e| anyhow::anyhow!("{}", e.text().get(Tongue::En)))?;
    match result.positive {
        Some(true) => Ok(ScreenOutcome::Abnormal),
        Some(false) => Ok(ScreenOutcome::Normal),
        None => Err(anyhow::anyhow!("the checklist gives no result").into()),
    }
}

/// Whether an outcome settles the check of its age. Who was not reached is tried again; who moved or died is taken out
/// of the pipeline by a departure.
pub const fn settles(outcome: ScreenOutcome) -> bool {
    match outcome {
        ScreenOutcome::Normal | ScreenOutcome::Abnormal | ScreenOutcome::Refused | ScreenOutcome::Elsewhere => true,
        ScreenOutcome::Unreachable | ScreenOutcome::Moved | ScreenOutcome::Died => false,
    }
}

#[cfg(test)]
mod tests {
    use entities::{ChildId, PlannedCheckId, words::CheckState};
    use proptest::prelude::*;

    use super::*;

    const AGES: [u32; 11] = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn weeks(n: u8) -> Option<GestationalWeeks> {
        GestationalWeeks::new(n).ok()
    }

    #[test]
    fn any_one_sign_or_regression_calls_for_a_rescreen() {
        for age in AGES {
            assert_eq!(outcome(age, &[], false).unwrap(), ScreenOutcome::Normal);
            assert_eq!(
                outcome(age, &[], true).unwrap(),
                ScreenOutcome::Abnormal,
                "regression at {age}"
            );
            for sign in 1..=SIGNS {
                assert_eq!(
                    outcome(age, &[sign], false).unwrap(),
                    ScreenOutcome::Abnormal,
                    "{sign} at {age}"
                );
            }
        }
    }

    #[test]
    fn every_age_has_its_own_five_questions_in_both_languages() {
        for age in AGES {
            for tongue in [Tongue::Zh, Tongue::En] {
                let asked = questions(age, tongue).unwrap();
                assert_eq!(asked.len(), 5);
                assert_eq!(asked[4].0, "regression");
                assert!(asked.iter().all(|(_, sentence)| !sentence.is_empty()));
            }
        }
    }

    #[test]
    fn preterm_children_go_by_the_corrected_age_until_two() {
        let rules = CheckAgeRules::default();
        let born = day("2025-01-10");
        // Eight weeks early; 7 months old, corrected 5 months and 5 days.
        let then = Occasion::on(born, weeks(32), &rules, &[], day("2025-08-11")).unwrap();
        assert_eq!(then.by_rule, AgeUsed::Corrected);
        assert!(then.has_choice());
        assert_eq!(then.check_age(AgeUsed::Corrected), Some(6));
        assert_eq!(then.check_age(AgeUsed::Chronological), Some(8));
        assert_eq!(then.corrected_age_days, Some(then.age_days - 56));
        let later = Occasion::on(born, weeks(32), &rules, &[], day("2027-07-20")).unwrap();
        assert_eq!((later.by_rule, later.has_choice()), (AgeUsed::Chronological, false));
        assert_eq!(later.check_age(AgeUsed::Chronological), Some(30));
        // Before the day on which it should have been born a child has no days of corrected age, and not fewer.
        let early = Occasion::on(born, weeks(32), &rules, &[], day("2025-02-10")).unwrap();
        assert_eq!((early.age_days, early.corrected_age_days), (31, Some(0)));
        let term = Occasion::on(born, weeks(38), &rules, &[], day("2025-08-11")).unwrap();
        assert_eq!((term.has_choice(), term.corrected_age_days), (false, None));
        assert_eq!(term.check_age(AgeUsed::Corrected), None);
    }

    #[test]
    fn the_signs_are_those_of_the_age_in_use() {
        let rules = CheckAgeRules::default();
        let born = day("2025-01-10");
        // Twelve weeks early. At 22½ months the corrected age is 19 months: the signs of 18. The plan of an older rule
        // that has the window of 24 months on this day changes nothing.
        let older = planned_check::Model {
            id: PlannedCheckId(1),
            child_id: ChildId(1),
            age_months: 24,
            district: "330211".into(),
            street: "330211004".into(),
            opens_on: day("2026-11-04"),
            due_on: day("2027-01-10"),
            closes_on: day("2027-04-09"),
            corrected: false,
            state: CheckState::Pending,
            screen_id: None,
            rules: "older".into(),
        };
        let at = |on: &str| Occasion::on(born, weeks(28), &rules, std::slice::from_ref(&older), day(on)).unwrap();
        let then = at("2026-11-25");
        assert_eq!(
            (then.by_rule, then.check_age(then.by_rule)),
            (AgeUsed::Corrected, Some(18))
        );
        assert_eq!(then.check_age(AgeUsed::Chronological), Some(24));
        // 21 corrected months are reached on 4 January 2027; the second birthday is the last day of the correction.
        for (on, used, months) in [
            ("2027-01-03", AgeUsed::Corrected, 18),
            ("2027-01-04", AgeUsed::Corrected, 24),
            ("2027-01-10", AgeUsed::Corrected, 24),
            ("2027-01-11", AgeUsed::Chronological, 24),
        ] {
            let then = at(on);
            assert_eq!((then.by_rule, then.check_age(used)), (used, Some(months)), "{on}");
        }
    }

    #[test]
    fn born_on_the_29th_of_february() {
        let rules = CheckAgeRules::default();
        let born = day("2024-02-29");
        // The window of the check at 12 months lasts to the day before 15 months: 28 May.
        let at = |on: &str| {
            Occasion::on(born, None, &rules, &[], day(on))
                .unwrap()
                .check_age(AgeUsed::Chronological)
        };
        assert_eq!(at("2025-02-28"), Some(12));
        assert_eq!(at("2025-05-28"), Some(12));
        assert_eq!(at("2025-05-29"), Some(18));
        // Not yet seven on 27 February 2031; out of the programme on the 28th.
        assert_eq!(at("2031-02-27"), Some(72));
        assert_eq!(at("2031-02-28"), None);
        assert!(Occasion::on(born, None, &rules, &[], day("2024-02-28")).is_none());
    }

    #[test]
    fn the_childs_own_plan_outweighs_the_rules_of_today() {
        let rules = CheckAgeRules::default();
        let born = day("2025-01-10");
        let row = planned_check::Model {
            id: PlannedCheckId(1),
            child_id: ChildId(1),
            age_months: 6,
            district: "330211".into(),
            street: "330211004".into(),
            opens_on: day("2025-06-01"),
            due_on: day("2025-07-10"),
            closes_on: day("2025-08-31"),
            corrected: false,
            state: CheckState::Pending,
            screen_id: None,
            rules: "older".into(),
        };
        let then = Occasion::on(born, None, &rules, &[row], day("2025-08-20")).unwrap();
        assert_eq!(then.check_age(AgeUsed::Chronological), Some(6));
    }

    proptest! {
        #[test]
        fn every_day_of_the_programme_has_a_check_age(early in 20_u8..42, later in 46_u64..2500) {
            let rules = CheckAgeRules::default();
            let born = day("2020-02-29");
            let on = born + chrono::Days::new(later + u64::from(40_u8.saturating_sub(early)) * 7);
            if !entities::age::is_under(born, 7, on) {
                return Ok(());
            }
            let then = Occasion::on(born, weeks(early), &rules, &[], on).unwrap();
            let age = then.check_age(then.by_rule);
            prop_assert!(age.is_some_and(|age| AGES.contains(&age)), "{then:?}");
        }
    }
}
