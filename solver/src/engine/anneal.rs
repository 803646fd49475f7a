//! Improvement: moves at random, kept when they are better, or by chance the more readily the warmer it is.

use super::{search::Search, snapshot::Snapshot, substitute};

/// From which temperature to which, in units of cost.
#[derive(Clone, Copy)]
pub(crate) struct Cooling {
    pub from: f64,
    pub to: f64,
}

/// How often each move is tried, of all together.
const SHARES: [(Move, u32); 9] = [
    (Move::Shift, 420),
    (Move::Push, 250),
    (Move::HandOver, 60),
    (Move::Relead, 60),
    (Move::SwapLeads, 40),
    (Move::Rebuild, 60),
    (Move::Ruin, 20),
    (Move::Reroom, 60),
    (Move::Other, 10),
];

#[derive(Clone, Copy)]
pub(super) enum Move {
    Shift,
    Push,
    HandOver,
    Relead,
    SwapLeads,
    Rebuild,
    Ruin,
    Reroom,
    Other,
}

/// So many moves at one temperature; nothing is remembered but where they end.
pub(crate) fn shake(search: &mut Search<'_, '_>, heat: f64, moves: u64) {
    let wheel = wheel();
    // To look takes as long as a few dozen moves.
    let often = 64.max(search.scope.sids.len() as u64 / 32);
    search.keep();
    for i in 0..moves {
        if search.missing() == 0 {
            break;
        }
        if i.is_multiple_of(often) {
            search.look();
        }
        if i.is_multiple_of(16) {
            forced(search, heat);
        }
        step(search, &wheel, heat);
    }
}

/// So many moves at one temperature.
pub(crate) fn stir(search: &mut Search<'_, '_>, heat: f64, moves: u64) {
    let wheel = wheel();
    search.keep();
    for _ in 0..moves {
        step(search, &wheel, heat);
    }
}

pub(super) fn wheel() -> Vec<Move> {
    SHARES
        .iter()
        .flat_map(|&(what, share)| std::iter::repeat_n(what, share as usize))
        .collect()
}

pub(super) fn forced(search: &mut Search<'_, '_>, heat: f64) {
    search.allow(heat);
    let moved = search.force();
    decide(search, moved);
}

pub(super) fn decide(search: &mut Search<'_, '_>, moved: bool) {
    if moved && !search.moves_too_many() && !search.loses() && search.is_allowed(0) {
        search.keep();
    } else {
        search.undo();
    }
}

/// One move, kept or undone.
pub(super) fn step(search: &mut Search<'_, '_>, wheel: &[Move], heat: f64) {
    search.allow(heat);
    let moved = match wheel[search.rng.usize(0..wheel.len())] {
        Move::Shift => search.shift(),
        Move::Push => search.push(),
        Move::HandOver => search.hand_over(),
        Move::Relead => search.relead(),
        Move::SwapLeads => search.swap_leads(),
        Move::Rebuild => search.rebuild(),
        Move::Ruin => search.ruin(),
        Move::Reroom => search.reroom(),
        Move::Other => {
            if search.rng.bool() {
                search.rewatch()
            } else {
                search.regroup()
            }
        }
    };
    decide(search, moved);
}

/// Anneal until `progress` (asked every few hundred moves) says 1 or more; the best timetable seen is left in the search.
/// Returns the number of moves tried. In repairs moves that put a substitute in are tried as well.
pub(crate) fn anneal(
    search: &mut Search<'_, '_>,
    cooling: Cooling,
    progress: &mut dyn FnMut(u64, &Snapshot) -> f64,
) -> u64 {
    const POLL: u64 = 256;
    let wheel = wheel();
    let mut best = Snapshot::of(search);
    let mut tried = 0_u64;
    let mut heat = cooling.from;
    search.keep();
    loop {
        if tried.is_multiple_of(POLL) {
            if search.state.rank() < best.rank {
                best.take(search);
            }
            let done = progress(tried, &best);
            if done >= 1.0 {
                break;
            }
            heat = cooling.from * (cooling.to / cooling.from).powf(done);
        }
        tried += 1;
        if search.missing() > 0 && tried.is_multiple_of(16) {
            if tried.is_multiple_of(256) {
                search.look();
            }
            forced(search, heat);
        }
        if search.m.change.is_some() && tried.is_multiple_of(2) {
            if tried.is_multiple_of(64) {
                search.look();
            }
            search.allow(heat);
            let moved = substitute::replace(search);
            decide(search, moved);
        } else {
            step(search, &wheel, heat);
        }
    }
    if best.rank < search.state.rank() {
        best.restore(search.m, &search.scope, &mut search.state);
        search.keep();
    }
    tried
}
