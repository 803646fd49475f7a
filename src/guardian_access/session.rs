//! Who was let in, by the cookie of the browser: a layer inside the context of every request, for addresses below [`DOOR`].

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use entities::{child::guardian, guardian_access::guardian_access, mask, words::AccessWay};

use super::{queries, rules, service};
use crate::{
    platform::{Actor, App, Result},
    web::{
        Ctx, Visitor, flash,
        visitor::{DOOR, Identity},
    },
};

/// The cookie. It is sent to the guardians' pages alone.
const COOKIE: &str = "starbridge_my";

/// What the browser holds.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    flash::cookie(headers, COOKIE).filter(|value| value.len() == 32)
}

/// Give the browser another one; nothing ends it.
pub(super) fn keep(app: &App, mut response: Response, value: &str) -> Result<Response> {
    let secure = if app.config.public_url.starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let lasts = if value.is_empty() {
        0
    } else {
        rules::LASTS.num_seconds()
    };
    let cookie = format!("{COOKIE}={value}; Path={DOOR}; HttpOnly; SameSite=Strict; Max-Age={lasts}{secure}");
    let cookie = HeaderValue::from_str(&cookie).map_err(anyhow::Error::from)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The layer. Whoever was let in acts as the guardian there, also where somebody is signed in in the same browser.
pub async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let inside = path
        .strip_prefix(DOOR)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let known = cookie(request.headers()).filter(|_| inside).map(str::to_owned);
    if let Some((ctx, cookie)) = request.extensions().get::<Ctx>().cloned().zip(known) {
        match let_in(&app, ctx, &cookie).await {
            Ok(ctx) => {
                request.extensions_mut().insert(ctx);
            }
            Err(error) => return error.into_response(),
        }
    }
    next.run(request).await
}

async fn let_in(app: &App, mut ctx: Ctx, cookie: &str) -> Result<Ctx> {
    let Some((row, guardian)) = queries::visit(&*app.db, cookie, ctx.actor.now).await? else {
        return Ok(ctx);
    };
    service::touch(app, &ctx.actor, &row).await?;
    ctx.visitor = Some(Visitor {
        guardians: queries::same_person(&*app.db, &guardian).await?,
        name: guardian.name.clone(),
        identity: identity(&row, &guardian),
        until: row.until.unwrap_or(ctx.actor.now),
    });
    ctx.actor = Actor {
        account: None,
        guardian: Some(guardian.id),
        name: service::name(guardian.id),
        workplace: None,
        roles: Vec::new(),
        ..ctx.actor
    };
    ctx.who = None;
    ctx.ends_at = None;
    ctx.nav = Vec::new();
    ctx.unread = 0;
    ctx.session = None;
    ctx.gate = None;
    Ok(ctx)
}

fn identity(row: &guardian_access::Model, guardian: &guardian::Model) -> Identity {
    Identity {
        check: rules::check(row.way),
        to: match row.way {
            AccessWay::Phone => guardian.phone_mask.clone(),
            AccessWay::Mail => guardian.email.as_deref().map(mask::email),
            AccessWay::Counter => None,
        },
        document: row.document,
        witness: row.witness_id,
    }
}
