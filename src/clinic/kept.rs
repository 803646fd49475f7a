//! What somebody has typed of a re-screen or a diagnosis is kept while they fill in a scale first, or are called away.

use entities::{ReferralId, screening::referral};
use serde::Serialize;

pub(crate) use crate::web::draft::{Asked, Opened, load};
use crate::{
    platform::{App, Result},
    web::{Answer, Ctx, draft},
};

/// The form's path, which is its name.
pub(crate) fn name(id: ReferralId, finding: &str) -> String {
    format!("/referrals/{id}/{finding}")
}

/// The path of the form that corrects it.
pub(crate) fn again(id: ReferralId, finding: &str) -> String {
    format!("/referrals/{id}/{finding}/correction")
}

/// Keep it on the way to the preview.
pub(crate) async fn keep_for_preview(
    app: &App,
    ctx: &Ctx,
    row: &referral::Model,
    name: &str,
    typed: &impl Serialize,
) -> Result<()> {
    draft::on_the_way(app, ctx, &row.district, name, typed).await
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
