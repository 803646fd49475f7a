//! The home page, and the first week.

use axum::extract::State;
use entities::words::{ReferralState, Role};

use super::{
    first_week::{self, Step},
    tiles,
    views::{FirstWeekPage, HomePage, ResultLine},
};
use crate::{
    access::{Can, scope},
    pathway::pipeline,
    platform::{App, Calendar, Error, Result, Say, clock},
    referral::work_list::{self, View},
    web::{Answer, Ctx, List, Path, Routes},
};

/// The routes of the home page.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Can::Work, home_page)
        .get("/first-week", Can::Work, first_week_page)
        .post("/first-week/{step}", Can::Configure, tick)
        .post("/first-week/{step}/removal", Can::Configure, untick)
}

async fn home_page(State(app): State<App>, ctx: Ctx) -> Answer {
    let db = &*app.db;
    let by = &ctx.actor;
    let children = Can::ViewChildren.allows(&by.roles);
    let looks_on = children && work_list::looks_on(by);
    let calendar = Calendar::known(&app.db).await?;
    let mut first = Vec::new();
    let mut stuck = Vec::new();
    if looks_on {
        let list = filtered("overdue", "true");
        stuck = pipeline::places(&app, &ctx, &calendar, &list, (&[], &[])).await?.rows;
        stuck.truncate(8);
    } else if children {
        let list = filtered("view", View::Ours.as_str());
        first = work_list::lines(&app, &ctx, &calendar, &list).await?.rows;
        first.truncate(8);
    }
    let today = by.today();
    let missing = calendar.is_working_day(today).warning;
    ctx.page(&HomePage {
        lead: format!(
            "{} · {today}",
            ctx.who.as_ref().map(|w| w.organisation.clone()).unwrap_or_default()
        ),
        first_week: if [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin]
            .into_iter()
            .any(|role| by.is(role))
        {
            first_week::open(&app, by).await?
        } else {
            0
        },
        groups: tiles::groups(db, by).await?,
        first,
        takes_part: children && !looks_on,
        stuck,
        looks_on,
        results: results(&app, &ctx).await?,
        warnings: missing
            .map(|year| Say::new(year.key()).with("year", year.0))
            .into_iter()
            .chain((by.is(Role::SystemAdmin) && !app.config.mails()).then(|| "operations.mail.none".into()))
            .collect(),
    })
}

async fn first_week_page(State(app): State<App>, ctx: Ctx) -> Answer {
    let reached = |can: Can| can.allows(&ctx.actor.roles);
    ctx.page(&FirstWeekPage {
        lines: first_week::lines(&app, &ctx.actor).await?,
        may_tick: reached(Can::Configure),
        may_open_accounts: reached(Can::ManageAccounts),
        may_import: reached(Can::Import),
        may_see_instruments: reached(Can::ViewInstruments),
    })
}

async fn tick(State(app): State<App>, ctx: Ctx, Path(step): Path<String>) -> Answer {
    set(&app, &ctx, &step, true).await
}

async fn untick(State(app): State<App>, ctx: Ctx, Path(step): Path<String>) -> Answer {
    set(&app, &ctx, &step, false).await
}

async fn set(app: &App, ctx: &Ctx, step: &str, done: bool) -> Answer {
    let step = Step::named(step).ok_or(Error::NotFound)?;
    first_week::tick(app, &ctx.actor, step, done).await?;
    ctx.go("/first-week").saying("first_week.saved").answer()
}

fn filtered(name: &str, value: &str) -> List {
    List {
        filters: [(name.to_owned(), value.to_owned())].into(),
        ..List::default()
    }
}

async fn results(app: &App, ctx: &Ctx) -> Result<Vec<ResultLine>> {
    let notices = tiles::results(&*app.db, &ctx.actor).await?;
    let mut lines = Vec::new();
    for notice in notices {
        let Some(child) = notice.child_id else { continue };
        // A child that moved out of sight is not named.
        let Ok(child) = scope::child(&*app.db, &ctx.actor, child).await else {
            continue;
        };
        let outcome = notice
            .params
            .get("outcome")
            .and_then(|v| v.as_str())
            .unwrap_or_default();
        let text = if outcome.is_empty() {
            Say::from(ReferralState::Declined.word())
        } else {
            Say::from(format!("referral.outcome.{outcome}"))
        };
        lines.push(ResultLine {
            name: child.name,
            text,
            when: clock::shown(notice.created_at),
            notice,
        });
    }
    Ok(lines)
}
