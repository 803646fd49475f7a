//! `/metrics` for Prometheus, on a listener of its own.

use std::net::SocketAddr;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use entities::words::Delivery;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    ahead,
    backup::record::{self, Deed},
    queries::{self, SweepState},
};
use crate::{
    audit::seal,
    notifications,
    platform::{Actor, App, Result},
    web::{Features, listen},
};

/// Upper edges in seconds: work lists answer in milliseconds, reports of a city in seconds.
const BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Start collecting; once in a process.
pub fn collect() -> Result<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), BUCKETS)
        .map_err(anyhow::Error::from)?;
    let handle = builder.install_recorder().map_err(anyhow::Error::from)?;
    metrics::describe_counter!(
        "starbridge_http_requests_total",
        "Requests by method, route pattern and status."
    );
    metrics::describe_histogram!("starbridge_http_request_duration_seconds", "Duration of answers.");
    metrics::describe_gauge!("starbridge_messages", "Messages by state.");
    metrics::describe_gauge!(
        "starbridge_messages_stuck",
        "Messages that did not leave and should have: given up, or waiting with a reason."
    );
    metrics::describe_gauge!(
        "starbridge_message_oldest_pending_seconds",
        "Age of the oldest message that waits."
    );
    metrics::describe_gauge!("starbridge_sweep_age_seconds", "Time since a sweep last finished.");
    metrics::describe_gauge!("starbridge_sweep_failed", "1 when a sweep's last run failed.");
    metrics::describe_gauge!(
        "starbridge_sweep_late",
        "1 when a sweep did not run for several of its intervals."
    );
    metrics::describe_gauge!(
        "starbridge_instants_ahead",
        "Rows whose instant lies further ahead than it can: a clock ran ahead."
    );
    metrics::describe_gauge!(
        "starbridge_seal_age_seconds",
        "Time since a day of the audit trail was last sealed."
    );
    metrics::describe_gauge!("starbridge_jobs", "Background jobs by state.");
    metrics::describe_gauge!(
        "starbridge_backup_age_seconds",
        "Time since the last good backup (taken) and the last proof of one (proven); -1: never."
    );
    metrics::describe_gauge!("starbridge_backup_failed", "1 when the newest attempt failed.");
    metrics::describe_gauge!("starbridge_database_bytes", "Size of the database.");
    Ok(handle)
}

/// The router of the listener.
pub fn router(app: &App, features: Features, handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/metrics", get(render))
        .with_state((app.clone(), features, handle))
}

/// Serve until told to stop.
pub async fn serve(
    app: App,
    features: Features,
    handle: PrometheusHandle,
    address: SocketAddr,
    stop: CancellationToken,
) -> Result<()> {
    let listener = TcpListener::bind(address).await.map_err(anyhow::Error::from)?;
    listen::serve(listener, router(&app, features, handle), listen::Limits::METRICS, stop).await;
    Ok(())
}

async fn render(
    State((app, features, handle)): State<(App, Features, PrometheusHandle)>,
) -> Result<String, (StatusCode, String)> {
    if let Err(error) = measure(&app, features).await {
        // What the requests counted is still worth telling.
        tracing::error!("metrics of the database: {error:#}");
    }
    handle.run_upkeep();
    Ok(handle.render())
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a gauge is a floating-point number, and counts stay far below 2^52"
)]
async fn measure(app: &App, features: Features) -> Result<()> {
    let now = app.clock.now();
    let queues = notifications::queries::queues(&*app.db).await?;
    for state in Delivery::ALL {
        let queue = queues.iter().find(|q| q.state == *state);
        let messages = queue.map_or(0, |q| q.messages);
        metrics::gauge!("starbridge_messages", "state" => state.as_str()).set(messages as f64);
    }
    let everything = Actor::system("metrics", now);
    let stuck = notifications::queries::stuck(&*app.db, &everything).await?;
    metrics::gauge!("starbridge_messages_stuck").set(stuck as f64);
    let waiting = queues.iter().find(|q| q.state == Delivery::Pending);
    let oldest = waiting.map_or(0, |q| (now - q.oldest).num_seconds());
    metrics::gauge!("starbridge_message_oldest_pending_seconds").set(oldest as f64);
    for run in queries::sweep_runs(&*app.db).await? {
        let name = run.name.clone();
        if let Some(finished) = run.finished_at {
            let age = (now - finished).num_seconds();
            metrics::gauge!("starbridge_sweep_age_seconds", "sweep" => name.clone()).set(age as f64);
        }
        let failed = run.outcome.as_deref().is_some_and(queries::is_failure);
        metrics::gauge!("starbridge_sweep_failed", "sweep" => name).set(f64::from(u8::from(failed)));
    }
    for line in queries::sweep_lines(&*app.db, &features.sweeps(), now).await? {
        let late = matches!(line.state, SweepState::Late | SweepState::Never);
        metrics::gauge!("starbridge_sweep_late", "sweep" => line.name).set(f64::from(u8::from(late)));
    }
    for (kind, rows) in ahead::count(&*app.db, now).await? {
        let place = format!("{}.{}", kind.table, kind.column);
        metrics::gauge!("starbridge_instants_ahead", "column" => place).set(rows as f64);
    }
    if let Some(seal) = seal::newest(&*app.db).await? {
        let age = (now - seal.sealed_at).num_seconds();
        metrics::gauge!("starbridge_seal_age_seconds").set(age as f64);
    }
    for (state, jobs) in queries::job_counts(&*app.db).await? {
        metrics::gauge!("starbridge_jobs", "state" => state.as_str()).set(jobs as f64);
    }
    let backups = record::read(&*app.db).await?;
    for deed in Deed::ALL {
        let age = backups.at(deed).map_or(-1, |at| (now - at).num_seconds());
        metrics::gauge!("starbridge_backup_age_seconds", "deed" => deed.as_str()).set(age as f64);
        let failed = f64::from(u8::from(backups.failure(deed).is_some()));
        metrics::gauge!("starbridge_backup_failed", "deed" => deed.as_str()).set(failed);
    }
    metrics::gauge!("starbridge_database_bytes").set(queries::database_bytes(&*app.db).await? as f64);
    Ok(())
}
