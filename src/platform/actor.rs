//! Who acts. Nobody acts anonymously: people, sweeps and commands alike.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    AccountId, OrganisationId,
    words::{OrganisationKind, Role},
};

use super::clock;

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

/// Who acts, for whom, when and why. One instant for the whole request.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; none for sweeps and commands.
    pub account: Option<AccountId>,
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
    /// Token of the form that was submitted: the same one counts once.
    pub submission: Option<String>,
    /// Network address it came from.
    pub remote: String,
}

impl Actor {
    /// A sweep or a command: acts for the system as a whole.
    pub fn system(name: &str, now: DateTime<Utc>) -> Self {
        Self {
            account: None,
            name: name.to_owned(),
            workplace: None,
            roles: Vec::new(),
            now,
            cause: format!("{name}@{}", now.timestamp()),
            submission: None,
            remote: String::new(),
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

    /// Coverage of the workplace; the empty prefix, which covers everything, for the system.
    pub fn coverage(&self) -> &str {
        self.workplace.as_ref().map_or("", |w| w.coverage.as_str())
    }

    /// The same without the token of the form, for a form that may come again: a password that is typed a second time.
    #[must_use]
    pub fn without_submission(&self) -> Self {
        Self {
            submission: None,
            ..self.clone()
        }
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
