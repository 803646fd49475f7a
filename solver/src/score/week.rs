//! A timetable laid out for the rules to look at: what is held when, by whom, for whom, where.

use std::collections::BTreeMap;

use crate::{
    problem::{ChildId, Day, Grid, Mask, Problem, RoomId, Series, SiteId, Slot, Task, TeacherId, limits},
    solution::{Event, Session, Solution},
};

/// The slots of one day that somebody is busy in.
pub(super) type Used = [bool; limits::SLOTS];

/// A session that lies within a half-day of the week; the others break H1 and are looked at no further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Of what.
    pub(super) task: Task,
    /// On which day.
    pub(super) day: Day,
    /// From this slot.
    pub(super) start: Slot,
    /// To the one before this.
    pub(super) end: Slot,
    /// At the site of the child or the group.
    pub(super) site: SiteId,
    /// Who leads.
    pub(super) lead: TeacherId,
    /// Who assists or watches.
    pub(super) second: Option<TeacherId>,
    /// Where.
    pub(super) room: RoomId,
}

impl Held {
    /// Lead and second; somebody who is both is named once.
    pub(super) fn staff(&self) -> impl Iterator<Item = TeacherId> {
        let second = self.second.filter(|t| *t != self.lead);
        std::iter::once(self.lead).chain(second)
    }
}

/// A timetable and its problem.
pub(super) struct Week<'a> {
    pub(super) problem: &'a Problem,
    pub(super) solution: &'a Solution,
    /// Set in repair: somebody is away, and some rules are waived.
    pub(super) event: Option<&'a Event>,
    /// Sessions within a half-day, in the order of the timetable.
    pub(super) held: Vec<Held>,
    /// All sessions of each task, in the order of the timetable.
    pub(super) by_task: Vec<(Task, &'a Series, Vec<Session>)>,
    /// Sessions of each teacher and day, from morning to evening.
    of_teacher: Vec<Vec<usize>>,
    /// Sessions of each child and day, in the order of the timetable.
    of_child: Vec<Vec<usize>>,
    /// Sessions in each room on each day, in the order of the timetable.
    of_room: Vec<Vec<usize>>,
    /// Slots of each teacher and day that an absence takes.
    away: BTreeMap<(TeacherId, Day), Used>,
}

impl<'a> Week<'a> {
    pub(super) fn new(problem: &'a Problem, solution: &'a Solution, event: Option<&'a Event>) -> Self {
        let days = problem.grid.days;
        let orders = problem
            .orders
            .iter()
            .enumerate()
            .map(|(id, o)| (Task::Order(id), &o.series, Vec::new()));
        let groups = problem
            .groups
            .iter()
            .enumerate()
            .map(|(id, g)| (Task::Group(id), &g.series, Vec::new()));
        let mut week = Self {
            problem,
            solution,
            event,
            held: Vec::with_capacity(solution.sessions.len()),
            by_task: orders.chain(groups).collect(),
            of_teacher: vec![Vec::new(); problem.teachers.len() * days],
            of_child: vec![Vec::new(); problem.children.len() * days],
            of_room: vec![Vec::new(); problem.rooms.len() * days],
            away: away(event),
        };
        for session in &solution.sessions {
            week.add(session);
        }
        let held = &week.held;
        for list in &mut week.of_teacher {
            list.sort_by_key(|&i| (held[i].start, held[i].end, held[i].site));
        }
        week
    }

    fn add(&mut self, session: &Session) {
        let (index, site) = match session.task {
            Task::Order(id) => (id, self.problem.children[self.problem.orders[id].child].site),
            Task::Group(id) => (self.problem.orders.len() + id, self.problem.groups[id].site),
        };
        let (_, series, sessions) = &mut self.by_task[index];
        let dur = series.dur;
        sessions.push(*session);
        if !self.within(session, dur) {
            return;
        }
        let &Session {
            task,
            day,
            start,
            teacher: lead,
            second,
            room,
        } = session;
        let held = Held {
            task,
            day,
            start,
            end: start + dur,
            site,
            lead,
            second,
            room,
        };
        let (number, days) = (self.held.len(), self.problem.grid.days);
        self.held.push(held);
        for teacher in held.staff() {
            self.of_teacher[teacher * days + day].push(number);
        }
        for &child in members(self.problem, self.solution, task) {
            self.of_child[child * days + day].push(number);
        }
        self.of_room[room * days + day].push(number);
    }

    /// Whether a session of `dur` slots lies in a half-day of the week.
    pub(super) fn within(&self, session: &Session, dur: usize) -> bool {
        self.problem.grid.holds(session.day, session.start, dur)
    }

    /// The child of an order, the members of a group.
    pub(super) fn kids(&self, task: Task) -> &'a [ChildId] {
        members(self.problem, self.solution, task)
    }

    /// What is held of the sessions of a task.
    pub(super) fn series(&self, task: Task) -> &'a Series {
        match task {
            Task::Order(id) => &self.problem.orders[id].series,
            Task::Group(id) => &self.problem.groups[id].series,
        }
    }

    /// The sessions of a teacher on a day, from morning to evening.
    pub(super) fn of_teacher(&self, teacher: TeacherId, day: Day) -> Vec<Held> {
        self.pick(&self.of_teacher[teacher * self.problem.grid.days + day])
    }

    /// The sessions of a child on a day.
    pub(super) fn of_child(&self, child: ChildId, day: Day) -> Vec<Held> {
        self.pick(&self.of_child[child * self.problem.grid.days + day])
    }

    /// The sessions in a room on a day.
    pub(super) fn of_room(&self, room: RoomId, day: Day) -> Vec<Held> {
        self.pick(&self.of_room[room * self.problem.grid.days + day])
    }

    fn pick(&self, numbers: &[usize]) -> Vec<Held> {
        numbers.iter().map(|&i| self.held[i]).collect()
    }

    /// Slots of a teacher in the week, lead and second together.
    pub(super) fn load(&self, teacher: TeacherId) -> usize {
        (0..self.problem.grid.days)
            .map(|day| slots(&self.of_teacher(teacher, day)))
            .sum()
    }

    /// Whether a teacher works in a slot and is not away in it.
    pub(super) fn teacher_there(&self, teacher: TeacherId, day: Day, slot: Slot) -> bool {
        let away = self.away.get(&(teacher, day)).is_some_and(|used| used[slot]);
        has(self.problem.teachers[teacher].avail[day], slot) && !away
    }
}

fn members<'a>(problem: &'a Problem, solution: &'a Solution, task: Task) -> &'a [ChildId] {
    match task {
        Task::Order(id) => std::slice::from_ref(&problem.orders[id].child),
        Task::Group(id) => &solution.members[id],
    }
}

fn away(event: Option<&Event>) -> BTreeMap<(TeacherId, Day), Used> {
    let mut away = BTreeMap::new();
    for absence in event.iter().flat_map(|e| &e.absent) {
        let used: &mut Used = away.entry((absence.teacher, absence.day)).or_default();
        if let Some(gone) = used.get_mut(absence.from..absence.to) {
            gone.fill(true);
        }
    }
    away
}

/// Whether a mask has a slot.
pub(super) fn has(mask: Mask, slot: Slot) -> bool {
    mask >> slot & 1 == 1
}

/// Slots of some sessions, counted once for each session.
pub(super) fn slots(sessions: &[Held]) -> usize {
    sessions.iter().map(|s| s.end - s.start).sum()
}

/// The slots in which at least one of some sessions of a day is held.
pub(super) fn used(sessions: &[Held]) -> Used {
    let mut used = Used::default();
    for s in sessions {
        used[s.start..s.end].fill(true);
    }
    used
}

/// Lengths of the runs of busy slots within the half-days.
pub(super) fn runs(used: &Used, grid: &Grid) -> Vec<usize> {
    let mut runs = Vec::new();
    for &(from, to) in &grid.blocks {
        runs.extend(
            used[from..to]
                .split(|busy| !busy)
                .map(<[bool]>::len)
                .filter(|run| *run > 0),
        );
    }
    runs
}

/// Free slots between the first and the last busy slot of each half-day.
pub(super) fn idle(used: &Used, grid: &Grid) -> usize {
    let mut idle = 0;
    for &(from, to) in &grid.blocks {
        let busy: Vec<Slot> = (from..to).filter(|&u| used[u]).collect();
        if let (Some(first), Some(last)) = (busy.first(), busy.last()) {
            idle += last - first + 1 - busy.len();
        }
    }
    idle
}

/// For each session that meets one before it in the list, that session and one it meets.
pub(super) fn overlaps(sessions: &[Held]) -> Vec<(Held, Held)> {
    let mut seen: [Option<Held>; limits::SLOTS] = [None; limits::SLOTS];
    let mut found = Vec::new();
    for &session in sessions {
        let span = &mut seen[session.start..session.end];
        if let Some(&other) = span.iter().flatten().next() {
            found.push((other, session));
        }
        span.fill(Some(session));
    }
    found
}
