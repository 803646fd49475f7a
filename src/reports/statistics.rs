//! The arithmetic of reports: rates, intervals, medians.
//!
//! Printed figures are rounded half-up with integers, so that 2.5 is 3 in every column and on every machine, as the
//! office rounds with pencil and paper. A rate without a denominator has no value and is printed as a dash: neither 0%
//! nor 100% would be true.

use std::{iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// What stands in a cell that has no value.
pub const NO_VALUE: &str = "—";

/// A rate that never forgets what it was made of. Cohort rates stay below 100%; rates of a period and the completion of
/// a task may exceed it, so it is no error here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rate {
    /// How many of them.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

impl Rate {
    /// A rate of `numerator` in `denominator`.
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// In per cent with `decimals` digits, `"68.4%"`; a dash without a denominator.
    pub fn percent(self, decimals: u8) -> String {
        self.text(100, decimals, "%")
    }

    /// In per mille with `decimals` digits, `"7.1‰"`; a dash without a denominator.
    pub fn permille(self, decimals: u8) -> String {
        self.text(1000, decimals, "‰")
    }

    /// The value for a cell in per cent format, rounded like the text: `0.684` where [`Rate::percent`] says `68.4%`.
    pub fn fraction(self, decimals: u8) -> Option<f64> {
        self.value(100, decimals, 2)
    }

    /// The value for a cell under a heading in per mille: `7.1` where [`Rate::permille`] says `7.1‰`.
    pub fn permille_value(self, decimals: u8) -> Option<f64> {
        self.value(1000, decimals, 0)
    }

    /// The printed digits with the decimal point `shift` places further left: the reader's float is the nearest one.
    fn value(self, per: u32, decimals: u8, shift: u8) -> Option<f64> {
        let decimals = decimals.min(MOST_DECIMALS);
        format!("{}e-{}", self.scaled(per, decimals)?, decimals + shift)
            .parse()
            .ok()
    }

    fn text(self, per: u32, decimals: u8, sign: &str) -> String {
        match self.scaled(per, decimals) {
            Some(scaled) => format!("{}{sign}", decimal_text(scaled, decimals.min(MOST_DECIMALS))),
            None => NO_VALUE.to_owned(),
        }
    }

    /// The rate times `per` and ten to the `decimals`, rounded half-up.
    fn scaled(self, per: u32, decimals: u8) -> Option<u128> {
        let factor = u128::from(per) * 10_u128.pow(decimals.min(MOST_DECIMALS).into());
        let denominator = u128::from(self.denominator);
        (2 * u128::from(self.numerator) * factor + denominator).checked_div(2 * denominator)
    }

    /// Interval of Wilson (1927) for a proportion, as fractions of 1; see [`wilson`].
    pub fn wilson(self, z: f64) -> Option<(f64, f64)> {
        wilson(self.numerator, self.denominator, z)
    }
}

/// The rate of both groups together; numerators and denominators add up, percentages do not.
impl Add for Rate {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            numerator: self.numerator.saturating_add(other.numerator),
            denominator: self.denominator.saturating_add(other.denominator),
        }
    }
}

impl Sum for Rate {
    fn sum<I: Iterator<Item = Self>>(rates: I) -> Self {
        rates.fold(Self::default(), Add::add)
    }
}

/// More decimals than any report prints; keeps the integers far from their limits.
const MOST_DECIMALS: u8 = 9;

/// `1234` with two decimals is `"12.34"`.
fn decimal_text(scaled: u128, decimals: u8) -> String {
    let unit = 10_u128.pow(decimals.into());
    let whole = scaled / unit;
    if decimals == 0 {
        return whole.to_string();
    }
    format!("{whole}.{:0width$}", scaled % unit, width = usize::from(decimals))
}

/// Quantile of the standard normal distribution for an interval of 95%.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Interval for a proportion by E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
///
/// Both ends are fractions of 1. It stays inside 0 and 1 and is meaningful for the few cases of a small district, where the usual
/// formula is not. `None` without a denominator and where `n` exceeds `d`: that is no proportion.
#[expect(
    clippy::float_arithmetic,
    reason = "an interval is an estimate; it is never compared or summed"
)]
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "counts of people are far below 2^53"
)]
pub fn wilson(n: u64, d: u64, z: f64) -> Option<(f64, f64)> {
    if d == 0 || n > d {
        return None;
    }
    let (count, of) = (n as f64, d as f64);
    let share = count / of;
    let square = z * z;
    let centre = share + square / (2.0 * of);
    let half = z * (share * (1.0 - share) / of + square / (4.0 * of * of)).sqrt();
    let scale = 1.0 + square / of;
    // Nobody and everybody are exact ends; the sum would miss them by a rounding error.
    let low = if n == 0 {
        0.0
    } else {
        ((centre - half) / scale).max(0.0)
    };
    let high = if n == d {
        1.0
    } else {
        ((centre + half) / scale).min(1.0)
    };
    Some((low, high))
}

/// A number of days (or points) to one decimal, kept as tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenths(pub i64);

impl Tenths {
    /// The value for a number cell or a chart.
    pub fn value(self) -> Option<f64> {
        format!("{}e-1", self.0).parse().ok()
    }
}

/// `12`, `12.5`: the decimal is shown only where there is one.
impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        if tenth == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{tenth}")
        }
    }
}

/// The median; of an even number of values the middle between the two in the middle. `None` without values.
pub fn median(values: &[i64]) -> Option<Tenths> {
    quantile(values, 50)
}

/// The `percent`-th percentile by linear interpolation between the neighbours.
///
/// This is Excel's `PERCENTILE.INC`, so that a reader who checks the exported column finds the same figure. Rounded half-up to one decimal. `None` without
/// values and above 100.
pub fn quantile(values: &[i64], percent: u8) -> Option<Tenths> {
    if percent > 100 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let steps = u64::try_from(sorted.len()).ok()?.checked_sub(1)? * u64::from(percent);
    let below = usize::try_from(steps / 100).ok()?;
    let low = i128::from(*sorted.get(below)?);
    let high = sorted.get(below + 1).copied().map_or(low, i128::from);
    let hundredths = low * 100 + (high - low) * i128::from(steps % 100);
    i64::try_from((hundredths * 2 + 10).div_euclid(20)).ok().map(Tenths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_of_a_published_work_summary() {
        assert_eq!(Rate::new(5970, 8723).percent(1), "68.4%");
        assert_eq!(Rate::new(5970, 8723).percent(2), "68.44%");
        assert_eq!(Rate::new(67, 57).percent(1), "117.5%");
        assert_eq!(Rate::new(16, 11).percent(0), "145%");
        assert_eq!(Rate::new(7, 1000).permille(1), "7.0‰");
    }

    #[test]
    fn halves_go_up() {
        assert_eq!(Rate::new(1, 8).percent(1), "12.5%");
        assert_eq!(Rate::new(1, 8).percent(0), "13%");
        assert_eq!(Rate::new(5, 200).percent(0), "3%");
        // 1.005 has no exact float; the usual code prints 1.00.
        assert_eq!(Rate::new(201, 20_000).percent(2), "1.01%");
        assert_eq!(Rate::new(1, 3).percent(2), "33.33%");
        assert_eq!(Rate::new(2, 3).percent(2), "66.67%");
        assert_eq!(Rate::new(999, 1000).percent(0), "100%");
        assert_eq!(Rate::new(1, 100_000).percent(2), "0.00%");
    }

    #[test]
    fn without_a_denominator_there_is_a_dash() {
        assert_eq!(Rate::new(0, 0).percent(1), "—");
        assert_eq!(Rate::new(3, 0).permille(1), "—");
        assert_eq!(Rate::new(0, 0).fraction(1), None);
        assert_eq!(Rate::new(0, 5).percent(1), "0.0%");
    }

    #[test]
    fn number_cells_say_what_the_text_says() {
        assert_eq!(Rate::new(5970, 8723).fraction(1), Some(0.684));
        assert_eq!(Rate::new(67, 57).fraction(1), Some(1.175));
        assert_eq!(Rate::new(71, 10_000).permille_value(1), Some(7.1));
    }

    #[test]
    fn totals_are_made_of_people() {
        let total: Rate = [Rate::new(1, 2), Rate::new(1, 10)].into_iter().sum();
        assert_eq!(total, Rate::new(2, 12));
        assert_eq!(total.percent(1), "16.7%");
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        assert_eq!(Rate::new(u64::MAX, u64::MAX).permille(200), "1000.000000000‰");
        assert_eq!(Rate::new(u64::MAX, 1).percent(0), "1844674407370955161500%");
    }

    #[expect(clippy::float_arithmetic, reason = "published figures have four decimals")]
    fn near(actual: Option<(f64, f64)>, low: f64, high: f64) {
        let (a, b) = actual.unwrap();
        assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{a} {b}");
    }

    #[test]
    fn intervals_of_wilson() {
        // The worked examples of Newcombe, Statistics in Medicine 17 (1998) 857-872, table I.
        near(wilson(81, 263, Z_95), 0.2553, 0.3662);
        near(wilson(15, 148, Z_95), 0.0624, 0.1605);
        near(wilson(0, 20, Z_95), 0.0, 0.1611);
        near(wilson(1, 29, Z_95), 0.0061, 0.1718);
        near(wilson(20, 20, Z_95), 0.8389, 1.0);
        assert_eq!(wilson(0, 0, Z_95), None);
        assert_eq!(wilson(3, 2, Z_95), None);
    }

    #[test]
    fn medians_and_quantiles() {
        let text = |values: &[i64], percent| quantile(values, percent).map(|q| q.to_string());
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]).unwrap().to_string(), "7");
        assert_eq!(median(&[9, 1, 5]).unwrap().to_string(), "5");
        assert_eq!(median(&[1, 2, 10, 3]).unwrap().to_string(), "2.5");
        assert_eq!(median(&[-3, -2]).unwrap().to_string(), "-2.5");
        assert_eq!(text(&[1, 2, 3, 4], 25).unwrap(), "1.8");
        assert_eq!(text(&[15, 20, 35, 40, 50], 40).unwrap(), "29");
        assert_eq!(text(&[1, 2], 0).unwrap(), "1");
        assert_eq!(text(&[1, 2], 100).unwrap(), "2");
        assert_eq!(text(&[1, 2], 101), None);
        assert_eq!(median(&[1, 2]).unwrap().value(), Some(1.5));
    }

    proptest! {
        #[test]
        fn rounding_is_off_by_half_a_unit_at_most(n in 0_u64..200_000, d in 1_u64..200_000, decimals in 0_u8..4) {
            let rate = Rate::new(n, d);
            let text = rate.percent(decimals);
            let scaled: i128 = text.trim_end_matches('%').replace('.', "").parse().unwrap();
            let unit = 10_i128.pow(decimals.into());
            // -1/2 < shown - exact <= 1/2 in units of the last digit, all times 2d.
            let difference = 2 * scaled * i128::from(d) - 200 * unit * i128::from(n);
            prop_assert!(difference > -i128::from(d) && difference <= i128::from(d));
            prop_assert_eq!(text.split_once('.').map_or(0, |(_, rest)| rest.len() - 1), usize::from(decimals));
        }

        #[test]
        #[expect(clippy::float_arithmetic, reason = "room for the ninth decimal")]
        fn the_interval_holds_the_rate(n in 0_u64..5_000, more in 0_u64..5_000) {
            let d = (n + more).max(1);
            let (low, high) = wilson(n, d, Z_95).unwrap();
            let share = Rate::new(n, d).fraction(9).unwrap();
            prop_assert!(0.0 <= low && low <= share + 1e-9 && share <= high + 1e-9 && high <= 1.0);
        }

        #[test]
        fn quantiles_lie_in_order_between_the_ends(values in prop::collection::vec(0_i64..1_000, 1..40)) {
            let all: Vec<Tenths> = (0..=100).map(|p| quantile(&values, p).unwrap()).collect();
            prop_assert!(all.is_sorted());
            prop_assert_eq!(all[0], Tenths(values.iter().min().unwrap() * 10));
            prop_assert_eq!(all[100], Tenths(values.iter().max().unwrap() * 10));
        }
    }
}
