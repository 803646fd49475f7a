//! The last sessions: set by force, where those that stand in the way weigh least, and these find other places.

use super::{
    model::{NONE, Spot},
    search::Search,
    state::{MISSING, State},
};

impl Search<'_, '_> {
    /// See what is missing, for [`Search::force`].
    pub(crate) fn look(&mut self) {
        self.waiting.clear();
        self.seats.clear();
        let m = self.m;
        if m.change.is_some() {
            let held = |sid: usize| {
                let spot = self.state.spots[sid];
                let published = &m.tasks[m.task_of[sid] as usize].published;
                published.iter().any(|b| {
                    b.day == spot.day && b.start == spot.start && b.teacher == spot.teacher && b.room == spot.room
                })
            };
            self.off.clear();
            self.off
                .extend(self.scope.sids.iter().copied().filter(|&sid| !held(sid as usize)));
        }
        if self.missing() == 0 {
            return;
        }
        for &sid in &self.scope.sids {
            let x = m.task_of[sid as usize];
            if !self.state.spots[sid as usize].is_set() && self.waiting.last() != Some(&x) {
                self.waiting.push(x);
            }
        }
        for &q in &self.scope.places {
            let now = self.state.place_group[q as usize];
            let lacked = |g: &u32| *g != now && (now == NONE || self.state.few(m, *g) > 0);
            let groups = m.places[q as usize].groups.iter().copied();
            self.seats.extend(groups.filter(lacked).map(|g| (q, g)));
        }
    }

    /// A task that misses sessions is set by force; what is put out for it finds other places, where it can.
    pub(crate) fn force(&mut self) -> bool {
        let m = self.m;
        if !self.seats.is_empty() && (self.waiting.is_empty() || self.rng.bool()) {
            return self.force_seat();
        }
        if self.waiting.is_empty() || (self.rng.u8(0..4) == 0 && !self.scope.trainees.is_empty()) {
            return self.force_watch();
        }
        let x = self.waiting[self.rng.usize(0..self.waiting.len())] as usize;
        if m.sessions(x).all(|s| self.state.spots[s].is_set()) {
            return false;
        }
        if m.tasks[x].group != NONE && !self.scope.places.is_empty() && self.rng.bool() {
            return self.force_regroup(x);
        }
        let Some(mut lead) = self.any_lead(x) else { return false };
        let task = &m.tasks[x];
        let had = self.lead(x);
        if (task.max_leads > 1 || self.state.partial) && had != NONE && self.rng.bool() {
            // Only what is missing, beside what is there.
            if task.max_leads == 1 {
                lead = had;
            }
        } else {
            if had != NONE && self.rng.bool() && self.owns(had) {
                lead = had;
            }
            self.clear(x);
        }
        self.force_on(x, lead)
    }

    fn force_on(&mut self, x: usize, lead: u32) -> bool {
        let m = self.m;
        let mut out: Vec<u32> = Vec::new();
        for sid in m.sessions(x) {
            if self.state.spots[sid].is_set() {
                continue;
            }
            match self.forced_spot(sid, lead, &mut out) {
                Some(spot) => self.put(sid, spot),
                None if self.state.partial => {}
                None => return false,
            }
        }
        self.settle(&out);
        self.watch_again();
        true
    }

    /// A spot of a session with a lead, cleared of what was there.
    fn forced_spot(&mut self, sid: usize, lead: u32, out: &mut Vec<u32>) -> Option<Spot> {
        let m = self.m;
        let x = m.task_of[sid] as usize;
        let task = &m.tasks[x];
        if let Some((_, spot)) = self.best_spot(sid, lead, 32) {
            return Some(spot);
        }
        let teacher = &m.teachers[lead as usize];
        let dur = i32::from(task.dur);
        let mut guard = 0;
        while self.state.teacher_load[lead as usize] + self.state.owed(m, lead) + dur > teacher.max_week {
            guard += 1;
            let other = self.light(lead, x)?;
            if guard > 6 {
                return None;
            }
            self.take(other);
            out.push(other as u32);
        }
        if let Some((_, spot)) = self.best_spot(sid, lead, 32) {
            return Some(spot);
        }
        if let Some(spot) = self.make_room(sid, lead, out) {
            return Some(spot);
        }
        if task.max_leads < 2 {
            return None;
        }
        let other = self.any_lead(x)?;
        self.best_spot(sid, other, 32).map(|(_, spot)| spot)
    }

    /// What was put out is set again: by its lead, or as a whole by another.
    pub(super) fn settle(&mut self, out: &[u32]) {
        let m = self.m;
        for &sid in out {
            let sid = sid as usize;
            if self.state.spots[sid].is_set() {
                continue;
            }
            let y = m.task_of[sid] as usize;
            let lead = self.lead(y);
            if lead != NONE
                && let Some((_, spot)) = self.best_spot(sid, lead, 16)
            {
                self.put(sid, spot);
                continue;
            }
            for _ in 0..3 {
                let Some(other) = self.any_lead(y) else { continue };
                if other == lead {
                    continue;
                }
                let need = i32::from(m.tasks[y].dur) * m.tasks[y].sessions as i32;
                let room = m.teachers[other as usize].max_week - self.state.teacher_load[other as usize];
                if m.tasks[y].max_leads == 1 && room < need {
                    continue;
                }
                if m.tasks[y].max_leads > 1 {
                    if let Some((_, spot)) = self.best_spot(sid, other, 16) {
                        self.put(sid, spot);
                        break;
                    }
                    continue;
                }
                let mark = self.mark();
                self.clear(y);
                if self.fill(y, other, 16) {
                    break;
                }
                self.undo_to(mark);
            }
        }
    }

    /// A session of a lead, the lighter the likelier.
    fn light(&mut self, lead: u32, not: usize) -> Option<usize> {
        let m = self.m;
        let mut best: Option<(i64, usize)> = None;
        for day in 0..m.days {
            for slot in 0..m.slots {
                let sid = self.state.teacher_session(m, lead, day, slot);
                if sid == NONE || !self.is_open(sid as usize) {
                    continue;
                }
                let y = m.task_of[sid as usize] as usize;
                let key = self.state.task_weight[y] + self.rng.i64(0..MISSING);
                if y != not && best.is_none_or(|(b, _)| key < b) {
                    best = Some((key, sid as usize));
                }
            }
        }
        best.map(|(_, sid)| sid)
    }

    /// The place where least weight is in the way, cleared.
    fn make_room(&mut self, sid: usize, lead: u32, out: &mut Vec<u32>) -> Option<Spot> {
        let m = self.m;
        let x = m.task_of[sid] as usize;
        let dur = m.tasks[x].dur;
        let mut places: Vec<(i64, usize, usize)> = Vec::new();
        let fixed = m.fixed[sid];
        for day in 0..m.days {
            if fixed.day.is_some_and(|d| usize::from(d) != day) {
                continue;
            }
            let mut mask = m.teacher_avail[lead as usize * m.days + day];
            for &c in self.state.kids(m, x) {
                mask &= m.child_avail[c as usize * m.days + day];
            }
            let (mut count, mut halves) = (0, 0_u8);
            for s in m.sessions(x) {
                let spot = self.state.spots[s];
                if spot.is_set() && spot.day as usize == day {
                    count += 1;
                    halves |= 1 << m.block[spot.start as usize];
                }
            }
            if count >= m.tasks[x].per_day {
                continue;
            }
            let mut starts = m.starts_in(mask, dur);
            while starts != 0 {
                let start = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                if halves >> m.block[start] & 1 == 1 || fixed.start.is_some_and(|u| usize::from(u) != start) {
                    continue;
                }
                let weight = self.weight_at(sid, lead, day, start) + self.rng.i64(0..MISSING / 2);
                places.push((weight, day, start));
            }
        }
        places.sort_unstable();
        for &(_, day, start) in places.iter().take(3) {
            let mark = self.mark();
            let found = super::construct::blockers(self, sid, lead, day, start);
            if found.iter().any(|&s| !self.is_open(s) || m.task_of[s] as usize == x) {
                continue;
            }
            for &s in &found {
                self.take(s);
            }
            let wish = State::wish(fixed, day, start, lead);
            let mut price = self.state.price(m, sid, wish);
            let mut more = Vec::new();
            if price.is_none() {
                more = super::construct::half_day(self, sid, lead, day, start);
                for &s in &more {
                    self.take(s);
                }
                price = self.state.price(m, sid, wish);
            }
            if let Some((_, spot)) = price {
                out.extend(found.iter().chain(&more).map(|&s| s as u32));
                return Some(spot);
            }
            self.undo_to(mark);
        }
        None
    }

    /// What would be put out at a time, weighed.
    fn weight_at(&self, sid: usize, lead: u32, day: usize, start: usize) -> i64 {
        let m = self.m;
        let x = m.task_of[sid] as usize;
        let mut weight = 0;
        let mut seen = [NONE; 2];
        for slot in start..start + m.tasks[x].dur as usize {
            let s = self.state.teacher_session(m, lead, day, slot);
            if s != NONE && s != seen[0] {
                seen[0] = s;
                weight += self.state.task_weight[m.task_of[s as usize] as usize];
            }
            for &c in self.state.kids(m, x) {
                let s = self.state.child_session(m, c, day, slot);
                if s != NONE && s != seen[1] && s != seen[0] {
                    seen[1] = s;
                    weight += self.state.task_weight[m.task_of[s as usize] as usize];
                }
            }
        }
        // Nobody there, and yet no spot: some other rule is in the way.
        if weight == 0 { MISSING } else { weight }
    }

    /// A group whose members have no common time left exchanges a child with another; both are set anew by force.
    fn force_regroup(&mut self, x: usize) -> bool {
        let m = self.m;
        let group = m.tasks[x].group;
        let places = &self.scope.places;
        let from = self.rng.usize(0..places.len().max(1));
        let mut around = (0..places.len()).map(|i| places[(from + i) % places.len()] as usize);
        let member = |q: &usize| self.state.place_group[*q] == group && m.places[*q].groups.len() > 1;
        let Some(place) = around.find(member) else { return false };
        let groups = &m.places[place].groups;
        let to = groups[self.rng.usize(0..groups.len())];
        let y = m.task_of_group[to as usize] as usize;
        let (Some(lead), other) = (self.any_lead(x), self.lead(y)) else {
            return false;
        };
        self.clear(x);
        self.clear(y);
        self.regroup_to(place, to) && self.force_on(x, lead) && (other == NONE || self.force_on(y, other))
    }

    /// A child joins a group that lacks members, or any group, by force: the group finds its times anew.
    fn force_seat(&mut self) -> bool {
        let m = self.m;
        let (place, to) = self.seats[self.rng.usize(0..self.seats.len())];
        let x = m.task_of_group[to as usize] as usize;
        let had = self.lead(x);
        let lead = if had != NONE && self.rng.bool() {
            Some(had)
        } else {
            self.any_lead(x)
        };
        let Some(lead) = lead.filter(|&t| self.owns(t)) else {
            return false;
        };
        self.clear(x);
        self.regroup_to(place as usize, to) && self.force_on(x, lead)
    }

    /// A trainee who is owed hours watches by force: what the trainee does at that time finds another place.
    fn force_watch(&mut self) -> bool {
        let m = self.m;
        let owed: Vec<u32> = self
            .scope
            .trainees
            .iter()
            .copied()
            .filter(|&t| self.state.watch_missing(m, t) > 0)
            .collect();
        let Some(t) = self.pick(&owed) else { return false };
        let mentor = m.teachers[t as usize].mentor;
        if self.rng.u8(0..4) == 0 {
            // The mentor gets something that can be watched.
            let sites = &m.teachers[t as usize].sites;
            let orders = &m.orders_at[sites[self.rng.usize(0..sites.len())] as usize];
            let Some(x) = self.pick(orders).map(|x| x as usize) else {
                return false;
            };
            let able = self.scope.active[x] && self.owns(mentor) && m.tasks[x].leads.contains(&mentor);
            if !able || self.lead(x) == mentor {
                return false;
            }
            self.clear(x);
            return self.force_on(x, mentor);
        }
        let (day, slot) = (self.rng.usize(0..m.days), self.rng.usize(0..m.slots));
        let sid = self.state.teacher_session(m, mentor, day, slot);
        if sid == NONE || !self.is_open(sid as usize) {
            return false;
        }
        let sid = sid as usize;
        let spot = self.state.spots[sid];
        let x = m.task_of[sid] as usize;
        let wish = Spot { second: t, ..spot };
        if m.tasks[x].group != NONE || spot.second != NONE || spot.teacher != mentor || !m.fixed[sid].allows(wish) {
            return false;
        }
        let mut out = Vec::new();
        for whole in [false, true] {
            for u in 0..m.slots {
                let near = if whole {
                    m.block[u] == m.block[spot.start as usize]
                } else {
                    u >= spot.start as usize && u < spot.start as usize + m.tasks[x].dur as usize
                };
                let other = self.state.teacher_session(m, t, day, u);
                if near && other != NONE {
                    if !self.is_open(other as usize) {
                        return false;
                    }
                    self.take(other as usize);
                    out.push(other);
                }
            }
            if self.state.watching(m, x, wish).is_some() {
                break;
            }
        }
        if self.state.watching(m, x, wish).is_none() {
            return false;
        }
        self.take(sid);
        self.put(sid, wish);
        self.watch(t, 16);
        self.settle(&out);
        true
    }
}
