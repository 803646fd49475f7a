//! Where a child stands in the chain, whose turn it is, since when and until when.
//!
//! [`standing`] decides from the rows alone, so that it can be tested and used in bulk; the [`super::projection`] loads
//! them and writes the answer in the transaction that changed them. The order of the decisions is the order of weight: a
//! child that left is out; a diagnosis outweighs what led to it; what waits for somebody outweighs what is merely watched.

use chrono::NaiveDate;
use entities::{
    AccountId, DiagnosisId, OrganisationId, ReferralId, RescreenId, ScreenId,
    screening::{diagnosis, follow_up, referral, rescreen, screen},
    words::{FollowUpKind, FollowUpState, ReferralKind, ReferralState, ScreenOutcome, Stage},
};

use crate::{platform::clock::day_of, referral::is_open};

/// Everything a child's place in the chain depends on. Withdrawn records are left out; lists are in the order of ids.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// First day in the system, for children of whom nothing else is known.
    pub known_since: NaiveDate,
    /// The departure in force.
    pub left_on: Option<NaiveDate>,
    /// Checks that are still to be done.
    pub pending: Vec<Pending>,
    /// Initial screens.
    pub screens: Vec<screen::Model>,
    /// Referrals in every state.
    pub referrals: Vec<referral::Model>,
    /// Re-screens.
    pub rescreens: Vec<rescreen::Model>,
    /// Follow-up tasks in every state.
    pub follow_ups: Vec<follow_up::Model>,
    /// Diagnoses.
    pub diagnoses: Vec<diagnosis::Model>,
}

/// A check that is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The day on which the child reaches the check age.
    pub due_on: NaiveDate,
    /// Last day on which the check counts for this age.
    pub closes_on: NaiveDate,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where in the chain.
    pub stage: Stage,
    /// Whose turn it is.
    pub organisation: Option<OrganisationId>,
    /// The referral that is waited for.
    pub referral: Option<ReferralId>,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// Where the child stands on `today`.
pub fn standing(rows: &Rows, today: NaiveDate) -> Standing {
    left(rows)
        .or_else(|| diagnosed(rows))
        .or_else(|| referred(rows, ReferralKind::Diagnosis))
        .or_else(|| referred(rows, ReferralKind::Rescreen))
        .or_else(|| lost(rows))
        .or_else(|| not_referred(rows))
        .or_else(|| recheck(rows))
        .unwrap_or_else(|| watched(rows, today))
}

fn at(stage: Stage, since_on: NaiveDate) -> Standing {
    Standing {
        stage,
        organisation: None,
        referral: None,
        since_on,
        due_on: None,
    }
}

fn left(rows: &Rows) -> Option<Standing> {
    rows.left_on.map(|day| at(Stage::Left, day))
}

fn latest_diagnosis(rows: &Rows) -> Option<&diagnosis::Model> {
    rows.diagnoses.iter().max_by_key(|d| (d.diagnosed_on, d.id))
}

/// A child with a diagnosis of autism: first the family is talked to, then the centre takes over.
fn diagnosed(rows: &Rows) -> Option<Standing> {
    let diagnosis = latest_diagnosis(rows).filter(|d| d.autism)?;
    let intake = current(rows, ReferralKind::Intake);
    let contact = rows
        .follow_ups
        .iter()
        .rfind(|f| f.kind == FollowUpKind::RehabilitationContact && f.state != FollowUpState::Cancelled);
    let here = at(Stage::Diagnosed, diagnosis.diagnosed_on);
    if let Some(taken) = intake.filter(|r| {
        matches!(
            r.state,
            ReferralState::Accepted | ReferralState::Appointed | ReferralState::Completed
        )
    }) {
        return Some(Standing {
            organisation: Some(taken.to_organisation_id),
            referral: Some(taken.id),
            ..at(Stage::InIntake, day_of(taken.closed_at.unwrap_or(taken.since)))
        });
    }
    if let Some(task) = contact.filter(|f| f.state == FollowUpState::Open) {
        return Some(Standing {
            organisation: Some(task.organisation_id),
            referral: intake.filter(|r| is_open(r.state)).map(|r| r.id),
            due_on: Some(task.due_on),
            ..here
        });
    }
    let gone = contact.filter(|f| f.state == FollowUpState::Lost);
    if let Some(task) = gone {
        let day = day_of(task.closed_at.unwrap_or(task.opened_at));
        return Some(at(Stage::Lost, day));
    }
    match intake {
        Some(r) if r.state == ReferralState::Lost => Some(lost_by(r)),
        Some(r) => Some(Standing {
            stage: Stage::Diagnosed,
            ..waiting(r)
        }),
        None => Some(searched(rows, here)),
    }
}

/// The federation's open task of finding an organisation that can take the child.
pub fn open_search(rows: &Rows) -> Option<&follow_up::Model> {
    rows.follow_ups
        .iter()
        .rfind(|f| f.kind == FollowUpKind::FindReceiver && f.state == FollowUpState::Open)
}

/// While nobody can take the child, it is the federation's turn.
fn searched(rows: &Rows, here: Standing) -> Standing {
    match open_search(rows) {
        Some(task) => Standing {
            organisation: Some(task.organisation_id),
            due_on: Some(task.due_on),
            ..here
        },
        None => here,
    }
}

/// A referral that a finding calls for and that nobody began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What for.
    pub kind: ReferralKind,
    /// Whoever found it.
    pub place: OrganisationId,
    /// Who found it there.
    pub person: AccountId,
    /// Found on.
    pub found_on: NaiveDate,
    /// The initial screen that it rests on.
    pub screen: Option<ScreenId>,
    /// The re-screen that it rests on.
    pub rescreen: Option<RescreenId>,
    /// The diagnosis that it rests on.
    pub diagnosis: Option<DiagnosisId>,
}

/// The referral that the child lacks; none when it is on its way, was not called for, or the family was lost.
pub fn lacking(rows: &Rows) -> Option<Lack> {
    if rows.left_on.is_some() {
        return None;
    }
    if let Some(found) = latest_diagnosis(rows).filter(|d| d.autism) {
        let lost = rows
            .follow_ups
            .iter()
            .rfind(|f| f.kind == FollowUpKind::RehabilitationContact && f.state != FollowUpState::Cancelled)
            .is_some_and(|f| f.state == FollowUpState::Lost);
        let begun = lost || current(rows, ReferralKind::Intake).is_some();
        return (!begun).then_some(Lack {
            kind: ReferralKind::Intake,
            place: found.organisation_id,
            person: found.by,
            found_on: found.diagnosed_on,
            screen: None,
            rescreen: None,
            diagnosis: Some(found.id),
        });
    }
    let begun = referred(rows, ReferralKind::Diagnosis)
        .or_else(|| referred(rows, ReferralKind::Rescreen))
        .or_else(|| lost(rows));
    if begun.is_some() { None } else { unreferred(rows) }
}

/// The referral of a kind that counts: the newest one that was not cancelled or passed on.
fn current(rows: &Rows, kind: ReferralKind) -> Option<&referral::Model> {
    rows.referrals
        .iter()
        .filter(|r| r.kind == kind && !matches!(r.state, ReferralState::Cancelled | ReferralState::Forwarded))
        .max_by_key(|r| r.id)
}

/// Whose turn an open referral is, and by when.
fn waiting(r: &referral::Model) -> Standing {
    let (organisation, due_on) = match r.state {
        ReferralState::Proposed => (r.from_organisation_id, r.answer_due_on),
        ReferralState::Sent => (r.to_organisation_id, r.answer_due_on),
        ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow => (r.to_organisation_id, r.due_on),
        // It came back: the sender has to find another way.
        ReferralState::Completed
        | ReferralState::Declined
        | ReferralState::Recalled
        | ReferralState::Forwarded
        | ReferralState::Lost
        | ReferralState::Cancelled => (r.from_organisation_id, r.due_on),
    };
    Standing {
        stage: match (r.kind, r.state) {
            (
                ReferralKind::Rescreen,
                ReferralState::Sent | ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow,
            ) => Stage::AwaitingRescreen,
            (
                ReferralKind::Diagnosis,
                ReferralState::Sent | ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow,
            ) => Stage::AwaitingDiagnosis,
            (ReferralKind::Rescreen, _) => Stage::RescreenProposed,
            (ReferralKind::Diagnosis, _) => Stage::DiagnosisProposed,
            (ReferralKind::Intake, _) => Stage::Diagnosed,
        },
        organisation: Some(organisation),
        referral: Some(r.id),
        since_on: day_of(r.closed_at.unwrap_or(r.since)),
        due_on: Some(due_on),
    }
}

/// A referral is on its way, or came back without having been of use. An open one counts even behind a newer one that
/// ended: as long as it is open, somebody has it on the work list.
fn referred(rows: &Rows, kind: ReferralKind) -> Option<Standing> {
    let open = rows
        .referrals
        .iter()
        .filter(|r| r.kind == kind && is_open(r.state))
        .max_by_key(|r| r.id);
    let came_back = || {
        current(rows, kind).filter(|r| {
            matches!(r.state, ReferralState::Declined | ReferralState::Recalled)
                && still_wanted(rows, r)
                && !answered_since(rows, r)
        })
    };
    open.or_else(came_back).map(waiting)
}

/// The finding that the referral rests on still stands.
fn still_wanted(rows: &Rows, r: &referral::Model) -> bool {
    let screened = r.screen_id.is_none_or(|id| {
        rows.screens
            .iter()
            .any(|s| s.id == id && s.outcome == ScreenOutcome::Abnormal)
    });
    let rescreened = r
        .rescreen_id
        .is_none_or(|id| rows.rescreens.iter().any(|s| s.id == id && s.abnormal));
    screened && rescreened
}

/// What the referral asked for was done some other way.
fn answered_since(rows: &Rows, r: &referral::Model) -> bool {
    rows.diagnoses.iter().any(|d| d.recorded_at > r.since)
        || (r.kind == ReferralKind::Rescreen && rows.rescreens.iter().any(|s| s.recorded_at > r.since))
}

fn lost_by(r: &referral::Model) -> Standing {
    Standing {
        referral: Some(r.id),
        ..at(Stage::Lost, day_of(r.closed_at.unwrap_or(r.since)))
    }
}

/// The family could not be reached, and nobody has seen the child since.
fn lost(rows: &Rows) -> Option<Standing> {
    let seen = rows
        .screens
        .iter()
        .filter(|s| matches!(s.outcome, ScreenOutcome::Normal | ScreenOutcome::Abnormal))
        .map(|s| s.recorded_at)
        .chain(rows.rescreens.iter().map(|s| s.recorded_at))
        .chain(rows.diagnoses.iter().map(|d| d.recorded_at))
        .max();
    let by_referral = rows
        .referrals
        .iter()
        .filter(|r| r.state == ReferralState::Lost)
        .map(|r| (r.closed_at.unwrap_or(r.since), lost_by(r)));
    let by_task = rows
        .follow_ups
        .iter()
        .filter(|f| f.state == FollowUpState::Lost)
        .map(|f| f.closed_at.unwrap_or(f.opened_at))
        .map(|when| (when, at(Stage::Lost, day_of(when))));
    by_referral
        .chain(by_task)
        .max_by_key(|(when, _)| *when)
        .filter(|(when, _)| seen.is_none_or(|seen| seen <= *when))
        .map(|(_, standing)| standing)
}

/// An abnormal finding that no referral took further: whoever found it has to, or the federation while nobody can take
/// the child. A child that was lost and is seen again comes back here.
fn not_referred(rows: &Rows) -> Option<Standing> {
    let lack = unreferred(rows)?;
    let stage = if lack.rescreen.is_some() {
        Stage::DiagnosisProposed
    } else {
        Stage::RescreenProposed
    };
    let finders = Standing {
        organisation: Some(lack.place),
        ..at(stage, lack.found_on)
    };
    Some(searched(rows, finders))
}

/// The abnormal finding behind it.
fn unreferred(rows: &Rows) -> Option<Lack> {
    let alive = |r: &&referral::Model| is_open(r.state) || r.state == ReferralState::Completed;
    let rescreen = rows.rescreens.iter().rfind(|s| s.abnormal).filter(|s| {
        let cleared = rows
            .rescreens
            .iter()
            .any(|later| !later.abnormal && (later.performed_on, later.id) > (s.performed_on, s.id));
        let diagnosed = rows.diagnoses.iter().any(|d| d.diagnosed_on >= s.performed_on);
        let referred = rows.referrals.iter().filter(alive).any(|r| r.rescreen_id == Some(s.id));
        !cleared && !diagnosed && !referred
    });
    if let Some(s) = rescreen {
        return Some(Lack {
            kind: ReferralKind::Diagnosis,
            place: s.organisation_id,
            person: s.by,
            found_on: s.performed_on,
            screen: None,
            rescreen: Some(s.id),
            diagnosis: None,
        });
    }
    let screen = rows
        .screens
        .iter()
        .rfind(|s| s.outcome == ScreenOutcome::Abnormal)
        .filter(|s| {
            let rescreened = rows.rescreens.iter().any(|r| r.performed_on >= s.performed_on);
            let diagnosed = rows.diagnoses.iter().any(|d| d.diagnosed_on >= s.performed_on);
            let referred = rows.referrals.iter().filter(alive).any(|r| r.screen_id == Some(s.id));
            !rescreened && !diagnosed && !referred
        })?;
    Some(Lack {
        kind: ReferralKind::Rescreen,
        place: screen.organisation_id,
        person: screen.screener_id,
        found_on: screen.performed_on,
        screen: Some(screen.id),
        rescreen: None,
        diagnosis: None,
    })
}

fn recheck(rows: &Rows) -> Option<Standing> {
    let task = rows
        .follow_ups
        .iter()
        .rfind(|f| f.kind == FollowUpKind::Recheck && f.state == FollowUpState::Open)?;
    Some(Standing {
        organisation: Some(task.organisation_id),
        due_on: Some(task.due_on),
        ..at(Stage::Recheck, day_of(task.opened_at))
    })
}

/// Nobody waits for anything; the next check will come.
fn watched(rows: &Rows, today: NaiveDate) -> Standing {
    let due_on = rows
        .pending
        .iter()
        .filter(|check| check.closes_on >= today)
        .map(|check| check.due_on)
        .min();
    let (stage, since_on) = match latest_diagnosis(rows) {
        Some(d) => (Stage::OtherFinding, d.diagnosed_on),
        None => (Stage::Watching, last_seen(rows)),
    };
    Standing {
        due_on,
        ..at(stage, since_on)
    }
}

fn last_seen(rows: &Rows) -> NaiveDate {
    rows.screens
        .iter()
        .map(|s| s.performed_on)
        .chain(rows.rescreens.iter().map(|s| s.performed_on))
        .max()
        .unwrap_or(rows.known_since)
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
