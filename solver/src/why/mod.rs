//! Why a session cannot be at a time: everything that stands against it, and the cheapest ways to have it there all the
//! same, each measured by the referee.

#![allow(
    clippy::indexing_slicing,
    reason = "ids were checked when problem and timetable were read, and the tables are as long as they say"
)]

pub(crate) mod board;
mod check;
mod fact;
mod pins;
mod place;
mod repair;
mod say;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    engine::{self, Limits, Options},
    explain::Difference,
    problem::{ChildId, Day, OrderId, Pin, Problem, RoomId, Slot, Task, TeacherId},
    score::{Score, score},
    solution::{ChangeWeights, Event, Session, Solution},
};
use board::Board;
pub use fact::{Decided, Fact, Lesson, Role, Taken};
pub use place::Lead;
use place::{Look, Wish, look};
use repair::Found;

/// Ways that are told, at most.
const TOLD: usize = 5;
/// Ways that are measured, at most.
const MEASURED: usize = 12;

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

/// Where the session could be at once, and what that does to the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// The session as it would be.
    pub lesson: Lesson,
    /// What the week would cost more or less.
    #[serde(flatten)]
    pub cost: Difference,
}

/// A session that changes: from where to where. One that had no place has no `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// As it is.
    pub from: Option<Lesson>,
    /// As it would be.
    pub to: Lesson,
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
    /// The session that is there, or that would come there; nothing where one without a time yet would.
    pub moving: Option<Lesson>,
    /// What stands against it whoever leads.
    pub facts: Vec<Fact>,
    /// What stands against each teacher who is qualified for the service.
    pub leads: Vec<Lead>,
    /// Where it can be at once, the cheapest first; only when the answer is yes.
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

/// Why the session of an order cannot be at a time. Nothing for an order or a session that does not exist.
pub fn why(problem: &Problem, solution: &Solution, question: Question, effort: Effort) -> Option<Why> {
    let order = problem.orders.get(question.order)?;
    let task = Task::Order(question.order);
    let own = |i: &usize| solution.sessions.get(*i).is_some_and(|s| s.task == task);
    let named = match question.session {
        Some(i) if !own(&i) => return None,
        named => named,
    };
    let mut board = Board::new(problem, solution);
    let there = |i: &&usize| {
        let s = board.sessions[**i];
        (s.day, s.start) == (question.day, question.start)
    };
    let mut answer = Why {
        question,
        verdict: Verdict::There,
        moving: None,
        facts: Vec::new(),
        leads: Vec::new(),
        placements: Vec::new(),
        repairs: Vec::new(),
    };
    if let Some(&i) = board.of_task(task).iter().find(there) {
        answer.moving = Some(board.sessions[i].into());
        return Some(answer);
    }
    let held = board.of_task(task).to_vec();
    let candidates: Vec<Option<usize>> = match named {
        Some(i) => vec![Some(i)],
        None if held.len() < order.series.sessions => std::iter::once(None).chain(held.into_iter().map(Some)).collect(),
        None => held.into_iter().map(Some).collect(),
    };
    let wish = |moving| Wish {
        order: question.order,
        day: question.day,
        start: question.start,
        moving,
    };
    let mut looks: Vec<Look> = candidates.into_iter().map(|m| look(&mut board, &wish(m))).collect();
    looks.sort_by_key(Look::rank);
    let before = score(problem, solution);
    let asker = Asker {
        problem,
        solution,
        before: &before,
    };
    let best = looks.first()?;
    answer.moving = best.moving.map(|i| board.sessions[i].into());
    answer.facts = best.facts.clone();
    answer.leads = best.leads.clone();
    answer.placements = best
        .spots
        .iter()
        .filter_map(|&(_, s)| asker.placement(best.moving, s))
        .collect();
    answer.placements.sort_by_key(|p| (p.cost.cost, p.lesson));
    answer.verdict = match (answer.placements.is_empty(), looks.iter().all(Look::never)) {
        (false, _) => Verdict::Free,
        (true, true) => Verdict::Never,
        (true, false) => Verdict::Blocked,
    };
    if answer.verdict == Verdict::Blocked {
        let open: Vec<&Look> = looks.iter().filter(|l| !l.never()).collect();
        let found = repair::search(&mut board, &open, &wish(None), effort.steps);
        answer.repairs = asker.repairs(&found);
        if answer.repairs.is_empty() {
            answer.repairs = asker.by_force(&open, &wish(None), effort.moves);
        }
    }
    Some(answer)
}

impl Look {
    /// Whether nothing that moves other sessions can help.
    fn never(&self) -> bool {
        let hopeless = |facts: &[Fact]| facts.iter().any(|f| !f.can_be_mended());
        hopeless(&self.facts) || self.leads.iter().all(|l| hopeless(&l.facts))
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

struct Asker<'a> {
    problem: &'a Problem,
    solution: &'a Solution,
    before: &'a Score,
}

/// Rules broken, and what is missing.
fn wrong(score: &Score) -> usize {
    score.hard_total() + score.unscheduled + score.unplaced
}

impl Asker<'_> {
    /// The referee's word on a timetable: what it costs more or less, unless more is wrong with it.
    fn measured(&self, solution: &Solution) -> Option<Difference> {
        let after = score(self.problem, solution);
        (wrong(&after) <= wrong(self.before)).then(|| Difference::between(self.before, &after))
    }

    fn placement(&self, moving: Option<usize>, spot: Session) -> Option<Placement> {
        let mut solution = self.solution.clone();
        match moving {
            Some(i) => *solution.sessions.get_mut(i)? = spot,
            None => solution.sessions.push(spot),
        }
        let cost = self.measured(&solution)?;
        Some(Placement {
            lesson: spot.into(),
            cost,
        })
    }

    /// The best of what was found, as far as the referee agrees.
    fn repairs(&self, found: &[Found]) -> Vec<Repair> {
        let mut repairs: Vec<Repair> = Vec::new();
        for way in found.iter().take(MEASURED) {
            if repairs.len() >= TOLD {
                break;
            }
            let mut solution = self.solution.clone();
            let mut changes = Vec::new();
            for &(i, to) in &way.changes {
                let from = self.solution.sessions.get(i);
                changes.push(Change {
                    from: from.map(|&s| s.into()),
                    to: to.into(),
                });
                match solution.sessions.get_mut(i) {
                    Some(session) => *session = to,
                    None => solution.sessions.push(to),
                }
            }
            repairs.extend(self.repair(changes, solution));
        }
        repairs.sort_by_key(|r| (r.families.len(), r.cost.cost, r.changes.len()));
        repairs
    }

    fn repair(&self, changes: Vec<Change>, solution: Solution) -> Option<Repair> {
        let cost = self.measured(&solution)?;
        let at_time = |c: &&Change| c.from.is_some_and(|f| (f.day, f.start) == (c.to.day, c.to.start));
        let count = |differs: fn(&Lesson, &Lesson) -> bool| {
            let differ = |c: &&Change| c.from.is_some_and(|f| differs(&f, &c.to));
            changes.iter().filter(at_time).filter(differ).count()
        };
        Some(Repair {
            families: self.families(&solution),
            leads_changed: count(|a, b| a.teacher != b.teacher),
            rooms_changed: count(|a, b| a.room != b.room),
            changes,
            cost,
            solution,
        })
    }

    /// Families one of whose sessions is at another time than now.
    fn families(&self, solution: &Solution) -> Vec<ChildId> {
        let times = |solution: &Solution| {
            let mut times: BTreeMap<Task, Vec<(Day, Slot)>> = BTreeMap::new();
            for s in &solution.sessions {
                times.entry(s.task).or_default().push((s.day, s.start));
            }
            for list in times.values_mut() {
                list.sort_unstable();
            }
            times
        };
        let (old, new) = (times(self.solution), times(solution));
        let mut families = BTreeSet::new();
        for task in self.problem.tasks().filter(|t| old.get(t) != new.get(t)) {
            match task {
                Task::Order(o) => families.extend(self.problem.orders.get(o).map(|o| o.child)),
                Task::Group(g) => families.extend(solution.members.get(g).into_iter().flatten()),
            }
        }
        families.into_iter().collect()
    }

    /// Nothing was found by looking: everything in the way is put out, and the engine sets it anew.
    fn by_force(&self, looks: &[&Look], wish: &Wish, moves: u64) -> Vec<Repair> {
        let mut repairs = Vec::new();
        for look in looks.iter().take(1) {
            let able = look.leads.iter().filter(|l| l.facts.iter().all(Fact::can_be_mended));
            let mut able: Vec<&Lead> = able.collect();
            able.sort_by_key(|l| (!l.present, l.facts.len(), l.teacher));
            for lead in able.into_iter().take(4) {
                repairs.extend(self.engine(look, lead, wish, moves));
            }
        }
        repairs.sort_by_key(|r: &Repair| (r.families.len(), r.cost.cost, r.changes.len()));
        repairs
    }

    fn engine(&self, look: &Look, lead: &Lead, wish: &Wish, moves: u64) -> Option<Repair> {
        let task = Task::Order(wish.order);
        let spot = (wish.day, wish.start, lead.teacher);
        let in_the_way: BTreeSet<Session> = look
            .facts
            .iter()
            .chain(&lead.facts)
            .flat_map(|f| self.sessions_of(f))
            .collect();
        let mut baseline = self.solution.clone();
        let mut at = 0;
        baseline.sessions.retain(|s| {
            let moved = Some(at) == look.moving;
            at += 1;
            let led = s.task == task && s.teacher != lead.teacher;
            !moved && !in_the_way.contains(s) && !led
        });
        let target = self.target(&baseline, task, spot)?;
        baseline.sessions.push(target);
        let mut problem = self.problem.clone();
        problem.pins.push(Pin {
            task,
            day: Some(target.day),
            start: Some(target.start),
            teacher: Some(target.teacher),
            second: None,
            room: None,
        });
        let event = Event {
            baseline,
            absent: Vec::new(),
            now: (0, 0),
            weights: ChangeWeights {
                cancelled: 1000,
                family_moved: 30,
                teacher_changed: 5,
                room_changed: 1,
            },
        };
        let limits = Limits {
            strict: true,
            ..Limits::default()
        };
        let options = Options {
            iterations: Some(moves),
            ..Options::default()
        };
        let out = engine::repair(&problem, &event, &limits, &options).solution;
        let is_there = |s: &Session| s.task == task && (s.day, s.start, s.teacher) == spot;
        if !out.sessions.iter().any(is_there) {
            return None;
        }
        let changes = self.changes(&out, task, spot);
        self.repair(changes, out)
    }

    fn target(
        &self,
        baseline: &Solution,
        task: Task,
        (day, start, teacher): (Day, Slot, TeacherId),
    ) -> Option<Session> {
        let board = Board::new(self.problem, baseline);
        let room = board.best_room(task, day, start, RoomId::MAX)?;
        Some(Session {
            task,
            day,
            start,
            teacher,
            second: None,
            room,
        })
    }

    /// Sessions that a fact names.
    fn sessions_of(&self, fact: &Fact) -> Vec<Session> {
        let lesson = match fact {
            Fact::ChildBusy { other, .. }
            | Fact::HalfDayTaken { other, .. }
            | Fact::TeacherBusy { other, .. }
            | Fact::NoTimeForWay { other, .. } => Some(*other),
            Fact::RoomsTaken { rooms, .. } => rooms.first().map(|t| t.by),
            _ => None,
        };
        let same = |s: &&Session| lesson == Some((**s).into());
        self.solution.sessions.iter().filter(same).copied().collect()
    }

    /// What is different in a timetable that the engine made, session by session of each task: those at their time
    /// first, then the others in order.
    fn changes(&self, new: &Solution, task: Task, spot: (Day, Slot, TeacherId)) -> Vec<Change> {
        let by_task = |solution: &Solution| {
            let mut by: BTreeMap<Task, Vec<Session>> = BTreeMap::new();
            for &s in &solution.sessions {
                by.entry(s.task).or_default().push(s);
            }
            by
        };
        let (mut old, new) = (by_task(self.solution), by_task(new));
        let mut changes = Vec::new();
        for (of, sessions) in new {
            let mut before = old.remove(&of).unwrap_or_default();
            before.sort_unstable();
            let mut rest = Vec::new();
            for to in sessions {
                match before.iter().position(|b| (b.day, b.start) == (to.day, to.start)) {
                    Some(n) => {
                        let from = before.remove(n);
                        if from != to {
                            changes.push(Change {
                                from: Some(from.into()),
                                to: to.into(),
                            });
                        }
                    }
                    None => rest.push(to),
                }
            }
            let mut before = before.into_iter();
            changes.extend(rest.into_iter().map(|to| Change {
                from: before.next().map(Lesson::from),
                to: to.into(),
            }));
        }
        let asked = |c: &Change| (c.to.task(), c.to.day, c.to.start) != (task, spot.0, spot.1);
        changes.sort_by_key(asked);
        changes
    }
}
