//! Steps from one timetable to another: each is tried, weighed and kept or taken back.

use super::{
    model::{Model, NONE, Spot},
    state::State,
};

/// What a search may touch: all of it, or one part of the centres.
#[derive(Clone)]
pub(crate) struct Scope {
    /// Tasks that may be moved.
    pub tasks: Vec<u32>,
    /// Their sessions that are not frozen.
    pub sids: Vec<u32>,
    /// Children of the orders among them.
    pub children: Vec<u32>,
    /// Teachers who may be given or relieved of work.
    pub teachers: Vec<u32>,
    /// Trainees among them.
    pub trainees: Vec<u32>,
    /// Places of the part's groups.
    pub places: Vec<u32>,
    pub(super) active: Vec<bool>,
    pub(super) owned: Vec<bool>,
}

impl Scope {
    /// Everything.
    pub(crate) fn all(m: &Model<'_>) -> Self {
        Self::of(m, vec![true; m.tasks.len()], vec![true; m.teachers.len()])
    }

    /// Those tasks, by those teachers.
    pub(crate) fn of(m: &Model<'_>, active: Vec<bool>, owned: Vec<bool>) -> Self {
        let tasks: Vec<u32> = (0..m.tasks.len()).filter(|&x| active[x]).map(|x| x as u32).collect();
        let sids = tasks
            .iter()
            .flat_map(|&x| m.sessions(x as usize))
            .filter(|&s| !m.fixed[s].frozen);
        let mut children: Vec<u32> = tasks
            .iter()
            .map(|&x| m.tasks[x as usize].child)
            .filter(|&c| c != NONE)
            .collect();
        children.sort_unstable();
        children.dedup();
        let teachers: Vec<u32> = (0..m.teachers.len()).filter(|&t| owned[t]).map(|t| t as u32).collect();
        let open = |q: &usize| {
            let groups = &m.places[*q].groups;
            m.change.is_none()
                && !groups.is_empty()
                && groups.iter().all(|&g| active[m.task_of_group[g as usize] as usize])
        };
        Self {
            sids: sids.map(|s| s as u32).collect(),
            children,
            trainees: teachers
                .iter()
                .copied()
                .filter(|&t| m.teachers[t as usize].shadow_min > 0)
                .collect(),
            teachers,
            places: (0..m.places.len()).filter(open).map(|q| q as u32).collect(),
            tasks,
            active,
            owned,
        }
    }
}

#[derive(Clone, Copy)]
enum Step {
    Put(u32),
    Took(u32, Spot),
    Joined(u32),
    Left(u32, u32),
}

/// A timetable being searched.
pub(crate) struct Search<'m, 'p> {
    pub m: &'m Model<'p>,
    pub state: State,
    pub scope: Scope,
    pub rng: fastrand::Rng,
    log: Vec<Step>,
    pub(super) sids: Vec<u32>,
    /// The most that the goal may be after the move; drawn before it, so that a move can give up early.
    ceiling: i64,
    /// Families that were moved at the last [`Search::keep`].
    pub(super) families: i32,
    /// Tasks that miss sessions, as last looked.
    pub(super) waiting: Vec<u32>,
    /// Places and the groups that they or these lack, as last looked.
    pub(super) seats: Vec<(u32, u32)>,
    /// Sessions that are missing or not held as published, as last looked.
    pub(super) off: Vec<u32>,
    /// What is missing that is none of this search's business.
    elsewhere: i64,
    /// What was missing at the last [`Search::keep`].
    held: i64,
}

impl<'m, 'p> Search<'m, 'p> {
    pub(crate) fn new(m: &'m Model<'p>, state: State, scope: Scope, seed: u64) -> Self {
        let elsewhere = state.missing - missing_in(m, &state, &scope);
        let held = state.missing;
        Self {
            m,
            state,
            scope,
            elsewhere,
            held,
            rng: fastrand::Rng::with_seed(seed),
            log: Vec::new(),
            sids: Vec::new(),
            ceiling: i64::MAX,
            families: 0,
            waiting: Vec::new(),
            seats: Vec::new(),
            off: Vec::new(),
        }
    }

    // ---- steps that can be taken back

    pub(crate) fn put(&mut self, sid: usize, spot: Spot) {
        self.state.put(self.m, sid, spot);
        self.log.push(Step::Put(sid as u32));
    }

    pub(crate) fn take(&mut self, sid: usize) -> Spot {
        let spot = self.state.take(self.m, sid);
        self.log.push(Step::Took(sid as u32, spot));
        spot
    }

    pub(super) fn join(&mut self, place: usize, group: u32) {
        self.state.join(self.m, place, group);
        self.log.push(Step::Joined(place as u32));
    }

    pub(super) fn leave(&mut self, place: usize) -> u32 {
        let group = self.state.leave(self.m, place);
        self.log.push(Step::Left(place as u32, group));
        group
    }

    /// All steps since [`Search::keep`] are as if they had not been.
    pub(crate) fn undo(&mut self) {
        self.undo_to(0);
    }

    fn undo_one(&mut self) {
        if let Some(step) = self.log.pop() {
            match step {
                Step::Put(sid) => {
                    self.state.take(self.m, sid as usize);
                }
                Step::Took(sid, spot) => self.state.put(self.m, sid as usize, spot),
                Step::Joined(place) => {
                    self.state.leave(self.m, place as usize);
                }
                Step::Left(place, group) => self.state.join(self.m, place as usize, group),
            }
        }
    }

    /// The steps stand.
    pub(crate) fn keep(&mut self) {
        self.families = self.state.families;
        self.held = self.state.missing;
        self.log.clear();
    }

    /// Whether more families than allowed have a session at another time, or the steps since [`Search::keep`] move or
    /// cancel one more beyond that number.
    pub(crate) fn moves_too_many(&self) -> bool {
        let State {
            families, relocated, ..
        } = self.state;
        self.m.max_moved.is_some_and(|most| {
            let most = i32::try_from(most).unwrap_or(i32::MAX);
            relocated > most || families > most.max(self.families)
        })
    }

    /// Whether the steps since [`Search::keep`] lose something, where not everything finds a place.
    pub(crate) fn loses(&self) -> bool {
        self.state.partial && self.state.missing > self.held
    }

    /// Where the steps stand, for [`Search::undo_to`].
    pub(crate) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Steps since a mark are as if they had not been.
    pub(crate) fn undo_to(&mut self, mark: usize) {
        while self.log.len() > mark {
            self.undo_one();
        }
    }

    /// Draw what the next move may cost at a temperature: nothing, or by chance a little.
    pub(crate) fn allow(&mut self, heat: f64) {
        self.ceiling = self.state.goal() + (-heat * self.rng.f64().max(1e-300).ln()) as i64;
    }

    /// Whether the move may end here, after a last step of a price.
    pub(crate) fn is_allowed(&self, price: i64) -> bool {
        self.state.goal() + price <= self.ceiling
    }

    /// What is missing in this search's scope.
    pub(crate) fn missing(&self) -> i64 {
        self.state.missing - self.elsewhere
    }

    // ---- what is where

    pub(crate) fn is_open(&self, sid: usize) -> bool {
        !self.m.fixed[sid].frozen && self.scope.active[self.m.task_of[sid] as usize]
    }

    /// Teachers of other parts get nothing new.
    pub(crate) fn bar_others(&mut self) {
        self.state.barred = self.scope.owned.iter().map(|owned| !owned).collect();
    }

    pub(crate) fn owns(&self, t: u32) -> bool {
        self.scope.owned[t as usize]
    }

    /// The lead that a task has, [`NONE`] without any session.
    pub(crate) fn lead(&self, x: usize) -> u32 {
        self.m
            .sessions(x)
            .map(|s| self.state.spots[s])
            .find(|s| s.is_set())
            .map_or(NONE, |s| s.teacher)
    }

    /// The cheapest spot of a session with a lead; `noise` makes the choice vary.
    pub(crate) fn best_spot(&mut self, sid: usize, lead: u32, noise: u32) -> Option<(i64, Spot)> {
        let m = self.m;
        let x = m.task_of[sid] as usize;
        let dur = m.tasks[x].dur;
        let mut best: Option<(i64, i64, Spot)> = None;
        for day in 0..m.days {
            let both = self.state.kids_free(m, x, day) & self.state.teacher_free(m, lead, day);
            let mut starts = m.starts_in(both, dur);
            while starts != 0 {
                let start = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                let wish = State::wish(m.fixed[sid], day, start, lead);
                if let Some((price, spot)) = self.state.price(m, sid, wish) {
                    let key = price * 16
                        + if noise == 0 {
                            0
                        } else {
                            i64::from(self.rng.u32(0..noise))
                        };
                    if best.is_none_or(|(b, _, _)| key < b) {
                        best = Some((key, price, spot));
                    }
                }
            }
        }
        best.map(|(_, price, spot)| (price, spot))
    }

    /// Give every session of a task that has none a spot with this lead; false when one finds none, or where not all
    /// need to, when none does.
    pub(crate) fn fill(&mut self, x: usize, lead: u32, noise: u32) -> bool {
        let m = self.m;
        for sid in m.sessions(x) {
            if self.state.spots[sid].is_set() {
                continue;
            }
            match self.best_spot(sid, lead, noise) {
                Some((_, spot)) => self.put(sid, spot),
                None if self.state.partial => {}
                None => return false,
            }
        }
        !self.state.partial || self.lead(x) != NONE
    }

    /// Take all open sessions of a task away; the trainees who watched them are owed.
    pub(crate) fn clear(&mut self, x: usize) {
        for sid in self.m.sessions(x) {
            if self.state.spots[sid].is_set() && !self.m.fixed[sid].frozen {
                self.take(sid);
            }
        }
    }

    /// Let a trainee watch until nothing is owed, cheapest first.
    pub(crate) fn watch(&mut self, t: u32, noise: u32) -> bool {
        let m = self.m;
        let mentor = m.teachers[t as usize].mentor;
        while self.state.watch_missing(m, t) > 0 {
            let mut best: Option<(i64, usize, Spot)> = None;
            for day in 0..m.days {
                let mut last = NONE;
                for slot in 0..m.slots {
                    let sid = self.state.teacher_session(m, mentor, day, slot);
                    if sid == NONE || sid == last {
                        continue;
                    }
                    last = sid;
                    let (sid, x) = (sid as usize, m.task_of[sid as usize] as usize);
                    let spot = self.state.spots[sid];
                    let task = &m.tasks[x];
                    if task.group != NONE || spot.second != NONE || spot.teacher != mentor || !self.is_open(sid) {
                        continue;
                    }
                    let wish = Spot { second: t, ..spot };
                    if !m.fixed[sid].allows(wish) {
                        continue;
                    }
                    let Some(price) = self.state.watching(m, x, wish) else {
                        continue;
                    };
                    let key = price * 16
                        + if noise == 0 {
                            0
                        } else {
                            i64::from(self.rng.u32(0..noise))
                        };
                    if best.is_none_or(|(b, _, _)| key < b) {
                        best = Some((key, sid, wish));
                    }
                }
            }
            let Some((_, sid, wish)) = best else { return false };
            self.take(sid);
            self.put(sid, wish);
        }
        true
    }

    /// Trainees of the leads of what was just cleared get their hours again.
    pub(super) fn watch_again(&mut self) -> bool {
        for i in 0..self.scope.trainees.len() {
            let t = self.scope.trainees[i];
            // Where somebody cannot watch enough, that is no reason to leave everything as it is.
            if self.state.watch_missing(self.m, t) > 0 && !self.watch(t, 8) && !self.state.partial {
                return false;
            }
        }
        true
    }

    // ---- something at random

    pub(super) fn pick(&mut self, from: &[u32]) -> Option<u32> {
        if from.is_empty() {
            None
        } else {
            Some(from[self.rng.usize(0..from.len())])
        }
    }

    /// A lead for a task: one that is pinned, last week's as often as any other, as far as this search may give them work.
    pub(super) fn any_lead(&mut self, x: usize) -> Option<u32> {
        let task = &self.m.tasks[x];
        if task.leads.is_empty() {
            return None;
        }
        let familiar = task.prev != NONE && self.rng.bool() && task.leads.contains(&task.prev);
        let lead = if let Some(pinned) = self.pinned_lead(x) {
            pinned
        } else if familiar {
            task.prev
        } else {
            task.leads[self.rng.usize(0..task.leads.len())]
        };
        self.owns(lead).then_some(lead)
    }

    /// The lead of a pinned session, if a task has any; where others may lead as well, now and then.
    fn pinned_lead(&mut self, x: usize) -> Option<u32> {
        let m = self.m;
        if !m.has_fixed[x] || (m.tasks[x].max_leads > 1 && self.rng.bool()) {
            return None;
        }
        let pinned: Vec<u32> = m.sessions(x).filter_map(|s| m.fixed[s].teacher).collect();
        self.pick(&pinned)
    }

    /// A session that is not held as published, or any.
    pub(crate) fn off_or_any(&mut self) -> Option<usize> {
        if self.off.is_empty() || self.rng.u8(0..4) == 0 {
            let sids = std::mem::take(&mut self.scope.sids);
            let found = self.pick(&sids);
            self.scope.sids = sids;
            return found.map(|s| s as usize);
        }
        Some(self.off[self.rng.usize(0..self.off.len())] as usize)
    }

    pub(super) fn any_task(&mut self) -> Option<usize> {
        if self.scope.tasks.is_empty() {
            return None;
        }
        Some(self.scope.tasks[self.rng.usize(0..self.scope.tasks.len())] as usize)
    }
}

/// What is missing of a scope: sessions, places, members and hours to be watched.
pub(crate) fn missing_in(m: &Model<'_>, state: &State, scope: &Scope) -> i64 {
    let sessions = scope
        .sids
        .iter()
        .filter(|&&s| !state.spots[s as usize].is_set())
        .count();
    let places = scope
        .places
        .iter()
        .filter(|&&q| state.place_group[q as usize] == NONE)
        .count();
    let groups = scope
        .tasks
        .iter()
        .map(|&x| m.tasks[x as usize].group)
        .filter(|&g| g != NONE);
    let members = groups.map(|g| state.few(m, g));
    let watched = scope.trainees.iter().map(|&t| i64::from(state.watch_missing(m, t)));
    (sessions + places + members.sum::<usize>()) as i64 + watched.sum::<i64>()
}
