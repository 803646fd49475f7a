//! One session: what it costs, why its lead, and where else it could be.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Difference,
    alternatives::{Alternative, Gap, Times},
    lead::{LeadReport, lead},
    week::{Broken, Lesson},
};
use crate::{
    problem::{ChildId, Pin, Problem},
    score::{EXAMPLES, Example, Hard, examples},
    solution::{Session, Solution},
};

/// What there is to say about a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionReport {
    /// The session.
    #[serde(flatten)]
    pub lesson: Lesson,
    /// Who comes.
    pub children: Vec<ChildId>,
    /// Which session of its prescription or class it is in the week, from 1.
    pub nth: usize,
    /// Sessions of the prescription or class that the timetable has.
    pub held: usize,
    /// Sessions that are prescribed.
    pub prescribed: usize,
    /// What was decided about it before the timetable was made.
    pub pin: Option<Pin>,
    /// The rules that are broken because of it.
    pub broken: Vec<Broken>,
    /// What it adds to the cost of the week: as it is, and without the session.
    pub cost: Difference,
    /// Who leads it, and why.
    pub lead: LeadReport,
    /// The other times that a week has for it.
    pub times: Times,
    /// Where else it could be with everything else as it is, the cheapest first.
    pub alternatives: Vec<Alternative>,
}

impl SessionReport {
    /// What the cheapest other place would save; 0 where none is cheaper.
    pub fn saves(&self) -> i64 {
        self.alternatives.first().map_or(0, |a| -a.cost.cost).max(0)
    }
}

/// Look at one session, by its place in the timetable. Nothing for one that does not exist.
pub fn session(problem: &Problem, solution: &Solution, number: usize) -> Option<SessionReport> {
    let mut gap = Gap::new(problem, solution, number)?;
    let (alternatives, times) = gap.alternatives();
    let when = |s: &Session| (s.day, s.start);
    Some(SessionReport {
        lesson: Lesson {
            number,
            session: gap.session,
        },
        children: gap.kids.clone(),
        nth: 1 + gap.siblings.iter().filter(|s| when(s) < when(&gap.session)).count(),
        held: gap.siblings.len() + 1,
        prescribed: gap.series.sessions,
        pin: gap.pin().cloned(),
        broken: broken(&gap, solution, number),
        cost: Difference::between(&gap.without, &gap.before),
        lead: lead(&mut gap, solution),
        times,
        alternatives,
    })
}

/// What is broken with the session and not without it.
fn broken(gap: &Gap<'_>, solution: &Solution, number: usize) -> Vec<Broken> {
    let count = |hard: &BTreeMap<Hard, usize>, rule| hard.get(&rule).copied().unwrap_or(0);
    let more = |(&rule, &times): (&Hard, &usize)| {
        let times = times.saturating_sub(count(&gap.without.hard, rule));
        (times > 0).then_some((rule, times))
    };
    let rules: Vec<(Hard, usize)> = gap.before.hard.iter().filter_map(more).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let mut without = solution.clone();
    without.sessions.remove(number);
    let (with, without) = (examples(gap.problem, solution), examples(gap.problem, &without));
    let nothing = Vec::new();
    let only_with = |rule| -> Vec<Example> {
        let there = without.get(&rule).unwrap_or(&nothing);
        let all = with.get(&rule).unwrap_or(&nothing).iter();
        all.filter(|e| !there.contains(e)).take(EXAMPLES).copied().collect()
    };
    rules
        .into_iter()
        .map(|(rule, times)| Broken {
            rule,
            times,
            examples: only_with(rule),
        })
        .collect()
}
