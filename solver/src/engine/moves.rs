//! The moves of the improvement. Each returns whether it did anything, and leaves keeping or undoing to its caller.

use super::{
    model::{NONE, Spot},
    search::Search,
    state::{ANY_ROOM, State},
};
use crate::problem::{Mask, limits};

impl Search<'_, '_> {
    /// One session to another time, same lead.
    pub(crate) fn shift(&mut self) -> bool {
        let m = self.m;
        if self.scope.sids.is_empty() {
            return false;
        }
        let sid = self.scope.sids[self.rng.usize(0..self.scope.sids.len())] as usize;
        let old = self.state.spots[sid];
        if !old.is_set() {
            return false;
        }
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        self.take(sid);
        let mut starts = [0_u16; limits::DAYS];
        let mut count = 0;
        for (day, mask) in starts.iter_mut().enumerate().take(m.days) {
            let mut both = self.state.kids_free(m, x, day) & self.state.teacher_free(m, old.teacher, day);
            if old.second != NONE && task.group == NONE {
                both &= self.state.teacher_free(m, old.second, day);
            }
            *mask = m.starts_in(both, task.dur);
            if day == old.day as usize {
                *mask &= !(1 << old.start);
            }
            count += u32::from(m.facts[*mask as usize].count);
        }
        if count == 0 {
            return false;
        }
        let mut nth = self.rng.u32(0..count);
        for (day, &mask) in starts.iter().enumerate().take(m.days) {
            if nth >= mask.count_ones() {
                nth -= mask.count_ones();
                continue;
            }
            let start = nth_bit(mask, nth);
            let mut wish = State::wish(m.fixed[sid], day, start, old.teacher);
            if task.group == NONE || self.rng.bool() {
                wish.second = old.second;
            }
            if let Some((price, spot)) = self.state.price(m, sid, wish)
                && self.is_allowed(price)
            {
                self.put(sid, spot);
                return true;
            }
            return false;
        }
        false
    }

    /// One session of a task that may have several leads to another of them.
    pub(crate) fn hand_over(&mut self) -> bool {
        let m = self.m;
        if self.scope.sids.is_empty() {
            return false;
        }
        let sid = self.scope.sids[self.rng.usize(0..self.scope.sids.len())] as usize;
        let old = self.state.spots[sid];
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        if !old.is_set() || task.max_leads < 2 {
            return false;
        }
        let Some(lead) = self.any_lead(x) else { return false };
        if lead == old.teacher {
            return false;
        }
        self.take(sid);
        let wish = Spot {
            teacher: lead,
            second: State::wish(m.fixed[sid], 0, 0, 0).second,
            room: ANY_ROOM,
            ..old
        };
        let found = if self.rng.u8(0..4) > 0 || m.change.is_some() {
            self.state
                .price(m, sid, wish)
                .or_else(|| self.state.price(m, sid, Spot { second: NONE, ..wish }))
        } else {
            self.best_spot(sid, lead, 64)
        };
        match found {
            Some((price, spot)) if old.second != NONE || self.is_allowed(price) => self.put(sid, spot),
            _ => return false,
        }
        task.group != NONE || old.second == NONE || self.watch_again()
    }

    /// A whole task to another lead, at its times where the lead is free.
    pub(crate) fn relead(&mut self) -> bool {
        let Some(x) = self.any_task() else { return false };
        let Some(lead) = self.any_lead(x) else { return false };
        if lead == self.lead(x) {
            return false;
        }
        self.give(x, lead) && self.watch_again()
    }

    /// Two tasks exchange their leads.
    pub(crate) fn swap_leads(&mut self) -> bool {
        let m = self.m;
        let Some(x) = self.any_task() else { return false };
        let Some(lead) = self.any_lead(x) else { return false };
        let mine = self.lead(x);
        if lead == mine || mine == NONE {
            return false;
        }
        // A session of the other lead, at random, names the other task.
        let (day, slot) = (self.rng.usize(0..m.days), self.rng.usize(0..m.slots));
        let sid = self.state.teacher_session(m, lead, day, slot);
        if sid == NONE || !self.is_open(sid as usize) {
            return false;
        }
        let y = m.task_of[sid as usize] as usize;
        if self.lead(y) != lead || !m.tasks[y].leads.contains(&mine) {
            return false;
        }
        let before: Vec<(usize, Spot)> = [x, y]
            .into_iter()
            .flat_map(|z| m.sessions(z))
            .filter(|&s| self.state.spots[s].is_set() && !m.fixed[s].frozen)
            .map(|s| (s, self.state.spots[s]))
            .collect();
        self.clear(x);
        self.clear(y);
        let mut late = false;
        for &(sid, old) in &before {
            let to = if m.task_of[sid] as usize == x { lead } else { mine };
            late |= !self.at_time(sid, old, to);
        }
        (!late || (self.fill(x, lead, 16) && self.fill(y, mine, 16))) && self.watch_again()
    }

    pub(super) fn at_time(&mut self, sid: usize, old: Spot, lead: u32) -> bool {
        let wish = State::wish(self.m.fixed[sid], old.day as usize, old.start as usize, lead);
        let wish = Spot {
            room: if wish.room == ANY_ROOM { old.room } else { wish.room },
            ..wish
        };
        match self.state.price(self.m, sid, wish) {
            Some((_, spot)) => {
                self.put(sid, spot);
                true
            }
            None => false,
        }
    }

    /// All sessions of a task with one lead, at their times where possible.
    pub(crate) fn give(&mut self, x: usize, lead: u32) -> bool {
        let m = self.m;
        let before: Vec<(usize, Spot)> = m
            .sessions(x)
            .filter(|&s| self.state.spots[s].is_set() && !m.fixed[s].frozen)
            .map(|s| (s, self.state.spots[s]))
            .collect();
        self.clear(x);
        for &(sid, old) in &before {
            self.at_time(sid, old, lead);
        }
        self.fill(x, lead, 16)
    }

    /// A task is taken out and set anew, by its lead or another.
    pub(crate) fn rebuild(&mut self) -> bool {
        let Some(x) = self.any_task() else { return false };
        let mut lead = self.lead(x);
        if lead == NONE || self.rng.u8(0..4) == 0 {
            let Some(other) = self.any_lead(x) else { return false };
            lead = other;
        }
        self.clear(x);
        self.fill(x, lead, 32) && self.watch_again()
    }

    /// Several sessions around one child, one teacher's day or one time are taken out and set anew.
    pub(crate) fn ruin(&mut self) -> bool {
        let m = self.m;
        let mut sids = std::mem::take(&mut self.sids);
        sids.clear();
        if self.rng.bool() {
            if let Some(c) = (!self.scope.children.is_empty()).then(|| self.rng.usize(0..self.scope.children.len())) {
                let c = self.scope.children[c];
                for day in 0..m.days {
                    for slot in 0..m.slots {
                        sids.push(self.state.child_session(m, c, day, slot));
                    }
                }
            }
        } else if let Some(t) = (!self.scope.teachers.is_empty()).then(|| self.rng.usize(0..self.scope.teachers.len()))
        {
            let t = self.scope.teachers[t];
            let (one, two) = (self.rng.usize(0..m.days), self.rng.usize(0..m.days));
            for day in [one, two] {
                for slot in 0..m.slots {
                    sids.push(self.state.teacher_session(m, t, day, slot));
                }
            }
        }
        sids.sort_unstable();
        sids.dedup();
        sids.retain(|&s| s != NONE && self.is_open(s as usize));
        self.rng.shuffle(&mut sids);
        sids.truncate(6);
        let done = self.reset(&sids);
        self.sids = sids;
        done
    }

    /// Take sessions out and set them one after the other at their best spots, by their leads.
    pub(super) fn reset(&mut self, sids: &[u32]) -> bool {
        if sids.len() < 2 {
            return false;
        }
        let leads: Vec<u32> = sids.iter().map(|&s| self.state.spots[s as usize].teacher).collect();
        for &sid in sids {
            self.take(sid as usize);
        }
        for (&sid, &lead) in sids.iter().zip(&leads) {
            match self.best_spot(sid as usize, lead, 48) {
                Some((_, spot)) => self.put(sid as usize, spot),
                None => return false,
            }
        }
        self.watch_again()
    }

    /// A session goes where its lead or its child is busy; what was there finds another place.
    pub(crate) fn push(&mut self) -> bool {
        let m = self.m;
        if self.scope.sids.is_empty() {
            return false;
        }
        let sid = self.scope.sids[self.rng.usize(0..self.scope.sids.len())] as usize;
        let old = self.state.spots[sid];
        if !old.is_set() {
            return false;
        }
        let x = m.task_of[sid] as usize;
        let dur = m.tasks[x].dur;
        let day = self.rng.usize(0..m.days);
        let own = m.teacher_avail[old.teacher as usize * m.days + day];
        let child = m.tasks[x].child;
        // Through the lead's sessions, or through the child's.
        let mask = if child == NONE || self.rng.bool() {
            self.state.kids_free(m, x, day) & own
        } else {
            self.state.teacher_free(m, old.teacher, day) & m.child_avail[child as usize * m.days + day]
        };
        let starts = m.starts_in(mask, dur);
        if starts == 0 {
            return false;
        }
        let start = nth_bit(starts, self.rng.u32(0..starts.count_ones()));
        let mut out = [NONE; 8];
        let mut n = 0;
        for slot in start..start + dur as usize {
            let busy = [
                self.state.teacher_session(m, old.teacher, day, slot),
                if child == NONE {
                    NONE
                } else {
                    self.state.child_session(m, child, day, slot)
                },
            ];
            for other in busy {
                if other != NONE && other as usize != sid && !out[..n].contains(&other) {
                    if n == out.len() || !self.is_open(other as usize) {
                        return false;
                    }
                    out[n] = other;
                    n += 1;
                }
            }
        }
        if n == 0 || n > 3 {
            return false;
        }
        self.take(sid);
        let mut leads = [NONE; 8];
        for i in 0..n {
            leads[i] = self.take(out[i] as usize).teacher;
        }
        let mut wish = State::wish(m.fixed[sid], day, start, old.teacher);
        if m.tasks[x].group == NONE {
            wish.second = old.second;
        }
        let found = self
            .state
            .price(m, sid, wish)
            .or_else(|| self.state.price(m, sid, Spot { second: NONE, ..wish }));
        match found {
            Some((_, spot)) => self.put(sid, spot),
            None => return false,
        }
        for i in 0..n {
            // Straight into the hole first: that is an exchange.
            let other = out[i] as usize;
            let hole = State::wish(m.fixed[other], old.day as usize, old.start as usize, leads[i]);
            let exchange = n == 1 && self.rng.bool();
            let found = if exchange {
                self.state.price(m, other, hole)
            } else {
                None
            };
            match found.or_else(|| self.best_spot(other, leads[i], 32)) {
                Some((_, spot)) => self.put(other, spot),
                None => return false,
            }
        }
        self.watch_again()
    }

    /// One session to another room, as a rule one that its task has or had; who is there changes places with it.
    pub(crate) fn reroom(&mut self) -> bool {
        let m = self.m;
        let Some(sid) = self.off_or_any() else { return false };
        let old = self.state.spots[sid];
        if !old.is_set() || m.fixed[sid].room.is_some() {
            return false;
        }
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        let known = match self.rng.u8(0..4) {
            0 => None,
            1 => task
                .published
                .iter()
                .find(|b| b.day == old.day && b.start == old.start)
                .map(|b| b.room),
            _ => {
                let nth = self.rng.usize(m.sessions(x));
                Some(self.state.spots[nth]).filter(|s| s.is_set()).map(|s| s.room)
            }
        };
        let rooms = m.pools[task.pool as usize].rooms.len();
        let room = known.unwrap_or_else(|| self.rng.usize(0..rooms) as u8);
        if room == old.room {
            return false;
        }
        let mut there = [NONE; 16];
        let mut n = 0;
        for slot in old.start as usize..old.start as usize + task.dur as usize {
            let s = self.state.room_session(m, task.pool, room, old.day as usize, slot);
            if s != NONE && !there[..n].contains(&s) {
                if !self.is_open(s as usize) || m.fixed[s as usize].room.is_some() {
                    return false;
                }
                there[n] = s;
                n += 1;
            }
        }
        self.take(sid);
        let mut was = [Spot::OUT; 16];
        for i in 0..n {
            was[i] = self.take(there[i] as usize);
        }
        if self.state.free_rooms(m, x, old.day as usize, old.start as usize) >> room & 1 == 0 {
            return false;
        }
        self.put(sid, Spot { room, ..old });
        for i in 0..n {
            let y = m.task_of[there[i] as usize] as usize;
            let free = self.state.free_rooms(m, y, was[i].day as usize, was[i].start as usize);
            if free == 0 {
                return false;
            }
            let room = if free >> old.room & 1 == 1 {
                old.room
            } else {
                free.trailing_zeros() as u8
            };
            self.put(there[i] as usize, Spot { room, ..was[i] });
        }
        true
    }

    /// A trainee watches another session.
    pub(crate) fn rewatch(&mut self) -> bool {
        let m = self.m;
        let trainees = std::mem::take(&mut self.scope.trainees);
        let found = self.pick(&trainees);
        self.scope.trainees = trainees;
        let Some(t) = found else { return false };
        let (day, slot) = (self.rng.usize(0..m.days), self.rng.usize(0..m.slots));
        // A session that is watched is left, then what is owed is found again.
        let sid = self.state.teacher_session(m, t, day, slot);
        if sid == NONE || !self.is_open(sid as usize) {
            return false;
        }
        let sid = sid as usize;
        let spot = self.state.spots[sid];
        if spot.second != t || m.fixed[sid].second.is_some() || m.tasks[m.task_of[sid] as usize].group != NONE {
            return false;
        }
        self.take(sid);
        self.put(sid, Spot { second: NONE, ..spot });
        self.watch(t, 64)
    }

    /// A child changes the group, alone or with another child.
    pub(crate) fn regroup(&mut self) -> bool {
        let m = self.m;
        if self.scope.places.is_empty() {
            return false;
        }
        let place = self.scope.places[self.rng.usize(0..self.scope.places.len())] as usize;
        let groups = &m.places[place].groups;
        let to = groups[self.rng.usize(0..groups.len())];
        self.regroup_to(place, to)
    }

    /// A child into a group, in exchange for another where it is full or the times forbid it.
    pub(crate) fn regroup_to(&mut self, place: usize, to: u32) -> bool {
        let m = self.m;
        let from = self.state.place_group[place];
        if to == from {
            return false;
        }
        if from != NONE {
            self.leave(place);
        }
        if self.rng.bool() && self.state.may_join(m, place, to) {
            self.join(place, to);
            return true;
        }
        // Exchange with somebody of that group who may come here.
        if from == NONE || self.state.members[to as usize].is_empty() {
            return false;
        }
        let nth = self.rng.usize(0..self.scope.places.len());
        let other = (0..self.scope.places.len())
            .map(|i| self.scope.places[(i + nth) % self.scope.places.len()] as usize)
            .find(|&q| self.state.place_group[q] == to && m.places[q].groups.contains(&from));
        let Some(other) = other else { return false };
        self.leave(other);
        if self.state.may_join(m, place, to) && self.state.may_join(m, other, from) {
            self.join(place, to);
            self.join(other, from);
            return true;
        }
        false
    }
}

/// The place of the n-th set bit.
fn nth_bit(mask: Mask, n: u32) -> usize {
    let mut rest = mask;
    for _ in 0..n {
        rest &= rest - 1;
    }
    rest.trailing_zeros() as usize
}
