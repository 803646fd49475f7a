//! Where an entry stands in its chain, and who may decide about it now. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    AccountId,
    words::{ReviewEffect, ReviewOutcome},
};

use super::{
    super::Actor,
    chain::{Chain, Resumes, Step},
    condition::Facts,
};

/// What somebody entered, with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who entered it, or completed it last.
    pub by: AccountId,
    /// Counts the times that it was entered and completed.
    pub version: i32,
    /// The day on which this version was entered.
    pub since: NaiveDate,
    /// What was decided, about all versions, in the order in which it was.
    pub decisions: Vec<Decision>,
}

/// What was decided at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: AccountId,
    /// About which version.
    pub version: i32,
    /// Which step.
    pub step: String,
    /// How.
    pub outcome: ReviewOutcome,
    /// When.
    pub on: NaiveDate,
}

/// A step that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting<'c> {
    /// The stage that it is in.
    pub stage: usize,
    /// The step.
    pub step: &'c Step,
    /// The day on which it began to wait.
    pub since: NaiveDate,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'c> {
    /// These steps have to be decided; each by itself.
    Waits(Vec<Waiting<'c>>),
    /// All stages are through; what the last step came to, none where no step was called for.
    Done(Option<ReviewOutcome>),
    /// Whoever entered it completes it.
    Returned(&'c Step),
    /// It is over.
    Refused(&'c Step),
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
    /// Where an entry stands. What was decided about earlier versions counts no more, unless the chain goes on where it was
    /// returned: then it counts for the stages before.
    pub fn standing<'c>(&'c self, entry: &Entry, facts: &Facts) -> Standing<'c> {
        let counting = self.counting(entry, entry.version);
        let mut since = entry.since;
        let mut last = None;
        for (n, stage) in self.stages.iter().enumerate() {
            let mut waiting = Vec::new();
            let mut through = since;
            for step in stage.steps.iter().filter(|step| step.is_called_for(facts)) {
                match counting.iter().find(|made| made.step == step.code) {
                    None => waiting.push(Waiting { stage: n, step, since }),
                    Some(made) => match made.outcome.effect() {
                        ReviewEffect::Return => return Standing::Returned(step),
                        ReviewEffect::End => return Standing::Refused(step),
                        ReviewEffect::On => {
                            through = through.max(made.on);
                            last = Some(made.outcome);
                        }
                    },
                }
            }
            if !waiting.is_empty() {
                return Standing::Waits(waiting);
            }
            since = through;
        }
        Standing::Done(last)
    }

    /// The step that somebody may decide now: the first of those that wait for them.
    ///
    /// # Errors
    /// Why not.
    pub fn decidable<'c>(&'c self, entry: &Entry, facts: &Facts, by: &Actor) -> Result<&'c Step, Bar> {
        let theirs = self.theirs(entry, facts, by)?;
        theirs.into_iter().next().ok_or(Bar::NotTheirs)
    }

    /// All steps that somebody may decide now; they may decide one of them.
    ///
    /// # Errors
    /// Why there is none.
    pub fn theirs<'c>(&'c self, entry: &Entry, facts: &Facts, by: &Actor) -> Result<Vec<&'c Step>, Bar> {
        let Standing::Waits(waiting) = self.standing(entry, facts) else {
            return Err(Bar::Over);
        };
        if by.account.is_some_and(|person| self.took_part(entry, person)) {
            return Err(Bar::AnotherPerson);
        }
        let place = by.workplace.as_ref().map(|place| place.kind);
        let theirs: Vec<&Step> = waiting
            .into_iter()
            .map(|one| one.step)
            .filter(|step| {
                let there = step.organisation.is_none_or(|kind| place == Some(kind));
                there && step.roles.iter().any(|role| by.is(*role))
            })
            .collect();
        if theirs.is_empty() {
            Err(Bar::NotTheirs)
        } else {
            Ok(theirs)
        }
    }

    /// Decide a step, as somebody who read a version of the entry; where it stands then.
    ///
    /// # Errors
    /// Why that may not be.
    pub fn decide<'c>(
        &'c self,
        entry: &mut Entry,
        facts: &Facts,
        by: &Actor,
        (version, outcome): (i32, ReviewOutcome),
    ) -> Result<Standing<'c>, Bar> {
        if version != entry.version {
            return Err(Bar::Changed);
        }
        let step = self.decidable(entry, facts, by)?;
        if !step.outcomes.contains(&outcome) {
            return Err(Bar::NoSuchOutcome);
        }
        entry.decisions.push(Decision {
            by: by.account.ok_or(Bar::NotTheirs)?,
            version,
            step: step.code.clone(),
            outcome,
            on: by.today(),
        });
        Ok(self.standing(entry, facts))
    }

    /// Somebody entered this version, or decided a step that counts for it.
    pub fn took_part(&self, entry: &Entry, person: AccountId) -> bool {
        let decided = |made: &&Decision| made.by == person;
        entry.by == person || self.counting(entry, entry.version).iter().any(decided)
    }

    /// The stage at which a version begins.
    fn begins(&self, entry: &Entry, version: i32) -> usize {
        let before = entry.decisions.iter().filter(|made| made.version == version - 1);
        let mut returns = before.filter(|made| made.outcome.effect() == ReviewEffect::Return);
        match self.resumes {
            Resumes::AtTheFirst => 0,
            Resumes::WhereReturned => returns
                .find_map(|made| self.step(&made.step))
                .map_or(0, |(stage, _)| stage),
        }
    }

    /// The decisions that count for a version.
    fn counting<'e>(&self, entry: &'e Entry, version: i32) -> Vec<&'e Decision> {
        let begins = self.begins(entry, version);
        let mut counting = Vec::new();
        if begins > 0 && version > 1 {
            let stands: BTreeSet<&str> = self
                .steps()
                .filter(|(stage, _)| *stage < begins)
                .map(|(_, step)| step.code.as_str())
                .collect();
            counting = self.counting(entry, version - 1);
            counting.retain(|made| stands.contains(made.step.as_str()));
        }
        counting.extend(entry.decisions.iter().filter(|made| made.version == version));
        counting
    }
}

impl Step {
    /// All its conditions hold.
    pub fn is_called_for(&self, facts: &Facts) -> bool {
        self.when.iter().all(|condition| condition.holds(facts))
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
