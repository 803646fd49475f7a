//! Handlers of the door, and of the counter.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse as _,
};
use entities::{ChildId, GuardianshipId, words::SeenDocument};

use super::{
    forms::{CodeForm, DoorForm, IssueForm},
    rules,
    service::{self, Asking, Browser},
    session::{self, DoorLimit},
    views::{CodePage, DoorPage, IssuePage, IssuedPage, PapersPage, issue_address},
};
use crate::{
    access::Can,
    children, notifications,
    platform::{App, Errors, Result, Say},
    web::{
        Answer, Ctx, Form, Path, Routes, Visitor, choices,
        visitor::{DOOR, GuardianPaper},
    },
};

const CODE: &str = "/my/code";
const PAPERS: &str = "/my/papers";

/// The routes of the way in.
pub fn routes() -> Routes {
    Routes::new()
        .get(DOOR, Can::Anyone, door)
        .post(DOOR, Can::Anyone, ask)
        .get(CODE, Can::Anyone, code)
        .post(CODE, Can::Anyone, enter)
        .post("/my/counter", Can::Anyone, enter_counter)
        .get(PAPERS, Can::Guardian, papers)
        .post("/my/leaving", Can::Guardian, leave)
        .get("/children/{id}/guardians/{tie}/access-code", Can::Enrol, issue_page)
        .post("/children/{id}/guardians/{tie}/access-code", Can::Enrol, issue)
}

fn browser(headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Browser::named(agent.unwrap_or_default())
}

async fn door(ctx: Ctx) -> Answer {
    if ctx.visitor.is_some() {
        return ctx.go(PAPERS).answer();
    }
    ctx.page(&DoorPage {
        form: DoorForm::default(),
        errors: Errors::default(),
    })
}

async fn ask(
    State(app): State<App>,
    Extension(limit): Extension<Arc<DoorLimit>>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(form): Form<DoorForm>,
) -> Answer {
    if let Err(wait) = limit.admit(&ctx.actor.remote) {
        return too_often(&ctx, form, wait);
    }
    let (name, address) = match form.input() {
        Ok(input) => input,
        Err(errors) => return ctx.invalid(&DoorPage { form, errors }),
    };
    match service::ask(&app, &ctx.actor, &browser(&headers), &name, &address, &form.address).await? {
        Asking::Noted(cookie) => session::keep(&app, ctx.go(CODE).answer()?, &cookie),
        Asking::TooOften => {
            let wait = u64::try_from(rules::SHORTLY.num_seconds()).unwrap_or_default();
            too_often(&ctx, form, wait)
        }
    }
}

/// The page again, with the time after which somebody may try again: the same for everybody.
fn too_often(ctx: &Ctx, form: DoorForm, seconds: u64) -> Answer {
    let errors = Errors::whole(Say::new("my.too_often").with("minutes", seconds.div_ceil(60)));
    let page = ctx.page(&DoorPage { form, errors })?;
    let mut response = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

fn code_page(errors: Errors) -> CodePage {
    CodePage {
        form: CodeForm::default(),
        errors,
        minutes: notifications::CODE_HOLDS.num_minutes(),
    }
}

async fn code(ctx: Ctx, headers: HeaderMap) -> Answer {
    if ctx.visitor.is_some() {
        return ctx.go(PAPERS).answer();
    }
    match session::cookie(&headers) {
        Some(_) => ctx.page(&code_page(Errors::default())),
        None => ctx.go(DOOR).answer(),
    }
}

async fn enter(
    State(app): State<App>,
    Extension(limit): Extension<Arc<DoorLimit>>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Answer {
    let Some(cookie) = session::cookie(&headers) else {
        return ctx.go(DOOR).answer();
    };
    if let Err(wait) = limit.admit(&ctx.actor.remote) {
        return too_often(&ctx, DoorForm::default(), wait);
    }
    match service::enter(&app, &ctx.actor, cookie, &form.code).await? {
        Some(in_) => session::keep(&app, ctx.go(PAPERS).answer()?, &in_.cookie),
        None => ctx.invalid(&code_page(Errors::field("code", "my.code.wrong"))),
    }
}

async fn enter_counter(
    State(app): State<App>,
    Extension(limit): Extension<Arc<DoorLimit>>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(form): Form<DoorForm>,
) -> Answer {
    if let Err(wait) = limit.admit(&ctx.actor.remote) {
        return too_often(&ctx, form, wait);
    }
    let code = match form.code() {
        Ok(code) => code,
        Err(errors) => return ctx.invalid(&DoorPage { form, errors }),
    };
    match service::enter_counter(&app, &ctx.actor, &browser(&headers), &code).await? {
        Some(in_) => session::keep(&app, ctx.go(PAPERS).answer()?, &in_.cookie),
        None => ctx.invalid(&DoorPage {
            form: DoorForm::default(),
            errors: Errors::field("counter", "my.code.wrong"),
        }),
    }
}

async fn papers(State(app): State<App>, ctx: Ctx, visitor: Visitor) -> Answer {
    let mut all: Vec<GuardianPaper> = Vec::new();
    let mut together = Vec::new();
    for source in ctx.features.for_guardians() {
        let found = (source.find)(&app, &ctx, &visitor).await?;
        let several = found.iter().filter(|one| one.waits).count() > 1;
        together.extend(source.together.filter(|_| several));
        all.extend(found);
    }
    let (waiting, signed) = all.into_iter().partition(|one| one.waits);
    ctx.page(&PapersPage {
        visitor,
        waiting,
        signed,
        together,
    })
}

async fn leave(State(app): State<App>, ctx: Ctx, headers: HeaderMap) -> Answer {
    if let Some(cookie) = session::cookie(&headers) {
        service::leave(&app, &ctx.actor, cookie).await?;
    }
    session::keep(&app, ctx.go(DOOR).saying("my.left").answer()?, "")
}

async fn issuing(
    app: &App,
    ctx: &Ctx,
    (id, tie): (ChildId, GuardianshipId),
    form: &IssueForm,
    errors: Errors,
) -> Result<IssuePage> {
    let child = children::service::survivor(app, &ctx.actor, id).await?;
    let (tie, guardian) = children::guardians::tie(&*app.db, child.id, tie).await?;
    Ok(IssuePage {
        action: issue_address(child.id, tie.id),
        documents: choices::<SeenDocument>(ctx.language, &form.document),
        child,
        guardian,
        errors,
    })
}

async fn issue_page(State(app): State<App>, ctx: Ctx, Path(ids): Path<(ChildId, GuardianshipId)>) -> Answer {
    ctx.page(&issuing(&app, &ctx, ids, &IssueForm::default(), Errors::default()).await?)
}

async fn issue(
    State(app): State<App>,
    ctx: Ctx,
    Path(ids): Path<(ChildId, GuardianshipId)>,
    Form(form): Form<IssueForm>,
) -> Answer {
    let seen = issuing(&app, &ctx, ids, &form, Errors::default()).await?;
    let done = async {
        let code = service::issue(&app, &ctx.actor, seen.child.id, ids.1, form.input()?).await?;
        let page = IssuedPage {
            door: format!("{}{DOOR}", app.config.public_url),
            code: rules::spoken(&code),
            minutes: rules::COUNTER_HOLDS.num_minutes(),
            child: seen.child,
            guardian: seen.guardian,
        };
        ctx.secret(issue_address(page.child.id, ids.1), &page)
    };
    ctx.after(done.await, |errors| issuing(&app, &ctx, ids, &form, errors))
        .await
}
