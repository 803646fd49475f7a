//! Handlers of lists of divisions.

use axum::{
    extract::{DefaultBodyLimit, FromRequest as _, Request, State},
    handler::Handler as _,
};
use serde_json::json;

use super::{
    columns,
    service::{self, Waiting},
    views::{ImportPage, PreviewPage},
};
use crate::{
    access::Can,
    platform::{
        App, Error, Errors, Result, Say, clock,
        event::{self, Subject},
        file::{self, Arrived},
        workbook::{Format, Limits, Mark, ReadError, marked},
    },
    web::{
        Answer, Ctx, Routes,
        ctx::download,
        upload::{Parts, WRAPPING},
    },
};

/// The routes of lists of divisions.
pub fn routes() -> Routes {
    let can = Can::Configure;
    let largest = Limits::default().bytes + WRAPPING;
    Routes::new()
        .get("/divisions/import", can, new)
        .post("/divisions/import", can, create.layer(DefaultBodyLimit::max(largest)))
        .get("/divisions/import/template", can, template)
        .get_heavy("/divisions/import/preview", can, preview)
        .post("/divisions/import/preview", can, take)
        .get_heavy("/divisions/import/marked", can, marked_workbook)
}

async fn new(ctx: Ctx) -> Answer {
    ctx.page(&ImportPage {
        errors: Errors::default(),
    })
}

async fn template(ctx: Ctx) -> Answer {
    let (language, today) = (ctx.language, ctx.actor.today());
    let made_at = clock::local(ctx.actor.now);
    let make = move || columns::template(language, today, made_at);
    let content = tokio::task::spawn_blocking(make).await??;
    let name = format!("{}.xlsx", ctx.say("division_import.template.file"));
    Ok(download(&name, Format::Xlsx.media_type(), content))
}

async fn create(State(app): State<App>, ctx: Ctx, request: Request) -> Answer {
    let done = async {
        let arrived = receive(request).await?;
        service::keep(&app, &ctx.actor, arrived).await?;
        ctx.go("/divisions/import/preview").answer()
    };
    ctx.after(done.await, async |errors| Ok(ImportPage { errors })).await
}

/// The file of an upload.
async fn receive(request: Request) -> Result<Arrived> {
    let limit = Limits::default().bytes;
    let mut parts = Parts::from_request(request, &()).await?;
    while let Some(part) = parts.next().await? {
        if part.name != "file" {
            continue;
        }
        let name = part.file_name();
        match part.bytes(limit).await? {
            None => return Err(Error::field("file", &ReadError::TooLarge { limit })),
            Some(bytes) if !bytes.is_empty() => return Ok(Arrived { name, bytes }),
            Some(_) => break,
        }
    }
    Err(Error::field("file", "division_import.no_file"))
}

async fn page(app: &App, ctx: &Ctx, waiting: &Waiting, errors: Errors) -> Result<PreviewPage> {
    let checked = service::check(&*app.db, &ctx.actor, &waiting.sheet).await?;
    Ok(PreviewPage {
        file: waiting.file.clone(),
        concerned: service::concerned(&*app.db, &checked).await?,
        unknown: waiting.sheet.unknown.clone(),
        checked,
        errors,
    })
}

async fn preview(State(app): State<App>, ctx: Ctx) -> Answer {
    let waiting = match service::waiting(&app, &ctx.actor).await {
        Err(Error::NotFound) => return ctx.go("/divisions/import").answer(),
        waiting => waiting?,
    };
    ctx.page(&page(&app, &ctx, &waiting, Errors::default()).await?)
}

async fn take(State(app): State<App>, ctx: Ctx) -> Answer {
    let waiting = service::waiting(&app, &ctx.actor).await?;
    let done = async {
        let taken = service::take(&app, &ctx.actor, &waiting).await?;
        let say = Say::new("division_import.taken")
            .with("added", taken.added)
            .with("changes", taken.changes)
            .with("to_come", taken.to_come);
        ctx.go("/divisions").saying(say).answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, &waiting, errors)).await
}

/// The sender's own sheet back, with its errors marked.
async fn marked_workbook(State(app): State<App>, ctx: Ctx) -> Answer {
    let Waiting { file, sheet } = service::waiting(&app, &ctx.actor).await?;
    let checked = service::check(&*app.db, &ctx.actor, &sheet).await?;
    let language = ctx.language;
    let made_at = clock::local(ctx.actor.now);
    let marks: Vec<Mark> = checked
        .errors
        .iter()
        .map(|wrong| Mark {
            row: wrong.row,
            column: wrong.index,
            message: wrong.say.in_words(language),
        })
        .collect();
    let make = move || marked::to_xlsx(&sheet, &marks, false, made_at, language);
    let content = tokio::task::spawn_blocking(make).await??;
    let details = json!({ "list": "divisions", "errors": checked.errors.len() });
    event::note(&app, &ctx.actor, "list.exported", Subject::none(), details).await?;
    let name = format!("{}-{}.xlsx", file::stem(&file), ctx.say("roster.marked.file"));
    Ok(download(&name, Format::Xlsx.media_type(), content))
}
