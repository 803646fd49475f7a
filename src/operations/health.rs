//! Is it alive, can it work: for the proxy and for the machine's service manager. No session, nothing told.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use super::schema;
use crate::platform::{App, Result};

/// `/health/live` and `/health/ready`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/health/live", get(async || "ok\n"))
        .route("/health/ready", get(ready))
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
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
