//! Children: list, search, registration; the file and what is done with it.

mod consents;
mod file;
mod guardians;
mod moves;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde_json::json;

use super::{
    export,
    forms::{self, ChildForm},
    places, queries,
    service::{self, Registered},
    similar::{self, Similar},
    views::{IndexPage, NewPage, Options, SearchPage, SimilarPart, SimilarRow, stage_choices},
};
use crate::{
    access::{Can, scope},
    organisations::{naming, queries as organisations},
    platform::{
        App, Error, Errors, Result,
        event::{self, Subject},
    },
    web::{Answer, Choice, Ctx, Form, List, Routes, ctx::download},
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
        .page_of("child", "/children/{id}", Can::ViewChildren, file::show)
        .post("/children/{id}", Can::EditChildren, file::update)
        .get("/children/{id}/edit", Can::EditChildren, file::edit)
        .post("/children/{id}/identity", Can::Unmask, file::identity)
        .post("/children/{id}/disability-card", Can::Unmask, file::disability_card)
        .get("/children/{id}/guardians/new", Can::EditChildren, guardians::new)
        .post("/children/{id}/guardians", Can::EditChildren, guardians::create)
        .post("/children/{id}/guardians/shared", Can::EditChildren, guardians::share)
        .get(
            "/children/{id}/guardians/{tie}/edit",
            Can::EditChildren,
            guardians::edit,
        )
        .post("/children/{id}/guardians/{tie}", Can::EditChildren, guardians::update)
        .post(
            "/children/{id}/guardians/{tie}/ending",
            Can::EditChildren,
            guardians::end,
        )
        .post("/children/{id}/guardians/{tie}/phone", Can::Unmask, file::phone)
        .get("/children/{id}/consents", Can::ViewChildren, consents::index)
        .post("/children/{id}/consents", Can::EditChildren, consents::create)
        .post(
            "/children/{id}/consents/{consent}/withdrawal",
            Can::EditChildren,
            consents::withdraw,
        )
        .get("/children/{id}/moves", Can::EditChildren, moves::index)
        .post("/children/{id}/moves", Can::EditChildren, moves::create)
        .get("/children/{id}/views", Can::ViewChildren, file::views)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let found = queries::page(&app, &ctx.actor, &list).await?;
    let streets = organisations::street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
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

async fn list_export(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let rows = queries::all(&app, &ctx.actor, &list).await?;
    let names = street_names(&app, &rows, &[]).await?;
    let count = rows.len();
    let content = export::workbook(&ctx, &rows, &names)?;
    let details = json!({ "list": "children", "rows": count, "filtered": !list.query().is_empty() });
    event::note(&app, &ctx.actor, "list.exported", Subject::none(), details).await?;
    let name = format!("{}-{}.xlsx", ctx.say("nav.children"), ctx.actor.today());
    Ok(download(&name, export::MEDIA_TYPE, content))
}

async fn search(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
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
    let household = naming::typed(&*app.db, &form.household_division).await?;
    let division = places::registers_in(&*app.db, &ctx.actor, &form.division).await?;
    Ok(NewPage {
        options: Options::of(ctx.language, &form, household, division),
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

async fn create(State(app): State<App>, ctx: Ctx, Form(mut form): Form<ChildForm>) -> Answer {
    naming::settle(&*app.db, &mut form.division).await?;
    naming::settle(&*app.db, &mut form.household_division).await?;
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
