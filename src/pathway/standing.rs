//! Where a child stands in the chain, whose turn it is, since when and until when; and what is to be done for it.
//!
//! Both are one decision over the rows alone, so that they cannot contradict each other, and can be tested and used in
//! bulk; the [`super::projection`] loads the rows, and writes the answer in the transaction that changed them. The order of
//! the decisions is the order of weight: a child that left is out; a diagnosis outweighs what led to it; what waits for
//! somebody outweighs what is merely watched.

use chrono::NaiveDate;
use entities::{
    OrganisationId, ReferralId,
    screening::{diagnosis, referral},
    task::task,
    words::{ReferralKind, ReferralState, Stage, TaskState, What},
};

use super::{
    asked::{
        contact, due_checks, lacks_intake, look_again, lost_contact, of_lack, of_referral, read_result, towards_intake,
    },
    rows::{Around, Lack, Rows},
};
use crate::{
    platform::clock::day_of,
    referral::{is_open, states},
    task::rules::{Link, Wanted, link},
};

/// Where a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where in the chain.
    pub stage: Stage,
    /// Whose turn it is.
    pub organisation: Option<OrganisationId>,
    /// The referral that is waited for, or that ended it.
    pub referral: Option<ReferralId>,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// Where the child stands on `today`, with the tasks that are open.
pub fn standing(rows: &Rows, around: &Around, today: NaiveDate) -> Standing {
    let here = here(rows, around, today);
    Standing {
        stage: here.stage,
        organisation: here.leads.map(|one| one.organisation).or(here.organisation),
        referral: here.referral,
        since_on: here.since_on,
        due_on: here.leads.map_or(here.due_on, |one| one.due_on(&rows.tasks)),
    }
}

/// What is to be done for the child on `today`: first what moves it on, then what is to be done besides.
pub fn wanted(rows: &Rows, around: &Around, today: NaiveDate) -> Vec<Wanted> {
    let unread = rows.unread.iter().map(read_result);
    if rows.left_on.is_some() {
        return unread.collect();
    }
    let leads = here(rows, around, today).leads;
    let open = rows
        .referrals
        .iter()
        .filter(|r| is_open(r.state))
        .filter_map(of_referral);
    let besides = open
        .chain(autism(rows).and_then(|d| contact(rows, d)))
        .chain(autism(rows).and_then(|d| towards_intake(rows, around, d)))
        .chain(look_again(rows))
        .chain(due_checks(rows, around, today))
        .chain(unread);
    let mut all: Vec<Wanted> = leads.into_iter().collect();
    for one in besides {
        if !all
            .iter()
            .any(|other| (other.what, other.focus) == (one.what, one.focus))
        {
            all.push(Wanted { leads: false, ..one });
        }
    }
    all
}

/// How a task ended that is not wanted any more.
pub fn ending(rows: &Rows, task: &task::Model) -> TaskState {
    if rows.left_on.is_some() {
        return TaskState::Cancelled;
    }
    let id = task.focus_id;
    let alive = |r: &&referral::Model| is_open(r.state) || r.state == ReferralState::Completed;
    let happened = match link(task.focus) {
        Some(Link::Referral) => rows.referrals.iter().find(|r| r.id.0 == id).is_some_and(|row| {
            if task.what == What::FindAnotherWay {
                return rows.referrals.iter().any(|r| r.kind == row.kind && r.id > row.id);
            }
            match row.state {
                ReferralState::Cancelled | ReferralState::Recalled | ReferralState::Lost => false,
                ReferralState::Proposed
                | ReferralState::Sent
                | ReferralState::Accepted
                | ReferralState::Appointed
                | ReferralState::NoShow
                | ReferralState::Completed
                | ReferralState::Declined
                | ReferralState::Forwarded => true,
            }
        }),
        Some(Link::Screen) => rows
            .referrals
            .iter()
            .filter(alive)
            .any(|r| r.screen_id.is_some_and(|s| s.0 == id)),
        Some(Link::Rescreen) if task.what == What::Recheck => rows.seen_since(task.since),
        Some(Link::Rescreen) => rows
            .referrals
            .iter()
            .filter(alive)
            .any(|r| r.rescreen_id.is_some_and(|s| s.0 == id)),
        Some(Link::Diagnosis) => rows
            .referrals
            .iter()
            .filter(|r| r.kind == ReferralKind::Intake)
            .filter(alive)
            .any(|r| task.what != What::RehabilitationContact || r.state == ReferralState::Completed),
        Some(Link::PlannedCheck) => rows
            .screens
            .iter()
            .any(|s| s.planned_check_id.is_some_and(|check| check.0 == id)),
        Some(Link::Notice) => rows.read.iter().any(|notice| notice.0 == id),
        None => false,
    };
    if happened {
        TaskState::Settled
    } else {
        TaskState::Cancelled
    }
}

/// The referral that the child lacks; none when it is on its way, was not called for, or the family was lost.
pub fn lacking(rows: &Rows) -> Option<Lack> {
    if rows.left_on.is_some() {
        return None;
    }
    if let Some(found) = autism(rows) {
        return lacks_intake(rows, found);
    }
    let begun = referred(rows, ReferralKind::Diagnosis)
        .or_else(|| referred(rows, ReferralKind::Rescreen))
        .or_else(|| lost(rows));
    if begun.is_some() { None } else { rows.unreferred() }
}

/// The answer in the making: the stage, and what moves the child on from there; nothing when it is at rest.
struct Here {
    stage: Stage,
    since_on: NaiveDate,
    referral: Option<ReferralId>,
    /// Who has the child, where nobody has to do anything.
    organisation: Option<OrganisationId>,
    /// When something comes by itself.
    due_on: Option<NaiveDate>,
    leads: Option<Wanted>,
}

fn here(rows: &Rows, around: &Around, today: NaiveDate) -> Here {
    left(rows)
        .or_else(|| diagnosed(rows, around))
        .or_else(|| referred(rows, ReferralKind::Diagnosis))
        .or_else(|| referred(rows, ReferralKind::Rescreen))
        .or_else(|| lost(rows))
        .or_else(|| not_referred(rows, around))
        .or_else(|| recheck(rows))
        .unwrap_or_else(|| watched(rows, today))
}

fn at(stage: Stage, since_on: NaiveDate) -> Here {
    Here {
        stage,
        since_on,
        referral: None,
        organisation: None,
        due_on: None,
        leads: None,
    }
}

fn leads(one: Wanted) -> Wanted {
    Wanted { leads: true, ..one }
}

fn left(rows: &Rows) -> Option<Here> {
    rows.left_on.map(|day| at(Stage::Left, day))
}

fn autism(rows: &Rows) -> Option<&diagnosis::Model> {
    rows.latest_diagnosis().filter(|d| d.autism)
}

/// A child with a diagnosis of autism: first the family is talked to, then the centre takes over.
fn diagnosed(rows: &Rows, around: &Around) -> Option<Here> {
    let diagnosis = autism(rows)?;
    let intake = rows.current(ReferralKind::Intake);
    if let Some(taken) = intake.filter(|r| states::of(r.state).use_ == states::Use::Taken) {
        return Some(Here {
            organisation: Some(taken.to_organisation_id),
            referral: Some(taken.id),
            leads: of_referral(taken).map(leads),
            ..at(Stage::InIntake, day_of(taken.closed_at.unwrap_or(taken.since)))
        });
    }
    let here = at(Stage::Diagnosed, diagnosis.diagnosed_on);
    if let Some(task) = lost_contact(rows, diagnosis) {
        let referral = intake.map(|r| r.id).or(diagnosis.referral_id);
        let day = day_of(task.ended_at.unwrap_or(task.since));
        return Some(Here {
            referral,
            ..at(Stage::Lost, day)
        });
    }
    if let Some(contact) = contact(rows, diagnosis) {
        return Some(Here {
            referral: intake.filter(|r| is_open(r.state)).map(|r| r.id),
            leads: Some(leads(contact)),
            ..here
        });
    }
    match intake {
        Some(r) if r.state == ReferralState::Lost => Some(lost_by(r)),
        Some(r) => Some(Here {
            referral: Some(r.id),
            leads: of_referral(r).map(leads),
            ..at(Stage::Diagnosed, day_of(r.closed_at.unwrap_or(r.since)))
        }),
        None => Some(Here {
            leads: towards_intake(rows, around, diagnosis).map(leads),
            ..here
        }),
    }
}

/// A referral is on its way, or came back without having been of use.
fn referred(rows: &Rows, kind: ReferralKind) -> Option<Here> {
    let r = rows.on_its_way(kind).or_else(|| rows.came_back(kind))?;
    Some(Here {
        referral: Some(r.id),
        leads: of_referral(r).map(leads),
        ..at(states::stage(kind, r.state), day_of(r.closed_at.unwrap_or(r.since)))
    })
}

fn lost_by(r: &referral::Model) -> Here {
    Here {
        referral: Some(r.id),
        ..at(Stage::Lost, day_of(r.closed_at.unwrap_or(r.since)))
    }
}

/// The family could not be reached, and nobody has seen the child since.
fn lost(rows: &Rows) -> Option<Here> {
    let seen = rows.last_seen_at();
    let by_referral = rows
        .referrals
        .iter()
        .filter(|r| r.state == ReferralState::Lost)
        .map(|r| (r.closed_at.unwrap_or(r.since), lost_by(r)));
    let by_task = rows
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Lost)
        .map(|task| {
            let when = task.ended_at.unwrap_or(task.since);
            let here = Here {
                referral: behind(rows, task),
                ..at(Stage::Lost, day_of(when))
            };
            (when, here)
        });
    by_referral
        .chain(by_task)
        .max_by_key(|(when, _)| *when)
        .filter(|(when, _)| seen.is_none_or(|seen| seen <= *when))
        .map(|(_, here)| here)
}

/// The referral whose result a task follows.
fn behind(rows: &Rows, task: &task::Model) -> Option<ReferralId> {
    let rescreen = rows.rescreens.iter().find(|s| s.id.0 == task.focus_id);
    let diagnosis = rows.diagnoses.iter().find(|d| d.id.0 == task.focus_id);
    match link(task.focus)? {
        Link::Rescreen => rescreen.and_then(|s| s.referral_id),
        Link::Diagnosis => diagnosis.and_then(|d| d.referral_id),
        Link::Referral => Some(ReferralId(task.focus_id)),
        Link::Screen | Link::PlannedCheck | Link::Notice => None,
    }
}

/// An abnormal finding that no referral took further. A child that was lost and is seen again comes back here.
fn not_referred(rows: &Rows, around: &Around) -> Option<Here> {
    let lack = rows.unreferred()?;
    let stage = match lack {
        Lack::Rescreen(..) => Stage::RescreenProposed,
        Lack::Diagnosis(..) => Stage::DiagnosisProposed,
        Lack::Intake(..) => Stage::Diagnosed,
    };
    Some(Here {
        leads: Some(leads(of_lack(rows, around, &lack))),
        ..at(stage, lack.finder().on)
    })
}

/// A clear re-screen after an abnormal screen: whoever sent the child looks again.
fn recheck(rows: &Rows) -> Option<Here> {
    let (cleared, _) = rows.to_be_seen_again()?;
    Some(Here {
        leads: look_again(rows).map(leads),
        ..at(Stage::Recheck, day_of(cleared.recorded_at))
    })
}

/// Nobody waits for anything; the next check will come.
fn watched(rows: &Rows, today: NaiveDate) -> Here {
    let due_on = rows
        .pending
        .iter()
        .filter(|check| check.closes_on >= today)
        .map(|check| check.due_on)
        .min();
    let (stage, since_on) = match rows.latest_diagnosis() {
        Some(d) => (Stage::OtherFinding, d.diagnosed_on),
        None => (Stage::Watching, last_seen(rows)),
    };
    Here {
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
