//! The routes of imports.

use std::collections::BTreeMap;

use axum::{
    extract::{DefaultBodyLimit, FromRequest as _, Request, State},
    handler::Handler as _,
    http::header::CONTENT_LENGTH,
};
use entities::{
    JobId, ParkedRowId,
    words::{IdentityKind, Sex},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    columns,
    forms::{DecisionForm, ReadingForm, RowForm, TAKEN},
    job::{self, Brought, Findings, Options},
    parked::{self, Parked},
    places::Places,
    queries,
    views::{ImportPage, ImportRow, ImportsPage, Line, NewImportPage, ParkedPage, ParkedRowPage},
};
use crate::{
    access::Can,
    children::{reuse::Differing, service::registers_in},
    platform::{
        App, Error, Errors, Result, Version, clock,
        event::{self, Subject},
        file::{self, Arrived},
        job::progress,
        workbook::{Format, Limits, ReadError, marked},
    },
    web::{
        Answer, Ctx, Form, List, Page, Path, Query, Routes,
        ctx::download,
        job as progressing,
        upload::{Parts, WRAPPING},
    },
};

/// The routes of imports.
pub fn routes() -> Routes {
    let largest = Limits::default().bytes + WRAPPING;
    Routes::new()
        .get("/imports", Can::Import, index)
        .post("/imports", Can::Import, create.layer(DefaultBodyLimit::max(largest)))
        .get("/imports/new", Can::Import, new)
        .get("/imports/template", Can::Import, template)
        .page_of("job", "/imports/{id}", Can::Import, show)
        .get_heavy("/imports/{id}/marked", Can::Import, marked_workbook)
        .post("/imports/{id}/reading", Can::Import, read_as)
        .post("/imports/{id}/decision", Can::Import, decide)
        .post("/imports/{id}/cancellation", Can::Import, cancel)
        .get("/imports/{id}/rows", Can::Import, parked_rows)
        .get("/imports/{id}/rows/{row}", Can::Import, parked_row_page)
        .post("/imports/{id}/rows/{row}", Can::Import, decide_row)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let page = list.fetch(&*app.db, queries::all(&ctx.actor)).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for job in &page.rows {
        rows.push(ImportRow {
            job: job.clone(),
            file: queries::file_name(&*app.db, job.file_id).await?,
            person: crate::account::queries::name(&*app.db, job.created_by).await?,
            findings: Findings::of(job)?,
        });
    }
    let page = Page::place(page.page, page.total).with(rows);
    ctx.page(&ImportsPage { list, page })
}

async fn new(ctx: Ctx) -> Answer {
    ctx.page(&NewImportPage {
        errors: Errors::default(),
    })
}

async fn template(State(app): State<App>, ctx: Ctx) -> Answer {
    let places = Places::load(&*app.db, registers_in(&ctx.actor)).await?;
    let (language, today) = (ctx.language, ctx.actor.today());
    let made_at = clock::local(ctx.actor.now);
    let make = move || columns::template(language, places.offered(), today, made_at);
    let content = tokio::task::spawn_blocking(make).await??;
    let name = format!("{}.xlsx", ctx.say("roster.template.file"));
    Ok(download(&name, Format::Xlsx.media_type(), content))
}

async fn create(State(app): State<App>, ctx: Ctx, request: Request) -> Answer {
    let done = async {
        match job::bring_in(&app, &ctx.actor, receive(request).await?).await? {
            Brought::New(id) => {
                job::start(&app, id);
                ctx.go(format!("/imports/{id}")).answer()
            }
            Brought::Known(id) => ctx
                .go(format!("/imports/{id}"))
                .warning(known(&app, &ctx, id).await?)
                .answer(),
        }
    };
    ctx.after(done.await, async |errors| Ok(NewImportPage { errors })).await
}

/// That the same file was brought in before, when and by whom.
async fn known(app: &App, ctx: &Ctx, id: JobId) -> Result<crate::platform::Say> {
    let job = queries::find(&*app.db, &ctx.actor, id).await?;
    let at = job.finished_at.unwrap_or(job.created_at);
    let key = if job.finished_at.is_some() {
        "roster.already_imported"
    } else {
        "roster.already_here"
    };
    Ok(crate::platform::Say::new(key)
        .with("at", clock::shown(at))
        .with("by", crate::account::queries::name(&*app.db, job.created_by).await?))
}

/// The file of an upload. One that says that it is too large is refused before a byte is read, any other as soon as it
/// is.
async fn receive(request: Request) -> Result<Arrived> {
    let limit = Limits::default().bytes;
    let too_large = || Error::field("file", &ReadError::TooLarge { limit });
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit + WRAPPING) {
        return Err(too_large());
    }
    let mut parts = Parts::from_request(request, &()).await?;
    while let Some(part) = parts.next().await? {
        if part.name != "file" {
            continue;
        }
        let name = part.file_name();
        let bytes = part.bytes(limit).await?.ok_or_else(too_large)?;
        if bytes.is_empty() {
            break;
        }
        return Ok(Arrived { name, bytes });
    }
    Err(Error::field("file", "roster.no_file"))
}

async fn page(app: &App, ctx: &Ctx, id: JobId, errors: Errors) -> Result<ImportPage> {
    let job = queries::find(&*app.db, &ctx.actor, id).await?;
    let findings = Findings::of(&job)?;
    Ok(ImportPage {
        file: queries::file_name(&*app.db, job.file_id).await?,
        person: crate::account::queries::name(&*app.db, job.created_by).await?,
        shown: findings.first_errors(app)?,
        open: queries::open_rows(&*app.db, &job).await?,
        options: Options::of(&job)?,
        findings,
        progress: progress(app, &job),
        errors,
        job,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>) -> Answer {
    let page = page(&app, &ctx, id, Errors::default()).await?;
    progressing::page(&ctx, &page, page.is_running())
}

/// The sender's own sheet back, with its errors marked. Taking it out is recorded.
async fn marked_workbook(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<JobId>,
    Query(which): Query<Which>,
) -> Answer {
    let job = queries::find(&*app.db, &ctx.actor, id).await?;
    let (sheet, checked) = job::check_again(&app, &ctx.actor, &job).await?;
    let language = ctx.language;
    let only = which.rows == "wrong";
    let made_at = clock::local(ctx.actor.now);
    let make = move || {
        let marks: Vec<_> = checked.errors.iter().map(|error| error.mark(language)).collect();
        marked::to_xlsx(&sheet, &marks, only, made_at, language)
    };
    let content = tokio::task::spawn_blocking(make).await??;
    let subject = Subject::new("job", id.0);
    event::note(
        &app,
        &ctx.actor,
        "roster.marked_exported",
        subject,
        json!({ "only_wrong": only }),
    )
    .await?;
    let called = queries::file_name(&*app.db, job.file_id).await?;
    let name = format!("{}-{}.xlsx", file::stem(&called), ctx.say("roster.marked.file"));
    Ok(download(&name, Format::Xlsx.media_type(), content))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    rows: String,
}

async fn decide(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>, Form(form): Form<DecisionForm>) -> Answer {
    let done = async {
        let differing = Differing::typed(&form.differing);
        job::decide_answered(&app, &ctx.actor, id, form.good_rows_only()?, differing).await?;
        job::start(&app, id);
        ctx.go(format!("/imports/{id}")).answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}

async fn read_as(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>, Form(form): Form<ReadingForm>) -> Answer {
    let done = async {
        let findings = Findings::of(&queries::find(&*app.db, &ctx.actor, id).await?)?;
        job::read_as(&app, &ctx.actor, id, form.options(&findings)?).await?;
        job::start(&app, id);
        ctx.go(format!("/imports/{id}")).answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}

async fn cancel(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>) -> Answer {
    job::cancel(&app, &ctx.actor, id).await?;
    ctx.go(format!("/imports/{id}")).saying("roster.cancelled").answer()
}

async fn parked_rows(State(app): State<App>, ctx: Ctx, Path(id): Path<JobId>) -> Answer {
    let job = queries::find(&*app.db, &ctx.actor, id).await?;
    ctx.page(&ParkedPage {
        file: queries::file_name(&*app.db, job.file_id).await?,
        rows: parked::of_job(&*app.db, &ctx.actor, id).await?,
        job,
    })
}

async fn parked_row_page(State(app): State<App>, ctx: Ctx, Path((id, row)): Path<(JobId, ParkedRowId)>) -> Answer {
    let parked = parked::find(&app, &ctx.actor, id, row).await?;
    // Also when the file is not shown: that there is one was told.
    let subject = Subject::of_child("parked_row", row.0, parked.row.child_id);
    event::note(&app, &ctx.actor, "roster.row_viewed", subject, json!({})).await?;
    ctx.page(&compared(&app, &ctx, parked, Errors::default()).await?)
}

/// Words of columns.
const COLUMN: &str = "roster.column.";

/// The row beside the file; numbers masked on both sides.
async fn compared(app: &App, ctx: &Ctx, parked: Parked, errors: Errors) -> Result<ParkedRowPage> {
    let new = &parked.child;
    let twin = parked.twin.as_ref();
    let of = |value: Option<String>| value.unwrap_or_default();
    let places = [
        Some(new.division.as_str().to_owned()),
        twin.map(|child| child.division.clone()),
    ];
    let names = crate::organisations::queries::division_names(&*app.db, places.into_iter().flatten()).await?;
    let place = |code: &str| names.get(code).cloned().unwrap_or_else(|| code.to_owned());
    let guardians = match twin {
        Some(child) => parked::guardian_names(&*app.db, child.id).await?,
        None => Vec::new(),
    };
    let people = |all: Vec<(String, Option<String>)>| {
        let all = all
            .into_iter()
            .map(|(name, phone)| format!("{name} {}", phone.unwrap_or_default()));
        all.map(|one| one.trim().to_owned()).collect::<Vec<_>>().join(" / ")
    };
    let sex = |sex: Sex| ctx.say(sex.word());
    let kind = |kind: IdentityKind| ctx.say(kind.word());
    let line = |key: &'static str, row: String, file: Option<String>| Line {
        key,
        field: key
            .strip_prefix(COLUMN)
            .filter(|field| TAKEN.contains(field))
            .unwrap_or_default(),
        row,
        file: file.unwrap_or_default(),
    };
    let lines = vec![
        line("roster.column.name", new.name.clone(), twin.map(|c| c.name.clone())),
        line("roster.column.sex", sex(new.sex), twin.map(|c| sex(c.sex))),
        line(
            "roster.column.birth_on",
            new.birth_on.to_string(),
            twin.map(|c| c.birth_on.to_string()),
        ),
        line(
            "roster.column.identity_kind",
            kind(new.identity.kind()),
            twin.map(|c| kind(c.identity_kind)),
        ),
        line(
            "roster.column.identity_no",
            of(new.identity.mask()),
            twin.map(|c| of(c.identity_mask.clone())),
        ),
        line(
            "roster.column.division",
            place(new.division.as_str()),
            twin.map(|c| place(&c.division)),
        ),
        line(
            "roster.column.address",
            of(new.address.clone()),
            twin.map(|c| of(c.address.clone())),
        ),
        line(
            "roster.column.kindergarten",
            of(new.kindergarten.clone()),
            twin.map(|c| of(c.kindergarten.clone())),
        ),
        line(
            "roster.guardians",
            people(
                new.guardians
                    .iter()
                    .map(|g| (g.name.clone(), g.phone.as_ref().map(entities::phone::Phone::masked)))
                    .collect(),
            ),
            Some(people(guardians)),
        ),
    ];
    Ok(ParkedRowPage {
        parked,
        lines,
        decision: String::new(),
        fields: BTreeMap::new(),
        differing: String::new(),
        errors,
    })
}

async fn decide_row(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, row)): Path<(JobId, ParkedRowId)>,
    Form(form): Form<RowForm>,
) -> Answer {
    let done = async {
        let version = Version::typed(&form.version);
        parked::decide(&app, &ctx.actor, id, row, version, &form.chosen()?).await?;
        ctx.go(format!("/imports/{id}/rows"))
            .saying("roster.row.decided")
            .answer()
    };
    ctx.after(done.await, async |errors| {
        let parked = parked::find(&app, &ctx.actor, id, row).await?;
        Ok(ParkedRowPage {
            decision: form.decision,
            fields: form.fields,
            differing: form.differing,
            ..compared(&app, &ctx, parked, errors).await?
        })
    })
    .await
}
