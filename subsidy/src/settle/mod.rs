//! The months of a child: what each statement is subsidised with, what the family pays, and why (vectors, *settle*).

mod caps;
mod case;
mod extras;
mod terms;
mod used;

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub use case::Case;
pub use used::YearUse;

use crate::{
    calendar::Month,
    error::Error,
    facts::{Code, Statement},
    money::{Bp, Fen},
    person::Test,
    reason::{Cut, Reason},
    rules::{MonthOrder, Params, RuleSet},
    sentences::Said,
};
use used::Use;

/// Who gets the money of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Payee {
    /// The institution.
    Institution,
    /// The guardian, who has paid and is refunded.
    Guardian,
}

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The month.
    pub month: Month,
    /// Who billed.
    pub institution: Code,
    /// The first day of the settlement year.
    pub year: NaiveDate,
    /// The age on the day that counts.
    pub age: Option<u32>,
    /// The band of that age.
    pub band: Option<Code>,
    /// The mode.
    pub mode: Option<Code>,
    /// The budget that pays.
    pub fund: Option<Code>,
    /// Who gets the money.
    pub payee: Payee,
    /// What the family would pay without a subsidy.
    pub self_paid: Fen,
    /// The subsidy.
    pub subsidy: Fen,
    /// What the family pays: always the rest.
    pub parent: Fen,
    /// Meals beside it.
    pub meal: Fen,
    /// A living allowance beside it.
    pub allowance: Fen,
    /// What the institution gets beside it.
    pub award: Fen,
    /// Why it is refused.
    pub refusal: Option<Reason>,
    /// The last cap that made it smaller.
    pub cut: Option<Cut>,
    /// Tests that somebody answers for.
    pub overridden: Vec<Test>,
}

impl Line {
    /// Why it is refused or cut, in words.
    pub fn said(&self, rules: &RuleSet) -> Option<Said> {
        let refused = self.refusal.as_ref().map(|reason| rules.why(reason));
        refused.or_else(|| self.cut.as_ref().map(|cut| rules.why_cut(cut)))
    }
}

/// All lines of a child, by month, then in the rule's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The lines.
    pub lines: Vec<Line>,
    /// What was used of each settlement year, in their order.
    pub years: Vec<YearUse>,
}

impl Settlement {
    /// The subsidies together.
    pub fn subsidy(&self) -> Result<Fen, Error> {
        Fen::sum(self.lines.iter().map(|line| line.subsidy))
    }

    /// What the family pays, together.
    pub fn parent(&self) -> Result<Fen, Error> {
        Fen::sum(self.lines.iter().map(|line| line.parent))
    }
}

/// What a month knows while its statements are taken.
#[derive(Clone, Debug, Default)]
struct MonthUse {
    /// Paid so far.
    paid: Fen,
    /// Attended days of the lines that were not refused, so far.
    days: u32,
    /// All attended days of the month.
    all_days: u32,
    /// Days of meals so far.
    meal_days: u32,
    /// Days of a living allowance so far.
    allowance_days: u32,
}

/// A child on its way through its months.
struct Run<'a> {
    params: &'a Params,
    case: &'a Case,
    used: Use,
    months: BTreeMap<Month, MonthUse>,
}

/// Settles all statements of a child.
pub fn settle(rules: &RuleSet, case: &Case) -> Result<Settlement, Error> {
    let params = &rules.params;
    let mut statements: Vec<&Statement> = case.statements.iter().collect();
    // Stable: what the order does not decide stays as it is given.
    match params.month_order {
        MonthOrder::Given => statements.sort_by_key(|statement| statement.month),
        MonthOrder::MostDays => statements.sort_by_key(|s| (s.month, std::cmp::Reverse(s.days))),
        MonthOrder::Institution => {
            statements.sort_by(|a, b| (a.month, &a.institution).cmp(&(b.month, &b.institution)));
        }
    }
    let mut months: BTreeMap<Month, MonthUse> = BTreeMap::new();
    for statement in &statements {
        let month = months.entry(statement.month).or_default();
        month.all_days = month.all_days.saturating_add(statement.days.unwrap_or_default());
    }
    let first = statements
        .first()
        .map(|statement| params.year_start.of(statement.month));
    let mut run = Run {
        params,
        case,
        used: Use::opened(&case.opening, first),
        months,
    };
    let lines: Result<Vec<Line>, Error> = statements
        .into_iter()
        .map(|statement| {
            let place = |error: Error| error.at(format!("statement of {}", statement.month));
            run.line(statement).map_err(place)
        })
        .collect();
    Ok(Settlement {
        lines: lines?,
        years: run.used.years(),
    })
}

impl Run<'_> {
    fn line(&mut self, statement: &Statement) -> Result<Line, Error> {
        statement.check()?;
        let month = statement.month;
        let self_paid = statement.self_paid()?;
        let mut line = Line {
            month,
            institution: statement.institution.clone(),
            year: self.params.year_start.of(month),
            age: None,
            band: None,
            mode: None,
            fund: None,
            payee: self.payee(statement),
            self_paid,
            subsidy: Fen::ZERO,
            parent: self_paid,
            meal: Fen::ZERO,
            allowance: Fen::ZERO,
            award: Fen::ZERO,
            refusal: None,
            cut: None,
            overridden: Vec::new(),
        };
        let terms = match self.terms(statement, &mut line)? {
            Ok(terms) => terms,
            Err(reason) => {
                line.refusal = Some(reason);
                return Ok(line);
            }
        };
        let (subsidy, cut) = self.capped(statement, &terms, self_paid)?;
        line.subsidy = subsidy;
        line.parent = self_paid.minus(subsidy)?;
        line.cut = cut;
        self.note(statement, &terms, &line)?;
        self.extras(statement, &terms, &mut line)?;
        Ok(line)
    }

    /// Elsewhere the guardian pays first and is refunded (MA).
    fn payee(&self, statement: &Statement) -> Payee {
        match self.params.payee {
            crate::rules::Payee::Guardian => Payee::Guardian,
            crate::rules::Payee::Institution if statement.out_of_area => Payee::Guardian,
            crate::rules::Payee::Institution => Payee::Institution,
        }
    }

    fn month(&self, month: Month) -> MonthUse {
        self.months.get(&month).cloned().unwrap_or_default()
    }

    /// What was paid is used: of the month, the year and the life.
    fn note(&mut self, statement: &Statement, terms: &terms::Terms<'_>, line: &Line) -> Result<(), Error> {
        let month = self.months.entry(statement.month).or_default();
        month.days = month.days.saturating_add(statement.days.unwrap_or_default());
        month.paid = month.paid.plus(line.subsidy)?;
        let year = self.used.year(line.year);
        year.paid = year.paid.plus(line.subsidy)?;
        year.cap = terms.year_cap;
        year.months_allowed = terms.months_allowed;
        if line.subsidy > Fen::ZERO {
            year.months.add(line.month);
            year.categories.extend(terms.category.clone());
            if terms.lifetime.is_some() {
                self.used.life.add(line.month);
            }
        }
        Ok(())
    }
}

/// What of the month's cap attendance leaves.
#[derive(Clone, Copy, Debug)]
struct Share {
    part: Option<Fen>,
    step: Option<Bp>,
}
