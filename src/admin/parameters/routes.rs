//! Handlers of dated rules.

use axum::extract::State;
use entities::ParameterId;

use super::{
    forms::RuleForm,
    service,
    value::Rule,
    views::{NewVersionPage, RulePage, RuleRow, RulesPage},
};
use crate::{
    access::Can,
    platform::{App, Error, Errors, Result, clock},
    web::{Answer, Ctx, Form, Path, Routes},
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

fn rule(code: &str) -> Result<Rule> {
    Rule::by_code(code).ok_or(Error::NotFound)
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let today = ctx.actor.today();
    let mut rows = Vec::new();
    for rule in Rule::ALL {
        let versions = service::versions(&*app.db, &ctx.actor, rule).await?;
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

async fn show(State(app): State<App>, ctx: Ctx, Path(code): Path<String>) -> Answer {
    ctx.page(&page(&app, &ctx, rule(&code)?, None).await?)
}

async fn version(State(app): State<App>, ctx: Ctx, Path((code, id)): Path<(String, ParameterId)>) -> Answer {
    ctx.page(&page(&app, &ctx, rule(&code)?, Some(id)).await?)
}

async fn page(app: &App, ctx: &Ctx, rule: Rule, id: Option<ParameterId>) -> Result<RulePage> {
    let versions = service::versions(&*app.db, &ctx.actor, rule).await?;
    let today = ctx.actor.today();
    let current = service::in_force(&versions, today);
    let shown = match id {
        Some(id) => versions.iter().find(|row| row.id == id),
        None => current,
    };
    let shown = shown.ok_or(Error::NotFound)?.clone();
    Ok(RulePage {
        rule,
        value: rule.read(shown.value.clone())?,
        current: current.map(|row| row.id.0),
        shown,
        versions,
        today,
    })
}

async fn new(State(app): State<App>, ctx: Ctx, Path(code): Path<String>) -> Answer {
    let rule = rule(&code)?;
    let latest = page(&app, &ctx, rule, None).await?;
    let form = RuleForm {
        valid_from: match rule {
            // Whoever sets it wants to see it; the days of others are decided beforehand.
            Rule::OpeningDay => ctx.actor.today(),
            Rule::CheckAges | Rule::Deadlines | Rule::Escalation => clock::next_day(ctx.actor.today()),
        }
        .to_string(),
        ..RuleForm::of(&latest.value)
    };
    ctx.page(&NewVersionPage {
        rule,
        form,
        errors: Errors::default(),
    })
}

async fn create(State(app): State<App>, ctx: Ctx, Path(code): Path<String>, Form(form): Form<RuleForm>) -> Answer {
    let rule = rule(&code)?;
    let outcome = match form.input(rule) {
        Ok(new) => service::begin_version(&app, &ctx.actor, rule, new).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/parameters/{code}")).saying("rule.saved").answer(),
        Err(Error::Invalid(errors)) => ctx.invalid(&NewVersionPage {
            rule,
            form,
            errors: *errors,
        }),
        Err(other) => Err(other),
    }
}
