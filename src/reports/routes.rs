//! The report pages.

use axum::extract::State;
use entities::words::Language;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{
    behind::show_behind,
    export::hand_out,
    forms::{CellQuery, ExportQuery},
    frozen,
    ledger::Ledger,
    published,
    screening::{
        children::{self, Cell},
        figures::{self, Figures},
        indicators,
        request::{Asked, By, Mode, Request, Span, reach},
        service, table,
    },
    trends,
    views::{ScreeningPage, ShownTable},
};
use crate::{
    access::Can,
    organisations::queries,
    platform::{
        Actor, App, Error, Errors, Result, Say,
        event::{self, Subject},
        workbook::ReportTable,
    },
    web::{Answer, Choice, Ctx, List, Query, Routes},
};

/// The routes of reports.
pub fn routes() -> Routes {
    Routes::new()
        .get_heavy("/reports/screening", Can::ViewReports, screening)
        .get_heavy("/reports/screening/children", Can::OpenNumbers, behind)
        .get_heavy("/reports/screening/export", Can::ViewReports, export)
        .merge(trends::routes())
        .merge(frozen::routes())
        .list::<Ledger>()
}

async fn screening(State(app): State<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Answer {
    let done = async {
        let figures = seen(&app, &ctx, &asked).await?;
        let tables = tables_for(&app, &ctx, &figures).await?;
        ctx.page(&page(&app, &ctx, &figures.request, &tables).await?)
    };
    ctx.after(done.await, |errors| unread(&app, &ctx, &asked, errors)).await
}

/// The page again, with the period as it was typed and no other table.
async fn unread(app: &App, ctx: &Ctx, asked: &Asked, errors: Errors) -> Result<ScreeningPage> {
    let usual = Asked {
        month: String::new(),
        ..asked.clone()
    };
    Ok(ScreeningPage {
        lead: String::new(),
        month: asked.month.clone(),
        errors,
        running: false,
        ..page(app, ctx, &usual.request(&ctx.actor)?, &[]).await?
    })
}

/// The page of a report with its tables.
async fn page(app: &App, ctx: &Ctx, request: &Request, tables: &[(Span, ReportTable)]) -> Result<ScreeningPage> {
    let place = service::place_name(&*app.db, &request.division, ctx.language).await?;
    let lead = Say::new("reports.lead")
        .with("place", place)
        .with("period", request.period);
    Ok(ScreeningPage {
        lead: ctx.say(lead),
        query: request.query(),
        month: request.period.to_string(),
        errors: Errors::default(),
        division: request.division.clone(),
        mode: request.mode.as_str(),
        by: request.by.as_str(),
        divisions: divisions(&*app.db, &ctx.actor, &request.division, ctx.language).await?,
        quarters: if sees_children(ctx) {
            Vec::new()
        } else {
            published::quarters(ctx.actor.today(), app.config.publish_after_days)
                .into_iter()
                .map(|quarter| Choice::new(quarter, quarter.to_string(), &request.period.to_string()))
                .collect()
        },
        modes: if sees_children(ctx) { Mode::ALL } else { &[] }
            .iter()
            .map(|m| named(ctx, "mode", m.as_str(), request.mode.as_str()))
            .collect(),
        rows: By::ALL
            .iter()
            .filter(|by| sees_children(ctx) || **by != By::Site)
            .map(|b| named(ctx, "by", b.as_str(), request.by.as_str()))
            .collect(),
        running: request.runs_on(ctx.actor.now),
        hidden: !sees_children(ctx),
        tables: tables.iter().map(|(_, table)| ShownTable::from(table)).collect(),
    })
}

/// The reader may open the children behind a number. Everybody else reads what is published.
fn sees_children(ctx: &Ctx) -> bool {
    ctx.may(Can::OpenNumbers)
}

/// The numbers as this reader may see them.
async fn seen(app: &App, ctx: &Ctx, asked: &Asked) -> Result<Figures> {
    if sees_children(ctx) {
        return figures::count(&*app.db, &asked.request(&ctx.actor)?).await;
    }
    let request = published::request(asked, &ctx.actor, app.config.publish_after_days)?;
    published::figures(app, &ctx.actor, &request).await
}

fn named(ctx: &Ctx, kind: &str, value: &str, chosen: &str) -> Choice {
    Choice::new(value, ctx.say(format!("reports.{kind}.{value}")), chosen)
}

/// The divisions that an actor may ask for: their own and those below it, down to the street.
async fn divisions(db: &impl ConnectionTrait, by: &Actor, chosen: &str, language: Language) -> Result<Vec<Choice>> {
    let own = reach(by);
    let mut options = Vec::new();
    if own.len() < 6 {
        let name = service::place_name(db, own, language).await?;
        options.push(Choice::new(own, name, chosen));
    }
    let levels = if own.len() < 6 { &[6][..] } else { &[6, 9] };
    let below = queries::division_options(db, own, levels).await?;
    options.extend(
        below
            .into_iter()
            .map(|place| Choice::new(place.code, place.label, chosen)),
    );
    Ok(options)
}

/// The tables as this reader may see them.
async fn tables_for(app: &App, ctx: &Ctx, figures: &Figures) -> Result<Vec<(Span, ReportTable)>> {
    let request = &figures.request;
    let reporter = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
    let head = service::letterhead(&*app.db, &ctx.actor, reporter, request, ctx.language).await?;
    let caption = service::caption(&head, request, ctx.language);
    let query = request.query();
    let opens = sees_children(ctx);
    let link = |span: Span, indicator: &str, row: Option<&str>| {
        let row = row.map(|row| format!("&row={row}")).unwrap_or_default();
        opens.then(|| {
            format!(
                "/reports/screening/children?{query}&span={}&cell={indicator}{row}",
                span.as_str()
            )
        })
    };
    let mut tables = service::tables(figures, ctx.language, &caption, &link);
    if !opens {
        // The year to date would be another cut of the same children: of a quarter there is one table.
        for (_, table) in &mut tables {
            table::hide_weak_shares(table, &ctx.say("reports.withheld"));
            table.notes.push(ctx.say("reports.note.rounded"));
        }
    }
    Ok(tables)
}

async fn export(State(app): State<App>, ctx: Ctx, Query(query): Query<ExportQuery>) -> Answer {
    let format = query.format()?;
    let figures = seen(&app, &ctx, &query.asked).await?;
    let request = &figures.request;
    let tables = tables_for(&app, &ctx, &figures).await?;
    let title = tables.first().and_then(|(_, table)| table.titles.first());
    let called = format!("{} {}", title.map_or("", String::as_str), request.period);
    let what = (Subject::none(), json!({ "query": request.query() }));
    hand_out(&app, &ctx, (&tables, &called), format, what).await
}

async fn behind(State(app): State<App>, ctx: Ctx, Query(query): Query<CellQuery>) -> Answer {
    let request = query.asked.request(&ctx.actor)?;
    let indicator = indicators::find(&query.cell).ok_or(Error::NotFound)?;
    let span: Span = query.span.parse().map_err(|_| Error::NotFound)?;
    if !request.spans().contains(&span) {
        return Err(Error::NotFound);
    }
    let mut list = List {
        page: query.page.clone(),
        ..List::default()
    };
    list.filters = serde_urlencoded::from_str(&request.query()).map_err(|e| Error::Internal(e.into()))?;
    list.filters.insert("span".into(), query.span.clone());
    list.filters.insert("cell".into(), query.cell.clone());
    list.filters
        .extend(query.row.clone().map(|row| ("row".to_owned(), row)));
    let cell = Cell {
        request: &request,
        span,
        indicator,
        row: query.row.as_deref(),
    };
    let page = children::page(&*app.db, &ctx.actor, cell, &list).await?;
    let details = json!({ "query": list.query(), "children": page.total });
    event::note(&app, &ctx.actor, "report.opened", Subject::none(), details).await?;
    let place = service::place_name(&*app.db, &request.division, ctx.language).await?;
    let back = (
        format!("/reports/screening?{}", request.query()),
        "reports.screening.title",
    );
    show_behind(&app, &ctx, cell, &place, (page, list), back).await
}
