//! What somebody took down about a target in a session.

use crate::{day::Day, ladder::Response, number::Amount};

/// What one person took down in one session of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The day of the lesson.
    pub day: Day,
    /// The lesson. The same name on two days is two sessions.
    pub session: String,
    /// Who took it down.
    pub by: String,
    /// Where, if that is known.
    pub place: Option<String>,
    /// How long was observed, in seconds, if that is known.
    pub observed: Option<Amount>,
    /// The family took it down at home.
    pub home: bool,
    /// What.
    pub data: Data,
}

/// What was taken down, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Trials.
    Trials(Vec<Response>),
    /// How many events.
    Events(u32),
    /// From when to when, in seconds of the record.
    Episodes(Vec<Episode>),
    /// From the cue to the response.
    Latencies {
        /// In seconds; nothing where no response came within the limit.
        each: Vec<Option<Amount>>,
        /// How long somebody waited, in seconds.
        limit: Option<Amount>,
    },
    /// The steps of one or more presentations of a chain.
    Steps(Vec<Response>),
}

/// Something that lasted: from its start up to, not including, its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Episode {
    /// In seconds of the record.
    pub start: Amount,
    /// In seconds of the record; not before the start.
    pub end: Amount,
}
