//! The application: the list of its features, and the layers around their pages.

use std::{collections::BTreeSet, future::ready, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    account::{self, SignInLimit, session},
    admin, agreement, assessment, attachment, audit, children, clinic, enrolment,
    guardian_access::{self, DoorLimit},
    home, merging, notifications, operations, organisations, pathway,
    platform::App,
    referral, reports, roster, screening, signature, task,
    web::{Features, Routes, assets, body, error, find, form, headers, heavy::Heavy, kept, routes::RouteInfo},
};

/// Largest request body apart from uploads and what strangers send, which have limits of their own.
const BODY: usize = 1024 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The same for one that brings files: 20 MB on a line of 200 kbit/s.
const PATIENCE_WITH_FILES: Duration = Duration::from_mins(15);

/// Every feature, in the order of the modules. A new one is put together by its line here.
pub const FEATURES: Features = Features(&[
    account::FEATURE,
    organisations::FEATURE,
    children::FEATURE,
    attachment::FEATURE,
    notifications::FEATURE,
    task::FEATURE,
    referral::FEATURE,
    screening::FEATURE,
    assessment::FEATURE,
    clinic::FEATURE,
    pathway::FEATURE,
    merging::FEATURE,
    roster::FEATURE,
    enrolment::FEATURE,
    guardian_access::FEATURE,
    signature::FEATURE,
    agreement::FEATURE,
    reports::FEATURE,
    audit::FEATURE,
    operations::FEATURE,
    admin::FEATURE,
    home::FEATURE,
]);

/// Every route.
pub fn routes() -> Routes {
    find::routes().merge(FEATURES.routes())
}

/// The router that is served, and the table of its routes.
pub fn router(app: &App) -> (Router, Vec<RouteInfo>) {
    let (pages, table, made) = routes().into_parts();
    let slow: BTreeSet<&'static str> = table
        .iter()
        .filter(|route| route.files)
        .map(|route| route.path)
        .collect();
    let request_id = HeaderName::from_static("x-request-id");
    let sessions = SessionManagerLayer::new(session::Store(app.clone()))
        .with_name("starbridge")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.config.public_url.starts_with("https:"));
    let pages = pages
        .layer(Extension(Arc::new(SignInLimit::new(app.clock.clone()))))
        .layer(Extension(Arc::new(DoorLimit::new(app.clock.clone()))))
        .layer(Extension(Arc::new(Heavy::default())))
        .layer(middleware::from_fn(form::address))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(Arc::new(slow), in_time))
        .layer(DefaultBodyLimit::max(BODY))
        // Around all that answers without a page of its own.
        .layer(middleware::from_fn_with_state((app.clone(), made), error::render))
        .layer(middleware::from_fn_with_state(app.clone(), kept::lead))
        .layer(middleware::from_fn_with_state(app.clone(), guardian_access::recognise))
        .layer(middleware::from_fn_with_state(
            (app.clone(), FEATURES),
            session::context,
        ))
        .layer(sessions)
        .layer(middleware::from_fn(error::last_resort));
    // The pages come second: merging keeps the layers around their "not found".
    let router = operations::health::router()
        .merge(pages)
        .layer(middleware::from_fn(operations::telemetry::observe))
        .with_state(app.clone())
        .nest("/assets", assets::router())
        .layer(middleware::from_fn(body::read_out))
        .layer(middleware::from_fn(headers::secure))
        // The least effort already makes a list a tenth of its size; more would cost more than the page itself.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
        .layer(middleware::map_request(move |request| {
            ready(forget(request, &request_id))
        }))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), operations::health::parting));
    (router, table)
}

/// Nobody waits without end for an answer.
async fn in_time(State(slow): State<Arc<BTreeSet<&'static str>>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let patience = match path {
        Some(path) if slow.contains(path) => PATIENCE_WITH_FILES,
        Some(_) | None => PATIENCE,
    };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

/// Take a header off a request: the client does not name its requests, because the names stand in the audit trail.
fn forget(mut request: Request, header: &HeaderName) -> Request {
    request.headers_mut().remove(header);
    request
}
