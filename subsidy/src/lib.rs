//! The rehabilitation subsidy (康复救助): who may have it, how much of a month's fee it pays, and why not more.
//!
//! The law of the place is data: a [`RuleSet`] says bands of age, papers, residence, rates and caps, and nothing here
//! knows the figures of any district. The crate is pure: no database, no clock, no files; money is integer fen, shares are
//! basis points, and nothing is ever rounded but by [`money::rounded`]. `docs/SUBSIDY.md` tells how a rule set is written.
//!
//! In the order in which they rest on each other:
//! - [`money`], [`calendar`], [`text`]: fen, months and ages, and the sentences in both languages;
//! - [`rules`], [`facts`]: what the place decided, and what is known of a child and its months;
//! - [`person`]: the tests of the person (age, certificate, residence, proof, economy), which enrolment asks with a day and
//!   [`mod@settle`] with a month; [`reason`] is why not, with figures, and [`sentences`] says it;
//! - [`mod@settle`], [`wallet`], [`mod@correction`]: the months of a child, what is left of its year, and the differences after
//!   a fact has changed;
//! - [`advance`], [`split`], [`period`], [`words`], [`budget`], [`anomaly`]: what the money does around that;
//! - [`file`]: files of rule sets and cases (`starbridge settle`), answered by the very functions above.
//!
//! Tags such as `MC` and `MG` in the comments name the paragraphs of the notes on published rules that a decision follows.

pub mod advance;
pub mod anomaly;
pub mod budget;
pub mod calendar;
mod compare;
pub mod correction;
mod error;
pub mod facts;
pub mod file;
mod json;
pub mod money;
pub mod period;
pub mod person;
pub mod reason;
pub mod rules;
pub mod sentences;
pub mod settle;
pub mod split;
pub mod text;
pub mod wallet;
pub mod words;

pub use calendar::Month;
pub use error::Error;
pub use money::{Bp, Fen};
pub use rules::RuleSet;
pub use text::{Language, Text};
