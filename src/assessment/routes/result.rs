//! A finished assessment.

use entities::{
    child::child,
    screening::assessment,
    words::{AssessmentState, ReferralKind},
};

use super::viewed;
use crate::{
    access::Can,
    account,
    assessment::{
        comparison,
        instruments::library,
        queries, service,
        views::{Counted, Score, ShowPage, dated, look, of_child, tongue},
    },
    organisations,
    platform::{App, Result},
    web::{Answer, Ctx},
};

pub(super) async fn result(app: &App, ctx: &Ctx, row: assessment::Model, child: child::Model) -> Answer {
    let db = &*app.db;
    let second = queries::second(db, row.id).await?;
    if let Some(own) = &second
        && own.state == AssessmentState::Draft
        && Some(own.by) == ctx.actor.account
    {
        let to = format!("/assessments/{}", own.id);
        return ctx.go(to).warning("assessment.second.blind").answer();
    }
    viewed(app, ctx, &row).await?;
    let here = library::load(db).await?;
    let package = here.version(&row.instrument, &row.instrument_version);
    let Some(outcome) = comparison::outcome(&row)? else {
        // A sheet that was given up has no result.
        return ctx.go(of_child(child.id)).warning("assessment.was_given_up").answer();
    };
    let tongue = tongue(ctx);
    let set = package.and_then(|p| p.cutoffs.iter().find(|set| Some(&set.id) == row.cutoffs.as_ref()));
    let column = package.and_then(|p| p.column(outcome.age_months).ok().flatten());
    let subscale = |id: &str| {
        let found = package.and_then(|p| p.subscales.iter().find(|s| s.id == id));
        found.map_or_else(|| id.to_owned(), |s| s.name.get(tongue).to_owned())
    };
    let counted = outcome.item_scores.iter().map(|score| {
        let item = package.and_then(|p| p.item(&score.item).map(|(_, item)| (p, item)));
        Counted {
            item: item.map_or_else(
                || score.item.clone(),
                |(p, item)| p.label(item, column).get(tongue).to_owned(),
            ),
            answer: package.map_or_else(
                || score.answer.to_string(),
                |p| comparison::answer_in_words(p, &score.item, &score.answer, tongue),
            ),
            points: score.points.to_string(),
        }
    });
    let compared = match (row.round, &second) {
        (Some(first), _) => Some(first),
        (None, Some(other)) if other.state == AssessmentState::Final => Some(row.id),
        (None, _) => None,
    };
    let page = ShowPage {
        name: package.map_or_else(|| row.instrument.to_uppercase(), |p| p.name.get(tongue).to_owned()),
        copyright: package.and_then(|p| p.licence.copyright.clone()).unwrap_or_default(),
        person: account::queries::names(db, [row.by])
            .await?
            .remove(&row.by)
            .unwrap_or_default(),
        organisation: organisations::queries::names(db, [row.organisation_id])
            .await?
            .remove(&row.organisation_id)
            .unwrap_or_default(),
        score: Score {
            name: package
                .and_then(|p| p.total.name.as_ref())
                .map(|name| name.get(tongue).to_owned()),
            total: outcome.total.to_string(),
            look: look(outcome.positive),
            band: outcome.band_label.as_ref().map(|label| label.get(tongue).to_owned()),
            explanation: outcome.explanation.get(tongue).to_owned(),
        },
        subscales: outcome
            .subscales
            .iter()
            .map(|s| (subscale(&s.id), s.points.to_string()))
            .collect(),
        cutoffs: set.map_or_else(|| row.cutoffs.clone().unwrap_or_default(), |set| dated(set, tongue)),
        cutoffs_source: set.map(|set| set.source.clone()).unwrap_or_default(),
        warnings: outcome.warnings.iter().map(|w| w.get(tongue).to_owned()).collect(),
        counted: counted.collect(),
        compared,
        second: second.is_none() && ctx.may(Can::Assess) && service::may_be_rated_again(&row, &ctx.actor).is_ok(),
        withdrawable: second.is_none()
            && ctx.may(Can::Assess)
            && service::may_be_withdrawn(&row, ctx.actor.account).is_ok(),
        back: back(app, ctx, &row).await?,
        row,
        child,
    };
    ctx.page(&page)
}

/// The form that waits for this instrument, while nothing rests on it yet.
async fn back(app: &App, ctx: &Ctx, row: &assessment::Model) -> Result<Option<(String, &'static str)>> {
    let Some(id) = row
        .referral_id
        .filter(|_| row.rescreen_id.is_none() && row.diagnosis_id.is_none())
    else {
        return Ok(None);
    };
    let Ok(referral) = queries::referral_here(&*app.db, &ctx.actor, row.child_id, id).await else {
        return Ok(None);
    };
    if referral.closed_at.is_some() {
        return Ok(None);
    }
    Ok(match referral.kind {
        ReferralKind::Rescreen if ctx.may(Can::Rescreen) => Some((
            format!("/referrals/{id}/rescreen?attach={}", row.id),
            "assessment.to_rescreen",
        )),
        ReferralKind::Diagnosis if ctx.may(Can::Diagnose) => Some((
            format!("/referrals/{id}/diagnosis?attach={}", row.id),
            "assessment.to_diagnosis",
        )),
        ReferralKind::Rescreen | ReferralKind::Diagnosis | ReferralKind::Intake => None,
    })
}
