//! A timetable laid out so that one session can be taken up and put down elsewhere, with what everybody's week costs.
//!
//! Counts as the referee counts, and is checked against it by the tests; whatever is told to people is measured by the
//! referee in the end.

use crate::{
    problem::{ChildId, Day, Mask, Problem, RoomId, Series, SiteId, Slot, Task, TeacherId},
    solution::{Session, Solution},
};

/// A timetable in which sessions can be moved, right or wrong.
pub(crate) struct Board<'p> {
    pub(crate) problem: &'p Problem,
    pub(crate) members: Vec<Vec<ChildId>>,
    /// Where each session is, or was before it was taken up.
    pub(crate) sessions: Vec<Session>,
    /// Whether a session lies there now.
    pub(crate) on: Vec<bool>,
    of_teacher: Vec<Vec<usize>>,
    of_child: Vec<Vec<usize>>,
    of_room: Vec<Vec<usize>>,
    of_task: Vec<Vec<usize>>,
    /// Rooms of the right type at the right site, by task.
    pools: Vec<usize>,
    rooms: Vec<Vec<RoomId>>,
    /// Slots of the week, by teacher.
    pub(crate) load: Vec<usize>,
    /// Slots watched, by teacher.
    pub(crate) watched: Vec<usize>,
    child_cost: Vec<i64>,
    teacher_cost: Vec<i64>,
    week_cost: Vec<i64>,
    task_cost: Vec<i64>,
    /// What the week costs.
    pub(crate) cost: i64,
}

/// Units of a child's day (S4 to S7).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ChildUnits {
    pub(crate) avoided: usize,
    pub(crate) idle: usize,
    pub(crate) visits: usize,
    pub(crate) short: usize,
}

/// Units of a teacher's day (S8, S10).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TeacherUnits {
    pub(crate) idle: usize,
    pub(crate) sites: usize,
}

/// Units of an order or a group (S1 to S3, S11, S12).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TaskUnits {
    pub(crate) leads: usize,
    pub(crate) strangers: usize,
    pub(crate) near: usize,
    pub(crate) rooms: usize,
    pub(crate) starts: usize,
}

impl<'p> Board<'p> {
    pub(crate) fn new(problem: &'p Problem, solution: &Solution) -> Self {
        let days = problem.grid.days;
        let (mut rooms, mut pools) = (Vec::new(), Vec::new());
        let mut known: Vec<(SiteId, usize)> = Vec::new();
        for task in problem.tasks() {
            let kind = problem.services[series_of(problem, task).service].room_kind;
            let site = problem.site(task).unwrap_or_default();
            let pool = known.iter().position(|&k| k == (site, kind)).unwrap_or_else(|| {
                known.push((site, kind));
                let fit = |r: &RoomId| problem.rooms[*r].site == site && problem.rooms[*r].kind == kind;
                rooms.push((0..problem.rooms.len()).filter(fit).collect());
                known.len() - 1
            });
            pools.push(pool);
        }
        let tasks = pools.len();
        let mut board = Self {
            problem,
            members: solution.members.clone(),
            sessions: Vec::new(),
            on: Vec::new(),
            of_teacher: vec![Vec::new(); problem.teachers.len() * days],
            of_child: vec![Vec::new(); problem.children.len() * days],
            of_room: vec![Vec::new(); problem.rooms.len() * days],
            of_task: vec![Vec::new(); tasks],
            pools,
            rooms,
            load: vec![0; problem.teachers.len()],
            watched: vec![0; problem.teachers.len()],
            child_cost: vec![0; problem.children.len() * days],
            teacher_cost: vec![0; problem.teachers.len() * days],
            week_cost: vec![0; problem.teachers.len()],
            task_cost: vec![0; tasks],
            cost: 0,
        };
        for &session in &solution.sessions {
            board.add(session);
        }
        board
    }

    /// One session more; its number.
    pub(crate) fn add(&mut self, session: Session) -> usize {
        let i = self.sessions.len();
        self.sessions.push(session);
        self.on.push(false);
        self.put(i, session);
        i
    }

    /// Forget the session that was added last and taken up again.
    pub(crate) fn drop_last(&mut self) {
        self.sessions.pop();
        self.on.pop();
    }

    /// Take a session up.
    pub(crate) fn take(&mut self, i: usize) -> Session {
        let session = self.sessions[i];
        self.on[i] = false;
        self.lay(i, session, false);
        session
    }

    /// Put a session down.
    pub(crate) fn put(&mut self, i: usize, session: Session) {
        self.sessions[i] = session;
        self.on[i] = true;
        self.lay(i, session, true);
    }

    fn lay(&mut self, i: usize, session: Session, down: bool) {
        let Session {
            task,
            day,
            start,
            teacher,
            second,
            room,
        } = session;
        let x = self.index(task);
        let series = self.series(task);
        let (dur, days) = (series.dur, self.problem.grid.days);
        change(&mut self.of_task[x], i, down);
        self.recost_task(x, task);
        if let (Task::Order(_), Some(t)) = (task, second) {
            count(&mut self.watched[t], dur, down);
        }
        if !self.lies_within(day, start, dur) {
            return;
        }
        let second = second.filter(|&t| t != teacher);
        for t in std::iter::once(teacher).chain(second) {
            change(&mut self.of_teacher[t * days + day], i, down);
            count(&mut self.load[t], dur, down);
            self.recost_teacher(t, day);
        }
        change(&mut self.of_room[room * days + day], i, down);
        for n in 0..self.kids(task).len() {
            let child = self.kids(task)[n];
            change(&mut self.of_child[child * days + day], i, down);
            self.recost_child(child, day);
        }
    }

    // ---- who and what

    /// Where a task stands: all orders, then all groups.
    pub(crate) fn index(&self, task: Task) -> usize {
        match task {
            Task::Order(o) => o,
            Task::Group(g) => self.problem.orders.len() + g,
        }
    }

    pub(crate) fn series(&self, task: Task) -> &'p Series {
        series_of(self.problem, task)
    }

    pub(crate) fn dur(&self, i: usize) -> usize {
        self.series(self.sessions[i].task).dur
    }

    pub(crate) fn site(&self, task: Task) -> SiteId {
        self.problem.site(task).unwrap_or_default()
    }

    /// The child of an order, the members of a group.
    pub(crate) fn kids(&self, task: Task) -> &[ChildId] {
        match task {
            Task::Order(o) => std::slice::from_ref(&self.problem.orders[o].child),
            Task::Group(g) => &self.members[g],
        }
    }

    /// Sessions of a teacher on a day, in no order.
    pub(crate) fn of_teacher(&self, t: TeacherId, day: Day) -> &[usize] {
        &self.of_teacher[t * self.problem.grid.days + day]
    }

    /// Sessions of a child on a day, in no order.
    pub(crate) fn of_child(&self, c: ChildId, day: Day) -> &[usize] {
        &self.of_child[c * self.problem.grid.days + day]
    }

    /// Sessions in a room on a day, in no order.
    pub(crate) fn of_room(&self, r: RoomId, day: Day) -> &[usize] {
        &self.of_room[r * self.problem.grid.days + day]
    }

    /// Sessions of an order or group.
    pub(crate) fn of_task(&self, task: Task) -> &[usize] {
        &self.of_task[self.index(task)]
    }

    /// Rooms in which a task may be held, their sizes apart.
    pub(crate) fn pool(&self, task: Task) -> &[RoomId] {
        &self.rooms[self.pools[self.index(task)]]
    }

    /// Whether `dur` slots lie in a half-day of the week.
    pub(crate) fn lies_within(&self, day: Day, start: Slot, dur: usize) -> bool {
        let grid = &self.problem.grid;
        let inside = |&(from, to): &(Slot, Slot)| from <= start && start.saturating_add(dur) <= to;
        day < grid.days && grid.blocks.iter().any(inside)
    }

    /// The half-day of a slot.
    pub(crate) fn block(&self, slot: Slot) -> Option<usize> {
        self.problem
            .grid
            .blocks
            .iter()
            .position(|&(from, to)| (from..to).contains(&slot))
    }

    /// The slots in which some sessions are held.
    pub(crate) fn used(&self, sessions: &[usize]) -> Mask {
        sessions
            .iter()
            .fold(0, |mask, &i| mask | span(self.sessions[i].start, self.dur(i)))
    }

    /// Slots of some sessions, each counted for itself.
    pub(crate) fn slots(&self, sessions: &[usize]) -> usize {
        sessions.iter().map(|&i| self.dur(i)).sum()
    }

    /// Those of some sessions of a day that meet `dur` slots from `start`.
    pub(crate) fn meeting(&self, sessions: &[usize], start: Slot, dur: usize) -> impl Iterator<Item = usize> {
        let at = span(start, dur);
        sessions
            .iter()
            .copied()
            .filter(move |&i| span(self.sessions[i].start, self.dur(i)) & at != 0)
    }

    /// Slots that a trainee is short of.
    pub(crate) fn unwatched(&self, t: TeacherId) -> usize {
        let owed = self.problem.teachers[t]
            .trainee
            .as_ref()
            .map_or(0, |t| size(t.shadow_min));
        owed.saturating_sub(self.watched[t])
    }

    // ---- what it costs

    pub(crate) fn child_units(&self, c: ChildId, day: Day) -> ChildUnits {
        let child = &self.problem.children[c];
        let used = self.used(self.of_child(c, day));
        let busy = size(used.count_ones());
        let mut units = ChildUnits {
            avoided: size((used & child.avoid[day]).count_ones()),
            short: if busy == 0 {
                0
            } else {
                size(child.min_day).saturating_sub(busy)
            },
            ..ChildUnits::default()
        };
        for &(from, to) in &self.problem.grid.blocks {
            let part = used & span(from, to - from);
            units.visits += usize::from(part != 0);
            units.idle += idle(part);
        }
        units
    }

    pub(crate) fn teacher_units(&self, t: TeacherId, day: Day) -> TeacherUnits {
        let mine = self.of_teacher(t, day);
        let used = self.used(mine);
        let mut units = TeacherUnits::default();
        for &(from, to) in &self.problem.grid.blocks {
            units.idle += idle(used & span(from, to - from));
        }
        let site = |i: usize| self.site(self.sessions[i].task);
        for (n, &i) in mine.iter().enumerate() {
            let known = mine.iter().take(n).any(|&j| site(j) == site(i));
            units.sites += usize::from(n > 0 && !known);
        }
        units
    }

    /// Slots of a teacher's week above the target (S9).
    pub(crate) fn over_target(&self, t: TeacherId) -> usize {
        self.load[t].saturating_sub(size(self.problem.teachers[t].target_week))
    }

    pub(crate) fn task_units(&self, task: Task) -> TaskUnits {
        let series = self.series(task);
        let all = self.of_task(task);
        let mut units = TaskUnits::default();
        for (n, &i) in all.iter().enumerate() {
            let a = &self.sessions[i];
            let before = || all.iter().take(n).map(|&j| &self.sessions[j]);
            units.leads += usize::from(n > 0 && before().all(|b| b.teacher != a.teacher));
            units.rooms += usize::from(n > 0 && before().all(|b| b.room != a.room));
            units.starts += usize::from(n > 0 && before().all(|b| b.start != a.start));
            units.strangers += usize::from(series.prev_teacher.is_some_and(|t| t != a.teacher));
            units.near += before()
                .filter(|b| (1..series.min_day_gap).contains(&a.day.abs_diff(b.day)))
                .count();
        }
        units
    }

    fn recost_child(&mut self, c: ChildId, day: Day) {
        let (units, w) = (self.child_units(c, day), &self.problem.weights);
        let cost = times(w.avoid_slot, units.avoided)
            + times(w.child_idle, units.idle)
            + times(w.child_visit, units.visits)
            + times(w.short_day, units.short);
        let old = &mut self.child_cost[c * self.problem.grid.days + day];
        self.cost += cost - *old;
        *old = cost;
    }

    fn recost_teacher(&mut self, t: TeacherId, day: Day) {
        let (units, w) = (self.teacher_units(t, day), &self.problem.weights);
        let cost = times(w.teacher_idle, units.idle) + times(w.extra_site, units.sites);
        let week = times(w.over_target, self.over_target(t));
        let old = &mut self.teacher_cost[t * self.problem.grid.days + day];
        self.cost += cost - *old + week - self.week_cost[t];
        *old = cost;
        self.week_cost[t] = week;
    }

    fn recost_task(&mut self, x: usize, task: Task) {
        let (units, w) = (self.task_units(task), &self.problem.weights);
        let cost = times(w.extra_teacher, units.leads)
            + times(w.not_prev_teacher, units.strangers)
            + times(w.day_gap, units.near)
            + times(w.extra_room, units.rooms)
            + times(w.extra_start, units.starts);
        self.cost += cost - self.task_cost[x];
        self.task_cost[x] = cost;
    }
}

fn series_of(problem: &Problem, task: Task) -> &Series {
    match task {
        Task::Order(o) => &problem.orders[o].series,
        Task::Group(g) => &problem.groups[g].series,
    }
}

fn change(list: &mut Vec<usize>, i: usize, down: bool) {
    if down {
        list.push(i);
    } else {
        list.retain(|&j| j != i);
    }
}

fn count(sum: &mut usize, n: usize, up: bool) {
    *sum = if up { *sum + n } else { sum.saturating_sub(n) };
}

/// Slots `start..start + dur`.
pub(crate) fn span(start: Slot, dur: usize) -> Mask {
    (start..start.saturating_add(dur))
        .take_while(|&u| u < 16)
        .fold(0, |mask, u| mask | (1 << u))
}

/// Free slots between the first and the last used one.
fn idle(part: Mask) -> usize {
    if part == 0 {
        return 0;
    }
    size(16 - part.leading_zeros() - part.trailing_zeros() - part.count_ones())
}

/// A number as it is compared with a count.
pub(crate) fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// So many units at a weight.
pub(crate) fn times(weight: i64, units: usize) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX).saturating_mul(weight)
}
