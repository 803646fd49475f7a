//! Recording a diagnosis.

use entities::{screening::referral, words::ReferralKind};

use super::{codes, forms::DiagnosisForm, queries, service, views::DiagnosisPage};
use crate::{
    access::Can,
    clinic::routes::{Case, Record},
    platform::{App, Errors, Result, Version},
    web::{Answer, Choice, Ctx},
};

/// The diagnosis.
pub struct Diagnosis;

impl Record for Diagnosis {
    const KIND: ReferralKind = ReferralKind::Diagnosis;
    const CAN: Can = Can::Diagnose;
    const PATHS: [&'static str; 2] = ["/referrals/{id}/diagnosis", "/referrals/{id}/diagnosis/draft"];
    const NAME: &'static str = "diagnosis";
    type Form = DiagnosisForm;
    type Page = DiagnosisPage;

    fn blank(ctx: &Ctx) -> DiagnosisForm {
        DiagnosisForm {
            diagnosed_on: ctx.actor.today().to_string(),
            doctor: ctx.who.as_ref().map(|who| who.display_name.clone()).unwrap_or_default(),
            ..DiagnosisForm::default()
        }
    }

    async fn is_recorded(app: &App, row: &referral::Model) -> Result<bool> {
        Ok(queries::of_referral(&*app.db, row).await?.is_some())
    }

    async fn record(app: &App, ctx: &Ctx, case: &Case, form: &DiagnosisForm) -> Answer {
        let new = form.input(case.earliest, case.today, &case.offered)?;
        let id = case.referral.id;
        let done = service::record(app, &ctx.actor, id, Version::sent(&form.version), new).await?;
        let go = ctx.go(format!("/referrals/{id}"));
        match (done.without_centre, done.autism) {
            (true, _) => go.warning("diagnosis.recorded.without_centre"),
            (false, true) => go.saying("diagnosis.recorded.handed_over"),
            (false, false) => go.saying("diagnosis.recorded"),
        }
        .answer()
    }

    async fn page(_: &App, ctx: &Ctx, case: Case, form: DiagnosisForm, errors: Errors) -> Result<DiagnosisPage> {
        Ok(DiagnosisPage {
            institution: ctx.actor.workplace.as_ref().map(|w| w.name.clone()).unwrap_or_default(),
            codes: codes::all()
                .iter()
                .map(|code| Choice {
                    value: code.code.clone(),
                    label: codes::label(&code.code, ctx.language),
                    selected: form.codes.contains(&code.code),
                })
                .collect(),
            assessments: case.instruments(ctx, &form.assessments),
            case,
            form,
            errors,
        })
    }
}
