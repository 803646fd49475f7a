//! Errors as pages: the error travels in the response and is rendered once, in the reader's language.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use super::{
    Ctx,
    again::{AT_THE_DOOR, Kept, LARGEST, Posted},
    filters, local_path,
    routes::Pages,
};
use crate::platform::{
    App, Error, Result, Say,
    actor::Saved,
    submission::{self, First},
};

/// Longest address that signing in leads back to; it stands in another one, three characters for each.
const KEPT: usize = 1000;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    status: u16,
    title_key: &'static str,
    message: Say,
    kept: Option<Kept>,
    /// The form counts anew when it is sent again; where its page led before.
    led_to: Option<String>,
    /// The page that was asked for may be asked for again.
    retry: bool,
    /// The session ended before the form came in: it can be sent again after signing in.
    ended: bool,
}

/// An error on its way to [`render`].
#[derive(Clone)]
struct Carried(std::sync::Arc<Error>);

impl Error {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::Repeated(_) => StatusCode::SEE_OTHER,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) | Self::Stale(_) => StatusCode::CONFLICT,
            Self::Busy | Self::Full | Self::Unsettled => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Carried(std::sync::Arc::new(self)));
        response
    }
}

/// Turns an error that a handler or a layer left in the response into its page. Stands inside the context layer, outside
/// of everything that answers without a page.
pub async fn render(State((app, pages)): State<(App, Pages)>, request: Request, next: Next) -> Response {
    let mut ctx = request.extensions().get::<Ctx>().cloned();
    let address = request
        .uri()
        .path_and_query()
        .map(|p| p.as_str().to_owned())
        .unwrap_or_default();
    let get = request.method() == axum::http::Method::GET;
    let known = ctx.as_ref().is_some_and(|ctx| ctx.who.is_some());
    // Whoever was in has something to lose when the session has ended meanwhile.
    let was_in = request.headers().contains_key(header::COOKIE);
    let (mut request, posted) = if known || was_in {
        Posted::keep(request, if known { LARGEST } else { AT_THE_DOOR }).await
    } else {
        (request, None)
    };
    if let Some((ctx, posted)) = ctx.as_mut().zip(posted.as_ref()) {
        read_content(&app, ctx, posted);
        request.extensions_mut().insert(ctx.clone());
    }
    let mut response = next.run(request).await;
    if let Some(error) = repeated(&app, ctx.as_ref(), response.status()).await {
        response = error.into_response();
    }
    let Some(Carried(error)) = response.extensions_mut().remove::<Carried>() else {
        note_where_it_led(&app, ctx.as_ref(), &response);
        return plain_failure(&response, ctx.as_ref(), posted.as_ref()).unwrap_or(response);
    };
    log(ctx.as_ref(), &error);
    let Some(ctx) = ctx else { return response };
    match &*error {
        Error::SignIn => {
            if let Some(kept) = posted.as_ref().and_then(Posted::form) {
                let view = ErrorPage {
                    kept: Some(kept),
                    ended: true,
                    ..ErrorPage::of("session.over.title", "session.over")
                };
                return shown(&ctx, StatusCode::UNAUTHORIZED, view).unwrap_or(response);
            }
            let to = if get && address != "/" && address.len() <= KEPT {
                format!(
                    "/sign-in?next={}",
                    percent_encoding::utf8_percent_encode(&address, percent_encoding::NON_ALPHANUMERIC)
                )
            } else {
                "/sign-in".to_owned()
            };
            ctx.go(to).answer().unwrap_or(response)
        }
        Error::Repeated(token) => {
            let first = first(&app, &ctx).await.ok().flatten();
            let led_to = match first.as_ref().and_then(|first| first.led_to.clone()) {
                Some(to) => Some(to),
                None => outcome_of(&app, &pages, &ctx, token).await.ok().flatten(),
            };
            // What made no page of its own led back to where its form stands.
            let led_to = led_to.unwrap_or_else(|| local_path(ctx.back.as_deref().unwrap_or("/")).to_owned());
            let answer = if first.is_some_and(|first| first.other_content) {
                other_content(&ctx, led_to, posted.as_ref())
            } else {
                ctx.go(led_to).warning("error.repeated").answer()
            };
            answer.unwrap_or(response)
        }
        Error::Forbidden
        | Error::NotFound
        | Error::Unreadable(_)
        | Error::TooLarge
        | Error::Invalid(_)
        | Error::Refused(_)
        | Error::Stale(_)
        | Error::Busy
        | Error::Full
        | Error::Unsettled
        | Error::Internal(_) => page(&ctx, response.status(), &error, posted.as_ref()).unwrap_or(response),
    }
}

/// The page of an error that happened before anybody was recognised.
pub async fn at_the_door(ctx: &Ctx, error: Error, request: Request) -> Response {
    log(Some(ctx), &error);
    // Only whoever was in has something to lose; who it was cannot be asked now.
    let posted = if request.headers().contains_key(header::COOKIE) {
        Posted::keep(request, AT_THE_DOOR).await.1
    } else {
        None
    };
    let status = error.status();
    page(ctx, status, &error, posted.as_ref()).unwrap_or_else(|_| error.into_response())
}

/// What an operator has to hear of.
fn log(ctx: Option<&Ctx>, error: &Error) {
    let request = ctx.map(|c| c.request_id.as_str());
    match error {
        Error::Internal(cause) => tracing::error!(request, "{cause:#}"),
        Error::Full | Error::Unsettled => tracing::error!(request, "{error}"),
        Error::Busy => tracing::warn!(request, "{error}"),
        // What people can mend themselves.
        Error::SignIn
        | Error::Forbidden
        | Error::NotFound
        | Error::Unreadable(_)
        | Error::TooLarge
        | Error::Invalid(_)
        | Error::Refused(_)
        | Error::Stale(_)
        | Error::Repeated(_) => {}
    }
}

fn page(ctx: &Ctx, status: StatusCode, error: &Error, posted: Option<&Posted>) -> Result<Response> {
    let (title_key, message) = match error {
        Error::Forbidden => ("error.forbidden.title", Say::new("error.forbidden")),
        Error::NotFound => ("error.not_found.title", Say::new("error.not_found")),
        Error::Unreadable(_) => ("error.unreadable.title", Say::new("error.unreadable")),
        Error::TooLarge => ("error.too_large.title", Say::new("error.too_large")),
        Error::Invalid(errors) => (
            "error.refused.title",
            errors
                .all()
                .first()
                .map_or(Say::new("error.unreadable"), |(_, say)| (*say).clone()),
        ),
        Error::Refused(say) => ("error.refused.title", (**say).clone()),
        Error::Stale(say) => ("error.stale.title", (**say).clone()),
        Error::Busy => return trouble(ctx, status, "busy", posted),
        Error::Full => return trouble(ctx, status, "full", posted),
        Error::Unsettled if posted.is_none() && ctx.actor.fate.saved() == Saved::No => {
            return trouble(ctx, status, "busy", posted);
        }
        Error::Unsettled => return trouble(ctx, status, "unsettled", posted),
        Error::SignIn | Error::Repeated(_) | Error::Internal(_) => return trouble(ctx, status, "internal", posted),
    };
    shown(ctx, status, ErrorPage::of(title_key, message))
}

/// A page that was submitted before comes with other content: nothing is done, and nothing is lost.
fn other_content(ctx: &Ctx, led_to: String, posted: Option<&Posted>) -> Result<Response> {
    let view = ErrorPage {
        kept: posted.and_then(|posted| posted.anew(&ctx.once)),
        led_to: Some(led_to),
        ..ErrorPage::of("error.other_content.title", "error.other_content")
    };
    shown(ctx, StatusCode::CONFLICT, view)
}

/// Something failed that is nobody's fault in front of the screen: the page says what became of what was sent, and brings
/// it back where it can be sent again.
fn trouble(ctx: &Ctx, status: StatusCode, what: &'static str, posted: Option<&Posted>) -> Result<Response> {
    let what = match ctx.actor.fate.saved() {
        Saved::No => what,
        Saved::Perhaps => "unsettled",
        Saved::Yes => "after",
    };
    let (title_key, key, wait) = match what {
        "busy" => ("error.busy.title", "error.busy", Some("5")),
        "full" => ("error.full.title", "error.full", Some("60")),
        "unsettled" => ("error.unsettled.title", "error.unsettled", Some("5")),
        "after" => ("error.after.title", "error.after", None),
        _ => ("error.internal.title", "error.internal", None),
    };
    let kept = posted.filter(|_| what != "after").and_then(Posted::form);
    let retry = what == "busy" && posted.is_none();
    let view = ErrorPage {
        kept,
        retry,
        ..ErrorPage::of(title_key, key)
    };
    let mut response = shown(ctx, status, view)?;
    if let Some(wait) = wait.filter(|_| status != StatusCode::INTERNAL_SERVER_ERROR) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
    }
    Ok(response)
}

impl ErrorPage {
    /// A page that says what happened, and no more.
    fn of(title_key: &'static str, message: impl Into<Say>) -> Self {
        Self {
            status: 0,
            title_key,
            message: message.into(),
            kept: None,
            led_to: None,
            retry: false,
            ended: false,
        }
    }
}

fn shown(ctx: &Ctx, status: StatusCode, view: ErrorPage) -> Result<Response> {
    let view = ErrorPage {
        status: status.as_u16(),
        ..view
    };
    Ok((status, ctx.page(&view)?).into_response())
}

/// A failure that a layer answered without a page (too large, too slow, no such path).
fn plain_failure(response: &Response, ctx: Option<&Ctx>, posted: Option<&Posted>) -> Option<Response> {
    let ctx = ctx?;
    let status = response.status();
    if is_page(response) {
        return None;
    }
    let (title_key, key) = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ("error.not_found.title", "error.not_found"),
        StatusCode::URI_TOO_LONG => ("error.address_too_long.title", "error.address_too_long"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error.too_large.title", "error.too_large"),
        StatusCode::FORBIDDEN => ("error.forbidden.title", "error.cross_site"),
        StatusCode::BAD_REQUEST => ("error.unreadable.title", "error.unreadable"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            return trouble(ctx, status, "busy", posted).ok();
        }
        _ => return None,
    };
    shown(ctx, status, ErrorPage::of(title_key, key)).ok()
}

fn is_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"))
}

/// Where nobody is left who knows the reader: no failure is an empty page.
pub async fn last_resort(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_server_error() || response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (response.status(), kind, LAST_RESORT).into_response()
}

const LAST_RESORT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>系统出错</title>\
    <h1>系统出错</h1><p>这一步没有完成。请返回上一页核对，过一会儿再试；如果仍然出错，请告诉系统管理员。</p>\
    <p lang=\"en\">Something went wrong. This step was not finished: please go back, look, and try again in a while.</p></html>";

/// What a form was sent with, so that the same page with other content can be told apart.
fn read_content(app: &App, ctx: &mut Ctx, posted: &Posted) {
    let Some(fields) = posted.fields() else { return };
    let content = submission::digest(app, &ctx.actor, &fields);
    if let Some(form) = &mut ctx.actor.submission {
        form.content = content.ok();
    }
}

/// Whoever submits the same form again is led to where the first one led.
fn note_where_it_led(app: &App, ctx: Option<&Ctx>, response: &Response) {
    let saved = |ctx: &&Ctx| ctx.actor.fate.came_first() && ctx.actor.fate.saved() == Saved::Yes;
    let form = ctx.filter(saved).and_then(|ctx| ctx.actor.submission.as_ref());
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    if let Some((form, to)) = form.zip(to) {
        app.led().note(form, to);
    }
}

/// The first submission of the form that this request brings again.
async fn first(app: &App, ctx: &Ctx) -> Result<Option<First>> {
    match &ctx.actor.submission {
        Some(form) => submission::first(app, form).await,
        None => Ok(None),
    }
}

/// A form that was saved before is not refused for what it changed itself. One that saves a draft and then names what is
/// missing saved just now.
async fn repeated(app: &App, ctx: Option<&Ctx>, status: StatusCode) -> Option<Error> {
    let refused = [
        StatusCode::NOT_FOUND,
        StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY,
    ]
    .contains(&status);
    let ctx = ctx.filter(|ctx| refused && ctx.who.is_some() && !ctx.actor.fate.came_first())?;
    let token = ctx.actor.submission.as_ref()?.token.clone();
    first(app, ctx).await.ok().flatten().map(|_| Error::Repeated(token))
}

/// What the first submission of a form did, where nobody knows any more where it led: the page of what it made, as its
/// routes name it, else the file of the child.
async fn outcome_of(app: &App, pages: &Pages, ctx: &Ctx, token: &str) -> Result<Option<String>> {
    use entities::event::event;
    let made = event::Entity::find()
        .filter(event::COLUMN.cause.eq(token))
        .order_by_asc(event::COLUMN.id)
        .all(&*app.db)
        .await?;
    let page_of = |table: &str, id: i64| pages.of(table, id, &ctx.actor.roles);
    let page = made.iter().find_map(|e| page_of(&e.subject_kind, e.subject_id));
    let file = || made.iter().find_map(|e| page_of("child", e.child_id?.0));
    Ok(page.or_else(file))
}
