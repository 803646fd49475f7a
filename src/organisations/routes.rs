//! Handlers of organisations and divisions.

use axum::extract::State;
use entities::{
    OrganisationId,
    division_code::{DivisionCode, DivisionLevel},
};

use super::{
    changes, divisions,
    forms::{DivisionForm, OrganisationForm, PlaceForm},
    import,
    list::Organisations,
    naming, queries, service,
    views::{DivisionPage, EditPage, OrganisationPage, ProposedPart},
};
use crate::{
    access::{Can, places::may_administer},
    platform::{App, Error, Errors, Result, Version},
    web::{Answer, Ctx, Form, List, Path, Routes},
};

/// The routes of the system administrator's organisations and divisions.
pub fn routes() -> Routes {
    let can = Can::Configure;
    Routes::new()
        .merge(import::routes::routes())
        .list::<Organisations>()
        .post("/organisations", can, create)
        .get("/organisations/new", can, new)
        .page_of("organisation", "/organisations/{id}", can, show)
        .get("/organisations/{id}/edit", can, edit)
        .post("/organisations/{id}/edit", can, update)
        .post("/organisations/{id}/closure", can, close)
        .post("/organisations/{id}/reopening", can, reopen)
        .post("/places", Can::Work, proposed)
        .get("/divisions", can, divisions_index)
        .page_of("division", "/divisions/{code}", can, division)
        .post("/divisions/{code}", can, rename_division)
        .post("/divisions/{code}/divisions", can, add_division)
        .post("/divisions/{code}/closure", can, close_division)
        .post("/divisions/{code}/reopening", can, reopen_division)
}

async fn edit_page(
    app: &App,
    ctx: &Ctx,
    id: Option<OrganisationId>,
    form: OrganisationForm,
    errors: Errors,
) -> Result<EditPage> {
    Ok(EditPage {
        coverage: queries::coverage_field(&*app.db, &ctx.actor, &form.coverage).await?,
        id,
        form,
        errors,
    })
}

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    let form = OrganisationForm {
        coverage: ctx.actor.coverage().to_owned(),
        ..OrganisationForm::default()
    };
    ctx.page(&edit_page(&app, &ctx, None, form, Errors::default()).await?)
}

async fn create(State(app): State<App>, ctx: Ctx, Form(mut form): Form<OrganisationForm>) -> Answer {
    naming::settle(&*app.db, &mut form.coverage).await?;
    let done = async {
        let id = service::found(&app, &ctx.actor, form.input()?).await?;
        saved(&ctx, id, "organisation.founded")
    };
    ctx.after(done.await, |errors| edit_page(&app, &ctx, None, form, errors))
        .await
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<OrganisationId>) -> Answer {
    let organisation = queries::known(&*app.db, &ctx.actor, id).await?;
    ctx.page(&OrganisationPage {
        ours: may_administer(&ctx.actor, &organisation.coverage),
        path: queries::division_path(&*app.db, &organisation.coverage).await?,
        people: queries::accounts(&*app.db, id, true).await?,
        referrals: queries::open_referrals(&*app.db, id).await?,
        organisation,
    })
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<OrganisationId>) -> Answer {
    let row = queries::organisation(&*app.db, &ctx.actor, id).await?;
    let form = OrganisationForm::of(&row);
    ctx.page(&edit_page(&app, &ctx, Some(id), form, Errors::default()).await?)
}

async fn update(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<OrganisationId>,
    Form(mut form): Form<OrganisationForm>,
) -> Answer {
    queries::organisation(&*app.db, &ctx.actor, id).await?;
    naming::settle(&*app.db, &mut form.coverage).await?;
    let done = async {
        service::change(&app, &ctx.actor, id, Version::typed(&form.version), form.input()?).await?;
        saved(&ctx, id, "organisation.saved")
    };
    ctx.after(done.await, |errors| edit_page(&app, &ctx, Some(id), form, errors))
        .await
}

fn saved(ctx: &Ctx, id: OrganisationId, key: &'static str) -> Answer {
    ctx.go(format!("/organisations/{id}")).saying(key).answer()
}

async fn close(State(app): State<App>, ctx: Ctx, Path(id): Path<OrganisationId>) -> Answer {
    service::close(&app, &ctx.actor, id).await?;
    saved(&ctx, id, "organisation.closed")
}

async fn reopen(State(app): State<App>, ctx: Ctx, Path(id): Path<OrganisationId>) -> Answer {
    service::reopen(&app, &ctx.actor, id).await?;
    saved(&ctx, id, "organisation.reopened")
}

/// What a half-typed place may be, as the options of the field.
async fn proposed(State(app): State<App>, ctx: Ctx, Form(form): Form<PlaceForm>) -> Answer {
    let places = naming::proposed(&*app.db, form.text()).await?;
    ctx.page(&ProposedPart { places })
}

async fn divisions_index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let own = ctx.actor.coverage().to_owned();
    let mut found = naming::proposed(&*app.db, list.term()).await?;
    found.retain(|place| place.code.starts_with(&own));
    let page = DivisionPage {
        left_behind: changes::left_behind(&*app.db, &own).await?,
        found: (!list.term().is_empty()).then_some(found),
        ..division_page(&app, &ctx, &own).await?
    };
    ctx.page(&DivisionPage {
        list: Some(list),
        ..page
    })
}

async fn division(State(app): State<App>, ctx: Ctx, Path(code): Path<String>) -> Answer {
    ctx.page(&division_page(&app, &ctx, &code).await?)
}

async fn division_page(app: &App, ctx: &Ctx, code: &str) -> Result<DivisionPage> {
    let division = match code {
        "" => None,
        code => Some(divisions::division(&*app.db, &ctx.actor, code).await?),
    };
    let mut above = queries::division_levels(&*app.db, code).await?;
    above.retain(|row| row.code != code && row.code.starts_with(ctx.actor.coverage()));
    let level = DivisionCode::parse(code).ok().map(|code| code.level());
    Ok(DivisionPage {
        renamed: DivisionForm {
            name: division.as_ref().map(|row| row.name.clone()).unwrap_or_default(),
            version: division.as_ref().map(|row| row.version.to_string()).unwrap_or_default(),
            ..DivisionForm::default()
        },
        below: divisions::children_of(&*app.db, code).await?,
        added: DivisionForm::default(),
        rename_errors: Errors::default(),
        add_errors: Errors::default(),
        level_below: level.and_then(level_below).map(DivisionLevel::word),
        changes: changes::of(&*app.db, code).await?,
        left_behind: Vec::new(),
        list: None,
        found: None,
        division,
        above,
    })
}

fn level_below(level: DivisionLevel) -> Option<DivisionLevel> {
    match level {
        DivisionLevel::Province => Some(DivisionLevel::City),
        DivisionLevel::City => Some(DivisionLevel::District),
        DivisionLevel::District => Some(DivisionLevel::Street),
        DivisionLevel::Street => Some(DivisionLevel::Village),
        DivisionLevel::Village => None,
    }
}

async fn rename_division(
    State(app): State<App>,
    ctx: Ctx,
    Path(code): Path<String>,
    Form(form): Form<DivisionForm>,
) -> Answer {
    let done = async {
        let (version, name) = form.renamed()?;
        divisions::rename(&app, &ctx.actor, &code, version, name).await?;
        division_saved(&ctx, &code, "division.saved")
    };
    ctx.after(done.await, async |errors| {
        Ok(DivisionPage {
            renamed: form,
            rename_errors: errors,
            ..division_page(&app, &ctx, &code).await?
        })
    })
    .await
}

async fn add_division(
    State(app): State<App>,
    ctx: Ctx,
    Path(code): Path<String>,
    Form(form): Form<DivisionForm>,
) -> Answer {
    let done = async {
        let parent = DivisionCode::parse(&code).map_err(|_| Error::NotFound)?;
        let (new, name) = form.under(&parent)?;
        divisions::add(&app, &ctx.actor, &new, name).await?;
        division_saved(&ctx, &code, "division.saved")
    };
    ctx.after(done.await, async |errors| {
        Ok(DivisionPage {
            added: form,
            add_errors: errors,
            ..division_page(&app, &ctx, &code).await?
        })
    })
    .await
}

fn division_saved(ctx: &Ctx, code: &str, key: &'static str) -> Answer {
    ctx.go(format!("/divisions/{code}")).saying(key).answer()
}

async fn close_division(State(app): State<App>, ctx: Ctx, Path(code): Path<String>) -> Answer {
    divisions::close(&app, &ctx.actor, &code).await?;
    division_saved(&ctx, &code, "division.saved")
}

async fn reopen_division(State(app): State<App>, ctx: Ctx, Path(code): Path<String>) -> Answer {
    divisions::reopen(&app, &ctx.actor, &code).await?;
    division_saved(&ctx, &code, "division.saved")
}
