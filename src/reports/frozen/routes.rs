//! The pages of frozen reports.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use entities::{ChildId, FrozenReportId, words::Language};
use serde_json::json;

use super::{
    changes::{self, Change},
    service::{self as frozen, Frozen, Standing},
    views::{ChangeLine, ChangesPage, FreezePage, FrozenLine, FrozenListPage, FrozenPage, Names},
};
use crate::{
    access::Can,
    account,
    platform::{
        App, Error, Result, Say, clock,
        event::{self, Subject},
        workbook::{Format, HeadCell, ReportTable, TableCell, TableColumn, Value},
    },
    reports::{
        behind::show_behind,
        export::hand_out,
        forms::{ExportQuery, FreezeForm, FrozenCellQuery},
        screening::{
            children::{self, Cell},
            figures, indicators,
            request::Span,
            service,
            table::{row_name, span_name},
        },
        views::ShownTable,
    },
    web::{Answer, Ctx, Form, List, Path, Query, Routes},
};

/// The routes of frozen reports.
pub fn routes() -> Routes {
    Routes::new()
        .get("/reports/frozen", Can::OpenNumbers, list)
        .post_heavy("/reports/frozen", Can::Freeze, freeze)
        .page_of("frozen_report", "/reports/frozen/{id}", Can::OpenNumbers, one)
        .get("/reports/frozen/{id}/children", Can::OpenNumbers, behind)
        .get_heavy("/reports/frozen/{id}/export", Can::OpenNumbers, export)
        .get_heavy("/reports/frozen/{id}/changes", Can::OpenNumbers, changes)
}

async fn list(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let page = frozen::page(&*app.db, &ctx.actor, &list).await?;
    let places = divisions_by_code(&app, page.rows.iter().map(|row| row.division.clone()), ctx.language).await?;
    let people = account::queries::names(&*app.db, page.rows.iter().map(|row| row.signed_by)).await?;
    let all = frozen::siblings(&*app.db, &page.rows).await?;
    ctx.page(&FrozenListPage {
        page: page.map(|row| FrozenLine {
            standing: Standing::of(&row, &all),
            place: places.get(&row.division).cloned().unwrap_or_default(),
            by: people.get(&row.signed_by).cloned().unwrap_or_default(),
            row,
        }),
        list,
    })
}

/// Names of places by their code.
async fn divisions_by_code(
    app: &App,
    codes: impl Iterator<Item = String>,
    language: Language,
) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for code in codes {
        if !names.contains_key(&code) {
            let name = service::place_name(&*app.db, &code, language).await?;
            names.insert(code, name);
        }
    }
    Ok(names)
}

async fn freeze(State(app): State<App>, ctx: Ctx, Form(form): Form<FreezeForm>) -> Answer {
    let request = form.asked.request(&ctx.actor)?;
    let reporter = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
    let done = async {
        let id = frozen::freeze(&app, &ctx.actor, &request, &form.reason, reporter, ctx.language).await?;
        ctx.go(format!("/reports/frozen/{id}"))
            .saying("reports.frozen.done")
            .answer()
    };
    ctx.after(done.await, async |errors| {
        let rows = frozen::earlier(&*app.db, &request).await?;
        let people = account::queries::names(&*app.db, rows.iter().map(|row| row.signed_by)).await?;
        let place = service::place_name(&*app.db, &request.division, ctx.language).await?;
        let lead = Say::new("reports.lead")
            .with("place", &place)
            .with("period", request.period);
        Ok(FreezePage {
            lead: ctx.say(lead),
            running: request.runs_on(ctx.actor.now),
            earlier: rows
                .iter()
                .map(|row| FrozenLine {
                    standing: Standing::of(row, &rows),
                    place: place.clone(),
                    by: people.get(&row.signed_by).cloned().unwrap_or_default(),
                    row: row.clone(),
                })
                .collect(),
            back: format!("/reports/screening?{}", request.query()),
            form: form.clone(),
            errors,
        })
    })
    .await
}

fn lead(ctx: &Ctx, frozen: &Frozen) -> String {
    let at = clock::shown(frozen.opened.signed_at);
    ctx.say(
        Say::new("reports.frozen.lead")
            .with("place", &frozen.opened.content.head.place)
            .with("period", &frozen.row.period)
            .with("at", at),
    )
}

/// Whether this is what was frozen, for whoever holds the file without the page.
fn proof(ctx: &Ctx, frozen: &Frozen) -> String {
    let key = if frozen.opened.intact {
        "reports.frozen.export.intact"
    } else {
        "reports.frozen.export.changed"
    };
    ctx.say(Say::new(key).with("hash", &frozen.opened.reference.hash))
}

/// A file that programs read has no notes: the same words in every row.
fn add_column(table: &mut ReportTable, header: String, words: &str) {
    let levels = u16::try_from(table.head.len()).unwrap_or(1);
    if let Some(first) = table.head.first_mut() {
        first.push(HeadCell::new(header).deep(levels));
    }
    table.columns.push(TableColumn {
        key: "seal".to_owned(),
        width: 40,
    });
    for row in &mut table.rows {
        row.cells.push(TableCell::from(Value::text(words)));
    }
}

fn tables(ctx: &Ctx, frozen: &Frozen) -> Vec<(Span, ReportTable)> {
    let figures = &frozen.opened.content.figures;
    let caption = service::caption(&frozen.opened.content.head, &figures.request, ctx.language);
    let id = frozen.row.id;
    let link = |span: Span, cell: &str, row: Option<&str>| {
        let row = row.map(|row| format!("&row={row}")).unwrap_or_default();
        Some(format!(
            "/reports/frozen/{id}/children?span={}&cell={cell}{row}",
            span.as_str()
        ))
    };
    service::tables(figures, ctx.language, &caption, &link)
}

async fn one(State(app): State<App>, ctx: Ctx, Path(id): Path<FrozenReportId>) -> Answer {
    let frozen = frozen::open(&app, &ctx.actor, id).await?;
    let all = frozen::earlier(&*app.db, &frozen.opened.content.figures.request).await?;
    let standing = all.iter().find(|row| row.id == id).map(|row| Standing::of(row, &all));
    ctx.page(&FrozenPage {
        id,
        standing: standing.unwrap_or(Standing::Replaced),
        version: frozen.row.version,
        reason: frozen.row.reason.clone().unwrap_or_default(),
        lead: lead(&ctx, &frozen),
        hash: frozen.opened.reference.hash.clone(),
        intact: frozen.opened.intact,
        tables: tables(&ctx, &frozen)
            .iter()
            .map(|(_, table)| ShownTable::from(table))
            .collect(),
    })
}

async fn behind(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<FrozenReportId>,
    Query(query): Query<FrozenCellQuery>,
    mut list: List,
) -> Answer {
    let frozen = frozen::open(&app, &ctx.actor, id).await?;
    let indicator = indicators::find(&query.cell).ok_or(Error::NotFound)?;
    let span: Span = query.span.parse().map_err(|_| Error::NotFound)?;
    let cell = Cell {
        request: &frozen.opened.content.figures.request,
        span,
        indicator,
        row: query.row.as_deref(),
    };
    list.filters
        .retain(|name, _| ["span", "cell", "row"].contains(&name.as_str()));
    let counted = frozen.opened.content.behind(span, indicator.key, cell.row);
    let page = children::frozen(&*app.db, &ctx.actor, &counted, &list).await?;
    let details = json!({ "query": list.query(), "children": page.total });
    let subject = Subject::new("frozen_report", id.0);
    event::note(&app, &ctx.actor, "report.opened", subject, details).await?;
    let back = (format!("/reports/frozen/{id}"), "reports.frozen.one");
    show_behind(&app, &ctx, cell, &frozen.opened.content.head.place, (page, list), back).await
}

async fn export(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<FrozenReportId>,
    Query(query): Query<ExportQuery>,
) -> Answer {
    let format = query.format()?;
    let frozen = frozen::open(&app, &ctx.actor, id).await?;
    let mut tables = tables(&ctx, &frozen);
    for (_, table) in &mut tables {
        let proof = proof(&ctx, &frozen);
        if format == Format::Csv {
            add_column(table, ctx.say("reports.frozen.seal"), &proof);
        }
        table.notes.insert(0, proof);
    }
    let called = format!("{} {}", ctx.say("reports.frozen.one"), frozen.row.period);
    let what = (Subject::new("frozen_report", id.0), json!({ "frozen": id }));
    hand_out(&app, &ctx, (&tables, &called), format, what).await
}

async fn changes(State(app): State<App>, ctx: Ctx, Path(id): Path<FrozenReportId>) -> Answer {
    let frozen = frozen::open(&app, &ctx.actor, id).await?;
    let found = changes::changes(&*app.db, &frozen.opened.content).await?;
    let details = json!({ "frozen": id, "changes": found.len() });
    event::note(
        &app,
        &ctx.actor,
        "report.opened",
        Subject::new("frozen_report", id.0),
        details,
    )
    .await?;
    let everybody: BTreeSet<ChildId> = found
        .iter()
        .flat_map(|c| c.came.iter().chain(&c.went))
        .copied()
        .collect();
    let known = frozen::visible_names(&*app.db, &ctx.actor, &everybody).await?;
    let names = |ids: &[ChildId]| {
        let mut names = Names::default();
        for id in ids {
            match known.get(id) {
                Some((file_no, name)) => names.known.push((*id, file_no.clone(), name.clone())),
                None => names.hidden += 1,
            }
        }
        names
    };
    let figures = &frozen.opened.content.figures;
    let keys = found.iter().map(|change| change.row.clone()).collect();
    let rows = figures::rows_of(&*app.db, &figures.request, &keys).await?;
    let row_in_words = |key: &str| {
        let row = figures.rows.iter().chain(&rows).find(|row| row.key == key);
        row.map_or_else(|| key.to_owned(), |row| row_name(figures.request.by, row, ctx.language))
    };
    let line = |change: &Change| ChangeLine {
        span: span_name(figures, change.span, ctx.language),
        indicator: ctx.say(format!("reports.column.{}", change.indicator)),
        row: row_in_words(&change.row),
        then: change.then,
        now: change.now,
        came: names(&change.came),
        went: names(&change.went),
    };
    let mut lead = lead(&ctx, &frozen);
    if !frozen.opened.intact {
        lead = format!("{lead} · {}", ctx.say("reports.frozen.damaged"));
    }
    ctx.page(&ChangesPage {
        id,
        lead,
        changes: found.iter().map(line).collect(),
    })
}
