//! The fields of whoever signs, and what is known of their browser.

use axum::http::{HeaderMap, header};

use crate::{
    platform::{Errors, Result},
    signature::{Pad, SignatureForm, service::device},
    web::{Ctx, ctx::Part},
};

/// The browser that somebody signs with.
pub(super) fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    device(agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default())
}

/// The fields.
pub(super) fn pad(ctx: &Ctx, form: &SignatureForm, errors: &Errors) -> Result<Part> {
    ctx.part(&Pad { form, errors })
}
