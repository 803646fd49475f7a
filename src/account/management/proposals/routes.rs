//! Handlers of proposals.

use axum::extract::State;
use entities::AccountProposalId;

use super::{
    queries, service,
    views::{ProposalPage, ProposalsPage, SecondHalfPage},
};
use crate::{
    access::Can,
    platform::App,
    web::{Answer, Ctx, List, Path, Routes},
};

/// The routes of proposals.
pub fn routes() -> Routes {
    let can = Can::ManageAccounts;
    Routes::new()
        .get("/account-proposals", can, index)
        .get("/account-proposals/{id}", can, show)
        .post("/account-proposals/{id}/confirmation", can, confirm)
        .post("/account-proposals/{id}/refusal", can, refuse)
        .post("/account-proposals/{id}/withdrawal", can, withdraw)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let (db, all) = (&*app.db, list.filter("view") == "all");
    let lines = if all {
        queries::all(db, &ctx.actor).await?
    } else {
        queries::waiting(db, &ctx.actor).await?
    };
    let people = queries::people(db, &lines).await?;
    ctx.page(&ProposalsPage {
        waiting: queries::waiting_for(db, &ctx.actor).await?,
        lines,
        people,
        all,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountProposalId>) -> Answer {
    let line = queries::find(&*app.db, &ctx.actor, id).await?;
    let people = queries::people(&*app.db, std::slice::from_ref(&line)).await?;
    ctx.page(&ProposalPage {
        half: service::first_half(&app, &line)?,
        until: line.row.proposed_at + queries::LASTS,
        people,
        line,
    })
}

async fn confirm(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountProposalId>) -> Answer {
    let line = queries::find(&*app.db, &ctx.actor, id).await?;
    match service::confirm(&app, &ctx.actor, id).await? {
        Some(half) => {
            let user_name = line.account.user_name;
            ctx.secret("/account-proposals", &SecondHalfPage { user_name, half })
        }
        None => ctx.go("/account-proposals").saying("proposal.confirmed").answer(),
    }
}

async fn refuse(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountProposalId>) -> Answer {
    service::refuse(&app, &ctx.actor, id).await?;
    ctx.go("/account-proposals").saying("proposal.refused").answer()
}

async fn withdraw(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountProposalId>) -> Answer {
    service::withdraw(&app, &ctx.actor, id).await?;
    ctx.go(format!("/account-proposals/{id}"))
        .saying("proposal.withdrawn")
        .answer()
}
