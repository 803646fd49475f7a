//! What a step would cost, or that a rule forbids it.

use super::{
    super::model::{ANY_ROOM, Model, NONE, Spot, TaskModel, span},
    State,
};
use crate::problem::{Mask, Weights};

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

impl State {
    // ---- what a day costs

    #[inline]
    pub(super) fn child_day(m: &Model<'_>, w: &Weights, c: usize, day: usize, mask: Mask) -> i64 {
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
    pub(super) fn sites_of_day(&self, m: &Model<'_>, t: usize, day: usize) -> i64 {
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
    pub(super) fn child_price(&self, m: &Model<'_>, c: u32, day: usize, slots: Mask) -> Option<i64> {
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
        let owed = self.owed(m, t as u32) - if WATCHING { dur as i32 } else { 0 };
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
    pub(super) fn marginal(&self, m: &Model<'_>, x: usize, sid: usize, spot: Spot) -> i64 {
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
            } else if wish.second != NONE {
                price += self.beside(m, x, wish)?;
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
            let (after, before) = (self.change_of(m, x, sid, spot), self.change_of(m, x, sid, Spot::OUT));
            let mut families = 0;
            for &c in kids {
                let others = self.moved_tasks[c as usize] - u16::from(before.moved);
                families += i64::from(others == 0) * (i64::from(after.moved) - i64::from(before.moved));
            }
            let more = after.cost - before.cost - change.cancelled + change.family_moved * families;
            price += more * self.change_weight();
        }
        Some((price, spot))
    }

    /// What it costs that somebody with the right to assist is in a class that needs nobody.
    fn beside(&self, m: &Model<'_>, x: usize, wish: Spot) -> Option<i64> {
        let task = &m.tasks[x];
        let t = wish.second;
        let teacher = &m.problem.teachers[t as usize];
        let may = m.problem.series(task.task).is_some_and(|s| teacher.assist[s.service]);
        let kids = self.kids(m, x);
        let refused = kids.iter().any(|&c| m.children[c as usize].exclude.contains(&t));
        if !may || refused || t == wish.teacher || !m.teachers[t as usize].sites.contains(&task.site) {
            return None;
        }
        let (day, start, dur) = (wish.day as usize, wish.start as usize, task.dur as usize);
        self.teacher_price::<false>(m, t, task.site, day, start, dur)
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

    /// Rooms of its pool that are large enough for a task.
    #[inline]
    pub(crate) fn holds(&self, m: &Model<'_>, x: usize) -> u128 {
        let group = m.tasks[x].group;
        if group == NONE {
            u128::MAX
        } else {
            self.holding[group as usize]
        }
    }

    /// Rooms that a session of a task could have at a time.
    #[inline]
    pub(crate) fn free_rooms(&self, m: &Model<'_>, x: usize, day: usize, start: usize) -> u128 {
        let task = &m.tasks[x];
        let row = (task.pool as usize * m.days + day) * m.slots + start;
        let mut free = self.holds(m, x);
        for slot in 0..task.dur as usize {
            free &= self.free[row + slot];
        }
        free
    }
}
