//! Handlers of hours.

use axum::extract::State;
use entities::words::CareService;
use serde::Deserialize;

use super::{
    forms::HoursForm,
    queries, service,
    views::{HoursPage, Row},
};
use crate::{
    access::Can,
    account,
    places::{
        centre::{self, Centres},
        room::Span,
    },
    platform::{App, Errors, Result},
    web::{Answer, Ctx, Form, Query, Routes, choices},
};

/// The routes of hours.
pub fn routes() -> Routes {
    Routes::new().get("/service-capacities", Can::ViewPlaces, show).post(
        "/service-capacities",
        Can::ManagePlaces,
        enter,
    )
}

/// Which centre is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    centre: String,
}

async fn show(State(app): State<App>, ctx: Ctx, Query(which): Query<Which>) -> Answer {
    let form = HoursForm {
        valid_from: ctx.actor.today().to_string(),
        ..HoursForm::default()
    };
    ctx.page(&page(&app, &ctx, &which.centre, form, Errors::default()).await?)
}

async fn enter(State(app): State<App>, ctx: Ctx, Form(form): Form<HoursForm>) -> Answer {
    centre::own(&ctx.actor)?;
    let done = async {
        service::enter(&app, &ctx.actor, form.input()?).await?;
        ctx.go("/service-capacities").saying("service_capacity.said").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, "", form, errors)).await
}

async fn page(app: &App, ctx: &Ctx, which: &str, form: HoursForm, errors: Errors) -> Result<HoursPage> {
    let db = &*app.db;
    let centres = Centres::of(db, &ctx.actor, which).await?;
    let rows = queries::of_centre(db, centres.id()).await?;
    let names = account::queries::names(db, rows.iter().map(|row| row.entered_by)).await?;
    let today = ctx.actor.today();
    let rows = rows.into_iter().map(|row| Row {
        hours: row.minutes_per_week / 60,
        now: Span::new(row.valid_from, row.valid_to).holds(today),
        entered_by: names.get(&row.entered_by).cloned().unwrap_or_default(),
        row,
    });
    Ok(HoursPage {
        centre: centres.name(),
        has_centre: centres.chosen.is_some(),
        centres: centres.choices(),
        rows: rows.collect(),
        services: choices::<CareService>(ctx.language, &form.service),
        may_enter: centre::is_centre(&ctx.actor) && ctx.may(Can::ManagePlaces),
        form,
        errors,
    })
}
