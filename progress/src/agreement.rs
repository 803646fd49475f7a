//! Agreement of two observers who recorded the same time without seeing each other.
//!
//! Which formula is a choice by measure: trial by trial for trials; exact count by interval for frequency; mean duration by
//! occurrence for duration; scored intervals for rare behaviour, unscored ones for frequent behaviour (Reed & Azulay 2011).

use std::collections::BTreeMap;

use crate::number::{Amount, Fraction};

/// What two observers wrote down, and how it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairs {
    /// Counts or seconds, the smaller sum of the larger; they need not be as many.
    Totals(Vec<Amount>, Vec<Amount>),
    /// Counts by interval, seconds by occurrence, latencies (nothing where no response came): the mean of the smaller ones
    /// as shares of the larger.
    Means(Vec<(Option<Amount>, Option<Amount>)>),
    /// Counts by interval: how many are equal.
    Exact(Vec<(u32, u32)>),
    /// Intervals, scored or not: how many are equal.
    Intervals(Vec<(bool, bool)>),
    /// Of the intervals that anybody scored, those that both did.
    Scored(Vec<(bool, bool)>),
    /// Of the intervals that anybody left unscored, those that both did.
    Unscored(Vec<(bool, bool)>),
    /// Codes of trials, prompts being part of them: how many are equal.
    Trials(Vec<(String, String)>),
}

/// How far two observers agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// In percent; nothing where nothing can be compared.
    pub percent: Option<Fraction>,
    /// Agreement beyond chance (Cohen), from −1 to 1: for intervals and trials. Nothing where chance alone agrees wholly.
    pub kappa: Option<Fraction>,
}

impl Pairs {
    /// How far the two agree. Whichever is named first.
    pub fn agreement(&self) -> Agreement {
        match self {
            Self::Totals(a, b) => plain(totals(a, b)),
            Self::Means(pairs) => plain(means(pairs)),
            Self::Exact(pairs) => plain(share(pairs, |_| true, |(a, b)| a == b)),
            Self::Scored(pairs) => plain(share(pairs, |(a, b)| *a || *b, |(a, b)| *a && *b)),
            Self::Unscored(pairs) => plain(share(pairs, |(a, b)| !*a || !*b, |(a, b)| !*a && !*b)),
            Self::Intervals(pairs) => Agreement {
                percent: share(pairs, |_| true, |(a, b)| a == b),
                kappa: kappa(pairs),
            },
            Self::Trials(pairs) => Agreement {
                percent: share(pairs, |_| true, |(a, b)| a == b),
                kappa: kappa(pairs),
            },
        }
    }
}

fn plain(percent: Option<Fraction>) -> Agreement {
    Agreement { percent, kappa: None }
}

fn totals(a: &[Amount], b: &[Amount]) -> Option<Fraction> {
    if a.is_empty() && b.is_empty() {
        return None;
    }
    let sum = |all: &[Amount]| all.iter().fold(Amount::ZERO, |sum, one| sum.plus(*one));
    mean(&[sum(a).likeness(sum(b))])
}

fn means(pairs: &[(Option<Amount>, Option<Amount>)]) -> Option<Fraction> {
    let likenesses = pairs.iter().map(|pair| match pair {
        (Some(a), Some(b)) => a.likeness(*b),
        (None, None) => (Amount::ALIKE, false),
        (Some(_), None) | (None, Some(_)) => (0, false),
    });
    mean(&likenesses.collect::<Vec<_>>())
}

/// The mean of so many likenesses, in percent. Those that were rounded down by less than their last digit are taken up by it
/// again, so that what lies half-way goes up as it should.
fn mean(likenesses: &[(i128, bool)]) -> Option<Fraction> {
    let sum = likenesses
        .iter()
        .fold(0_i128, |sum, (share, cut)| sum.saturating_add(share + i128::from(*cut)));
    let number = u64::try_from(likenesses.len()).ok()?;
    Fraction::new(sum, Amount::ALIKE)?.times(100).shared_by(number)
}

fn share<T>(pairs: &[T], looked_at: impl Fn(&T) -> bool, agree: impl Fn(&T) -> bool) -> Option<Fraction> {
    let of = pairs.iter().filter(|pair| looked_at(pair)).count();
    let equal = pairs.iter().filter(|pair| looked_at(pair) && agree(pair)).count();
    Fraction::percent(u64::try_from(equal).ok()?, u64::try_from(of).ok()?)
}

/// (observed − chance) ÷ (1 − chance), where chance is how often two would agree who only knew how often each code occurs.
fn kappa<T: Ord>(pairs: &[(T, T)]) -> Option<Fraction> {
    let mut codes: BTreeMap<&T, (i128, i128)> = BTreeMap::new();
    let mut equal = 0_i128;
    for (a, b) in pairs {
        equal += i128::from(a == b);
        codes.entry(a).or_default().0 += 1;
        codes.entry(b).or_default().1 += 1;
    }
    let all = i128::try_from(pairs.len()).ok()?;
    let chance: i128 = codes.values().map(|(a, b)| a * b).sum();
    // Both shares over all²; where chance agrees wholly there is nothing beyond it.
    Fraction::new(equal * all - chance, all * all - chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Make<'m> = &'m dyn Fn(&[(u32, u32)]) -> Pairs;

    fn amounts(all: Vec<u32>) -> Vec<Amount> {
        all.into_iter().map(Amount::seconds).collect()
    }

    #[test]
    fn thirds_that_make_a_half_go_up() {
        // 1/3 + 2/3 and fourteen that do not agree: 1/16 is 6.25 %.
        let mut pairs = vec![(1, 3), (2, 3)];
        pairs.resize(16, (0, 1));
        let pairs = pairs
            .iter()
            .map(|&(a, b)| (Some(Amount::seconds(a)), Some(Amount::seconds(b))))
            .collect();
        assert_eq!(Pairs::Means(pairs).agreement().percent.unwrap().to_string(), "6.3");
    }

    proptest! {
        #[test]
        fn whoever_is_named_first(pairs in proptest::collection::vec((0_u32..9, 0_u32..9), 0..40)) {
            let flipped: Vec<(u32, u32)> = pairs.iter().map(|&(a, b)| (b, a)).collect();
            let both = |make: Make| (make(&pairs).agreement(), make(&flipped).agreement());
            let flags = |pairs: &[(u32, u32)]| pairs.iter().map(|&(a, b)| (a > 4, b > 4)).collect::<Vec<_>>();
            let codes = |pairs: &[(u32, u32)]| pairs.iter().map(|&(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>();
            let some = |n: u32| (n > 0).then(|| Amount::seconds(n));
            let made: [Make; 7] = [
                &|p| Pairs::Totals(amounts(p.iter().map(|p| p.0).collect()), amounts(p.iter().map(|p| p.1).collect())),
                &|p| Pairs::Means(p.iter().map(|&(a, b)| (some(a), some(b))).collect()),
                &|p| Pairs::Exact(p.to_vec()),
                &|p| Pairs::Intervals(flags(p)),
                &|p| Pairs::Scored(flags(p)),
                &|p| Pairs::Unscored(flags(p)),
                &|p| Pairs::Trials(codes(p)),
            ];
            for make in made {
                let (one, other) = both(make);
                prop_assert_eq!(one, other);
                let percent = one.percent.unwrap_or(Fraction::ZERO);
                prop_assert!(percent >= Fraction::ZERO && percent <= Fraction::HUNDRED);
                let kappa = one.kappa.unwrap_or(Fraction::ZERO);
                prop_assert!(kappa >= Fraction::whole(-1) && kappa <= Fraction::whole(1));
            }
        }
    }
}
