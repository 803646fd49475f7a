//! Out of the pipeline, and back in.

use axum::extract::State;
use entities::{
    ChildId, DepartureId,
    child::{child, departure},
    words::DepartureReason,
};

use super::{
    forms::DepartureForm,
    service,
    views::{DeparturesPage, Past},
};
use crate::{
    access::Can,
    children,
    platform::{App, Errors, Result},
    web::{Answer, Ctx, Form, Path, Query, Routes, choices},
};

/// The routes of departures.
pub fn routes() -> Routes {
    Routes::new()
        .get("/children/{id}/departures", Can::Depart, index)
        .post("/children/{id}/departures", Can::Depart, create)
        .post("/children/{id}/departures/{departure}/undoing", Can::Depart, undo)
}

async fn index(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(mut form): Query<DepartureForm>,
) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "departures").await?;
    if form.left_on.is_empty() {
        form.left_on = ctx.actor.today().to_string();
    }
    ctx.page(&page(&app, &ctx, child, form, Errors::default()).await?)
}

async fn page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    form: DepartureForm,
    errors: Errors,
) -> Result<DeparturesPage> {
    let past = service::of_child(&*app.db, child.id).await?;
    Ok(DeparturesPage {
        reasons: choices::<DepartureReason>(ctx.language, &form.reason),
        past: past.into_iter().map(|row| shown(app, row)).collect::<Result<_>>()?,
        child,
        form,
        errors,
    })
}

fn shown(app: &App, row: departure::Model) -> Result<Past> {
    let effects = service::effects(&row)?;
    let effects = effects.iter().map(|effect| app.compartment.ended(effect)).collect();
    Ok(Past {
        id: row.id,
        reason: row.reason,
        left_on: row.left_on,
        note: row.note,
        recorded_at: row.recorded_at,
        undone_at: row.undone_at,
        effects,
    })
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, Form(form): Form<DepartureForm>) -> Answer {
    let child = children::service::survivor(&app, &ctx.actor, id).await?;
    let done = async {
        service::depart(&app, &ctx.actor, child.id, &form.input()?).await?;
        ctx.go(format!("/children/{}/departures", child.id))
            .saying("departure.recorded")
            .answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, child.clone(), form, errors))
        .await
}

async fn undo(State(app): State<App>, ctx: Ctx, Path((id, departure)): Path<(ChildId, DepartureId)>) -> Answer {
    service::undo(&app, &ctx.actor, id, departure).await?;
    ctx.go(format!("/children/{id}/departures"))
        .saying("departure.undone")
        .answer()
}
