//! The pages of follow-up tasks.

use axum::extract::State;
use entities::{
    FollowUpId,
    words::{ContactMethod, ContactResult, FollowUpKind, FollowUpState},
};

use super::{
    queries, service,
    views::{FollowUpPage, FollowUpsPage, Line},
};
use crate::{
    access::Can,
    children::service::view_page,
    platform::{App, Calendar, Errors, Result, Say, clock},
    referral::{
        forms,
        forms::MoveForm,
        history, queries as referrals, rules,
        views::{age_in_words, late_say},
    },
    web::{Answer, Choice, Ctx, Form, List, Path, Routes, choices},
};

/// The routes of follow-up tasks.
pub fn routes() -> Routes {
    Routes::new()
        .get("/follow-ups", Can::ViewChildren, index)
        .page_of("follow_up", "/follow-ups/{id}", Can::ViewChildren, show)
        .post("/follow-ups/{id}/contacts", Can::Refer, contacts)
        .post("/follow-ups/{id}/completion", Can::Refer, completion)
        .post("/follow-ups/{id}/loss", Can::Refer, loss)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let db = &*app.db;
    let today = ctx.actor.today();
    let found = queries::page(db, &ctx.actor, &list).await?;
    let names = referrals::places(db, found.rows.iter().map(|r| r.organisation_id)).await?;
    let calendar = Calendar::known(&app.db).await?;
    let page = found.map(|row| {
        let late = rules::late(&calendar, row.due_on, today);
        let open = row.state == FollowUpState::Open;
        Line {
            place: names.get(&row.organisation_id).cloned().unwrap_or_default(),
            due: open.then(|| late_say(row.due_on, &late, today)),
            overdue: open && late.overdue,
            row,
        }
    });
    let shown = list.filter("state");
    let mut states = vec![Choice::new("all", ctx.say("follow_up.state.all"), shown)];
    let default = if shown.is_empty() {
        FollowUpState::Open.as_str()
    } else {
        shown
    };
    states.extend(choices::<FollowUpState>(ctx.language, default));
    ctx.page(&FollowUpsPage {
        page,
        states,
        kinds: choices::<FollowUpKind>(ctx.language, list.filter("kind")),
        overdue: vec![Choice::new(
            "true",
            ctx.say("follow_up.overdue_only"),
            list.filter("overdue"),
        )],
        list,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<FollowUpId>) -> Answer {
    let page = page(&app, &ctx, id, MoveForm::default(), Errors::default()).await?;
    view_page(&app, &ctx.actor, page.child.id, "follow_up").await?;
    ctx.page(&page)
}

async fn contacts(State(app): State<App>, ctx: Ctx, Path(id): Path<FollowUpId>, Form(form): Form<MoveForm>) -> Answer {
    let done = async {
        let row = queries::find(&*app.db, &ctx.actor, id).await?;
        let attempt = form.attempt(ctx.actor.now, row.opened_at)?;
        service::contact(&app, &ctx.actor, id, attempt).await?;
        said(&ctx, id, "contact.said")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn completion(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<FollowUpId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let note = forms::reason("completion_note", &form.completion_note)?;
        service::complete(&app, &ctx.actor, id, form.version(), note).await?;
        said(&ctx, id, "follow_up.said.done")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn loss(State(app): State<App>, ctx: Ctx, Path(id): Path<FollowUpId>, Form(form): Form<MoveForm>) -> Answer {
    let done = async {
        let note = MoveForm::note("loss_note", &form.loss_note)?;
        service::lose(&app, &ctx.actor, id, form.version(), note).await?;
        said(&ctx, id, "follow_up.said.lost")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

fn said(ctx: &Ctx, id: FollowUpId, say: &'static str) -> Answer {
    ctx.go(format!("/follow-ups/{id}")).saying(say).answer()
}

async fn page(app: &App, ctx: &Ctx, id: FollowUpId, mut form: MoveForm, errors: Errors) -> Result<FollowUpPage> {
    let db = &*app.db;
    let today = ctx.actor.today();
    let task = queries::find(db, &ctx.actor, id).await?;
    let child = crate::children::service::survivor(app, &ctx.actor, task.child_id).await?;
    let names = referrals::places(db, [task.organisation_id]).await?;
    let calendar = Calendar::known(&app.db).await?;
    let late = rules::late(&calendar, task.due_on, today);
    let open = task.state == FollowUpState::Open;
    let intake = match task.diagnosis_id {
        Some(diagnosis) => referrals::intake_for(db, diagnosis).await?,
        None => None,
    };
    form.version = task.version.to_string();
    let now = clock::shown(ctx.actor.now);
    let (day, time) = now.split_once(' ').unwrap_or_default();
    for (field, value) in [
        (&mut form.attempted_on, day),
        (&mut form.attempted_time, time),
        (&mut form.method, ContactMethod::Phone.as_str()),
    ] {
        if field.is_empty() {
            value.clone_into(field);
        }
    }
    Ok(FollowUpPage {
        age: age_in_words(ctx.language, child.birth_on, today),
        place: names.get(&task.organisation_id).cloned().unwrap_or_default(),
        due: open.then(|| late_say(task.due_on, &late, today)),
        overdue: open && late.overdue,
        warnings: late
            .years_missing
            .iter()
            .filter(|_| open)
            .map(|year| Say::new("calendar.year_missing").with("year", year))
            .collect(),
        may_act: open && service::is_theirs(&ctx.actor, &task) && ctx.may(Can::Refer),
        attempts: service::attempts(db, &ctx.actor, &task).await?,
        history: history::history_of_task(db, ctx, &task).await?,
        intake,
        methods: choices::<ContactMethod>(ctx.language, &form.method),
        results: choices::<ContactResult>(ctx.language, &form.result),
        task,
        child,
        form,
        errors,
    })
}
