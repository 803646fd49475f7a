//! Mastered is not kept: checks in the weeks afterwards.

use crate::{
    day::Day,
    reading::{Standing, compared, reaches, read},
    record::Record,
    rule::UnitKind,
    said::day_zh,
    tally::units,
    target::Target,
    text::Text,
};

/// When a mastered target is looked at again: weeks after the day on which it was mastered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// In rising order.
    pub weeks: Vec<u32>,
    /// A recheck after a failed check comes within so many lessons.
    pub recheck_lessons: u32,
}

impl Default for Schedule {
    /// After 1, 2, 4, 8 and 12 weeks; a recheck within five lessons.
    fn default() -> Self {
        Self {
            weeks: vec![1, 2, 4, 8, 12],
            recheck_lessons: 5,
        }
    }
}

/// A check or a recheck, in the order in which they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Its day.
    pub day: Day,
    /// The child could still do it.
    pub passed: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A check on that day or after it; it comes to the tablet by itself.
    Check(Day),
    /// The last check failed: a recheck within so many lessons.
    Recheck {
        /// The day of the failed check.
        failed: Day,
        /// Within so many.
        lessons: u32,
    },
    /// Two failed, one after the other: teach it again, with a phase line (重新教学). A person decides.
    TeachAgain {
        /// The day of the second.
        failed: Day,
    },
    /// All checks are passed.
    Kept,
}

impl Schedule {
    /// What is to be done after these checks. A recheck that is passed stands for the check that failed.
    pub fn next(&self, mastered: Day, checks: &[Check]) -> Next {
        let mut passed = 0;
        let mut failed: Option<Day> = None;
        for check in checks {
            match (check.passed, failed) {
                (true, _) => {
                    passed += 1;
                    failed = None;
                }
                (false, None) => failed = Some(check.day),
                (false, Some(_)) => return Next::TeachAgain { failed: check.day },
            }
        }
        match (failed, self.weeks.get(passed)) {
            (Some(failed), _) => Next::Recheck {
                failed,
                lessons: self.recheck_lessons,
            },
            (None, Some(weeks)) => Next::Check(mastered.after(weeks.saturating_mul(7))),
            (None, None) => Next::Kept,
        }
    }
}

impl Next {
    /// In words.
    pub fn said(self, mastered: Day) -> Text {
        let (zh, en) = (day_zh(mastered), mastered);
        let text = match self {
            Self::Check(due) => Text::new(
                format!("{zh}掌握，{}起复查", day_zh(due)),
                format!("Mastered on {en}; to be checked from {due}"),
            ),
            Self::Recheck { failed, lessons } => Text::new(
                format!("{zh}掌握，{}复查未过 1 次，{lessons} 次课内再查一次", day_zh(failed)),
                format!("Mastered on {en}, not passed on {failed}; to be checked again within {lessons} lessons"),
            ),
            Self::TeachAgain { failed } => Text::new(
                format!("{zh}掌握，复查连续 2 次未过（最近为{}），建议重新教学", day_zh(failed)),
                format!("Mastered on {en}, not passed twice in a row, last on {failed}: teaching it again is proposed"),
            ),
            Self::Kept => Text::new(
                format!("{zh}掌握，复查全部通过"),
                format!("Mastered on {en}; all checks passed"),
            ),
        };
        Text::sentence(&[text])
    }
}

/// Whether the records of one day of checking reach the number of the rule; the minimum and the run belong to teaching and are
/// not asked for. Nothing where nothing was taken down.
pub fn passed(target: &Target, records: &[Record]) -> Option<bool> {
    let records: Vec<&Record> = records.iter().collect();
    let mut found = None;
    for way in target.rule.ways() {
        for unit in units(target, way, UnitKind::Day, &records) {
            let value = compared(target, way, &unit.tally);
            if let Some(value) = value.filter(|_| read(target, way, &unit.tally).standing != Standing::Nothing) {
                found = Some(found.unwrap_or(false) || reaches(value, way.criterion.bound()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn checks(results: &str) -> Vec<Check> {
        let from = day("2026-03-02");
        let results = results.chars().zip(1..);
        results
            .map(|(c, n)| Check {
                day: from.after(n),
                passed: c == '+',
            })
            .collect()
    }

    #[test]
    fn vector_26_one_failure_asks_for_a_recheck_and_a_pass_keeps_it() {
        let (schedule, mastered) = (Schedule::default(), day("2026-03-02"));
        assert_eq!(schedule.next(mastered, &[]), Next::Check(day("2026-03-09")));
        assert_eq!(schedule.next(mastered, &checks("+")), Next::Check(day("2026-03-16")));
        let asked = schedule.next(mastered, &checks("+-"));
        assert_eq!(
            asked,
            Next::Recheck {
                failed: day("2026-03-04"),
                lessons: 5
            }
        );
        assert!(asked.said(mastered).zh.contains("2026 年 3 月 4 日复查未过 1 次"));
        assert_eq!(schedule.next(mastered, &checks("+-+")), Next::Check(day("2026-03-30")));
    }

    #[test]
    fn vector_27_two_failures_in_a_row_propose_teaching() {
        let (schedule, mastered) = (Schedule::default(), day("2026-03-02"));
        let again = schedule.next(mastered, &checks("--"));
        assert_eq!(
            again,
            Next::TeachAgain {
                failed: day("2026-03-04")
            }
        );
        assert!(again.said(mastered).zh.contains("重新教学"));
        assert_eq!(
            schedule.next(mastered, &checks("+-+-")),
            Next::Recheck {
                failed: day("2026-03-06"),
                lessons: 5
            }
        );
        assert_eq!(
            schedule.next(mastered, &checks("+-+--+")),
            Next::TeachAgain {
                failed: day("2026-03-07")
            }
        );
    }

    #[test]
    fn five_passes_keep_it() {
        let (schedule, mastered) = (Schedule::default(), day("2026-03-02"));
        assert_eq!(schedule.next(mastered, &checks("++++")), Next::Check(day("2026-05-25")));
        assert_eq!(schedule.next(mastered, &checks("+++++")), Next::Kept);
        assert_eq!(schedule.next(mastered, &checks("++-+++")), Next::Kept);
    }
}
