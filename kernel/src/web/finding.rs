//! What was found because of a referral. The page of a referral tells it, and comes before the feature that records it:
//! that feature hands in how it is told.

use std::pin::Pin;

use axum::{extract::FromRequestParts, http::request::Parts};
use entities::screening::referral;

use super::{Ctx, Features};
use crate::platform::{App, Error, Result};

/// What came of a referral or led to it, as far as the reader is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Heading.
    pub title: String,
    /// Label and text, in order.
    pub facts: Vec<(String, String)>,
    /// The same, for the page alone: no paper tells it.
    pub off_paper: Vec<(String, String)>,
    /// Sentences, in order: criteria that hold, codes.
    pub lines: Vec<String>,
    /// What is told on a page of its own: its address and what it is.
    pub links: Vec<(String, String)>,
    /// What the reader can do with it: address and word.
    pub actions: Vec<(String, String)>,
    /// Nothing of it is told yet, and neither is what else rests on it.
    pub withheld: bool,
    /// The reader is told the outcome only.
    pub outcome_only: bool,
    /// It led to the referral; otherwise it came of it.
    pub led_here: bool,
}

/// Findings on their way to the page.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Result<Vec<Finding>>> + Send + 'a>>;

/// How a feature tells what it found because of a referral.
pub type Told = for<'a> fn(&'a App, &'a Ctx, &'a referral::Model) -> Telling<'a>;

/// What the features found, for the pages of referrals.
#[derive(Clone, Copy, Debug)]
pub struct Findings(Features);

impl Findings {
    /// Those that some features tell.
    pub const fn among(features: Features) -> Self {
        Self(features)
    }

    /// Those of one referral.
    pub async fn of(self, app: &App, ctx: &Ctx, row: &referral::Model) -> Result<Vec<Finding>> {
        let mut all = Vec::new();
        for told in self.0.findings() {
            all.extend(told(app, ctx, row).await?);
        }
        Ok(all)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Findings {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Features::from_request_parts(parts, state).await.map(Self)
    }
}
