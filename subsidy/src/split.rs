//! Who bears what of an amount: every funder but the last is rounded, the last takes the rest (MC, *split*).

use serde::Serialize;

use crate::{
    error::Error,
    facts::Code,
    money::{Bp, Fen},
    rules::Funder,
};

/// What a funder bears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Who.
    pub id: Code,
    /// How much.
    pub fen: Fen,
}

/// Splits an amount; a negative one, of a correction, as its opposite. The parts always add up to it, and none has the other
/// sign: rounding takes no more than there is.
pub fn split(amount: Fen, funders: &[Funder]) -> Result<Vec<Part>, Error> {
    let negative = amount < Fen::ZERO;
    let size = if negative { Fen::ZERO.minus(amount)? } else { amount };
    let mut rest = size;
    let mut parts = Vec::with_capacity(funders.len());
    for (number, funder) in funders.iter().enumerate() {
        let is_last = number + 1 == funders.len();
        let share = size.share(funder.bp.unwrap_or(Bp::NONE))?;
        let own = if is_last { rest } else { share.min(rest) };
        rest = rest.minus(own)?;
        parts.push(Part {
            id: funder.id.clone(),
            fen: if negative { Fen::ZERO.minus(own)? } else { own },
        });
    }
    Ok(parts)
}
