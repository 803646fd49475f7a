//! The demonstration district: invented children, families and colleagues with three years of work behind them.
//!
//! Everything follows from the seed and the day: the same two give the same rows. [`place`] lays out districts and
//! colleagues, [`family`] invents children; [`file`] opens a file for each and has its story told up to yesterday
//! ([`life`], [`referral`], [`finding`], [`departure`]) by the rules that real work follows; [`fill`] writes it in
//! [`batch`]es.

mod batch;
pub mod data;
mod departure;
mod family;
mod file;
pub mod fill;
mod finding;
mod life;
mod people;
mod place;
mod referral;
mod scale;

use chrono::NaiveDate;

use crate::platform::{Keys, demo::Setting};

pub use fill::fill;

/// What to fill a database with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Children aged 0-6. A district holds up to [`DISTRICT`]; more make a city of several districts.
    pub children: usize,
    /// Same seed, same day: same rows.
    pub seed: u64,
    /// The first day that is not told any more.
    pub today: NaiveDate,
}

impl Plan {
    /// What the features are told of it.
    fn setting<'a>(&self, division: &'a str, keys: &'a Keys) -> Setting<'a> {
        Setting {
            division,
            today: self.today,
            seed: self.seed,
            keys,
        }
    }
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
