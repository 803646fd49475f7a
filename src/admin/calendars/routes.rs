//! Handlers of the calendar pages.

use axum::extract::State;

use super::{
    forms::{DayForm, ImportForm},
    queries, service,
    views::{CalendarsPage, NewYearPage, YearPage},
};
use crate::{
    access::{Can, places::may_change_common},
    platform::{App, Calendar, Day, Error, Errors, Result, text},
    web::{Answer, Ctx, Form, Path, Routes, upload::Parts},
};

/// A year's table has some 40 days; a file of this size is something else.
const LARGEST: usize = 256 * 1024;

/// The routes of the calendar.
pub fn routes() -> Routes {
    let can = Can::Configure;
    Routes::new()
        .get("/calendars", can, index)
        .get("/calendars/new", can, new)
        .post("/calendars/new", can, begin)
        .post("/calendars/import", can, import)
        .page_of("calendar_year", "/calendars/{year}", can, show)
        .post("/calendars/{year}", can, set_day)
        .post("/calendars/{year}/days/{day}/removal", can, remove_day)
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let calendar = Calendar::load(&*app.db).await?;
    ctx.page(&CalendarsPage {
        years: queries::years(&*app.db).await?,
        missing: queries::missing(&calendar, ctx.actor.today()),
        may_change: may_change_common(&*app.db, &ctx.actor).await?,
    })
}

async fn year_page(app: &App, ctx: &Ctx, year: i32, form: DayForm, errors: Errors) -> Result<YearPage> {
    let row = queries::year(&*app.db, year).await?;
    let days = queries::days(&*app.db, year).await?;
    let calendar = Calendar::load(&*app.db).await?;
    Ok(YearPage {
        year,
        source: row.source,
        months: queries::months(&calendar, year, &days),
        days,
        form,
        errors,
        may_change: may_change_common(&*app.db, &ctx.actor).await?,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, Path(year): Path<i32>) -> Answer {
    ctx.page(&year_page(&app, &ctx, year, DayForm::default(), Errors::default()).await?)
}

async fn set_day(State(app): State<App>, ctx: Ctx, Path(year): Path<i32>, Form(form): Form<DayForm>) -> Answer {
    let done = async {
        service::set_day(&app, &ctx.actor, form.input(year)?).await?;
        saved(&ctx, year)
    };
    ctx.after(done.await, |errors| year_page(&app, &ctx, year, form, errors))
        .await
}

fn saved(ctx: &Ctx, year: i32) -> Answer {
    ctx.go(format!("/calendars/{year}")).saying("calendars.saved").answer()
}

async fn remove_day(State(app): State<App>, ctx: Ctx, Path((year, Day(day))): Path<(i32, Day)>) -> Answer {
    service::remove_day(&app, &ctx.actor, day).await?;
    saved(&ctx, year)
}

fn new_page(import: ImportForm, import_errors: Errors, form: DayForm, errors: Errors) -> NewYearPage {
    NewYearPage {
        import,
        import_errors,
        form,
        errors,
    }
}

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    if !may_change_common(&*app.db, &ctx.actor).await? {
        return ctx.go("/calendars").warning("configuration.common").answer();
    }
    ctx.page(&new_page(
        ImportForm::default(),
        Errors::default(),
        DayForm::default(),
        Errors::default(),
    ))
}

async fn begin(State(app): State<App>, ctx: Ctx, Form(form): Form<DayForm>) -> Answer {
    let done = async {
        let (source, day) = form.first()?;
        let year = service::begin(&app, &ctx.actor, source, day).await?;
        saved(&ctx, year)
    };
    ctx.after(done.await, async |errors| {
        Ok(new_page(ImportForm::default(), Errors::default(), form, errors))
    })
    .await
}

async fn import(State(app): State<App>, ctx: Ctx, parts: Parts) -> Answer {
    let form = read_import(parts).await?;
    let done = async {
        let year = service::import(&app, &ctx.actor, form.input()?, form.replace).await?;
        saved(&ctx, year)
    };
    ctx.after(done.await, async |errors| {
        Ok(new_page(form, errors, DayForm::default(), Errors::default()))
    })
    .await
}

async fn read_import(mut parts: Parts) -> Result<ImportForm> {
    let mut form = ImportForm::default();
    while let Some(part) = parts.next().await? {
        let name = part.name.clone();
        let field = if name == "file" { "file" } else { "text" };
        let too_large = || Error::field(field, "calendars.too_large");
        let bytes = part.bytes(LARGEST).await?.ok_or_else(too_large)?;
        let text = text::cleaned(&String::from_utf8_lossy(&bytes)).into_owned();
        match name.as_str() {
            "file" => form.file = text,
            "text" => form.text = text,
            "source" => form.source = text.trim().to_owned(),
            "replace" => form.replace = text == "true",
            _ => {}
        }
    }
    Ok(form)
}
