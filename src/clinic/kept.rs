//! What somebody has typed of a re-screen or a diagnosis is kept while they fill in a scale first, or are called away.

use entities::{ReferralId, screening::referral};
use serde::Serialize;

pub(crate) use crate::web::draft::{Asked, Opened, load};
use crate::{
    platform::App,
    web::{Answer, Ctx, draft},
};

/// The form's path, which is its name.
pub(crate) fn name(id: ReferralId, finding: &str) -> String {
    format!("/referrals/{id}/{finding}")
}

/// Keep it.
pub(crate) async fn store(
    app: &App,
    ctx: &Ctx,
    row: &referral::Model,
    name: &str,
    typed: &impl Serialize,
    asked: &Asked,
) -> Answer {
    draft::store(app, ctx, &row.district, name, typed, asked).await
}
