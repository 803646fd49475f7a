//! What `starbridge check` looks at, one file for each thing. It changes nothing.

mod backup;
mod calendar;
mod clock;
mod configuration;
mod database;
mod disk;
mod instruments;
mod keys;
mod locale;
mod messages;
pub(in crate::operations) mod paper;
mod scanner;
mod schema;
mod settings;
mod time_server;
mod trail;
mod writing;

use std::fmt;

pub use configuration::configuration;
pub use database::{Looking, database, restored};
pub use disk::room;
pub use messages::mail;
pub use paper::papers;
pub use scanner::uploads;
pub use settings::{SettingsFile, settings};
pub use time_server::time_server;

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

/// What another program says; none when it is not here, or fails.
async fn command(name: &'static str, arguments: &[&str]) -> Option<String> {
    let mut command = std::process::Command::new(name);
    command
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .env("LC_ALL", "C");
    let output = tokio::task::spawn_blocking(move || command.output()).await.ok()?.ok()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(told)
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
