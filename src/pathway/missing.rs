//! Beginning the referral that an abnormal finding still lacks: no organisation covered where the child lived at the
//! time, or the child was lost and has been seen again.

use entities::{
    ChildId, OrganisationId, ReferralId,
    screening::pathway,
    words::{ReferralKind, ScreenOutcome, Stage},
};

use super::{projection, queries, rows::Rows};
use crate::{
    access::{Can, scope},
    clinic::rescreen,
    platform::{Actor, App, Error, Result},
    referral::{Proposal, propose_in},
    screening::screen,
};

/// The kind of referral that the actor's organisation still has to begin for a child that stands here.
pub(crate) fn of(place: &pathway::Model, by: &Actor) -> Option<ReferralKind> {
    let ours = by.workplace.as_ref().map(|w| w.id) == place.organisation_id;
    if place.referral_id.is_some() || !ours || !Can::Refer.allows(&by.roles) {
        return None;
    }
    match place.stage {
        Stage::RescreenProposed => Some(ReferralKind::Rescreen),
        Stage::DiagnosisProposed => Some(ReferralKind::Diagnosis),
        Stage::Watching
        | Stage::AwaitingRescreen
        | Stage::Recheck
        | Stage::AwaitingDiagnosis
        | Stage::OtherFinding
        | Stage::Diagnosed
        | Stage::InIntake
        | Stage::Lost
        | Stage::Left => None,
    }
}

/// Propose it, resting on the newest abnormal finding.
///
/// # Errors
/// Refused when somebody was quicker (`referral.not_missing`), or no organisation covers the place
/// (`referral.no_receiver`).
pub async fn propose(app: &App, by: &Actor, id: ChildId) -> Result<ReferralId> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let file = scope::child(&*tx, by, id).await?;
    let place = queries::place_of(&*tx, id).await?;
    let kind = place
        .and_then(|place| of(&place, by))
        .ok_or_else(|| Error::refused("referral.not_missing"))?;
    let rows = projection::load(&*tx, &file).await?;
    let proposal = proposal(&rows, id, kind, None)?;
    let referral = propose_in(&tx, by, proposal).await?;
    tx.commit().await?;
    Ok(referral)
}

/// A referral of a kind that rests on the newest abnormal finding.
pub(super) fn proposal(
    rows: &Rows,
    child: ChildId,
    kind: ReferralKind,
    to: Option<OrganisationId>,
) -> Result<Proposal> {
    let screen = rows.screens.iter().rfind(|s| s.outcome == ScreenOutcome::Abnormal);
    let rescreen = rows
        .rescreens
        .iter()
        .rfind(|s| s.abnormal && kind == ReferralKind::Diagnosis);
    let reason = match (screen, rescreen) {
        (_, Some(found)) => rescreen::service::reason(&found.criteria.0, &rescreen::rules::findings_of(found)?),
        (Some(found), None) => {
            let age_months = u32::try_from(found.age_months).map_err(anyhow::Error::from)?;
            screen::service::reason(age_months, found.performed_on, &found.signs.0, found.regression)
        }
        (None, None) => return Err(Error::refused("referral.not_missing")),
    };
    Ok(Proposal {
        child,
        kind,
        to,
        reason,
        screen: screen.map(|s| s.id),
        rescreen: rescreen.map(|s| s.id),
        diagnosis: None,
        continues: None,
    })
}
