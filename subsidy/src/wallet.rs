//! The wallet of a child: what is paid and left of its settlement year, and what to warn of while something can still be done
//! (issue 19, 1.3).

use chrono::NaiveDate;

use crate::{
    calendar::Month,
    error::Error,
    facts::Code,
    money::{Bp, Fen},
    person::{self, certificate_until},
    reason::Cut,
    rules::RuleSet,
    settle::{Case, Settlement, settle},
    text::{Spoken, Text, say},
};

/// A settlement year of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// The first day of the year.
    pub year: NaiveDate,
    /// The cap of the year, as it was at its last line.
    pub cap: Option<Fen>,
    /// Paid, opening included.
    pub paid: Fen,
    /// Left of the cap; never below zero.
    pub left: Option<Fen>,
    /// Months paid.
    pub months: u32,
    /// Months left.
    pub months_left: Option<u32>,
}

/// The wallets of all settlement years that the lines touch.
pub fn wallets(settlement: &Settlement) -> Result<Vec<Wallet>, Error> {
    let years = settlement.years.iter();
    years
        .map(|year| {
            Ok(Wallet {
                year: year.start,
                cap: year.cap,
                paid: year.paid,
                left: year.cap.map(|cap| cap.less(year.paid)).transpose()?,
                months: year.months,
                months_left: year.months_allowed.map(|allowed| allowed.saturating_sub(year.months)),
            })
        })
        .collect()
}

/// Something to warn of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The year's amount ends in a month.
    YearEnds(Month),
    /// The months of the year end with a month.
    MonthsEnd(Month),
    /// The child leaves its band.
    Age {
        /// The day it becomes too old.
        on: NaiveDate,
        /// The age then.
        age: u32,
        /// The last month in the band.
        month: Month,
        /// What is needed afterwards; nothing where the subsidy ends.
        needed: Vec<Code>,
    },
    /// A few more days would give more.
    Days {
        /// In which month.
        month: Month,
        /// How many.
        missing: u32,
        /// What they would give.
        step: Bp,
    },
    /// A paper runs out.
    Paper {
        /// Which.
        kind: Code,
        /// On which day.
        on: NaiveDate,
        /// Days until then.
        left: i64,
    },
}

/// How long before a paper's end is warned of (PL2: 60 and 20 days before).
const PAPER_DAYS: i64 = 60;
/// How many months before the end of a band is warned of.
const BAND_MONTHS: u32 = 3;

/// What to warn of, as things are planned: a case with the months to come among its statements, seen on a day.
pub fn warnings(rules: &RuleSet, case: &Case, today: NaiveDate) -> Result<Vec<Warning>, Error> {
    let settled = settle(rules, case)?;
    let mut warnings = Vec::new();
    let now = Month::of(today);
    let to_come = || settled.lines.iter().filter(|line| line.month >= now);
    let year_end = to_come().find(|line| matches!(line.cut, Some(Cut::Year { .. })));
    warnings.extend(year_end.map(|line| Warning::YearEnds(line.month)));
    let refused = to_come().find(|line| line.refusal.as_ref().is_some_and(|reason| reason.code() == "months"));
    let last_paid = |before: Month| {
        settled
            .lines
            .iter()
            .rev()
            .find(|line| line.month < before && line.subsidy > Fen::ZERO)
    };
    warnings.extend(
        refused
            .and_then(|line| last_paid(line.month))
            .map(|line| Warning::MonthsEnd(line.month)),
    );
    let person = case.child.at(now);
    if let Some(leaving) = person::leaving(&rules.params, person, now)?
        && leaving.last_month <= now.plus(BAND_MONTHS)
        && let Some(on) = leaving.turns_on
    {
        warnings.push(Warning::Age {
            on,
            age: leaving.band.below,
            month: leaving.last_month,
            needed: leaving.next.map(needed_more(leaving.band)).unwrap_or_default(),
        });
    }
    for statement in case.statements.iter().filter(|statement| statement.month == now) {
        let days = statement.days.unwrap_or_default();
        if let Some(step) = rules.params.attendance.next_step(days) {
            warnings.push(Warning::Days {
                month: now,
                missing: step.min_days.saturating_sub(days),
                step: step.bp,
            });
        }
    }
    let kinds: std::collections::BTreeSet<&Code> = person.certificates.iter().map(|paper| &paper.kind).collect();
    for kind in kinds {
        if let Some(on) = certificate_until(person, kind, today) {
            let left = on.signed_duration_since(today).num_days();
            if left <= PAPER_DAYS {
                warnings.push(Warning::Paper {
                    kind: kind.clone(),
                    on,
                    left,
                });
            }
        }
    }
    Ok(warnings)
}

/// Papers and proofs that a band asks for and the one before did not.
fn needed_more(before: &crate::rules::Band) -> impl Fn(&crate::rules::Band) -> Vec<Code> {
    let before = before.clone();
    move |next| {
        let papers = next
            .certificate
            .iter()
            .filter(|rule| !before.certificate.contains(rule));
        let mut needed: Vec<Code> = papers.map(|rule| rule.kind.clone()).collect();
        if next.proof != before.proof {
            needed.extend(next.proof.0.iter().cloned());
        }
        needed
    }
}

impl Warning {
    /// In words.
    pub fn said(&self, rules: &RuleSet) -> Text {
        match self {
            Self::YearEnds(month) => say("warn_year_ends", &[("month", month)]),
            Self::MonthsEnd(month) => say("warn_months_end", &[("month", month)]),
            Self::Age { on, age, month, needed } => {
                let names: Vec<Text> = needed.iter().map(|code| rules.name(code.as_str())).collect();
                let needed = Text::join(&names, "or");
                let values: [(&str, &dyn Spoken); 4] =
                    [("on", on), ("age", age), ("month", month), ("needed", &needed)];
                if names.is_empty() {
                    say("warn_age", &values)
                } else {
                    say("warn_age_certificate", &values)
                }
            }
            Self::Days { month, missing, step } => {
                say("warn_days", &[("month", month), ("missing", missing), ("step", step)])
            }
            Self::Paper { kind, on, left } => {
                let paper = rules.name(kind.as_str());
                say("warn_paper", &[("paper", &paper), ("on", on), ("left", left)])
            }
        }
    }
}
