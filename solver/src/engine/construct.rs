//! The first timetable, once every group has its members: every task whole and cheapest first, then room for the last
//! ones.

use super::{
    anneal,
    model::{NONE, Spot},
    search::Search,
};

/// Set every task that misses sessions, and let every trainee watch, as far as nothing is in the way.
pub(crate) fn build(search: &mut Search<'_, '_>) {
    for x in order(search) {
        insert(search, x as usize, 4);
    }
    for i in 0..search.scope.trainees.len() {
        search.watch(search.scope.trainees[i], 4);
        search.keep();
    }
}

/// Not everything finds a place: set as much as can be of every task that misses sessions, the rest staying out.
pub(crate) fn make_do(search: &mut Search<'_, '_>, go_on: &mut dyn FnMut() -> bool) {
    /// Rounds in which sessions that were put out for heavier ones come back.
    const ROUNDS: usize = 100;
    search.state.make_do(search.m);
    build(search);
    for _ in 0..ROUNDS {
        if search.missing() == 0 || !go_on() {
            break;
        }
        anneal::shake(search, 4.0, round(search.scope.sids.len()));
    }
    build(search);
}

/// As many more sessions of one task as can be, with nothing else moved: beside its own, or if there is no place beside
/// them, with its own set anew.
pub(crate) fn extend(search: &mut Search<'_, '_>, x: usize) {
    let m = search.m;
    search.state.make_do(m);
    search.keep();
    let before = search.state.missing;
    insert(search, x, 0);
    if search.state.missing < before {
        return;
    }
    let own: Vec<(usize, Spot)> = m
        .sessions(x)
        .map(|s| (s, search.state.spots[s]))
        .filter(|(_, spot)| spot.is_set())
        .collect();
    search.clear(x);
    insert(search, x, 0);
    search.watch_again();
    if search.state.missing >= before {
        search.clear(x);
        for (sid, spot) in own {
            search.put(sid, spot);
        }
    }
}

/// Set the last ones by force, with the others loosened up in between.
pub(crate) fn force(search: &mut Search<'_, '_>, rounds: u32) {
    for nth in 0..rounds {
        if search.missing() == 0 {
            break;
        }
        if nth > 0 {
            search.state.press(search.m);
        }
        anneal::shake(search, 4.0, round(search.scope.sids.len()));
    }
}

/// Moves until what is still missing weighs more. Measured: with rounds four times as long the slowest weeks of 60
/// children take twice as long.
pub(crate) fn round(sessions: usize) -> u64 {
    150 + sessions as u64 / 3
}

/// Every task that misses sessions, groups first, then what has the least freedom.
fn order(search: &Search<'_, '_>) -> Vec<u32> {
    let m = search.m;
    let mut keyed: Vec<(i64, u32)> = Vec::new();
    for &x in &search.scope.tasks {
        let task = &m.tasks[x as usize];
        if m.sessions(x as usize).all(|s| search.state.spots[s].is_set()) {
            continue;
        }
        let mut freedom = 0;
        for day in 0..m.days {
            freedom += i64::from(
                m.starts_in(search.state.kids_free(m, x as usize, day), task.dur)
                    .count_ones(),
            );
        }
        let need = i64::from(task.sessions) * i64::from(task.dur);
        let leads = task.leads.len().clamp(1, 20) as i64;
        let key = if task.group == NONE {
            need * 4_000 / (freedom + 1) + need * 100 + 600 / leads
        } else {
            1_000_000 + need
        };
        keyed.push((-key, x));
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, x)| x).collect()
}

/// What is missing with it and what it costs; where its sessions are.
type Way = ((i64, i64), Vec<(usize, Spot)>);

/// Set a whole task where it costs least, whoever leads; what cannot be set stays out.
fn insert(search: &mut Search<'_, '_>, x: usize, noise: u32) -> bool {
    let m = search.m;
    let task = &m.tasks[x];
    search.keep();
    let had = search.lead(x);
    let partial = search.state.partial;
    // Most sessions first, which is all of them where there is a place for all; then what costs least.
    let mut best: Option<Way> = None;
    let need = task.sessions as i32 * i32::from(task.dur);
    for &lead in task.leads.iter() {
        if !search.owns(lead) || (had != NONE && lead != had && task.max_leads == 1) {
            continue;
        }
        let slack = m.teachers[lead as usize].max_week - search.state.teacher_load[lead as usize];
        if had == NONE && task.max_leads == 1 && slack < need && !partial {
            continue;
        }
        let before = search.state.goal();
        if search.fill(x, lead, noise) {
            // Work for those who can do little else; a full week for nobody too early.
            let cost = (search.state.missing, search.state.goal() - before);
            if best.as_ref().is_none_or(|(b, _)| cost < *b) {
                let spots = m.sessions(x).map(|s| (s, search.state.spots[s])).collect();
                best = Some((cost, spots));
            }
        }
        search.undo();
    }
    if best.is_none() && task.max_leads > 1 {
        // With several leads, each session for itself.
        return piecemeal(search, x, noise);
    }
    let Some((_, spots)) = best else { return false };
    for (sid, spot) in spots {
        if spot.is_set() && !search.state.spots[sid].is_set() {
            search.put(sid, spot);
        }
    }
    search.keep();
    // What one lead has no place for may be somebody else's.
    !partial || task.max_leads == 1 || piecemeal(search, x, noise)
}

fn piecemeal(search: &mut Search<'_, '_>, x: usize, noise: u32) -> bool {
    let m = search.m;
    for sid in m.sessions(x) {
        if search.state.spots[sid].is_set() {
            continue;
        }
        let mut best: Option<(i64, Spot)> = None;
        for &lead in m.tasks[x].leads.iter() {
            if !search.owns(lead) {
                continue;
            }
            if let Some((price, spot)) = search.best_spot(sid, lead, noise)
                && best.is_none_or(|(b, _)| price < b)
            {
                best = Some((price, spot));
            }
        }
        match best {
            Some((_, spot)) => search.put(sid, spot),
            None if search.state.partial => {}
            None => {
                search.undo();
                return false;
            }
        }
    }
    search.keep();
    true
}

/// Sessions of the lead and the children in those slots, and one in a room when none is free.
pub(crate) fn blockers(search: &Search<'_, '_>, sid: usize, lead: u32, day: usize, start: usize) -> Vec<usize> {
    let m = search.m;
    let x = m.task_of[sid] as usize;
    let task = &m.tasks[x];
    let mut out = Vec::new();
    let mut add = |s: u32| {
        if s != NONE && !out.contains(&(s as usize)) {
            out.push(s as usize);
        }
    };
    for slot in start..start + task.dur as usize {
        add(search.state.teacher_session(m, lead, day, slot));
        for &c in search.state.kids(m, x) {
            add(search.state.child_session(m, c, day, slot));
        }
    }
    let free = search.state.free_rooms(m, x, day, start);
    let pinned = m.fixed[sid].room.map(usize::from);
    if pinned.map_or(free == 0, |room| free >> room & 1 == 0) {
        // The room with fewest sessions in the way; those that leave anyhow do not count.
        let rooms = m.pools[task.pool as usize].rooms.len();
        let mut best: Option<Vec<usize>> = None;
        for i in 0..rooms {
            let room = (sid + i) % rooms;
            if search.state.holds(m, x) >> room & 1 == 0 || pinned.is_some_and(|r| r != room) {
                continue;
            }
            let mut there: Vec<usize> = Vec::new();
            for slot in start..start + task.dur as usize {
                let s = search.state.room_session(m, task.pool, room as u8, day, slot);
                if s != NONE && !out.contains(&(s as usize)) && !there.contains(&(s as usize)) {
                    there.push(s as usize);
                }
            }
            if there.iter().all(|&s| search.is_open(s)) && best.as_ref().is_none_or(|b| there.len() < b.len()) {
                best = Some(there);
            }
        }
        out.extend(best.into_iter().flatten());
    }
    out
}

pub(crate) fn half_day(search: &Search<'_, '_>, sid: usize, lead: u32, day: usize, start: usize) -> Vec<usize> {
    let m = search.m;
    let x = m.task_of[sid] as usize;
    let mut out: Vec<usize> = Vec::new();
    for slot in 0..m.slots {
        if m.block[slot] != m.block[start] {
            continue;
        }
        let mut add = |s: u32| {
            let open = s != NONE && search.is_open(s as usize) && m.task_of[s as usize] as usize != x;
            if open && !out.contains(&(s as usize)) {
                out.push(s as usize);
            }
        };
        add(search.state.teacher_session(m, lead, day, slot));
        for &c in search.state.kids(m, x) {
            add(search.state.child_session(m, c, day, slot));
        }
    }
    out
}
