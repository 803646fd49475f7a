//! Corrections are differences of two whole settlements, never of one month alone: a cap that had bound lets a later month
//! move (MC, *corrections are whole-year recomputations*).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    calendar::Month,
    error::Error,
    facts::Code,
    money::Fen,
    settle::{Line, Payee, Settlement},
};

/// What is posted for a month and an institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The month.
    pub month: Month,
    /// The institution.
    pub institution: Code,
    /// The difference of the subsidy.
    pub diff_fen: Fen,
}

/// What is posted, apart by fund, payee and kind: a child whose band changes moves money between budgets although the sum stays
/// (MA, *two pots*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// The month.
    pub month: Month,
    /// The institution.
    pub institution: Code,
    /// The budget.
    pub fund: Option<Code>,
    /// Who gets or gives back the money.
    pub payee: Payee,
    /// Of what.
    pub item: Item,
    /// The difference.
    pub diff_fen: Fen,
}

/// What money is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// The training.
    Subsidy,
    /// Meals.
    Meal,
    /// A living allowance.
    Allowance,
    /// What the institution gets beside it.
    Award,
}

/// The differences to post; nothing where nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// Of the subsidy, by month and institution.
    pub rows: Vec<Row>,
    /// Of everything, by fund, payee and kind as well.
    pub postings: Vec<Posting>,
    /// The rows together.
    pub net_fen: Fen,
}

type Key = (Month, Code, Option<Code>, Payee, Item);

/// What takes one settlement to another.
pub fn correction(before: &Settlement, after: &Settlement) -> Result<Correction, Error> {
    let mut sums: BTreeMap<Key, Fen> = BTreeMap::new();
    add(&mut sums, &after.lines, Fen::plus)?;
    add(&mut sums, &before.lines, Fen::minus)?;
    let mut by_month: BTreeMap<(Month, Code), Fen> = BTreeMap::new();
    for ((month, institution, _, _, item), diff) in &sums {
        if *item == Item::Subsidy {
            let sum = by_month.entry((*month, institution.clone())).or_default();
            *sum = sum.plus(*diff)?;
        }
    }
    let rows = by_month.into_iter().filter(|(_, diff)| *diff != Fen::ZERO);
    let rows: Vec<Row> = rows
        .map(|((month, institution), diff_fen)| Row {
            month,
            institution,
            diff_fen,
        })
        .collect();
    let postings = sums.into_iter().filter(|(_, diff)| *diff != Fen::ZERO);
    Ok(Correction {
        net_fen: Fen::sum(rows.iter().map(|row| row.diff_fen))?,
        rows,
        postings: postings
            .map(|((month, institution, fund, payee, item), diff_fen)| Posting {
                month,
                institution,
                fund,
                payee,
                item,
                diff_fen,
            })
            .collect(),
    })
}

fn add(
    sums: &mut BTreeMap<Key, Fen>,
    lines: &[Line],
    with: impl Fn(Fen, Fen) -> Result<Fen, Error>,
) -> Result<(), Error> {
    for line in lines {
        let items = [
            (Item::Subsidy, line.subsidy),
            (Item::Meal, line.meal),
            (Item::Allowance, line.allowance),
            (Item::Award, line.award),
        ];
        for (item, amount) in items.into_iter().filter(|(_, amount)| *amount != Fen::ZERO) {
            // An award is the institution's, whoever gets the subsidy.
            let payee = if item == Item::Award {
                Payee::Institution
            } else {
                line.payee
            };
            let key = (line.month, line.institution.clone(), line.fund.clone(), payee, item);
            let sum = sums.entry(key).or_default();
            *sum = with(*sum, amount)?;
        }
    }
    Ok(())
}
