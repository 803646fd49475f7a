//! A timetable in the making: every session's spot, the masks of everybody's days, and the cost, kept up with each step.
//!
//! No step ever breaks a hard rule; what is not possible yet is missing: sessions without a spot, places without a
//! group, groups below their size, hours not watched.

use super::model::{Fixed, Model, NONE, Spot, TaskModel, span};
use crate::{
    problem::{Mask, Weights},
    solution::{Session, Solution},
};

/// What one missing thing weighs at first against the cost of the week while searching.
pub(crate) const MISSING: i64 = 60;

/// A spot that leaves the room open.
pub(crate) const ANY_ROOM: u8 = u8::MAX;

/// The sessions of a task that have a spot, beside one more.
#[derive(Default)]
struct Others {
    rooms: u128,
    starts: Mask,
    /// Sessions too near to the new one.
    near: i64,
    /// The new one's lead leads another.
    known: bool,
}

impl Others {
    #[inline]
    fn add(&mut self, task: &TaskModel, other: Spot, new: Spot) {
        self.rooms |= 1 << other.room;
        self.starts |= 1 << other.start;
        let apart = other.day.abs_diff(new.day);
        self.near += i64::from(apart > 0 && apart < task.gap);
        self.known |= other.teacher == new.teacher;
    }

    #[inline]
    fn marginal(&self, m: &Model<'_>, x: usize, new: Spot) -> i64 {
        let w = &m.problem.weights;
        let prev = m.tasks[x].prev;
        let mut cost = w.day_gap * self.near + w.not_prev_teacher * i64::from(prev != NONE && prev != new.teacher);
        if self.rooms != 0 {
            cost += w.extra_teacher * i64::from(!self.known)
                + w.extra_room * i64::from(self.rooms >> new.room & 1 == 0)
                + w.extra_start * i64::from(self.starts >> new.start & 1 == 0);
        }
        cost
    }
}

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
    task_change: Vec<i64>,
    /// Rooms that hold a group's members, by group.
    holding: Vec<u128>,
    /// Teachers who belong to another part at the moment and get nothing new here; empty for nobody.
    pub barred: Vec<bool>,
    moved: Vec<bool>,
    moved_tasks: Vec<u16>,
    /// Families that have any session elsewhere than published.
    pub families: u32,
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
            task_change: vec![0; m.tasks.len()],
            holding: (0..groups)
                .map(|g| m.holding(m.tasks[m.task_of_group[g] as usize].pool as usize, 0))
                .collect(),
            barred: Vec::new(),
            moved: vec![false; m.tasks.len()],
            moved_tasks: vec![0; m.children.len()],
            families: 0,
            soft: 0,
            change: 0,
            missing: 0,
            lack: 0,
            task_weight: vec![MISSING; m.tasks.len()],
            watch_weight: vec![MISSING; m.teachers.len()],
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
        self.weigh(m);
    }

    fn weigh(&mut self, m: &Model<'_>) {
        let sessions = (0..self.spots.len())
            .filter(|&s| !self.spots[s].is_set())
            .map(|s| self.task_weight[m.task_of[s] as usize]);
        let watched = (0..m.teachers.len()).map(|t| i64::from(self.watch_missing(m, t as u32)) * self.watch_weight[t]);
        let places = self.place_group.iter().filter(|&&g| g == NONE).count() as i64;
        let members = self
            .members
            .iter()
            .zip(&m.problem.groups)
            .map(|(g, p)| p.min_size.saturating_sub(g.len()) as i64);
        self.lack = sessions.sum::<i64>() + watched.sum::<i64>() + (places + members.sum::<i64>()) * MISSING;
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

    // ---- what a day costs

    #[inline]
    fn child_day(m: &Model<'_>, w: &Weights, c: usize, day: usize, mask: Mask) -> i64 {
        if mask == 0 {
            return 0;
        }
        let facts = m.facts[mask as usize];
        let short = m.children[c].min_day.saturating_sub(facts.count);
        let avoided = m.facts[(mask & m.child_avoid[c * m.days + day]) as usize].count;
        w.child_idle * i64::from(facts.idle)
            + w.child_visit * i64::from(facts.visits)
            + w.short_day * i64::from(short)
            + w.avoid_slot * i64::from(avoided)
    }

    #[inline]
    fn sites_of_day(&self, m: &Model<'_>, t: usize, day: usize) -> i64 {
        let teacher = &m.teachers[t];
        if teacher.sites.len() < 2 {
            return 0;
        }
        let row = teacher.site_row as usize;
        let used = (0..teacher.sites.len())
            .filter(|k| self.site_used[(row + k) * m.days + day] != 0)
            .count();
        used.saturating_sub(1) as i64
    }

    /// What one session more does to a child's day, or nothing when a rule forbids it.
    #[inline]
    fn child_price(&self, m: &Model<'_>, c: u32, day: usize, slots: Mask) -> Option<i64> {
        let c = c as usize;
        let i = c * m.days + day;
        let used = self.child_used[i];
        if slots & (used | !m.child_avail[i]) != 0 {
            return None;
        }
        let after = used | slots;
        let child = &m.children[c];
        let facts = m.facts[after as usize];
        if facts.count > child.max_day || facts.run > child.max_run {
            return None;
        }
        let w = &m.problem.weights;
        Some(Self::child_day(m, w, c, day, after) - self.child_cost[i])
    }

    /// What one session more does to a teacher's day and week, or nothing when a rule forbids it. Hours that a trainee
    /// still owes the mentor are kept free.
    #[inline]
    fn teacher_price<const WATCHING: bool>(
        &self,
        m: &Model<'_>,
        t: u32,
        site: u32,
        day: usize,
        start: usize,
        dur: usize,
    ) -> Option<i64> {
        let t = t as usize;
        let i = t * m.days + day;
        let used = self.teacher_used[i];
        let slots = span(start, dur);
        if slots & (used | !m.teacher_avail[i]) != 0 {
            return None;
        }
        let after = used | slots;
        let teacher = &m.teachers[t];
        let load = self.teacher_load[t] + dur as i32;
        let owed = self.watch_missing(m, t as u32) - if WATCHING { dur as i32 } else { 0 };
        let facts = m.facts[after as usize];
        if facts.count > teacher.max_day || facts.run > teacher.max_run || load + owed.max(0) > teacher.max_week {
            return None;
        }
        let w = &m.problem.weights;
        let mut price = w.teacher_idle * (i64::from(facts.idle) - i64::from(m.facts[used as usize].idle));
        let over = load - teacher.target;
        if over > 0 {
            price += w.over_target * i64::from(over.min(dur as i32));
        }
        if teacher.sites.len() > 1 && used != 0 {
            price += w.extra_site * self.site_price(m, t, site, day, start, dur)?;
        }
        Some(price)
    }

    /// Sites more on that day, or nothing when there is no time for the way.
    #[inline]
    fn site_price(&self, m: &Model<'_>, t: usize, site: u32, day: usize, start: usize, dur: usize) -> Option<i64> {
        let teacher = &m.teachers[t];
        let row = teacher.site_row as usize;
        let used = self.teacher_used[t * m.days + day];
        let mut here = 0;
        for (k, &s) in teacher.sites.iter().enumerate() {
            if s == site {
                here = self.site_used[(row + k) * m.days + day];
            }
        }
        if used == here {
            return Some(0);
        }
        let before = used & (span(0, start));
        if before != 0 {
            let last = 15 - before.leading_zeros() as usize;
            let from = self.site_at(m, t, day, last);
            let way = m.problem.travel[from as usize][site as usize] as i32;
            if from != site && m.minutes[last * m.slots + start] < way {
                return None;
            }
        }
        let after = used & !span(0, start + dur);
        if after != 0 {
            let next = after.trailing_zeros() as usize;
            let to = self.site_at(m, t, day, next);
            let way = m.problem.travel[site as usize][to as usize] as i32;
            if to != site && m.minutes[(start + dur - 1) * m.slots + next] < way {
                return None;
            }
        }
        Some(i64::from(here == 0))
    }

    #[inline]
    fn site_at(&self, m: &Model<'_>, t: usize, day: usize, slot: usize) -> u32 {
        let teacher = &m.teachers[t];
        let row = teacher.site_row as usize;
        for (k, &s) in teacher.sites.iter().enumerate() {
            if self.site_used[(row + k) * m.days + day] >> slot & 1 == 1 {
                return s;
            }
        }
        NONE
    }

    /// What one session adds to the cost of its task (S1, S2, S3, S11, S12), beside the others that have a spot.
    #[inline]
    fn marginal(&self, m: &Model<'_>, x: usize, sid: usize, spot: Spot) -> i64 {
        let mut others = Others::default();
        for other in m.sessions(x) {
            let b = self.spots[other];
            if other != sid && b.is_set() {
                others.add(&m.tasks[x], b, spot);
            }
        }
        others.marginal(m, x, spot)
    }

    // ---- what a step would do

    /// What a spot would cost, with the room and the assistant chosen where they are open; nothing when a rule forbids
    /// it. The session must not have a spot.
    pub(crate) fn price(&self, m: &Model<'_>, sid: usize, wish: Spot) -> Option<(i64, Spot)> {
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        let (day, start, dur) = (wish.day as usize, wish.start as usize, task.dur as usize);
        if m.starts[dur] >> start & 1 == 0 {
            return None;
        }
        let half = m.block[start];
        let (mut today, mut leads) = (0, 0);
        let mut others = Others::default();
        let range = m.sessions(x);
        for other in range.clone() {
            let b = self.spots[other];
            if other == sid || !b.is_set() {
                continue;
            }
            if b.day == wish.day {
                if m.block[b.start as usize] == half {
                    return None;
                }
                today += 1;
            }
            if b.teacher != wish.teacher {
                if task.max_leads == 1 {
                    return None;
                }
                let again = |i: usize| i != sid && self.spots[i].is_set() && self.spots[i].teacher == b.teacher;
                leads += u8::from(!(range.start..other).any(again));
            }
            others.add(task, b, wish);
        }
        if today >= task.per_day || (!others.known && leads >= task.max_leads) {
            return None;
        }
        let slots = span(start, dur);
        let mut price = 0;
        let kids = self.kids(m, x);
        for &c in kids {
            price += self.child_price(m, c, day, slots)?;
        }
        price += self.teacher_price::<false>(m, wish.teacher, task.site, day, start, dur)?;
        let mut spot = wish;
        if kids
            .iter()
            .any(|&c| m.children[c as usize].exclude.contains(&wish.teacher))
        {
            return None;
        }
        if task.group != NONE {
            if task.assisted {
                let (extra, second) = self.assistant(m, x, wish, m.fixed[sid].second)?;
                price += extra;
                spot.second = second;
            }
        } else if wish.second != NONE {
            if m.teachers[wish.second as usize].mentor != wish.teacher {
                return None;
            }
            price += self.watch_price(m, x, wish)?;
        }
        spot.room = self.room(m, x, wish, others.rooms, m.fixed[sid].room)?;
        if m.has_fixed[x] && !m.fixed[sid].allows(spot) {
            return None;
        }
        price += others.marginal(m, x, spot);
        price -= self.task_weight[x];
        if let Some(change) = m.change {
            let (after, moved) = self.change_of(m, x, sid, spot);
            let (before, was) = self.change_of(m, x, sid, Spot::OUT);
            let mut families = 0;
            for &c in kids {
                let others = self.moved_tasks[c as usize] - u16::from(was);
                families += i64::from(others == 0) * (i64::from(moved) - i64::from(was));
            }
            price += (after - before - change.cancelled + change.family_moved * families) * self.change_weight();
        }
        Some((price, spot))
    }

    /// Somebody to assist: who is wished, or who costs least.
    fn assistant(&self, m: &Model<'_>, x: usize, wish: Spot, fixed: Option<u32>) -> Option<(i64, u32)> {
        let task = &m.tasks[x];
        let (day, start, dur) = (wish.day as usize, wish.start as usize, task.dur as usize);
        let mut best: Option<(i64, u32)> = None;
        for &t in task.assistants.iter() {
            let wished = fixed.is_none_or(|f| f == t) && (wish.second == NONE || wish.second == t);
            if t == wish.teacher || !wished || self.barred.get(t as usize) == Some(&true) {
                continue;
            }
            let Some(price) = self.teacher_price::<false>(m, t, task.site, day, start, dur) else {
                continue;
            };
            let refused = || {
                self.kids(m, x)
                    .iter()
                    .any(|&c| m.children[c as usize].exclude.contains(&t))
            };
            if best.is_none_or(|(b, _)| price < b) && !refused() {
                best = Some((price, t));
            }
        }
        best
    }

    /// What it costs that a trainee watches, with the hours owed.
    fn watch_price(&self, m: &Model<'_>, x: usize, spot: Spot) -> Option<i64> {
        let task = &m.tasks[x];
        let t = spot.second;
        let teacher = &m.teachers[t as usize];
        if !teacher.sites.contains(&task.site) || m.children[task.child as usize].exclude.contains(&t) {
            return None;
        }
        let price = self.teacher_price::<true>(
            m,
            t,
            task.site,
            spot.day as usize,
            spot.start as usize,
            task.dur as usize,
        )?;
        let paid = i64::from(self.watch_missing(m, t).min(i32::from(task.dur)));
        Some(price - paid * self.watch_weight[t as usize])
    }

    /// What it costs that a trainee watches a session that has its spot.
    pub(crate) fn watching(&self, m: &Model<'_>, x: usize, spot: Spot) -> Option<i64> {
        self.watch_price(m, x, spot)
    }

    /// A free room: the one that is wished, else one that the task has already, else the first.
    #[inline]
    fn room(&self, m: &Model<'_>, x: usize, wish: Spot, had: u128, fixed: Option<u8>) -> Option<u8> {
        let free = self.free_rooms(m, x, wish.day as usize, wish.start as usize);
        let wished = if wish.room == ANY_ROOM { fixed } else { Some(wish.room) };
        if let Some(room) = wished {
            return (free >> room & 1 == 1).then_some(room);
        }
        if free == 0 {
            return None;
        }
        let known = free & had;
        Some(if known == 0 { free } else { known }.trailing_zeros() as u8)
    }

    /// Rooms that a session of a task could have at a time.
    #[inline]
    pub(crate) fn free_rooms(&self, m: &Model<'_>, x: usize, day: usize, start: usize) -> u128 {
        let task = &m.tasks[x];
        let row = (task.pool as usize * m.days + day) * m.slots + start;
        let mut free = if task.group == NONE {
            u128::MAX
        } else {
            self.holding[task.group as usize]
        };
        for slot in 0..task.dur as usize {
            free &= self.free[row + slot];
        }
        free
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

    /// The changes of a task against what was published, counted again.
    fn rechange(&mut self, m: &Model<'_>, x: usize) {
        let Some(w) = m.change else { return };
        let (now, moved) = self.change_of(m, x, usize::MAX, Spot::OUT);
        self.change += now - self.task_change[x];
        self.task_change[x] = now;
        if moved == self.moved[x] {
            return;
        }
        self.moved[x] = moved;
        for i in 0..self.kids(m, x).len() {
            let c = self.kids(m, x)[i] as usize;
            let before = self.moved_tasks[c];
            self.moved_tasks[c] = if moved { before + 1 } else { before - 1 };
            if before == 0 {
                self.families += 1;
                self.change += w.family_moved;
            } else if self.moved_tasks[c] == 0 {
                self.families -= 1;
                self.change -= w.family_moved;
            }
        }
    }

    /// What a task's changes against what was published cost, without the families; and whether any session is
    /// elsewhere. One session of the task may be looked at as if it had another spot.
    fn change_of(&self, m: &Model<'_>, x: usize, changed: usize, spot: Spot) -> (i64, bool) {
        let published = &m.tasks[x].published;
        let Some(w) = m.change else { return (0, false) };
        let (mut cost, mut at_home, mut set) = (0, 0, 0);
        for sid in m.sessions(x) {
            let a = if sid == changed { spot } else { self.spots[sid] };
            if !a.is_set() {
                continue;
            }
            set += 1;
            if let Some(b) = published.iter().find(|b| b.day == a.day && b.start == a.start) {
                at_home += 1;
                cost += w.teacher_changed * i64::from(a.teacher != b.teacher)
                    + w.room_changed * i64::from(a.room != b.room);
            }
        }
        (cost, at_home != published.len() || set != published.len())
    }

    // ---- members of groups

    /// Whether a child can come to all sessions that a group has.
    pub(crate) fn may_join(&self, m: &Model<'_>, place: usize, group: u32) -> bool {
        let c = m.places[place].child;
        let members = &self.members[group as usize];
        let x = m.task_of_group[group as usize] as usize;
        if members.contains(&c) || members.len() >= m.problem.groups[group as usize].max_size {
            return false;
        }
        let holding = m.holding(m.tasks[x].pool as usize, members.len() + 1);
        let dur = m.tasks[x].dur as usize;
        m.sessions(x).all(|sid| {
            let spot = self.spots[sid];
            let exclude = &m.children[c as usize].exclude;
            !spot.is_set()
                || (holding >> spot.room & 1 == 1
                    && !exclude.contains(&spot.teacher)
                    && !exclude.contains(&spot.second)
                    && self
                        .child_price(m, c, spot.day as usize, span(spot.start as usize, dur))
                        .is_some())
        }) && self.day_holds(m, c, x)
    }

    /// Two sessions of the group on one day are too much together although each is not.
    fn day_holds(&self, m: &Model<'_>, c: u32, x: usize) -> bool {
        (0..m.days).all(|day| {
            let mut mask = self.child_used[c as usize * m.days + day];
            for sid in m.sessions(x) {
                let spot = self.spots[sid];
                if spot.is_set() && spot.day as usize == day {
                    mask |= span(spot.start as usize, m.tasks[x].dur as usize);
                }
            }
            let child = &m.children[c as usize];
            m.facts[mask as usize].count <= child.max_day && m.facts[mask as usize].run <= child.max_run
        })
    }

    /// Give a place to a group.
    pub(crate) fn join(&mut self, m: &Model<'_>, place: usize, group: u32) {
        self.place_group[place] = group;
        self.missing -= 1;
        self.lack -= MISSING;
        self.member::<true>(m, m.places[place].child, group);
    }

    /// Take a place back.
    pub(crate) fn leave(&mut self, m: &Model<'_>, place: usize) -> u32 {
        let group = self.place_group[place];
        self.place_group[place] = NONE;
        self.missing += 1;
        self.lack += MISSING;
        self.member::<false>(m, m.places[place].child, group);
        group
    }

    fn member<const IN: bool>(&mut self, m: &Model<'_>, c: u32, group: u32) {
        let x = m.task_of_group[group as usize] as usize;
        let task = &m.tasks[x];
        let least = m.problem.groups[group as usize].min_size;
        let members = &mut self.members[group as usize];
        let few = least.saturating_sub(members.len()) as i64;
        if IN {
            let i = members.binary_search(&c).unwrap_or_else(|i| i);
            members.insert(i, c);
        } else {
            members.retain(|&k| k != c);
        }
        let more = least.saturating_sub(members.len()) as i64 - few;
        self.missing += more;
        self.lack += more * MISSING;
        self.holding[group as usize] = m.holding(task.pool as usize, members.len());
        if self.moved[x] {
            // Families are counted by who is in the group.
            let before = self.moved_tasks[c as usize];
            let w = m.change.map_or(0, |w| w.family_moved);
            self.moved_tasks[c as usize] = if IN { before + 1 } else { before - 1 };
            if IN && before == 0 {
                self.families += 1;
                self.change += w;
            } else if !IN && before == 1 {
                self.families -= 1;
                self.change -= w;
            }
        }
        for sid in m.sessions(x) {
            let spot = self.spots[sid];
            if spot.is_set() {
                let slots = span(spot.start as usize, task.dur as usize);
                if IN {
                    self.child_slots::<true>(m, c, sid, spot.day as usize, spot.start as usize, slots);
                } else {
                    self.child_slots::<false>(m, c, sid, spot.day as usize, spot.start as usize, slots);
                }
            }
        }
    }

    // ---- from and to a solution

    /// Take over what a solution holds, as far as no rule is broken; what is frozen is taken over as it is.
    pub(crate) fn adopt(m: &Model<'_>, solution: &Solution) -> Self {
        let mut state = Self::new(m);
        for (group, members) in solution.members.iter().enumerate() {
            for &c in members {
                let open = |&q: &usize| {
                    m.places[q].child == c as u32
                        && state.place_group[q] == NONE
                        && m.places[q].groups.contains(&(group as u32))
                };
                if let Some(place) = (0..m.places.len()).find(open)
                    && state.may_join(m, place, group as u32)
                {
                    state.join(m, place, group as u32);
                }
            }
        }
        let mut sessions = solution.sessions.clone();
        sessions.sort_unstable();
        let mut wishes = Vec::with_capacity(sessions.len());
        let mut used = vec![0; m.tasks.len()];
        for s in &sessions {
            let x = m.index(s.task);
            if s.day >= m.days || s.start >= m.slots || used[x] >= m.tasks[x].sessions as usize {
                continue;
            }
            let wish = Spot {
                day: s.day as u8,
                start: s.start as u8,
                room: m.pool_of_room[s.room].1,
                teacher: s.teacher as u32,
                second: s.second.map_or(NONE, |t| t as u32),
            };
            let right_room = m.pool_of_room[s.room].0 == m.tasks[x].pool;
            let sid = m.first[x] as usize + used[x];
            let frozen = m.fixed[sid].frozen;
            if frozen || (right_room && m.tasks[x].leads.contains(&wish.teacher)) {
                wishes.push((!frozen, sid, wish));
            }
            used[x] += 1;
        }
        wishes.sort_by_key(|&(open, sid, _)| (open, sid));
        for (open, sid, wish) in wishes {
            if !open {
                state.put(m, sid, wish);
            } else if m.starts[m.tasks[m.task_of[sid] as usize].dur as usize] >> wish.start & 1 == 1 {
                // A pin may stand at another session of the same task.
                let found = m
                    .sessions(m.task_of[sid] as usize)
                    .filter(|&i| !state.spots[i].is_set() && !m.fixed[i].frozen)
                    .find_map(|i| state.price(m, i, wish).map(|(_, spot)| (i, spot)));
                if let Some((i, spot)) = found {
                    state.put(m, i, spot);
                }
            }
        }
        state
    }

    /// The timetable as others read it.
    pub(crate) fn solution(&self, m: &Model<'_>) -> Solution {
        let mut sessions = Vec::new();
        for (sid, spot) in self.spots.iter().enumerate().filter(|(_, s)| s.is_set()) {
            let task = &m.tasks[m.task_of[sid] as usize];
            sessions.push(Session {
                task: task.task,
                day: spot.day as usize,
                start: spot.start as usize,
                teacher: spot.teacher as usize,
                second: (spot.second != NONE).then_some(spot.second as usize),
                room: m.pools[task.pool as usize].rooms[spot.room as usize],
            });
        }
        sessions.sort_unstable();
        Solution {
            sessions,
            members: self
                .members
                .iter()
                .map(|g| g.iter().map(|&c| c as usize).collect())
                .collect(),
        }
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
