//! Who is in which group.

use super::{
    super::model::{Model, NONE, span},
    State,
    changes::step,
};

impl State {
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
        self.lack -= self.seat_weight;
        self.member::<true>(m, m.places[place].child, group);
    }

    /// Take a place back.
    pub(crate) fn leave(&mut self, m: &Model<'_>, place: usize) -> u32 {
        let group = self.place_group[place];
        self.place_group[place] = NONE;
        self.missing += 1;
        self.lack += self.seat_weight;
        self.member::<false>(m, m.places[place].child, group);
        group
    }

    fn member<const IN: bool>(&mut self, m: &Model<'_>, c: u32, group: u32) {
        let x = m.task_of_group[group as usize] as usize;
        let task = &m.tasks[x];
        let few = self.few(m, group) as i64;
        let members = &mut self.members[group as usize];
        if IN {
            let i = members.binary_search(&c).unwrap_or_else(|i| i);
            members.insert(i, c);
        } else {
            members.retain(|&k| k != c);
        }
        self.holding[group as usize] = m.holding(task.pool as usize, members.len());
        let more = self.few(m, group) as i64 - few;
        self.missing += more;
        self.lack += more * self.seat_weight;
        // Families are counted by who is in the group.
        let away = self.away[x];
        let families = step(&mut self.moved_tasks[c as usize], away.moved && !IN, away.moved && IN);
        self.families += families;
        self.change += m.change.map_or(0, |w| w.family_moved) * i64::from(families);
        let tasks = &mut self.relocated_tasks[c as usize];
        self.relocated += step(tasks, away.elsewhere && !IN, away.elsewhere && IN);
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
}
