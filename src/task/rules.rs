//! What each thing to be done means, and what has to change so that the open tasks are those that are wanted. Pure.

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, OrganisationId, TaskId,
    task::task,
    words::{Focus, Role, TaskState, What},
};

use crate::access::Can;

/// What a list of tasks is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Referrals on their way, or still to be begun.
    Referrals,
    /// What one organisation has to do without asking another.
    FollowUps,
    /// Checks whose window is open.
    Checks,
    /// What came back, and pairs of files.
    ToSettle,
    /// Applications, decisions, and papers that run out.
    Enrolment,
}

impl Group {
    /// Every group, in the order of the list.
    pub const ALL: [Self; 5] = [
        Self::Referrals,
        Self::FollowUps,
        Self::Checks,
        Self::Enrolment,
        Self::ToSettle,
    ];

    /// In addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Referrals => "referrals",
            Self::FollowUps => "follow_ups",
            Self::Checks => "checks",
            Self::ToSettle => "to_settle",
            Self::Enrolment => "enrolment",
        }
    }

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Referrals => "task.group.referrals",
            Self::FollowUps => "task.group.follow_ups",
            Self::Checks => "task.group.checks",
            Self::ToSettle => "task.group.to_settle",
            Self::Enrolment => "task.group.enrolment",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }

    /// What belongs there.
    pub fn whats(self) -> Vec<What> {
        those(|what| what.group == self)
    }
}

/// What a thing to be done means.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    /// Silence about it climbs the ladder.
    pub climbs: bool,
    /// Its beginning and its end are events of their own; the others follow from events of the rows they are about.
    pub recorded: bool,
    /// Whoever may refer can do it, not only the role.
    pub anybody: bool,
    /// People say that it is done, or that the family is lost.
    pub is_said: bool,
    /// It follows from the rows of a child's way through the chain.
    pub of_chain: bool,
    /// Where the list has it.
    pub group: Group,
    /// What its notice says when silence climbs: `notice.<word>`.
    pub overdue: &'static str,
    /// The icon.
    pub icon: &'static str,
}

/// The table.
pub const fn of(what: What) -> Of {
    /// Of a child's way through the chain: `pathway::standing` asks for it, and what it does not ask for ends.
    const fn chain(icon: &'static str) -> Of {
        Of {
            of_chain: true,
            ..other(icon)
        }
    }
    /// Of any other feature, whose projection asks for it.
    const fn other(icon: &'static str) -> Of {
        Of {
            climbs: true,
            recorded: false,
            anybody: false,
            is_said: false,
            of_chain: false,
            group: Group::Referrals,
            overdue: "task.overdue",
            icon,
        }
    }
    match what {
        What::ConfirmReferral => Of {
            anybody: true,
            ..chain("draft")
        },
        What::AnswerReferral => chain("inbox"),
        What::DoRescreen => chain("rescreen"),
        What::DoDiagnosis => chain("diagnosis"),
        What::TakeIn => chain("rehabilitation"),
        What::FindAnotherWay => Of {
            anybody: true,
            ..chain("declined")
        },
        What::Refer => Of {
            anybody: true,
            ..chain("referral")
        },
        What::FindReceiver => Of {
            group: Group::FollowUps,
            overdue: "follow_up.overdue",
            recorded: true,
            ..chain("organisation")
        },
        What::RehabilitationContact => Of {
            group: Group::FollowUps,
            overdue: "follow_up.overdue",
            recorded: true,
            anybody: true,
            is_said: true,
            ..chain("contact")
        },
        What::Recheck => Of {
            group: Group::FollowUps,
            overdue: "follow_up.overdue",
            recorded: true,
            is_said: true,
            ..chain("screening")
        },
        // The window closes by itself, and the lists of checks tell what was missed.
        What::Screen => Of {
            group: Group::Checks,
            climbs: false,
            ..chain("screening")
        },
        What::ReadResult => Of {
            group: Group::ToSettle,
            climbs: false,
            anybody: true,
            ..chain("done")
        },
        What::DecideDuplicate => Of {
            group: Group::ToSettle,
            climbs: false,
            ..other("duplicate")
        },
        What::StaffPlace => Of {
            group: Group::FollowUps,
            recorded: true,
            ..other("account")
        },
        What::ReviewApplication => Of {
            group: Group::Enrolment,
            ..other("check")
        },
        What::CompleteApplication => Of {
            group: Group::Enrolment,
            ..other("edit")
        },
        What::DeliverDecision => Of {
            group: Group::Enrolment,
            ..other("send")
        },
        What::ConcludeTrial => Of {
            group: Group::Enrolment,
            ..other("done")
        },
        What::RenewCertificate => Of {
            group: Group::Enrolment,
            ..other("calendar")
        },
        What::CheckVaccination => Of {
            group: Group::Enrolment,
            ..other("check")
        },
        What::SignAgreement => Of {
            group: Group::Enrolment,
            ..other("edit")
        },
        What::CollectSignature => Of {
            group: Group::Enrolment,
            ..other("contact")
        },
    }
}

/// Those of which something holds, for conditions on the column.
pub fn those(holds: impl Fn(Of) -> bool) -> Vec<What> {
    What::ALL.iter().copied().filter(|what| holds(of(*what))).collect()
}

/// The rows of a child's way through the chain that tasks are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A referral.
    Referral,
    /// A screening.
    Screen,
    /// A re-screen.
    Rescreen,
    /// A diagnosis.
    Diagnosis,
    /// A planned check.
    PlannedCheck,
    /// A notice that somebody has to read.
    Notice,
}

/// The row of the chain that a task is about; none for tasks of other features.
pub const fn link(focus: Focus) -> Option<Link> {
    Some(match focus {
        Focus::Referral => Link::Referral,
        Focus::Screen => Link::Screen,
        Focus::Rescreen => Link::Rescreen,
        Focus::Diagnosis => Link::Diagnosis,
        Focus::PlannedCheck => Link::PlannedCheck,
        Focus::Notice => Link::Notice,
        Focus::Duplicate
        | Focus::Organisation
        | Focus::Application
        | Focus::ApplicationStep
        | Focus::ApplicationMaterial
        | Focus::EnrolmentDecision
        | Focus::Agreement => return None,
    })
}

/// The table of rows that hang on one child by a `child_id`: a task goes with them where they go. None where a task is
/// about something else.
pub const fn table_on_a_child(focus: Focus) -> Option<&'static str> {
    match focus {
        Focus::Referral
        | Focus::Screen
        | Focus::Rescreen
        | Focus::Diagnosis
        | Focus::PlannedCheck
        | Focus::Notice
        | Focus::Application
        | Focus::ApplicationStep
        | Focus::ApplicationMaterial
        | Focus::EnrolmentDecision
        | Focus::Agreement => Some(focus.as_str()),
        Focus::Duplicate | Focus::Organisation => None,
    }
}

/// The roles of which one is enough to do it.
pub fn doers(what: What, role: Role) -> Vec<Role> {
    if of(what).anybody {
        Can::Refer.roles().to_vec()
    } else {
        vec![role]
    }
}

/// The page on which it is done.
pub fn page(id: TaskId, what: What, child: Option<ChildId>, focus: i64) -> String {
    match (what, child) {
        (
            What::ConfirmReferral
            | What::AnswerReferral
            | What::DoRescreen
            | What::DoDiagnosis
            | What::TakeIn
            | What::FindAnotherWay,
            _,
        ) => format!("/referrals/{focus}"),
        (What::Refer, Some(child)) => format!("/children/{child}/chain"),
        (What::Screen, Some(child)) => format!("/children/{child}/screens"),
        (What::ReadResult, _) => "/inbox".to_owned(),
        (What::ReviewApplication, _) => format!("/application-steps/{focus}"),
        (What::CompleteApplication, _) => format!("/applications/{focus}"),
        (What::DeliverDecision | What::ConcludeTrial | What::CheckVaccination, _) => {
            format!("/enrolment-decisions/{focus}")
        }
        (What::SignAgreement | What::CollectSignature, _) => format!("/agreements/{focus}"),
        (What::RenewCertificate, Some(child)) => format!("/children/{child}/enrolment"),
        (
            What::Refer
            | What::Screen
            | What::FindReceiver
            | What::RehabilitationContact
            | What::Recheck
            | What::DecideDuplicate
            | What::StaffPlace
            | What::RenewCertificate,
            _,
        ) => format!("/tasks/{id}"),
    }
}

/// A day by which something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The rows say it.
    On(NaiveDate),
    /// So long after the task was opened, and that day stands.
    Within(Term),
    /// No day.
    Never,
}

/// How long something may take from the moment at which it is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// As an answer to a referral.
    Answer,
    /// As the first talk with the family of a diagnosed child.
    Contact,
}

/// The days on which the terms end that begin today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// See [`Term::Answer`].
    pub answer: NaiveDate,
    /// See [`Term::Contact`].
    pub contact: NaiveDate,
}

impl Terms {
    /// The day that is meant.
    pub const fn day(self, term: Term) -> NaiveDate {
        match term {
            Term::Answer => self.answer,
            Term::Contact => self.contact,
        }
    }
}

/// Something that has to be done, as the rows ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub what: What,
    /// About which row.
    pub focus: (Focus, i64),
    /// It is what moves the child on.
    pub leads: bool,
    /// By whom.
    pub organisation: OrganisationId,
    /// By which role there.
    pub role: Role,
    /// By one person alone.
    pub owner: Option<AccountId>,
    /// By when.
    pub due: Due,
}

impl Wanted {
    /// It is what a task is there for.
    pub fn is(&self, task: &task::Model) -> bool {
        (task.what, task.focus, task.focus_id) == (self.what, self.focus.0, self.focus.1)
    }

    /// The task that is open for it.
    pub fn open_in<'t>(&self, tasks: &'t [task::Model]) -> Option<&'t task::Model> {
        tasks.iter().find(|task| task.state == TaskState::Open && self.is(task))
    }

    /// The day by which it is to be done; none while a term has not begun.
    pub fn due_on(&self, tasks: &[task::Model]) -> Option<NaiveDate> {
        match self.due {
            Due::On(day) => Some(day),
            Due::Within(_) => self.open_in(tasks).and_then(|task| task.due_on),
            Due::Never => None,
        }
    }
}

/// What has to be written so that what is open is what is wanted.
#[derive(Debug, Default)]
pub struct Plan<'r> {
    /// Not wanted any more, and how each ended.
    pub end: Vec<(&'r task::Model, TaskState)>,
    /// Open, and something about it is another now.
    pub change: Vec<(&'r task::Model, &'r Wanted)>,
    /// Was cancelled, and is wanted again of the same place.
    pub reopen: Vec<(&'r task::Model, &'r Wanted)>,
    /// New.
    pub open: Vec<&'r Wanted>,
}

impl<'r> Plan<'r> {
    /// Compare the tasks of a child (or of anything else), open and ended, with what is wanted. `ending` says how one
    /// ended that is not wanted any more.
    pub fn of(tasks: &'r [task::Model], wanted: &'r [Wanted], ending: impl Fn(&task::Model) -> TaskState) -> Self {
        let mut plan = Self {
            end: tasks
                .iter()
                .filter(|task| task.state == TaskState::Open && !wanted.iter().any(|one| one.is(task)))
                .map(|task| (task, ending(task)))
                .collect(),
            ..Self::default()
        };
        for one in wanted {
            if let Some(task) = one.open_in(tasks) {
                let other_day = matches!(one.due, Due::On(_) | Due::Never) && task.due_on != one.due_on(tasks);
                let other_hands = (task.organisation_id, task.role, task.owner_id, task.leads)
                    != (one.organisation, one.role, one.owner, one.leads);
                if other_day || other_hands {
                    plan.change.push((task, one));
                }
                continue;
            }
            let before = tasks
                .iter()
                .rfind(|task| one.is(task))
                .filter(|task| task.state == TaskState::Cancelled && task.organisation_id == one.organisation);
            match before {
                Some(task) => plan.reopen.push((task, one)),
                None => plan.open.push(one),
            }
        }
        plan
    }

    /// Nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.end.is_empty() && self.change.is_empty() && self.reopen.is_empty() && self.open.is_empty()
    }

    /// The days of terms have to be looked up.
    pub fn begins_a_term(&self) -> bool {
        let within = |one: &Wanted| matches!(one.due, Due::Within(_));
        self.open.iter().any(|one| within(one))
            || self
                .change
                .iter()
                .any(|(task, one)| within(one) && task.organisation_id != one.organisation)
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
