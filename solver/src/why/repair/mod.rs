//! The cheapest ways to have a session at a place although something is in the way there: what is in the way finds
//! another place, and what is then in its way, with as few sessions put out as possible.

mod end;
mod find;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    rc::Rc,
};

use super::{
    board::Board,
    fact::Fact,
    pins::Pins,
    place::{Look, Wish},
};
use crate::{
    problem::{ChildId, RoomId, Slot, Task, TeacherId},
    solution::Session,
};

/// Sessions that are put out of their places for one way, at most.
const OUT: usize = 3;
/// So many ways are enough to look no deeper.
const ENOUGH: usize = 6;

/// A way that was found, not verified yet.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) families: usize,
    pub(super) cost: i64,
    /// The sessions that change, by number, and what they become.
    pub(super) changes: Vec<(usize, Session)>,
}

/// A session that must find a place.
#[derive(Clone, Copy)]
struct Job {
    i: usize,
    /// By whom, if that is decided.
    lead: Option<TeacherId>,
    /// At its time.
    still: bool,
}

struct Search<'b, 'p> {
    board: &'b mut Board<'p>,
    /// Where every session was.
    was: Vec<Session>,
    /// A session that had no place.
    new: Option<usize>,
    /// Whether a session has its place in this way already.
    locked: Vec<bool>,
    /// Whether something is decided about a session: only the one that was asked for is moved all the same.
    fixed: Vec<bool>,
    /// What is decided about the sessions of the order.
    pins: Pins<'p>,
    leads: BTreeMap<Task, Rc<[TeacherId]>>,
    /// Sessions of each child that are at another time.
    moved: BTreeMap<ChildId, usize>,
    placed: Vec<usize>,
    jobs: Vec<Job>,
    /// Slots that trainees were short of from the beginning.
    owed: Vec<usize>,
    /// Ways that there was no time for from the beginning, by teacher and day.
    late: Vec<usize>,
    cost: i64,
    steps: u64,
    limit: u64,
    lead: TeacherId,
    /// The best way by lead and sessions that change.
    found: BTreeMap<(TeacherId, Vec<usize>), Found>,
    /// How many of them there are, by families.
    counts: BTreeMap<usize, usize>,
}

/// Ways to have a session of an order at a place, with at most `steps` looks at places; the fewest families first. What
/// stands against each of `looks` can be mended as far as it holds whoever leads.
pub(super) fn search(board: &mut Board<'_>, looks: &[&Look], wish: &Wish, steps: u64) -> Vec<Found> {
    let mut roots: Vec<(Option<usize>, TeacherId)> = Vec::new();
    for look in looks {
        let able = look.leads.iter().filter(|l| l.can_be_mended());
        roots.extend(able.map(|l| (look.moving, l.teacher)));
    }
    let Some(&(_, any)) = roots.first() else {
        return Vec::new();
    };
    let cost = board.cost;
    let &Wish { order, day, start, .. } = wish;
    let pins = Pins::new(board, Task::Order(order));
    let new = looks.iter().any(|l| l.moving.is_none()).then(|| {
        let none = Session {
            task: Task::Order(order),
            day,
            start,
            teacher: any,
            second: None,
            room: 0,
        };
        let i = board.add(none);
        board.take(i);
        i
    });
    let mut search = Search::new(board, new, pins, cost);
    for out in 0..=OUT {
        let mut left = u64::try_from(roots.len()).unwrap_or(u64::MAX);
        for &(moving, lead) in &roots {
            let rest = steps.saturating_sub(search.steps);
            search.limit = search.steps + rest / left.max(1);
            left -= 1;
            if let Some(i) = moving.or(new) {
                search.root(
                    i,
                    Session {
                        day,
                        start,
                        teacher: lead,
                        ..search.was[i]
                    },
                    out,
                );
            }
        }
        if out >= 2 && search.found.len() >= ENOUGH {
            break;
        }
    }
    let mut found: Vec<Found> = std::mem::take(&mut search.found).into_values().collect();
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    if new.is_some() {
        board.drop_last();
    }
    found
}

impl Found {
    fn order(&self) -> (usize, i64, usize, &[(usize, Session)]) {
        (self.families, self.cost, self.changes.len(), &self.changes)
    }
}

/// The first thing that a rule says, and no more.
fn first(fact: &mut Option<Fact>) -> impl FnMut(Fact) -> ControlFlow<()> {
    |found| {
        *fact = Some(found);
        ControlFlow::Break(())
    }
}

impl<'b, 'p> Search<'b, 'p> {
    fn new(board: &'b mut Board<'p>, new: Option<usize>, pins: Pins<'p>, cost: i64) -> Self {
        let problem = board.problem;
        let count = board.sessions.len();
        let decided: BTreeSet<Task> = problem.pins.iter().map(|p| p.task).collect();
        Self {
            was: board.sessions.clone(),
            new,
            locked: vec![false; count],
            fixed: board.sessions.iter().map(|s| decided.contains(&s.task)).collect(),
            pins,
            leads: BTreeMap::new(),
            moved: BTreeMap::new(),
            placed: Vec::new(),
            jobs: Vec::new(),
            owed: (0..problem.teachers.len()).map(|t| board.unwatched(t)).collect(),
            late: (0..problem.teachers.len() * problem.grid.days)
                .map(|n| board.missing_ways(n / problem.grid.days, n % problem.grid.days).len())
                .collect(),
            cost,
            steps: 0,
            limit: 0,
            lead: 0,
            found: BTreeMap::new(),
            counts: BTreeMap::new(),
            board,
        }
    }

    /// One session of the order to its place.
    fn root(&mut self, i: usize, spot: Session, out: usize) {
        self.lead = spot.teacher;
        let exists = self.new != Some(i);
        if exists {
            self.board.take(i);
        }
        self.pins = Pins::new(self.board, spot.task);
        for second in self.seconds(&spot, i) {
            self.place(i, Session { second, ..spot }, out);
        }
        if exists {
            self.board.put(i, self.was[i]);
        }
    }

    fn tired(&self) -> bool {
        self.steps >= self.limit
    }

    /// More families than in enough ways that are known.
    fn too_many(&self) -> bool {
        let better = self.counts.range(..self.moved.len()).map(|(_, n)| n);
        better.sum::<usize>() >= ENOUGH
    }

    fn movable(&self, j: usize) -> bool {
        self.board.on[j] && !self.locked[j] && !self.fixed[j]
    }

    /// Put a session down and go on with what is left to do.
    fn put(&mut self, i: usize, spot: Session, left: usize) {
        let was = self.was[i];
        let moves = (was.day, was.start) != (spot.day, spot.start) || self.new == Some(i);
        self.board.put(i, spot);
        self.locked[i] = true;
        self.placed.push(i);
        if moves {
            self.count(spot.task, true);
        }
        if !moves || !self.too_many() {
            self.go(left);
        }
        if moves {
            self.count(spot.task, false);
        }
        self.placed.pop();
        self.locked[i] = false;
        self.board.take(i);
    }

    fn count(&mut self, task: Task, up: bool) {
        for &child in self.board.kids(task) {
            let n = self.moved.entry(child).or_default();
            *n = if up { *n + 1 } else { n.saturating_sub(1) };
            if *n == 0 {
                self.moved.remove(&child);
            }
        }
    }

    fn go(&mut self, left: usize) {
        if let Some(job) = self.jobs.pop() {
            self.find(job, left);
            self.jobs.push(job);
        } else {
            self.watch();
        }
    }

    /// Put a session down at a place, whatever must go from there.
    fn place(&mut self, i: usize, spot: Session, left: usize) {
        if self.tired() {
            return;
        }
        self.steps += 1;
        let mut fact = None;
        let _ = self.board.place(&spot, &mut first(&mut fact));
        let Some(fact) = fact else {
            match self.room(i, &spot) {
                Some(room) => self.put(i, Session { room, ..spot }, left),
                None => {
                    let board = &self.board;
                    let dur = board.series(spot.task).dur;
                    let rooms = board.pool(spot.task).iter();
                    let allowed = rooms.filter(|&&room| self.allows(i, Session { room, ..spot }));
                    let there = allowed.flat_map(|&r| board.meeting(board.of_room(r, spot.day), spot.start, dur));
                    self.put_out(i, spot, there.collect(), left);
                }
            }
            return;
        };
        if let Fact::TooManyLeads { .. } = fact {
            self.hand_over(i, spot, left);
            return;
        }
        let culprits = self.culprits(&fact, &spot);
        self.put_out(i, spot, culprits, left);
    }

    /// One of some sessions goes, so that another may have its place.
    fn put_out(&mut self, i: usize, spot: Session, culprits: Vec<usize>, left: usize) {
        if left == 0 {
            return;
        }
        for j in culprits {
            if !self.movable(j) {
                continue;
            }
            self.board.take(j);
            self.jobs.push(Job {
                i: j,
                lead: None,
                still: false,
            });
            self.place(i, spot, left - 1);
            self.jobs.pop();
            self.board.put(j, self.was[j]);
        }
    }

    /// The room for a session at its spot.
    fn room(&self, i: usize, spot: &Session) -> Option<RoomId> {
        let allowed = |room| self.allows(i, Session { room, ..*spot });
        self.board.best_room(spot, self.was[i].room, allowed)
    }

    /// Whether a session may be there by what is decided.
    fn allows(&self, i: usize, spot: Session) -> bool {
        !self.fixed[i] || self.pins.hold(self.board, spot.into())
    }

    /// All sessions that one of the leads of an order has go over to the new one: at their times, else wherever.
    fn hand_over(&mut self, i: usize, spot: Session, left: usize) {
        let siblings = self.board.of_task(spot.task).to_vec();
        let lead = |j: &usize| self.board.sessions[*j].teacher;
        let leads: BTreeSet<TeacherId> = siblings.iter().map(lead).filter(|&t| t != spot.teacher).collect();
        for other in leads {
            let theirs = |j: &usize| self.was[*j].teacher == other;
            let handed: Vec<usize> = siblings.iter().copied().filter(theirs).collect();
            if handed.is_empty() || !handed.iter().all(|&j| self.movable(j)) {
                continue;
            }
            for &j in &handed {
                self.board.take(j);
            }
            for still in [true, false] {
                if !still && left == 0 {
                    continue;
                }
                let jobs = handed.iter().map(|&j| Job {
                    i: j,
                    lead: Some(spot.teacher),
                    still,
                });
                self.jobs.extend(jobs);
                self.place(i, spot, if still { left } else { left - 1 });
                self.jobs.truncate(self.jobs.len() - handed.len());
            }
            for &j in handed.iter().rev() {
                self.board.put(j, self.was[j]);
            }
        }
    }

    /// Sessions one of which must go for a fact to be no more.
    fn culprits(&self, fact: &Fact, spot: &Session) -> Vec<usize> {
        let board = &self.board;
        let dur = board.series(spot.task).dur;
        let (day, start) = (spot.day, spot.start);
        let in_run = |all: &[usize], from: Slot, run: usize| board.meeting(all, from, run).collect();
        match *fact {
            Fact::ChildBusy { child, .. } => board.meeting(board.of_child(child, day), start, dur).collect(),
            Fact::TeacherBusy { teacher, .. } => board.meeting(board.of_teacher(teacher, day), start, dur).collect(),
            Fact::ChildDayFull { child, .. } => board.of_child(child, day).to_vec(),
            Fact::TeacherDayFull { teacher, .. } => board.of_teacher(teacher, day).to_vec(),
            Fact::ChildRunLong { child, from, run, .. } => in_run(board.of_child(child, day), from, run),
            Fact::TeacherRunLong { teacher, from, run, .. } => in_run(board.of_teacher(teacher, day), from, run),
            Fact::HalfDayTaken { .. } | Fact::DayTaken { .. } => {
                let today = |&&j: &&usize| board.sessions[j].day == day;
                board.of_task(spot.task).iter().filter(today).copied().collect()
            }
            Fact::TeacherWeekFull { teacher, .. } => {
                let days = 0..board.problem.grid.days;
                days.flat_map(|d| board.of_teacher(teacher, d)).copied().collect()
            }
            Fact::NoTimeForWay { teacher, other, .. } => {
                board.meeting(board.of_teacher(teacher, day), other.start, 1).collect()
            }
            // No session of the board has to go for these, or none would help.
            Fact::NoSuchTime { .. }
            | Fact::OverBreak { .. }
            | Fact::AfterClosing { .. }
            | Fact::NothingPrescribed { .. }
            | Fact::ChildAway { .. }
            | Fact::NoRoomOfKind { .. }
            | Fact::RoomsTaken { .. }
            | Fact::Pinned { .. }
            | Fact::NobodyQualified { .. }
            | Fact::LevelLow { .. }
            | Fact::NotAtSite { .. }
            | Fact::Excluded { .. }
            | Fact::TeacherAway { .. }
            | Fact::TooManyLeads { .. }
            | Fact::LeadPinned { .. }
            | Fact::NotMentor { .. }
            | Fact::WayWithout { .. } => Vec::new(),
        }
    }

    /// Whether another session of its order has taken over its time: then the other one is what has moved.
    fn followed(&self, i: usize) -> bool {
        let was = self.was[i];
        let follows = |&j: &usize| {
            let now = self.board.sessions[j];
            j != i && (now.task, now.day, now.start) == (was.task, was.day, was.start)
        };
        self.placed.iter().any(follows)
    }

    fn record(&mut self) {
        let mut numbers: Vec<usize> = self.placed.iter().copied().filter(|&i| !self.followed(i)).collect();
        numbers.sort_unstable();
        let changes: Vec<(usize, Session)> = self.placed.iter().map(|&i| (i, self.board.sessions[i])).collect();
        let (families, cost) = (self.moved.len(), self.board.cost - self.cost);
        let key = (self.lead, numbers);
        if let Some(known) = self.found.get(&key) {
            if (known.families, known.cost, known.changes.len()) <= (families, cost, changes.len()) {
                return;
            }
            *self.counts.entry(known.families).or_insert(1) -= 1;
        }
        *self.counts.entry(families).or_default() += 1;
        self.found.insert(
            key,
            Found {
                families,
                cost,
                changes,
            },
        );
    }
}
