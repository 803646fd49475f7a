//! The pages of the ledger of positive cases.

use askama::Template;
use axum::extract::State;
use entities::{ChildId, child::child, words::Stage};
use serde_json::json;

use super::tracing::{self, COLUMNS, Line};
use crate::{
    access::Can,
    organisations::queries,
    platform::{
        App,
        event::{self, Subject},
        workbook::Value,
    },
    web::{Answer, Choice, Ctx, List, Page, Routes, TakenOut, choices, chunk, filters},
};

pub(super) fn routes() -> Routes {
    Routes::new().get("/reports/tracing", Can::OpenNumbers, page).get_heavy(
        "/reports/tracing/export",
        Can::Export,
        export,
    )
}

/// 阳性个案追踪台账.
#[derive(Template)]
#[template(path = "reports/tracing.html")]
struct TracingPage {
    list: List,
    month: String,
    streets: Vec<Choice>,
    stages: Vec<Choice>,
    heads: Vec<String>,
    page: Page<ShownLine>,
    may_export: bool,
}

/// A line as the page shows it.
#[derive(Clone, Debug)]
struct ShownLine {
    child: ChildId,
    file_no: String,
    cells: Vec<String>,
    overdue_days: i64,
}

impl From<Line> for ShownLine {
    fn from(line: Line) -> Self {
        let mut cells = line.cells.iter().map(Value::shown);
        Self {
            child: line.child,
            file_no: cells.next().unwrap_or_default(),
            cells: cells.collect(),
            overdue_days: line.overdue_days,
        }
    }
}

async fn page(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let db = &*app.db;
    let found = list.fetch(db, tracing::select(&ctx.actor, &list)).await?;
    let place = Page::place(found.page, found.total);
    let lines = tracing::lines(db, found.rows, ctx.actor.today(), ctx.language).await?;
    let details = json!({ "list": "tracing", "query": list.query(), "children": found.total });
    event::note(&app, &ctx.actor, "list.opened", Subject::none(), details).await?;
    let streets = queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
    ctx.page(&TracingPage {
        month: list.filter("month").to_owned(),
        streets,
        stages: choices::<Stage>(ctx.language, list.filter("stage")),
        heads: COLUMNS
            .iter()
            .map(|(key, _)| ctx.say(format!("reports.tracing.{key}")))
            .collect(),
        page: place.with(lines.into_iter().map(ShownLine::from).collect()),
        may_export: ctx.may(Can::Export),
        list,
    })
}

async fn export(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let heads: Vec<(String, u16)> = COLUMNS
        .iter()
        .chain(&[("overdue_days", 8)])
        .map(|(key, width)| (format!("reports.tracing.{key}"), *width))
        .collect();
    let columns: Vec<(&str, u16)> = heads.iter().map(|(key, width)| (key.as_str(), *width)).collect();
    let taken = TakenOut {
        list: "tracing",
        title: "reports.tracing.title",
        columns: &columns,
    };
    let select = tracing::select(&ctx.actor, &list);
    let mut children = select.into_model::<child::Model>().stream(&*app.db).await?;
    let mut file = taken.begin(&ctx)?;
    while let Some(some) = chunk(&mut children).await? {
        for line in tracing::lines(&*app.db, some, ctx.actor.today(), ctx.language).await? {
            let mut cells = line.cells;
            cells.push(Value::Count(line.overdue_days));
            file.row(&cells)?;
        }
    }
    file.file(&app, &ctx, json!({ "query": list.query() })).await
}
