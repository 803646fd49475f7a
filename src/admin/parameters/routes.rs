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
    web::{Answer, Ctx, Features, Form, Path, Routes},
};

/// The routes of dated rules.
pub fn routes() -> Routes {
    let can = Can::Configure;
    Routes::new()
        .get("/parameters", can, index)
        .get("/parameters/{code}", can, show)
        .post("/parameters/{code}", can, create)
        .get("/parameters/{code}/new", can, new)
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
        told: told(&rule, &shown.value, ctx.language),
        rule,
        current: current.map(|row| row.id.0),
        shown,
        versions,
        today,
    })
}

async fn new(State(app): State<App>, features: Features, ctx: Ctx, Path(code): Path<String>) -> Answer {
    let rule = rule(features, &code)?;
    let latest = page(&app, &ctx, rule, None).await?;
    let mut form = VersionForm::of(&rule, &latest.shown.value);
    let today = ctx.actor.today();
    let first = if rule.at_once { today } else { clock::next_day(today) };
    form.set("valid_from", first.to_string());
    ctx.page(&NewVersionPage {
        rule,
        form,
        errors: Errors::default(),
    })
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
        service::begin_version(&app, &ctx.actor, &rule, form.input(&rule)?).await?;
        ctx.go(format!("/parameters/{code}")).saying("rule.saved").answer()
    };
    ctx.after(done.await, async |errors| Ok(NewVersionPage { rule, form, errors }))
        .await
}
