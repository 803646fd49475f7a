//! What a search holds at one moment, as far as it may touch it: small enough to be taken often.

use super::{
    model::{Model, NONE, Spot},
    search::{Scope, Search},
    state::State,
};

/// The spots of a scope's sessions and the groups of its places.
pub(crate) struct Snapshot {
    /// By the rank of [`State::rank`].
    pub rank: (i64, i64, i64),
    spots: Vec<Spot>,
    groups: Vec<u32>,
}

impl Snapshot {
    pub(crate) fn of(search: &Search<'_, '_>) -> Self {
        let mut snapshot = Self {
            rank: search.state.rank(),
            spots: Vec::new(),
            groups: Vec::new(),
        };
        snapshot.take(search);
        snapshot
    }

    /// As it is now.
    pub(crate) fn take(&mut self, search: &Search<'_, '_>) {
        let (scope, state) = (&search.scope, &search.state);
        self.rank = state.rank();
        self.spots.clear();
        self.spots.extend(scope.sids.iter().map(|&s| state.spots[s as usize]));
        self.groups.clear();
        self.groups
            .extend(scope.places.iter().map(|&q| state.place_group[q as usize]));
    }

    pub(crate) fn missing(&self) -> i64 {
        self.rank.0
    }

    pub(crate) fn cost(&self) -> i64 {
        self.rank.2
    }

    /// Make a timetable hold this again.
    pub(crate) fn restore(&self, m: &Model<'_>, scope: &Scope, state: &mut State) {
        let mut regrouped: Vec<u32> = Vec::new();
        for (&q, &group) in scope.places.iter().zip(&self.groups) {
            let before = state.place_group[q as usize];
            if before != group {
                regrouped.extend([before, group]);
            }
        }
        let mut put = Vec::new();
        for (&sid, &spot) in scope.sids.iter().zip(&self.spots) {
            let group = m.tasks[m.task_of[sid as usize] as usize].group;
            if state.spots[sid as usize] == spot && (group == NONE || !regrouped.contains(&group)) {
                continue;
            }
            if state.spots[sid as usize].is_set() {
                state.take(m, sid as usize);
            }
            if spot.is_set() {
                put.push((sid, spot));
            }
        }
        // First everybody out, then in: nobody is ever in two groups.
        for (&q, &group) in scope.places.iter().zip(&self.groups) {
            let before = state.place_group[q as usize];
            if before != group && before != NONE {
                state.leave(m, q as usize);
            }
        }
        for (&q, &group) in scope.places.iter().zip(&self.groups) {
            if state.place_group[q as usize] != group && group != NONE {
                state.join(m, q as usize, group);
            }
        }
        for (sid, spot) in put {
            state.put(m, sid as usize, spot);
        }
    }
}
