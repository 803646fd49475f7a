//! What was found because of a referral. The page of a referral tells it, and comes before the feature that records it:
//! that feature hands in how it is told.

use std::pin::Pin;

use axum::{extract::FromRequestParts, http::request::Parts};
use entities::screening::referral;

use super::Ctx;
use crate::platform::{App, Error, Result};

/// What came of a referral or led to it, as far as the reader is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Heading.
    pub title: String,
    /// Label and text, in order.
    pub facts: Vec<(String, String)>,
    /// Sentences, in order: criteria that hold, codes.
    pub lines: Vec<String>,
    /// The reader is told the outcome only.
    pub outcome_only: bool,
}

/// Findings on their way to the page.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Result<Vec<Finding>>> + Send + 'a>>;

/// How the findings of a referral are told.
#[derive(Clone, Copy, Debug)]
pub struct Findings(pub for<'a> fn(&'a App, &'a Ctx, &'a referral::Model) -> Telling<'a>);

impl Findings {
    /// Those of one referral.
    pub fn of<'a>(self, app: &'a App, ctx: &'a Ctx, row: &'a referral::Model) -> Telling<'a> {
        (self.0)(app, ctx, row)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Findings {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let handed_in = parts.extensions.get::<Self>().copied();
        handed_in.ok_or_else(|| anyhow::anyhow!("nobody tells what was found").into())
    }
}
