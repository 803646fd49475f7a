//! A sheet being filled in.

use std::sync::Arc;

use axum::extract::State;
use entities::{AssessmentId, child::child, screening::assessment, words::AssessmentState};
use serde::Deserialize;

use super::{result, viewed};
use crate::{
    access::Can,
    assessment::{
        forms::{Filled, SheetForm},
        instruments::{Library, library},
        queries,
        service::{self, Submitted, unfit},
        sheet::{self, Kept, Typed},
        views::{SheetPage, SheetState, Standing, conflicts, of_child, tongue},
    },
    platform::{App, Error, Errors, Result, Say},
    screening::instruments::Package,
    web::{Answer, Ctx, Form, Path, Query, draft},
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stage {
    stage: String,
}

/// A finished assessment, or the sheet of the one who is filling it in.
pub(super) async fn show(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Query(asked): Query<Stage>,
) -> Answer {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    if row.state != AssessmentState::Draft {
        return result::result(&app, &ctx, row, child).await;
    }
    if !ctx.may(Can::Assess) {
        return Err(Error::NotFound);
    }
    viewed(&app, &ctx, &row).await?;
    let here = library::load(&*app.db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let kept = sheet::kept(&app, &*app.db, &row).await?;
    let stage = match asked.stage.as_str() {
        "1" => 1,
        _ => sheet::stage(package, &kept.answers).map_err(unfit)?,
    };
    let page = sheet_page(
        &ctx,
        SheetState {
            row,
            child,
            package,
            kept,
            stage,
        },
    )?;
    ctx.page(&page)
}

fn sheet_page(ctx: &Ctx, state: SheetState<'_>) -> Result<SheetPage> {
    let outcome = sheet::standing(state.package, &state.kept, service::months(&state.row)).map_err(unfit)?;
    state.page(ctx, &outcome)
}

/// The own sheet that a page was sent for, with its package's library.
async fn own(app: &App, ctx: &Ctx, id: AssessmentId) -> Result<(assessment::Model, child::Model, Arc<Library>)> {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    if Some(row.by) != ctx.actor.account {
        return Err(Error::NotFound);
    }
    Ok((row, child, library::load(&*app.db).await?))
}

pub(super) async fn keep(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SheetForm>,
) -> Answer {
    let (row, _, here) = own(&app, &ctx, id).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    service::keep(&app, &ctx.actor, id, package, &filled).await?;
    draft::no_answer()
}

/// How the page stands, without saving anything.
pub(super) async fn standing(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SheetForm>,
) -> Answer {
    let (row, _, here) = own(&app, &ctx, id).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    let kept = typed(&app, package, &row, &filled).await?;
    let outcome = sheet::standing(package, &kept, service::months(&row)).map_err(unfit)?;
    ctx.page(&Standing::of(package, &kept, &outcome, filled.stage, tongue(&ctx)))
}

/// What would be kept if the page were saved.
async fn typed(app: &App, package: &Package, row: &assessment::Model, filled: &Filled) -> Result<Kept> {
    let mut kept = sheet::kept(app, &*app.db, row).await?;
    kept.kept = Typed {
        answers: sheet::merged(package, &kept.answers, &filled.answers, filled.stage).map_err(unfit)?,
        cutoffs: filled.cutoffs.clone(),
    };
    Ok(kept)
}

pub(super) async fn submit(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SheetForm>,
) -> Answer {
    let (row, child, here) = own(&app, &ctx, id).await?;
    if row.state != AssessmentState::Draft {
        return ctx
            .go(format!("/assessments/{id}"))
            .warning("assessment.finished_elsewhere")
            .answer();
    }
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    let done = async {
        match service::submit(&app, &ctx.actor, id, package, &filled).await? {
            Submitted::Finished(_) => ctx
                .go(format!("/assessments/{id}"))
                .saying("assessment.finished")
                .answer(),
            Submitted::Open(outcome) if outcome.follow_up_needed && filled.stage == 1 => {
                ctx.go(format!("/assessments/{id}")).answer()
            }
            Submitted::Open(_) => {
                let kept = sheet::kept(&app, &*app.db, &row).await?;
                let mut page = sheet_page(
                    &ctx,
                    SheetState {
                        row: row.clone(),
                        child: child.clone(),
                        package,
                        kept,
                        stage: filled.stage,
                    },
                )?;
                page.errors = missing(&page.standing);
                ctx.invalid(&page)
            }
        }
    };
    ctx.after(done.await, |errors| {
        again(&app, &ctx, (row.clone(), child.clone()), package, &filled, errors)
    })
    .await
}

fn missing(standing: &Standing) -> Errors {
    let mut errors = Errors::default();
    for (field, name) in &standing.missing {
        errors.add(field.clone(), Say::new("assessment.item_missing").with("item", name));
    }
    if standing.missing.is_empty() {
        errors.add_form("assessment.first_stage_missing");
    }
    errors
}

/// The sheet as it was sent. Where another page saved since it was made, nothing is overwritten, nothing of this page is
/// lost, and what differs is shown: submitting once more is a decision.
async fn again(
    app: &App,
    ctx: &Ctx,
    (row, child): (assessment::Model, child::Model),
    package: &Package,
    filled: &Filled,
    errors: Errors,
) -> Result<SheetPage> {
    let there = sheet::kept(app, &*app.db, &row).await?;
    let kept = typed(app, package, &row, filled).await?;
    let state = SheetState {
        row,
        child,
        package,
        kept,
        stage: filled.stage,
    };
    let conflicts = if there.is_known_to(filled.base, &filled.window) {
        Vec::new()
    } else {
        conflicts(&state, &there, tongue(ctx))?
    };
    let page = sheet_page(ctx, state)?;
    Ok(SheetPage {
        conflicts,
        errors,
        ..page
    })
}

pub(super) async fn withdraw(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let row = service::withdraw(&app, &ctx.actor, id).await?;
    ctx.go(of_child(row.child_id)).saying("assessment.withdrawn").answer()
}
