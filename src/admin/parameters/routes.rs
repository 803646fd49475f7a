//! Handlers of dated rules.

use axum::extract::State;
use entities::ParameterId;

use super::{
    forms::VersionForm,
    service,
    views::{NewVersionPage, RulePage, RuleRow, RulesPage, told},
};
use crate::{
    access::Can,
    platform::{App, Error, Errors, Result, clock, rule::Described},
    web::{Answer, Ctx, Features, Form, Path, Query, Routes, draft},
};

/// The routes of dated rules.
pub fn routes() -> Routes {
    let can = Can::Configure;
    Routes::new()
        .get("/parameters", can, index)
        .get("/parameters/{code}", can, show)
        .post("/parameters/{code}", can, create)
        .get("/parameters/{code}/new", can, new)
        .post("/parameters/{code}/new/draft", can, keep)
        .get("/parameters/{code}/versions/{id}", can, version)
}

fn rule(features: Features, code: &str) -> Result<Described> {
    let mut all = features.rules().into_iter();
    all.find(|rule| rule.code == code).ok_or(Error::NotFound)
}

async fn index(State(app): State<App>, features: Features, ctx: Ctx) -> Answer {
    let today = ctx.actor.today();
    let mut rows = Vec::new();
    for rule in features.rules() {
        let versions = service::versions(&*app.db, &ctx.actor, &rule).await?;
        let current = service::in_force(&versions, today).cloned();
        let coming = versions
            .iter()
            .map(|row| row.valid_from)
            .filter(|day| *day > today)
            .min();
        rows.push(RuleRow { rule, current, coming });
    }
    ctx.page(&RulesPage { rows })
}

async fn show(State(app): State<App>, features: Features, ctx: Ctx, Path(code): Path<String>) -> Answer {
    ctx.page(&page(&app, &ctx, rule(features, &code)?, None).await?)
}

async fn version(
    State(app): State<App>,
    features: Features,
    ctx: Ctx,
    Path((code, id)): Path<(String, ParameterId)>,
) -> Answer {
    ctx.page(&page(&app, &ctx, rule(features, &code)?, Some(id)).await?)
}

async fn page(app: &App, ctx: &Ctx, rule: Described, id: Option<ParameterId>) -> Result<RulePage> {
    let versions = service::versions(&*app.db, &ctx.actor, &rule).await?;
    let today = ctx.actor.today();
    let current = service::in_force(&versions, today);
    let shown = match id {
        Some(id) => versions.iter().find(|row| row.id == id),
        None => current,
    };
    let shown = shown.ok_or(Error::NotFound)?.clone();
    Ok(RulePage {
        told: told(
            &rule,
            &shown.value,
            &service::places(&*app.db, &ctx.actor, &rule).await?,
            ctx.language,
        ),
        rule,
        current: current.map(|row| row.id.0),
        shown,
        versions,
        today,
    })
}

async fn new(
    State(app): State<App>,
    features: Features,
    ctx: Ctx,
    Path(code): Path<String>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let rule = rule(features, &code)?;
    let kept = draft::load(&app, &ctx, &service::form(&rule), &opened).await?;
    let restored = kept.is_some();
    let form = match kept {
        Some(form) => form,
        None => first_form(&ctx, &rule, &page(&app, &ctx, rule, None).await?),
    };
    let page = new_page(&app, &ctx, rule, form, Errors::default()).await?;
    ctx.page(&NewVersionPage { restored, ..page })
}

/// What is in force, from the first day on which another version may begin.
fn first_form(ctx: &Ctx, rule: &Described, latest: &RulePage) -> VersionForm {
    let mut form = VersionForm::of(rule, &latest.shown.value);
    let today = ctx.actor.today();
    let first = if rule.at_once { today } else { clock::next_day(today) };
    form.set("valid_from", first.to_string());
    form
}

async fn new_page(app: &App, ctx: &Ctx, rule: Described, form: VersionForm, errors: Errors) -> Result<NewVersionPage> {
    Ok(NewVersionPage {
        places: service::places(&*app.db, &ctx.actor, &rule).await?,
        rule,
        form,
        errors,
        restored: false,
    })
}

/// What is typed is kept.
async fn keep(
    State(app): State<App>,
    features: Features,
    ctx: Ctx,
    Path(code): Path<String>,
    Query(asked): Query<draft::Asked>,
    Form(form): Form<VersionForm>,
) -> Answer {
    let rule = rule(features, &code)?;
    draft::store(&app, &ctx, "", &service::form(&rule), &form, &asked).await
}

async fn create(
    State(app): State<App>,
    features: Features,
    ctx: Ctx,
    Path(code): Path<String>,
    Form(form): Form<VersionForm>,
) -> Answer {
    let rule = rule(features, &code)?;
    let done = async {
        let places = service::places(&*app.db, &ctx.actor, &rule).await?;
        service::begin_version(&app, &ctx.actor, &rule, form.input(&rule, &places)?).await?;
        ctx.go(format!("/parameters/{code}")).saying("rule.saved").answer()
    };
    ctx.after(done.await, async |errors| {
        new_page(&app, &ctx, rule, form, errors).await
    })
    .await
}
