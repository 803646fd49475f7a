//! A result that should not have been recorded at all is taken back.

use askama::Template;
use axum::extract::State;
use entities::{ReferralId, screening::referral};
use serde::Deserialize;

use super::{routes::Record, takeback};
use crate::{
    children::service::view_page,
    platform::{App, Error, Errors, Result, Version},
    referral::{forms::reason, queries as referrals},
    web::{Answer, Ctx, Form, Path, filters},
};

/// What the page sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WithdrawalForm {
    version: String,
    why: String,
}

/// Taking a result back: why.
#[derive(Template)]
#[template(path = "clinic/withdrawal.html")]
struct WithdrawalPage {
    title: &'static str,
    path: String,
    name: String,
    referral: referral::Model,
    form: WithdrawalForm,
    errors: Errors,
}

async fn loaded<R: Record>(
    app: &App,
    ctx: &Ctx,
    id: ReferralId,
    form: WithdrawalForm,
    errors: Errors,
) -> Result<WithdrawalPage> {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    R::recorded(app, ctx, &row).await?.ok_or(Error::NotFound)?;
    let child = referrals::child_of(&*app.db, &row).await?;
    view_page(app, &ctx.actor, child.id, R::NAME).await?;
    Ok(WithdrawalPage {
        title: R::TITLE,
        path: format!("/referrals/{id}/{}/withdrawal", R::NAME),
        name: child.name,
        referral: row,
        form,
        errors,
    })
}

pub(super) async fn page<R: Record>(State(app): State<App>, ctx: Ctx, Path(id): Path<ReferralId>) -> Answer {
    ctx.page(&loaded::<R>(&app, &ctx, id, WithdrawalForm::default(), Errors::default()).await?)
}

pub(super) async fn withdraw<R: Record>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Form(form): Form<WithdrawalForm>,
) -> Answer {
    let done = async {
        let why = reason("why", &form.why)?;
        let version = Version::sent(&form.version);
        takeback::withdraw::<R::Finding>(&app, &ctx.actor, id, version, why).await?;
        ctx.go(format!("/referrals/{id}")).saying("clinic.withdrawn").answer()
    };
    let done = done.await;
    ctx.after(done, |errors| loaded::<R>(&app, &ctx, id, form, errors))
        .await
}
