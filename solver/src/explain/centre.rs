//! What each centre has of the week.

use std::collections::BTreeMap;

use serde::Serialize;

use super::week::{Missing, Unplaced};
use crate::{
    problem::{Problem, SiteId, Task},
    score::{Share, Soft, Whose},
    solution::Solution,
};

/// A centre's part of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CentreReport {
    /// Which; nothing for the teachers who work for more than one.
    pub centre: Option<usize>,
    /// Children who come there.
    pub children: usize,
    /// Teachers who work there and nowhere else.
    pub teachers: usize,
    /// Sessions held there.
    pub sessions: usize,
    /// Sessions and places that are missing.
    pub missing: usize,
    /// What it has of the cost.
    pub cost: i64,
}

pub(super) fn centres(
    problem: &Problem,
    solution: &Solution,
    missing: &[Missing],
    unplaced: &[Unplaced],
    shares: &BTreeMap<Soft, Vec<Share>>,
) -> Vec<CentreReport> {
    let mut centres: BTreeMap<(bool, Option<usize>), CentreReport> = BTreeMap::new();
    // Those of several centres come last.
    let mut add = |centre: Option<usize>, what: &dyn Fn(&mut CentreReport)| {
        what(centres.entry((centre.is_none(), centre)).or_insert(CentreReport {
            centre,
            children: 0,
            teachers: 0,
            sessions: 0,
            missing: 0,
            cost: 0,
        }));
    };
    for child in &problem.children {
        add(of_site(problem, child.site), &|c| c.children += 1);
    }
    for id in 0..problem.teachers.len() {
        add(of(problem, Whose::Teacher(id)), &|c| c.teachers += 1);
    }
    for s in &solution.sessions {
        add(of_task(problem, s.task), &|c| c.sessions += 1);
    }
    for m in missing {
        add(of_task(problem, m.task), &|c| c.missing += m.sessions);
    }
    for u in unplaced {
        add(of(problem, Whose::Child(u.child)), &|c| c.missing += u.places);
    }
    for (term, shares) in shares {
        let weight = term.weight(&problem.weights);
        for share in shares {
            let cost = i64::try_from(share.units).unwrap_or(i64::MAX).saturating_mul(weight);
            add(of(problem, share.whose), &|c| c.cost = c.cost.saturating_add(cost));
        }
    }
    centres.into_values().collect()
}

/// The centre of a person or task; nothing for a teacher of several.
fn of(problem: &Problem, whose: Whose) -> Option<usize> {
    match whose {
        Whose::Order(id) => of_task(problem, Task::Order(id)),
        Whose::Group(id) => of_task(problem, Task::Group(id)),
        Whose::Child(id) => of_site(problem, problem.children[id].site),
        Whose::Teacher(id) => {
            let mut centres = problem.teachers[id].sites.iter().map(|&s| problem.sites[s].centre);
            let first = centres.next()?;
            centres.all(|c| c == first).then_some(first)
        }
    }
}

fn of_task(problem: &Problem, task: Task) -> Option<usize> {
    problem.site(task).and_then(|site| of_site(problem, site))
}

fn of_site(problem: &Problem, site: SiteId) -> Option<usize> {
    problem.sites.get(site).map(|s| s.centre)
}
