//! The pages of tasks.

use axum::extract::State;
use entities::{
    OrganisationId, TaskId,
    task::task,
    words::{ContactMethod, ContactResult, Focus, TaskState, What},
};

use super::{
    due::late,
    forms::{TaskForm, Tried},
    history,
    list::Tasks,
    queries,
    rules::{self, Group},
    said, service,
    views::TaskPage,
};
use crate::{
    access::Can,
    children::{
        age_in_words, calls_for,
        service::{survivor, view_page},
    },
    organisations,
    platform::{App, Calendar, Errors, Result, Say},
    web::{Answer, Ctx, Form, List, Path, Routes, choices},
};

/// The routes of tasks. The addresses of follow-ups, as which some of them began, lead on.
pub(super) fn routes() -> Routes {
    Routes::new()
        .list::<Tasks>()
        .page_of("task", "/tasks/{id}", Can::ViewChildren, show)
        .post("/tasks/{id}/contacts", Can::Refer, contacts)
        .post("/tasks/{id}/completion", Can::Refer, completion)
        .post("/tasks/{id}/loss", Can::Refer, loss)
        .get("/follow-ups", Can::ViewChildren, follow_ups)
        .page_of("follow_up", "/follow-ups/{id}", Can::ViewChildren, follow_up)
}

async fn follow_ups(ctx: Ctx, list: List) -> Answer {
    let what = list.filter("kind").to_owned();
    let kept = list.href(&[("kind", ""), ("what", &what), ("group", Group::FollowUps.as_str())]);
    ctx.go(format!("/tasks{kept}")).answer()
}

async fn follow_up(State(app): State<App>, ctx: Ctx, Path(id): Path<TaskId>) -> Answer {
    let found = queries::find(&*app.db, &ctx.actor, id).await?;
    ctx.go(service::page(found.id)).answer()
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<TaskId>) -> Answer {
    let page = page(&app, &ctx, id, TaskForm::default(), Errors::default()).await?;
    if let Some(child) = &page.child {
        view_page(&app, &ctx.actor, child.id, "task").await?;
    }
    ctx.page(&page)
}

async fn contacts(State(app): State<App>, ctx: Ctx, Path(id): Path<TaskId>, Form(form): Form<TaskForm>) -> Answer {
    let done = async {
        let row = queries::find(&*app.db, &ctx.actor, id).await?;
        let attempt = form.attempt(ctx.actor.now, row.since)?;
        said::contact(&app, &ctx.actor, id, attempt).await?;
        if form.is_at_once() {
            return ctx
                .back_to(&service::page(id), "phones")
                .saying("contact.said")
                .answer();
        }
        back(&ctx, id, "contact.said")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn completion(State(app): State<App>, ctx: Ctx, Path(id): Path<TaskId>, Form(form): Form<TaskForm>) -> Answer {
    let done = async {
        said::complete(&app, &ctx.actor, id, form.version(), form.completion()?).await?;
        back(&ctx, id, "task.said.done")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn loss(State(app): State<App>, ctx: Ctx, Path(id): Path<TaskId>, Form(form): Form<TaskForm>) -> Answer {
    let done = async {
        said::lose(&app, &ctx.actor, id, form.version(), form.loss()?).await?;
        back(&ctx, id, "task.said.lost")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

fn back(ctx: &Ctx, id: TaskId, say: &'static str) -> Answer {
    ctx.go(service::page(id)).saying(say).answer()
}

async fn page(app: &App, ctx: &Ctx, id: TaskId, mut form: TaskForm, errors: Errors) -> Result<TaskPage> {
    let db = &*app.db;
    let today = ctx.actor.today();
    let task = queries::find(db, &ctx.actor, id).await?;
    let child = match task.child_id {
        Some(id) => Some(survivor(app, &ctx.actor, id).await?),
        None => None,
    };
    let about = (task.focus == Focus::Organisation).then_some(OrganisationId(task.focus_id));
    let names = organisations::queries::names(db, about.into_iter().chain([task.organisation_id])).await?;
    let name = |id: &OrganisationId| names.get(id).cloned().unwrap_or_default();
    let calendar = Calendar::known(&app.db).await?;
    let open = task.state == TaskState::Open;
    let late = task
        .due_on
        .filter(|_| open)
        .map(|day| (day, late(&calendar, day, today)));
    form.version = task.version.to_string();
    Tried::begin(
        ctx.actor.now,
        &mut form.method,
        &mut form.attempted_on,
        &mut form.attempted_time,
    );
    let theirs = open && said::is_theirs(&ctx.actor, &task);
    let may_act = theirs && ctx.may(Can::Refer);
    let calls = match child.as_ref().filter(|_| may_act) {
        Some(child) => calls_for(app, ctx, child.id, Some(format!("/tasks/{id}/contacts"))).await?,
        None => None,
    };
    Ok(TaskPage {
        lead: child.as_ref().map_or_else(String::new, |child| {
            let age = age_in_words(ctx.language, child.birth_on, today);
            format!("{} · {} · {age}", child.file_no, ctx.say(child.sex.word()))
        }),
        place: name(&task.organisation_id),
        about: about.as_ref().map_or_else(String::new, name),
        due: late.as_ref().map(|(day, late)| late.say(*day, today)),
        overdue: late.as_ref().is_some_and(|(_, late)| late.overdue),
        warnings: late
            .iter()
            .flat_map(|(_, late)| late.years_missing.iter())
            .map(|year| Say::new("calendar.year_missing").with("year", year))
            .collect(),
        may_act,
        calls,
        may_screen: theirs && task.what == What::Recheck && ctx.may(Can::Screen),
        elsewhere: elsewhere(ctx, &task),
        attempts: said::attempts(db, &ctx.actor, &task).await?,
        history: history::history_of(db, ctx, &task).await?,
        besides: app.about.besides(app, task.what, (task.focus, task.focus_id)).await?,
        methods: choices::<ContactMethod>(ctx.language, &form.method),
        results: choices::<ContactResult>(ctx.language, &form.result),
        task,
        child,
        form,
        errors,
    })
}

/// The page on which an open task is done, when that is another than its own and the reader may open it.
fn elsewhere(ctx: &Ctx, row: &task::Model) -> Option<String> {
    if row.state != TaskState::Open {
        return None;
    }
    if row.what == What::DecideDuplicate {
        return ctx.may(Can::Merge).then(|| format!("/duplicates/{}", row.focus_id));
    }
    let page = rules::page(row.id, row.what, row.child_id, row.focus_id);
    (page != service::page(row.id)).then_some(page)
}
