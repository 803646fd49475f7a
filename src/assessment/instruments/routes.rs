//! Handlers of the package pages.

use axum::{
    extract::{DefaultBodyLimit, State},
    handler::Handler as _,
};
use entities::{InstrumentId, screening::instrument};

use super::{
    library,
    service::{self, Refusal},
    views::{Fault, IndexPage, NewPage, PackageRow, ShowPage, TextsRow},
};
use crate::{
    access::{Can, places::may_change_common},
    assessment::views::tongue,
    platform::{App, Check, Error, Errors, Result},
    screening::instruments::Package,
    web::{
        Answer, Ctx, Path, Routes,
        upload::{Parts, WRAPPING},
    },
};

/// Longest note about the licence.
const NOTE: usize = 500;

/// The routes of packages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/instruments", Can::ViewInstruments, index)
        .get("/instruments/new", Can::Configure, new)
        .post(
            "/instruments",
            Can::Configure,
            import.layer(DefaultBodyLimit::max(Package::MAX_BYTES + WRAPPING)),
        )
        .get("/instruments/{code}/{version}", Can::ViewInstruments, show)
        .post("/instruments/imports/{id}/retirement", Can::Configure, retire)
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let here = library::load(&*app.db).await?;
    ctx.page(&IndexPage {
        rows: PackageRow::all(&here, tongue(&ctx)),
        broken: here.broken.clone(),
        may_import: may_import(&app, &ctx).await?,
    })
}

/// Packages and texts are for every district.
async fn may_import(app: &App, ctx: &Ctx) -> Result<bool> {
    Ok(ctx.may(Can::Configure) && may_change_common(&*app.db, &ctx.actor).await?)
}

async fn show(State(app): State<App>, ctx: Ctx, Path((code, version)): Path<(String, String)>) -> Answer {
    let here = library::load(&*app.db).await?;
    let package = here.version(&code, &version).ok_or(Error::NotFound)?;
    let head = PackageRow::all(&here, tongue(&ctx))
        .into_iter()
        .find(|row| row.code == code && row.version == version)
        .ok_or(Error::NotFound)?;
    let (refused, missing) = (
        ctx.say("instruments.vector.refused"),
        ctx.say("instruments.vector.missing"),
    );
    let mut page = ShowPage::of(head, package, tongue(&ctx), &refused, &missing);
    page.may_import = may_import(&app, &ctx).await?;
    if let Some(import) = here.import(&code, &version) {
        let row = library::row(&*app.db, import).await?;
        let person = person(&app, &row).await?;
        page.import = Some((row, person));
    }
    for import in here.texts(&code, &version) {
        let row = library::row(&*app.db, import).await?;
        let person = person(&app, &row).await?;
        page.texts.push(TextsRow { row, person });
    }
    ctx.page(&page)
}

async fn person(app: &App, row: &instrument::Model) -> Result<String> {
    let mut people = crate::account::queries::names(&*app.db, [row.imported_by]).await?;
    Ok(people.remove(&row.imported_by).unwrap_or_default())
}

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    if !may_import(&app, &ctx).await? {
        return ctx.go("/instruments").warning("configuration.common").answer();
    }
    ctx.page(&NewPage {
        licence_note: String::new(),
        errors: Errors::default(),
        faults: Vec::new(),
    })
}

async fn import(State(app): State<App>, ctx: Ctx, parts: Parts) -> Answer {
    let (file, licence_note) = receive(parts).await?;
    let mut page = NewPage {
        licence_note,
        errors: Errors::default(),
        faults: Vec::new(),
    };
    let text = match String::from_utf8(file) {
        Ok(text) if text.trim().is_empty() => {
            page.errors.add("file", "form.required");
            return ctx.invalid(&page);
        }
        Ok(text) => text,
        Err(_) => {
            page.errors.add("file", "instruments.not_text");
            return ctx.invalid(&page);
        }
    };
    let mut check = Check::default();
    let licence_note = check.optional_note("licence_note", &page.licence_note, NOTE);
    if let Err(errors) = check.done(Some(())) {
        page.errors = errors;
        return ctx.invalid(&page);
    }
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let done = match service::import(&app, &ctx.actor, text, licence_note).await {
        Ok(done) => done,
        Err(Refusal::Faults(error)) => {
            page.faults = Fault::all(&error, tongue(&ctx));
            return ctx.invalid(&page);
        }
        Err(Refusal::Other(Error::Invalid(errors))) => {
            page.errors = *errors;
            return ctx.invalid(&page);
        }
        Err(Refusal::Other(other)) => return Err(other),
    };
    let go = ctx.go(format!("/instruments/{}/{}", done.code, done.version));
    if done.known {
        go.warning("instruments.known").answer()
    } else if done.texts {
        go.saying("instruments.texts_imported").answer()
    } else {
        go.saying("instruments.imported").answer()
    }
}

/// The file and the note of an upload.
async fn receive(mut parts: Parts) -> Result<(Vec<u8>, String)> {
    let (mut file, mut note) = (Vec::new(), String::new());
    while let Some(part) = parts.next().await? {
        match part.name.as_str() {
            "file" => file = part.bytes(Package::MAX_BYTES).await?.ok_or(Error::TooLarge)?,
            "licence_note" => note = part.text().await?,
            _ => {}
        }
    }
    Ok((file, note))
}

async fn retire(State(app): State<App>, ctx: Ctx, Path(id): Path<InstrumentId>) -> Answer {
    let row = service::retire(&app, &ctx.actor, id).await?;
    let version = row
        .edition
        .split_once(library::TEXTS)
        .map_or(row.edition.as_str(), |(v, _)| v);
    ctx.go(format!("/instruments/{}/{version}", row.code))
        .saying("instruments.retired")
        .answer()
}
