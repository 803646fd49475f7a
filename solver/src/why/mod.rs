//! Why a session cannot be at a time: everything that stands against it, and the cheapest ways to have it there all the
//! same, each measured by the referee.

#![allow(
    clippy::indexing_slicing,
    reason = "ids were checked when problem and timetable were read, and the tables are as long as they say"
)]

pub(crate) mod board;
mod check;
mod fact;
mod force;
mod pins;
mod place;
mod repair;
mod say;
#[cfg(test)]
mod tests;
mod verify;

use serde::Serialize;

use crate::{
    explain::Difference,
    problem::{ChildId, Day, OrderId, Problem, Slot, Task},
    solution::{Session, Solution},
};
use board::Board;
pub use fact::{Fact, Role, Taken};
pub use place::Lead;
use place::{Look, Wish, look};
use verify::Referee;

/// Which session is to be where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Of this prescription.
    pub order: OrderId,
    /// On this day.
    pub day: Day,
    /// From this slot on.
    pub start: Slot,
    /// The session that would move there, by its place in the timetable; else one that has no time yet, or the one whose
    /// move is cheapest.
    pub session: Option<usize>,
}

/// Something that a question names and that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSuch {
    /// No such prescription in the week.
    #[error("there is no order {0}")]
    Order(OrderId),
    /// No such session in the timetable, or it is not one of the prescription.
    #[error("session {0} of the timetable is not one of order {1}")]
    Session(usize, OrderId),
}

/// How long to search for ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Places that are looked at; about a million in a second.
    pub steps: u64,
    /// Moves of the engine, where nothing was found by looking.
    pub moves: u64,
}

impl Default for Effort {
    /// Well below a second for a centre of sixty children.
    fn default() -> Self {
        Self {
            steps: 250_000,
            moves: 20_000,
        }
    }
}

/// What the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A session of the prescription is there.
    There,
    /// It can be there, and nothing else has to change.
    Free,
    /// Something is in the way that could go elsewhere.
    Blocked,
    /// It cannot be there as long as what is given stays as it is.
    Never,
}

/// The session there at once, and what that does to the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// The session as it would be.
    pub session: Session,
    /// What the week would cost more or less.
    #[serde(flatten)]
    pub cost: Difference,
}

/// A session that changes: from where to where. One that had no place has no `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// As it is.
    pub from: Option<Session>,
    /// As it would be.
    pub to: Session,
}

/// A way to have the session there, verified by the referee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// What changes, the session that was asked for first.
    pub changes: Vec<Change>,
    /// Families one of whose sessions is at another time, that of the child in question among them.
    pub families: Vec<ChildId>,
    /// Sessions at their time with another lead.
    pub leads_changed: usize,
    /// Sessions at their time in another room.
    pub rooms_changed: usize,
    /// What the week would cost more or less.
    #[serde(flatten)]
    pub cost: Difference,
    /// The week as it would be.
    #[serde(skip)]
    pub solution: Solution,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// What was asked.
    pub question: Question,
    /// The answer in a word.
    pub verdict: Verdict,
    /// Rules broken and sessions missing in the timetable as it is.
    pub amiss: usize,
    /// The session that is there, or that would come there; nothing where one without a time yet would.
    pub moving: Option<Session>,
    /// What stands against it whoever leads.
    pub facts: Vec<Fact>,
    /// What stands against each teacher who is qualified for the service.
    pub leads: Vec<Lead>,
    /// With whom it can be there at once, the cheapest first; only when the answer is yes.
    pub placements: Vec<Placement>,
    /// Ways to have it there all the same: few families first, then a cheap week.
    pub repairs: Vec<Repair>,
}

impl Why {
    /// Everything that stands against the session: whoever leads, then lead by lead.
    pub fn all_facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().chain(self.leads.iter().flat_map(|l| &l.facts))
    }
}

/// Why the session of an order cannot be at a time.
pub fn why(problem: &Problem, solution: &Solution, question: Question, effort: Effort) -> Result<Why, NoSuch> {
    let order = problem
        .orders
        .get(question.order)
        .ok_or(NoSuch::Order(question.order))?;
    let task = Task::Order(question.order);
    let mut board = Board::new(problem, solution);
    let held = board.of_task(task).to_vec();
    if let Some(i) = question.session.filter(|i| !held.contains(i)) {
        return Err(NoSuch::Session(i, question.order));
    }
    let referee = Referee::new(problem, solution);
    let mut answer = Why {
        question,
        verdict: Verdict::There,
        amiss: referee.amiss(),
        moving: None,
        facts: Vec::new(),
        leads: Vec::new(),
        placements: Vec::new(),
        repairs: Vec::new(),
    };
    let mut sessions = held.iter().map(|&i| board.sessions[i]);
    if let Some(there) = sessions.find(|s| (s.day, s.start) == (question.day, question.start)) {
        answer.moving = Some(there);
        return Ok(answer);
    }
    let candidates: Vec<Option<usize>> = match question.session {
        Some(i) => vec![Some(i)],
        None => {
            let unset = (held.len() < order.series.sessions).then_some(None);
            unset.into_iter().chain(held.into_iter().map(Some)).collect()
        }
    };
    let wish = |moving| Wish {
        order: question.order,
        day: question.day,
        start: question.start,
        moving,
    };
    let mut looks: Vec<Look> = candidates.into_iter().map(|m| look(&mut board, &wish(m))).collect();
    looks.sort_by_key(Look::rank);
    let Some(best) = looks.first() else {
        answer.verdict = Verdict::Never;
        answer.facts.push(Fact::NothingPrescribed { task });
        return Ok(answer);
    };
    answer.placements = referee.placements(best);
    answer.verdict = match (answer.placements.is_empty(), looks.iter().all(Look::never)) {
        (false, _) => Verdict::Free,
        (true, true) => Verdict::Never,
        (true, false) => Verdict::Blocked,
    };
    if answer.verdict == Verdict::Blocked {
        let open: Vec<&Look> = looks.iter().filter(|l| !l.never()).collect();
        let found = repair::search(&mut board, &open, &wish(None), effort.steps);
        let asked = |s: &Session| (s.task, s.day, s.start) == (task, question.day, question.start);
        answer.repairs = referee.repairs(&found, asked);
        if answer.repairs.is_empty() {
            answer.repairs = referee.by_force(&open, &wish(None), effort.moves);
        }
    }
    // Of several sessions, that one is spoken of which the best way moves.
    let from = answer.repairs.first().and_then(|r| r.changes.first()).map(|c| c.from);
    let moved = |l: &Look| from == Some(l.moving.map(|i| board.sessions[i]));
    let told = looks.iter().position(moved).unwrap_or(0);
    let told = looks.swap_remove(told);
    answer.moving = told.moving.map(|i| board.sessions[i]);
    answer.facts = told.facts;
    answer.leads = told.leads;
    Ok(answer)
}

impl Look {
    /// Whether nothing that moves other sessions can help.
    fn never(&self) -> bool {
        !self.facts.iter().all(Fact::can_be_mended) || !self.leads.iter().any(Lead::can_be_mended)
    }

    /// What can be done comes first: a session without a time, then the cheapest; then what has least against it.
    fn rank(&self) -> (bool, bool, bool, i64, usize, usize) {
        let least = self.leads.iter().map(|l| l.facts.len()).min().unwrap_or(0);
        let free = self.spots.first();
        (
            free.is_none(),
            self.never(),
            free.is_some() && self.moving.is_some(),
            free.map_or(0, |s| s.0),
            self.facts.len(),
            least,
        )
    }
}
