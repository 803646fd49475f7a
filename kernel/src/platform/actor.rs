//! Who acts. Nobody acts anonymously: people, sweeps and commands alike.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU8, Ordering},
};

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    AccountId, GuardianId, OrganisationId,
    import::job,
    organisation::organisation,
    words::{OrganisationKind, Role},
};

use super::{Submission, clock};

/// The organisation that somebody acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workplace {
    /// Its row.
    pub id: OrganisationId,
    /// What it is in the chain.
    pub kind: OrganisationKind,
    /// As printed.
    pub name: String,
    /// Division code prefix.
    pub coverage: String,
}

impl Workplace {
    /// An organisation as the place where somebody acts.
    pub fn of(place: organisation::Model) -> Self {
        Self {
            id: place.id,
            kind: place.kind,
            name: place.name,
            coverage: place.coverage,
        }
    }
}

/// Who acts, for whom, when and why. One instant for the whole request.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; none for sweeps and commands.
    pub account: Option<AccountId>,
    /// A guardian who was let in without an account, to what waits for them and nothing else.
    pub guardian: Option<GuardianId>,
    /// User name, or the name of the sweep or command.
    pub name: String,
    /// Where they work; none for sweeps and commands, which act for the whole database.
    pub workplace: Option<Workplace>,
    /// Roles held there.
    pub roles: Vec<Role>,
    /// Now.
    pub now: DateTime<Utc>,
    /// Request id, command line or sweep run.
    pub cause: String,
    /// The form that was submitted: the same one counts once.
    pub submission: Option<Submission>,
    /// Network address it came from.
    pub remote: String,
    /// What became of what this actor wrote.
    pub fate: Fate,
}

/// What became of the writes of one request, for a page that has to say so when something fails later on.
#[derive(Clone, Debug, Default)]
pub struct Fate(Arc<Decided>);

#[derive(Debug, Default)]
struct Decided {
    saved: AtomicU8,
    came_first: AtomicBool,
}

/// Whether something was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Nothing.
    No,
    /// A commit is under way, or its answer never came.
    Perhaps,
    /// It is in the database.
    Yes,
}

impl Fate {
    /// Whether something was saved.
    pub fn saved(&self) -> Saved {
        match self.0.saved.load(Ordering::Acquire) {
            0 => Saved::No,
            1 => Saved::Perhaps,
            _ => Saved::Yes,
        }
    }

    /// The token of the submitted form was not known before this request.
    pub fn came_first(&self) -> bool {
        self.0.came_first.load(Ordering::Acquire)
    }

    pub(super) fn comes_first(&self) {
        self.0.came_first.store(true, Ordering::Release);
    }

    // What was saved once stays saved, whatever comes of a second transaction.
    pub(super) fn is_being_decided(&self) {
        self.0.saved.fetch_max(1, Ordering::AcqRel);
    }

    pub(super) fn is_nothing(&self) {
        let _ = self.0.saved.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Acquire);
    }

    pub(super) fn is_saved(&self) {
        self.0.saved.store(2, Ordering::Release);
    }
}

impl Actor {
    /// A sweep or a command: acts for the system as a whole.
    pub fn system(name: &str, now: DateTime<Utc>) -> Self {
        Self {
            account: None,
            guardian: None,
            name: name.to_owned(),
            workplace: None,
            roles: Vec::new(),
            now,
            cause: format!("{name}@{}", now.timestamp()),
            submission: None,
            remote: String::new(),
            fate: Fate::default(),
        }
    }

    /// Whoever began a job, as they would act now: the work is theirs, whatever server does it. Without a user name it was
    /// begun from the command line, and goes by its own.
    pub fn for_job(
        job: &job::Model,
        work: &str,
        user_name: Option<&str>,
        place: organisation::Model,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            account: job.created_by,
            cause: format!("{work}/{}", job.id),
            workplace: Some(Workplace::of(place)),
            ..Self::system(user_name.unwrap_or(work), now)
        }
    }

    /// The calendar day where the users are.
    pub fn today(&self) -> NaiveDate {
        clock::day_of(self.now)
    }

    /// Holds this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// A federation looks on, and so does the system; the others take part.
    pub fn looks_on(&self) -> bool {
        self.workplace.as_ref().is_none_or(|place| place.kind.is_federation())
    }

    /// Coverage of the workplace; the empty prefix, which covers everything, for the system.
    pub fn coverage(&self) -> &str {
        self.workplace.as_ref().map_or("", |w| w.coverage.as_str())
    }

    /// The district of the workplace: whoever administers a street works in its district.
    pub fn district(&self) -> &str {
        self.coverage().get(..6).unwrap_or(self.coverage())
    }

    /// The same without the token of the form, for a form that may come again: a password that is typed a second time.
    #[must_use]
    pub fn without_submission(&self) -> Self {
        Self {
            submission: None,
            ..self.clone()
        }
    }

    /// A sweep or a command: neither an account nor a guardian.
    pub const fn is_system(&self) -> bool {
        self.account.is_none() && self.guardian.is_none()
    }

    /// The account, for rows that must name a person.
    pub fn person(&self) -> super::Result<AccountId> {
        self.account.ok_or(super::Error::Forbidden)
    }

    /// The organisation, for rows that must name one.
    pub fn organisation(&self) -> super::Result<OrganisationId> {
        self.workplace.as_ref().map(|w| w.id).ok_or(super::Error::Forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Saved};

    #[test]
    fn what_was_saved_once_stays_saved() {
        let fate = Fate::default();
        assert_eq!(fate.saved(), Saved::No);
        fate.is_being_decided();
        assert_eq!(fate.clone().saved(), Saved::Perhaps);
        fate.is_nothing();
        assert_eq!(fate.saved(), Saved::No);
        fate.is_being_decided();
        fate.is_saved();
        fate.is_being_decided();
        fate.is_nothing();
        assert_eq!(fate.saved(), Saved::Yes);
    }
}
