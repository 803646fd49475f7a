//! Advances and their clearing: a line of its own, never netted out of sight (MA, *advance, then clear*).

use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    facts::Code,
    money::{Bp, Fen},
};

/// A period of clearing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Period {
    /// What it is called.
    #[serde(default)]
    pub period: Code,
    /// Paid ahead.
    #[serde(default)]
    pub advance_fen: Fen,
    /// Due for it.
    #[serde(default)]
    pub due_fen: Fen,
    /// Whether the account is closed with it.
    #[serde(default)]
    pub close: bool,
}

/// Advances of an institution and a fund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Advances {
    /// What was left of earlier periods.
    pub opening_fen: Fen,
    /// The periods.
    pub periods: Vec<Period>,
    /// Whether what is left at a close is returned; else it is carried on.
    pub return_rest: bool,
}

/// A period after clearing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cleared {
    /// What it is called.
    pub period: Code,
    /// Advances less dues so far.
    pub balance_fen: Fen,
    /// What is still paid at the close.
    pub pay_fen: Fen,
}

/// All periods after clearing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clearing {
    /// The periods.
    pub periods: Vec<Cleared>,
    /// The balance in the end.
    pub carried_fen: Fen,
    /// What of it is returned.
    pub to_return_fen: Fen,
}

/// Clears advances against dues, period by period.
pub fn clear(advances: &Advances) -> Result<Clearing, Error> {
    let mut balance = advances.opening_fen;
    let mut to_return = Fen::ZERO;
    let mut returned = Fen::ZERO;
    let mut periods = Vec::new();
    for period in &advances.periods {
        // What was to be returned at an earlier close is gone.
        balance = balance
            .minus(returned)?
            .plus(period.advance_fen)?
            .minus(period.due_fen)?;
        returned = Fen::ZERO;
        let mut pay = Fen::ZERO;
        if period.close && balance < Fen::ZERO {
            pay = Fen::ZERO.minus(balance)?;
            balance = Fen::ZERO;
        } else if period.close && advances.return_rest {
            returned = balance;
            to_return = to_return.plus(balance)?;
        }
        periods.push(Cleared {
            period: period.period.clone(),
            balance_fen: balance,
            pay_fen: pay,
        });
    }
    Ok(Clearing {
        periods,
        carried_fen: balance,
        to_return_fen: to_return,
    })
}

/// What a share of a year's quota comes to in each release: 70 and 30 of a hundred; the last takes the rest (MA).
pub fn releases(quota: Fen, shares: &[Bp]) -> Result<Vec<Fen>, Error> {
    let funders: Vec<crate::rules::Funder> = shares
        .iter()
        .map(|share| crate::rules::Funder {
            id: Code::default(),
            bp: Some(*share),
        })
        .collect();
    let parts = crate::split::split(quota, &funders)?;
    Ok(parts.into_iter().map(|part| part.fen).collect())
}
