//! Recording a finding, whichever it is: its form is opened from the referral that asks for it, what is typed is kept, and
//! what is recorded completes the referral.

use askama::Template;
use axum::extract::State;
use entities::{
    ReferralId,
    screening::{assessment, referral},
    words::ReferralKind,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    case::{Case, Preview, Scales},
    diagnosis::{Diagnoses, routes::Diagnosis},
    kept,
    preview::PreviewPage,
    rescreen::{Rescreens, routes::Rescreen},
    takeback::Finding,
    withdrawal,
};
use crate::{
    access::Can,
    children::service::view_page,
    platform::{App, Error, Errors, Result},
    referral::queries as referrals,
    web::{Answer, Ctx, Form, Path, Query, Routes, draft},
};

/// The routes of re-screens and diagnoses.
pub(super) fn routes() -> Routes {
    recorded::<Rescreen>()
        .merge(recorded::<Diagnosis>())
        .list::<Rescreens>()
        .list::<Diagnoses>()
}

fn recorded<R: Record>() -> Routes {
    let [form, draft, preview] = R::PATHS;
    let [again, again_draft, again_preview, withdrawal] = R::AGAIN;
    Routes::new()
        .get(form, R::CAN, new::<R, false>)
        .post(form, R::CAN, create::<R, false>)
        .post(draft, R::CAN, keep::<R, false>)
        .get(preview, R::CAN, shown::<R, false>)
        .post(preview, R::CAN, confirmed::<R, false>)
        .get(again, R::CAN, new::<R, true>)
        .post(again, R::CAN, create::<R, true>)
        .post(again_draft, R::CAN, keep::<R, true>)
        .get(again_preview, R::CAN, shown::<R, true>)
        .post(again_preview, R::CAN, confirmed::<R, true>)
        .get(withdrawal, R::CAN, withdrawal::page::<R>)
        .post(withdrawal, R::CAN, withdrawal::withdraw::<R>)
}

/// A finding as a referral asks for it.
pub(super) trait Record: 'static {
    /// The referral that asks for it.
    const KIND: ReferralKind;
    /// Who records it.
    const CAN: Can;
    /// Its form, where what is typed is kept, and what is shown before it is recorded.
    const PATHS: [&'static str; 3];
    /// The same of its correction, and where it is taken back.
    const AGAIN: [&'static str; 4];
    /// What follows is shown before it is recorded.
    const PREVIEWED: bool;
    /// The last part of the form's path; drafts and views are noted under it.
    const NAME: &'static str;
    /// Locale key of what it is called.
    const TITLE: &'static str;
    /// Locale key of the button that records it.
    const SUBMIT: &'static str;
    /// What is recorded.
    type Finding: Finding;
    /// What is typed.
    type Form: Serialize + DeserializeOwned + Send + Sync;
    /// The page of the form.
    type Page: Template;

    /// The form before anything is typed.
    fn blank(ctx: &Ctx) -> Self::Form;

    /// What a form says of instruments.
    fn scales(form: &mut Self::Form) -> Scales<'_>;

    /// It is recorded already.
    fn is_recorded(app: &App, row: &referral::Model) -> impl Future<Output = Result<bool>> + Send;

    /// What the actor's own organisation recorded, as it would be typed, with its instruments.
    fn recorded(
        app: &App,
        ctx: &Ctx,
        row: &referral::Model,
    ) -> impl Future<Output = Result<Option<(Self::Form, Vec<assessment::Model>)>>> + Send;

    /// What would be recorded and what would follow from it, or everything that is wrong with the form.
    fn preview(app: &App, ctx: &Ctx, case: &Case, form: &Self::Form) -> impl Future<Output = Result<Preview>> + Send;

    /// Record it, or put it in the place of what was recorded, and say where that leads.
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

/// The instrument that somebody comes back from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Attach {
    attach: String,
}

/// What the preview sends: which form it showed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Confirms {
    mark: String,
}

async fn case_of<R: Record>(app: &App, ctx: &Ctx, id: ReferralId, corrects: bool) -> Result<Case> {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    let recorded = if corrects {
        Some(R::recorded(app, ctx, &row).await?.ok_or(Error::NotFound)?.1)
    } else {
        None
    };
    Case::load(app, ctx, row, R::NAME, recorded).await
}

/// The form belongs to what is there: a first result where there is none, a correction where there is one.
async fn belongs<R: Record>(app: &App, row: &referral::Model, corrects: bool) -> Result<bool> {
    Ok(R::is_recorded(app, row).await? == corrects)
}

async fn new<R: Record, const AGAIN: bool>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Query(opened): Query<kept::Opened>,
    Query(back): Query<Attach>,
) -> Answer {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    if !belongs::<R>(&app, &row, AGAIN).await? {
        return ctx.go(format!("/referrals/{id}")).answer();
    }
    let case = case_of::<R>(&app, &ctx, id, AGAIN).await?;
    let kept = kept::load(&app, &ctx, &case.path, &opened).await?;
    view_page(&app, &ctx.actor, case.child.id, R::NAME).await?;
    let case = Case {
        restored: kept.is_some(),
        ..case
    };
    let form = match kept {
        Some(form) => form,
        None if AGAIN => R::recorded(&app, &ctx, &case.referral).await?.ok_or(Error::NotFound)?.0,
        None => R::blank(&ctx),
    };
    let mut form = form;
    if !AGAIN {
        case.attach(R::scales(&mut form), &back.attach);
    }
    ctx.page(&R::page(&app, &ctx, case, form, Errors::default()).await?)
}

async fn keep<R: Record, const AGAIN: bool>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Query(asked): Query<kept::Asked>,
    Form(form): Form<R::Form>,
) -> Answer {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    if !belongs::<R>(&app, &row, AGAIN).await? {
        return Err(Error::stale());
    }
    let name = if AGAIN {
        kept::again(id, R::NAME)
    } else {
        kept::name(id, R::NAME)
    };
    kept::store(&app, &ctx, &row, &name, &form, &asked).await
}

async fn create<R: Record, const AGAIN: bool>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Form(form): Form<R::Form>,
) -> Answer {
    let case = case_of::<R>(&app, &ctx, id, AGAIN).await?;
    let done = async {
        if !R::PREVIEWED && !AGAIN {
            return R::record(&app, &ctx, &case, &form).await;
        }
        R::preview(&app, &ctx, &case, &form).await?;
        kept::keep_for_preview(&app, &ctx, &case.referral, &case.path, &form).await?;
        ctx.go(format!("{}/preview", case.path)).answer()
    };
    let done = done.await;
    typed_again::<R>(&app, &ctx, id, AGAIN, done, form).await
}

/// The form with what was typed and what is wrong, when there is something wrong.
async fn typed_again<R: Record>(
    app: &App,
    ctx: &Ctx,
    id: ReferralId,
    corrects: bool,
    done: Answer,
    form: R::Form,
) -> Answer {
    // Whoever was quicker changed what the page has to say about the referral.
    ctx.after(done, async |errors| {
        let case = case_of::<R>(app, ctx, id, corrects).await?;
        R::page(app, ctx, case, form, errors).await
    })
    .await
}

/// What is about to be recorded, read once more.
async fn shown<R: Record, const AGAIN: bool>(State(app): State<App>, ctx: Ctx, Path(id): Path<ReferralId>) -> Answer {
    let row = referrals::received(&*app.db, &ctx.actor, id, R::KIND).await?;
    if !belongs::<R>(&app, &row, AGAIN).await? {
        return ctx.go(format!("/referrals/{id}")).answer();
    }
    let case = case_of::<R>(&app, &ctx, id, AGAIN).await?;
    let kept = kept::load::<R::Form>(&app, &ctx, &case.path, &kept::Opened::default()).await?;
    let Some(form) = kept else {
        return ctx.go(case.path).answer();
    };
    let done = async {
        let preview = R::preview(&app, &ctx, &case, &form).await?;
        view_page(&app, &ctx.actor, case.child.id, R::NAME).await?;
        ctx.page(&PreviewPage {
            title: R::TITLE,
            submit: R::SUBMIT,
            mark: draft::mark(&form)?,
            case,
            preview,
        })
    };
    // What was right a moment ago may not be any more: the form tells.
    let done = done.await;
    typed_again::<R>(&app, &ctx, id, AGAIN, done, form).await
}

async fn confirmed<R: Record, const AGAIN: bool>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReferralId>,
    Form(confirms): Form<Confirms>,
) -> Answer {
    let case = case_of::<R>(&app, &ctx, id, AGAIN).await?;
    let kept = kept::load::<R::Form>(&app, &ctx, &case.path, &kept::Opened::default()).await?;
    let form = kept.ok_or_else(Error::stale)?;
    let done = if draft::mark(&form)? == confirms.mark {
        R::record(&app, &ctx, &case, &form).await
    } else {
        // Another window sent the form since: what this page showed is not what would be recorded.
        Err(Error::stale_as("clinic.preview.other"))
    };
    typed_again::<R>(&app, &ctx, id, AGAIN, done, form).await
}
