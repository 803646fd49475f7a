//! What was found, told as far as the reader's part goes: everybody in the chain reads the outcome, the clinical side its
//! details, and the conclusion of a diagnosis only those who treat. Whoever rates an instrument a second time is told
//! nothing that rests on the first.

use entities::{
    OrganisationId, RescreenId,
    screening::{assessment, diagnosis, referral, rescreen},
    words::{Language, OrganisationKind, ReferralKind},
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    diagnosis::{codes, queries as diagnoses},
    papers::{self, DiagnosisNotice, Feedback, RescreenNotice},
    rescreen::{queries as rescreens, rules as criteria},
};
use crate::{
    access::Can,
    assessment::{Sight, Sights, sights as sights_of},
    organisations,
    platform::{
        Actor, App, Result, Say,
        event::{self, Subject},
        words::joined,
    },
    referral::rules::reads_details,
    web::{Choice, Ctx, Finding, finding::Telling},
};

/// What led to a referral and what came of it, for the page of the referral.
pub fn told<'a>(app: &'a App, ctx: &'a Ctx, row: &'a referral::Model) -> Telling<'a> {
    Box::pin(findings_of(app, ctx, row))
}

async fn findings_of(app: &App, ctx: &Ctx, row: &referral::Model) -> Result<Vec<Finding>> {
    let db = &*app.db;
    let mut found = Vec::new();
    if let Some(id) = row.rescreen_id {
        found.extend(rescreen_finding(app, ctx, id).await?.map(led_here));
    }
    match row.kind {
        ReferralKind::Rescreen => {
            if let Some(result) = rescreens::of_referral(db, row).await? {
                let may = ctx.may(Can::Rescreen) && is_own(ctx, row, result.organisation_id);
                let here = is_own(ctx, row, result.organisation_id);
                let notice = here.then(|| papers::link::<RescreenNotice>(ctx, result.id.0)).flatten();
                let mut all: Vec<_> = notice.into_iter().collect();
                if may {
                    all.extend(actions(ctx, row, "rescreen"));
                }
                found.extend(rescreen_finding(app, ctx, result.id).await?.map(|finding| Finding {
                    actions: all,
                    ..finding
                }));
            }
        }
        ReferralKind::Diagnosis => {
            if let Some(result) = diagnoses::of_referral(db, row).await? {
                let may = ctx.may(Can::Diagnose) && is_own(ctx, row, result.organisation_id);
                let told = diagnosis_finding(app, ctx, &result).await?;
                let mut all = printed(ctx, row, &result, &told);
                if may {
                    all.extend(actions(ctx, row, "diagnosis"));
                }
                found.push(Finding { actions: all, ..told });
            }
        }
        ReferralKind::Intake => {
            let cause = match row.diagnosis_id {
                Some(id) => diagnosis::Entity::find_by_id(id).one(db).await?,
                None => None,
            };
            if let Some(cause) = cause {
                found.push(led_here(diagnosis_finding(app, ctx, &cause).await?));
            }
        }
    }
    Ok(found)
}

/// It is why the child was referred.
fn led_here(finding: Finding) -> Finding {
    Finding {
        led_here: true,
        ..finding
    }
}

/// The result of this referral, recorded where the reader works.
fn is_own(ctx: &Ctx, row: &referral::Model, recorded_by: OrganisationId) -> bool {
    let here = ctx.actor.workplace.as_ref().map(|place| place.id);
    here == Some(recorded_by) && here == Some(row.to_organisation_id)
}

/// The papers of a diagnosis that the reader may print.
fn printed(ctx: &Ctx, row: &referral::Model, result: &diagnosis::Model, told: &Finding) -> Vec<(String, String)> {
    let here = is_own(ctx, row, result.organisation_id);
    let reads = here || papers::reads_reports(ctx);
    let report = (reads && !told.withheld).then(|| papers::link::<Feedback>(ctx, result.id.0));
    let notice = here.then(|| papers::link::<DiagnosisNotice>(ctx, result.id.0));
    [report, notice].into_iter().flatten().flatten().collect()
}

/// What whoever recorded it can do with it.
fn actions(ctx: &Ctx, row: &referral::Model, name: &str) -> Vec<(String, String)> {
    ["correction", "withdrawal"]
        .map(|noun| {
            let key = if noun == "correction" {
                "clinic.correct"
            } else {
                "clinic.withdraw"
            };
            (format!("/referrals/{}/{name}/{noun}", row.id), ctx.say(key))
        })
        .into()
}

async fn rescreen_finding(app: &App, ctx: &Ctx, id: RescreenId) -> Result<Option<Finding>> {
    let db = &*app.db;
    let Some(row) = rescreen::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let names = organisations::queries::names(db, [row.organisation_id]).await?;
    let details = reader_kind(&ctx.actor).is_some_and(reads_details);
    let mut finding = Finding {
        title: ctx.say("rescreen.title"),
        facts: vec![
            (ctx.say("finding.outcome"), ctx.say(rescreen_outcome(&row))),
            (ctx.say("finding.day"), row.performed_on.to_string()),
            (
                ctx.say("finding.place"),
                names.get(&row.organisation_id).cloned().unwrap_or_default(),
            ),
        ],
        outcome_only: !details,
        ..Finding::default()
    };
    let scales = rescreens::attached(db, id).await?;
    let sights = sights_of(db, &ctx.actor, &scales).await?;
    if sights.hides_any() {
        return Ok(Some(withheld(ctx, finding)));
    }
    if let Some(day) = row.recheck_on {
        finding.facts.push((ctx.say("rescreen.recheck_on"), day.to_string()));
    }
    if details {
        finding
            .lines
            .extend(row.criteria.0.iter().map(|n| ctx.say(criteria::criterion_key(*n))));
        let seen = criteria::findings_of(&row)?;
        if !seen.is_empty() {
            let words = joined(ctx.language, seen.iter().map(|f| ctx.say(f.key())));
            finding.facts.push((ctx.say("rescreen.findings"), words));
        }
        for (key, text) in [
            ("rescreen.development_note", row.development_note),
            ("finding.note", row.note),
        ] {
            finding.facts.extend(text.map(|text| (ctx.say(key), text)));
        }
        tell_scales(app, ctx, &mut finding, &scales, &sights).await?;
    }
    Ok(Some(finding))
}

async fn diagnosis_finding(app: &App, ctx: &Ctx, row: &diagnosis::Model) -> Result<Finding> {
    let db = &*app.db;
    let names = organisations::queries::names(db, [row.organisation_id]).await?;
    let details = reader_kind(&ctx.actor).is_some_and(reads_details);
    let mut finding = Finding {
        title: ctx.say("diagnosis.title"),
        facts: vec![
            (ctx.say("finding.outcome"), ctx.say(diagnosis_outcome(row))),
            (ctx.say("finding.day"), row.diagnosed_on.to_string()),
            (
                ctx.say("finding.place"),
                names.get(&row.organisation_id).cloned().unwrap_or_default(),
            ),
        ],
        outcome_only: !details,
        ..Finding::default()
    };
    let scales = diagnoses::attached(db, row.id).await?;
    let sights = sights_of(db, &ctx.actor, &scales).await?;
    if sights.hides_any() {
        return Ok(withheld(ctx, finding));
    }
    if details {
        finding.facts.push((ctx.say("diagnosis.doctor"), row.doctor.clone()));
        let advice = row
            .advice
            .as_ref()
            .map(|text| (ctx.say("diagnosis.advice"), text.clone()));
        finding.facts.extend(advice);
        finding
            .lines
            .extend(row.codes.0.iter().map(|code| codes::label(code, ctx.language)));
        if treats(&ctx.actor, row.organisation_id)
            && let Some(sealed) = &row.conclusion
        {
            let text = app.keys.open("diagnosis.conclusion", sealed)?;
            finding.off_paper.push((ctx.say("diagnosis.conclusion"), text));
        }
        tell_scales(app, ctx, &mut finding, &scales, &sights).await?;
    }
    Ok(finding)
}

/// What a finding says to somebody who is rating one of its instruments a second time: that it was made, and nothing else.
fn withheld(ctx: &Ctx, mut finding: Finding) -> Finding {
    if let Some((_, outcome)) = finding.facts.first_mut() {
        *outcome = ctx.say("finding.withheld");
    }
    finding.withheld = true;
    finding
}

/// The instruments of a finding. Whoever could still rate one a second time opens it to see its result, and has seen by
/// now what was concluded from it.
async fn tell_scales(
    app: &App,
    ctx: &Ctx,
    finding: &mut Finding,
    scales: &[assessment::Model],
    sights: &Sights,
) -> Result<()> {
    for row in scales {
        let line = instrument_line(ctx.language, row, sights.of(row.id));
        if sights.of(row.id) == Sight::Told {
            finding.lines.push(line);
            continue;
        }
        finding.links.push((format!("/assessments/{}", row.id), line));
        let subject = Subject::of_child("assessment", row.id.0, row.child_id);
        let details = json!({ "page": "referral" });
        event::note(app, &ctx.actor, "child.viewed", subject, details).await?;
    }
    Ok(())
}

/// A finished instrument in one line: code, day, total, what it says; the last two only where the reader is told them.
pub fn instrument_line(language: Language, row: &assessment::Model, sight: Sight) -> String {
    if sight != Sight::Told {
        return Say::new("referral.instrument.untold")
            .with("code", row.instrument.to_uppercase())
            .with("day", row.performed_on)
            .in_words(language);
    }
    let result = |name: &str| row.result.get(name).filter(|v| !v.is_null());
    let total = result("total").map_or_else(|| "—".to_owned(), ToString::to_string);
    let says = match result("positive").and_then(serde_json::Value::as_bool) {
        Some(true) => "referral.instrument.risk",
        Some(false) => "referral.instrument.clear",
        None => "referral.instrument.no_band",
    };
    Say::new("referral.instrument.line")
        .with("code", row.instrument.to_uppercase())
        .with("day", row.performed_on)
        .with("total", total)
        .with_word("says", says)
        .in_words(language)
}

/// Finished instruments as boxes to tick: name, day, what they say.
pub fn instrument_choices(ctx: &Ctx, rows: &[assessment::Model], sights: &Sights, chosen: &[String]) -> Vec<Choice> {
    rows.iter()
        .map(|row| {
            let value = row.id.to_string();
            Choice {
                selected: chosen.contains(&value),
                label: instrument_line(ctx.language, row, sights.of(row.id)),
                value,
            }
        })
        .collect()
}

fn reader_kind(by: &Actor) -> Option<OrganisationKind> {
    by.workplace.as_ref().map(|w| w.kind)
}

/// Whoever concluded, and the centre that works with the child.
fn treats(by: &Actor, diagnosing: OrganisationId) -> bool {
    by.workplace
        .as_ref()
        .is_some_and(|w| w.id == diagnosing || w.kind == OrganisationKind::RehabilitationCentre)
}

/// How a re-screen ended, in a word.
pub fn rescreen_outcome(row: &rescreen::Model) -> &'static str {
    if row.abnormal {
        "referral.outcome.abnormal"
    } else {
        "referral.outcome.clear"
    }
}

/// How a diagnosis ended, in a word.
pub fn diagnosis_outcome(row: &diagnosis::Model) -> &'static str {
    match codes::outcome(row) {
        "confirmed" => "referral.outcome.confirmed",
        "other_finding" => "referral.outcome.other_finding",
        _ => "referral.outcome.nothing_found",
    }
}
