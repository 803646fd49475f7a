//! The moves of the improvement. Each returns whether it did anything, and leaves keeping or undoing to its caller.

mod leads;
mod seats;

use super::{
    model::{NONE, Spot},
    search::Search,
    state::State,
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
}

/// The place of the n-th set bit.
fn nth_bit(mask: Mask, n: u32) -> usize {
    let mut rest = mask;
    for _ in 0..n {
        rest &= rest - 1;
    }
    rest.trailing_zeros() as usize
}
