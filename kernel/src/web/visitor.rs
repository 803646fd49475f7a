//! A guardian who was let in without an account: to the papers that wait for them, and nothing else. Who that is, and by which
//! check of identity, stands in the request context; features say what waits ([`ForGuardian`], a field of their `FEATURE`).
//!
//! The permission of their pages is [`Can::Guardian`](crate::access::Can::Guardian): no role holds it, so nobody with an account opens
//! them, and the actor of such a request sees nothing by any scope. A feature finds its rows by the guardian.

use std::pin::Pin;

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, NaiveDate, Utc};
use entities::GuardianId;

use super::Ctx;
pub use crate::platform::identity::Identity;
use crate::platform::{App, Error, Result};

/// Where guardians come in. The address says nothing about whom or what.
pub const DOOR: &str = "/my";

/// A guardian who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who: the rows of one person, by name and the same telephone or address. Siblings may have one each.
    pub guardians: Vec<GuardianId>,
    /// As it stands on file.
    pub name: String,
    /// How it was known who comes.
    pub identity: Identity,
    /// When that ends at the latest.
    pub until: DateTime<Utc>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let ctx = parts.extensions.get::<Ctx>();
        ctx.and_then(|ctx| ctx.visitor.clone()).ok_or(Error::Forbidden)
    }
}

/// Something of a feature that a guardian is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardianPaper {
    /// What it is.
    pub title: String,
    /// The child that it is about, by name, and whatever tells it from others.
    pub about: String,
    /// Since when it waits, or the day on which it was signed.
    pub on: NaiveDate,
    /// Where it is read.
    pub href: String,
    /// It waits for this guardian; otherwise they have signed it.
    pub waits: bool,
}

/// The papers of a guardian on their way to the page.
pub type Finding<'a> = Pin<Box<dyn Future<Output = Result<Vec<GuardianPaper>>> + Send + 'a>>;

/// How a feature finds what a guardian is shown.
#[derive(Clone, Copy, Debug)]
pub struct ForGuardian {
    /// The lower, the further up.
    pub order: u16,
    /// What waits for a guardian, and what they signed lately.
    pub find: for<'a> fn(&'a App, &'a Ctx, &'a Visitor) -> Finding<'a>,
    /// One page on which several of it are signed at once: its address and the locale key of its name.
    pub together: Option<(&'static str, &'static str)>,
}
