//! The problem as the engine reads it: flat, indexed by small numbers, with tables for what depends on a mask alone.

mod tables;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    problem::{Mask, Problem, Task},
    solution::{ChangeWeights, Event},
};
pub(crate) use tables::span;
use tables::{facts, is_pool, minutes, places, pools, small, starts};

/// Teachers by service, site and least level; level 0 stands for those who assist.
type People = BTreeMap<(usize, usize, u8), Arc<[u32]>>;

/// No teacher.
pub(crate) const NONE: u32 = u32::MAX;

/// A spot that leaves the room open.
pub(crate) const ANY_ROOM: u8 = u8::MAX;

/// What a day's mask tells by itself, whoever's day it is.
#[derive(Clone, Copy, Default)]
pub(crate) struct Facts {
    /// Free slots between the first and the last used one of a half-day.
    pub idle: u8,
    /// Half-days with a used slot.
    pub visits: u8,
    /// Longest run of used slots in a half-day.
    pub run: u8,
    /// Used slots.
    pub count: u8,
}

/// An order or a group.
pub(crate) struct TaskModel {
    pub task: Task,
    pub sessions: u32,
    pub dur: u8,
    /// The child of an order, unused for a group.
    pub child: u32,
    /// The group's index, or [`NONE`].
    pub group: u32,
    pub site: u32,
    pub pool: u32,
    pub per_day: u8,
    pub max_leads: u8,
    pub gap: u8,
    pub prev: u32,
    /// Needs an assistant.
    pub assisted: bool,
    /// Who may lead it, but for whom a family excludes; shared by tasks alike.
    pub leads: Arc<[u32]>,
    /// Who may assist it.
    pub assistants: Arc<[u32]>,
    /// Where it was published (repair only).
    pub published: Vec<Spot>,
}

/// Where a session is; the room is counted within its pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    pub day: u8,
    pub start: u8,
    pub room: u8,
    pub teacher: u32,
    pub second: u32,
}

impl Spot {
    /// A session without a time.
    pub(crate) const OUT: Self = Self {
        day: u8::MAX,
        start: 0,
        room: 0,
        teacher: NONE,
        second: NONE,
    };

    pub(crate) fn is_set(self) -> bool {
        self.day != u8::MAX
    }
}

/// What of a session is decided from outside.
#[derive(Clone, Copy, Default)]
pub(crate) struct Fixed {
    pub day: Option<u8>,
    pub start: Option<u8>,
    pub teacher: Option<u32>,
    pub second: Option<u32>,
    pub room: Option<u8>,
    /// Past or wholly pinned: never touched.
    pub frozen: bool,
}

impl Fixed {
    fn any(self) -> bool {
        self.day.is_some()
            || self.start.is_some()
            || self.teacher.is_some()
            || self.second.is_some()
            || self.room.is_some()
    }

    /// Whether a spot agrees with what is decided.
    pub(crate) fn allows(self, spot: Spot) -> bool {
        self.day.is_none_or(|d| d == spot.day)
            && self.start.is_none_or(|u| u == spot.start)
            && self.teacher.is_none_or(|t| t == spot.teacher)
            && self.second.is_none_or(|t| t == spot.second)
            && self.room.is_none_or(|r| r == spot.room)
    }
}

pub(crate) struct TeacherModel {
    /// First index of its rows in the site masks.
    pub site_row: u32,
    pub sites: Vec<u32>,
    pub max_day: u8,
    pub max_week: i32,
    pub target: i32,
    pub max_run: u8,
    pub mentor: u32,
    pub shadow_min: i32,
    /// Trainees who watch this one.
    pub trainees: Vec<u32>,
}

pub(crate) struct ChildModel {
    pub max_day: u8,
    pub min_day: u8,
    pub max_run: u8,
    pub exclude: Vec<u32>,
}

/// The rooms of one type at one site.
pub(crate) struct Pool {
    pub rooms: Vec<usize>,
    pub all: u128,
}

/// A place in a group that a child must get.
pub(crate) struct PlaceModel {
    pub child: u32,
    /// Groups (not tasks) that may take the child; shared by children alike.
    pub groups: Arc<[u32]>,
}

/// Everything that does not change while solving.
pub(crate) struct Model<'p> {
    pub problem: &'p Problem,
    pub days: usize,
    pub slots: usize,
    pub facts: Vec<Facts>,
    /// Starts that keep a session inside a half-day, by duration.
    pub starts: Vec<Mask>,
    /// Half-day of a slot.
    pub block: Vec<u8>,
    pub tasks: Vec<TaskModel>,
    /// First session of every task, and the end.
    pub first: Vec<u32>,
    pub task_of: Vec<u32>,
    pub fixed: Vec<Fixed>,
    /// Whether a task has anything fixed.
    pub has_fixed: Vec<bool>,
    pub teachers: Vec<TeacherModel>,
    pub children: Vec<ChildModel>,
    /// Working slots by teacher and day, absences taken out.
    pub teacher_avail: Vec<Mask>,
    pub child_avail: Vec<Mask>,
    pub child_avoid: Vec<Mask>,
    pub pools: Vec<Pool>,
    pub pool_of_room: Vec<(u32, u8)>,
    /// Task of a group.
    pub task_of_group: Vec<u32>,
    /// Tasks that are orders, by site.
    pub orders_at: Vec<Vec<u32>>,
    pub places: Vec<PlaceModel>,
    pub site_rows: usize,
    /// Minutes from the end of slot `a` to the start of slot `b`, at `a * slots + b`.
    pub minutes: Vec<i32>,
    pub change: Option<ChangeWeights>,
    /// Most families that may be moved.
    pub max_moved: Option<u32>,
}

impl<'p> Model<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        Self::build(problem, None, false)
    }

    /// The week of an absence: past sessions and memberships frozen; unless `strict`, the leads of an order free and no
    /// watching owed.
    pub(crate) fn for_event(problem: &'p Problem, event: &Event, strict: bool) -> Self {
        Self::build(problem, Some(event), !strict)
    }

    fn build(problem: &'p Problem, event: Option<&Event>, waived: bool) -> Self {
        let grid = &problem.grid;
        let (days, slots) = (grid.days, grid.slots);
        let mut block = vec![u8::MAX; slots];
        for (i, &(from, to)) in grid.blocks.iter().enumerate() {
            block[from..to].fill(i as u8);
        }
        let pools = pools(problem);
        let mut pool_of_room = vec![(0, 0); problem.rooms.len()];
        for (i, pool) in pools.iter().enumerate() {
            for (k, &room) in pool.rooms.iter().enumerate() {
                pool_of_room[room] = (i as u32, k as u8);
            }
        }
        let mut teachers = Vec::with_capacity(problem.teachers.len());
        let mut site_rows = 0;
        for t in &problem.teachers {
            let trainee = t.trainee.as_ref();
            teachers.push(TeacherModel {
                site_row: site_rows as u32,
                sites: t.sites.iter().map(|&s| s as u32).collect(),
                max_day: small(t.max_day),
                max_week: t.max_week as i32,
                target: t.target_week as i32,
                max_run: small(t.max_run),
                mentor: trainee.map_or(NONE, |s| s.mentor as u32),
                shadow_min: trainee.filter(|_| !waived).map_or(0, |s| s.shadow_min as i32),
                trainees: Vec::new(),
            });
            site_rows += t.sites.len();
        }
        for (i, t) in problem.teachers.iter().enumerate() {
            if let Some(trainee) = &t.trainee {
                teachers[trainee.mentor].trainees.push(i as u32);
            }
        }
        let children: Vec<ChildModel> = problem
            .children
            .iter()
            .map(|c| ChildModel {
                max_day: small(c.max_day),
                min_day: small(c.min_day),
                max_run: small(c.max_run),
                exclude: c.exclude.iter().map(|&t| t as u32).collect(),
            })
            .collect();
        let mut model = Self {
            problem,
            days,
            slots,
            facts: (0..1_usize << slots).map(|m| facts(m as Mask, &grid.blocks)).collect(),
            starts: (0..=slots).map(|dur| starts(dur, &grid.blocks)).collect(),
            block,
            tasks: Vec::new(),
            first: vec![0],
            task_of: Vec::new(),
            fixed: Vec::new(),
            has_fixed: Vec::new(),
            teacher_avail: problem.teachers.iter().flat_map(|t| t.avail.iter().copied()).collect(),
            child_avail: problem.children.iter().flat_map(|c| c.avail.iter().copied()).collect(),
            child_avoid: problem.children.iter().flat_map(|c| c.avoid.iter().copied()).collect(),
            pools,
            pool_of_room,
            task_of_group: Vec::new(),
            orders_at: vec![Vec::new(); problem.sites.len()],
            places: Vec::new(),
            site_rows,
            minutes: minutes(problem),
            change: event.map(|e| e.weights),
            max_moved: None,
            teachers,
            children: Vec::new(),
        };
        let mut people = People::new();
        for (x, task) in problem.tasks().enumerate() {
            let made = model.task(task, waived, &mut people);
            if let Task::Order(o) = task {
                let site = problem.children[problem.orders[o].child].site;
                model.orders_at[site].push(x as u32);
            } else {
                model.task_of_group.push(x as u32);
            }
            model.task_of.extend((0..made.sessions).map(|_| x as u32));
            model.first.push(model.task_of.len() as u32);
            model.tasks.push(made);
        }
        model.children = children;
        model.fixed = vec![Fixed::default(); model.task_of.len()];
        model.has_fixed = vec![false; model.tasks.len()];
        model.places = places(problem);
        model.take_pins();
        if let Some(event) = event {
            model.take_event(event);
        }
        model
    }

    fn task(&self, task: Task, waived: bool, people: &mut People) -> TaskModel {
        let p = self.problem;
        let (series, site, child, group) = match task {
            Task::Order(o) => {
                let order = &p.orders[o];
                (&order.series, p.children[order.child].site, order.child as u32, NONE)
            }
            Task::Group(g) => (&p.groups[g].series, p.groups[g].site, NONE, g as u32),
        };
        let service = &p.services[series.service];
        let at = |t: &usize| p.teachers[*t].sites.contains(&site);
        let least = series.min_level.max(1);
        let leads = people.entry((series.service, site, least)).or_insert_with(|| {
            let able = |t: &usize| p.teachers[*t].qual[series.service] >= least;
            (0..p.teachers.len())
                .filter(able)
                .filter(at)
                .map(|t| t as u32)
                .collect()
        });
        let leads = Arc::clone(leads);
        let assisted = group != NONE && service.assistant;
        let assistants = people.entry((series.service, site, 0)).or_insert_with(|| {
            let able = |t: &usize| p.teachers[*t].assist[series.service];
            (0..p.teachers.len())
                .filter(able)
                .filter(at)
                .map(|t| t as u32)
                .collect()
        });
        TaskModel {
            task,
            sessions: series.sessions as u32,
            dur: series.dur as u8,
            child,
            group,
            site: site as u32,
            pool: self
                .pools
                .iter()
                .position(|q| is_pool(p, q, site, service.room_kind))
                .unwrap_or(self.pools.len() - 1) as u32,
            per_day: series.max_per_day.min(255) as u8,
            max_leads: if waived {
                u8::MAX
            } else {
                series.max_teachers.min(255) as u8
            },
            gap: series.min_day_gap.min(255) as u8,
            prev: series.prev_teacher.map_or(NONE, |t| t as u32),
            assisted,
            leads,
            assistants: if assisted {
                Arc::clone(assistants)
            } else {
                Arc::from([])
            },
            published: Vec::new(),
        }
    }

    fn take_pins(&mut self) {
        let mut used = vec![0; self.tasks.len()];
        for pin in &self.problem.pins {
            let x = self.index(pin.task);
            let sid = self.first[x] as usize + used[x];
            used[x] += 1;
            if sid >= self.first[x + 1] as usize {
                continue;
            }
            let fixed = Fixed {
                day: pin.day.map(|d| d as u8),
                start: pin.start.map(|u| u as u8),
                teacher: pin.teacher.map(|t| t as u32),
                second: pin.second.map(|t| t as u32),
                room: pin.room.map(|r| self.pool_of_room[r].1),
                frozen: false,
            };
            self.has_fixed[x] |= fixed.any();
            self.fixed[sid] = fixed;
        }
    }

    fn take_event(&mut self, event: &Event) {
        for a in &event.absent {
            for u in a.from..a.to.min(self.slots) {
                self.teacher_avail[a.teacher * self.days + a.day] &= !(1 << u);
            }
        }
        let mut held = event.baseline.sessions.clone();
        held.sort_unstable();
        for s in &held {
            let x = self.index(s.task);
            if s.day >= self.days || s.start >= self.slots {
                continue;
            }
            let (pool, room) = self.pool_of_room[s.room];
            let spot = Spot {
                day: s.day as u8,
                start: s.start as u8,
                // No room of this service: any is another one.
                room: if pool == self.tasks[x].pool { room } else { ANY_ROOM },
                teacher: s.teacher as u32,
                second: s.second.map_or(NONE, |t| t as u32),
            };
            let sid = self.first[x] as usize + self.tasks[x].published.len();
            self.tasks[x].published.push(spot);
            if sid < self.first[x + 1] as usize && (s.day, s.start) < event.now {
                self.fixed[sid].frozen = true;
                self.has_fixed[x] = true;
            }
        }
        // Nothing new may begin in the past.
        for (d, u) in (0..self.days).flat_map(|d| (0..self.slots).map(move |u| (d, u))) {
            if (d, u) < event.now {
                for mask in self.child_avail.iter_mut().skip(d).step_by(self.days) {
                    *mask &= !(1 << u);
                }
            }
        }
    }

    /// Where a task stands in [`Model::tasks`].
    pub(crate) fn index(&self, task: Task) -> usize {
        match task {
            Task::Order(o) => o,
            Task::Group(g) => self.problem.orders.len() + g,
        }
    }

    pub(crate) fn sessions(&self, x: usize) -> std::ops::Range<usize> {
        self.first[x] as usize..self.first[x + 1] as usize
    }

    /// The starts at which `dur` slots of a mask are set inside one half-day.
    #[inline]
    pub(crate) fn starts_in(&self, mask: Mask, dur: u8) -> Mask {
        let mut fit = mask;
        for i in 1..dur {
            fit &= mask >> i;
        }
        fit & self.starts[dur as usize]
    }

    /// Children that a room holds, as the rooms of a pool that hold so many.
    pub(crate) fn holding(&self, pool: usize, children: usize) -> u128 {
        let mut mask = 0;
        for (k, &room) in self.pools[pool].rooms.iter().enumerate() {
            if self.problem.rooms[room].capacity as usize >= children {
                mask |= 1 << k;
            }
        }
        mask
    }
}
