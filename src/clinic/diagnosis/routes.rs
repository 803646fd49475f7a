//! Recording a diagnosis.

use axum::extract::State;
use entities::{ReferralId, words::ReferralKind};

use super::{codes, forms::DiagnosisForm, forms::NewDiagnosis, queries, service, views::DiagnosisPage};
use crate::{
    access::Can,
    children::service::view_page,
    clinic::{findings::instrument_choices, kept, rescreen},
    platform::{App, Error, Errors, Result},
    referral::{queries as referrals, views::age_in_words},
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes},
};

/// The routes of diagnoses.
pub fn routes() -> Routes {
    Routes::new()
        .get("/referrals/{id}/diagnosis", Can::Diagnose, new)
        .post("/referrals/{id}/diagnosis", Can::Diagnose, create)
        .post("/referrals/{id}/diagnosis/draft", Can::Diagnose, keep)
}

async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>, Query(opened): Query<kept::Opened>) -> Answer {
    let id = ReferralId(id);
    let row = referrals::received(&*app.db, &ctx.actor, id, ReferralKind::Diagnosis).await?;
    if queries::of_referral(&*app.db, &row).await?.is_some() {
        return ctx.go(format!("/referrals/{id}")).answer();
    }
    let kept = kept::load(&app, &ctx, &kept::name(id, "diagnosis"), &opened).await?;
    let restored = kept.is_some();
    let form = match kept {
        // As the referral is now: what changed since is on the page that is shown.
        Some(kept) => DiagnosisForm {
            version: String::new(),
            ..kept
        },
        None => DiagnosisForm {
            diagnosed_on: ctx.actor.today().to_string(),
            doctor: ctx.who.as_ref().map(|who| who.display_name.clone()).unwrap_or_default(),
            ..DiagnosisForm::default()
        },
    };
    let (mut page, _) = page(&app, &ctx, id, form).await?;
    page.restored = restored;
    view_page(&app, &ctx.actor, page.child.id, "diagnosis").await?;
    ctx.page(&page)
}

async fn keep(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<i64>,
    Query(asked): Query<kept::Asked>,
    Form(form): Form<DiagnosisForm>,
) -> Answer {
    let id = ReferralId(id);
    let row = referrals::received(&*app.db, &ctx.actor, id, ReferralKind::Diagnosis).await?;
    if queries::of_referral(&*app.db, &row).await?.is_some() {
        return Err(Error::stale());
    }
    kept::store(&app, &ctx, &row, &kept::name(id, "diagnosis"), &form, &asked).await
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>, Form(form): Form<DiagnosisForm>) -> Answer {
    let id = ReferralId(id);
    let (mut page, checked) = page(&app, &ctx, id, form).await?;
    let input = match checked {
        Ok(input) => input,
        Err(errors) => {
            page.errors = errors;
            return ctx.invalid(&page);
        }
    };
    let version = page.form.version.parse().ok();
    match service::record(&app, &ctx.actor, id, version, input).await {
        Ok(done) if done.without_centre => ctx
            .go(format!("/referrals/{id}"))
            .warning("diagnosis.recorded.without_centre")
            .answer(),
        Ok(done) => ctx
            .go(format!("/referrals/{id}"))
            .saying(if done.autism {
                "diagnosis.recorded.handed_over"
            } else {
                "diagnosis.recorded"
            })
            .answer(),
        Err(Error::Refused(say)) => {
            page.errors.add_form(*say);
            ctx.conflict(&page)
        }
        Err(error) => Err(error),
    }
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: ReferralId,
    mut form: DiagnosisForm,
) -> Result<(DiagnosisPage, Result<NewDiagnosis, Errors>)> {
    let db = &*app.db;
    let row = referrals::received(db, &ctx.actor, id, ReferralKind::Diagnosis).await?;
    let here = ctx.actor.organisation()?;
    if form.version.is_empty() {
        form.version = row.version.to_string();
    }
    let child = referrals::child_of(db, &row).await?;
    let offered = rescreen::queries::unattached(db, &row, here).await?;
    let today = ctx.actor.today();
    let earliest = rescreen::queries::earliest(db, &row, &child).await?;
    let checked = form.input(earliest, today, &offered);
    let page = DiagnosisPage {
        age: age_in_words(ctx.language, child.birth_on, today),
        institution: ctx.actor.workplace.as_ref().map(|w| w.name.clone()).unwrap_or_default(),
        codes: codes::all()
            .iter()
            .map(|code| Choice {
                value: code.code.clone(),
                label: codes::label(&code.code, ctx.language),
                selected: form.codes.contains(&code.code),
            })
            .collect(),
        assessments: instrument_choices(ctx, &offered, &form.assessments),
        today: today.to_string(),
        referral: row,
        child,
        form,
        errors: Errors::default(),
        restored: false,
    };
    Ok((page, checked))
}
