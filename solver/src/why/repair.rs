//! The cheapest ways to have a session at a place although something is in the way there: what is in the way finds
//! another place, and what is then in its way, with as few sessions put out as possible.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use super::{
    board::{Board, span},
    fact::{Fact, Role},
    place::{Look, Wish},
};
use crate::{
    problem::{ChildId, Day, Mask, Slot, Task, TeacherId},
    solution::Session,
};

/// Sessions that are put out of their places for one way, at most.
const OUT: usize = 3;
/// Places that are tried for a session that was put out, the best first, by how many more may be put out.
const TRIED: [usize; OUT + 1] = [8, 6, 5, 4];
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
    /// Whether something is decided about a session.
    fixed: Vec<bool>,
    leads: BTreeMap<Task, Vec<TeacherId>>,
    /// Sessions of each child that are at another time.
    moved: BTreeMap<ChildId, usize>,
    placed: Vec<usize>,
    jobs: Vec<Job>,
    /// Slots that trainees were short of from the beginning.
    owed: Vec<usize>,
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
        let able = look.leads.iter().filter(|l| l.facts.iter().all(Fact::can_be_mended));
        roots.extend(able.map(|l| (look.moving, l.teacher)));
    }
    let Some(&(_, any)) = roots.first() else {
        return Vec::new();
    };
    let cost = board.cost;
    let &Wish { order, day, start, .. } = wish;
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
    let mut search = Search::new(board, new, cost);
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
    fn new(board: &'b mut Board<'p>, new: Option<usize>, cost: i64) -> Self {
        let problem = board.problem;
        let count = board.sessions.len();
        let decided: BTreeSet<Task> = problem.pins.iter().map(|p| p.task).collect();
        Self {
            was: board.sessions.clone(),
            new,
            locked: vec![false; count],
            fixed: board.sessions.iter().map(|s| decided.contains(&s.task)).collect(),
            leads: BTreeMap::new(),
            moved: BTreeMap::new(),
            placed: Vec::new(),
            jobs: Vec::new(),
            owed: (0..problem.teachers.len()).map(|t| board.unwatched(t)).collect(),
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
            match self.board.best_room(spot.task, spot.day, spot.start, spot.room) {
                Some(room) => self.put(i, Session { room, ..spot }, left),
                None => {
                    let board = &self.board;
                    let dur = board.series(spot.task).dur;
                    let rooms = board.pool(spot.task).iter();
                    let there = rooms.flat_map(|&r| board.meeting(board.of_room(r, spot.day), spot.start, dur));
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

    /// The other sessions of an order go over to the same lead: at their times, else wherever.
    fn hand_over(&mut self, i: usize, spot: Session, left: usize) {
        let siblings = self.board.of_task(spot.task).to_vec();
        if !siblings.iter().all(|&j| self.movable(j)) {
            return;
        }
        for &j in &siblings {
            self.board.take(j);
        }
        for still in [true, false] {
            if !still && left == 0 {
                continue;
            }
            let jobs = siblings.iter().map(|&j| Job {
                i: j,
                lead: Some(spot.teacher),
                still,
            });
            self.jobs.extend(jobs);
            self.place(i, spot, if still { left } else { left - 1 });
            self.jobs.truncate(self.jobs.len() - siblings.len());
        }
        for &j in siblings.iter().rev() {
            self.board.put(j, self.was[j]);
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
            _ => Vec::new(),
        }
    }

    /// Another place for a session that was put out.
    fn find(&mut self, job: Job, left: usize) {
        let Job { i, lead, still } = job;
        let was = self.was[i];
        let leads = match lead {
            Some(lead) => vec![lead],
            None => self.leads(was.task).to_vec(),
        };
        let mut free = Vec::new();
        let mut taken = Vec::new();
        for &lead in &leads {
            for day in 0..self.board.problem.grid.days {
                let (given, open) = self.masks(was.task, lead, day);
                for start in 0..self.board.problem.grid.slots {
                    let at = span(start, self.board.dur(i));
                    let same = (day, start) == (was.day, was.start);
                    if given & at != at || (still && !same) {
                        continue;
                    }
                    let spot = Session {
                        day,
                        start,
                        teacher: lead,
                        ..was
                    };
                    match self.price(i, spot, open & at == at) {
                        Some(found) => free.push(found),
                        // Somebody else in the way: by the same lead, or at the same time.
                        None if left > 0 && (same || lead == was.teacher) => taken.push(spot),
                        None => {}
                    }
                    if self.tired() {
                        return;
                    }
                }
            }
        }
        free.sort_unstable();
        for &(_, _, spot) in free.iter().take(TRIED.get(left).copied().unwrap_or(4)) {
            self.put(i, spot, left);
        }
        if lead.is_none() {
            // All sessions of the order by another lead, at their times.
            for &other in leads.iter().filter(|&&t| t != was.teacher) {
                let spot = Session {
                    teacher: other,
                    second: None,
                    ..was
                };
                let mut fact = None;
                let _ = self.board.place(&spot, &mut first(&mut fact));
                if matches!(fact, Some(Fact::TooManyLeads { .. })) {
                    self.hand_over(i, spot, 0);
                }
            }
        }
        for spot in taken {
            for second in self.seconds(&spot, i) {
                self.place(i, Session { second, ..spot }, left);
            }
        }
    }

    /// What a free place costs: families more, the week, and the spot with its room and second.
    fn price(&mut self, i: usize, spot: Session, open: bool) -> Option<(usize, i64, Session)> {
        self.steps += 1;
        if !open {
            return None;
        }
        let was = self.was[i];
        let mut best: Option<(usize, i64, Session)> = None;
        for second in self.seconds(&spot, i) {
            let spot = Session { second, ..spot };
            if !self.board.fits(&spot) {
                continue;
            }
            let Some(room) = self.board.best_room(spot.task, spot.day, spot.start, was.room) else {
                continue;
            };
            let spot = Session { room, ..spot };
            if spot == was {
                continue;
            }
            self.board.put(i, spot);
            let cost = self.board.cost;
            self.board.take(i);
            let families = if (spot.day, spot.start) == (was.day, was.start) {
                0
            } else {
                let kids = self.board.kids(spot.task).iter();
                kids.filter(|c| !self.moved.contains_key(c)).count()
            };
            if best.is_none_or(|b| (families, cost, spot) < b) {
                best = Some((families, cost, spot));
            }
        }
        best
    }

    /// When everybody of a task is there by what is given, and when they are free as well.
    fn masks(&self, task: Task, lead: TeacherId, day: Day) -> (Mask, Mask) {
        let board = &self.board;
        let mut given = board.problem.teachers[lead].avail[day];
        let mut used = board.used(board.of_teacher(lead, day));
        for &child in board.kids(task) {
            given &= board.problem.children[child].avail[day];
            used |= board.used(board.of_child(child, day));
        }
        (given, given & !used)
    }

    /// Who may be with a lead: the trainee who watched or nobody; for a class its assistant, or all who could assist.
    fn seconds(&self, spot: &Session, i: usize) -> Vec<Option<TeacherId>> {
        let (board, was) = (&self.board, self.was[i]);
        let service = board.series(spot.task).service;
        match spot.task {
            Task::Order(_) => {
                let mentor = |t: TeacherId| board.problem.teachers[t].trainee.as_ref().map(|t| t.mentor);
                let watcher = was.second.filter(|&t| mentor(t) == Some(spot.teacher));
                watcher.map(Some).into_iter().chain([None]).collect()
            }
            Task::Group(_) if board.problem.services[service].assistant => {
                let able = |&t: &TeacherId| board.problem.teachers[t].assist[service] && t != spot.teacher;
                let adult = |&t: &TeacherId| {
                    let mut fact = None;
                    let _ = board.adult(
                        t,
                        Role::Assisting,
                        spot.task,
                        spot.day,
                        spot.start,
                        &mut first(&mut fact),
                    );
                    fact.is_none()
                };
                let others = (0..board.problem.teachers.len()).filter(|t| Some(*t) != was.second);
                let all = was.second.into_iter().chain(others);
                all.filter(able).filter(adult).take(3).map(Some).collect()
            }
            Task::Group(_) => vec![None],
        }
    }

    /// Who may lead a task by what is given.
    fn leads(&mut self, task: Task) -> &[TeacherId] {
        let board = &self.board;
        self.leads.entry(task).or_insert_with(|| {
            let (series, site) = (board.series(task), board.site(task));
            let able = |&t: &TeacherId| {
                let teacher = &board.problem.teachers[t];
                let kids = board.kids(task).iter();
                teacher.qual[series.service] >= series.min_level.max(1)
                    && teacher.sites.contains(&site)
                    && kids.clone().all(|&c| !board.problem.children[c].exclude.contains(&t))
            };
            (0..board.problem.teachers.len()).filter(able).collect()
        })
    }

    /// Trainees who have lost an hour watch another; then the way is complete.
    fn watch(&mut self) {
        let short = (0..self.owed.len()).find(|&t| self.board.unwatched(t) > self.owed[t]);
        let Some(trainee) = short else {
            self.record();
            return;
        };
        let Some(mentor) = self.board.problem.teachers[trainee].trainee.as_ref().map(|t| t.mentor) else {
            return;
        };
        let mut best: Option<(i64, usize)> = None;
        for day in 0..self.board.problem.grid.days {
            for j in self.board.of_teacher(mentor, day).to_vec() {
                let spot = self.board.sessions[j];
                let open = matches!(spot.task, Task::Order(_)) && spot.teacher == mentor && spot.second.is_none();
                if !open || !self.movable(j) || !self.may_watch(trainee, &spot) {
                    continue;
                }
                self.steps += 1;
                self.board.take(j);
                self.board.put(
                    j,
                    Session {
                        second: Some(trainee),
                        ..spot
                    },
                );
                let cost = self.board.cost;
                self.board.take(j);
                self.board.put(j, spot);
                if best.is_none_or(|b| (cost, j) < b) {
                    best = Some((cost, j));
                }
            }
        }
        let Some((_, j)) = best else { return };
        let spot = self.board.take(j);
        self.board.put(
            j,
            Session {
                second: Some(trainee),
                ..spot
            },
        );
        self.locked[j] = true;
        self.placed.push(j);
        self.watch();
        self.placed.pop();
        self.locked[j] = false;
        self.board.take(j);
        self.board.put(j, spot);
    }

    fn may_watch(&self, trainee: TeacherId, spot: &Session) -> bool {
        let mut fact = None;
        let mut tell = first(&mut fact);
        let free = self
            .board
            .adult(trainee, Role::Watching, spot.task, spot.day, spot.start, &mut tell);
        free.is_continue()
    }

    fn record(&mut self) {
        let mut numbers = self.placed.clone();
        numbers.sort_unstable();
        let (families, cost) = (self.moved.len(), self.board.cost - self.cost);
        let key = (self.lead, numbers);
        if let Some(known) = self.found.get(&key) {
            if (known.families, known.cost) <= (families, cost) {
                return;
            }
            *self.counts.entry(known.families).or_insert(1) -= 1;
        }
        *self.counts.entry(families).or_default() += 1;
        let changes = key.1.iter().map(|&i| (i, self.board.sessions[i])).collect();
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
