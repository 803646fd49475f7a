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
    account::SignInLimit,
    platform::{Actor, App, Clock, Result},
    web::{
        Ctx, Visitor, flash,
        visitor::{DOOR, Identity},
    },
};

/// How often one network may try to come in: as at sign-in, and counted apart, so that families and staff behind one address
/// do not slow each other down.
#[derive(Debug)]
pub struct DoorLimit(SignInLimit);

impl DoorLimit {
    /// Nobody has tried yet.
    pub fn new(clock: Clock) -> Self {
        Self(SignInLimit::new(clock))
    }

    /// One more try from a network; how many seconds to wait when it is one too many.
    pub(super) fn admit(&self, address: &str) -> Result<(), u64> {
        self.0.admit(address, None).map_err(|wait| wait.as_secs() + 1)
    }
}

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
    let ctx = request.extensions().get::<Ctx>().filter(|ctx| ctx.is_at_the_door());
    let known = cookie(request.headers()).map(str::to_owned);
    if let Some((ctx, cookie)) = ctx.cloned().zip(known) {
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
