//! The page of the system administrator.

use axum::extract::State;
use entities::JobId;
use serde_json::json;

use super::{
    backup::record,
    check::paper,
    keyring, queries, schema,
    sealed::resealing::{self, Resealing},
    sweep_words,
    views::{OperationsPage, ResealingPage, readable},
};
use crate::{
    access::Can,
    account,
    notifications::{self, mailbox},
    platform::{
        App, Error, Say,
        event::{self, Subject},
        job, sweep,
    },
    web::{self, Answer, Ctx, Features, List, Path, Routes},
};

/// The routes of operations.
pub fn routes() -> Routes {
    Routes::new()
        .get("/operations", Can::Operate, index)
        .post("/operations/sweeps/{name}/runs", Can::Operate, run_sweep)
        .post("/operations/resealings", Can::Operate, begin_resealing)
        .get("/operations/resealings/{id}", Can::Operate, show_resealing)
        .post(
            "/operations/resealings/{id}/cancellation",
            Can::Operate,
            cancel_resealing,
        )
}

async fn index(State(app): State<App>, features: Features, ctx: Ctx, list: List) -> Answer {
    let db = &*app.db;
    let mut sweeps = queries::sweep_lines(db, &features.sweeps(), ctx.actor.now).await?;
    let failed_only = list.filter("sweeps") == "failed";
    if failed_only {
        sweeps.retain(|sweep| queries::is_failure(&sweep.outcome));
    }
    ctx.page(&OperationsPage {
        program: env!("CARGO_PKG_VERSION"),
        database: queries::database_version(db).await?,
        size: readable(queries::database_bytes(db).await?),
        schema: schema::read(db).await?,
        missing_years: queries::missing_calendars(db, ctx.actor.today()).await?,
        queues: notifications::queries::queues(db).await?,
        sweeps,
        failed_only,
        jobs: queries::jobs(db).await?,
        keys_change: keyring::is_changing(db).await?,
        backups: record::read(db).await?,
        now: ctx.actor.now,
        mail_in_files: app.config.smtp_url.is_none() && app.config.demo,
        no_mail_server: !app.config.mails(),
        stuck: notifications::queries::stuck(db, &ctx.actor).await?,
        mailbox_open: mailbox::is_open(&app),
        papers: paper::fonts(&app.config).await.err().map(|trouble| trouble.say()),
    })
}

async fn run_sweep(State(app): State<App>, features: Features, ctx: Ctx, Path(name): Path<String>) -> Answer {
    let sweeps = features.sweeps();
    let sweep = sweeps.iter().find(|s| s.name == name).ok_or(Error::NotFound)?;
    let details = json!({ "sweep": sweep.name });
    event::note(&app, &ctx.actor, "sweep.started", Subject::none(), details).await?;
    let go = ctx.go("/operations");
    match sweep::run_once(&app, sweep).await {
        Ok(Some(outcome)) if outcome.is_empty() => go.saying("operations.sweep.nothing"),
        Ok(Some(outcome)) => {
            go.saying(Say::new("operations.sweep.ran").with("outcome", sweep_words::outcome(ctx.language, &outcome)))
        }
        Ok(None) => go.warning("operations.sweep.busy"),
        Err(error) => {
            tracing::error!(sweep = sweep.name, "{error:#}");
            go.warning("operations.sweep.broke")
        }
    }
    .answer()
}

async fn begin_resealing(State(app): State<App>, ctx: Ctx) -> Answer {
    let id = resealing::begin(&app, &ctx.actor).await?;
    ctx.go(format!("/operations/resealings/{id}")).answer()
}

async fn show_resealing(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>) -> Answer {
    let job = resealing::find(&*app.db, &ctx.actor, id).await?;
    let page = ResealingPage {
        person: account::queries::name(&*app.db, job.created_by).await?,
        done: job::progress(&app, &job),
        job,
    };
    web::job::page(&ctx, &page, page.is_running())
}

async fn cancel_resealing(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>) -> Answer {
    let seen = resealing::find(&*app.db, &ctx.actor, id).await?;
    job::cancel::<Resealing>(&app, &ctx.actor, &seen).await?;
    ctx.go(format!("/operations/resealings/{id}"))
        .saying("resealing.cancelled")
        .answer()
}
