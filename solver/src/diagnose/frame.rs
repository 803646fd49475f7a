//! What is given, laid out for counting: who may lead what, at which starts, in which rooms.

use std::collections::BTreeMap;

use super::Demand;
use crate::problem::{ChildId, GroupId, Mask, Problem, RoomId, Series, SiteId, Task, TeacherId, limits};

/// Half-days of the week, bit `day * BLOCKS + block`.
pub(super) type Halves = u32;

/// The problem and what follows from it at once.
pub(super) struct Frame<'p> {
    pub(super) problem: &'p Problem,
    /// Starts that keep a session in its half-day, by duration.
    starts: Vec<Mask>,
    /// Slots of every half-day.
    pub(super) blocks: Vec<Mask>,
    /// Orders, then groups.
    pub(super) lines: Vec<Line<'p>>,
    /// Sets of teachers, each once.
    crews: Vec<Vec<TeacherId>>,
    /// The rooms of one type at one site.
    pub(super) pools: Vec<Pool>,
    /// Places by group that would fit.
    pub(super) candidates: Vec<Vec<usize>>,
    /// Groups by place that would fit.
    pub(super) groups_of: Vec<Vec<GroupId>>,
    /// Orders by child.
    pub(super) orders_of: Vec<Vec<usize>>,
    /// Places by child.
    pub(super) places_of: Vec<Vec<usize>>,
}

/// An order or a group, and what it needs.
pub(super) struct Line<'p> {
    pub(super) demand: Demand,
    pub(super) series: &'p Series,
    pub(super) site: SiteId,
    pub(super) child: Option<ChildId>,
    pub(super) group: Option<GroupId>,
    /// Who is qualified at the site, whatever the family rules out.
    pub(super) qualified: usize,
    /// Who may lead.
    pub(super) leads: usize,
    /// Who may assist, where somebody must.
    pub(super) assistants: Option<usize>,
    pub(super) pool: Option<usize>,
    /// Starts at which child or members could come, by day.
    pub(super) open: Vec<Mask>,
    /// Its pins.
    pub(super) pins: Vec<usize>,
}

/// The rooms of one type at one site.
pub(super) struct Pool {
    pub(super) site: SiteId,
    pub(super) kind: usize,
    pub(super) rooms: Vec<RoomId>,
    /// Children that the largest holds.
    pub(super) largest: u32,
}

/// The slots of a session.
pub(super) fn span(start: usize, dur: usize) -> Mask {
    let all = (1_u32 << dur.min(limits::SLOTS)) - 1;
    Mask::try_from((all << start.min(limits::SLOTS)) & u32::from(Mask::MAX)).unwrap_or(Mask::MAX)
}

/// The slots of a mask.
pub(super) fn bits(mask: Mask) -> impl Iterator<Item = usize> {
    (0..limits::SLOTS).filter(move |u| mask >> u & 1 == 1)
}

/// So many slots of a mask.
pub(super) fn count(mask: Mask) -> u32 {
    mask.count_ones()
}

/// A number as the index it is.
pub(super) fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// A length as the number it is.
pub(super) fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl<'p> Frame<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        let grid = &problem.grid;
        let blocks: Vec<Mask> = grid.blocks.iter().map(|&(from, to)| span(from, to - from)).collect();
        let mut frame = Self {
            problem,
            starts: (0..=limits::SLOTS).map(|dur| whole_starts(&blocks, dur)).collect(),
            blocks,
            lines: Vec::new(),
            crews: Vec::new(),
            pools: pools(problem),
            candidates: vec![Vec::new(); problem.groups.len()],
            groups_of: vec![Vec::new(); problem.places.len()],
            orders_of: vec![Vec::new(); problem.children.len()],
            places_of: vec![Vec::new(); problem.children.len()],
        };
        frame.fit_places();
        let mut crews = BTreeMap::new();
        for task in problem.tasks() {
            let line = frame.line(task, &mut crews);
            if let (Some(child), Demand::Order(o)) = (line.child, line.demand) {
                frame.orders_of[child].push(o);
            }
            frame.lines.push(line);
        }
        for (i, pin) in problem.pins.iter().enumerate() {
            let at = frame.at(pin.task);
            frame.lines[at].pins.push(i);
        }
        frame
    }

    /// Where a task stands in [`Frame::lines`].
    pub(super) fn at(&self, task: Task) -> usize {
        match task {
            Task::Order(o) => o,
            Task::Group(g) => self.problem.orders.len() + g,
        }
    }

    /// The line of an order or a group.
    pub(super) fn line_of(&self, demand: Demand) -> Option<usize> {
        match demand {
            Demand::Order(o) => Some(self.at(Task::Order(o))),
            Demand::Group(g) => Some(self.at(Task::Group(g))),
            Demand::Place(_) | Demand::Watching(_) => None,
        }
    }

    /// The teachers of a set.
    pub(super) fn crew(&self, crew: usize) -> &[TeacherId] {
        &self.crews[crew]
    }

    /// So many sets of teachers there are.
    pub(super) fn crews(&self) -> usize {
        self.crews.len()
    }

    /// Starts at which `dur` slots of a mask are free within a half-day.
    pub(super) fn starts_in(&self, mask: Mask, dur: usize) -> Mask {
        let mut fit = mask;
        for i in 1..dur {
            fit &= mask >> i;
        }
        fit & self.starts[dur]
    }

    /// The slots that sessions at some starts can take.
    pub(super) fn spread(starts: Mask, dur: usize) -> Mask {
        (1..dur).fold(starts, |mask, i| mask | starts << i)
    }

    /// Longest run of a day.
    pub(super) fn run(&self, mask: Mask) -> u32 {
        let longest = |block: &Mask| {
            let (mut run, mut rest) = (0, mask & block);
            while rest != 0 {
                rest &= rest >> 1;
                run += 1;
            }
            run
        };
        self.blocks.iter().map(longest).max().unwrap_or(0)
    }

    /// The half-days in which some starts of a day lie.
    pub(super) fn halves(&self, day: usize, starts: Mask) -> Halves {
        let mut halves = 0;
        for (b, block) in self.blocks.iter().enumerate() {
            if starts & block != 0 {
                halves |= 1 << (day * limits::BLOCKS + b);
            }
        }
        halves
    }

    /// Most sessions of a line on a day.
    pub(super) fn per_day(&self, line: &Line<'_>) -> usize {
        let day = line.child.map_or(usize::MAX, |c| {
            index(self.problem.children[c].max_day) / line.series.dur
        });
        line.series.max_per_day.min(day)
    }

    /// Most sessions of a line in some half-days.
    pub(super) fn sessions_in(&self, line: &Line<'_>, halves: Halves) -> usize {
        let most = self.per_day(line);
        let day = (1_u32 << limits::BLOCKS) - 1;
        (0..self.problem.grid.days)
            .map(|d| index((halves >> (d * limits::BLOCKS) & day).count_ones()).min(most))
            .sum()
    }

    /// Starts of a line that a lead could take on a day, with an assistant beside, were all of them free.
    pub(super) fn lead_starts(&self, line: &Line<'_>, lead: TeacherId, day: usize) -> Mask {
        let dur = line.series.dur;
        let mut open = line.open[day] & self.hours(lead, day, dur);
        if let Some(crew) = line.assistants {
            let beside = |a: &&TeacherId| **a != lead;
            let assisted = self.crew(crew).iter().filter(beside);
            open &= assisted.fold(0, |mask, &a| mask | self.hours(a, day, dur));
        }
        open
    }

    /// Starts of a day that a teacher's hours and limits allow.
    pub(super) fn hours(&self, teacher: TeacherId, day: usize, dur: usize) -> Mask {
        let t = &self.problem.teachers[teacher];
        let least = t.max_day.min(t.max_run).min(t.max_week);
        if index(least) < dur {
            return 0;
        }
        self.starts_in(t.avail[day], dur)
    }

    /// Most slots that sessions of some durations (bit by bit) can take of a day without a run above a limit.
    pub(super) fn most(&self, avail: Mask, durs: u32, max_run: u32, max_day: u32) -> u32 {
        let fits: Vec<usize> = (1..=limits::SLOTS)
            .filter(|&d| durs >> d & 1 == 1 && number(d) <= max_run.min(max_day))
            .collect();
        let step = fits.iter().fold(0, |a, &b| divisor(a, b));
        if step == 0 {
            return 0;
        }
        let slots: u32 = self
            .problem
            .grid
            .blocks
            .iter()
            .map(|&(from, to)| packed(avail, from, to, &fits, max_run))
            .sum();
        let step = number(step);
        slots.min(max_day) / step * step
    }

    fn fit_places(&mut self) {
        let p = self.problem;
        let mut of_service = vec![Vec::new(); p.services.len()];
        for (g, group) in p.groups.iter().enumerate() {
            of_service[group.series.service].push(g);
        }
        for (i, place) in p.places.iter().enumerate() {
            let c = &p.children[place.child];
            self.places_of[place.child].push(i);
            for &g in &of_service[place.service] {
                let group = &p.groups[g];
                let age = (group.age.0..=group.age.1).contains(&c.age_months);
                if group.site == c.site && age && (group.level.0..=group.level.1).contains(&c.level) {
                    self.candidates[g].push(i);
                    self.groups_of[i].push(g);
                }
            }
        }
    }

    fn line(&mut self, task: Task, crews: &mut BTreeMap<(usize, SiteId, u8), usize>) -> Line<'p> {
        let p = self.problem;
        let (series, site, child, group, demand) = match task {
            Task::Order(o) => {
                let order = &p.orders[o];
                let site = p.children[order.child].site;
                (&order.series, site, Some(order.child), None, Demand::Order(o))
            }
            Task::Group(g) => (&p.groups[g].series, p.groups[g].site, None, Some(g), Demand::Group(g)),
        };
        let service = &p.services[series.service];
        let least = series.min_level.max(1);
        let qualified = self.people(crews, (series.service, site, least));
        let excluded = child.map_or(&[][..], |c| &p.children[c].exclude);
        let leads = if self.crews[qualified].iter().any(|t| excluded.contains(t)) {
            let rest = self.crews[qualified].iter().filter(|t| !excluded.contains(t));
            let rest = rest.copied().collect();
            self.crews.push(rest);
            self.crews.len() - 1
        } else {
            qualified
        };
        let assisted = group.is_some() && service.assistant;
        // Level 0 stands for those who assist.
        let assistants = assisted.then(|| self.people(crews, (series.service, site, 0)));
        let alike = |q: &Pool| q.site == site && q.kind == service.room_kind;
        Line {
            demand,
            series,
            site,
            child,
            group,
            qualified,
            leads,
            assistants,
            pool: self.pools.iter().position(alike),
            open: (0..p.grid.days)
                .map(|d| self.open(series.dur, child, group, d))
                .collect(),
            pins: Vec::new(),
        }
    }

    /// Those qualified for a service at a site.
    fn people(&mut self, crews: &mut BTreeMap<(usize, SiteId, u8), usize>, key: (usize, SiteId, u8)) -> usize {
        let (service, site, least) = key;
        let teachers = &self.problem.teachers;
        *crews.entry(key).or_insert_with(|| {
            let able = |t: &usize| {
                let t = &teachers[*t];
                t.sites.contains(&site)
                    && if least == 0 {
                        t.assist[service]
                    } else {
                        t.qual[service] >= least
                    }
            };
            self.crews.push((0..teachers.len()).filter(able).collect());
            self.crews.len() - 1
        })
    }

    /// Starts at which a child could come; for a group, enough of those who could be members.
    fn open(&self, dur: usize, child: Option<ChildId>, group: Option<GroupId>, day: usize) -> Mask {
        let p = self.problem;
        let of = |c: ChildId| {
            let child = &p.children[c];
            if index(child.max_run.min(child.max_day)) < dur {
                return 0;
            }
            self.starts_in(child.avail[day], dur)
        };
        if let Some(c) = child {
            return of(c);
        }
        let Some(g) = group else { return 0 };
        let members: Vec<Mask> = self.candidates[g].iter().map(|&i| of(p.places[i].child)).collect();
        let enough = |u: &usize| members.iter().filter(|m| **m >> u & 1 == 1).count() >= p.groups[g].min_size;
        bits(self.starts[dur]).filter(enough).fold(0, |mask, u| mask | 1 << u)
    }
}

fn pools(problem: &Problem) -> Vec<Pool> {
    let mut found = BTreeMap::<(SiteId, usize), Vec<RoomId>>::new();
    for (r, room) in problem.rooms.iter().enumerate() {
        found.entry((room.site, room.kind)).or_default().push(r);
    }
    let pool = |((site, kind), rooms): ((SiteId, usize), Vec<RoomId>)| Pool {
        site,
        kind,
        largest: rooms.iter().map(|&r| problem.rooms[r].capacity).max().unwrap_or(0),
        rooms,
    };
    found.into_iter().map(pool).collect()
}

fn whole_starts(blocks: &[Mask], dur: usize) -> Mask {
    if dur == 0 {
        return 0;
    }
    let starts = |block: &Mask| (1..dur).fold(*block, |mask, i| mask & block >> i);
    blocks.iter().map(starts).fold(0, |a, b| a | b)
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// Most slots of `[from, to)` that sessions of the durations can take.
fn packed(avail: Mask, from: usize, to: usize, durs: &[usize], max_run: u32) -> u32 {
    // best[u][run]: most slots before u with so many busy ones right before it.
    let width = index(max_run).min(limits::SLOTS) + 1;
    let mut best = vec![vec![None; width]; to - from + 1];
    best[0][0] = Some(0_u32);
    for u in 0..to - from {
        for run in 0..width {
            let Some(sum) = best[u][run] else { continue };
            best[u + 1][0] = best[u + 1][0].max(Some(sum));
            for &dur in durs {
                let (end, long) = (u + dur, run + dur);
                let free = avail & span(from + u, dur) == span(from + u, dur);
                if end <= to - from && long < width && free {
                    best[end][long] = best[end][long].max(Some(sum + number(dur)));
                }
            }
        }
    }
    best[to - from].iter().flatten().max().copied().unwrap_or(0)
}
