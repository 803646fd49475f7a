//! A form that is kept when its page asks for it: by a button, or by the page's script while somebody types. The form is
//! kept under its own path; its draft is posted to that path with `/draft` behind it.

use std::fmt::{Display, Write as _};

use axum::{http::StatusCode, response::IntoResponse as _};
use chrono::DateTime;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{Answer, Ctx};
use crate::platform::{App, Result, draft::Draft};

/// How keeping is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// By the button, which wants to see the form again; the page's script wants no answer.
    back: bool,
}

/// How the form is opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Opened {
    /// `true`: empty, whatever is kept. A moment ([`afresh`]): without what was kept until then; what is typed from then on is
    /// found by whoever goes back to this address.
    fresh: String,
}

/// What is kept of a form, unless an empty one is wanted.
pub async fn load<T: DeserializeOwned>(app: &App, ctx: &Ctx, form: &str, opened: &Opened) -> Result<Option<T>> {
    let draft = Draft::own(&ctx.actor, form)?;
    let set_aside = match opened.fresh.parse().ok().and_then(DateTime::from_timestamp_micros) {
        Some(at) => !draft.is_kept_after(&*app.db, at).await?,
        None => opened.fresh == "true",
    };
    if set_aside {
        return Ok(None);
    }
    draft.load(app, &*app.db).await
}

/// The address of a form without what is kept of it by now.
pub fn afresh(ctx: &Ctx, address: impl Display) -> String {
    let address = address.to_string();
    let begins = if address.contains('?') { '&' } else { '?' };
    format!("{address}{begins}fresh={}", ctx.actor.now.timestamp_micros())
}

/// Keep a form of a district.
pub async fn store(app: &App, ctx: &Ctx, district: &str, form: &str, typed: &impl Serialize, asked: &Asked) -> Answer {
    let tx = app.db.write(&ctx.actor, district).await?;
    Draft::own(&ctx.actor, form)?
        .store_in(&tx, app, ctx.actor.now, typed)
        .await?;
    tx.commit_quietly().await?;
    if asked.back {
        ctx.go(form).saying("ui.draft.kept").answer()
    } else {
        no_answer()
    }
}

/// Keep a form on its way, before the page that answers it: whoever goes back to it finds what was typed. Its service
/// discards it when it is done.
pub async fn on_the_way(app: &App, ctx: &Ctx, district: &str, form: &str, typed: &impl Serialize) -> Result<()> {
    let by = ctx.aside();
    let tx = app.db.write(&by, district).await?;
    Draft::own(&by, form)?.store_in(&tx, app, by.now, typed).await?;
    tx.commit_quietly().await
}

/// What tells a draft from another one of the same form, for a page that confirms the one that it showed.
pub fn mark(typed: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(typed)?;
    Ok(Sha256::digest(text)
        .iter()
        .take(8)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
}

/// What a page's script hears when something was kept.
pub fn no_answer() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}
