//! Handlers that begin with a child: finding the one that is applied for, and its enrolment in its file.

use axum::extract::State;
use entities::{ChildId, words::MaterialState};
use serde::Deserialize;

use super::{
    queries::{self, Rules},
    service,
    states::States,
    views::{ChildPage, FindPage},
};
use crate::{
    access::Can,
    children::{queries as children, service::view_page},
    enrolment::decision,
    organisations,
    platform::{App, Check, Errors, states::Machine as _},
    web::{Answer, Ctx, Form, Path},
};

// ---- finding the child

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FindForm {
    q: String,
}

/// Whom a family applies for is found first.
pub(super) async fn finding(ctx: Ctx) -> Answer {
    ctx.page(&FindPage {
        q: String::new(),
        found: Vec::new(),
        more: false,
        nobody: false,
        errors: Errors::default(),
    })
}

/// By file number straight to the form; by name a choice of those who are found.
pub(super) async fn find(State(app): State<App>, ctx: Ctx, Form(form): Form<FindForm>) -> Answer {
    let to = |id: ChildId| format!("/children/{id}/applications/new");
    let mut check = Check::default();
    let q = check.text("q", &form.q);
    let (errors, rows, more) = match check.done(q) {
        Err(errors) => (errors, Vec::new(), false),
        Ok(q) => {
            if let Some(found) = children::by_file_no(&app, &ctx.actor, &q).await? {
                return ctx.go(to(found.id)).answer();
            }
            let (rows, more) = children::suggestions(&app, &ctx.actor, &q).await?;
            (Errors::default(), rows, more)
        }
    };
    let told = |row: &children::ChildRow| format!("{} · {} · {}", row.file_no, ctx.say(row.sex.word()), row.birth_on);
    let page = FindPage {
        nobody: rows.is_empty() && errors.is_empty(),
        found: rows
            .iter()
            .map(|row| (to(row.id), row.name.clone(), told(row)))
            .collect(),
        q: form.q,
        more,
        errors,
    };
    if page.errors.is_empty() {
        ctx.page(&page)
    } else {
        ctx.invalid(&page)
    }
}

// ---- the child's file

/// The enrolment of a child as a page of its file.
pub(super) async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "enrolment").await?;
    let db = &*app.db;
    let by = &ctx.actor;
    let applications = queries::of_child(db, by, child.id).await?;
    let decisions = decision::queries::of_child(db, by, child.id).await?;
    let ids = applications.iter().map(|row| row.centre_id);
    let places = organisations::queries::names(db, ids.chain(decisions.iter().map(|row| row.organisation_id))).await?;
    let place = |id| places.get(&id).cloned().unwrap_or_default();
    let open = applications.iter().any(|row| States::is_open(row.state));
    let mut certificates = Vec::new();
    let rules = Rules::on(db, &child.district, by.today()).await?;
    for row in &applications {
        for paper in queries::materials(db, row.id).await? {
            if let Some(until) = paper.valid_until.filter(|_| paper.state == MaterialState::Received) {
                let name = rules.materials.name(&paper.code, ctx.language).to_owned();
                certificates.push((name, until, service::page(row.id)));
            }
        }
    }
    ctx.page(&ChildPage {
        may_enter: !open && child.departure_id.is_none() && Can::Enrol.allows(&by.roles),
        applications: applications
            .into_iter()
            .map(|row| (row.clone(), place(row.centre_id)))
            .collect(),
        decisions: decisions
            .into_iter()
            .map(|row| (row.clone(), place(row.organisation_id)))
            .collect(),
        certificates,
        child,
    })
}
