//! The rest of a week in the making, once all sessions are placed: members, who watches, and which room exactly.

use super::{
    classes::seats,
    exact::{Exact, Step},
    frame::{bits, index, span},
    trial::Placed,
};
use crate::{
    problem::{Mask, RoomId, Task, TeacherId},
    solution::{Session, Solution},
};

impl Exact<'_, '_> {
    /// Give the places from the `k`-th on. Those that need not be given are passed over in a loop: a class may have
    /// thousands of them.
    pub(super) fn give(&mut self, mut k: usize) -> Step {
        loop {
            if !self.spend(1) {
                return Step::Stopped;
            }
            let frame = self.trial.frame;
            let groups = &frame.problem.groups;
            let lacking: usize = (0..groups.len())
                .filter(|&g| self.held[g])
                .map(|g| groups[g].min_size.saturating_sub(self.members[g]))
                .sum();
            let Some(&(place, must)) = self.seats.get(k) else {
                return if lacking == 0 { self.watch_on(0, 0) } else { Step::None };
            };
            if lacking > self.seats.len() - k {
                return Step::None;
            }
            if must || lacking > 0 {
                let step = self.give_one(k, place, must);
                if must || step != Step::None {
                    return step;
                }
            }
            k += 1;
        }
    }

    /// Give the `k`-th place in each way that can be, and those behind it.
    fn give_one(&mut self, k: usize, place: usize, must: bool) -> Step {
        let frame = self.trial.frame;
        let groups = &frame.problem.groups;
        let child = frame.problem.places[place].child;
        let mut choice = frame.groups_of[place].clone();
        // Those that lack members first.
        choice.sort_by_key(|&g| !(self.held[g] && self.members[g] < groups[g].min_size));
        for g in choice {
            let at = self.trial.group_line(g);
            let held = self.held[g];
            let most = if held { seats(frame, g) } else { groups[g].max_size };
            if self.members[g] >= most || (held && !self.trial.can_join(place, at, None)) || (!held && !must) {
                continue;
            }
            if held {
                self.trial.join(child, at);
            }
            self.members[g] += 1;
            self.given[k] = Some(g);
            let step = self.give(k + 1);
            self.given[k] = None;
            self.members[g] -= 1;
            if held {
                self.trial.join(child, at);
            }
            if step != Step::None {
                return step;
            }
        }
        Step::None
    }

    /// Have the trainees from the `nth` on watch: first sessions that are there, from the `from`-th on, then others of
    /// the mentor.
    fn watch_on(&mut self, nth: usize, from: usize) -> Step {
        if !self.spend(1) {
            return Step::Stopped;
        }
        let Some(&(trainee, owed)) = self.watch.get(nth) else {
            return self.furnish();
        };
        if self.watched(trainee) >= owed {
            return self.watch_on(nth + 1, 0);
        }
        let p = self.trial.frame.problem;
        let Some(mentor) = p.teachers[trainee].trainee.as_ref().map(|w| w.mentor) else {
            return Step::None;
        };
        for i in from..self.trial.placed.len() {
            let s = self.trial.placed[i];
            if s.lead != Some(mentor) || s.second.is_some() || !self.may_watch(trainee, &s) {
                continue;
            }
            self.trial.watch(i, Some(trainee));
            let step = self.watch_on(nth, i + 1);
            self.trial.watch(i, None);
            if step != Step::None {
                return step;
            }
        }
        self.watch_more(nth, trainee, mentor)
    }

    /// Slots that a trainee watches.
    fn watched(&self, trainee: TeacherId) -> i64 {
        let own = self.trial.placed.iter().filter(|s| s.second == Some(trainee));
        let slots = own.map(|s| self.trial.line(s.line)).filter(|l| l.child.is_some());
        slots.map(|l| i64::from(super::frame::number(l.series.dur))).sum()
    }

    fn may_watch(&self, trainee: TeacherId, s: &Placed) -> bool {
        let line = self.trial.line(s.line);
        let p = self.trial.frame.problem;
        let Some(child) = line.child else { return false };
        p.teachers[trainee].sites.contains(&line.site)
            && !p.children[child].exclude.contains(&trainee)
            && self.trial.teacher_starts(trainee, line.site, s.day, line.series.dur) >> s.start & 1 == 1
    }

    /// Hold a session of the mentor that nobody demands, to be watched.
    fn watch_more(&mut self, nth: usize, trainee: TeacherId, mentor: TeacherId) -> Step {
        let frame = self.trial.frame;
        let key = |s: &Placed| (s.day, s.start, s.line);
        // Those added for this trainee come one after the other, so that no set of them is tried twice.
        let latest = self
            .trial
            .placed
            .last()
            .filter(|s| s.second == Some(trainee) && !self.demanded(s.line))
            .map(key);
        for line in 0..frame.problem.orders.len() {
            let it = &frame.lines[line];
            let held = self.trial.placed.iter().filter(|s| s.line == line).count();
            if self.demanded(line) || held >= it.series.sessions || !frame.crew(it.leads).contains(&mentor) {
                continue;
            }
            for day in 0..frame.problem.grid.days {
                let open = self.trial.starts(line, day, true);
                let both = open & self.trial.teacher_starts(mentor, it.site, day, it.series.dur);
                for start in bits(both) {
                    let session = Placed {
                        line,
                        day,
                        start,
                        lead: Some(mentor),
                        second: Some(trainee),
                        pin: None,
                    };
                    if latest.is_some_and(|l| key(&session) <= l) || !self.may_watch(trainee, &session) {
                        continue;
                    }
                    self.trial.put(session);
                    let step = self.watch_on(nth, self.trial.placed.len());
                    self.trial.take();
                    if step != Step::None {
                        return step;
                    }
                }
            }
        }
        Step::None
    }

    fn demanded(&self, line: usize) -> bool {
        self.jobs.iter().any(|job| job.line == line)
    }

    /// Give every session its room; then all is found.
    fn furnish(&mut self) -> Step {
        let mut order: Vec<usize> = (0..self.trial.placed.len()).collect();
        let key = |&i: &usize| {
            let s = &self.trial.placed[i];
            (self.trial.line(s.line).pool, s.day, s.start)
        };
        order.sort_by_key(key);
        let mut rooms = vec![None; order.len()];
        match self.room(&order, 0, &mut rooms) {
            Step::Found => {
                self.found = Some(Box::new(self.solution(&rooms)));
                Step::Found
            }
            step => step,
        }
    }

    fn room(&mut self, order: &[usize], k: usize, rooms: &mut Vec<Option<RoomId>>) -> Step {
        if !self.spend(1) {
            return Step::Stopped;
        }
        let Some(&i) = order.get(k) else { return Step::Found };
        let s = self.trial.placed[i];
        let frame = self.trial.frame;
        let Some(pool) = self.trial.line(s.line).pool else {
            // Only without teachers and rooms: nothing is to be found then but that it holds.
            return self.room(order, k + 1, rooms);
        };
        let pinned = s.pin.and_then(|pin| frame.problem.pins[pin].room);
        let children = self.trial.line(s.line).group.map_or(0, |g| self.members[g]);
        let mine = self.slots(&s);
        let free = |room: RoomId, rooms: &[Option<RoomId>]| {
            let mut before = order.iter().take(k).map(|&j| (j, &self.trial.placed[j]));
            !before.any(|(j, o)| rooms[j] == Some(room) && o.day == s.day && self.slots(o) & mine != 0)
        };
        let fits = |room: &RoomId| {
            pinned.is_none_or(|p| p == *room)
                && index(frame.problem.rooms[*room].capacity) >= children
                && free(*room, rooms)
        };
        let choice: Vec<RoomId> = frame.pools[pool].rooms.iter().copied().filter(fits).collect();
        for room in choice {
            rooms[i] = Some(room);
            let step = self.room(order, k + 1, rooms);
            if step != Step::None {
                return step;
            }
            rooms[i] = None;
        }
        Step::None
    }

    fn slots(&self, s: &Placed) -> Mask {
        span(s.start, self.trial.line(s.line).series.dur)
    }

    fn solution(&self, rooms: &[Option<RoomId>]) -> Solution {
        let frame = self.trial.frame;
        let session = |(s, room): (&Placed, &Option<RoomId>)| {
            let task = match self.trial.line(s.line).group {
                Some(g) => Task::Group(g),
                None => Task::Order(s.line),
            };
            Some(Session {
                task,
                day: s.day,
                start: s.start,
                teacher: s.lead?,
                second: s.second,
                room: (*room)?,
            })
        };
        let mut members = vec![Vec::new(); frame.problem.groups.len()];
        for (&(place, _), given) in self.seats.iter().zip(&self.given) {
            if let Some(g) = given {
                members[*g].push(frame.problem.places[place].child);
            }
        }
        Solution {
            sessions: self.trial.placed.iter().zip(rooms).filter_map(session).collect(),
            members,
        }
    }
}
