//! The audit trail's pages.

use axum::extract::State;
use chrono::Datelike as _;
use chrono_tz::Asia::Shanghai;
use serde::Deserialize;
use serde_json::json;

use super::{
    filter::{EventQuery, GROUPS},
    queries, seal, summary,
    views::{EventsPage, SealsPage, SummaryPage},
};
use crate::{
    access::Can,
    platform::{
        App, Error,
        event::{self, Subject},
        workbook::{Export, ExportColumn, Format, Value},
    },
    web::{Answer, Choice, Ctx, List, Query, Routes, ctx::download},
};

/// Rows that one export may hold; Excel opens a million slowly.
const EXPORTED: usize = 200_000;

/// The routes of the audit trail.
pub fn routes() -> Routes {
    Routes::new()
        .get("/events", Can::Audit, events)
        .get("/events/export", Can::Audit, export)
        .get("/events/seals", Can::Audit, seals)
        .get("/events/summary", Can::Audit, of_year)
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
    let columns = [
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
    ]
    .map(|(key, width)| ExportColumn {
        header: ctx.say(key),
        width,
    });
    let name = ctx.say("event.title");
    let now = ctx.actor.now.with_timezone(&Shanghai).naive_local();
    let who = ctx.who.as_ref().map_or("", |w| w.display_name.as_str());
    let mut file = Export::new(Format::Xlsx, &name, &columns, (who, now), ctx.language).map_err(anyhow::Error::from)?;
    let mut last = None;
    loop {
        let lines = queries::chunk(&*app.db, &filter, last.as_ref(), ctx.language).await?;
        for line in &lines {
            let outcome = if line.row.refused {
                "event.refused"
            } else {
                "event.done"
            };
            let cells = [
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
            ];
            file.row(&cells).map_err(anyhow::Error::from)?;
        }
        let Some(end) = lines.into_iter().next_back().filter(|_| file.rows() < EXPORTED) else {
            break;
        };
        last = Some(end.row);
    }
    let details = json!({
        "list": "events", "rows": file.rows(), "from": filter.from, "until": filter.until, "whole": file.rows() < EXPORTED,
    });
    event::note(&app, &ctx.actor, "list.exported", Subject::none(), details).await?;
    let name = format!("{name}-{}-{}.xlsx", filter.from, filter.until);
    let content = file.finish().map_err(anyhow::Error::from)?;
    Ok(download(&name, Format::Xlsx.media_type(), content))
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
