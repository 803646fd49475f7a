//! Choosing, filling in, reading and comparing.

mod choosing;
mod lists;
mod raters;
mod result;
mod sheet;

use entities::screening::assessment;
use serde_json::json;

use crate::{
    access::Can,
    platform::{
        App, Result,
        event::{self, Subject},
    },
    web::{Ctx, Routes},
};

/// The routes of assessments.
pub fn routes() -> Routes {
    Routes::new()
        .get("/assessments", Can::Assess, lists::index)
        .get("/assessments/new", Can::Assess, choosing::new)
        .post("/assessments", Can::Assess, choosing::create)
        .page_of("assessment", "/assessments/{id}", Can::ViewAssessments, sheet::show)
        .post("/assessments/{id}", Can::Assess, sheet::submit)
        .post("/assessments/{id}/draft", Can::Assess, sheet::keep)
        .post("/assessments/{id}/standing", Can::Assess, sheet::standing)
        .post("/assessments/{id}/withdrawal", Can::Assess, sheet::withdraw)
        .get("/assessments/{id}/second", Can::Assess, raters::second)
        .post("/assessments/{id}/second", Can::Assess, raters::begin_second)
        .get("/assessments/{id}/comparison", Can::ViewAssessments, raters::compare)
        .get("/children/{id}/assessments", Can::ViewAssessments, lists::child_index)
}

/// Opening a sheet is opening the child's file, and which sheet it was is told apart: a second rater must not have seen
/// the first.
async fn viewed(app: &App, ctx: &Ctx, row: &assessment::Model) -> Result<()> {
    let subject = Subject::of_child("assessment", row.id.0, row.child_id);
    event::note(
        app,
        &ctx.actor,
        "child.viewed",
        subject,
        json!({ "page": "assessment" }),
    )
    .await
}
