//! The first answer to an absence: who can take the session at its time, directly or by handing on one's own.

use super::{
    model::{ANY_ROOM, NONE, Spot},
    search::Search,
    state::State,
};

/// Hands in a chain of substitutes at most.
const DEPTH: usize = 4;

/// Every session that lost its lead gets a substitute at its time, by the shortest chain; those without one another time,
/// with anybody. What cannot be held stays out.
pub(crate) fn first_answer(search: &mut Search<'_, '_>) {
    let m = search.m;
    search.keep();
    let mut open: Vec<(usize, Spot)> = Vec::new();
    for sid in search.scope.sids.clone() {
        let sid = sid as usize;
        let x = m.task_of[sid] as usize;
        let nth = sid - m.first[x] as usize;
        if !search.state.spots[sid].is_set()
            && let Some(&spot) = m.tasks[x].published.get(nth)
        {
            open.push((sid, spot));
        }
    }
    // Who has the least choice comes first.
    open.sort_by_key(|&(sid, spot)| {
        let x = m.task_of[sid] as usize;
        m.tasks[x]
            .leads
            .iter()
            .filter(|&&t| {
                search
                    .state
                    .price(
                        m,
                        sid,
                        Spot {
                            teacher: t,
                            second: NONE,
                            room: ANY_ROOM,
                            ..spot
                        },
                    )
                    .is_some()
            })
            .count()
    });
    for depth in 1..=DEPTH {
        open.retain(|&(sid, spot)| {
            let mut seen = Vec::new();
            let found = chain(search, sid, spot, depth, &mut seen);
            search.keep();
            !found
        });
    }
    for (sid, _) in open {
        let x = m.task_of[sid] as usize;
        let mut best: Option<(i64, Spot)> = None;
        for &lead in m.tasks[x].leads.iter() {
            if let Some((price, spot)) = search.best_spot(sid, lead, 0)
                && best.is_none_or(|(b, _)| price < b)
            {
                best = Some((price, spot));
            }
        }
        if let Some((_, spot)) = best {
            search.put(sid, spot);
        }
        if search.moves_too_many() {
            search.undo();
        }
        search.keep();
    }
}

/// The cheapest lead who is free at that time; else one whose own session then can be handed on.
pub(crate) fn chain(search: &mut Search<'_, '_>, sid: usize, spot: Spot, depth: usize, seen: &mut Vec<u32>) -> bool {
    let m = search.m;
    let x = m.task_of[sid] as usize;
    // What was published at no possible time goes to another.
    if m.starts[m.tasks[x].dur as usize] >> spot.start & 1 == 0 {
        return false;
    }
    let fixed = State::wish(m.fixed[sid], 0, 0, 0);
    // The old room first, then any.
    let wishes = [
        Spot {
            second: fixed.second,
            ..spot
        },
        Spot {
            second: fixed.second,
            room: ANY_ROOM,
            ..spot
        },
    ];
    let mut best: Option<(i64, Spot)> = None;
    for &lead in m.tasks[x].leads.iter() {
        if seen.contains(&lead) || !search.owns(lead) {
            continue;
        }
        for wish in wishes {
            if let Some((price, spot)) = search.state.price(m, sid, Spot { teacher: lead, ..wish })
                && best.is_none_or(|(b, _)| price < b)
            {
                best = Some((price, spot));
            }
        }
    }
    if let Some((_, spot)) = best {
        search.put(sid, spot);
        return true;
    }
    if depth <= 1 {
        return false;
    }
    for &lead in m.tasks[x].leads.iter() {
        if seen.contains(&lead) || !search.owns(lead) {
            continue;
        }
        let mut busy: Vec<usize> = Vec::new();
        for slot in spot.start as usize..spot.start as usize + m.tasks[x].dur as usize {
            let s = search.state.teacher_session(m, lead, spot.day as usize, slot);
            if s != NONE && !busy.contains(&(s as usize)) {
                busy.push(s as usize);
            }
        }
        if busy.is_empty()
            || busy
                .iter()
                .any(|&s| !search.is_open(s) || m.tasks[m.task_of[s] as usize].group != NONE)
        {
            continue;
        }
        let mark = search.mark();
        let was: Vec<(usize, Spot)> = busy.iter().map(|&s| (s, search.take(s))).collect();
        seen.push(lead);
        let found = wishes
            .iter()
            .find_map(|&w| search.state.price(m, sid, Spot { teacher: lead, ..w }));
        if let Some((_, spot)) = found {
            search.put(sid, spot);
            if was.iter().all(|&(s, spot)| chain(search, s, spot, depth - 1, seen)) {
                return true;
            }
        }
        search.undo_to(mark);
    }
    false
}

/// A session that is not held as published goes back to its time, or any session of such a day changes hands: with
/// somebody at random, whose own session then changes hands in turn.
pub(crate) fn replace(search: &mut Search<'_, '_>) -> bool {
    let m = search.m;
    let Some(sid) = search.off_or_any() else { return false };
    let x = m.task_of[sid] as usize;
    let now = search.state.spots[sid];
    // A published time that no other session of the task has; else its own.
    let held = |s: &Search<'_, '_>, day: u8, start: u8| {
        m.sessions(x).any(|i| {
            i != sid && s.state.spots[i].day == day && s.state.spots[i].start == start && s.state.spots[i].is_set()
        })
    };
    let home = m.tasks[x]
        .published
        .iter()
        .copied()
        .find(|b| !held(search, b.day, b.start));
    let Some(to) = home.or(now.is_set().then_some(now)) else {
        return false;
    };
    if now.is_set() {
        search.take(sid);
    }
    let mut seen = Vec::new();
    random_chain(search, sid, to, 4, &mut seen)
}

fn random_chain(search: &mut Search<'_, '_>, sid: usize, to: Spot, depth: usize, seen: &mut Vec<u32>) -> bool {
    let m = search.m;
    let x = m.task_of[sid] as usize;
    let leads = &m.tasks[x].leads;
    if leads.is_empty() {
        return false;
    }
    let possible = m.starts[m.tasks[x].dur as usize] >> to.start & 1 == 1;
    let depth = if possible { depth } else { 0 };
    let second = State::wish(m.fixed[sid], 0, 0, 0).second;
    let from = search.rng.usize(0..leads.len());
    let mut around = (0..leads.len()).map(|i| leads[(from + i) % leads.len()]);
    if possible && search.rng.u8(0..8) > 0 {
        for lead in around.clone() {
            if seen.contains(&lead) || !search.owns(lead) {
                continue;
            }
            let same = Spot {
                teacher: lead,
                second,
                ..to
            };
            let found = search
                .state
                .price(m, sid, same)
                .or_else(|| search.state.price(m, sid, Spot { room: ANY_ROOM, ..same }));
            if let Some((_, spot)) = found {
                search.put(sid, spot);
                return true;
            }
        }
    }
    if depth == 0 {
        // Nobody at that time: another time, with anybody.
        let lead = leads[search.rng.usize(0..leads.len())];
        if let Some((_, spot)) = search.best_spot(sid, lead, 64) {
            search.put(sid, spot);
            return true;
        }
        return false;
    }
    let Some(lead) = around.find(|t| !seen.contains(t) && search.owns(*t)) else {
        return false;
    };
    let mut busy: Vec<usize> = Vec::new();
    let mut add = |s: u32| {
        if s != NONE && !busy.contains(&(s as usize)) {
            busy.push(s as usize);
        }
    };
    for slot in to.start as usize..to.start as usize + m.tasks[x].dur as usize {
        add(search.state.teacher_session(m, lead, to.day as usize, slot));
        // The child may be elsewhere by now.
        for &c in search.state.kids(m, x) {
            add(search.state.child_session(m, c, to.day as usize, slot));
        }
    }
    if busy.iter().any(|&s| !search.is_open(s)) || busy.len() > 3 {
        return false;
    }
    let was: Vec<(usize, Spot)> = busy.iter().map(|&s| (s, search.take(s))).collect();
    seen.push(lead);
    let same = Spot {
        teacher: lead,
        second,
        ..to
    };
    let found = search
        .state
        .price(m, sid, same)
        .or_else(|| search.state.price(m, sid, Spot { room: ANY_ROOM, ..same }));
    let Some((_, spot)) = found else { return false };
    search.put(sid, spot);
    was.iter().all(|&(s, spot)| {
        if search.rng.u8(0..4) == 0 {
            // Another time by the same lead.
            if let Some((_, spot)) = search.best_spot(s, spot.teacher, 64) {
                search.put(s, spot);
                return true;
            }
        }
        random_chain(search, s, spot, depth - 1, seen)
    })
}
