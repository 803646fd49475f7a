//! Who gets which seat, one each, so that as many as can be have one.

/// By seat, who has it: `fits(who, seat)` says what is possible. Whoever comes later makes others move over, never leave.
pub(crate) fn seats(people: usize, seats: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut taken = vec![None; seats];
    for who in 0..people {
        seat(who, &fits, &mut taken, &mut vec![false; seats]);
    }
    taken
}

/// Find a seat for somebody; others move over.
fn seat(who: usize, fits: &impl Fn(usize, usize) -> bool, taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for s in 0..taken.len() {
        if seen.get(s) != Some(&false) || !fits(who, s) {
            continue;
        }
        if let Some(seen) = seen.get_mut(s) {
            *seen = true;
        }
        let had = taken.get(s).copied().flatten();
        if had.is_none_or(|other| seat(other, fits, taken, seen)) {
            if let Some(place) = taken.get_mut(s) {
                *place = Some(who);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::seats;

    #[test]
    fn somebody_moves_over_for_the_last_one() {
        let fits = [[true, true, false], [true, false, false], [false, true, true]];
        let all = seats(3, 3, |who, s| fits[who][s]);
        assert_eq!(all, [Some(1), Some(0), Some(2)]);
    }

    #[test]
    fn as_many_as_can_be() {
        let two = seats(3, 2, |_, _| true);
        assert_eq!(two.iter().flatten().count(), 2);
        assert_eq!(seats(2, 2, |_, s| s == 0).iter().flatten().count(), 1);
        assert!(seats(0, 0, |_, _| true).is_empty());
    }
}
