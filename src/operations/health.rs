//! Is it alive, can it work: for the proxy and for the machine's service manager. No session, nothing told.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
    routing::get,
};

use super::schema;
use crate::platform::{App, Result};

/// `/health/live` and `/health/ready`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/health/live", get(async || "ok\n"))
        .route("/health/ready", get(ready))
}

/// While this server leaves, every answer is the last one on its connection: a proxy that keeps connections open then
/// holds none that could close under the next form.
pub async fn parting(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.is_leaving() {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.is_leaving() {
        return (StatusCode::SERVICE_UNAVAILABLE, "this server is about to stop\n");
    }
    match is_ready(&app).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are pending\n"),
        Err(error) => {
            tracing::error!("not ready: {error:#}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

/// The database answers and has this version's schema. The side that writes is not asked: it may be busy for a while.
pub async fn is_ready(app: &App) -> Result<bool> {
    Ok(schema::read(&*app.db).await?.is_current())
}
