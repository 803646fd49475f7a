//! Time covered by episodes, and intervals scored.
//!
//! One child does a thing once at a time: episodes that overlap are one.

use crate::{number::Amount, record::Episode, rule::IntervalKind, target::Interval};

/// The time that something lasted, in pieces that neither overlap nor touch, in their order. What was still going on at the
/// end, where one is given, is closed there.
pub(crate) fn merged(episodes: &[Episode], upto: Option<Amount>) -> Vec<Episode> {
    let close = |at: Amount| upto.map_or(at, |end| at.min(end));
    let mut pieces: Vec<Episode> = episodes
        .iter()
        .map(|episode| Episode {
            start: close(episode.start),
            end: close(episode.end),
        })
        .filter(|episode| episode.start < episode.end)
        .collect();
    pieces.sort_unstable();
    let mut apart: Vec<Episode> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match apart.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            Some(_) | None => apart.push(piece),
        }
    }
    apart
}

/// Seconds in all.
pub(crate) fn total(pieces: &[Episode]) -> Amount {
    pieces
        .iter()
        .fold(Amount::ZERO, |sum, piece| sum.plus(piece.end.beyond(piece.start)))
}

/// Intervals scored, and intervals that count, within the time observed. An interval that is cut by the end counts for the
/// partial kind if the behaviour was already seen in it; else it is dropped.
pub(crate) fn scored(pieces: &[Episode], observed: Amount, interval: Interval) -> (u64, u64) {
    let length = interval.length;
    let whole = observed.holds(length);
    let cut_from = length.times(whole);
    // The first and the last interval, by number, that a piece scores; pieces that share one count it once.
    let (mut scored, mut next) = (0_u64, 0_u64);
    for piece in pieces {
        let (from, upto) = match interval.kind {
            IntervalKind::Partial => (piece.start.holds(length), ceiling(piece.end, length)),
            IntervalKind::Whole => (ceiling(piece.start, length), piece.end.holds(length)),
            // The instant at which interval `n` ends is `(n + 1) × length`: at or after the start, before the end.
            IntervalKind::Momentary => (
                ceiling(piece.start, length).saturating_sub(1),
                ceiling(piece.end, length).saturating_sub(1),
            ),
        };
        // At the very beginning no interval ends.
        let (from, upto) = (from.max(next), upto.min(whole));
        if from < upto {
            scored = scored.saturating_add(upto - from);
            next = upto;
        }
    }
    let seen = pieces
        .iter()
        .any(|piece| piece.start < observed && piece.end > cut_from);
    let kept = cut_from < observed && seen && interval.kind == IntervalKind::Partial;
    (
        scored.saturating_add(u64::from(kept)),
        whole.saturating_add(u64::from(kept)),
    )
}

fn ceiling(at: Amount, length: Amount) -> u64 {
    let whole = at.holds(length);
    whole.saturating_add(u64::from(length.times(whole) < at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn episodes(spans: &[(u32, u32)]) -> Vec<Episode> {
        let spans = spans
            .iter()
            .map(|&(start, end)| (Amount::seconds(start), Amount::seconds(end)));
        spans.map(|(start, end)| Episode { start, end }).collect()
    }

    fn count(spans: &[(u32, u32)], observed: u32, kind: IntervalKind, length: u32) -> (u64, u64) {
        let observed = Amount::seconds(observed);
        let length = Amount::seconds(length);
        scored(&merged(&episodes(spans), None), observed, Interval { kind, length })
    }

    /// Second by second, as somebody with a watch would do it.
    fn by_watch(spans: &[(u32, u32)], observed: u32, kind: IntervalKind, length: u32) -> (u64, u64) {
        let on = |at: u32| spans.iter().any(|&(start, end)| start <= at && at < end);
        let (mut good, mut of) = (0, 0);
        for start in (0..observed).step_by(usize::try_from(length).unwrap()) {
            let end = start + length;
            let cut = end > observed;
            let hit = match kind {
                IntervalKind::Partial => (start..end.min(observed)).any(on),
                IntervalKind::Whole => (start..end).all(on),
                IntervalKind::Momentary => on(end),
            };
            if !cut || (kind == IntervalKind::Partial && hit) {
                of += 1;
                good += u64::from(hit);
            }
        }
        (good, of)
    }

    proptest! {
        #[test]
        fn as_somebody_with_a_watch(
            spans in proptest::collection::vec((0_u32..60, 0_u32..20), 0..6),
            observed in 0_u32..70, length in 1_u32..15, kind in 0_usize..3,
        ) {
            let spans: Vec<_> = spans.into_iter().map(|(start, long)| (start, start + long)).collect();
            let kind = IntervalKind::ALL[kind];
            prop_assert_eq!(count(&spans, observed, kind, length), by_watch(&spans, observed, kind, length));
        }
    }
}
