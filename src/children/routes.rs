//! Children: list, search, registration, the file and what is done with it.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Path, State},
    response::Response,
};
use entities::{ChildId, ConsentId, GuardianId, GuardianshipId, child::child, words::Kinship};
use serde_json::json;

use super::{
    consents, corrections,
    ethnicity::Ethnicity,
    export,
    forms::{self, ChildForm, ConsentForm, DayForm, GuardianForm, MoveForm, SharedGuardianForm},
    guardians, moves, places, queries,
    service::{self, Registered},
    similar::{self, Similar},
    views::{
        ConsentsPage, EditPage, FilePage, GuardianPage, IndexPage, MovesPage, NewPage, Options, SearchPage, Shown,
        SimilarPart, SimilarRow, ViewsPage, stage_choices,
    },
};
use crate::{
    access::{Can, scope},
    organisations::queries as organisations,
    platform::{
        App, Check, Error, Errors, Result,
        event::{self, Subject},
    },
    web::{Answer, Choice, Ctx, Form, List, Query, Routes, choices, ctx::download},
};

/// The routes of children.
pub fn routes() -> Routes {
    Routes::new()
        .get("/children", Can::ViewChildren, index)
        .get("/children/export", Can::Export, list_export)
        .get("/search", Can::ViewChildren, search)
        .get("/children/new", Can::EditChildren, new)
        .post("/children/similar", Can::EditChildren, similar_part)
        .post("/children", Can::EditChildren, create)
        .get("/children/{id}", Can::ViewChildren, show)
        .post("/children/{id}", Can::EditChildren, update)
        .get("/children/{id}/edit", Can::EditChildren, edit)
        .post("/children/{id}/identity", Can::Unmask, identity)
        .post("/children/{id}/disability-card", Can::Unmask, disability_card)
        .get("/children/{id}/guardians/new", Can::EditChildren, new_guardian)
        .post("/children/{id}/guardians", Can::EditChildren, create_guardian)
        .post("/children/{id}/guardians/shared", Can::EditChildren, share_guardian)
        .get("/children/{id}/guardians/{tie}/edit", Can::EditChildren, edit_guardian)
        .post("/children/{id}/guardians/{tie}", Can::EditChildren, update_guardian)
        .post("/children/{id}/guardians/{tie}/ending", Can::EditChildren, end_guardian)
        .post("/children/{id}/guardians/{tie}/phone", Can::Unmask, phone)
        .get("/children/{id}/consents", Can::ViewChildren, consents_page)
        .post("/children/{id}/consents", Can::EditChildren, create_consent)
        .post(
            "/children/{id}/consents/{consent}/withdrawal",
            Can::EditChildren,
            withdraw_consent,
        )
        .get("/children/{id}/moves", Can::EditChildren, moves_page)
        .post("/children/{id}/moves", Can::EditChildren, create_move)
        .get("/children/{id}/views", Can::ViewChildren, views)
}

async fn index(State(app): State<App>, ctx: Ctx, Query(list): Query<List>) -> Answer {
    let found = queries::page(&app, &ctx.actor, &list).await?;
    let streets = places::streets(&*app.db, &ctx.actor, list.filter("street")).await?;
    let names = street_names(&app, &found.rows, &streets).await?;
    let years = queries::birth_years(ctx.actor.today())
        .map(|year| Choice::new(year, year.to_string(), list.filter("year")))
        .collect();
    ctx.page(&IndexPage {
        streets,
        years,
        stages: stage_choices(ctx.language, list.filter("stage")),
        today: ctx.actor.today(),
        list,
        found,
        names,
    })
}

/// Names of the streets of some rows; those that the page's filter offers are known already.
async fn street_names(app: &App, rows: &[queries::ChildRow], known: &[Choice]) -> Result<BTreeMap<String, String>> {
    let mut names: BTreeMap<String, String> = known.iter().map(|c| (c.value.clone(), c.label.clone())).collect();
    let codes = rows.iter().map(|row| row.street.clone());
    let others: BTreeSet<String> = codes.filter(|code| !names.contains_key(code)).collect();
    if !others.is_empty() {
        names.extend(organisations::division_names(&*app.db, others).await?);
    }
    Ok(names)
}

async fn list_export(State(app): State<App>, ctx: Ctx, Query(list): Query<List>) -> Answer {
    let rows = queries::all(&app, &ctx.actor, &list).await?;
    let names = street_names(&app, &rows, &[]).await?;
    let count = rows.len();
    let content = export::workbook(&ctx, &rows, &names)?;
    let details = json!({ "list": "children", "rows": count, "filtered": !list.query().is_empty() });
    event::note(&app, &ctx.actor, "list.exported", Subject::none(), details).await?;
    let name = format!("{}-{}.xlsx", ctx.say("nav.children"), ctx.actor.today());
    Ok(download(&name, export::MEDIA_TYPE, content))
}

async fn search(State(app): State<App>, ctx: Ctx, Query(list): Query<List>) -> Answer {
    let found = if list.term().is_empty() {
        crate::web::Page::place(1, 0)
    } else {
        queries::page(&app, &ctx.actor, &list).await?
    };
    let names = street_names(&app, &found.rows, &[]).await?;
    ctx.page(&SearchPage {
        today: ctx.actor.today(),
        list,
        found,
        names,
    })
}

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.page(&new_page(&app, &ctx, forms::blank()).await?)
}

async fn new_page(app: &App, ctx: &Ctx, form: ChildForm) -> Result<NewPage> {
    let households = places::households(&*app.db, ctx.language, &form.household_division).await?;
    let divisions = places::registers_in(&*app.db, &ctx.actor, &form.division).await?;
    Ok(NewPage {
        options: Options::of(ctx.language, &form, households, divisions),
        confirmed: form.confirmed == "true",
        form,
        errors: Errors::default(),
        no_errors: Errors::default(),
        similar: Vec::new(),
    })
}

/// While the form is typed it is rarely complete, so what can be compared is compared.
async fn similar_part(State(app): State<App>, ctx: Ctx, Form(form): Form<ChildForm>) -> Answer {
    let similar = match form.features(&app.keys)? {
        Some(features) => similar::find(&*app.db, &features, None).await?,
        None => Vec::new(),
    };
    ctx.page(&SimilarPart {
        no_errors: Errors::default(),
        similar: rows_of(&app, &ctx, similar).await?,
        confirmed: form.confirmed == "true",
    })
}

async fn rows_of(app: &App, ctx: &Ctx, similar: Vec<Similar>) -> Result<Vec<SimilarRow>> {
    let mut rows = Vec::new();
    for one in similar {
        let visible = scope::child(&*app.db, &ctx.actor, one.child.id).await.is_ok();
        rows.push(SimilarRow {
            id: one.child.id,
            visible,
            name: if visible {
                one.child.name
            } else {
                entities::mask::name(&one.child.name)
            },
            file_no: one.child.file_no,
            sex: one.child.sex,
            birth_on: one.child.birth_on,
            reasons: one.reasons,
        });
    }
    Ok(rows)
}

async fn create(State(app): State<App>, ctx: Ctx, Form(form): Form<ChildForm>) -> Answer {
    let confirmed = form.confirmed == "true";
    let outcome = match form.registration(ctx.actor.today()) {
        Ok(new) => service::register(&app, &ctx.actor, &new, confirmed).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(Registered::Done(id)) => ctx.go(format!("/children/{id}")).saying("child.registered").answer(),
        Ok(Registered::Similar(similar)) => {
            let mut page = new_page(&app, &ctx, form).await?;
            page.errors.add("confirmed", "child.similar.title");
            page.similar = rows_of(&app, &ctx, similar).await?;
            ctx.conflict(&page)
        }
        Err(Error::Invalid(errors)) => {
            let mut page = new_page(&app, &ctx, form).await?;
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::survivor(&app, &ctx.actor, id).await?;
    if child.id != id {
        return ctx
            .go(format!("/children/{}", child.id))
            .warning("child.forwarded")
            .answer();
    }
    let child = service::view(&app, &ctx.actor, id).await?;
    file(&app, &ctx, child, Shown::default()).await
}

async fn file(app: &App, ctx: &Ctx, child: child::Model, shown: Shown) -> Answer {
    let db = &*app.db;
    let household = match &child.household_division {
        Some(code) => places::full_name(db, ctx.language, code).await?,
        None => String::new(),
    };
    ctx.page(&FilePage {
        ethnicity: Ethnicity::find(&child.ethnicity).map_or_else(String::new, |e| e.name(ctx.language)),
        household,
        lives: places::full_name(db, ctx.language, &child.division).await?,
        guardians: queries::guardians(db, child.id).await?,
        siblings: queries::siblings(app, &ctx.actor, child.id).await?,
        consents: queries::consents(db, child.id).await?,
        residences: residences(app, ctx, child.id).await?,
        messages: queries::last_messages(db, child.id).await?,
        merged: queries::merged_files(db, child.id).await?,
        shown,
        today: ctx.actor.today(),
        language: ctx.language,
        child,
    })
}

async fn residences(app: &App, ctx: &Ctx, id: ChildId) -> Result<Vec<(String, entities::child::residence::Model)>> {
    let mut named = Vec::new();
    for place in queries::residences(&*app.db, id).await? {
        let name = places::full_name(&*app.db, ctx.language, &place.division).await?;
        named.push((name, place));
    }
    Ok(named)
}

async fn identity(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let identity_no = service::identity_no(&app, &ctx.actor, id).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let shown = Shown {
        identity_no,
        ..Shown::default()
    };
    file(&app, &ctx, child, shown).await
}

async fn disability_card(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let card_no = service::disability_card_no(&app, &ctx.actor, id).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let shown = Shown {
        card_no,
        ..Shown::default()
    };
    file(&app, &ctx, child, shown).await
}

async fn phone(State(app): State<App>, ctx: Ctx, Path((id, tie)): Path<(ChildId, GuardianshipId)>) -> Answer {
    let phone = guardians::phone(&app, &ctx.actor, id, tie).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let shown = Shown {
        phone,
        phone_of: Some(tie),
        ..Shown::default()
    };
    file(&app, &ctx, child, shown).await
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "edit").await?;
    let form = ChildForm::of(&child);
    ctx.page(&edit_page(&app, &ctx, child, form).await?)
}

async fn edit_page(app: &App, ctx: &Ctx, child: child::Model, form: ChildForm) -> Result<EditPage> {
    let households = places::households(&*app.db, ctx.language, &form.household_division).await?;
    Ok(EditPage {
        options: Options::of(ctx.language, &form, households, Vec::new()),
        child,
        form,
        errors: Errors::default(),
        differing: Vec::new(),
    })
}

async fn update(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, Form(mut form): Form<ChildForm>) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.correction(ctx.actor.today(), child.identity_kind) {
        Ok(to) => corrections::correct(&app, &ctx.actor, id, &to).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("child.corrected").answer(),
        Err(Error::Invalid(errors)) => {
            let mut page = edit_page(&app, &ctx, child, form).await?;
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(Error::Stale) => {
            let present = scope::child(&*app.db, &ctx.actor, id).await?;
            let differing = form.differing(&ChildForm::of(&present), ctx.language);
            // Whoever has seen the difference and saves again means it.
            form.version = present.version.to_string();
            let mut page = edit_page(&app, &ctx, present, form).await?;
            page.differing = differing;
            page.errors.add_form("error.stale");
            ctx.conflict(&page)
        }
        Err(error) => Err(error),
    }
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
struct SiblingQuery {
    sibling: String,
}

async fn new_guardian(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(query): Query<SiblingQuery>,
) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "guardians").await?;
    let mut page = guardian_page(&ctx, child, GuardianForm::blank());
    if let Some(sibling) = queries::by_file_no(&app, &ctx.actor, &query.sibling).await?
        && sibling.id != page.child.id
    {
        let ties = queries::guardians(&*app.db, sibling.id).await?;
        let current = ties.into_iter().filter(|(tie, _)| tie.ended_on.is_none());
        page.offered = current.map(|(_, person)| person).collect();
    }
    page.sibling = query.sibling;
    ctx.page(&page)
}

fn guardian_page(ctx: &Ctx, child: child::Model, form: GuardianForm) -> GuardianPage {
    GuardianPage {
        title: "guardian.add",
        target: format!("/children/{}/guardians", child.id),
        kinships: choices::<Kinship>(ctx.language, &form.kinship),
        languages: choices::<entities::words::Language>(ctx.language, &form.language),
        child,
        form,
        errors: Errors::default(),
        no_errors: Errors::default(),
        shared: false,
        has_phone: false,
        phone_hint: "",
        ends: None,
        ended_on: String::new(),
        end_errors: Errors::default(),
        sibling: String::new(),
        offered: Vec::new(),
    }
}

async fn create_guardian(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<GuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.alone() {
        Ok(new) => guardians::add(&app, &ctx.actor, id, &new, form.first == "true").await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.added").answer(),
        Err(Error::Invalid(errors)) => {
            let mut page = guardian_page(&ctx, child, form);
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn share_guardian(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<SharedGuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let mut check = Check::default();
    let guardian = check.parse::<GuardianId>("guardian_id", &form.guardian_id);
    let kinship = check.word::<Kinship>("kinship", &form.kinship);
    let outcome = match check.done(guardian.zip(kinship)) {
        Ok((guardian, kinship)) => guardians::share(&app, &ctx.actor, id, guardian, kinship).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.added").answer(),
        Err(Error::Invalid(errors)) => {
            let mut page = guardian_page(&ctx, child, GuardianForm::blank());
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn edit_guardian(State(app): State<App>, ctx: Ctx, Path((id, tie)): Path<(ChildId, GuardianshipId)>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "guardians").await?;
    let (tie, person) = guardians::tie(&*app.db, child.id, tie).await?;
    let form = GuardianForm::of(&tie, &person);
    ctx.page(&correction_page(&app, &ctx, child, (tie, person), form).await?)
}

async fn correction_page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    (tie, person): guardians::Tie,
    form: GuardianForm,
) -> Result<GuardianPage> {
    let mut page = guardian_page(ctx, child, form);
    page.title = "guardian.edit";
    page.target = format!("/children/{}/guardians/{}", page.child.id, tie.id);
    page.shared = guardians::children_of(&*app.db, person.id).await? > 1;
    page.has_phone = person.phone.is_some();
    page.phone_hint = if page.has_phone { "guardian.phone.keep" } else { "" };
    page.ends = tie.ended_on.is_none().then_some(tie.id);
    Ok(page)
}

async fn update_guardian(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
    Form(mut form): Form<GuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.correction() {
        Ok(to) => guardians::correct(&app, &ctx.actor, id, tie, &to).await,
        Err(errors) => Err(errors.into()),
    };
    let errors = match outcome {
        Ok(()) => return ctx.go(format!("/children/{id}")).saying("guardian.corrected").answer(),
        Err(Error::Invalid(errors)) => Some(*errors),
        Err(Error::Stale) => None,
        Err(error) => return Err(error),
    };
    let found = guardians::tie(&*app.db, id, tie).await?;
    match errors {
        Some(errors) => {
            let mut page = correction_page(&app, &ctx, child, found, form).await?;
            page.errors = errors;
            ctx.invalid(&page)
        }
        None => {
            form.version = found.1.version.to_string();
            let mut page = correction_page(&app, &ctx, child, found, form).await?;
            page.errors.add_form("child.changed_meanwhile");
            ctx.conflict(&page)
        }
    }
}

async fn end_guardian(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let found = guardians::tie(&*app.db, id, tie).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(on) => guardians::end(&app, &ctx.actor, id, tie, on).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.ended").answer(),
        Err(Error::Invalid(errors)) => {
            let again = GuardianForm::of(&found.0, &found.1);
            let mut page = correction_page(&app, &ctx, child, found, again).await?;
            page.ended_on = form.on;
            page.end_errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn consents_page(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "consents").await?;
    let known = queries::consents(&*app.db, child.id).await?;
    ctx.page(&ConsentsPage::of(ctx.language, child, known, ConsentForm::default()))
}

async fn create_consent(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<ConsentForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(new) => consents::record(&app, &ctx.actor, id, new).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx
            .go(format!("/children/{id}/consents"))
            .saying("consent.recorded")
            .answer(),
        Err(Error::Invalid(errors)) => {
            let known = queries::consents(&*app.db, id).await?;
            let mut page = ConsentsPage::of(ctx.language, child, known, form);
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn withdraw_consent(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, consent)): Path<(ChildId, ConsentId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(on) => consents::withdraw(&app, &ctx.actor, id, consent, on).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx
            .go(format!("/children/{id}/consents"))
            .saying("consent.withdrawn")
            .answer(),
        Err(Error::Invalid(errors)) => {
            let known = queries::consents(&*app.db, id).await?;
            let mut page = ConsentsPage::of(ctx.language, child, known, ConsentForm::default());
            for (_, say) in errors.all() {
                page.withdrawal_errors.add(format!("on-{consent}"), say.clone());
            }
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

async fn moves_page(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "moves").await?;
    let form = MoveForm {
        version: child.version.to_string(),
        ..MoveForm::default()
    };
    ctx.page(&move_page(&app, &ctx, child, form).await?)
}

async fn move_page(app: &App, ctx: &Ctx, child: child::Model, form: MoveForm) -> Result<MovesPage> {
    Ok(MovesPage {
        residences: residences(app, ctx, child.id).await?,
        divisions: places::moves_to(&*app.db, &form.division).await?,
        child,
        form,
        errors: Errors::default(),
        stale: false,
    })
}

async fn create_move(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(mut form): Form<MoveForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(to) => moves::record(&app, &ctx.actor, id, &to).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => {
            // Who moves out of sight cannot be opened any more by whoever recorded it.
            let still = scope::child(&*app.db, &ctx.actor, id).await.is_ok();
            let to = if still {
                format!("/children/{id}")
            } else {
                "/children".to_owned()
            };
            ctx.go(to).saying("move.recorded").answer()
        }
        Err(Error::Invalid(errors)) => {
            let mut page = move_page(&app, &ctx, child, form).await?;
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(Error::Stale) => {
            form.version = child.version.to_string();
            let mut page = move_page(&app, &ctx, child, form).await?;
            page.stale = true;
            ctx.conflict(&page)
        }
        Err(error) => Err(error),
    }
}

async fn views(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(list): Query<List>,
) -> std::result::Result<Response, Error> {
    let child = service::view_page(&app, &ctx.actor, id, "views").await?;
    let found = queries::views(&app, child.id, &list).await?;
    let ids = found.rows.iter().filter_map(|view| view.organisation_id);
    let names = organisations::names(&*app.db, ids).await?;
    let people = crate::account::queries::names(&*app.db, found.rows.iter().filter_map(|view| view.account_id)).await?;
    ctx.page(&ViewsPage {
        child,
        people,
        list,
        found,
        names,
    })
}
