//! The demonstration district: invented children, families and colleagues with three years of work behind them.
//!
//! Everything follows from the seed and the day: the same two give the same rows. The history is told child by child
//! ([`life`]) by the rules that real work follows, and written in bulk ([`fill`]).

pub mod data;
pub mod fill;
pub mod life;
pub mod people;
pub mod place;

use chrono::NaiveDate;

pub use fill::fill;

/// What to fill a database with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Children aged 0-6. A district holds up to [`DISTRICT`]; more make a city of several districts.
    pub children: usize,
    /// Same seed, same day: same rows.
    pub seed: u64,
    /// The day on which the story ends.
    pub today: NaiveDate,
}

/// Children of one district.
pub const DISTRICT: usize = 15_000;

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What they do.
    pub role: entities::words::Role,
    /// User name.
    pub user_name: String,
    /// Where they work.
    pub organisation: String,
}
