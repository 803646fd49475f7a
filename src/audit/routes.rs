//! The audit trail's pages.

use axum::extract::State;
use chrono::Datelike as _;
use serde::Deserialize;

use super::{
    list::Events,
    queries, seal, summary,
    views::{SealsPage, SummaryPage},
};
use crate::{
    access::Can,
    platform::{App, Error},
    web::{Answer, Choice, Ctx, List, Query, Routes},
};

/// The routes of the audit trail.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Events>()
        .get("/events/seals", Can::Audit, seals)
        .get_heavy("/events/summary", Can::Audit, of_year)
}

async fn seals(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let due = seal::last_finished(ctx.actor.now);
    ctx.page(&SealsPage {
        page: queries::seals(&*app.db, &list).await?,
        list,
        due,
        behind: seal::is_behind(&*app.db, ctx.actor.now).await?,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct YearQuery {
    year: String,
}

async fn of_year(State(app): State<App>, ctx: Ctx, Query(query): Query<YearQuery>) -> Answer {
    let this = ctx.actor.today().year();
    let year = match query.year.trim() {
        "" => this,
        text => text
            .parse()
            .ok()
            .filter(|y| (2000..=this).contains(y))
            .ok_or(Error::NotFound)?,
    };
    let years = (0..6)
        .map(|back| this - back)
        .map(|y| Choice::new(y, y.to_string(), &year.to_string()));
    ctx.page(&SummaryPage {
        summary: summary::of_year(&*app.db, year, ctx.language).await?,
        years: years.collect(),
    })
}
