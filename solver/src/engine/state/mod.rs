//! A timetable in the making: every session's spot, the masks of everybody's days, and the cost, kept up with each step.
//!
//! No step ever breaks a hard rule; what is not possible yet is missing: sessions without a spot, places without a
//! group, groups below their size, hours not watched.

mod changes;
mod members;
mod price;
mod week;

use super::model::{ANY_ROOM, Fixed, Model, NONE, Spot, span};
use crate::problem::Mask;
use changes::Away;

/// What one missing thing weighs at first against the cost of the week while searching.
pub(crate) const MISSING: i64 = 60;

/// A timetable, complete or not, without any broken rule.
#[derive(Clone)]
pub(crate) struct State {
    pub spots: Vec<Spot>,
    /// Members of every group, sorted.
    pub members: Vec<Vec<u32>>,
    /// Group of every place, or [`NONE`].
    pub place_group: Vec<u32>,
    teacher_used: Vec<Mask>,
    site_used: Vec<Mask>,
    pub teacher_load: Vec<i32>,
    watched: Vec<i32>,
    child_used: Vec<Mask>,
    /// What a child's day costs, by child and day.
    child_cost: Vec<i64>,
    /// Free rooms of a pool, by pool, day and slot.
    free: Vec<u128>,
    teacher_at: Vec<u32>,
    child_at: Vec<u32>,
    room_at: Vec<u32>,
    /// Rooms that hold a group's members, by group.
    holding: Vec<u128>,
    /// Teachers who belong to another part at the moment and get nothing new here; empty for nobody.
    pub barred: Vec<bool>,
    /// How every task stands to what was published.
    away: Vec<Away>,
    /// Tasks of a child that have any session elsewhere or out.
    moved_tasks: Vec<u16>,
    /// Tasks of a child that have any session elsewhere.
    relocated_tasks: Vec<u16>,
    /// Families that have any session at another time than published, or not held.
    pub families: i32,
    /// Families that have any session at another time.
    pub relocated: i32,
    /// Cost of the week.
    pub soft: i64,
    /// Cost of the changes against what was published.
    pub change: i64,
    /// Sessions, places, members and watched slots that are missing.
    pub missing: i64,
    /// The same, by the weights.
    lack: i64,
    /// What a missing session weighs, by task: more, the longer the task could not be set.
    pub task_weight: Vec<i64>,
    /// What a slot that was not watched weighs, by trainee.
    pub watch_weight: Vec<i64>,
    /// What a missing place or member weighs.
    pub seat_weight: i64,
    /// Not everything finds a place: as many sessions as can be are set, and not only whole tasks.
    pub partial: bool,
}

impl State {
    /// Nothing has a spot yet.
    pub(crate) fn new(m: &Model<'_>) -> Self {
        let groups = m.problem.groups.len();
        let mut state = Self {
            spots: vec![Spot::OUT; m.task_of.len()],
            members: vec![Vec::new(); groups],
            place_group: vec![NONE; m.places.len()],
            teacher_used: vec![0; m.teachers.len() * m.days],
            site_used: vec![0; m.site_rows * m.days],
            teacher_load: vec![0; m.teachers.len()],
            watched: vec![0; m.teachers.len()],
            child_used: vec![0; m.children.len() * m.days],
            child_cost: vec![0; m.children.len() * m.days],
            free: m
                .pools
                .iter()
                .flat_map(|p| std::iter::repeat_n(p.all, m.days * m.slots))
                .collect(),
            teacher_at: vec![NONE; m.teachers.len() * m.days * m.slots],
            child_at: vec![NONE; m.children.len() * m.days * m.slots],
            room_at: vec![NONE; m.problem.rooms.len() * m.days * m.slots],
            holding: (0..groups)
                .map(|g| m.holding(m.tasks[m.task_of_group[g] as usize].pool as usize, 0))
                .collect(),
            barred: Vec::new(),
            away: vec![Away::default(); m.tasks.len()],
            moved_tasks: vec![0; m.children.len()],
            relocated_tasks: vec![0; m.children.len()],
            relocated: 0,
            families: 0,
            soft: 0,
            change: 0,
            missing: 0,
            lack: 0,
            task_weight: vec![MISSING; m.tasks.len()],
            watch_weight: vec![MISSING; m.teachers.len()],
            seat_weight: MISSING,
            partial: false,
        };
        state.missing = m.task_of.len() as i64
            + m.places.len() as i64
            + m.problem.groups.iter().map(|g| g.min_size as i64).sum::<i64>()
            + m.teachers.iter().map(|t| i64::from(t.shadow_min)).sum::<i64>();
        state.lack = state.missing * MISSING;
        if let Some(w) = m.change {
            state.change = w.cancelled * m.task_of.len() as i64;
            for x in 0..m.tasks.len() {
                state.rechange(m, x);
            }
        }
        state
    }

    /// What the search makes small.
    #[inline]
    pub(crate) fn goal(&self) -> i64 {
        self.lack + self.change * self.change_weight() + self.soft
    }

    /// A change of what families know is ranked before the cost of the week.
    const fn change_weight(&self) -> i64 {
        20
    }

    /// From now on as many sessions as can be count: each weighs the same, and more than whatever it may cost.
    pub(crate) fn make_do(&mut self, m: &Model<'_>) {
        let weight = MISSING.max(m.problem.weights.sum().saturating_mul(20));
        self.partial = true;
        self.task_weight.fill(weight);
        self.watch_weight.fill(weight);
        self.seat_weight = weight;
        self.weigh(m);
    }

    /// What is missing now weighs more from now on.
    pub(crate) fn press(&mut self, m: &Model<'_>) {
        for sid in 0..self.spots.len() {
            if !self.spots[sid].is_set() {
                let weight = &mut self.task_weight[m.task_of[sid] as usize];
                *weight = (*weight + 8).min(100_000);
            }
        }
        for t in 0..m.teachers.len() {
            if self.watch_missing(m, t as u32) > 0 {
                self.watch_weight[t] = (self.watch_weight[t] + 8).min(100_000);
            }
        }
        if self.seats_missing(m) > 0 {
            self.seat_weight = (self.seat_weight + 8).min(100_000);
        }
        self.weigh(m);
    }

    /// Weigh all that is missing again.
    pub(crate) fn weigh(&mut self, m: &Model<'_>) {
        let sessions = (0..self.spots.len())
            .filter(|&s| !self.spots[s].is_set())
            .map(|s| self.task_weight[m.task_of[s] as usize]);
        let watched = (0..m.teachers.len()).map(|t| i64::from(self.watch_missing(m, t as u32)) * self.watch_weight[t]);
        self.lack = sessions.sum::<i64>() + watched.sum::<i64>() + self.seats_missing(m) * self.seat_weight;
    }

    /// Places without a group, and members that groups lack.
    fn seats_missing(&self, m: &Model<'_>) -> i64 {
        let places = self.place_group.iter().filter(|&&g| g == NONE).count();
        let members = (0..self.members.len() as u32).map(|g| self.few(m, g));
        (places + members.sum::<usize>()) as i64
    }

    /// How many members a group lacks.
    pub(crate) fn few(&self, m: &Model<'_>, group: u32) -> usize {
        let least = m.problem.groups[group as usize].min_size;
        least.saturating_sub(self.members[group as usize].len())
    }

    /// Better comes first: nothing missing, then few changes, then a cheap week.
    pub(crate) fn rank(&self) -> (i64, i64, i64) {
        (self.missing, self.change, self.soft)
    }

    // ---- who

    #[inline]
    pub(crate) fn kids<'a>(&'a self, m: &'a Model<'_>, x: usize) -> &'a [u32] {
        let task = &m.tasks[x];
        if task.group == NONE {
            std::slice::from_ref(&task.child)
        } else {
            &self.members[task.group as usize]
        }
    }

    /// The session of a teacher in a slot, or [`NONE`].
    #[inline]
    pub(crate) fn teacher_session(&self, m: &Model<'_>, t: u32, day: usize, slot: usize) -> u32 {
        self.teacher_at[(t as usize * m.days + day) * m.slots + slot]
    }

    /// The session of a child in a slot, or [`NONE`].
    #[inline]
    pub(crate) fn child_session(&self, m: &Model<'_>, c: u32, day: usize, slot: usize) -> u32 {
        self.child_at[(c as usize * m.days + day) * m.slots + slot]
    }

    /// The session in a room of a pool in a slot, or [`NONE`].
    #[inline]
    pub(crate) fn room_session(&self, m: &Model<'_>, pool: u32, room: u8, day: usize, slot: usize) -> u32 {
        let room = m.pools[pool as usize].rooms[room as usize];
        self.room_at[(room * m.days + day) * m.slots + slot]
    }

    #[inline]
    pub(crate) fn teacher_free(&self, m: &Model<'_>, t: u32, day: usize) -> Mask {
        let i = t as usize * m.days + day;
        m.teacher_avail[i] & !self.teacher_used[i]
    }

    #[inline]
    pub(crate) fn child_free(&self, m: &Model<'_>, c: u32, day: usize) -> Mask {
        let i = c as usize * m.days + day;
        m.child_avail[i] & !self.child_used[i]
    }

    /// Slots in which everybody of a task is free.
    #[inline]
    pub(crate) fn kids_free(&self, m: &Model<'_>, x: usize, day: usize) -> Mask {
        let mut mask = Mask::MAX;
        for &c in self.kids(m, x) {
            mask &= self.child_free(m, c, day);
        }
        mask
    }

    pub(crate) fn watch_missing(&self, m: &Model<'_>, t: u32) -> i32 {
        (m.teachers[t as usize].shadow_min - self.watched[t as usize]).max(0)
    }

    /// Slots of a trainee's week that are kept free for watching; none where not everything finds a place.
    #[inline]
    pub(crate) fn owed(&self, m: &Model<'_>, t: u32) -> i32 {
        if self.partial { 0 } else { self.watch_missing(m, t) }
    }

    // ---- steps

    /// Give a session a spot that [`State::price`] allowed (or that is known to be right).
    pub(crate) fn put(&mut self, m: &Model<'_>, sid: usize, spot: Spot) {
        let x = m.task_of[sid] as usize;
        self.occupy::<true>(m, sid, spot);
        self.soft += self.marginal(m, x, sid, spot);
        self.spots[sid] = spot;
        self.missing -= 1;
        self.lack -= self.task_weight[x];
        if let Some(w) = m.change {
            self.change -= w.cancelled;
            self.rechange(m, x);
        }
    }

    /// Take a session's spot away.
    pub(crate) fn take(&mut self, m: &Model<'_>, sid: usize) -> Spot {
        let spot = self.spots[sid];
        let x = m.task_of[sid] as usize;
        self.occupy::<false>(m, sid, spot);
        self.soft -= self.marginal(m, x, sid, spot);
        self.spots[sid] = Spot::OUT;
        self.missing += 1;
        self.lack += self.task_weight[x];
        if let Some(w) = m.change {
            self.change += w.cancelled;
            self.rechange(m, x);
        }
        spot
    }

    fn occupy<const SET: bool>(&mut self, m: &Model<'_>, sid: usize, spot: Spot) {
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        let (day, start, dur) = (spot.day as usize, spot.start as usize, task.dur as usize);
        let slots = span(start, dur);
        if task.group == NONE {
            self.child_slots::<SET>(m, task.child, sid, day, start, slots);
        } else {
            let group = task.group as usize;
            for i in 0..self.members[group].len() {
                self.child_slots::<SET>(m, self.members[group][i], sid, day, start, slots);
            }
        }
        self.teacher_slots::<SET>(m, spot.teacher, task.site, sid, day, start, dur);
        if spot.second != NONE {
            self.teacher_slots::<SET>(m, spot.second, task.site, sid, day, start, dur);
            if task.group == NONE {
                let before = i64::from(self.watch_missing(m, spot.second));
                self.watched[spot.second as usize] += if SET { dur as i32 } else { -(dur as i32) };
                let more = i64::from(self.watch_missing(m, spot.second)) - before;
                self.missing += more;
                self.lack += more * self.watch_weight[spot.second as usize];
            }
        }
        let room = m.pools[task.pool as usize].rooms[spot.room as usize];
        let row = (room * m.days + day) * m.slots + start;
        self.room_at[row..row + dur].fill(if SET { sid as u32 } else { NONE });
        let row = (task.pool as usize * m.days + day) * m.slots + start;
        for slot in 0..dur {
            if SET {
                self.free[row + slot] &= !(1 << spot.room);
            } else {
                self.free[row + slot] |= 1 << spot.room;
            }
        }
    }

    #[inline]
    fn child_slots<const SET: bool>(
        &mut self,
        m: &Model<'_>,
        c: u32,
        sid: usize,
        day: usize,
        start: usize,
        slots: Mask,
    ) {
        let c = c as usize;
        let i = c * m.days + day;
        let before = self.child_used[i];
        let after = if SET { before | slots } else { before & !slots };
        let w = &m.problem.weights;
        let cost = Self::child_day(m, w, c, day, after);
        self.soft += cost - self.child_cost[i];
        self.child_cost[i] = cost;
        self.child_used[i] = after;
        let row = i * m.slots + start;
        self.child_at[row..row + slots.count_ones() as usize].fill(if SET { sid as u32 } else { NONE });
    }

    #[inline]
    fn teacher_slots<const SET: bool>(
        &mut self,
        m: &Model<'_>,
        t: u32,
        site: u32,
        sid: usize,
        day: usize,
        start: usize,
        dur: usize,
    ) {
        let t = t as usize;
        let teacher = &m.teachers[t];
        let w = &m.problem.weights;
        let i = t * m.days + day;
        let slots = span(start, dur);
        let before = self.teacher_used[i];
        let after = if SET { before | slots } else { before & !slots };
        let mut delta =
            w.teacher_idle * (i64::from(m.facts[after as usize].idle) - i64::from(m.facts[before as usize].idle));
        self.teacher_used[i] = after;
        let load = self.teacher_load[t];
        let then = if SET { load + dur as i32 } else { load - dur as i32 };
        delta += w.over_target * i64::from((then - teacher.target).max(0) - (load - teacher.target).max(0));
        self.teacher_load[t] = then;
        if teacher.sites.len() == 1 {
            self.site_used[teacher.site_row as usize * m.days + day] = after;
        } else {
            delta -= w.extra_site * self.sites_of_day(m, t, day);
            for (k, &s) in teacher.sites.iter().enumerate() {
                if s == site {
                    let mask = &mut self.site_used[(teacher.site_row as usize + k) * m.days + day];
                    if SET { *mask |= slots } else { *mask &= !slots }
                }
            }
            delta += w.extra_site * self.sites_of_day(m, t, day);
        }
        self.soft += delta;
        let row = i * m.slots + start;
        self.teacher_at[row..row + dur].fill(if SET { sid as u32 } else { NONE });
    }

    /// What is decided about a session, as a wish to start from.
    pub(crate) fn wish(fixed: Fixed, day: usize, start: usize, teacher: u32) -> Spot {
        Spot {
            day: day as u8,
            start: start as u8,
            room: fixed.room.unwrap_or(ANY_ROOM),
            teacher,
            second: fixed.second.unwrap_or(NONE),
        }
    }
}
