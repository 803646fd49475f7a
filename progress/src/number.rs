//! Exact numbers: what is measured, and fractions of it.
//!
//! No decision rests on a rounded number or on a floating one: 159 of 200 is shown as 79.5 %, as 80 % without decimals, and
//! does not reach 80 %.

use std::{cmp::Ordering, fmt};

/// A fraction in lowest terms, its denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { above: 0, below: 1 };
    /// A hundred: all of it, in percent.
    pub const HUNDRED: Self = Self { above: 100, below: 1 };

    /// `above ÷ below`; nothing unless the denominator is above zero.
    pub fn new(above: i128, below: i128) -> Option<Self> {
        if below <= 0 {
            return None;
        }
        let common = i128::try_from(gcd(above.unsigned_abs(), below.unsigned_abs())).ok()?;
        Some(Self {
            above: above / common,
            below: below / common,
        })
    }

    /// A whole number.
    pub fn whole(number: impl Into<i128>) -> Self {
        Self {
            above: number.into(),
            below: 1,
        }
    }

    /// So many of so many, in percent; nothing of none.
    pub fn percent(part: u64, of: u64) -> Option<Self> {
        Self::new(i128::from(part) * 100, i128::from(of))
    }

    /// A decimal number as people write it, not negative: `80`, `2.5`; at most nine digits on either side of the point.
    pub fn decimal(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return None;
        }
        let below = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
        Self::new(whole.parse::<i128>().ok()? * below + part.parse::<i128>().ok()?, below)
    }

    /// So many times as much. What comes in is bounded ([`Amount::MOST`]), so that nothing comes near the end of the numbers;
    /// what would be beyond it stays there.
    pub fn times(self, factor: i128) -> Self {
        Self::new(factor, self.below).map_or(Self::ZERO, |Self { above, below }| Self {
            above: self.above.saturating_mul(above),
            below,
        })
    }

    /// One of so many parts.
    pub fn shared_by(self, parts: u64) -> Option<Self> {
        Self::new(self.above, self.below.checked_mul(i128::from(parts))?)
    }

    /// In so many decimals, half up, as a whole number of the last of them: 2/3 in one decimal is 7.
    pub fn half_up(self, decimals: u32) -> i128 {
        let unit = 10_i128.saturating_pow(decimals);
        let (whole, rest) = (self.above.div_euclid(self.below), self.above.rem_euclid(self.below));
        let part =
            rest.saturating_mul(unit).saturating_mul(2).saturating_add(self.below) / self.below.saturating_mul(2);
        whole.saturating_mul(unit).saturating_add(part)
    }

    /// In so many decimals, half up, for printing alone.
    pub fn rounded(self, decimals: u32) -> f64 {
        let (units, scale) = (self.half_up(decimals), 10_i128.saturating_pow(decimals));
        let (whole, part) = (units / scale, (units % scale).abs());
        let sign = if units < 0 { "-" } else { "" };
        let width = usize::try_from(decimals).unwrap_or_default();
        format!("{sign}{}.{part:0width$}", whole.unsigned_abs())
            .parse()
            .unwrap_or_default()
    }

    /// The numerator and the denominator.
    pub fn parts(self) -> (i128, i128) {
        (self.above, self.below)
    }
}

/// By continued fractions: no product that could overflow.
impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = ((self.above, self.below), (other.above, other.below));
        let mut turned = false;
        loop {
            let whole = (left.0.div_euclid(left.1)).cmp(&right.0.div_euclid(right.1));
            let (a, b) = (left.0.rem_euclid(left.1), right.0.rem_euclid(right.1));
            let found = match (whole, a == 0, b == 0) {
                (Ordering::Equal, true, true) => Some(Ordering::Equal),
                (Ordering::Equal, true, false) => Some(Ordering::Less),
                (Ordering::Equal, false, true) => Some(Ordering::Greater),
                (Ordering::Equal, false, false) => None,
                (Ordering::Less | Ordering::Greater, ..) => Some(whole),
            };
            if let Some(found) = found {
                return if turned { found.reverse() } else { found };
            }
            (left, right, turned) = ((left.1, a), (right.1, b), !turned);
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In one decimal, half up, without a zero after the point: 79.5, 80.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.half_up(1);
        let (whole, part) = (tenths / 10, (tenths % 10).abs());
        let sign = if tenths < 0 { "-" } else { "" };
        if part == 0 {
            write!(f, "{sign}{}", whole.abs())
        } else {
            write!(f, "{sign}{}.{part}", whole.abs())
        }
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A measured amount that is never negative (seconds), as the decimal number that was written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// A thousandth of a second: nothing shorter is an interval.
    pub const INSTANT: Self = Self(Self::ONE / 1000);
    /// The largest amount of one record: more seconds than anybody observes in one sitting.
    pub const MOST: u32 = 10_000_000;
    /// Decimals that are kept; a number with more is refused, because cutting it could decide.
    const PLACES: u32 = 21;
    const ONE: i128 = 10_i128.pow(Self::PLACES);

    /// Whole seconds.
    pub fn seconds(seconds: u32) -> Self {
        Self(i128::from(seconds.min(Self::MOST)) * Self::ONE)
    }

    /// Thousandths of a second, as clocks count them.
    pub fn millis(millis: u64) -> Self {
        let most = u64::from(Self::MOST) * 1000;
        Self(i128::from(millis.min(most)) * (Self::ONE / 1000))
    }

    /// The number that a file has, exactly as it is written there: the shortest decimal number that reads as this one.
    pub fn read(number: f64) -> Option<Self> {
        if !number.is_finite() || number < 0.0 || number > f64::from(Self::MOST) {
            return None;
        }
        let text = format!("{number}");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let missing = Self::PLACES.checked_sub(u32::try_from(part.len()).ok()?)?;
        let part: i128 = if part.is_empty() { 0 } else { part.parse().ok()? };
        Some(Self(
            whole.parse::<i128>().ok()? * Self::ONE + part * 10_i128.pow(missing),
        ))
    }

    /// Minutes as people write them (at most 100,000), in seconds.
    pub fn minutes(text: &str) -> Option<Self> {
        let minutes = Fraction::decimal(text).filter(|minutes| *minutes <= Fraction::whole(100_000))?;
        let (above, below) = minutes.times(60).parts();
        Some(Self(above.checked_mul(Self::ONE)? / below))
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is more here than there, or nothing.
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// So many times as much.
    pub fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(factor)))
    }

    /// How many of these lengths fit in whole.
    pub fn holds(self, length: Self) -> u64 {
        self.0
            .checked_div(length.0)
            .map_or(0, |times| u64::try_from(times).unwrap_or(u64::MAX))
    }

    /// Nothing at all.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// In its own smallest parts, for sums that also go down.
    pub(crate) fn raw(self) -> i128 {
        self.0
    }

    /// From its smallest parts.
    pub(crate) fn from_raw(parts: i128) -> Self {
        Self(parts.max(0))
    }

    /// In seconds.
    pub fn fraction(self) -> Fraction {
        Fraction::new(self.0, Self::ONE).unwrap_or(Fraction::ZERO)
    }

    /// In minutes.
    pub fn in_minutes(self) -> Fraction {
        self.fraction().shared_by(60).unwrap_or(Fraction::ZERO)
    }

    /// Half-way between the two.
    pub fn middle(self, other: Self) -> Fraction {
        Fraction::new(self.0.saturating_add(other.0), Self::ONE * 2).unwrap_or(Fraction::ZERO)
    }

    /// So many in this time, for each `per` seconds; nothing in no time.
    pub fn rate(self, events: u64, per: u32) -> Option<Fraction> {
        let (seconds, scale) = self.fraction().parts();
        Fraction::new(
            i128::from(events).saturating_mul(i128::from(per)).saturating_mul(scale),
            seconds,
        )
    }

    /// The smaller of the two as a share of the larger, for the sum of many: in parts of [`Self::ALIKE`], rounded down, and
    /// whether it was. Equal ones agree wholly, also where both are nothing.
    pub fn likeness(self, other: Self) -> (i128, bool) {
        let (small, large) = (self.0.min(other.0), self.0.max(other.0));
        if small == large {
            return (Self::ALIKE, false);
        }
        let (mut share, mut rest) = (0_i128, small);
        for _ in 0..Self::ALIKE.ilog10() {
            rest = rest.saturating_mul(10);
            share = share * 10 + rest / large;
            rest %= large;
        }
        (share, rest > 0)
    }

    /// Whole likeness.
    pub const ALIKE: i128 = 10_i128.pow(30);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_up() {
        let shown = |a, b, decimals| Fraction::new(a, b).unwrap().rounded(decimals).to_string();
        assert_eq!(shown(200, 3, 1), "66.7");
        assert_eq!(shown(1500, 19, 1), "78.9");
        assert_eq!(shown(500, 8, 0), "63");
        assert_eq!(shown(-1, 20, 1), "0");
        assert_eq!(shown(-1665, 10_000, 3), "-0.166");
        assert_eq!(Fraction::percent(159, 200).unwrap().to_string(), "79.5");
    }

    #[test]
    fn what_a_file_says_is_kept_to_the_digit() {
        for (number, above, below) in [
            (0.1, 1, 10),
            (2.5, 5, 2),
            (20.5, 41, 2),
            (1e6, 1_000_000, 1),
            (1e-9, 1, 1_000_000_000),
        ] {
            assert_eq!(
                Amount::read(number).unwrap().fraction(),
                Fraction::new(above, below).unwrap()
            );
        }
        let sum = Amount::read(0.1).unwrap().plus(Amount::read(0.2).unwrap());
        assert_eq!(sum, Amount::read(0.3).unwrap());
        assert!(Amount::read(0.1 + 0.2).unwrap() > sum);
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e8, 1e-300] {
            assert_eq!(Amount::read(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_numbers(a in any::<i64>(), b in 1..i64::MAX, c in any::<i64>(), d in 1..i64::MAX) {
            let [a, b, c, d] = [a, b, c, d].map(i128::from);
            let (left, right) = (Fraction::new(a, b).unwrap(), Fraction::new(c, d).unwrap());
            prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
            prop_assert_eq!(left == right, left.cmp(&right) == Ordering::Equal);
        }

        #[test]
        fn the_ends_of_the_numbers_compare(a in any::<i128>(), b in 1..=i128::MAX) {
            if let Some(one) = Fraction::new(a, b) {
                prop_assert_eq!(one.cmp(&one), Ordering::Equal);
                let _ = (one.half_up(1), one.times(i128::MAX), one.to_string(), one.rounded(3));
            }
        }
    }
}
