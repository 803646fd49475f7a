//! In which order families wait, and why: groups of the dated rule, within a group the day that counts, then the number of the
//! application. Twins stand together, where the first of them does. Pure: nothing of it is stored, and nobody types it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{ApplicationId, ChildId, words::Economy};

use crate::places::rules::{Asked, Means, Priority, PriorityGroup, Severity, Sibling};

/// What the order asks of somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The application.
    pub application: ApplicationId,
    /// Its child.
    pub child: ChildId,
    /// The lowest number among the applications of children born together who wait at the same list; its own without.
    pub together: ApplicationId,
    /// Completed months of life.
    pub age_months: u32,
    /// The newest finished scale with bands says severe.
    pub severe: bool,
    /// What the family lives on.
    pub economy: Economy,
    /// A brother or sister has a place at the centre.
    pub sibling_enrolled: bool,
    /// A brother or sister waits there as well.
    pub sibling_waits: bool,
    /// Moved here from another district within the months of the rule.
    pub moved: bool,
    /// Was referred on before.
    pub returned: bool,
    /// The day of the application.
    pub applied_on: NaiveDate,
    /// The day on which an offer ran out without an answer, the first time: it goes down once.
    pub silent_on: Option<NaiveDate>,
}

impl Waits {
    /// The day that counts.
    pub fn since(&self) -> NaiveDate {
        self.silent_on.map_or(self.applied_on, |day| day.max(self.applied_on))
    }
}

/// Something that a way into a group asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// At least so many months old.
    From(u32),
    /// Younger than so many months.
    Below(u32),
    /// Severe by a scale.
    Severe,
    /// On an allowance, destitute, or an orphan.
    Subsistence,
    /// One of these, or of low income.
    LowIncome,
    /// A brother or sister at the centre.
    SiblingEnrolled,
    /// A brother or sister who has a place or waits.
    SiblingWaits,
    /// Moved here.
    Moved,
    /// Came back.
    Returned,
}

impl Condition {
    /// It holds.
    pub fn holds(self, of: &Waits) -> bool {
        match self {
            Self::From(months) => of.age_months >= months,
            Self::Below(months) => of.age_months < months,
            Self::Severe => of.severe,
            Self::Subsistence => Means::Subsistence.holds(of.economy),
            Self::LowIncome => Means::LowIncome.holds(of.economy),
            Self::SiblingEnrolled => of.sibling_enrolled,
            Self::SiblingWaits => of.sibling_enrolled || of.sibling_waits,
            Self::Moved => of.moved,
            Self::Returned => of.returned,
        }
    }

    /// It may still come to hold: nobody grows younger.
    pub const fn can_come(self) -> bool {
        match self {
            Self::Below(_) => false,
            Self::From(_)
            | Self::Severe
            | Self::Subsistence
            | Self::LowIncome
            | Self::SiblingEnrolled
            | Self::SiblingWaits
            | Self::Moved
            | Self::Returned => true,
        }
    }
}

/// What a way into a group asks for.
pub fn conditions(row: &PriorityGroup) -> Vec<Condition> {
    let mut all = Vec::new();
    if row.from_months > 0 {
        all.push(Condition::From(row.from_months));
    }
    if row.below_months > 0 {
        all.push(Condition::Below(row.below_months));
    }
    match row.severity {
        Severity::Any => {}
        Severity::Severe => all.push(Condition::Severe),
    }
    match row.means {
        Means::Any => {}
        Means::Subsistence => all.push(Condition::Subsistence),
        Means::LowIncome => all.push(Condition::LowIncome),
    }
    match row.sibling {
        Sibling::Any => {}
        Sibling::Enrolled => all.push(Condition::SiblingEnrolled),
        Sibling::Waiting => all.push(Condition::SiblingWaits),
    }
    if row.moved == Asked::Yes {
        all.push(Condition::Moved);
    }
    if row.returned == Asked::Yes {
        all.push(Condition::Returned);
    }
    all
}

/// Where somebody stands, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The application.
    pub application: ApplicationId,
    /// The group that it stands in.
    pub group: String,
    /// What brought it there; empty in a group that takes everybody.
    pub because: Vec<Condition>,
    /// It stands there with a twin, who came first.
    pub with_twin: bool,
    /// The day that counts.
    pub since: NaiveDate,
    /// It went down once, on this day.
    pub silent_on: Option<NaiveDate>,
    /// The first and the last place of its group that those of its day take.
    pub range: (usize, usize),
    /// How many its group has.
    pub of: usize,
    /// Groups that stand before, and what each lacks.
    pub would_change: Vec<Change>,
}

/// What would bring somebody into a group that stands before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The group.
    pub group: String,
    /// What is lacking.
    pub lacks: Vec<Condition>,
}

/// Where somebody stands by themselves: the group's place in the rule, the day, the number.
type Standing = (usize, NaiveDate, ApplicationId);

/// The first way whose conditions all hold: the place of its group in the rule, and the conditions.
fn way(rule: &Priority, one: &Waits) -> (usize, Vec<Condition>) {
    let ways = rule.groups.iter().map(conditions).enumerate();
    let mut open = ways.filter(|(_, all)| all.iter().all(|condition| condition.holds(one)));
    let (at, because) = open.next().unwrap_or((rule.groups.len(), Vec::new()));
    let code = rule.groups.get(at).map(|row| &row.code);
    // Ways into one group are one group.
    let first = rule.groups.iter().position(|row| Some(&row.code) == code);
    (first.unwrap_or(at), because)
}

/// The order of everybody who waits at one list.
pub fn order(rule: &Priority, waiting: &[Waits]) -> Vec<Place> {
    let ways: Vec<(usize, Vec<Condition>)> = waiting.iter().map(|one| way(rule, one)).collect();
    let mut leads: BTreeMap<ApplicationId, Standing> = BTreeMap::new();
    for (one, (at, _)) in waiting.iter().zip(&ways) {
        let own = (*at, one.since(), one.application);
        let lead = leads.entry(one.together).or_insert(own);
        *lead = (*lead).min(own);
    }
    let lead_of = |one: &Waits| leads.get(&one.together).copied();
    let mut rows: Vec<(&Waits, &Vec<Condition>, Standing)> = waiting
        .iter()
        .zip(&ways)
        .filter_map(|(one, (_, because))| Some((one, because, lead_of(one)?)))
        .collect();
    // Of twins the one who came first stands first.
    rows.sort_by_key(|(one, _, lead)| (*lead, one.since(), one.application));
    let code = |at: usize| rule.groups.get(at).map(|row| row.code.clone()).unwrap_or_default();
    let places = rows.iter().map(|(one, because, (at, since, lead))| {
        let group = |other: &&(&Waits, &Vec<Condition>, Standing)| other.2.0 == *at;
        let before = rows.iter().filter(group).filter(|other| other.2.1 < *since).count();
        let same_day = rows.iter().filter(group).filter(|other| other.2.1 == *since).count();
        let own = way(rule, one).0 == *at;
        Place {
            application: one.application,
            group: code(*at),
            because: if own { (*because).clone() } else { Vec::new() },
            with_twin: *lead != one.application,
            since: *since,
            silent_on: one.silent_on.filter(|day| day == since),
            range: (before + 1, before + same_day),
            of: rows.iter().filter(group).count(),
            would_change: changes(rule, one, *at),
        }
    });
    places.collect()
}

/// What would bring somebody further forward: of each group that stands before, the way that lacks least.
fn changes(rule: &Priority, one: &Waits, at: usize) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    for row in rule.groups.iter().take(at) {
        let lacks: Vec<Condition> = conditions(row).into_iter().filter(|all| !all.holds(one)).collect();
        if lacks.iter().any(|condition| !condition.can_come()) {
            continue;
        }
        let known = found.iter_mut().find(|change| change.group == row.code);
        match known {
            Some(change) if lacks.len() < change.lacks.len() => change.lacks = lacks,
            Some(_) => {}
            None => found.push(Change {
                group: row.code.clone(),
                lacks,
            }),
        }
    }
    found
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
