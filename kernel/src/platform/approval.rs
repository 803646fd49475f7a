//! Approval (审批): one person enters something, and others decide about it, step by step.
//!
//! Which steps there are is data: who decides (a role in a kind of organisation), within how many working days, and what
//! may come of it. What holds for every chain stands here: nobody approves what he entered, nobody decides two steps of one
//! version, and what was returned for completion comes back as a new version and begins at the first step.
//!
//! ```text
//! step 1 ─approved─> step 2 ─approved─> … ─> approved
//!    └──returned, refused──┘
//! ```

use chrono::NaiveDate;
use entities::{
    AccountId,
    words::{OrganisationKind, Role},
};

use super::{Actor, Calendar};

/// What may come of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// On to the next step, or done.
    Approved,
    /// Whoever entered it completes it; then it begins again.
    Returned,
    /// It is over.
    Refused,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name in rows and events.
    pub name: &'static str,
    /// The organisation that decides; none: any whose people hold the role.
    pub kind: Option<OrganisationKind>,
    /// Who decides there.
    pub role: Role,
    /// Until when; none: its feature says so.
    pub working_days: Option<u16>,
    /// What may come of it.
    pub outcomes: &'static [Outcome],
}

/// The steps, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain(pub &'static [Step]);

/// What somebody entered, with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who entered it, or completed it last.
    pub by: AccountId,
    /// Counts the times that it was entered and completed.
    pub version: i32,
    /// In the order in which they were made.
    pub decisions: Vec<Decision>,
}

/// What was decided at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: AccountId,
    /// About which version.
    pub version: i32,
    /// How.
    pub outcome: Outcome,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A step has to be decided.
    Waits(Step),
    /// All steps are approved.
    Approved,
    /// Whoever entered it completes it.
    Returned,
    /// It is over.
    Refused,
}

/// Why somebody may not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// There is nothing to decide any more.
    Over,
    /// It changed since it was read.
    Changed,
    /// Their own entry, or they decided a step of it already: another person decides.
    AnotherPerson,
    /// Not the role, or not the organisation.
    NotTheirs,
    /// The step has no such outcome.
    NoSuchOutcome,
}

impl Chain {
    /// Where an entry stands. What was decided about earlier versions counts no more.
    pub fn standing(self, entry: &Entry) -> Standing {
        let mut steps = self.0.iter();
        let mut step = steps.next();
        for decision in entry.decisions.iter().filter(|made| made.version == entry.version) {
            match decision.outcome {
                Outcome::Approved => step = steps.next(),
                Outcome::Returned => return Standing::Returned,
                Outcome::Refused => return Standing::Refused,
            }
        }
        step.map_or(Standing::Approved, |step| Standing::Waits(*step))
    }

    /// The step that somebody may decide now.
    ///
    /// # Errors
    /// Why not.
    pub fn decidable(self, entry: &Entry, by: &Actor) -> Result<Step, Bar> {
        let Standing::Waits(step) = self.standing(entry) else {
            return Err(Bar::Over);
        };
        let mut earlier = entry.decisions.iter().filter(|made| made.version == entry.version);
        if by.account == Some(entry.by) || earlier.any(|made| by.account == Some(made.by)) {
            return Err(Bar::AnotherPerson);
        }
        let place = by.workplace.as_ref().map(|place| place.kind);
        if !by.is(step.role) || step.kind.is_some_and(|kind| place != Some(kind)) {
            return Err(Bar::NotTheirs);
        }
        Ok(step)
    }

    /// Where the entry stands when somebody who read a version of it decides.
    ///
    /// # Errors
    /// Why that may not be.
    pub fn decide(self, entry: &mut Entry, by: &Actor, version: i32, outcome: Outcome) -> Result<Standing, Bar> {
        if version != entry.version {
            return Err(Bar::Changed);
        }
        let step = self.decidable(entry, by)?;
        if !step.outcomes.contains(&outcome) {
            return Err(Bar::NoSuchOutcome);
        }
        let person = by.account.ok_or(Bar::NotTheirs)?;
        entry.decisions.push(Decision {
            by: person,
            version,
            outcome,
        });
        Ok(self.standing(entry))
    }
}

impl Step {
    /// The last day for it, when it began to wait on a day.
    pub fn due_on(self, since: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        self.working_days.map(|days| calendar.add_working_days(since, days).0)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entities::OrganisationId;

    use super::*;
    use crate::platform::Workplace;

    const CHAIN: Chain = Chain(&[
        Step {
            name: "first",
            kind: Some(OrganisationKind::StreetFederation),
            role: Role::FederationOfficer,
            working_days: Some(5),
            outcomes: &[Outcome::Approved, Outcome::Returned],
        },
        Step {
            name: "second",
            kind: Some(OrganisationKind::Federation),
            role: Role::FederationOfficer,
            working_days: None,
            outcomes: &[Outcome::Approved, Outcome::Returned, Outcome::Refused],
        },
    ]);

    fn person(account: i64, kind: OrganisationKind, role: Role) -> Actor {
        Actor {
            account: Some(AccountId(account)),
            roles: vec![role],
            workplace: Some(Workplace {
                id: OrganisationId(1),
                kind,
                name: String::new(),
                coverage: "330211".to_owned(),
            }),
            ..Actor::system("test", DateTime::default())
        }
    }

    fn street(account: i64) -> Actor {
        person(account, OrganisationKind::StreetFederation, Role::FederationOfficer)
    }

    fn district(account: i64) -> Actor {
        person(account, OrganisationKind::Federation, Role::FederationOfficer)
    }

    fn entry() -> Entry {
        Entry {
            by: AccountId(1),
            version: 1,
            decisions: Vec::new(),
        }
    }

    fn at(entry: &Entry) -> &'static str {
        match CHAIN.standing(entry) {
            Standing::Waits(step) => step.name,
            Standing::Approved => "approved",
            Standing::Returned => "returned",
            Standing::Refused => "refused",
        }
    }

    #[test]
    fn step_by_step_and_each_by_another_person() {
        let mut entry = entry();
        assert_eq!(
            CHAIN.decide(&mut entry, &street(1), 1, Outcome::Approved),
            Err(Bar::AnotherPerson),
            "nobody approves what he entered"
        );
        assert_eq!(
            CHAIN.decide(&mut entry, &district(3), 1, Outcome::Approved),
            Err(Bar::NotTheirs)
        );
        let screener = person(2, OrganisationKind::StreetFederation, Role::Screener);
        assert_eq!(
            CHAIN.decide(&mut entry, &screener, 1, Outcome::Approved),
            Err(Bar::NotTheirs)
        );
        CHAIN.decide(&mut entry, &street(2), 1, Outcome::Approved).unwrap();
        assert_eq!(at(&entry), "second");
        assert_eq!(
            CHAIN.decide(&mut entry, &district(2), 1, Outcome::Approved),
            Err(Bar::AnotherPerson),
            "nobody decides two steps"
        );
        CHAIN.decide(&mut entry, &district(3), 1, Outcome::Approved).unwrap();
        assert_eq!(at(&entry), "approved");
        assert_eq!(
            CHAIN.decide(&mut entry, &district(4), 1, Outcome::Refused),
            Err(Bar::Over)
        );
    }

    #[test]
    fn what_was_returned_begins_again_as_another_version() {
        let mut entry = entry();
        CHAIN.decide(&mut entry, &street(2), 1, Outcome::Approved).unwrap();
        CHAIN.decide(&mut entry, &district(3), 1, Outcome::Returned).unwrap();
        assert_eq!(at(&entry), "returned");
        assert_eq!(CHAIN.decidable(&entry, &street(2)), Err(Bar::Over));
        entry.version = 2;
        assert_eq!(at(&entry), "first");
        assert_eq!(
            CHAIN.decide(&mut entry, &street(2), 1, Outcome::Approved),
            Err(Bar::Changed),
            "decided about what was read"
        );
        CHAIN.decide(&mut entry, &street(2), 2, Outcome::Approved).unwrap();
        CHAIN.decide(&mut entry, &district(3), 2, Outcome::Refused).unwrap();
        assert_eq!(at(&entry), "refused");
    }

    #[test]
    fn a_step_has_its_own_outcomes_and_days() {
        let mut entry = entry();
        assert_eq!(
            CHAIN.decide(&mut entry, &street(2), 1, Outcome::Refused),
            Err(Bar::NoSuchOutcome)
        );
        let calendar = Calendar::new([]);
        let monday: NaiveDate = "2026-11-02".parse().unwrap();
        let due = CHAIN.0.iter().map(|step| step.due_on(monday, &calendar));
        assert_eq!(due.collect::<Vec<_>>(), [Some("2026-11-09".parse().unwrap()), None]);
    }
}
