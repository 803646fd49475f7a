//! What `starbridge check` looks at, one file for each thing. It changes nothing.

mod calendar;
mod clock;
mod configuration;
mod database;
mod instruments;
mod keys;
mod messages;
mod schema;
mod trail;
mod writing;

use std::fmt;

pub use configuration::configuration;
pub use database::{Looking, database};
pub use messages::mail;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, and what to do.
    pub found: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(f, "{level:<8} {:<14} {}", self.what, self.found)
    }
}

fn ok(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Ok,
        what,
        found: found.into(),
    }
}

fn warning(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Warning,
        ..ok(what, found)
    }
}

fn wrong(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Error,
        ..ok(what, found)
    }
}
