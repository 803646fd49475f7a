//! What auditors found, and a check for each (MD). None of the flags is proof: the figure, the threshold and the words are
//! shown, and a person decides.

mod days;
mod given;
mod money;
mod papers;
mod registry;
mod sessions;

pub use given::{Given, Session, Time};
pub use registry::{Check, check, checks};

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What the clerk is shown.
    pub measure: i64,
    /// The measure is flagged above it.
    pub over: i64,
    /// Whether it is.
    pub flag: bool,
}

impl Check {
    /// Looks at what is given; a threshold of the place stands before the one that follows from what is given, and both before
    /// zero (vectors, *anomaly*).
    pub fn look(&self, given: &Given, over: Option<i64>) -> Finding {
        let measure = (self.measure)(given);
        let over = over.or_else(|| self.own_limit.map(|limit| limit(given))).unwrap_or(0);
        Finding {
            measure,
            over,
            flag: measure > over,
        }
    }
}
