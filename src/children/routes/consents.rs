//! Consents: given and withdrawn.

use axum::extract::State;
use entities::{ChildId, ConsentId};

use crate::{
    access::scope,
    children::{
        consents,
        forms::{ConsentForm, DayForm},
        queries, service,
        views::ConsentsPage,
    },
    platform::{App, Error},
    web::{Answer, Ctx, Form, Path},
};

pub(super) async fn index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "consents").await?;
    let known = queries::consents(&*app.db, child.id).await?;
    ctx.page(&ConsentsPage::of(ctx.language, child, known, ConsentForm::default()))
}

pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<ConsentForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(new) => consents::record(&app, &ctx.actor, id, new).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx
            .go(format!("/children/{id}/consents"))
            .saying("consent.recorded")
            .answer(),
        Err(Error::Invalid(errors)) => {
            let known = queries::consents(&*app.db, id).await?;
            let mut page = ConsentsPage::of(ctx.language, child, known, form);
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, consent)): Path<(ChildId, ConsentId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(on) => consents::withdraw(&app, &ctx.actor, id, consent, on).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx
            .go(format!("/children/{id}/consents"))
            .saying("consent.withdrawn")
            .answer(),
        Err(Error::Invalid(errors)) => {
            let known = queries::consents(&*app.db, id).await?;
            let mut page = ConsentsPage::of(ctx.language, child, known, ConsentForm::default());
            for (_, say) in errors.all() {
                page.withdrawal_errors.add(format!("on-{consent}"), say.clone());
            }
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}
