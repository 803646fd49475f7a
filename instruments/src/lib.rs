//! Screening and assessment instruments: scoring by data, not by code.
//!
//! An instrument is a **package**: a TOML file under `data/` (or one that an administrator imports) with items, kinds
//! of answer, weights, reversed items, subscales, follow-up stage, cut-off sets with their sources, licence and test
//! vectors. `FORMAT.md` describes it. A package that has a fault, or whose vectors do not come out, is rejected, so a
//! [`Package`] in hand is one that scores as published.
//!
//! ```text
//! TOML --Package::parse--> Package --score(answers, age, cut-off set)--> Outcome --report(language)--> JSON
//! ```
//!
//! Scoring is pure: no clock, no database, no randomness, no floating point. A result keeps the package version, every
//! answer with its points, the cut-off set and the explanation, and is never computed again.
//!
//! A score is a reason for the next step, never a diagnosis; no text here names one.

mod agreement;
mod answers;
mod check;
mod command;
mod definition;
mod explain;
mod item_texts;
mod outcome;
mod package;
mod points;
mod registry;
mod rule;
mod score;
mod text;

#[cfg(test)]
mod tests;

pub use agreement::{Agreement, Difference};
pub use answers::{Answers, InputError, Value};
pub use check::{PackageError, Problem};
pub use command::score_command;
pub use definition::{
    AgeWindow, Band, Better, Choice, Column, Count, CutoffSet, Definition, Expectation, FollowUp, Item, ItemText,
    Licence, LicenceStatus, Need, Part, Subscale, Total, Vector,
};
pub use item_texts::ItemTexts;
pub use outcome::{ItemScore, Outcome, Report, SubscaleScore};
pub use package::Package;
pub use points::Points;
pub use registry::Registry;
pub use rule::Rule;
pub use score::Options;
pub use text::{Language, Text};
