//! The rule of mastery: what it can say, how it is written, how it is told.

mod kinds;
mod notation;
mod parse;
mod told;

pub use kinds::{Bound, Criterion, Direction, Evidence, IntervalKind, Per, Rule, UnitKind, Way};
pub use parse::RuleError;
