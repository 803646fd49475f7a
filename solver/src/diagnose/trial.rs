//! A part of a week in the making: who is busy when, and what could still be added without breaking a rule.

use super::frame::{Frame, Line, bits, count, number, span};
use crate::problem::{ChildId, Day, GroupId, Mask, Slot, TeacherId};

/// A session that was added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) line: usize,
    pub(super) day: Day,
    pub(super) start: Slot,
    /// Nobody where teachers are not looked at.
    pub(super) lead: Option<TeacherId>,
    pub(super) second: Option<TeacherId>,
    /// The pin it agrees with.
    pub(super) pin: Option<usize>,
}

/// Sessions that break no rule together; rooms are counted.
pub(super) struct Trial<'f, 'p> {
    pub(super) frame: &'f Frame<'p>,
    pub(super) placed: Vec<Placed>,
    teacher_used: Vec<Mask>,
    child_used: Vec<Mask>,
    load: Vec<u32>,
    /// Sessions of a teacher's day: from, to, where.
    stops: Vec<Vec<(Slot, Slot, usize)>>,
    rooms_used: Vec<usize>,
    days: usize,
}

impl<'f, 'p> Trial<'f, 'p> {
    /// Nothing yet; without teachers where these are not looked at.
    pub(super) fn new(frame: &'f Frame<'p>, staffed: bool) -> Self {
        let p = frame.problem;
        let days = p.grid.days;
        let teachers = if staffed { p.teachers.len() } else { 0 };
        Self {
            frame,
            placed: Vec::new(),
            teacher_used: vec![0; teachers * days],
            child_used: vec![0; p.children.len() * days],
            load: vec![0; teachers],
            stops: vec![Vec::new(); teachers * days],
            rooms_used: vec![0; frame.pools.len() * days * p.grid.slots],
            days,
        }
    }

    pub(super) fn line(&self, line: usize) -> &'f Line<'p> {
        &self.frame.lines[line]
    }

    /// Slots of a day that a teacher has none of the sessions in.
    pub(super) fn teacher_free(&self, teacher: TeacherId, day: Day) -> Mask {
        self.frame.problem.teachers[teacher].avail[day] & !self.teacher_used[teacher * self.days + day]
    }

    /// Slots that a teacher may still have on a day.
    pub(super) fn day_left(&self, teacher: TeacherId, day: Day) -> u32 {
        let most = self.frame.problem.teachers[teacher].max_day;
        most.saturating_sub(count(self.teacher_used[teacher * self.days + day]))
    }

    /// Slots that a teacher may still have in the week.
    pub(super) fn week_left(&self, teacher: TeacherId) -> u32 {
        self.frame.problem.teachers[teacher]
            .max_week
            .saturating_sub(self.load[teacher])
    }

    /// Rooms of a pool in use in a slot.
    pub(super) fn rooms_in_use(&self, pool: usize, day: Day, slot: Slot) -> usize {
        self.rooms_used[(pool * self.days + day) * self.frame.problem.grid.slots + slot]
    }

    fn sessions_on(&self, line: usize, day: Day) -> impl Iterator<Item = &Placed> {
        self.placed.iter().filter(move |s| s.line == line && s.day == day)
    }

    /// Starts at which one more session of a line could be for child and rooms; rooms only where teachers are looked at.
    pub(super) fn starts(&self, at: usize, day: Day, rooms: bool) -> Mask {
        let line = self.line(at);
        let dur = line.series.dur;
        let mut open = line.open[day];
        if open == 0 {
            return 0;
        }
        let mut held = 0;
        for s in self.sessions_on(at, day) {
            held += 1;
            // One session in a half-day.
            let half = self.frame.blocks.iter().find(|b| **b >> s.start & 1 == 1);
            open &= !half.copied().unwrap_or(0);
        }
        if held >= line.series.max_per_day {
            return 0;
        }
        if let Some(child) = line.child {
            open = self.child_starts(child, day, open, dur);
        }
        if rooms { open & self.room_starts(at, day) } else { open }
    }

    /// Starts of a day at which a room is free for a line.
    pub(super) fn room_starts(&self, at: usize, day: Day) -> Mask {
        let line = self.line(at);
        let Some(pool) = line.pool else { return 0 };
        let rooms = self.frame.pools[pool].rooms.len();
        let free = (0..self.frame.problem.grid.slots).filter(|&u| self.rooms_in_use(pool, day, u) < rooms);
        self.frame
            .starts_in(free.fold(0, |mask, u| mask | 1 << u), line.series.dur)
    }

    /// Slots of a day in which a child has sessions.
    pub(super) fn child_used_on(&self, child: ChildId, day: Day) -> Mask {
        self.child_used[child * self.days + day]
    }

    /// Those of some starts at which a child can have one more session.
    pub(super) fn child_starts(&self, child: ChildId, day: Day, open: Mask, dur: usize) -> Mask {
        let c = &self.frame.problem.children[child];
        let used = self.child_used[child * self.days + day];
        if open == 0 {
            return 0;
        }
        if count(used) + number(dur) > c.max_day {
            return 0;
        }
        let free = self.frame.starts_in(c.avail[day] & !used, dur) & open;
        bits(free)
            .filter(|&u| self.frame.run(used | span(u, dur)) <= c.max_run)
            .fold(0, |mask, u| mask | span(u, 1))
    }

    /// Starts of a day at which a teacher can have one more session at a site.
    pub(super) fn teacher_starts(&self, teacher: TeacherId, site: usize, day: Day, dur: usize) -> Mask {
        if number(dur) > self.week_left(teacher) {
            return 0;
        }
        self.teacher_starts_any(teacher, site, day, dur)
    }

    /// The same, however full the teacher's week is.
    pub(super) fn teacher_starts_any(&self, teacher: TeacherId, site: usize, day: Day, dur: usize) -> Mask {
        let t = &self.frame.problem.teachers[teacher];
        let used = self.teacher_used[teacher * self.days + day];
        if number(dur) > self.day_left(teacher, day).min(t.max_run) {
            return 0;
        }
        let free = self.frame.starts_in(t.avail[day] & !used, dur);
        if used == 0 {
            return free;
        }
        bits(free)
            .filter(|&u| self.frame.run(used | span(u, dur)) <= t.max_run && self.reaches(teacher, site, day, u, dur))
            .fold(0, |mask, u| mask | span(u, 1))
    }

    /// Whether a teacher gets to a session from the one before, and from it to the next.
    fn reaches(&self, teacher: TeacherId, site: usize, day: Day, start: Slot, dur: usize) -> bool {
        let p = self.frame.problem;
        let minutes =
            |end: Slot, start: Slot| p.grid.starts[start].saturating_sub(p.grid.starts[end - 1] + p.grid.slot_minutes);
        let stops = &self.stops[teacher * self.days + day];
        let before = stops.iter().filter(|s| s.1 <= start).max_by_key(|s| s.1);
        let after = stops.iter().filter(|s| s.0 >= start + dur).min_by_key(|s| s.0);
        before.is_none_or(|&(_, end, from)| from == site || minutes(end, start) >= p.travel[from][site])
            && after.is_none_or(|&(next, _, to)| to == site || minutes(start + dur, next) >= p.travel[site][to])
    }

    /// Whether the child of a place could be in every session of a group, one more session among them.
    pub(super) fn can_join(&self, place: usize, group_line: usize, more: Option<&Placed>) -> bool {
        let child = self.frame.problem.places[place].child;
        let c = &self.frame.problem.children[child];
        let dur = self.line(group_line).series.dur;
        let own = || self.placed.iter().filter(|s| s.line == group_line).chain(more);
        own().all(|s| {
            let used = self.child_used[child * self.days + s.day];
            let lessons = own()
                .filter(|o| o.day == s.day)
                .fold(0, |mask, o| mask | span(o.start, dur));
            let staff = [s.lead, s.second].into_iter().flatten();
            let busy = used | lessons;
            used & lessons == 0
                && lessons & !c.avail[s.day] == 0
                && count(busy) <= c.max_day
                && self.frame.run(busy) <= c.max_run
                && !staff.into_iter().any(|t| c.exclude.contains(&t))
        })
    }

    /// Put a child into the sessions of a group, or out of them again.
    pub(super) fn join(&mut self, child: ChildId, group_line: usize) {
        let dur = self.line(group_line).series.dur;
        for s in self.placed.iter().filter(|s| s.line == group_line) {
            self.child_used[child * self.days + s.day] ^= span(s.start, dur);
        }
    }

    /// Add a session that can be.
    pub(super) fn put(&mut self, session: Placed) {
        self.toggle(&session, true);
        self.placed.push(session);
    }

    /// Take the last one away again.
    pub(super) fn take(&mut self) {
        if let Some(session) = self.placed.pop() {
            self.toggle(&session, false);
        }
    }

    /// Somebody watches a session, or does not any more.
    pub(super) fn watch(&mut self, session: usize, trainee: Option<TeacherId>) {
        let s = self.placed[session];
        if let Some(t) = s.second {
            self.busy(t, &s, false);
        }
        self.placed[session].second = trainee;
        if let Some(t) = trainee {
            self.busy(t, &s, true);
        }
    }

    fn toggle(&mut self, s: &Placed, on: bool) {
        let line = self.line(s.line);
        let dur = line.series.dur;
        if let Some(child) = line.child {
            self.child_used[child * self.days + s.day] ^= span(s.start, dur);
        }
        for t in [s.lead, s.second].into_iter().flatten() {
            self.busy(t, s, on);
        }
        if let Some(pool) = line.pool {
            let from = (pool * self.days + s.day) * self.frame.problem.grid.slots + s.start;
            for n in &mut self.rooms_used[from..from + dur] {
                *n = if on { *n + 1 } else { *n - 1 };
            }
        }
    }

    fn busy(&mut self, teacher: TeacherId, s: &Placed, on: bool) {
        let line = self.line(s.line);
        let dur = line.series.dur;
        let row = teacher * self.days + s.day;
        self.teacher_used[row] ^= span(s.start, dur);
        if on {
            self.load[teacher] += number(dur);
            self.stops[row].push((s.start, s.start + dur, line.site));
        } else {
            self.load[teacher] -= number(dur);
            self.stops[row].retain(|stop| stop.0 != s.start);
        }
    }

    /// The line of a group.
    pub(super) fn group_line(&self, group: GroupId) -> usize {
        self.frame.problem.orders.len() + group
    }
}
