//! What ends when a child leaves, and returns when that is undone, as a feature says it of a table.

use chrono::NaiveDate;
use entities::{ChildId, words::DepartureReason};

use super::{effect::Effect, hands::Doing};
use crate::platform::{Actor, Say, Tx};

/// A child leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Who.
    pub child: ChildId,
    /// The first day on which it is not here.
    pub on: NaiveDate,
    /// Why.
    pub reason: DepartureReason,
}

/// What a departure means for the rows of a table. Nothing of it has to say what it did: the pictures before and after do.
#[derive(Clone, Copy)]
pub struct Ending {
    /// End what is still to come.
    pub end: for<'a> fn(&'a Tx, &'a Actor, &'a Leaving) -> Doing<'a>,
    /// A row that it ended, in a sentence.
    pub told: fn(&Effect) -> Say,
    /// What is written besides, when a row is again what it was.
    pub returned: Option<for<'a> fn(&'a Tx, &'a Actor, &'a Effect) -> Doing<'a>>,
}
