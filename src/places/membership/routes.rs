//! Handlers of children in classes.

use axum::extract::State;
use entities::CareGroupMembershipId;

use super::{forms::MemberForm, queries, service, views::MemberPage};
use crate::{
    access::Can,
    enrolment::decision::queries as decisions,
    places::{centre, group::queries as groups, room::Span, told},
    platform::{App, Errors, Result, event},
    web::{Answer, Choice, Ctx, Form, Path, Routes},
};

/// The routes of memberships.
pub fn routes() -> Routes {
    Routes::new()
        .page_of(
            "care_group_membership",
            "/group-memberships/{id}",
            Can::ViewPlaces,
            show,
        )
        .post("/group-memberships/{id}/transfer", Can::ManagePlaces, transfer)
        .post("/group-memberships/{id}/ending", Can::ManagePlaces, ending)
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<CareGroupMembershipId>) -> Answer {
    let page = page(&app, &ctx, id, None, Errors::default()).await?;
    let about = event::Subject::child(page.child.id);
    let details = serde_json::json!({ "page": "care_group_membership" });
    event::note(&app, &ctx.actor, "child.viewed", about, details).await?;
    ctx.page(&page)
}

async fn transfer(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<CareGroupMembershipId>,
    Form(form): Form<MemberForm>,
) -> Answer {
    let done = async {
        let next = service::transfer(&app, &ctx.actor, id, form.version(), form.transfer()?).await?;
        ctx.go(service::page(next)).saying("membership.said.moved").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, Some(form), errors))
        .await
}

async fn ending(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<CareGroupMembershipId>,
    Form(form): Form<MemberForm>,
) -> Answer {
    let done = async {
        let group = service::end(&app, &ctx.actor, id, form.version(), form.ending()?).await?;
        let to = crate::places::group::service::page(group);
        ctx.go(to).saying("membership.said.ended").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, Some(form), errors))
        .await
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: CareGroupMembershipId,
    form: Option<MemberForm>,
    errors: Errors,
) -> Result<MemberPage> {
    let db = &*app.db;
    let (row, group) = queries::find(db, &ctx.actor, id).await?;
    let child = told::child(db, row.child_id).await?;
    let today = ctx.actor.today();
    let mut form = form.unwrap_or_else(|| MemberForm {
        from: today.max(row.valid_from).to_string(),
        last_day: today.max(row.valid_from).to_string(),
        ..MemberForm::default()
    });
    form.version = row.version.to_string();
    let others = groups::of_centre(db, row.organisation_id, Span::new(today, None)).await?;
    let others = others.iter().filter(|other| other.id != row.group_id);
    let here = centre::own(&ctx.actor).is_ok_and(|own| own == row.organisation_id);
    let decision = decisions::find(db, &ctx.actor, row.decision_id).await;
    Ok(MemberPage {
        lead: told::lead(&child, ctx),
        group: group.name,
        decision: decision.map(|found| found.number).unwrap_or_default(),
        groups: others
            .map(|other| Choice::new(other.id, &other.name, &form.group))
            .collect(),
        may_manage: here && ctx.may(Can::ManagePlaces) && row.called_off_at.is_none(),
        row,
        child,
        form,
        errors,
    })
}
