//! `starbridge serve`: pages, sweeps, metrics, until told to stop.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app,
    assessment::instruments,
    operations::{
        alone::{self, Alone, Looking},
        files, keyring, metrics, queries,
    },
    platform::{
        App, Config, Result, chance, event, submission,
        sweep::{self, Sweep},
    },
    web::listen,
};

/// What is late runs so soon after the start: first the pages.
const SOON: Duration = Duration::from_secs(30);
/// So long the first page waits for the look for damage; then that goes on beside it.
const LOOK: Duration = Duration::from_millis(200);
/// How often counted refusals are looked at, and what waits to be written.
const SETTLED: Duration = Duration::from_secs(10);
/// How often a server looks whether another key seals.
const KEYS_EVERY: Duration = Duration::from_secs(5);

/// Before anything is opened: nobody else serves this file, it is not damaged as far as can be seen in a moment, and it is
/// closed to others.
pub(super) async fn prepare(config: &Config) -> Result<(Alone, Option<Looking>)> {
    std::fs::create_dir_all(&config.data_dir).map_err(|e| files::failed("make", &config.data_dir, &e))?;
    let url = config.database_url();
    let alone = alone::serve(&url)?;
    alone::close_to_others(config);
    let looking = alone::refuse_damage(&url, LOOK).await?;
    Ok((alone, looking))
}

/// Serve until SIGTERM or Ctrl-C; requests and sweeps under way are finished first.
///
/// # Errors
/// Also the damage that a look found which took longer than the start.
pub(super) async fn run(app: App, looking: Option<Looking>) -> Result<()> {
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = queries::database_version(&*app.db).await?,
        "starting"
    );
    for fault in super::check::misspelt(None) {
        tracing::warn!("{}", fault.found);
    }
    if app.config.demo {
        let _start = alone::start(&app.config.database_url()).await?;
        super::demo::fill_when_empty(&app).await?;
    }
    // Instruments score children: one of the program that does not pass stops it, an imported one is not offered.
    for fault in instruments::service::verify(&app.db).await? {
        tracing::error!("imported instrument not offered: {fault}");
    }
    // What is entered under a wrong key is lost later: nothing is listened for before the right one is proven.
    keyring::prove(&app).await?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    if let Some(address) = app.config.metrics_listen {
        let handle = metrics::collect()?;
        let serving = metrics::serve(app.clone(), app::FEATURES, handle, address, stop.clone());
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!("metrics on {address}: {error:#}");
            }
        });
    }
    let looked = looking.map(|looking| {
        let stop = stop.clone();
        tasks.spawn(async move {
            let found = looking.end().await;
            if let Err(damage) = &found {
                tracing::error!("{damage:#}");
                stop.cancel();
            }
            found
        })
    });
    follow_keys(&app, &stop, &tasks);
    start_sweeps(&app, &stop, &tasks);
    start_settling(&app, &stop, &tasks);
    let listener = TcpListener::bind(app.config.listen)
        .await
        .map_err(anyhow::Error::from)?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    if !app.config.log_json {
        super::say(format_args!("Starbridge 星桥: http://{address}"));
    }
    if app.config.demo {
        super::demo::print_sign_ins(&app).await?;
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, "started");
    let (router, _) = app::router(&app);
    let (leaving, stopping) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        tokio::select! {
            () = told_to_stop(&leaving) => stopping.cancel(),
            // Damage was found meanwhile.
            () = stopping.cancelled() => {}
        }
    });
    listen::serve(listener, router, listen::Limits::PAGES, stop.clone()).await;
    app.jobs().close().await;
    tasks.close();
    tasks.wait().await;
    // After the last request: what was counted and not written yet.
    event::settle_refusals(&app, true).await?;
    submission::settle(&app).await?;
    tracing::info!("stopped");
    match looked {
        Some(looked) => looked.await.map_err(anyhow::Error::from)?,
        None => Ok(()),
    }
}

/// Write the refusals that were counted, a minute after the first of them, and where forms led.
fn start_settling(app: &App, stop: &CancellationToken, tasks: &TaskTracker) {
    let (app, stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(SETTLED) => {}
            }
            if let Err(error) = event::settle_refusals(&app, false).await {
                tracing::error!("counted refusals wait to be written: {error:#}");
            }
            if let Err(error) = submission::settle(&app).await {
                tracing::error!("where forms led waits to be written: {error:#}");
            }
        }
    });
}

fn start_sweeps(app: &App, stop: &CancellationToken, tasks: &TaskTracker) {
    for sweep in app::FEATURES.sweeps() {
        let (app, stop) = (app.clone(), stop.clone());
        tasks.spawn(async move {
            let mut next = first(&app, &sweep).await;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(next) => {}
                }
                next = pause(sweep.every);
                match sweep::run_once(&app, &sweep).await {
                    Ok(Some(outcome)) if !outcome.is_empty() => tracing::info!(sweep = sweep.name, "{outcome}"),
                    Ok(_) => {}
                    Err(error) => tracing::error!(sweep = sweep.name, "{error:#}"),
                }
            }
        });
    }
}

/// Another process may change the keys while this one serves.
fn follow_keys(app: &App, stop: &CancellationToken, tasks: &TaskTracker) {
    let (app, stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(KEYS_EVERY) => {}
            }
            if let Err(error) = keyring::follow(&app).await {
                tracing::error!("keys: {error:#}");
            }
        }
    });
}

/// Counted from its last run, not from the start: servers that are restarted often would never come to it.
async fn first(app: &App, sweep: &Sweep) -> Duration {
    let age = match sweep::age(app, sweep).await {
        Ok(age) => age,
        Err(error) => {
            tracing::warn!(sweep = sweep.name, "when it ran last is not known: {error:#}");
            None
        }
    };
    let rest = age.map_or(Duration::ZERO, |age| sweep.every.saturating_sub(age));
    pause(rest.max(SOON.min(sweep.every)))
}

/// Several processes and sweeps do not start all at the same moment.
fn pause(every: Duration) -> Duration {
    every.mul_f64(chance::within(0.8..1.2))
}

/// Ends when this server shall take no more requests: at Ctrl-C at once, after SIGTERM when the others have had time to
/// notice (a second signal shortens that).
async fn told_to_stop(app: &App) {
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => return,
        _ = terminated.recv() => app.leave(),
    }
    let drain = Duration::from_secs(app.config.drain_seconds.into());
    tracing::info!(
        seconds = drain.as_secs(),
        "not ready any more: stopping after the drain time"
    );
    tokio::select! {
        () = tokio::time::sleep(drain) => {}
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
