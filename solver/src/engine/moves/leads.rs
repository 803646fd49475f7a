//! Moves that give a session or a task to somebody else.

use super::super::{
    model::{ANY_ROOM, NONE, Spot},
    search::Search,
    state::State,
};

impl Search<'_, '_> {
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
}
