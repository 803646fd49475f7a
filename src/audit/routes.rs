//! The audit trail's pages.

use axum::extract::State;
use chrono::Datelike as _;
use chrono_tz::Asia::Shanghai;
use entities::event::event;
use serde::Deserialize;
use serde_json::json;

use super::{
    filter::{EventQuery, GROUPS},
    queries, seal, summary,
    views::{EventsPage, SealsPage, SummaryPage},
};
use crate::{
    access::Can,
    platform::{App, Error, workbook::Value},
    web::{Answer, Choice, Ctx, List, Query, Routes, TakenOut, chunk},
};

const TAKEN: TakenOut<'_> = TakenOut {
    list: "events",
    title: "event.title",
    columns: &[
        ("event.number", 10),
        ("event.at", 18),
        ("event.what", 30),
        ("event.action", 26),
        ("event.who", 18),
        ("event.organisation", 28),
        ("event.file_no", 20),
        ("event.outcome", 10),
        ("event.remote", 18),
        ("event.details", 60),
    ],
};

/// The routes of the audit trail.
pub fn routes() -> Routes {
    Routes::new()
        .get("/events", Can::Audit, events)
        .get_heavy("/events/export", Can::Audit, export)
        .get("/events/seals", Can::Audit, seals)
        .get_heavy("/events/summary", Can::Audit, of_year)
}

async fn events(State(app): State<App>, ctx: Ctx, Query(query): Query<EventQuery>) -> Answer {
    let filter = query.read(&*app.db, &ctx.actor).await?;
    let trail = queries::trail(&*app.db, &filter, ctx.language).await?;
    let groups = GROUPS
        .iter()
        .map(|(name, _)| Choice::new(name, ctx.say(format!("event.group.{name}")), &query.group))
        .collect();
    ctx.page(&EventsPage {
        from: filter.from.to_string(),
        until: filter.until.to_string(),
        organisations: queries::organisation_choices(&*app.db, &query.organisation).await?,
        groups,
        refusals: vec![Choice::new("true", ctx.say("event.only_refused"), &query.refused)],
        query,
        trail,
    })
}

async fn export(State(app): State<App>, ctx: Ctx, Query(query): Query<EventQuery>) -> Answer {
    let filter = query.read(&*app.db, &ctx.actor).await?;
    let select = queries::newest_first(&filter);
    let mut rows = select.into_model::<event::Model>().stream(&*app.db).await?;
    let mut file = TAKEN.begin(&ctx)?;
    while let Some(some) = chunk(&mut rows).await? {
        for line in queries::lines(&*app.db, some, ctx.language).await? {
            let outcome = if line.row.refused {
                "event.refused"
            } else {
                "event.done"
            };
            file.row(&[
                Value::Count(line.row.id.0),
                Value::Moment(line.row.at.with_timezone(&Shanghai).naive_local()),
                Value::text(&line.action),
                Value::text(&line.row.action),
                Value::text(&line.row.actor),
                Value::text(&line.organisation),
                Value::text(&line.file_no),
                Value::text(ctx.say(outcome)),
                Value::text(&line.row.remote),
                Value::text(&line.details),
            ])?;
        }
    }
    let details = json!({ "from": filter.from, "until": filter.until });
    file.file(&app, &ctx, details).await
}

async fn seals(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let due = seal::last_finished(ctx.actor.now);
    ctx.page(&SealsPage {
        page: queries::seals(&*app.db, &list).await?,
        list,
        due,
        behind: seal::is_behind(&*app.db, ctx.actor.now).await?,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct YearQuery {
    year: String,
}

async fn of_year(State(app): State<App>, ctx: Ctx, Query(query): Query<YearQuery>) -> Answer {
    let this = ctx.actor.today().year();
    let year = match query.year.trim() {
        "" => this,
        text => text
            .parse()
            .ok()
            .filter(|y| (2000..=this).contains(y))
            .ok_or(Error::NotFound)?,
    };
    let years = (0..6)
        .map(|back| this - back)
        .map(|y| Choice::new(y, y.to_string(), &year.to_string()));
    ctx.page(&SummaryPage {
        summary: summary::of_year(&*app.db, year, ctx.language).await?,
        years: years.collect(),
    })
}
