//! A page that answers a form is kept, and led to (303), so that it has an address of its own: a preview, a question before
//! something is done, the form with what is wrong. Back, Forward and reload show it again; otherwise browsers ask whether
//! to send the form once more, and show nothing. Two windows have two addresses, so they never mix.
//!
//! The page lies sealed among the drafts of the one whom it answers, and nobody else opens it. Who does not ask for a page
//! (scripts, `Accept` without HTML) has the answer itself.

use askama::Template;
use axum::{
    body::{self, Body, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Answer, Ctx,
    ctx::{Go, location},
    form::ADDRESS,
    local_path,
};
use crate::platform::{Actor, App, Result, actor::Fate, chance, draft::Draft};

/// The parameter that names a kept page.
const NAME: &str = "answer";
/// Drafts that are such pages.
pub const FORM: &str = "answer:";
/// Larger pages are answered as they are.
const LARGEST: u64 = 4 * 1024 * 1024;
/// What the parameter takes of an address.
const ROOM: usize = 100;
/// A working day: whoever goes home finds the form as it is, and not a page of yesterday.
pub const LASTS: TimeDelta = TimeDelta::hours(12);
/// How long something secret is shown.
pub const SECRET_LASTS: TimeDelta = TimeDelta::minutes(1);

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    status: u16,
    until: DateTime<Utc>,
    html: String,
}

/// A page that shows something once: under which address, and only for a minute.
#[derive(Clone, Debug)]
struct Secret(String);

impl Ctx {
    /// The answer that shows something secret: under the address of what it belongs to, for a minute.
    pub fn secret(&self, belongs_to: impl Into<String>, view: &impl Template) -> Answer {
        let mut response = self.page(view)?;
        response.extensions_mut().insert(Secret(belongs_to.into()));
        Ok(response)
    }

    /// What one's own pages keep besides the form that was sent: it is not counted as that form, and fails nothing.
    pub(super) fn aside(&self) -> Actor {
        Actor {
            submission: None,
            fate: Fate::default(),
            ..self.actor.clone()
        }
    }

    /// The page on which somebody is who sent a form; `otherwise` where nobody knows.
    pub fn here<'a>(&'a self, otherwise: &'a str) -> &'a str {
        let local = |back: &&str| local_path(back) == *back;
        self.back.as_deref().filter(local).unwrap_or(otherwise)
    }

    /// Back to a place of the page on which somebody is.
    pub fn back_to(&self, otherwise: &str, place: &str) -> Go {
        self.go(format!("{}#{place}", without_token(self.here(otherwise))))
    }
}

/// The layer: behind the context, around everything that answers.
pub async fn lead(State(app): State<App>, request: Request, next: Next) -> Response {
    let ctx = request
        .extensions()
        .get::<Ctx>()
        .filter(|ctx| ctx.who.is_some())
        .cloned();
    let Some(ctx) = ctx else { return next.run(request).await };
    if request.method() == Method::GET
        && let Some(token) = token(request.uri())
    {
        return match shown(&app, &ctx, request.uri(), &token).await {
            Ok(response) => response,
            Err(error) => {
                tracing::warn!(request = ctx.request_id, "a kept page cannot be read: {error}");
                next.run(request).await
            }
        };
    }
    let asks = request.method() == Method::POST && !ctx.htmx && wants_page(request.headers());
    let response = next.run(request).await;
    if !asks || !is_kept(&response) {
        return response;
    }
    let (mut parts, content) = response.into_parts();
    let content = match body::to_bytes(content, usize::MAX).await {
        Ok(content) => content,
        Err(error) => {
            tracing::error!(request = ctx.request_id, "{error}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let secret = parts.extensions.remove::<Secret>();
    match keep(&app, &ctx, parts.status, &content, secret).await {
        Ok(to) => {
            let mut led = (StatusCode::SEE_OTHER, [(header::LOCATION, location(&to))]).into_response();
            for cookie in parts.headers.get_all(header::SET_COOKIE) {
                led.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            led
        }
        // The answer itself is better than none.
        Err(error) => {
            tracing::warn!(request = ctx.request_id, "an answer cannot be kept: {error}");
            Response::from_parts(parts, Body::from(content))
        }
    }
}

/// A browser that goes to a page; scripts of pages ask for anything.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    accepts.is_some_and(|kinds| kinds.contains("text/html"))
}

/// A step on the way, or a form that comes back. What went wrong by itself is no place to come back to.
fn is_kept(response: &Response) -> bool {
    let steps = [StatusCode::OK, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    steps.contains(&response.status())
        && kind.is_some_and(|kind| kind.starts_with(b"text/html"))
        && !response.headers().contains_key(header::CONTENT_DISPOSITION)
        && response.body().size_hint().upper().is_some_and(|size| size <= LARGEST)
}

async fn keep(app: &App, ctx: &Ctx, status: StatusCode, content: &[u8], secret: Option<Secret>) -> Result<String> {
    let lasts = if secret.is_some() { SECRET_LASTS } else { LASTS };
    let page = Page {
        status: status.as_u16(),
        until: ctx.actor.now + lasts,
        html: String::from_utf8(content.to_vec()).map_err(anyhow::Error::from)?,
    };
    let token = chance::secret_name();
    let by = ctx.aside();
    let tx = app.db.write(&by, "").await?;
    Draft::own(&by, format!("{FORM}{token}"))?
        .store_in(&tx, app, by.now, &page)
        .await?;
    Draft::forget_own_before_in(&tx, &by, FORM, by.now - LASTS).await?;
    tx.commit_quietly().await?;
    let at = secret.map(|Secret(at)| at);
    let page = without_token(at.as_deref().unwrap_or_else(|| ctx.here(&ctx.path)));
    // An address that would become too long goes without what it asks for: the kept page shows it all the same.
    let page = match page.split_once('?') {
        Some((path, _)) if page.len() > ADDRESS - ROOM => path.to_owned(),
        _ => page,
    };
    let joint = if page.contains('?') { '&' } else { '?' };
    Ok(format!("{page}{joint}{NAME}={token}"))
}

async fn shown(app: &App, ctx: &Ctx, uri: &Uri, token: &str) -> Answer {
    let draft = Draft::own(&ctx.actor, format!("{FORM}{token}"))?;
    let page: Option<Page> = draft.load(app, &*app.db).await?;
    let address = uri.path_and_query().map_or("/", |address| address.as_str());
    let Some(page) = page.filter(|page| page.until > ctx.actor.now) else {
        return ctx.go(without_token(address)).warning("answer.over").answer();
    };
    let status = StatusCode::from_u16(page.status).map_err(anyhow::Error::from)?;
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((status, kind, page.html).into_response())
}

/// The kept page that an address names.
fn token(uri: &Uri) -> Option<String> {
    let (_, token) = form_urlencoded::parse(uri.query()?.as_bytes()).find(|(name, _)| name == NAME)?;
    let token = token.into_owned();
    (token.len() == 32).then_some(token)
}

/// The address of the page itself.
fn without_token(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let Some((path, query)) = address.split_once('?') else {
        return address.to_owned();
    };
    let others: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(NAME))
        .collect();
    if others.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", others.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_kept_page() {
        let token_of = |address: &str| token(&address.parse().unwrap());
        let known = "0123456789abcdef0123456789abcdef";
        for (address, itself) in [
            (format!("/children/7/edit?answer={known}"), "/children/7/edit"),
            (
                format!("/referrals?view=ours&answer={known}&page=2"),
                "/referrals?view=ours&page=2",
            ),
            (format!("/a?answer={known}#phone-3"), "/a"),
        ] {
            assert_eq!(without_token(&address), itself);
            assert_eq!(token_of(address.split('#').next().unwrap()).as_deref(), Some(known));
        }
        for other in ["/children/7", "/children?answer=", "/children?answers=1&page=2"] {
            assert_eq!(token_of(other), None, "{other}");
        }
        assert_eq!(
            without_token("/children?answers=1&page=2"),
            "/children?answers=1&page=2"
        );
    }

    #[test]
    fn only_pages_that_answer_a_form_are_kept() {
        let page = |status: StatusCode, kind: &'static str| {
            is_kept(&(status, [(header::CONTENT_TYPE, kind)], "text").into_response())
        };
        for status in [StatusCode::OK, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY] {
            assert!(page(status, "text/html; charset=utf-8"));
            assert!(!page(status, "application/json"));
        }
        for status in [
            StatusCode::SEE_OTHER,
            StatusCode::NOT_FOUND,
            StatusCode::SERVICE_UNAVAILABLE,
        ] {
            assert!(!page(status, "text/html; charset=utf-8"), "{status}");
        }
        let long = |bytes: u64| {
            let text = "a".repeat(usize::try_from(bytes).unwrap());
            is_kept(&([(header::CONTENT_TYPE, "text/html")], text).into_response())
        };
        assert!(long(LARGEST) && !long(LARGEST + 1));
    }
}
