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
    children::{self, Phone},
    notifications::telling,
    platform::{App, Errors, Result},
    referral::{contact, receivers},
    web::{Answer, Choice, Ctx, Form, Path, Routes, reveal::Shown},
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
        ..SendingForm::default()
    };
    ctx.page(&page(&app, &ctx, found, child, form, Errors::default()).await?)
}

async fn page(
    app: &App,
    ctx: &Ctx,
    referral: referral::Model,
    child: child::Model,
    mut form: SendingForm,
    errors: Errors,
) -> Result<SendingPage> {
    // The page shows the referral as it is now.
    form.version = referral.version.to_string();
    let receivers = receivers(&*app.db, referral.kind, &child.division).await?;
    let allowed = children::consents::messages_allowed(&*app.db, child.id, ctx.actor.today()).await?;
    let shown = Shown::now(app, ctx).await?;
    let told = children::guardians::contactable(&*app.db, child.id)
        .await?
        .into_iter()
        .map(|(tie, person)| Told {
            by_message: allowed && telling::way(&app.config, &person).is_some(),
            phone: Phone::of(&shown, &tie, &person),
        })
        .collect();
    Ok(SendingPage {
        record: contact::may_record(&ctx.actor, &referral).then(|| contact::page(referral.id)),
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

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ReferralId>, Form(form): Form<SendingForm>) -> Answer {
    let done = async {
        let sending = form.input()?;
        let told = service::send(&app, &ctx.actor, id, &sending).await?;
        let say = service::said(&*app.db, sending.to, told).await?;
        ctx.go(format!("/referrals/{id}")).saying(say).answer()
    };
    ctx.after(done.await, async |errors| {
        let (found, child) = service::own(&*app.db, &ctx.actor, id).await?;
        page(&app, &ctx, found, child, form, errors).await
    })
    .await
}
