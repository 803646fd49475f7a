//! Recording a finding, whichever it is: its form is opened from the referral that asks for it, what is typed is kept, and
//! what is recorded completes the referral.

use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use entities::{
    ReferralId,
    child::child,
    screening::{assessment, referral},
    words::ReferralKind,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    diagnosis::routes::Diagnosis,
    findings::instrument_choices,
    kept,
    rescreen::{queries, routes::Rescreen},
};
use crate::{
    access::Can,
    children::service::view_page,
    platform::{App, Error, Errors, Result},
    referral::{queries as referrals, views::age_in_words},
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes},
};

/// The routes of re-screens and diagnoses.
pub(super) fn routes() -> Routes {
    recorded::<Rescreen>().merge(recorded::<Diagnosis>())
}

fn recorded<R: Record>() -> Routes {
    let [form, draft] = R::PATHS;
    Routes::new()
        .get(form, R::CAN, new::<R>)
        .post(form, R::CAN, create::<R>)
        .post(draft, R::CAN, keep::<R>)
}

/// A finding as a referral asks for it.
pub(super) trait Record: 'static {
    /// The referral that asks for it.
    const KIND: ReferralKind;
    /// Who records it.
    const CAN: Can;
    /// Its form, and where what is typed is kept.
    const PATHS: [&'static str; 2];
    /// The last part of the form's path; drafts and views are noted under it.
    const NAME: &'static str;
    /// What is typed.
    type Form: Serialize + DeserializeOwned + Send + Sync;
    /// The page of the form.
    type Page: Template;

    /// The form before anything is typed.
    fn blank(ctx: &Ctx) -> Self::Form;

    /// It is recorded already.
    fn is_recorded(app: &App, row: &referral::Model) -> impl Future<Output = Result<bool>> + Send;

    /// Record it, and say where that leads.
    fn record(app: &App, ctx: &Ctx, case: &Case, form: &Self::Form) -> impl Future<Output = Answer> + Send;

    /// The page with what was typed and what is wrong.
    fn page(
        app: &App,
        ctx: &Ctx,
        case: Case,
        form: Self::Form,
        errors: Errors,
    ) -> impl Future<Output = Result<Self::Page>> + Send;
}

/// What every form of a finding stands on.
pub(super) struct Case {
    /// The referral that asks for it; what is sent names its present version.
    pub(super) referral: referral::Model,
    /// The child.
    pub(super) child: child::Model,
    /// Age in words.
    pub(super) age: String,
    /// Path of the form.
    pub(super) path: String,
    /// Finished instruments that can be attached.
    pub(super) offered: Vec<assessment::Model>,
    /// Nothing was found before this day.
    pub(super) earliest: NaiveDate,
    /// Nothing was found after it.
    pub(super) today: NaiveDate,
    /// The same as the browser wants it: no later day can be chosen.
    pub(super) latest: String,
    /// What was typed before is back.
    pub(super) restored: bool,
}

impl Case {
    async fn load<R: Record>(app: &App, ctx: &Ctx, id: ReferralId) -> Result<Self> {
        let db = &*app.db;
        let row = referrals::received(db, &ctx.actor, id, R::KIND).await?;
        let child = referrals::child_of(db, &row).await?;
        let today = ctx.actor.today();
        Ok(Self {
            age: age_in_words(ctx.language, child.birth_on, today),
            path: kept::name(id, R::NAME),
            offered: queries::unattached(db, &row, ctx.actor.organisation()?).await?,
            earliest: queries::earliest(db, &row, &child).await?,
            today,
            latest: today.to_string(),
            restored: false,
            child,
            referral: row,
        })
    }

    /// Finished instruments as boxes to tick.
    pub(super) fn instruments(&self, ctx: &Ctx, chosen: &[String]) -> Vec<Choice> {
        instrument_choices(ctx, &self.offered, chosen)
    }
}

async fn new<R: Record>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Query(opened): Query<kept::Opened>,
) -> Answer {
    let case = Case::load::<R>(&app, &ctx, id).await?;
    if R::is_recorded(&app, &case.referral).await? {
        return ctx.go(format!("/referrals/{id}")).answer();
    }
    let kept = kept::load(&app, &ctx, &case.path, &opened).await?;
    view_page(&app, &ctx.actor, case.child.id, R::NAME).await?;
    let case = Case {
        restored: kept.is_some(),
        ..case
    };
    let form = kept.unwrap_or_else(|| R::blank(&ctx));
    ctx.page(&R::page(&app, &ctx, case, form, Errors::default()).await?)
}

async fn keep<R: Record>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Query(asked): Query<kept::Asked>,
    Form(form): Form<R::Form>,
) -> Answer {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    if R::is_recorded(&app, &row).await? {
        return Err(Error::stale());
    }
    kept::store(&app, &ctx, &row, &kept::name(id, R::NAME), &form, &asked).await
}

async fn create<R: Record>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Form(form): Form<R::Form>,
) -> Answer {
    let case = Case::load::<R>(&app, &ctx, id).await?;
    let done = R::record(&app, &ctx, &case, &form).await;
    // Whoever was quicker changed what the page has to say about the referral.
    ctx.after(done, async |errors| {
        let case = Case::load::<R>(&app, &ctx, id).await?;
        R::page(&app, &ctx, case, form, errors).await
    })
    .await
}
