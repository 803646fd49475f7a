//! What institutions bill, what was approved, and what was used before.

use serde::Deserialize;

use super::{Code, Codes, Facts};
use crate::{calendar::Month, error::Error, money::Fen};

/// From a month to a month, both counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Span {
    /// The first; from ever where nobody said.
    pub from: Option<Month>,
    /// The last; for ever where nobody said.
    pub to: Option<Month>,
}

impl Span {
    /// Whether a month lies inside.
    pub fn holds(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.to.is_none_or(|to| month <= to)
    }
}

/// What an institution bills for a month of a child.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Statement {
    /// The month.
    pub month: Month,
    /// Who bills.
    #[serde(default = "institution_a")]
    pub institution: Code,
    /// The fee.
    #[serde(default)]
    pub gross_fen: Fen,
    /// What the medical insurance paid of it.
    #[serde(default)]
    pub insurance_fen: Fen,
    /// What others paid of it.
    #[serde(default)]
    pub other_fen: Fen,
    /// What the institution waived (C5).
    #[serde(default)]
    pub discount_fen: Fen,
    /// Attended days.
    #[serde(default)]
    pub days: Option<u32>,
    /// Planned days.
    #[serde(default)]
    pub plan_days: Option<u32>,
    /// The mode, where no rule makes one of minutes.
    #[serde(default)]
    pub mode: Option<Code>,
    /// Minutes and times of the timetable.
    #[serde(default)]
    pub intensity: Facts,
    /// Public or private.
    #[serde(default)]
    pub owner: Option<Code>,
    /// Whether the institution is on the list.
    #[serde(default = "yes")]
    pub designated: bool,
    /// Whether it lies elsewhere.
    #[serde(default)]
    pub out_of_area: bool,
    /// Whether the home federation agreed to that.
    #[serde(default)]
    pub consent: bool,
    /// Whether the child was served the whole month.
    #[serde(default)]
    pub whole_month: bool,
}

fn institution_a() -> Code {
    Code::new("A")
}

fn yes() -> bool {
    true
}

impl Statement {
    /// What the family would pay without a subsidy: never below zero.
    pub fn self_paid(&self) -> Result<Fen, Error> {
        let others = Fen::sum([self.insurance_fen, self.other_fen, self.discount_fen])?;
        self.gross_fen.less(others)
    }

    /// What makes no sense.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let amounts = [
            ("gross_fen", self.gross_fen),
            ("insurance_fen", self.insurance_fen),
            ("other_fen", self.other_fen),
            ("discount_fen", self.discount_fen),
        ];
        for (key, amount) in amounts {
            if amount < Fen::ZERO {
                return Err(Error::new("negative", &[("amount", &amount.get())]).at(key));
            }
        }
        if self.days.max(self.plan_days).is_some_and(|days| days > 31) {
            return Err(Error::new("more_than_a_month", &[]).at("days"));
        }
        Ok(())
    }
}

/// What was used before the first statement: of its settlement year, and of the child's life before that (vectors,
/// *fields*).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Opening {
    /// Paid in the year.
    pub paid_fen: Fen,
    /// Months paid in the year.
    pub months: Used,
    /// Months of meals in the year.
    pub meal_months: Used,
    /// Months of a living allowance in the year.
    pub allowance_months: Used,
    /// Categories paid in the year.
    pub categories: Codes,
    /// Months paid in earlier years.
    pub lifetime_months: u32,
}

/// Months that were used: which, or only how many.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Used {
    /// Which.
    Months(Vec<Month>),
    /// How many.
    Count(u32),
}

impl Default for Used {
    fn default() -> Self {
        Self::Count(0)
    }
}
