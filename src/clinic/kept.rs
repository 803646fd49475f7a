//! What somebody has typed of a re-screen or a diagnosis is kept while they fill in a scale first, or are called away.

use entities::{ReferralId, screening::referral};
use serde::Serialize;

pub(crate) use crate::web::draft::{Asked, Opened, load};
use crate::{
    platform::{Actor, App, Result, draft::Draft},
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

/// Keep it on the way to the preview. The form itself has not been counted by that: it may come back changed.
pub(crate) async fn keep_for_preview(
    app: &App,
    ctx: &Ctx,
    row: &referral::Model,
    name: &str,
    typed: &impl Serialize,
) -> Result<()> {
    let by = Actor {
        submission: None,
        ..ctx.actor.clone()
    };
    let tx = app.db.write(&by, &row.district).await?;
    Draft::own(&by, name)?.store_in(&tx, app, by.now, typed).await?;
    tx.commit_quietly().await
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
