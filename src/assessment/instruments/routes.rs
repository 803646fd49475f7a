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
    let (file, typed) = receive(parts).await?;
    let page = |errors, faults| NewPage {
        licence_note: typed.clone(),
        errors,
        faults,
    };
    let done = async {
        let text = text(file)?;
        let mut check = Check::default();
        let note = check.optional_note("licence_note", &typed, NOTE);
        let imported = match service::import(&app, &ctx.actor, text, check.done(Some(note))?).await {
            Ok(imported) => imported,
            Err(Refusal::Faults(error)) => {
                return ctx.invalid(&page(Errors::default(), Fault::all(&error, tongue(&ctx))));
            }
            Err(Refusal::Other(error)) => return Err(error),
        };
        let go = ctx.go(format!("/instruments/{}/{}", imported.code, imported.version));
        if imported.known {
            go.warning("instruments.known").answer()
        } else if imported.texts {
            go.saying("instruments.texts_imported").answer()
        } else {
            go.saying("instruments.imported").answer()
        }
    };
    ctx.after(done.await, async |errors| Ok(page(errors, Vec::new()))).await
}

/// The file as text.
fn text(file: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(file).map_err(|_| Error::field("file", "instruments.not_text"))?;
    if text.trim().is_empty() {
        return Err(Error::field("file", "form.required"));
    }
    Ok(text.trim_start_matches('\u{feff}').to_owned())
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
