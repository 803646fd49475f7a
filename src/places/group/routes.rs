//! Handlers of classes.

use axum::extract::State;
use chrono::NaiveDate;
use entities::{
    AccountId, CareGroupId,
    places::care_group,
    words::{EnrolmentMode, GroupKind},
};
use serde::Deserialize;

use super::{
    forms::{ChangeForm, GroupForm},
    queries::{self, Rooms},
    service,
    views::{GroupPage, GroupRow, GroupsPage, Held, MemberRow, NewGroupPage, RoomRow},
};
use crate::{
    access::Can,
    account, organisations,
    places::{
        centre::{self, Centres},
        membership::service as memberships,
        room::{self, Span},
        seen, told,
    },
    platform::{App, Errors, Result, form::day_of},
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes, choices},
};

/// The routes of classes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/groups", Can::ViewPlaces, index)
        .get("/groups/new", Can::ManagePlaces, new)
        .post("/groups/new", Can::ManagePlaces, open)
        .page_of("care_group", "/groups/{id}", Can::ViewPlaces, show)
        .post("/groups/{id}/places", Can::ManagePlaces, set_places)
        .post("/groups/{id}/teacher", Can::ManagePlaces, appoint)
        .post("/groups/{id}/members", Can::ManagePlaces, put_in)
        .post("/groups/{id}/closing", Can::ManagePlaces, close)
}

/// Which day is looked at, and where.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct On {
    on: String,
    centre: String,
}

/// The day that is typed; today where none is.
fn day(ctx: &Ctx, typed: &str) -> (NaiveDate, String, Errors) {
    let today = ctx.actor.today();
    if typed.trim().is_empty() {
        return (today, today.to_string(), Errors::default());
    }
    match day_of(typed) {
        Ok(day) => (day, day.to_string(), Errors::default()),
        Err(say) => (today, typed.to_owned(), Errors::field("on", say)),
    }
}

async fn index(State(app): State<App>, ctx: Ctx, Query(typed): Query<On>) -> Answer {
    let db = &*app.db;
    let (on, shown, errors) = day(&ctx, &typed.on);
    let centres = Centres::of(db, &ctx.actor, &typed.centre).await?;
    let rows = queries::of_centre(db, centres.id(), Span::new(on, Some(on))).await?;
    let ids: Vec<CareGroupId> = rows.iter().map(|row| row.id).collect();
    let rooms = Rooms::of(db, &ids, ctx.actor.now).await?;
    let teachers = queries::teachers(db, &ids).await?;
    let leads = |group: CareGroupId| {
        let mut theirs = teachers.iter().filter(|row| row.group_id == group);
        theirs
            .find(|row| Span::new(row.valid_from, row.valid_to).holds(on))
            .map(|row| row.account_id)
    };
    let names = account::queries::names(db, ids.iter().filter_map(|id| leads(*id))).await?;
    let groups = rows.into_iter().map(|row| GroupRow {
        teacher: leads(row.id).and_then(|id| names.get(&id)).cloned().unwrap_or_default(),
        rooms: room_rows(&rooms, row.id, on),
        row,
    });
    ctx.page(&GroupsPage {
        on: shown,
        errors,
        centres: centres.choices(),
        centre: centres.name(),
        has_centre: centres.chosen.is_some(),
        groups: groups.collect(),
        without_class: queries::without_class(db, centres.id(), on).await?.len(),
        may_manage: centre::is_centre(&ctx.actor) && ctx.may(Can::ManagePlaces),
    })
}

/// The places of a class on a day, mode by mode, without the modes that it does not take.
fn room_rows(rooms: &Rooms, group: CareGroupId, on: NaiveDate) -> Vec<RoomRow> {
    let rows = EnrolmentMode::ALL.iter().map(|mode| RoomRow {
        mode: mode.word(),
        places: room::places(&rooms.capacity(group, *mode), on),
        children: room::taken(&rooms.children(group, *mode), on),
        offered: room::taken(&rooms.offers(group, *mode, None), on),
    });
    rows.filter(|row| row.places + row.children + row.offered > 0).collect()
}

// ---- a new one

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    centre::own(&ctx.actor)?;
    let form = GroupForm {
        kind: GroupKind::Class.as_str().to_owned(),
        valid_from: ctx.actor.today().to_string(),
        ..GroupForm::default()
    };
    ctx.page(&new_page(&app, &ctx, form, Errors::default()).await?)
}

async fn open(State(app): State<App>, ctx: Ctx, Form(form): Form<GroupForm>) -> Answer {
    centre::own(&ctx.actor)?;
    let done = async {
        let id = service::open(&app, &ctx.actor, &form.input()?).await?;
        ctx.go(service::page(id)).saying("care_group.said.opened").answer()
    };
    ctx.after(done.await, |errors| new_page(&app, &ctx, form, errors)).await
}

async fn new_page(app: &App, ctx: &Ctx, form: GroupForm, errors: Errors) -> Result<NewGroupPage> {
    Ok(NewGroupPage {
        kinds: choices::<GroupKind>(ctx.language, &form.kind),
        teachers: teachers(app, ctx, &form.teacher).await?,
        form,
        errors,
    })
}

async fn teachers(app: &App, ctx: &Ctx, chosen: &str) -> Result<Vec<Choice>> {
    let all = service::colleagues(&*app.db, centre::own(&ctx.actor)?).await?;
    Ok(all
        .iter()
        .map(|one| Choice::new(one.id, &one.display_name, chosen))
        .collect())
}

// ---- one of them

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<CareGroupId>, Query(typed): Query<On>) -> Answer {
    ctx.page(&page(&app, &ctx, id, &typed.on, None, Errors::default()).await?)
}

async fn set_places(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<CareGroupId>,
    Form(form): Form<ChangeForm>,
) -> Answer {
    let done = async {
        service::set_places(&app, &ctx.actor, id, form.version(), form.capacity()?).await?;
        ctx.go(service::page(id)).saying("care_group.said.places").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, "", Some(form), errors))
        .await
}

async fn appoint(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<CareGroupId>,
    Form(form): Form<ChangeForm>,
) -> Answer {
    let done = async {
        service::appoint(&app, &ctx.actor, id, form.version(), form.leads()?).await?;
        ctx.go(service::page(id)).saying("care_group.said.teacher").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, "", Some(form), errors))
        .await
}

async fn put_in(State(app): State<App>, ctx: Ctx, Path(id): Path<CareGroupId>, Form(form): Form<ChangeForm>) -> Answer {
    let done = async {
        memberships::put_in(&app, &ctx.actor, id, form.version(), form.comes()?).await?;
        ctx.go(service::page(id)).saying("membership.said.began").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, "", Some(form), errors))
        .await
}

async fn close(State(app): State<App>, ctx: Ctx, Path(id): Path<CareGroupId>, Form(form): Form<ChangeForm>) -> Answer {
    let done = async {
        service::close(&app, &ctx.actor, id, form.version(), form.closing()?).await?;
        ctx.go(service::page(id)).saying("care_group.said.closed").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, "", Some(form), errors))
        .await
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: CareGroupId,
    typed: &str,
    form: Option<ChangeForm>,
    mut errors: Errors,
) -> Result<GroupPage> {
    let db = &*app.db;
    let row = queries::find(db, &ctx.actor, id).await?;
    let (on, shown, wrong) = day(ctx, typed);
    for (field, say) in wrong.all() {
        errors.add(field, say.clone());
    }
    let here = centre::own(&ctx.actor).is_ok_and(|own| own == row.organisation_id);
    let may_manage = here && ctx.may(Can::ManagePlaces);
    let mut form = form.unwrap_or_else(|| ChangeForm {
        places_from: on.max(row.valid_from).to_string(),
        teacher_from: on.max(row.valid_from).to_string(),
        member_from: on.max(row.valid_from).to_string(),
        ..ChangeForm::default()
    });
    form.version = row.version.to_string();
    let rooms = Rooms::of(db, &[id], ctx.actor.now).await?;
    let (members, hidden) = members(app, ctx, &rooms, on).await?;
    let names = organisations::queries::names(db, [row.organisation_id]).await?;
    let (colleagues, waiting) = if may_manage {
        (
            teachers(app, ctx, &form.teacher).await?,
            waiting(app, ctx, &row, on, &form.decision).await?,
        )
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(GroupPage {
        centre: names.get(&row.organisation_id).cloned().unwrap_or_default(),
        on: shown,
        rooms: room_rows(&rooms, id, on),
        teachers: led(app, id, on).await?,
        numbers: numbers(ctx, &rooms, on),
        members,
        hidden,
        days: told::days(row.valid_from, row.valid_to),
        may_manage,
        modes: choices::<EnrolmentMode>(ctx.language, &form.mode),
        colleagues,
        waiting,
        row,
        form,
        errors,
    })
}

async fn led(app: &App, id: CareGroupId, on: NaiveDate) -> Result<Vec<Held>> {
    let db = &*app.db;
    let rows = queries::teachers(db, &[id]).await?;
    let names = account::queries::names(db, rows.iter().map(|row| row.account_id)).await?;
    let name = |id: AccountId| names.get(&id).cloned().unwrap_or_default();
    let held = rows.iter().rev().map(|row| Held {
        what: name(row.account_id),
        days: told::days(row.valid_from, row.valid_to),
        now: Span::new(row.valid_from, row.valid_to).holds(on),
    });
    Ok(held.collect())
}

fn numbers(ctx: &Ctx, rooms: &Rooms, on: NaiveDate) -> Vec<Held> {
    let held = rooms.capacities.iter().map(|row| Held {
        what: format!("{} {}", ctx.say(row.mode.word()), row.places),
        days: told::days(row.valid_from, row.valid_to),
        now: Span::new(row.valid_from, row.valid_to).holds(on),
    });
    held.collect()
}

/// The children of a class on a day, by name, and how many there are besides whom the reader does not see.
async fn members(app: &App, ctx: &Ctx, rooms: &Rooms, on: NaiveDate) -> Result<(Vec<MemberRow>, usize)> {
    let db = &*app.db;
    let there = rooms
        .members
        .iter()
        .filter(|row| queries::days_of_member(row).holds(on));
    let there: Vec<_> = there.collect();
    let visible = seen::of(db, &ctx.actor, there.iter().map(|row| row.child_id)).await?;
    let children = told::children(db, visible.iter().copied()).await?;
    let mut rows = Vec::new();
    for row in &there {
        let Some(child) = children.get(&row.child_id) else {
            continue;
        };
        let decision = crate::enrolment::decision::queries::in_force(db, row.child_id, on).await?;
        rows.push(MemberRow {
            row: (*row).clone(),
            name: child.name.clone(),
            file_no: child.file_no.clone(),
            lead: told::lead(child, ctx),
            without_decision: decision.is_none_or(|found| found.organisation_id != row.organisation_id),
        });
    }
    let hidden = there.len() - rows.len();
    rows.sort_by(|one, two| (&one.name, one.row.id).cmp(&(&two.name, two.row.id)));
    Ok((rows, hidden))
}

/// Children with a place and in no class, to choose from.
async fn waiting(app: &App, ctx: &Ctx, group: &care_group::Model, on: NaiveDate, chosen: &str) -> Result<Vec<Choice>> {
    let db = &*app.db;
    let rows = queries::without_class(db, group.organisation_id, on).await?;
    let children = told::children(db, rows.iter().map(|row| row.child_id)).await?;
    let choices = rows.iter().filter_map(|row| {
        let child = children.get(&row.child_id)?;
        let days = told::days(row.valid_from?, row.valid_to);
        let label = format!(
            "{} {} · {} · {days}",
            child.name,
            child.file_no,
            ctx.say(row.mode.word())
        );
        Some(Choice::new(row.id, label, chosen))
    });
    Ok(choices.collect())
}
