//! Everything that a child's place in the chain, and what is to be done for it, depend on.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    AccountId, DiagnosisId, NoticeId, OrganisationId, PlannedCheckId, ReferralId, RescreenId, ScreenId,
    screening::{diagnosis, referral, rescreen, screen},
    task::task,
    words::{Focus, ReferralKind, ReferralState, ScreenOutcome, TaskState, What},
};

use crate::{
    referral::{is_open, states},
    task::states::is_said,
};

/// The rows of a child. Withdrawn records are left out; lists are in the order of ids.
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
    /// Diagnoses.
    pub diagnoses: Vec<diagnosis::Model>,
    /// What came back and was not read.
    pub unread: Vec<Unread>,
    /// What came back, was somebody's to read, and was read since.
    pub read: Vec<NoticeId>,
    /// Tasks in every state: what people said of them is a fact, and a day that was set stands.
    pub tasks: Vec<task::Model>,
}

/// A check that is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The check.
    pub id: PlannedCheckId,
    /// First day of the window.
    pub opens_on: NaiveDate,
    /// The day on which the child reaches the check age.
    pub due_on: NaiveDate,
    /// Last day on which the check counts for this age.
    pub closes_on: NaiveDate,
}

/// A notice that something came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The notice.
    pub notice: NoticeId,
    /// Whose it is.
    pub account: AccountId,
    /// Where they work.
    pub organisation: OrganisationId,
}

/// Who is there, where the child lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Some open organisation can take the child for the referral that it lacks.
    pub can_take: bool,
    /// The nearest federation above.
    pub federation: Option<OrganisationId>,
    /// The nearest site that screens.
    pub site: Option<OrganisationId>,
}

/// A referral that a finding calls for and that nobody began: for what, by which finding, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The initial screen was abnormal.
    Rescreen(ScreenId, Finder),
    /// The re-screen was abnormal.
    Diagnosis(RescreenId, Finder),
    /// Autism was diagnosed.
    Intake(DiagnosisId, Finder),
}

/// Who found what calls for a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finder {
    /// Where.
    pub place: OrganisationId,
    /// Who there.
    pub person: AccountId,
    /// When.
    pub on: NaiveDate,
}

impl Lack {
    /// What for.
    pub const fn kind(&self) -> ReferralKind {
        match self {
            Self::Rescreen(..) => ReferralKind::Rescreen,
            Self::Diagnosis(..) => ReferralKind::Diagnosis,
            Self::Intake(..) => ReferralKind::Intake,
        }
    }

    /// The finding, as what a task is about.
    pub const fn focus(&self) -> (Focus, i64) {
        match self {
            Self::Rescreen(id, _) => (Focus::Screen, id.0),
            Self::Diagnosis(id, _) => (Focus::Rescreen, id.0),
            Self::Intake(id, _) => (Focus::Diagnosis, id.0),
        }
    }

    /// Whoever found it.
    pub const fn finder(&self) -> Finder {
        match self {
            Self::Rescreen(_, finder) | Self::Diagnosis(_, finder) | Self::Intake(_, finder) => *finder,
        }
    }
}

impl Rows {
    /// The diagnosis that counts.
    pub fn latest_diagnosis(&self) -> Option<&diagnosis::Model> {
        self.diagnoses.iter().max_by_key(|d| (d.diagnosed_on, d.id))
    }

    /// The referral of a kind that counts: the newest one that was not cancelled or passed on.
    pub fn current(&self, kind: ReferralKind) -> Option<&referral::Model> {
        self.referrals
            .iter()
            .filter(|r| r.kind == kind && counts(r.state))
            .max_by_key(|r| r.id)
    }

    /// A referral on its way. It counts even behind a newer one that ended: as long as it is open, somebody has it on the
    /// work list.
    pub fn on_its_way(&self, kind: ReferralKind) -> Option<&referral::Model> {
        self.referrals
            .iter()
            .filter(|r| r.kind == kind && is_open(r.state))
            .max_by_key(|r| r.id)
    }

    /// A referral that came back without having been of use, while what it rests on stands and nobody answered it some
    /// other way.
    pub fn came_back(&self, kind: ReferralKind) -> Option<&referral::Model> {
        self.current(kind)
            .filter(|r| states::of(r.state).came_back && self.still_wanted(r) && !self.answered_since(r))
    }

    /// The finding that the referral rests on still stands.
    fn still_wanted(&self, r: &referral::Model) -> bool {
        let screened = r.screen_id.is_none_or(|id| {
            self.screens
                .iter()
                .any(|s| s.id == id && s.outcome == ScreenOutcome::Abnormal)
        });
        let rescreened = r
            .rescreen_id
            .is_none_or(|id| self.rescreens.iter().any(|s| s.id == id && s.abnormal));
        screened && rescreened
    }

    /// What the referral asked for was done some other way.
    fn answered_since(&self, r: &referral::Model) -> bool {
        self.diagnoses.iter().any(|d| d.recorded_at > r.since)
            || (r.kind == ReferralKind::Rescreen && self.rescreens.iter().any(|s| s.recorded_at > r.since))
    }

    /// What people said last of a thing to be done, since it was called for.
    pub fn said(&self, what: What, since: DateTime<Utc>) -> Option<&task::Model> {
        self.tasks
            .iter()
            .filter(|task| task.what == what && is_said(task.state))
            .filter(|task| task.ended_at.unwrap_or(task.since) >= since)
            .max_by_key(|task| (task.ended_at, task.id))
    }

    /// The open task of finding an organisation that can take the child.
    pub fn open_search(&self) -> Option<&task::Model> {
        self.tasks
            .iter()
            .rfind(|task| task.what == What::FindReceiver && task.state == TaskState::Open)
    }

    /// The rungs of the ladder that were climbed because of a row.
    pub fn rungs(&self, focus: Focus, id: i64) -> i32 {
        let about = |task: &&task::Model| (task.focus, task.focus_id) == (focus, id);
        self.tasks.iter().filter(about).map(|task| task.rung).max().unwrap_or(0)
    }

    /// Somebody saw the child since.
    pub fn seen_since(&self, moment: DateTime<Utc>) -> bool {
        self.last_seen_at().is_some_and(|seen| seen > moment)
    }

    /// When somebody last recorded having seen the child.
    pub fn last_seen_at(&self) -> Option<DateTime<Utc>> {
        self.screens
            .iter()
            .filter(|s| s.outcome.is_seen())
            .map(|s| s.recorded_at)
            .chain(self.rescreens.iter().map(|s| s.recorded_at))
            .chain(self.diagnoses.iter().map(|d| d.recorded_at))
            .max()
    }

    /// The clear re-screen after which somebody still has to look again: nobody did since, and nobody said that it is done.
    pub fn to_be_seen_again(&self) -> Option<(&rescreen::Model, NaiveDate)> {
        let newest = self.rescreens.iter().max_by_key(|s| (s.performed_on, s.id))?;
        let recheck_on = newest.recheck_on.filter(|_| !newest.abnormal)?;
        let looked = self.screens.iter().any(|s| {
            s.outcome.is_seen() && s.performed_on >= newest.performed_on && s.recorded_at > newest.recorded_at
        });
        let diagnosed = self.diagnoses.iter().any(|d| d.recorded_at > newest.recorded_at);
        let said = self.said(What::Recheck, newest.recorded_at).is_some();
        (!looked && !diagnosed && !said).then_some((newest, recheck_on))
    }

    /// Whoever sent the child to a re-screen.
    pub fn sender_of(&self, row: &rescreen::Model) -> OrganisationId {
        row.referral_id
            .and_then(|id| self.referral(id))
            .map_or(row.organisation_id, |r| r.from_organisation_id)
    }

    /// One of the referrals.
    pub fn referral(&self, id: ReferralId) -> Option<&referral::Model> {
        self.referrals.iter().find(|r| r.id == id)
    }

    /// The abnormal finding that no referral took further.
    pub fn unreferred(&self) -> Option<Lack> {
        let alive = |r: &&referral::Model| is_open(r.state) || r.state == ReferralState::Completed;
        let rescreen = self.rescreens.iter().rfind(|s| s.abnormal).filter(|s| {
            let cleared = self
                .rescreens
                .iter()
                .any(|later| !later.abnormal && (later.performed_on, later.id) > (s.performed_on, s.id));
            let diagnosed = self.diagnoses.iter().any(|d| d.diagnosed_on >= s.performed_on);
            let referred = self.referrals.iter().filter(alive).any(|r| r.rescreen_id == Some(s.id));
            !cleared && !diagnosed && !referred
        });
        if let Some(s) = rescreen {
            let finder = Finder {
                place: s.organisation_id,
                person: s.by,
                on: s.performed_on,
            };
            return Some(Lack::Diagnosis(s.id, finder));
        }
        let screen = self
            .screens
            .iter()
            .rfind(|s| s.outcome == ScreenOutcome::Abnormal)
            .filter(|s| {
                let rescreened = self.rescreens.iter().any(|r| r.performed_on >= s.performed_on);
                let diagnosed = self.diagnoses.iter().any(|d| d.diagnosed_on >= s.performed_on);
                let referred = self.referrals.iter().filter(alive).any(|r| r.screen_id == Some(s.id));
                !rescreened && !diagnosed && !referred
            })?;
        let finder = Finder {
            place: screen.organisation_id,
            person: screen.screener_id,
            on: screen.performed_on,
        };
        Some(Lack::Rescreen(screen.id, finder))
    }
}

/// Neither called off nor passed on: the newest of these is the one that counts.
const fn counts(state: ReferralState) -> bool {
    match state {
        ReferralState::Cancelled | ReferralState::Forwarded => false,
        ReferralState::Proposed
        | ReferralState::Sent
        | ReferralState::Accepted
        | ReferralState::Appointed
        | ReferralState::NoShow
        | ReferralState::Completed
        | ReferralState::Declined
        | ReferralState::Recalled
        | ReferralState::Lost => true,
    }
}
