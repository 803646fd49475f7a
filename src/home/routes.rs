//! The home page, and the first week.

use axum::extract::State;
use entities::words::Role;

use super::{
    first_week, tiles,
    views::{FirstWeekPage, HomePage},
};
use crate::{
    access::Can,
    platform::{App, Calendar, Error, Say},
    web::{Answer, Ctx, Features, Path, Routes},
};

/// The routes of the home page.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/", Can::Work, home_page)
        .get("/first-week", Can::Work, first_week_page)
        .post("/first-week/{step}", Can::Configure, tick)
        .post("/first-week/{step}/removal", Can::Configure, untick)
}

async fn home_page(State(app): State<App>, features: Features, ctx: Ctx) -> Answer {
    let by = &ctx.actor;
    let today = by.today();
    let missing = Calendar::known(&app.db).await?.is_working_day(today).warning;
    let groups = tiles::groups(&app, features, by).await?;
    let mut panels = Vec::new();
    for panel in features.panels() {
        if (panel.shown)(by) {
            panels.push((panel.draw)(&app, &ctx).await?);
        }
    }
    ctx.page(&HomePage {
        lead: format!(
            "{} · {today}",
            ctx.who.as_ref().map(|w| w.organisation.clone()).unwrap_or_default()
        ),
        first_week: if [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin]
            .into_iter()
            .any(|role| by.is(role))
        {
            first_week::open(&app, features, by).await?
        } else {
            0
        },
        groups,
        panels,
        warnings: missing
            .map(|year| Say::new(year.key()).with("year", year.0))
            .into_iter()
            .chain((by.is(Role::SystemAdmin) && !app.config.mails()).then(|| "operations.mail.none".into()))
            .collect(),
    })
}

async fn first_week_page(State(app): State<App>, features: Features, ctx: Ctx) -> Answer {
    ctx.page(&FirstWeekPage {
        lines: first_week::lines(&app, features, &ctx.actor).await?,
        may_tick: ctx.may(Can::Configure),
    })
}

async fn tick(State(app): State<App>, features: Features, ctx: Ctx, Path(step): Path<String>) -> Answer {
    set(&app, features, &ctx, &step, true).await
}

async fn untick(State(app): State<App>, features: Features, ctx: Ctx, Path(step): Path<String>) -> Answer {
    set(&app, features, &ctx, &step, false).await
}

async fn set(app: &App, features: Features, ctx: &Ctx, name: &str, done: bool) -> Answer {
    let mut all = features.set_up().into_iter();
    let step = all.find(|step| step.name == name).ok_or(Error::NotFound)?;
    first_week::tick(app, &ctx.actor, &step, done).await?;
    ctx.go("/first-week").saying("first_week.saved").answer()
}
