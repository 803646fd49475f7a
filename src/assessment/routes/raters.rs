//! The second rating, and the two beside each other.

use axum::extract::State;
use entities::{AssessmentId, screening::assessment, words::AssessmentState};

use super::viewed;
use crate::{
    account,
    assessment::{
        comparison,
        forms::{self, SecondForm},
        instruments::library,
        queries,
        service::{self, unfit},
        views::{ComparisonPage, SecondPage, Side, tongue},
    },
    children::service::view_page,
    platform::{App, Check, Error, Errors, Result},
    web::{Answer, Ctx, Form, Path},
};

pub(super) async fn second(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let page = second_page(&app, &ctx, id).await?;
    if let Some(other) = queries::second(&*app.db, id).await?
        && other.state == AssessmentState::Draft
        && Some(other.by) == ctx.actor.account
    {
        return ctx.go(format!("/assessments/{}", other.id)).answer();
    }
    view_page(&app, &ctx.actor, page.child.id, "assessments").await?;
    ctx.page(&page)
}

async fn second_page(app: &App, ctx: &Ctx, id: AssessmentId) -> Result<SecondPage> {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    service::may_be_rated_again(&row, &ctx.actor)?;
    let here = library::load(&*app.db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    Ok(SecondPage {
        first: row.id,
        child,
        name: package.name.get(tongue(ctx)).to_owned(),
        version: row.instrument_version.clone(),
        person: account::queries::names(&*app.db, [row.by])
            .await?
            .remove(&row.by)
            .unwrap_or_default(),
        performed_on: row.performed_on.to_string(),
        form: SecondForm {
            performed_on: ctx.actor.today().to_string(),
        },
        errors: Errors::default(),
        today: ctx.actor.today().to_string(),
    })
}

pub(super) async fn begin_second(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SecondForm>,
) -> Answer {
    let page = second_page(&app, &ctx, id).await?;
    let done = async {
        let mut check = Check::default();
        let day = forms::day(&mut check, &form.performed_on, page.child.birth_on, ctx.actor.today());
        let id = service::begin_second(&app, &ctx.actor, id, check.done(day)?).await?;
        ctx.go(format!("/assessments/{id}")).answer()
    };
    ctx.after(done.await, async |errors| Ok(SecondPage { form, errors, ..page }))
        .await
}

pub(super) async fn compare(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let db = &*app.db;
    let (row, child) = queries::find(db, &ctx.actor, id).await?;
    if let Some(first) = row.round {
        return ctx.go(format!("/assessments/{first}/comparison")).answer();
    }
    let other = queries::second(db, id).await?.ok_or(Error::NotFound)?;
    if other.state != AssessmentState::Final || row.state != AssessmentState::Final {
        return Err(Error::refused("assessment.second.unfinished"));
    }
    viewed(&app, &ctx, &row).await?;
    viewed(&app, &ctx, &other).await?;
    let here = library::load(db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let tongue = tongue(&ctx);
    let column = package.column(Some(service::months(&row))).map_err(unfit)?;
    let (first, second) = (comparison::answers(&row)?, comparison::answers(&other)?);
    let (lines, agreement) = comparison::compare(package, column, (&first, &second), tongue)?;
    let mut people = account::queries::names(db, [row.by, other.by]).await?;
    let mut side = |row: &assessment::Model| {
        let outcome = comparison::outcome(row)?;
        Ok::<_, Error>(Side {
            id: row.id,
            person: people.remove(&row.by).unwrap_or_default(),
            performed_on: row.performed_on.to_string(),
            total: outcome.as_ref().map(|o| o.total.to_string()).unwrap_or_default(),
            band: outcome
                .and_then(|o| o.band_label)
                .map(|label| label.get(tongue).to_owned())
                .unwrap_or_default(),
        })
    };
    let page = ComparisonPage {
        name: package.name.get(tongue).to_owned(),
        version: row.instrument_version.clone(),
        first: side(&row)?,
        second: side(&other)?,
        lines,
        compared: agreement.compared,
        alike: agreement.alike,
        not_blind: queries::saw_the_first(db, &other).await?,
        child,
    };
    ctx.page(&page)
}
