//! The means that every feature acts with: database, clock, keys, words, events, messages.
//!
//! Nothing here knows a child or a web page.

pub mod about;
pub mod actor;
pub mod approval;
pub mod calendar;
pub mod chance;
pub mod choice;
pub mod clock;
pub mod compartment;
pub mod condition;
pub mod config;
pub mod counter;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod draft;
pub mod error;
pub mod event;
pub mod file;
pub mod form;
pub mod frozen;
pub mod identity;
pub mod job;
pub mod list;
mod memo;
pub mod outbox;
pub mod paper;
pub mod parameter;
pub mod passwords;
pub mod refusals;
pub mod remote;
pub mod rule;
pub mod scanner;
pub mod states;
pub mod submission;
pub mod sweep;
pub mod text;
pub mod version;

use std::{ops::Deref, sync::Arc};

use tokio_util::sync::CancellationToken;

pub use about::Abouts;
pub use actor::{Actor, Workplace};
pub use calendar::Calendar;
pub use choice::{Choice, PlaceField, choices};
pub use clock::Clock;
pub use compartment::Compartment;
pub use config::Config;
pub use crypto::Keys;
pub use db::{Db, Projection, Touched, Tx};
pub use entities::day::{self, Day};
pub use error::{Error, Result};
pub use form::{Check, Errors};
pub use job::Jobs;
pub use list::{List, Page};
pub use passwords::Passwords;
pub use refusals::Refusals;
pub use submission::Submission;
pub use version::Version;
pub use words::{self, Say};
/// Spreadsheets in and out.
pub use workbook;

/// Everything a request, a command or a sweep acts with. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Held>);

struct Held {
    means: Means,
    passwords: Passwords,
    refusals: Refusals,
    jobs: Jobs,
    led: submission::Led,
    leaving: CancellationToken,
}

/// What [`App`] is made from.
pub struct Means {
    /// The database: reads through it, writes through [`Db::write`].
    pub db: Db,
    /// Settings from flags and environment.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// Keys that seal what may not leak.
    pub keys: Keys,
    /// What hangs on a child, as its features say it.
    pub compartment: Compartment,
    /// What tasks are about, as its features say it.
    pub about: Abouts,
}

impl App {
    /// Bundle the means.
    pub fn new(means: Means) -> Self {
        Self(Arc::new(Held {
            means,
            passwords: Passwords::default(),
            refusals: Refusals::default(),
            jobs: Jobs::default(),
            led: submission::Led::default(),
            leaving: CancellationToken::new(),
        }))
    }

    /// This process is about to stop: whoever spreads the requests shall send them elsewhere. It still answers.
    pub fn leave(&self) {
        self.0.leaving.cancel();
    }

    /// It is about to stop.
    pub fn is_leaving(&self) -> bool {
        self.0.leaving.is_cancelled()
    }

    /// The places where passwords are hashed.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// The jobs that run in this process.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// The refusals that are counted and not written yet.
    pub fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// Where forms led that were submitted just now.
    pub fn led(&self) -> &submission::Led {
        &self.0.led
    }
}

impl Deref for App {
    type Target = Means;
    fn deref(&self) -> &Means {
        &self.0.means
    }
}
