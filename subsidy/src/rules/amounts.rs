//! Rates: which row is whose, and what it caps.

use serde::Deserialize;

use crate::{
    facts::{Code, Codes},
    money::{Bp, Fen},
};

/// For whom a row is: each key that is there has to fit (vectors, *grants*).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct When {
    /// Bands of age.
    pub band: Option<Codes>,
    /// Full-time, part-time and what else the place knows.
    pub mode: Option<Codes>,
    /// Categories of disability.
    pub category: Option<Codes>,
    /// Grades of disability.
    pub grade: Option<Codes>,
    /// Situations of the family.
    pub economy: Option<Codes>,
    /// Owners of the institution.
    pub owner: Option<Codes>,
}

/// A row of rates and caps. What is absent does not cap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Grant {
    /// For whom.
    pub when: When,
    /// At most so much for each attended day (MB, cd-caps).
    pub day_fen: Option<Fen>,
    /// At most so much a month.
    pub month_fen: Option<Fen>,
    /// At most so much a settlement year.
    pub year_fen: Option<Fen>,
    /// A yearly amount that falls with age.
    pub year_by_age: Option<Tapering>,
    /// At most so many months of a life; only months paid under a row that says so count.
    pub lifetime_months: Option<u32>,
    /// At most so many months of a year, where it differs from the rest.
    pub months_per_year: Option<u32>,
    /// The share, where it differs from the rest.
    pub share_bp: Option<Bp>,
    /// The budget, where it does not follow the band.
    pub fund: Option<Code>,
}

impl Grant {
    /// The cap of a settlement year at this age (MB: "7-17: 85 % − 500 per year above 7"); the smaller where there are two.
    pub fn year(&self, age: Option<u32>) -> Option<Fen> {
        let falling = self.year_by_age.as_ref().map(|by_age| by_age.at(age.unwrap_or(0)));
        match (self.year_fen, falling) {
            (Some(plain), Some(falling)) => Some(plain.min(falling)),
            (plain, falling) => plain.or(falling),
        }
    }
}

/// base − (age − `from_age`) × less, never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Tapering {
    /// At the first age.
    pub base_fen: Fen,
    /// The first age.
    #[serde(default)]
    pub from_age: u32,
    /// For each year above it.
    #[serde(default)]
    pub less_fen: Fen,
}

impl Tapering {
    fn at(&self, age: u32) -> Fen {
        let years = age.saturating_sub(self.from_age);
        let less = self.less_fen.times(years).unwrap_or(Fen::LARGEST);
        self.base_fen.less(less).unwrap_or(Fen::ZERO)
    }
}

/// What attendance does to the cap of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Attendance {
    /// In which way.
    pub kind: AttendanceKind,
    /// For steps: from so many days, so much of the cap.
    pub tiers: Vec<Step>,
}

/// In which way attendance changes the cap of a month (vectors, *attendance*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttendanceKind {
    /// Not at all.
    #[default]
    None,
    /// By attended days of planned days.
    Prorata,
    /// By steps.
    Tiers,
}

/// A step of attendance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// From so many days.
    pub min_days: u32,
    /// So much of the month's cap.
    pub bp: Bp,
}

impl Attendance {
    /// The step that so many days reach.
    pub fn step(&self, days: u32) -> Option<Step> {
        let reached = self.tiers.iter().filter(|step| step.min_days <= days);
        reached.max_by_key(|step| step.min_days).copied()
    }

    /// The next step above so many days, which gives more.
    pub fn next_step(&self, days: u32) -> Option<Step> {
        let now = self.step(days).map_or(Bp::NONE, |step| step.bp);
        let above = self.tiers.iter().filter(|step| step.min_days > days && step.bp > now);
        above.min_by_key(|step| step.min_days).copied()
    }
}
