//! Recording a re-screen.

use axum::extract::State;
use entities::{ReferralId, words::ReferralKind};

use super::{
    forms::{Known, RescreenForm},
    queries,
    rules::Finding,
    service,
    views::RescreenPage,
};
use crate::{
    access::Can,
    children::service::view_page,
    clinic::{findings::instrument_choices, kept},
    platform::{App, Error, Errors, Say},
    referral::{Deadlines, queries as referrals, views::age_in_words},
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes},
};

/// The routes of re-screens.
pub fn routes() -> Routes {
    Routes::new()
        .get("/referrals/{id}/rescreen", Can::Rescreen, new)
        .post("/referrals/{id}/rescreen", Can::Rescreen, create)
        .post("/referrals/{id}/rescreen/draft", Can::Rescreen, keep)
}

async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>, Query(opened): Query<kept::Opened>) -> Answer {
    let id = ReferralId(id);
    let row = referrals::received(&*app.db, &ctx.actor, id, ReferralKind::Rescreen).await?;
    if queries::of_referral(&*app.db, &row).await?.is_some() {
        return ctx.go(format!("/referrals/{id}")).answer();
    }
    let kept = kept::load(&app, &ctx, &kept::name(id, "rescreen"), &opened).await?;
    let restored = kept.is_some();
    let form = match kept {
        // As the referral is now: what changed since is on the page that is shown.
        Some(kept) => RescreenForm {
            version: String::new(),
            ..kept
        },
        None => RescreenForm {
            performed_on: ctx.actor.today().to_string(),
            ..RescreenForm::default()
        },
    };
    let (mut page, _) = page(&app, &ctx, id, form, Errors::default()).await?;
    page.restored = restored;
    view_page(&app, &ctx.actor, page.child.id, "rescreen").await?;
    ctx.page(&page)
}

async fn keep(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<i64>,
    Query(asked): Query<kept::Asked>,
    Form(form): Form<RescreenForm>,
) -> Answer {
    let id = ReferralId(id);
    let row = referrals::received(&*app.db, &ctx.actor, id, ReferralKind::Rescreen).await?;
    if queries::of_referral(&*app.db, &row).await?.is_some() {
        return Err(Error::stale());
    }
    kept::store(&app, &ctx, &row, &kept::name(id, "rescreen"), &form, &asked).await
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>, Form(form): Form<RescreenForm>) -> Answer {
    let id = ReferralId(id);
    let (mut page, checked) = page(&app, &ctx, id, form, Errors::default()).await?;
    let input = match checked {
        Ok(input) => input,
        Err(errors) => {
            page.errors = errors;
            return ctx.invalid(&page);
        }
    };
    let version = page.form.version.parse().ok();
    match service::record(&app, &ctx.actor, id, version, input).await {
        Ok(done) => match (done.proposed, done.recheck_on) {
            (Some(next), _) => ctx
                .go(format!("/referrals/{next}"))
                .saying("rescreen.recorded.abnormal")
                .answer(),
            (None, Some(day)) => ctx
                .go(format!("/referrals/{id}"))
                .saying(Say::new("rescreen.recorded.clear").with("day", day))
                .answer(),
            (None, None) => ctx
                .go(format!("/children/{}/chain", page.child.id))
                .warning("rescreen.recorded.nobody")
                .answer(),
        },
        Err(Error::Refused(say)) => {
            page.errors.add_form(*say);
            ctx.conflict(&page)
        }
        Err(error) => Err(error),
    }
}

type Checked = Result<super::forms::NewRescreen, Errors>;

async fn page(
    app: &App,
    ctx: &Ctx,
    id: ReferralId,
    mut form: RescreenForm,
    errors: Errors,
) -> crate::platform::Result<(RescreenPage, Checked)> {
    let db = &*app.db;
    let row = referrals::received(db, &ctx.actor, id, ReferralKind::Rescreen).await?;
    let here = ctx.actor.organisation()?;
    if form.version.is_empty() {
        form.version = row.version.to_string();
    }
    let child = referrals::child_of(db, &row).await?;
    let offered = queries::unattached(db, &row, here).await?;
    let hospitals = queries::diagnosing(db, &child).await?;
    let today = ctx.actor.today();
    let ids: Vec<_> = hospitals.iter().map(|h| h.id).collect();
    let checked = form.input(Known {
        earliest: queries::earliest(db, &row, &child).await?,
        today,
        offered: &offered,
        hospitals: &ids,
    });
    let findings = Finding::ALL
        .iter()
        .map(|f| Choice {
            value: f.as_str().to_owned(),
            label: ctx.say(f.key()),
            selected: form.findings.iter().any(|v| v == f.as_str()),
        })
        .collect();
    let page = RescreenPage {
        age: age_in_words(ctx.language, child.birth_on, today),
        findings,
        assessments: instrument_choices(ctx, &offered, &form.assessments),
        scale_at_risk: yes_no(ctx, &form.scale_at_risk),
        development_deviates: yes_no(ctx, &form.development_deviates),
        hospitals: hospitals
            .iter()
            .map(|h| Choice::new(h.id, h.name.clone(), &form.refer_to))
            .collect(),
        recheck_months: Deadlines::on(db, &row.district, today).await?.recheck_months,
        today: today.to_string(),
        referral: row,
        child,
        form,
        errors,
        restored: false,
    };
    Ok((page, checked))
}

/// Yes and no as radio buttons.
fn yes_no(ctx: &Ctx, chosen: &str) -> Vec<Choice> {
    [("yes", "referral.yes"), ("no", "referral.no")]
        .map(|(value, key)| Choice::new(value, ctx.say(key), chosen))
        .into()
}
