//! Handlers of claims.

use std::collections::BTreeMap;

use axum::extract::State;
use entities::{AccountId, NumberClaimId};
use serde::Deserialize;
use serde_json::json;

use super::{
    queries::{self, Line},
    service,
    views::{ClaimPage, ClaimsPage},
};
use crate::{
    access::Can,
    children::places,
    platform::{
        App, Check, Errors, Result,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Form, Path, Routes},
};

/// Longest reason.
pub const LONGEST: usize = 500;

/// The routes of claims.
pub fn routes() -> Routes {
    Routes::new()
        .get("/number-claims", Can::EditChildren, index)
        .page_of("number_claim", "/number-claims/{id}", Can::EditChildren, show)
        .post("/number-claims/{id}/approval", Can::Merge, approve)
        .post("/number-claims/{id}/refusal", Can::Merge, refuse)
        .post("/number-claims/{id}/withdrawal", Can::EditChildren, withdraw)
}

/// Names of those who asked and decided.
async fn people(app: &App, lines: &[Line]) -> Result<BTreeMap<AccountId, String>> {
    let mut ids: Vec<AccountId> = Vec::new();
    for line in lines {
        ids.push(line.row.proposed_by);
        ids.extend(line.row.decided_by);
    }
    crate::account::queries::names(&*app.db, ids).await
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let lines = queries::all(&app, &ctx.actor).await?;
    let people = people(&app, &lines).await?;
    ctx.page(&ClaimsPage { lines, people })
}

/// It tells of the child who has the number, so that file says who looked.
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<NumberClaimId>) -> Answer {
    let page = page(&app, &ctx, id, Errors::default()).await?;
    let holder = Subject::child(page.line.row.holder_id);
    event::note(
        &app,
        &ctx.actor,
        "child.viewed",
        holder,
        json!({ "page": "number_claim" }),
    )
    .await?;
    ctx.page(&page)
}

async fn page(app: &App, ctx: &Ctx, id: NumberClaimId, errors: Errors) -> Result<ClaimPage> {
    let line = queries::find(app, &ctx.actor, id).await?;
    Ok(ClaimPage {
        home: places::full_name(&*app.db, &line.form.division).await?,
        people: people(app, std::slice::from_ref(&line)).await?,
        line,
        note: String::new(),
        errors,
    })
}

async fn approve(State(app): State<App>, ctx: Ctx, Path(id): Path<NumberClaimId>) -> Answer {
    let done = async {
        service::approve(&app, &ctx.actor, id).await?;
        ctx.go(format!("/number-claims/{id}")).saying("claim.approved").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct RefusalForm {
    note: String,
}

async fn refuse(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<NumberClaimId>,
    Form(form): Form<RefusalForm>,
) -> Answer {
    let done = async {
        let mut check = Check::default();
        let note = check.note("note", &form.note, LONGEST);
        service::refuse(&app, &ctx.actor, id, check.done(note)?).await?;
        ctx.go(format!("/number-claims/{id}")).saying("claim.refused").answer()
    };
    ctx.after(done.await, async |errors| {
        Ok(ClaimPage {
            note: form.note,
            ..page(&app, &ctx, id, errors).await?
        })
    })
    .await
}

async fn withdraw(State(app): State<App>, ctx: Ctx, Path(id): Path<NumberClaimId>) -> Answer {
    let done = async {
        service::withdraw(&app, &ctx.actor, id).await?;
        ctx.go("/number-claims").saying("claim.withdrawn").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, errors)).await
}
