//! Handlers of the waiting list.

use axum::extract::State;
use entities::{
    ApplicationId, OrganisationId,
    words::{ApplicationState, EnrolmentMode},
};
use serde::Deserialize;

use super::{
    facts::{self, WaitingList},
    told::{rule, told},
    views::{PlacePage, Row, WaitingPage},
};
use crate::{
    access::Can,
    enrolment::{application::queries as applications, waiting::service::may_offer},
    places::{
        centre::{self, Centres},
        offer::{forms::mode, queries as offers},
        seen, told as about,
    },
    platform::{
        App, Result,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Path, Query, Routes, choices},
};

/// The routes of the waiting list.
pub fn routes() -> Routes {
    Routes::new()
        .get("/waiting-list", Can::ViewPlaces, index)
        .get("/applications/{id}/waiting", Can::ViewPlaces, show)
}

/// Which list is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    centre: String,
    mode: String,
}

async fn index(State(app): State<App>, ctx: Ctx, Query(which): Query<Which>) -> Answer {
    let db = &*app.db;
    let centres = Centres::of(db, &ctx.actor, &which.centre).await?;
    let mode = mode(&which.mode);
    let list = match &centres.chosen {
        Some(place) => {
            let district = centre::district(place);
            Some(WaitingList::of(db, place.id, district, mode, ctx.actor.today()).await?)
        }
        None => None,
    };
    let rows = match &list {
        Some(list) => rows(&app, &ctx, list, centres.id()).await?,
        None => Vec::new(),
    };
    let waiting = list.as_ref().map_or(0, |list| list.places.len());
    ctx.page(&WaitingPage {
        centre: centres.name(),
        has_centre: centres.chosen.is_some(),
        centres: centres.choices(),
        modes: choices::<EnrolmentMode>(ctx.language, mode.as_str()),
        rule: list.as_ref().map(rule),
        hidden: waiting - rows.len(),
        rows,
        waiting,
        invited: facts::invited(db, centres.id()).await?.len(),
        served: facts::served(db, centres.id(), ctx.actor.today()).await?,
    })
}

async fn rows(app: &App, ctx: &Ctx, list: &WaitingList, centre: OrganisationId) -> Result<Vec<Row>> {
    let visible = seen::of(&*app.db, &ctx.actor, list.children.keys().copied()).await?;
    let here = centre::own(&ctx.actor).is_ok_and(|own| own == centre);
    let today = ctx.actor.today();
    let row = |place| {
        let told = told(ctx, list, place);
        let application = list.applications.get(&place.application)?;
        let child = list.children.get(&application.child_id)?;
        visible.contains(&child.id).then(|| Row {
            id: application.id,
            name: child.name.clone(),
            lead: about::lead(child, ctx),
            told,
            may_offer: here
                && ctx.may(Can::ManagePlaces)
                && may_offer(application, &ctx.actor)
                && list.can_be_offered(application.id, today),
        })
    };
    Ok(list.places.iter().filter_map(row).collect())
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationId>) -> Answer {
    let db = &*app.db;
    let row = applications::find(db, &ctx.actor, id).await?;
    let child = applications::child_of(db, &row).await?;
    let place = centre::place(db, row.centre_id).await?;
    let district = centre::district(&place);
    let list = WaitingList::of(db, row.centre_id, district, row.mode, ctx.actor.today()).await?;
    let here = centre::own(&ctx.actor).is_ok_and(|own| own == row.centre_id);
    let waits = row.state == ApplicationState::Waiting;
    let mut offers = offers::of_application(db, id).await?;
    offers.reverse();
    let about = Subject::child(child.id);
    event::note(
        &app,
        &ctx.actor,
        "child.viewed",
        about,
        serde_json::json!({ "page": "waiting" }),
    )
    .await?;
    ctx.page(&PlacePage {
        id,
        lead: about::lead(&child, &ctx),
        list: format!("{} · {}", place.name, ctx.say(row.mode.word())),
        rule: rule(&list),
        told: list.place(id).map(|place| told(&ctx, &list, place)),
        may_offer: here
            && waits
            && ctx.may(Can::ManagePlaces)
            && may_offer(&row, &ctx.actor)
            && list.can_be_offered(id, ctx.actor.today()),
        child,
        offers,
    })
}
