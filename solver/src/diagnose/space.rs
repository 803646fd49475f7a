//! Hours of rooms against the sessions that can only be in them.

use std::collections::BTreeSet;

use super::{
    Demand, Fault,
    fault::RoomHours,
    frame::{Frame, Line, Pool, number},
    shortage::{self, Ask, Shortage, Supply},
    staff::of_line,
    trial::Trial,
};
use crate::problem::{Mask, limits};

/// The rooms of a pool that hold enough, as one.
struct Space<'f, 'p> {
    frame: &'f Frame<'p>,
    rooms: u32,
    durs: u32,
}

impl Supply for Space<'_, '_> {
    fn members(&self, _: usize) -> &[usize] {
        &[0]
    }

    fn free(&self, _: usize, _: usize) -> Mask {
        self.frame.blocks.iter().fold(0, |a, b| a | b)
    }

    fn at_once(&self, _: usize) -> u32 {
        self.rooms
    }

    fn day(&self, _: usize, _: usize) -> u32 {
        let any = number(limits::SLOTS);
        self.rooms
            .saturating_mul(self.frame.most(Mask::MAX, self.durs, any, any))
    }

    fn week(&self, _: usize) -> u32 {
        number(self.frame.problem.grid.days).saturating_mul(self.day(0, 0))
    }
}

/// Rooms' hours that are too few: in the week, or in the slots in which children can come.
pub(super) fn faults(frame: &Frame<'_>, bad: &BTreeSet<Demand>) -> Vec<Fault> {
    let mut of_pool = vec![Vec::new(); frame.pools.len()];
    for (i, line) in frame.lines.iter().enumerate() {
        if let (Some(pool), true) = (line.pool, line.series.sessions > 0 && !bad.contains(&line.demand)) {
            of_pool[pool].push(i);
        }
    }
    let mut found = Vec::new();
    for (pool, lines) in frame.pools.iter().zip(of_pool) {
        let lines: Vec<&Line<'_>> = lines.into_iter().map(|i| &frame.lines[i]).collect();
        // From the largest classes down: what holds them holds the others.
        let needs: BTreeSet<usize> = lines.iter().map(|l| need(frame, l)).collect();
        let mut told = BTreeSet::new();
        for &least in needs.iter().rev() {
            let rest: Vec<&Line<'_>> = lines
                .iter()
                .copied()
                .filter(|l| need(frame, l) >= least && !told.contains(&l.demand))
                .collect();
            for fault in at_least(frame, pool, least, &rest) {
                told.extend(fault.demands.iter().copied());
                found.push(Fault::RoomHours(fault));
            }
        }
    }
    found
}

/// Children that the room of a line holds at least.
pub(super) fn need(frame: &Frame<'_>, line: &Line<'_>) -> usize {
    line.group.map_or(0, |g| frame.problem.groups[g].min_size)
}

/// The rooms of a pool that hold so many children.
pub(super) fn holding(frame: &Frame<'_>, pool: &Pool, children: usize) -> usize {
    let large = |r: &&usize| super::frame::index(frame.problem.rooms[**r].capacity) >= children;
    pool.rooms.iter().filter(large).count()
}

fn at_least(frame: &Frame<'_>, pool: &Pool, least: usize, lines: &[&Line<'_>]) -> Vec<RoomHours> {
    let rooms = holding(frame, pool, least);
    let supply = Space {
        frame,
        rooms: number(rooms),
        durs: lines.iter().fold(0, |a, l| a | 1 << l.series.dur),
    };
    let asks: Vec<Ask> = lines.iter().map(|l| of_line(frame, l, 0)).collect();
    let asks: Vec<&Ask> = asks.iter().collect();
    let by_week = shortage::by_week(&asks, &supply);
    let timed = by_week.is_empty();
    let shortages = if timed {
        shortage::by_slot(&asks, &supply)
    } else {
        by_week
    };
    let fault = |short: &Shortage| {
        let mine = || short.asks.iter().map(|&i| lines[i]);
        let mut window = vec![0; if timed { frame.problem.grid.days } else { 0 }];
        for part in short.asks.iter().filter(|_| timed).flat_map(|&i| &asks[i].parts) {
            window[part.day] |= part.slots;
        }
        let services: BTreeSet<usize> = mine().map(|l| l.series.service).collect();
        RoomHours {
            site: pool.site,
            room_type: frame.problem.room_types[pool.kind].clone(),
            rooms,
            holding: (rooms < pool.rooms.len()).then_some(least),
            services: services.into_iter().collect(),
            demands: mine().map(|l| l.demand).collect(),
            sessions: mine().map(|l| l.series.sessions).sum(),
            wanted: short.wanted,
            available: short.available,
            window,
        }
    };
    shortages.iter().map(fault).collect()
}

/// The rooms of a pool that are left in a week in the making, one by one: which of the free ones does not matter.
pub(super) struct Rooms {
    free: Vec<Vec<Mask>>,
    all: Vec<usize>,
}

impl Rooms {
    pub(super) fn of(trial: &Trial<'_, '_>, pool: usize) -> Self {
        let grid = &trial.frame.problem.grid;
        let rooms = trial.frame.pools[pool].rooms.len();
        let free = |nth: usize, day: usize| {
            let slots = (0..grid.slots).filter(|&u| trial.rooms_in_use(pool, day, u) + nth < rooms);
            slots.fold(0, |mask, u| mask | 1 << u)
        };
        Self {
            free: (0..rooms)
                .map(|nth| (0..grid.days).map(|d| free(nth, d)).collect())
                .collect(),
            all: (0..rooms).collect(),
        }
    }
}

impl Supply for Rooms {
    fn members(&self, _: usize) -> &[usize] {
        &self.all
    }

    fn free(&self, who: usize, day: usize) -> Mask {
        self.free[who][day]
    }

    fn at_once(&self, _: usize) -> u32 {
        1
    }

    fn day(&self, _: usize, _: usize) -> u32 {
        number(limits::SLOTS)
    }

    fn week(&self, _: usize) -> u32 {
        number(limits::SLOTS * limits::DAYS)
    }
}
