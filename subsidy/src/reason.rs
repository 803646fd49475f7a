//! Why something is refused or cut, with the figures: data, which [`crate::sentences`] puts into words.

use chrono::NaiveDate;

use crate::{
    calendar::{Count, Days, Month},
    facts::{Code, Codes, Span},
    money::{Bp, Fen},
    rules::{Lacking, Way},
};

/// Why a month is not paid, or why somebody may not enter. The order is the order of the tests (vectors, *settle*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The month lies outside what was approved.
    Approval {
        /// The month.
        month: Month,
        /// What was approved.
        windows: Vec<Span>,
    },
    /// Served elsewhere without the home federation's consent.
    Consent,
    /// The institution is not on the list.
    Place,
    /// Too old, too young, or not born.
    Age {
        /// The birth.
        birth: NaiveDate,
        /// The day that counts.
        day: NaiveDate,
        /// The age on it.
        age: Option<u32>,
        /// How years are counted.
        count: Count,
        /// From which age to below which, by band.
        limits: Vec<(u32, u32)>,
        /// When the child becomes old enough, if it is too young.
        fits_on: Option<NaiveDate>,
        /// Since when it is too old.
        left_on: Option<NaiveDate>,
    },
    /// The right age, but a paper is missing.
    Certificate {
        /// The age.
        age: u32,
        /// Any of these would do.
        needed: Vec<Code>,
        /// What is wrong with the one that is there.
        fault: PaperFault,
    },
    /// Belongs to the place in none of the ways.
    Residence {
        /// The ways.
        ways: Vec<Way>,
        /// What the nearest lacks.
        lacking: Vec<Lacking>,
    },
    /// No proof of the disability that this age needs.
    Proof {
        /// Any of these would do.
        needed: Codes,
        /// What is there.
        held: Vec<Code>,
        /// What is wrong with the one that would have done.
        fault: PaperFault,
    },
    /// This age is only for families in certain situations.
    Economy {
        /// Which.
        needed: Codes,
        /// The family's.
        have: Codes,
    },
    /// Another category was paid in this settlement year.
    Category {
        /// Which.
        used: Vec<Code>,
        /// This one.
        category: Code,
        /// The first day of the year.
        year: NaiveDate,
    },
    /// The timetable's minutes reach no mode.
    Intensity {
        /// What the nearest way to each mode lacks.
        modes: Vec<(Code, Vec<Lacking>)>,
    },
    /// No row of the rates fits (MB, *no rate is an answer*).
    NoRate {
        /// The child's band, category, grade, mode and what else rows ask for, by its kind.
        facts: Vec<(&'static str, Code)>,
    },
    /// Too few days attended.
    Attendance {
        /// Attended.
        days: u32,
        /// Planned, where it matters.
        plan: Option<u32>,
        /// Needed for anything.
        needed: u32,
    },
    /// The months of the settlement year are used up.
    Months {
        /// Used.
        used: u32,
        /// Allowed.
        allowed: u32,
        /// The first day of the year.
        year: NaiveDate,
    },
    /// The months of a life are used up.
    Lifetime {
        /// Used.
        used: u32,
        /// Allowed.
        allowed: u32,
    },
    /// The family has nothing to pay.
    Nothing {
        /// The fee.
        gross: Fen,
        /// What the insurance paid.
        insurance: Fen,
        /// What others paid or waived.
        others: Fen,
    },
    /// Applied, or came over, outside the time for it.
    Window {
        /// For what.
        kind: WindowKind,
        /// The day.
        day: NaiveDate,
        /// The times.
        windows: Vec<Days>,
        /// When the next begins.
        next: Option<NaiveDate>,
    },
}

/// What a time is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// Applying.
    Application,
    /// Coming over from elsewhere.
    Transfer,
}

/// What is wrong with a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperFault {
    /// It is not there.
    Missing,
    /// It is not valid any more, or not yet.
    OutOfDate(Code, Days),
    /// Somebody issued it who may not.
    Issuer(Code),
    /// It runs longer than it may.
    TooLong(Code, u32),
}

impl Reason {
    /// The code that files and clerks know it by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Approval { .. } => "approval",
            Self::Consent => "consent",
            Self::Place => "place",
            Self::Age { .. } => "age",
            Self::Certificate { .. } => "certificate",
            Self::Residence { .. } => "residence",
            Self::Proof { .. } => "proof",
            Self::Economy { .. } => "economy",
            Self::Category { .. } => "category",
            Self::Intensity { .. } => "intensity",
            Self::NoRate { .. } => "no_rate",
            Self::Attendance { .. } => "attendance",
            Self::Months { .. } => "months",
            Self::Lifetime { .. } => "lifetime",
            Self::Nothing { .. } => "nothing",
            Self::Window { kind, .. } => match kind {
                WindowKind::Application => "application",
                WindowKind::Transfer => "transfer",
            },
        }
    }
}

/// The last cap that made an amount smaller, with its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The cap of a day.
    Day {
        /// For one day.
        rate: Fen,
        /// Attended days.
        days: u32,
        /// Together.
        cap: Fen,
    },
    /// The cap of a month.
    Month {
        /// Of the whole month.
        whole: Fen,
        /// What attendance, or the split between institutions, leaves of it.
        part: Fen,
        /// The step of attendance, where there are steps.
        step: Option<Bp>,
        /// Paid in the month before this line.
        paid: Fen,
    },
    /// The cap of a settlement year.
    Year {
        /// The cap.
        cap: Fen,
        /// Paid in the year before this line.
        paid: Fen,
        /// The first day of the year.
        year: NaiveDate,
    },
}

impl Cut {
    /// The word that files know it by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Day { .. } => "day",
            Self::Month { .. } => "month",
            Self::Year { .. } => "year",
        }
    }
}
