//! From and to a timetable as others read it.

use super::{
    super::model::{Model, NONE, Spot},
    State,
};
use crate::{
    matching::seats,
    solution::{Session, Solution},
};

impl State {
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
        for (open, sid, wish) in seated(m, wishes) {
            if !open {
                state.put(m, sid, wish);
            } else if m.starts[m.tasks[m.task_of[sid] as usize].dur as usize] >> wish.start & 1 == 1 {
                // Where it was if that can be: what was published of a session is looked up by its number. A pin may stand
                // at another session of the same task.
                let found = std::iter::once(sid)
                    .chain(m.sessions(m.task_of[sid] as usize))
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
}

/// Sessions as they were and whether they may be moved, each at a session of its task whose pin it agrees with: as many
/// pins are kept as can be.
fn seated(m: &Model<'_>, mut wishes: Vec<(bool, usize, Spot)>) -> Vec<(bool, usize, Spot)> {
    let key = |&(open, sid, _): &(bool, usize, Spot)| (open, m.task_of[sid]);
    let mut from = 0;
    while from < wishes.len() {
        let (open, x) = key(&wishes[from]);
        let own = wishes[from..].iter().take_while(|w| key(w) == (open, x)).count();
        let own = &mut wishes[from..from + own];
        from += own.len();
        if !open || !m.has_fixed[x as usize] {
            continue;
        }
        let free: Vec<usize> = m.sessions(x as usize).filter(|&s| !m.fixed[s].frozen).collect();
        let taken = seats(own.len(), free.len(), |who, s| m.fixed[free[s]].allows(own[who].2));
        for (who, &sid) in taken.iter().zip(&free) {
            if let Some(who) = who {
                own[*who].1 = sid;
            }
        }
    }
    wishes
}
