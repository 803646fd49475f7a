//! Handlers of texts.

use axum::extract::State;
use entities::{AgreementTemplateId, words::AgreementKind};
use serde::Deserialize;

use super::{
    forms::TemplateForm,
    queries,
    sample::shown,
    service::{self, page as page_of},
    views::{EditPage, TemplatePage, TemplatesPage},
};
use crate::{
    access::Can,
    account, organisations,
    platform::{App, Errors, Result, approval::Bar},
    web::{Answer, Ctx, Form, Path, Query, Routes, choices},
};

/// The routes of texts.
pub fn routes() -> Routes {
    let can = Can::DrawTemplates;
    Routes::new()
        .get("/agreement-templates", can, index)
        .get("/agreement-templates/new", can, new)
        .post("/agreement-templates", can, create)
        .page_of("agreement_template", "/agreement-templates/{id}", can, show)
        .get("/agreement-templates/{id}/edit", can, edit)
        .post("/agreement-templates/{id}/edit", can, change)
        .post("/agreement-templates/{id}/use", can, take_into_use)
        .post("/agreement-templates/{id}/withdrawal", can, withdraw)
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let db = &*app.db;
    let rows = queries::all(db, &ctx.actor).await?;
    let places = organisations::queries::names(db, rows.iter().filter_map(|row| row.organisation_id)).await?;
    let divisions = organisations::queries::division_names(db, rows.iter().map(|row| row.district.clone())).await?;
    let named = rows.into_iter().map(|row| {
        let owner = match row.organisation_id {
            Some(id) => places.get(&id),
            None => divisions.get(&row.district),
        };
        let owner = owner.cloned().unwrap_or_else(|| row.district.clone());
        (row, owner)
    });
    ctx.page(&TemplatesPage {
        rows: named.collect(),
        may_write: queries::has_texts(&ctx.actor),
    })
}

/// Which version a new one begins as.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Beginning {
    from: String,
}

async fn new(State(app): State<App>, ctx: Ctx, Query(from): Query<Beginning>) -> Answer {
    let form = match from.from.parse::<AgreementTemplateId>() {
        Ok(id) => TemplateForm::of(&queries::find(&*app.db, &ctx.actor, id).await?),
        Err(_) => TemplateForm::default(),
    };
    ctx.page(&drawn(&ctx, None, form, Errors::default()))
}

fn drawn(ctx: &Ctx, of: Option<AgreementTemplateId>, form: TemplateForm, errors: Errors) -> EditPage {
    let (action, back) = match of {
        Some(id) => (format!("{}/edit", page_of(id)), page_of(id)),
        None => ("/agreement-templates".to_owned(), "/agreement-templates".to_owned()),
    };
    EditPage {
        action,
        back,
        kinds: choices::<AgreementKind>(ctx.language, &form.kind),
        lines: if form.looks() { shown(&form.body) } else { Vec::new() },
        language: ctx.language,
        form,
        errors,
    }
}

/// The form again, with the text on a sample.
fn looked_at(ctx: &Ctx, of: Option<AgreementTemplateId>, form: TemplateForm) -> Answer {
    match form.input() {
        Ok(_) => ctx.page(&drawn(ctx, of, form, Errors::default())),
        Err(errors) => ctx.invalid(&drawn(ctx, of, form, errors)),
    }
}

async fn create(State(app): State<App>, ctx: Ctx, Form(form): Form<TemplateForm>) -> Answer {
    if form.looks() {
        return looked_at(&ctx, None, form);
    }
    let done = async {
        let id = service::draft(&app, &ctx.actor, &form.input()?).await?;
        ctx.go(page_of(id)).saying("agreement_template.said.drafted").answer()
    };
    ctx.after(done.await, async |errors| Ok(drawn(&ctx, None, form, errors)))
        .await
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<AgreementTemplateId>) -> Answer {
    let row = queries::find(&*app.db, &ctx.actor, id).await?;
    ctx.page(&drawn(&ctx, Some(id), TemplateForm::of(&row), Errors::default()))
}

async fn change(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AgreementTemplateId>,
    Form(form): Form<TemplateForm>,
) -> Answer {
    queries::find(&*app.db, &ctx.actor, id).await?;
    if form.looks() {
        return looked_at(&ctx, Some(id), form);
    }
    let done = async {
        service::change(&app, &ctx.actor, id, form.version(), &form.input()?).await?;
        ctx.go(page_of(id)).saying("agreement_template.said.changed").answer()
    };
    ctx.after(done.await, async |errors| Ok(drawn(&ctx, Some(id), form, errors)))
        .await
}

async fn page(app: &App, ctx: &Ctx, id: AgreementTemplateId, errors: Errors) -> Result<TemplatePage> {
    let db = &*app.db;
    let row = queries::find(db, &ctx.actor, id).await?;
    let owner = match row.organisation_id {
        Some(id) => organisations::queries::names(db, [id]).await?.remove(&id),
        None => {
            let mut names = organisations::queries::division_names(db, [row.district.clone()]).await?;
            names.remove(&row.district)
        }
    };
    let own = queries::is_own(&row, &ctx.actor);
    let bar = queries::bar(&row, &ctx.actor);
    Ok(TemplatePage {
        owner: owner.unwrap_or_else(|| row.district.clone()),
        people: (
            account::queries::name(db, Some(row.made_by)).await?,
            account::queries::name(db, row.decided_by).await?,
        ),
        lines: shown(&row.body),
        may_decide: own && bar.is_none(),
        wrote_it: own && bar == Some(Bar::AnotherPerson),
        own,
        row,
        errors,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<AgreementTemplateId>) -> Answer {
    ctx.page(&page(&app, &ctx, id, Errors::default()).await?)
}

async fn take_into_use(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AgreementTemplateId>,
    Form(form): Form<TemplateForm>,
) -> Answer {
    let done = async {
        service::take_into_use(&app, &ctx.actor, id, form.version()).await?;
        ctx.go(page_of(id)).saying("agreement_template.said.in_use").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AgreementTemplateId>,
    Form(form): Form<TemplateForm>,
) -> Answer {
    let done = async {
        service::withdraw(&app, &ctx.actor, id, form.version()).await?;
        ctx.go(page_of(id)).saying("agreement_template.said.withdrawn").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}
