//! What the rows of a child ask for, one by one; where it stands decides what of it leads (`standing`).

use chrono::NaiveDate;
use entities::{
    screening::{diagnosis, referral},
    task::task,
    words::{Focus, ReferralKind, ReferralState, Role, TaskState, What},
};

use super::rows::{Around, Finder, Lack, Rows, Unread};
use crate::{
    referral::states,
    task::rules::{Due, Term, Wanted},
};

/// The family of a diagnosed child could not be found to talk about rehabilitation.
pub(super) fn lost_contact<'r>(rows: &'r Rows, diagnosis: &diagnosis::Model) -> Option<&'r task::Model> {
    rows.said(What::RehabilitationContact, diagnosis.recorded_at)
        .filter(|task| task.state == TaskState::Lost)
}

/// Somebody has to talk with the family about rehabilitation: the centre that was asked to take the child in, or the
/// hospital while there is none. Once the child is taken in, that was done.
pub(super) fn contact(rows: &Rows, diagnosis: &diagnosis::Model) -> Option<Wanted> {
    let intake = rows.current(ReferralKind::Intake);
    let completed = intake.is_some_and(|r| r.state == ReferralState::Completed);
    if completed || rows.said(What::RehabilitationContact, diagnosis.recorded_at).is_some() {
        return None;
    }
    let (organisation, role) = match intake.filter(|r| !states::of(r.state).came_back) {
        Some(r) => (r.to_organisation_id, Role::IntakeWorker),
        None => (diagnosis.organisation_id, Role::Diagnostician),
    };
    Some(Wanted {
        what: What::RehabilitationContact,
        focus: (Focus::Diagnosis, diagnosis.id.0),
        leads: false,
        organisation,
        role,
        owner: None,
        due: Due::Within(Term::Contact),
    })
}

/// What brings a diagnosed child to the centre, whoever talks with the family meanwhile.
pub(super) fn towards_intake(rows: &Rows, around: &Around, diagnosis: &diagnosis::Model) -> Option<Wanted> {
    if let Some(lack) = lacks_intake(rows, diagnosis) {
        return Some(of_lack(rows, around, &lack));
    }
    rows.current(ReferralKind::Intake)
        .filter(|_| lost_contact(rows, diagnosis).is_none())
        .and_then(of_referral)
}

pub(super) fn lacks_intake(rows: &Rows, found: &diagnosis::Model) -> Option<Lack> {
    let begun = lost_contact(rows, found).is_some() || rows.current(ReferralKind::Intake).is_some();
    let finder = Finder {
        place: found.organisation_id,
        person: found.by,
        on: found.diagnosed_on,
    };
    (!begun).then_some(Lack::Intake(found.id, finder))
}

/// What has to be done about a referral; nothing when it came to its end.
pub(super) fn of_referral(r: &referral::Model) -> Option<Wanted> {
    let (what, role) = states::task(r.kind, r.state)?;
    Some(Wanted {
        what,
        focus: (Focus::Referral, r.id.0),
        leads: false,
        organisation: states::turn(r)?,
        role,
        owner: r
            .owner_id
            .filter(|_| states::of(r.state).turn == states::Turn::Receiver),
        // What came back is to be taken up again as soon as any referral is to be answered.
        due: states::due_on(r).map_or(Due::Within(Term::Answer), Due::On),
    })
}

/// A finding that no referral took further: whoever found it has to, or the federation while nobody can take the child.
/// Where it was searched for, the sweep begins the referral, and until then the search goes on.
pub(super) fn of_lack(rows: &Rows, around: &Around, lack: &Lack) -> Wanted {
    let focus = lack.focus();
    let search = rows.open_search().filter(|task| (task.focus, task.focus_id) == focus);
    let searching = !around.can_take || search.is_some();
    let federation = around.federation.or(search.map(|task| task.organisation_id));
    let (what, organisation, role) = match federation.filter(|_| searching) {
        Some(federation) => (What::FindReceiver, federation, Role::FederationOfficer),
        None => (What::Refer, lack.finder().place, states::sender_role(lack.kind())),
    };
    Wanted {
        what,
        focus,
        leads: false,
        organisation,
        role,
        owner: None,
        due: Due::Within(Term::Answer),
    }
}

pub(super) fn look_again(rows: &Rows) -> Option<Wanted> {
    let (cleared, on) = rows.to_be_seen_again()?;
    Some(Wanted {
        what: What::Recheck,
        focus: (Focus::Rescreen, cleared.id.0),
        leads: false,
        organisation: rows.sender_of(cleared),
        role: Role::Screener,
        owner: None,
        due: Due::On(on),
    })
}

/// What came back is read by whoever it was told.
pub(super) fn read_result(unread: &Unread) -> Wanted {
    Wanted {
        what: What::ReadResult,
        focus: (Focus::Notice, unread.notice.0),
        leads: false,
        organisation: unread.organisation,
        role: Role::Supervisor,
        owner: Some(unread.account),
        due: Due::Never,
    }
}

/// Checks whose window is open, where the child lives; there is time until it closes.
pub(super) fn due_checks(rows: &Rows, around: &Around, today: NaiveDate) -> Vec<Wanted> {
    let Some(site) = around.site else { return Vec::new() };
    rows.pending
        .iter()
        .filter(|check| (check.opens_on..=check.closes_on).contains(&today))
        .map(|check| Wanted {
            what: What::Screen,
            focus: (Focus::PlannedCheck, check.id.0),
            leads: false,
            organisation: site,
            role: Role::Screener,
            owner: None,
            due: Due::On(check.closes_on),
        })
        .collect()
}
