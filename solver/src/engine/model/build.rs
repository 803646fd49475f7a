//! Making the model of a problem: teachers, children, tasks, what is pinned, and what an absence freezes.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ANY_ROOM, ChildModel, Fixed, Model, NONE, Spot, TaskModel, TeacherModel,
    tables::{facts, is_pool, minutes, places, pools, small, starts},
};
use crate::{
    problem::{Mask, Pin, Problem, Task, limits},
    solution::Event,
};

/// Teachers by service, site and least level; level 0 stands for those who assist.
type People = BTreeMap<(usize, usize, u8), Arc<[u32]>>;

impl<'p> Model<'p> {
    pub(super) fn build(problem: &'p Problem, event: Option<&Event>, waived: bool) -> Self {
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
            starts: (0..=limits::SLOTS).map(|dur| starts(dur, &grid.blocks)).collect(),
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
            let fixed = self.fixed(x, pin);
            self.has_fixed[x] |= fixed.any();
            self.fixed[sid] = fixed;
        }
    }

    /// What a pin decides; no spot agrees with one that names a time outside the week or a room of another kind.
    fn fixed(&self, x: usize, pin: &Pin) -> Fixed {
        let room = pin.room.map(|r| self.pool_of_room[r]);
        let outside = pin.day.is_some_and(|d| d >= self.days) || pin.start.is_some_and(|u| u >= self.slots);
        if outside || room.is_some_and(|(pool, _)| pool != self.tasks[x].pool) {
            return Fixed {
                day: Some(u8::MAX),
                ..Fixed::default()
            };
        }
        Fixed {
            day: pin.day.map(|d| d as u8),
            start: pin.start.map(|u| u as u8),
            teacher: pin.teacher.map(|t| t as u32),
            second: pin.second.map(|t| t as u32),
            room: room.map(|(_, nth)| nth),
            frozen: false,
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
}
