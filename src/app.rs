//! The application: every feature's routes and sweeps, under one set of layers.

use std::{future::ready, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::HeaderName,
    middleware,
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    account::{self, limit::SignInLimit, session},
    admin, assessment, audit, children, clinic, home, merging, notifications, operations, organisations, pathway,
    platform::{App, Projection, sweep::Sweep},
    referral, reports, roster, screening,
    web::{Findings, Routes, assets, body, error, find, form, headers, heavy::Heavy, routes::RouteInfo},
};

/// Largest request body apart from uploads and what strangers send, which have limits of their own.
const BODY: usize = 1024 * 1024;

/// Every route of every feature.
pub fn routes() -> Routes {
    Routes::new()
        .merge(find::routes())
        .merge(account::routes())
        .merge(organisations::routes())
        .merge(children::routes())
        .merge(notifications::routes())
        .merge(referral::routes())
        .merge(screening::routes())
        .merge(assessment::routes())
        .merge(clinic::routes())
        .merge(pathway::routes())
        .merge(merging::routes())
        .merge(roster::routes())
        .merge(audit::routes())
        .merge(operations::routes())
        .merge(admin::routes())
        .merge(reports::routes())
        .merge(home::routes())
}

/// Every sweep of every feature.
pub fn sweeps() -> Vec<Sweep> {
    [
        children::SWEEPS,
        referral::SWEEPS,
        pathway::SWEEPS,
        &[
            assessment::SWEEP,
            merging::SWEEP,
            roster::SWEEP,
            reports::SWEEP,
            notifications::delivery::sweep(),
            audit::seal::sweep(),
            operations::prune::sweep(),
        ],
    ]
    .concat()
}

/// What is derived, in the order of the features: every write keeps it up to date.
pub const PROJECTIONS: &[Projection] = &[pathway::PROJECTION];

/// The router that is served, and the table of its routes.
pub fn router(app: &App) -> (Router, Vec<RouteInfo>) {
    let (pages, table, made) = routes().into_parts();
    let request_id = HeaderName::from_static("x-request-id");
    let sessions = SessionManagerLayer::new(session::Store(app.clone()))
        .with_name("starbridge")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.config.public_url.starts_with("https:"));
    let pages = pages
        .layer(Extension(Arc::new(SignInLimit::new(app.clock.clone()))))
        .layer(Extension(Arc::new(Heavy::default())))
        .layer(Extension(Findings(clinic::findings::told)))
        .layer(Extension(operations::Sweeps(sweeps().into())))
        .layer(middleware::from_fn(form::address))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::GATEWAY_TIMEOUT,
            Duration::from_mins(1),
        ))
        .layer(DefaultBodyLimit::max(BODY))
        // Around all that answers without a page of its own.
        .layer(middleware::from_fn_with_state((app.clone(), made), error::render))
        .layer(middleware::from_fn_with_state(app.clone(), session::context))
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

/// Take a header off a request: the client does not name its requests, because the names stand in the audit trail.
fn forget(mut request: Request, header: &HeaderName) -> Request {
    request.headers_mut().remove(header);
    request
}
