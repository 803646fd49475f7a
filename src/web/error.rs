//! Errors as pages: the error travels in the response and is rendered once, in the reader's language.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use super::{Ctx, filters, local_path, routes::Pages};
use crate::platform::{App, Error, Result, Say};

/// Longest address that signing in leads back to; it stands in another one, three characters for each.
const KEPT: usize = 1000;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    status: u16,
    title_key: &'static str,
    message: Say,
}

/// An error on its way to [`render`].
#[derive(Clone)]
struct Carried(std::sync::Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::SignIn | Self::Repeated(_) => StatusCode::SEE_OTHER,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) | Self::Stale => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Carried(std::sync::Arc::new(self)));
        response
    }
}

/// Turns an error that a handler left in the response into its page. Stands inside the context layer.
pub async fn render(State((app, pages)): State<(App, Pages)>, request: Request, next: Next) -> Response {
    let ctx = request.extensions().get::<Ctx>().cloned();
    let address = request
        .uri()
        .path_and_query()
        .map(|p| p.as_str().to_owned())
        .unwrap_or_default();
    let get = request.method() == axum::http::Method::GET;
    let mut response = next.run(request).await;
    let Some(Carried(error)) = response.extensions_mut().remove::<Carried>() else {
        return plain_failure(&response, ctx.as_ref()).unwrap_or(response);
    };
    if let Error::Internal(cause) = &*error {
        tracing::error!(request = ctx.as_ref().map(|c| c.request_id.as_str()), "{cause:#}");
    }
    let Some(ctx) = ctx else { return response };
    match &*error {
        Error::SignIn => {
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
            let made = outcome_of(&app, &pages, &ctx, token).await.ok().flatten();
            // What made no page of its own led back to where its form stands.
            let back = || local_path(ctx.back.as_deref().unwrap_or("/")).to_owned();
            ctx.go(made.unwrap_or_else(back))
                .warning("error.repeated")
                .answer()
                .unwrap_or(response)
        }
        Error::Forbidden
        | Error::NotFound
        | Error::Unreadable(_)
        | Error::TooLarge
        | Error::Invalid(_)
        | Error::Refused(_)
        | Error::Stale
        | Error::Busy
        | Error::Internal(_) => page(&ctx, response.status(), &error).unwrap_or(response),
    }
}

fn page(ctx: &Ctx, status: StatusCode, error: &Error) -> Result<Response> {
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
        Error::Stale => ("error.stale.title", Say::new("error.stale")),
        Error::Busy => ("error.busy.title", Say::new("error.busy")),
        Error::SignIn | Error::Repeated(_) | Error::Internal(_) => ("error.internal.title", Say::new("error.internal")),
    };
    let mut response = (
        status,
        ctx.page(&ErrorPage {
            status: status.as_u16(),
            title_key,
            message,
        })?,
    )
        .into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    Ok(response)
}

/// A failure that a layer answered without a page (too large, too slow, no such path).
fn plain_failure(response: &Response, ctx: Option<&Ctx>) -> Option<Response> {
    let (title_key, key) = match response.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ("error.not_found.title", "error.not_found"),
        StatusCode::URI_TOO_LONG => ("error.address_too_long.title", "error.address_too_long"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error.too_large.title", "error.too_large"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ("error.busy.title", "error.busy"),
        StatusCode::FORBIDDEN => ("error.forbidden.title", "error.cross_site"),
        StatusCode::BAD_REQUEST => ("error.unreadable.title", "error.unreadable"),
        _ => return None,
    };
    if response.headers().contains_key(header::CONTENT_TYPE)
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|t| t.as_bytes().starts_with(b"text/html"))
    {
        return None;
    }
    let view = ErrorPage {
        status: response.status().as_u16(),
        title_key,
        message: Say::new(key),
    };
    Some((response.status(), ctx?.page(&view).ok()?).into_response())
}

/// Where the first submission of a form led: the page of what it made, as its routes name it, else the file of the child.
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
