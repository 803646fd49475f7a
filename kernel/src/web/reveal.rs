//! A masked value that somebody had shown to them. Showing it is a POST that records who looked, and leads back to the page
//! and the place where one was ([`Ctx::back_to`]): the value stands there for a minute, sealed, in this session alone; a reload within the
//! minute is no second look. Then it is masked again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Ctx, kept::SECRET_LASTS};
use crate::platform::{App, Error, Result, draft::Draft};

/// Drafts that are such values.
pub const FORM: &str = "shown:";

/// What this session is shown: one value at a time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Which value; the same as the id of its place on pages.
    what: String,
    value: String,
    until: DateTime<Utc>,
}

impl Shown {
    /// What is shown in this session at the moment.
    pub async fn now(app: &App, ctx: &Ctx) -> Result<Self> {
        let Some(draft) = kept(ctx) else {
            return Ok(Self::default());
        };
        let shown: Option<Self> = draft.load(app, &*app.db).await?;
        Ok(shown.filter(|shown| shown.until > ctx.actor.now).unwrap_or_default())
    }

    /// The value, when it is this one that is shown.
    pub fn of(&self, what: &str) -> Option<&str> {
        (!self.value.is_empty() && self.what == what).then_some(self.value.as_str())
    }
}

fn kept(ctx: &Ctx) -> Option<Draft> {
    let (account, session) = ctx.actor.account.zip(ctx.session.as_ref())?;
    Some(Draft::of(account, format!("{FORM}{session}")))
}

/// Show a value for a minute. Whoever calls it has recorded that somebody looks.
pub async fn show(app: &App, ctx: &Ctx, what: &str, value: &str) -> Result<Shown> {
    let shown = Shown {
        what: what.to_owned(),
        value: value.to_owned(),
        until: ctx.actor.now + SECRET_LASTS,
    };
    let by = ctx.aside();
    let tx = app.db.write(&by, "").await?;
    kept(ctx)
        .ok_or(Error::SignIn)?
        .store_in(&tx, app, by.now, &shown)
        .await?;
    tx.commit_quietly().await?;
    Ok(shown)
}
