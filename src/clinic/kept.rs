//! What somebody has typed of a re-screen or a diagnosis is kept while they fill in a scale first, or are called away.

use axum::{http::StatusCode, response::IntoResponse as _};
use entities::{ReferralId, screening::referral};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    platform::{App, Result, draft},
    web::{Answer, Ctx},
};

/// How keeping is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// By the button, which wants to see the form again; the page's script wants no answer.
    back: bool,
}

/// How the form is opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Opened {
    /// Empty, whatever is kept.
    fresh: bool,
}

/// The form's path, which is its name.
pub(crate) fn name(id: ReferralId, finding: &str) -> String {
    format!("/referrals/{id}/{finding}")
}

/// What is kept of a form, unless an empty one is wanted.
pub(crate) async fn load<T: DeserializeOwned>(app: &App, ctx: &Ctx, name: &str, opened: &Opened) -> Result<Option<T>> {
    if opened.fresh {
        return Ok(None);
    }
    draft::load(app, &*app.db, ctx.actor.person()?, name).await
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
    let tx = app.db.write(&ctx.actor, &row.district).await?;
    draft::store_in(&tx, app, &ctx.actor, name, typed).await?;
    tx.commit_quietly().await?;
    if asked.back {
        ctx.go(name).saying("ui.draft.kept").answer()
    } else {
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}
