//! Confirming a proposed referral.

use axum::extract::State;
use entities::{ReferralId, child::child, screening::referral};

use super::{
    forms::SendingForm,
    service,
    views::{SendingPage, Told},
};
use crate::{
    access::Can,
    children,
    notifications::telling,
    platform::{App, Error, Errors, Result},
    referral::receivers,
    web::{Answer, Choice, Ctx, Form, Path, Routes},
};

/// The routes of the confirmation.
pub fn routes() -> Routes {
    Routes::new()
        .get("/referrals/{id}/sending", Can::Refer, show)
        .post("/referrals/{id}/sending", Can::Refer, create)
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ReferralId>) -> Answer {
    let (found, child) = service::own(&*app.db, &ctx.actor, id).await?;
    children::service::view_page(&app, &ctx.actor, child.id, "sending").await?;
    let form = SendingForm {
        to: found.to_organisation_id.to_string(),
        reason: found.reason.clone(),
        version: found.version.to_string(),
    };
    ctx.page(&page(&app, &ctx, found, child, form, Errors::default()).await?)
}

async fn page(
    app: &App,
    ctx: &Ctx,
    referral: referral::Model,
    child: child::Model,
    form: SendingForm,
    errors: Errors,
) -> Result<SendingPage> {
    let receivers = receivers(&*app.db, referral.kind, &child.division).await?;
    let allowed = children::consents::messages_allowed(&*app.db, child.id, ctx.actor.today()).await?;
    let told = children::guardians::contactable(&*app.db, child.id)
        .await?
        .into_iter()
        .map(|(tie, person)| Told {
            by_message: allowed && telling::way(&app.config, &person).is_some(),
            name: person.name,
            kinship: tie.kinship.word(),
            phone: person.phone_mask,
        })
        .collect();
    Ok(SendingPage {
        receivers: receivers
            .iter()
            .map(|place| Choice::new(place.id, place.name.clone(), &form.to))
            .collect(),
        child,
        referral,
        form,
        errors,
        told,
    })
}

async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Form(mut form): Form<SendingForm>,
) -> Answer {
    let (found, child) = service::own(&*app.db, &ctx.actor, id).await?;
    let sending = match form.input() {
        Ok(sending) => sending,
        Err(errors) => return ctx.invalid(&page(&app, &ctx, found, child, form, errors).await?),
    };
    match service::send(&app, &ctx.actor, id, &sending).await {
        Ok(_) => ctx.go(format!("/referrals/{id}")).saying("sending.sent").answer(),
        Err(Error::Invalid(errors)) => ctx.invalid(&page(&app, &ctx, found, child, form, *errors).await?),
        Err(Error::Stale) => {
            form.version = found.version.to_string();
            let mut errors = Errors::default();
            errors.add_form("error.stale");
            ctx.conflict(&page(&app, &ctx, found, child, form, errors).await?)
        }
        Err(error) => Err(error),
    }
}
