//! Hours of a week in words: 周一至周三 13:30–17:00、周五 8:30–11:30.

use super::super::frame::bits;
use crate::{
    problem::{Day, Mask, Slot},
    words::Words,
};

/// A week's slots; nothing where that would be too long to read, or where it is every slot.
pub(super) fn window(words: &Words<'_>, week: &[Mask]) -> Option<String> {
    const PIECES: usize = 4;
    let grid = &words.problem.grid;
    let all = grid
        .blocks
        .iter()
        .flat_map(|&(from, to)| from..to)
        .fold(0, |mask: Mask, u| mask | 1 << u);
    if week.iter().all(|m| *m & all == all) {
        return None;
    }
    let mut kinds: Vec<(Mask, Vec<Day>)> = Vec::new();
    for (day, &mask) in week.iter().enumerate().filter(|(_, m)| **m & all != 0) {
        match kinds.iter_mut().find(|(m, _)| *m == mask & all) {
            Some((_, days)) => days.push(day),
            None => kinds.push((mask & all, vec![day])),
        }
    }
    let pieces: Vec<String> = kinds
        .iter()
        .flat_map(|(mask, on)| {
            let on = days(words, on);
            spans(words, *mask)
                .into_iter()
                .map(move |(from, to)| format!("{on} {}", words.span(from, to - from + 1)))
        })
        .collect();
    (!pieces.is_empty() && pieces.len() <= PIECES).then(|| words.list(&pieces))
}

/// Days in a row as one: 周一至周三.
fn days(words: &Words<'_>, on: &[Day]) -> String {
    match on {
        [first, .., last] if on.len() > 2 && last - first + 1 == on.len() => {
            let (first, last) = (words.day(*first), words.day(*last));
            words.pick(format!("{first}至{last}"), format!("{first} to {last}"))
        }
        _ => {
            let names: Vec<String> = on.iter().map(|&d| words.day(d)).collect();
            names.join(words.pick("、", ", "))
        }
    }
}

/// The stretches of a day, from the first to the last slot, broken by what is not in the mask and by lunch.
fn spans(words: &Words<'_>, mask: Mask) -> Vec<(Slot, Slot)> {
    let mut spans: Vec<(Slot, Slot)> = Vec::new();
    let block = |u: Slot| {
        words
            .problem
            .grid
            .blocks
            .iter()
            .position(|&(from, to)| (from..to).contains(&u))
    };
    for u in bits(mask) {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == u && block(*last) == block(u) => *last = u,
            _ => spans.push((u, u)),
        }
    }
    spans
}
