//! Moves of what stands beside a session: its room, who watches, who is in the group.

use super::super::{
    model::{ANY_ROOM, NONE, Spot},
    search::Search,
};

impl Search<'_, '_> {
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
                .find(|b| b.day == old.day && b.start == old.start && b.room != ANY_ROOM)
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
