//! Recording a re-screen.

use entities::{
    screening::{assessment, referral, rescreen},
    words::ReferralKind,
};

use super::{
    forms::{Known, NewRescreen, RescreenForm},
    queries,
    rules::{Finding, criteria, criterion_key},
    service,
    views::RescreenPage,
};
use crate::{
    access::Can,
    clinic::{
        case::{Case, Preview, Scales, called_back},
        routes::Record,
        takeback::{self, Found},
    },
    platform::{App, Errors, Result, Say, Version, words::joined},
    referral::forms::reason,
    task::Deadlines,
    web::{Answer, Choice, Ctx},
};

/// The re-screen.
pub struct Rescreen;

impl Record for Rescreen {
    const KIND: ReferralKind = ReferralKind::Rescreen;
    const CAN: Can = Can::Rescreen;
    const PATHS: [&'static str; 3] = [
        "/referrals/{id}/rescreen",
        "/referrals/{id}/rescreen/draft",
        "/referrals/{id}/rescreen/preview",
    ];
    const AGAIN: [&'static str; 4] = [
        "/referrals/{id}/rescreen/correction",
        "/referrals/{id}/rescreen/correction/draft",
        "/referrals/{id}/rescreen/correction/preview",
        "/referrals/{id}/rescreen/withdrawal",
    ];
    const PREVIEWED: bool = false;
    const TITLE: &'static str = "rescreen.title";
    const SUBMIT: &'static str = "rescreen.submit";
    const NAME: &'static str = "rescreen";
    type Finding = rescreen::Model;
    type Form = RescreenForm;
    type Page = RescreenPage;

    fn blank(ctx: &Ctx) -> RescreenForm {
        RescreenForm {
            performed_on: ctx.actor.today().to_string(),
            ..RescreenForm::default()
        }
    }

    fn scales(form: &mut RescreenForm) -> Scales<'_> {
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
    ) -> Result<Option<(RescreenForm, Vec<assessment::Model>)>> {
        let own = ctx.actor.organisation()?;
        let found = queries::of_referral(&*app.db, row).await?;
        let Some(found) = found.filter(|found| found.organisation_id == own) else {
            return Ok(None);
        };
        let attached = queries::attached(&*app.db, found.id).await?;
        let next = takeback::following(&*app.db, Found::Rescreen(found.id)).await?;
        let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let form = RescreenForm {
            performed_on: found.performed_on.to_string(),
            findings: found.findings.0.clone(),
            assessments: attached.iter().map(|one| one.id.to_string()).collect(),
            scale_at_risk: word(found.scale_at_risk),
            development_deviates: word(found.development_deviates),
            development_note: found.development_note.unwrap_or_default(),
            refer_to: next.map(|next| next.to_organisation_id.to_string()).unwrap_or_default(),
            note: found.note.unwrap_or_default(),
            ..RescreenForm::default()
        };
        Ok(Some((form, attached)))
    }

    async fn preview(app: &App, ctx: &Ctx, case: &Case, form: &RescreenForm) -> Result<Preview> {
        let new = input(app, ctx, case, form).await?;
        let holds = criteria(&new.findings, new.scale_at_risk, new.development_deviates);
        let outcome = if holds.is_empty() {
            "referral.outcome.clear"
        } else {
            "referral.outcome.abnormal"
        };
        let seen = joined(ctx.language, new.findings.iter().map(|finding| ctx.say(finding.key())));
        let mut preview = Preview {
            facts: vec![
                (ctx.say("finding.outcome"), ctx.say(outcome)),
                (ctx.say("rescreen.performed_on"), new.performed_on.to_string()),
            ],
            lines: holds.iter().map(|number| ctx.say(criterion_key(*number))).collect(),
            then: Vec::new(),
        };
        let texts = [
            ("rescreen.findings", Some(seen).filter(|seen| !seen.is_empty())),
            ("rescreen.development_note", new.development_note.clone()),
            ("finding.note", new.note.clone()),
        ];
        for (key, text) in texts {
            preview.facts.extend(text.map(|text| (ctx.say(key), text)));
        }
        preview.lines.extend(case.told(ctx, &new.assessments));
        let next = case.following(app).await?;
        preview.then.extend(case.replaced());
        let hospitals = queries::diagnosing(&*app.db, &case.child).await?;
        let chosen = hospitals.iter().find(|hospital| Some(hospital.id) == new.refer_to);
        preview.then.push(match (next, holds.is_empty()) {
            (Some(next), false) => Say::new("clinic.then.follows").with("id", next.id),
            (Some(next), true) => called_back(&next)?,
            (None, false) => match chosen {
                Some(hospital) => Say::new("rescreen.then.referred").with("to", &hospital.name),
                None => "rescreen.then.nobody".into(),
            },
            (None, true) => {
                let deadlines = Deadlines::on(&*app.db, &case.referral.district, case.today).await?;
                Say::new("rescreen.then.recheck").with("months", deadlines.recheck_months)
            }
        });
        Ok(preview)
    }

    async fn record(app: &App, ctx: &Ctx, case: &Case, form: &RescreenForm) -> Answer {
        let new = input(app, ctx, case, form).await?;
        let id = case.referral.id;
        let version = Version::sent(&form.version);
        if case.corrects {
            let why = reason("why", &form.why)?;
            service::correct(app, &ctx.actor, id, version, new, why).await?;
            return ctx.go(format!("/referrals/{id}")).saying("clinic.corrected").answer();
        }
        let done = service::record(app, &ctx.actor, id, version, new).await?;
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

/// What is typed, checked; a correction says why.
async fn input(app: &App, ctx: &Ctx, case: &Case, form: &RescreenForm) -> Result<NewRescreen> {
    let hospitals = queries::diagnosing(&*app.db, &case.child).await?;
    let hospitals: Vec<_> = hospitals.iter().map(|hospital| hospital.id).collect();
    let new = form.input(Known {
        earliest: case.earliest,
        today: case.today,
        offered: &case.offered,
        hospitals: &hospitals,
    })?;
    case.leaves_out_nothing(ctx, &new.assessments, &form.leave_out)?;
    if case.corrects {
        reason("why", &form.why)?;
    }
    Ok(new)
}

/// Yes and no as radio buttons.
fn yes_no(ctx: &Ctx, chosen: &str) -> Vec<Choice> {
    [("yes", "referral.yes"), ("no", "referral.no")]
        .map(|(value, key)| Choice::new(value, ctx.say(key), chosen))
        .into()
}
