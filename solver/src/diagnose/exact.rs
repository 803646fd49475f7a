//! Every way tried: whether some demands can hold together, for as many steps as are allowed.

use super::{
    Demand,
    frame::{Frame, Halves, bits, index, span},
    pinned::may_second,
    shortage::{self, Ask, Supply},
    space::Rooms,
    staff::parts,
    trial::{Placed, Trial},
};
use crate::{
    problem::{Day, GroupId, Mask, Slot, TeacherId},
    solution::Solution,
};

/// Whether demands can hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// They can: this holds them, and what else it needs.
    Holds(Box<Solution>),
    /// They cannot: every way was tried, or counted out.
    Fails,
    /// The steps ran out.
    Unknown,
}

/// A search through every way.
pub(super) struct Exact<'f, 'p> {
    pub(super) trial: Trial<'f, 'p>,
    pub(super) jobs: Vec<Job>,
    /// Groups that must be held, by group.
    pub(super) held: Vec<bool>,
    /// Places that are given in turn, and whether each must be.
    pub(super) seats: Vec<(usize, bool)>,
    pub(super) given: Vec<Option<GroupId>>,
    pub(super) members: Vec<usize>,
    /// Trainees and the slots they must still watch.
    pub(super) watch: Vec<(TeacherId, i64)>,
    /// Teachers and rooms are looked at.
    staffed: bool,
    pub(super) steps: u64,
    pub(super) found: Option<Box<Solution>>,
}

/// An order or a group that must be held.
pub(super) struct Job {
    pub(super) line: usize,
    left: usize,
    /// Who leads it so far, and how often.
    leads: Vec<(TeacherId, usize)>,
    /// When the latest session without a pin is: the next comes later.
    last: Option<(Day, Slot)>,
    /// Who may lead it, the least sought first.
    crew: Vec<TeacherId>,
}

/// What a step came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Found,
    None,
    Stopped,
}

/// Whether demands can hold together, given teachers, rooms and families' hours. Other orders may be held or not, as it
/// suits; `steps` is counted down.
pub(super) fn hold(frame: &Frame<'_>, demands: &[Demand], steps: &mut u64) -> Answer {
    Exact::new(frame, demands, true, *steps).answer(steps)
}

/// The same with every teacher and room free at any time.
pub(super) fn hold_alone(frame: &Frame<'_>, demands: &[Demand], steps: &mut u64) -> Answer {
    Exact::new(frame, demands, false, *steps).answer(steps)
}

impl<'f, 'p> Exact<'f, 'p> {
    fn new(frame: &'f Frame<'p>, demands: &[Demand], staffed: bool, steps: u64) -> Self {
        let p = frame.problem;
        let lines: Vec<usize> = demands.iter().filter_map(|d| frame.line_of(*d)).collect();
        let mut sought = vec![0; p.teachers.len()];
        for &t in lines.iter().flat_map(|&l| frame.crew(frame.lines[l].leads)) {
            sought[t] += 1;
        }
        let job = |&at: &usize| {
            let line = &frame.lines[at];
            let mut crew = frame.crew(line.leads).to_vec();
            crew.sort_by_key(|&t| sought[t]);
            Job {
                line: at,
                left: line.series.sessions,
                leads: Vec::new(),
                last: None,
                crew,
            }
        };
        let mut held = vec![false; p.groups.len()];
        let mut seats: Vec<(usize, bool)> = Vec::new();
        let mut watch = Vec::new();
        for demand in demands {
            match *demand {
                Demand::Group(g) => held[g] = true,
                Demand::Place(i) => seats.push((i, true)),
                Demand::Watching(t) => {
                    let owed = p.teachers[t].trainee.as_ref().map_or(0, |w| w.shadow_min);
                    watch.push((t, i64::from(owed)));
                }
                Demand::Order(_) => {}
            }
        }
        let wanted = |g: usize| held[g] && p.groups[g].min_size > 0;
        let mut more: Vec<usize> = (0..held.len())
            .filter(|&g| wanted(g))
            .flat_map(|g| frame.candidates[g].clone())
            .collect();
        more.sort_unstable();
        more.dedup();
        more.retain(|i| !seats.contains(&(*i, true)));
        seats.extend(more.into_iter().map(|i| (i, false)));
        Self {
            trial: Trial::new(frame, staffed),
            jobs: lines.iter().map(job).collect(),
            held,
            given: vec![None; seats.len()],
            seats,
            members: vec![0; p.groups.len()],
            watch,
            staffed,
            steps,
            found: None,
        }
    }

    fn answer(mut self, steps: &mut u64) -> Answer {
        let step = self.search(true);
        *steps = self.steps;
        match (step, self.found) {
            (Step::Found, Some(solution)) => Answer::Holds(solution),
            (Step::None, _) => Answer::Fails,
            _ => Answer::Unknown,
        }
    }

    /// Count down; whether there are steps left.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_sub(u64::try_from(steps).unwrap_or(u64::MAX));
        self.steps > 0
    }

    /// Place what is left. `fresh` when an order or group is newly complete: then hours are counted as well.
    fn search(&mut self, fresh: bool) -> Step {
        if !self.spend(1 + self.jobs.len()) {
            return Step::Stopped;
        }
        let mut next: Option<(usize, usize)> = None;
        for (i, job) in self.jobs.iter().enumerate() {
            if !self.fillable(job.line) {
                return Step::None;
            }
            if job.left == 0 {
                continue;
            }
            let Some(ways) = self.ways(job) else { return Step::None };
            let rank = ways / job.left;
            if next.is_none_or(|(_, best)| rank < best) {
                next = Some((i, rank));
            }
        }
        if !self.placeable() {
            return Step::None;
        }
        let Some((job, _)) = next else { return self.give(0) };
        if fresh && self.staffed && self.jobs.len() > 1 {
            self.spend(10 * self.jobs.len());
            if !self.hours_suffice() {
                return Step::None;
            }
        }
        self.place(job)
    }

    /// Whether a group can still get enough members.
    fn fillable(&self, at: usize) -> bool {
        let Some(g) = self.trial.line(at).group else {
            return true;
        };
        let least = self.trial.frame.problem.groups[g].min_size;
        let can = self.trial.frame.candidates[g]
            .iter()
            .filter(|&&i| self.trial.can_join(i, at, None));
        least == 0 || can.take(least).count() == least
    }

    /// Whether every child who must have a place can still get one.
    fn placeable(&self) -> bool {
        let frame = self.trial.frame;
        let must = self.seats.iter().filter(|(_, must)| *must);
        must.map(|(place, _)| *place).all(|place| {
            let mut groups = frame.groups_of[place].iter();
            groups.any(|&g| !self.held[g] || self.trial.can_join(place, self.trial.group_line(g), None))
        })
    }

    /// The pin that the next session of a job must agree with.
    fn pin(&self, job: &Job) -> Option<usize> {
        let line = self.trial.line(job.line);
        line.pins.get(line.series.sessions - job.left).copied()
    }

    /// Starts of a day for the next session of a job, for child, rooms and pin.
    fn open(&self, job: &Job, day: Day) -> Mask {
        let open = self.trial.starts(job.line, day, self.staffed);
        if let Some(pin) = self.pin(job) {
            let pin = &self.trial.frame.problem.pins[pin];
            let at = pin.start.map_or(Mask::MAX, |u| span(u, 1));
            return if pin.day.is_none_or(|d| d == day) { open & at } else { 0 };
        }
        match job.last {
            Some((d, _)) if day < d => 0,
            Some((d, u)) if day == d => open & !span(0, u + 1),
            _ => open,
        }
    }

    /// Those who may lead the next session of a job.
    fn leads(&self, job: &Job) -> Vec<TeacherId> {
        let pinned = self.pin(job).and_then(|pin| self.trial.frame.problem.pins[pin].teacher);
        let full = job.leads.len() >= self.trial.line(job.line).series.max_teachers;
        let may =
            |t: &&TeacherId| pinned.is_none_or(|p| p == **t) && (!full || job.leads.iter().any(|(lead, _)| lead == *t));
        job.crew.iter().filter(may).copied().collect()
    }

    /// Ways to place the next session of a job; nothing if what is left of it cannot be placed any more.
    fn ways(&self, job: &Job) -> Option<usize> {
        let frame = self.trial.frame;
        let line = self.trial.line(job.line);
        let dur = line.series.dur;
        let open: Vec<Mask> = (0..frame.problem.grid.days).map(|d| self.open(job, d)).collect();
        let pinned = self.pin(job).is_some();
        let enough = |halves: Halves| {
            // Pins yet to come may be earlier than this one: then only whether there is any way is known.
            halves != 0 && (pinned || frame.sessions_in(line, halves) >= job.left)
        };
        let halves_of = |starts: &dyn Fn(Day) -> Mask| {
            let days = 0..frame.problem.grid.days;
            let mut ways = 0;
            let halves = days.fold(0, |halves, d| {
                let mask = starts(d);
                ways += index(mask.count_ones());
                halves | frame.halves(d, mask)
            });
            (halves, ways)
        };
        if !self.staffed {
            let (halves, ways) = halves_of(&|d| open[d]);
            return enough(halves).then_some(ways);
        }
        let one = line.series.max_teachers <= 1;
        let (mut all, mut ways) = (0, 0);
        for t in self.leads(job) {
            let starts = |d: Day| {
                if open[d] == 0 {
                    0
                } else {
                    open[d] & self.trial.teacher_starts(t, line.site, d, dur)
                }
            };
            let (halves, of_lead) = halves_of(&starts);
            if !one || enough(halves) {
                all |= halves;
                ways += of_lead;
            }
        }
        enough(all).then_some(ways)
    }

    /// Try the next session of a job everywhere.
    fn place(&mut self, job: usize) -> Step {
        let days = self.trial.frame.problem.grid.days;
        let open: Vec<Mask> = (0..days).map(|d| self.open(&self.jobs[job], d)).collect();
        let at = self.jobs[job].line;
        let line = self.trial.line(at);
        let (site, dur) = (line.site, line.series.dur);
        let pin = self.pin(&self.jobs[job]);
        let leads: Vec<Option<TeacherId>> = if self.staffed {
            self.leads(&self.jobs[job]).into_iter().map(Some).collect()
        } else {
            vec![None]
        };
        for lead in leads {
            for (day, &mask) in open.iter().enumerate() {
                let free = lead.map_or(Mask::MAX, |t| self.trial.teacher_starts(t, site, day, dur));
                for start in bits(mask & free) {
                    for second in self.seconds(at, pin, lead, day, start) {
                        let session = Placed {
                            line: at,
                            day,
                            start,
                            lead,
                            second,
                            pin,
                        };
                        match self.with(job, session) {
                            Step::None => {}
                            step => return step,
                        }
                    }
                }
            }
        }
        Step::None
    }

    /// Those who can be second: assistants where one must be, who is pinned, or nobody.
    fn seconds(
        &self,
        at: usize,
        pin: Option<usize>,
        lead: Option<TeacherId>,
        day: Day,
        start: Slot,
    ) -> Vec<Option<TeacherId>> {
        if !self.staffed {
            return vec![None];
        }
        let line = self.trial.line(at);
        let frame = self.trial.frame;
        let pinned = pin.and_then(|pin| frame.problem.pins[pin].second);
        let crew: &[TeacherId] = match (line.assistants, &pinned) {
            (_, Some(second)) => std::slice::from_ref(second),
            (Some(crew), None) => frame.crew(crew),
            (None, None) => return vec![None],
        };
        let free = |t: &&TeacherId| {
            let starts = self.trial.teacher_starts(**t, line.site, day, line.series.dur);
            may_second(frame, line, lead, **t) && starts >> start & 1 == 1
        };
        crew.iter().filter(free).copied().map(Some).collect()
    }

    /// Go on with one more session.
    fn with(&mut self, job: usize, session: Placed) -> Step {
        let line = self.trial.line(session.line);
        if let Some(g) = line.group {
            let frame = self.trial.frame;
            let least = frame.problem.groups[g].min_size;
            let can = |i: &&usize| self.trial.can_join(**i, session.line, Some(&session));
            if frame.candidates[g].iter().filter(can).count() < least {
                return Step::None;
            }
        }
        let last = self.jobs[job].last;
        self.trial.put(session);
        let it = &mut self.jobs[job];
        it.left -= 1;
        if session.pin.is_none() {
            it.last = Some((session.day, session.start));
        }
        if let Some(t) = session.lead {
            match it.leads.iter_mut().find(|(lead, _)| *lead == t) {
                Some((_, n)) => *n += 1,
                None => it.leads.push((t, 1)),
            }
        }
        let fresh = it.left == 0;
        let step = self.search(fresh);
        let it = &mut self.jobs[job];
        if let Some(t) = session.lead {
            it.leads
                .iter_mut()
                .filter(|(lead, _)| *lead == t)
                .for_each(|(_, n)| *n -= 1);
            it.leads.retain(|(_, n)| *n > 0);
        }
        it.last = last;
        it.left += 1;
        self.trial.take();
        step
    }

    /// Whether teachers and rooms have the hours for all that is left, slot by slot.
    fn hours_suffice(&self) -> bool {
        let frame = self.trial.frame;
        let (mut crews, mut asks, mut in_rooms) = (Vec::new(), Vec::new(), Vec::new());
        for job in self.jobs.iter().filter(|job| job.left > 0) {
            let line = self.trial.line(job.line);
            let slots = super::frame::number(job.left * line.series.dur);
            let pinned = self.pin(job).is_some();
            let open = |d: Day| if pinned { line.open[d] } else { self.open(job, d) };
            let ask = |crew| Ask {
                slots,
                crew,
                parts: parts(frame, line, open),
            };
            asks.push(ask(crews.len()));
            crews.push(if pinned { job.crew.clone() } else { self.leads(job) });
            if let Some(assistants) = line.assistants {
                asks.push(ask(crews.len()));
                crews.push(frame.crew(assistants).to_vec());
            }
            in_rooms.extend(line.pool.map(|pool| (pool, ask(0))));
        }
        let left = Left {
            trial: &self.trial,
            crews,
        };
        shortage::enough(&asks.iter().collect::<Vec<_>>(), &left)
            && (0..frame.pools.len()).all(|pool| {
                let mine: Vec<&Ask> = in_rooms
                    .iter()
                    .filter(|(p, _)| *p == pool)
                    .map(|(_, ask)| ask)
                    .collect();
                mine.len() < 2 || shortage::enough(&mine, &Rooms::of(&self.trial, pool))
            })
    }
}

/// What teachers have left.
struct Left<'a, 'f, 'p> {
    trial: &'a Trial<'f, 'p>,
    crews: Vec<Vec<TeacherId>>,
}

impl Supply for Left<'_, '_, '_> {
    fn members(&self, crew: usize) -> &[usize] {
        &self.crews[crew]
    }

    fn free(&self, who: usize, day: usize) -> Mask {
        self.trial.teacher_free(who, day)
    }

    fn at_once(&self, _: usize) -> u32 {
        1
    }

    fn day(&self, who: usize, day: usize) -> u32 {
        self.trial.day_left(who, day)
    }

    fn week(&self, who: usize) -> u32 {
        self.trial.week_left(who)
    }
}
