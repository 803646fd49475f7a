//! Is it alive, can it work: for the proxy and for the machine's service manager. No session, nothing told.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
    routing::get,
};

use super::{keyring, schema};
use crate::platform::{App, Result, db::Writing};

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
        Ok(Readiness::Ready) => (StatusCode::OK, "ready\n"),
        Ok(Readiness::Not(why)) => (StatusCode::SERVICE_UNAVAILABLE, why),
        Err(error) => {
            tracing::error!("not ready: {error:#}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

/// Whether it can work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Yes.
    Ready,
    /// Not now, and why.
    Not(&'static str),
}

/// The database answers, has this version's schema, and something can be saved. Whoever is writing just now is no reason to
/// send the requests elsewhere: their turn comes.
pub async fn is_ready(app: &App) -> Result<Readiness> {
    if !schema::read(&*app.db).await?.is_current() {
        return Ok(Readiness::Not("migrations are pending\n"));
    }
    if !keyring::can_open_what_is_new(app).await? {
        return Ok(Readiness::Not("the key file is not the newest\n"));
    }
    Ok(match app.db.writing().await {
        Writing::Works | Writing::Busy => Readiness::Ready,
        Writing::Stuck => Readiness::Not("nothing can be saved: somebody has been writing for minutes\n"),
        Writing::Full => Readiness::Not("nothing can be saved: the disk is full\n"),
        Writing::ReadOnly => Readiness::Not("nothing can be saved: the database only follows another one\n"),
        Writing::Fails(error) => {
            tracing::error!("not ready: {error}");
            Readiness::Not("nothing can be saved\n")
        }
    })
}
