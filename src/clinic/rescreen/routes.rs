//! Recording a re-screen.

use entities::{screening::referral, words::ReferralKind};

use super::{
    forms::{Known, RescreenForm},
    queries,
    rules::Finding,
    service,
    views::RescreenPage,
};
use crate::{
    access::Can,
    clinic::routes::{Case, Record},
    platform::{App, Errors, Result, Say, Version},
    referral::Deadlines,
    web::{Answer, Choice, Ctx},
};

/// The re-screen.
pub struct Rescreen;

impl Record for Rescreen {
    const KIND: ReferralKind = ReferralKind::Rescreen;
    const CAN: Can = Can::Rescreen;
    const PATHS: [&'static str; 2] = ["/referrals/{id}/rescreen", "/referrals/{id}/rescreen/draft"];
    const NAME: &'static str = "rescreen";
    type Form = RescreenForm;
    type Page = RescreenPage;

    fn blank(ctx: &Ctx) -> RescreenForm {
        RescreenForm {
            performed_on: ctx.actor.today().to_string(),
            ..RescreenForm::default()
        }
    }

    async fn is_recorded(app: &App, row: &referral::Model) -> Result<bool> {
        Ok(queries::of_referral(&*app.db, row).await?.is_some())
    }

    async fn record(app: &App, ctx: &Ctx, case: &Case, form: &RescreenForm) -> Answer {
        let hospitals = queries::diagnosing(&*app.db, &case.child).await?;
        let hospitals: Vec<_> = hospitals.iter().map(|hospital| hospital.id).collect();
        let new = form.input(Known {
            earliest: case.earliest,
            today: case.today,
            offered: &case.offered,
            hospitals: &hospitals,
        })?;
        let id = case.referral.id;
        let done = service::record(app, &ctx.actor, id, Version::sent(&form.version), new).await?;
        match (done.proposed, done.recheck_on) {
            (Some(next), _) => ctx
                .go(format!("/referrals/{next}"))
                .saying("rescreen.recorded.abnormal")
                .answer(),
            (None, Some(day)) => ctx
                .go(format!("/referrals/{id}"))
                .saying(Say::new("rescreen.recorded.clear").with("day", day))
                .answer(),
            (None, None) => ctx
                .go(format!("/children/{}/chain", case.child.id))
                .warning("rescreen.recorded.nobody")
                .answer(),
        }
    }

    async fn page(app: &App, ctx: &Ctx, case: Case, form: RescreenForm, errors: Errors) -> Result<RescreenPage> {
        let hospitals = queries::diagnosing(&*app.db, &case.child).await?;
        let deadlines = Deadlines::on(&*app.db, &case.referral.district, case.today).await?;
        Ok(RescreenPage {
            findings: Finding::ALL
                .iter()
                .map(|f| Choice {
                    value: f.as_str().to_owned(),
                    label: ctx.say(f.key()),
                    selected: form.findings.iter().any(|v| v == f.as_str()),
                })
                .collect(),
            assessments: case.instruments(ctx, &form.assessments),
            scale_at_risk: yes_no(ctx, &form.scale_at_risk),
            development_deviates: yes_no(ctx, &form.development_deviates),
            hospitals: hospitals
                .iter()
                .map(|h| Choice::new(h.id, h.name.clone(), &form.refer_to))
                .collect(),
            recheck_months: deadlines.recheck_months,
            case,
            form,
            errors,
        })
    }
}

/// Yes and no as radio buttons.
fn yes_no(ctx: &Ctx, chosen: &str) -> Vec<Choice> {
    [("yes", "referral.yes"), ("no", "referral.no")]
        .map(|(value, key)| Choice::new(value, ctx.say(key), chosen))
        .into()
}
