//! A chain tried on an application that nobody made: who would have it, step by step, and until when. Pure.

use chrono::NaiveDate;

use crate::platform::{
    Calendar,
    approval::{Chain, Facts, Step},
};

/// A step of a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<'c> {
    /// The stage, from 1.
    pub stage: usize,
    /// The step.
    pub step: &'c Step,
    /// It is called for.
    pub called_for: bool,
    /// From when it waits.
    pub from: NaiveDate,
    /// The first day on which it can go on.
    pub not_before: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// Every step of a chain for an application that is submitted on a day, when everybody takes the whole time.
pub fn dry_run<'c>(chain: &'c Chain, facts: &Facts, submitted_on: NaiveDate, calendar: &Calendar) -> Vec<Run<'c>> {
    let mut since = submitted_on;
    let mut runs = Vec::new();
    for (n, stage) in chain.stages.iter().enumerate() {
        let mut through = since;
        for step in &stage.steps {
            let called_for = step.is_called_for(facts);
            let (not_before, until) = (step.not_before(since, calendar), step.due_on(since, calendar));
            if called_for {
                through = [Some(through), not_before, until]
                    .into_iter()
                    .flatten()
                    .max()
                    .unwrap_or(through);
            }
            runs.push(Run {
                stage: n + 1,
                step,
                called_for,
                from: since,
                not_before,
                until,
            });
        }
        since = through;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{
        super::{known, shipped},
        *,
    };
    use crate::platform::approval::{Condition, Is};

    #[test]
    fn everybody_takes_the_whole_time() {
        let mut chain = shipped::chain().unwrap().chain;
        chain.stages[2].steps[0].when = vec![Condition {
            fact: known::AGE_MONTHS.to_owned(),
            is: Is::Over,
            value: "72".to_owned(),
        }];
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let calendar = Calendar::new([]);
        let told = |months: i64| {
            let facts = known::sample().number(known::AGE_MONTHS, months);
            let runs = dry_run(&chain, &facts, day("2026-11-02"), &calendar);
            let told = runs.iter().filter(|run| run.called_for);
            told.map(|run| (run.step.code.clone(), run.until.unwrap().to_string()))
                .collect::<Vec<_>>()
        };
        let young = told(72);
        assert_eq!(young.len(), 6, "the federation's step is left out");
        assert_eq!(young[0], ("materials".to_owned(), "2026-11-09".to_owned()));
        assert_eq!(young[1], ("assessment".to_owned(), "2026-11-23".to_owned()));
        assert_eq!(young[2], ("joint_federation".to_owned(), "2026-12-07".to_owned()));
        let old = told(73);
        assert_eq!(old.len(), 7);
        assert_eq!(old[2], ("federation".to_owned(), "2026-11-30".to_owned()));
    }
}
