//! The pages of the ledger of positive cases.

use askama::Template;
use axum::extract::State;
use chrono_tz::Asia::Shanghai;
use entities::{ChildId, words::Stage};
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use serde_json::json;

use super::tracing::{self, COLUMNS, Line};
use crate::{
    access::Can,
    organisations::queries,
    platform::{
        App, Error,
        event::{self, Subject},
        workbook::{Export, ExportColumn, Format, Value},
    },
    web::{Answer, Choice, Ctx, List, Page, Routes, choices, ctx::download, filters},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/reports/tracing", Can::OpenNumbers, page)
        .get("/reports/tracing/export", Can::Export, export)
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
    let columns: Vec<ExportColumn> = COLUMNS
        .iter()
        .map(|(key, width)| (*key, *width))
        .chain([("overdue_days", 8)])
        .map(|(key, width)| ExportColumn {
            header: ctx.say(format!("reports.tracing.{key}")),
            width,
        })
        .collect();
    let name = ctx.say("reports.tracing.title");
    let by = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
    let at = ctx.actor.now.with_timezone(&Shanghai).naive_local();
    let internal = |error: crate::platform::workbook::WriteError| Error::Internal(error.into());
    let mut file = Export::new(Format::Xlsx, &name, &columns, (by, at), ctx.language).map_err(internal)?;
    let select = tracing::select(&ctx.actor, &list);
    let mut before: Option<ChildId> = None;
    loop {
        // By the last id seen, so that the tables are never held whole.
        let some = match before {
            Some(id) => select.clone().filter(entities::child::child::Column::Id.lt(id)),
            None => select.clone(),
        };
        let children = sea_orm::QuerySelect::limit(some, 500).all(&*app.db).await?;
        let Some(last) = children.last().map(|child| child.id) else {
            break;
        };
        before = Some(last);
        for line in tracing::lines(&*app.db, children, ctx.actor.today(), ctx.language).await? {
            let mut cells = line.cells;
            cells.push(Value::Count(line.overdue_days));
            file.row(&cells).map_err(internal)?;
        }
    }
    let details = json!({ "list": "tracing", "query": list.query(), "rows": file.rows() });
    event::note(&app, &ctx.actor, "list.exported", Subject::none(), details).await?;
    let content = file.finish().map_err(internal)?;
    let file_name = format!("{name} {}.xlsx", ctx.actor.today());
    Ok(download(&file_name, Format::Xlsx.media_type(), content))
}
