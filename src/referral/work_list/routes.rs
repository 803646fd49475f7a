//! The list of referrals.

use axum::extract::State;
use entities::ReferralId;
use serde::Deserialize;

use super::list::Referrals;
use crate::{
    access::Can,
    platform::{App, Say},
    referral::service,
    web::{Answer, Ctx, Form, Routes},
};

/// The routes of work lists.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Referrals>()
        .post("/referrals/acceptances", Can::Refer, acceptances)
}

/// Rows ticked in the list, and the list they were ticked in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Picked {
    pick: Vec<String>,
    query: String,
}

async fn acceptances(State(app): State<App>, ctx: Ctx, Form(picked): Form<Picked>) -> Answer {
    let ids: Vec<ReferralId> = picked.pick.iter().filter_map(|id| id.parse().ok()).take(500).collect();
    let back = ctx.go(format!("/referrals?{}", picked.query.replace(['\r', '\n'], "")));
    if ids.is_empty() {
        return back.warning("work.accepted.none").answer();
    }
    let bulk = service::accept_many(&app, &ctx.actor, &ids).await?;
    let say = Say::new(if bulk.skipped == 0 {
        "work.accepted"
    } else {
        "work.accepted.some"
    })
    .with("done", bulk.done)
    .with("skipped", bulk.skipped);
    if bulk.skipped == 0 {
        back.saying(say).answer()
    } else {
        back.warning(say).answer()
    }
}
