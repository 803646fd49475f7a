//! Recording a diagnosis.

use entities::{
    screening::{assessment, diagnosis, referral},
    words::ReferralKind,
};

use super::{
    codes,
    forms::{DiagnosisForm, NewDiagnosis},
    queries, service,
    views::DiagnosisPage,
};
use crate::{
    access::Can,
    clinic::{
        case::{Case, Preview, Scales, called_back},
        routes::Record,
    },
    platform::{App, Errors, Result, Say, Version},
    referral::forms::reason,
    web::{Answer, Choice, Ctx},
};

/// The diagnosis.
pub struct Diagnosis;

impl Record for Diagnosis {
    const KIND: ReferralKind = ReferralKind::Diagnosis;
    const CAN: Can = Can::Diagnose;
    const PATHS: [&'static str; 3] = [
        "/referrals/{id}/diagnosis",
        "/referrals/{id}/diagnosis/draft",
        "/referrals/{id}/diagnosis/preview",
    ];
    const AGAIN: [&'static str; 4] = [
        "/referrals/{id}/diagnosis/correction",
        "/referrals/{id}/diagnosis/correction/draft",
        "/referrals/{id}/diagnosis/correction/preview",
        "/referrals/{id}/diagnosis/withdrawal",
    ];
    const PREVIEWED: bool = true;
    const TITLE: &'static str = "diagnosis.title";
    const SUBMIT: &'static str = "diagnosis.submit";
    const NAME: &'static str = "diagnosis";
    type Finding = diagnosis::Model;
    type Form = DiagnosisForm;
    type Page = DiagnosisPage;

    fn blank(ctx: &Ctx) -> DiagnosisForm {
        DiagnosisForm {
            diagnosed_on: ctx.actor.today().to_string(),
            doctor: ctx.who.as_ref().map(|who| who.display_name.clone()).unwrap_or_default(),
            ..DiagnosisForm::default()
        }
    }

    fn scales(form: &mut DiagnosisForm) -> Scales<'_> {
        Scales {
            attached: &mut form.assessments,
            offered: &form.offered,
        }
    }

    async fn is_recorded(app: &App, row: &referral::Model) -> Result<bool> {
        Ok(queries::of_referral(&*app.db, row).await?.is_some())
    }

    async fn recorded(
        app: &App,
        ctx: &Ctx,
        row: &referral::Model,
    ) -> Result<Option<(DiagnosisForm, Vec<assessment::Model>)>> {
        let own = ctx.actor.organisation()?;
        let found = queries::of_referral(&*app.db, row).await?;
        let Some(found) = found.filter(|found| found.organisation_id == own) else {
            return Ok(None);
        };
        let attached = queries::attached(&*app.db, found.id).await?;
        let conclusion = match &found.conclusion {
            Some(sealed) => app.keys.open("diagnosis.conclusion", sealed)?,
            None => String::new(),
        };
        let form = DiagnosisForm {
            diagnosed_on: found.diagnosed_on.to_string(),
            doctor: found.doctor.clone(),
            none_found: if found.codes.0.is_empty() { "true" } else { "" }.to_owned(),
            codes: found.codes.0,
            assessments: attached.iter().map(|one| one.id.to_string()).collect(),
            conclusion,
            advice: found.advice.unwrap_or_default(),
            ..DiagnosisForm::default()
        };
        Ok(Some((form, attached)))
    }

    async fn preview(app: &App, ctx: &Ctx, case: &Case, form: &DiagnosisForm) -> Result<Preview> {
        let new = input(ctx, case, form)?;
        let autism = new.codes.iter().any(|code| codes::is_autism(code));
        let outcome = match (autism, new.codes.is_empty()) {
            (true, _) => "referral.outcome.confirmed",
            (false, false) => "referral.outcome.other_finding",
            (false, true) => "referral.outcome.nothing_found",
        };
        let mut preview = Preview {
            facts: vec![
                (ctx.say("finding.outcome"), ctx.say(outcome)),
                (ctx.say("diagnosis.diagnosed_on"), new.diagnosed_on.to_string()),
                (ctx.say("diagnosis.doctor"), new.doctor.clone()),
                (ctx.say("diagnosis.conclusion"), new.conclusion.clone()),
            ],
            lines: new.codes.iter().map(|code| codes::label(code, ctx.language)).collect(),
            then: Vec::new(),
        };
        let advice = new
            .advice
            .as_ref()
            .map(|text| (ctx.say("diagnosis.advice"), text.clone()));
        preview.facts.extend(advice);
        preview.lines.extend(case.told(ctx, &new.assessments));
        let next = case.following(app).await?;
        preview.then.extend(case.replaced());
        preview.then.push(match (next, autism) {
            (Some(next), true) => Say::new("clinic.then.follows").with("id", next.id),
            (Some(next), false) => called_back(&next)?,
            (None, true) => match queries::centre(&*app.db, &case.child.division).await? {
                Some(centre) => Say::new("diagnosis.then.centre").with("to", &centre.name),
                None => "diagnosis.then.nobody".into(),
            },
            (None, false) => "diagnosis.then.ends".into(),
        });
        preview.then.push("diagnosis.then.told".into());
        Ok(preview)
    }

    async fn record(app: &App, ctx: &Ctx, case: &Case, form: &DiagnosisForm) -> Answer {
        let new = input(ctx, case, form)?;
        let id = case.referral.id;
        let version = Version::sent(&form.version);
        let go = ctx.go(format!("/referrals/{id}"));
        let done = if case.corrects {
            let why = reason("why", &form.why)?;
            service::correct(app, &ctx.actor, id, version, new, why).await?
        } else {
            service::record(app, &ctx.actor, id, version, new).await?
        };
        match (done.without_centre, done.autism) {
            (true, _) => go.warning("diagnosis.recorded.without_centre"),
            (false, _) if case.corrects => go.saying("clinic.corrected"),
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

/// What is typed, checked; a correction says why.
fn input(ctx: &Ctx, case: &Case, form: &DiagnosisForm) -> Result<NewDiagnosis> {
    let new = form.input(case.earliest, case.today, &case.offered)?;
    case.leaves_out_nothing(ctx, &new.assessments, &form.leave_out)?;
    if case.corrects {
        reason("why", &form.why)?;
    }
    Ok(new)
}
