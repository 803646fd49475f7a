//! Lines through points. They are drawn, and decide nothing.

use crate::number::Fraction;

/// A straight line by least squares: x is the calendar day, 1 for the first day, so that days without data count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trend {
    /// More or less each day, in the unit of the measure.
    pub per_day: Fraction,
    /// On the day before the first.
    pub from: Fraction,
}

impl Trend {
    /// The number that the line has on a day, 1 being the first.
    pub fn on(&self, day: i64) -> Fraction {
        let ((slope, run), (from, parts)) = (self.per_day.parts(), self.from.parts());
        let above = slope
            .checked_mul(i128::from(day))
            .and_then(|rise| rise.checked_mul(parts))
            .zip(from.checked_mul(run))
            .and_then(|(rise, from)| rise.checked_add(from));
        let sum = above
            .zip(run.checked_mul(parts))
            .and_then(|(above, below)| Fraction::new(above, below));
        sum.unwrap_or(self.from)
    }
}

/// The line through these points: calendar day and number. Numbers are taken to the millionth. Nothing unless they lie on two
/// days at least.
pub fn trend(points: &[(i64, Fraction)]) -> Option<Trend> {
    const PARTS: i128 = 1_000_000;
    let first = points.iter().map(|(day, _)| *day).min()?;
    let (mut n, mut x, mut y, mut xx, mut xy) = (0_i128, 0_i128, 0_i128, 0_i128, 0_i128);
    for (day, number) in points {
        let (day, number) = (i128::from(*day) - i128::from(first) + 1, number.half_up(6));
        n += 1;
        x = x.checked_add(day)?;
        y = y.checked_add(number)?;
        xx = xx.checked_add(day.checked_mul(day)?)?;
        xy = xy.checked_add(day.checked_mul(number)?)?;
    }
    let below = n.checked_mul(xx)?.checked_sub(x.checked_mul(x)?)?;
    let slope = n.checked_mul(xy)?.checked_sub(x.checked_mul(y)?)?;
    let from = y.checked_mul(xx)?.checked_sub(x.checked_mul(xy)?)?;
    Some(Trend {
        per_day: Fraction::new(slope, below.checked_mul(PARTS)?)?,
        from: Fraction::new(from, below.checked_mul(PARTS)?)?,
    })
}

/// How many times as much a week later: the line through the logarithms of counts per minute (standard celeration chart).
/// Points of zero have no logarithm and lie below the record floor. For printing alone.
pub fn celeration(points: &[(i64, Fraction)]) -> Option<f64> {
    let first = points.iter().map(|(day, _)| *day).min()?;
    let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (day, number) in points.iter().filter(|(_, number)| *number > Fraction::ZERO) {
        let day = f64::from(i32::try_from(day - first).ok()?);
        let log = number.rounded(9).log10();
        n += 1.0;
        x += day;
        y += log;
        xx += day * day;
        xy += day * log;
    }
    let below: f64 = n * xx - x * x;
    let week = 7.0 * (n * xy - x * y) / below;
    (below > 0.0 && week.is_finite()).then(|| 10_f64.powf(week))
}

/// A celeration as it is written: `×2.0` where it grows, `÷1.25` where it shrinks.
pub fn celeration_shown(factor: f64) -> String {
    let (sign, factor) = if factor >= 1.0 {
        ('×', factor)
    } else {
        ('÷', 1.0 / factor)
    };
    let text = format!("{factor:.2}");
    format!("{sign}{}", text.strip_suffix('0').unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(i64, u32)]) -> Trend {
        trend(
            &points
                .iter()
                .map(|&(day, n)| (day, Fraction::whole(n)))
                .collect::<Vec<_>>(),
        )
        .unwrap()
    }

    #[test]
    fn vectors_35_and_36_the_axis_is_the_calendar() {
        let even = line(&[(1, 40), (2, 50), (3, 55), (4, 65), (5, 70)]);
        assert_eq!(
            (even.per_day, even.from),
            (Fraction::new(15, 2).unwrap(), Fraction::new(67, 2).unwrap())
        );
        assert_eq!(even.on(1), Fraction::whole(41));
        let gap = line(&[(1, 40), (2, 50), (3, 55), (6, 65), (7, 70)]);
        assert_eq!((gap.per_day.rounded(2), gap.from.rounded(2)), (4.51, 38.84));
        // The first day is day 1, whatever the calendar calls it.
        assert_eq!(
            line(&[(20_001, 40), (20_002, 50), (20_003, 55), (20_006, 65), (20_007, 70)]),
            gap
        );
        assert_eq!(trend(&[(3, Fraction::ZERO), (3, Fraction::HUNDRED)]), None);
        assert_eq!(trend(&[]), None);
    }

    #[test]
    fn vectors_37_and_38_times_a_week() {
        let factor = |points: &[(i64, u32)]| {
            celeration(
                &points
                    .iter()
                    .map(|&(day, n)| (day, Fraction::whole(n)))
                    .collect::<Vec<_>>(),
            )
            .unwrap()
        };
        assert_eq!(celeration_shown(factor(&[(0, 4), (7, 8)])), "×2.0");
        assert_eq!(celeration_shown(factor(&[(0, 10), (7, 8)])), "÷1.25");
        assert_eq!(celeration_shown(factor(&[(0, 10), (2, 12), (4, 15), (7, 20)])), "×2.01");
        assert_eq!(celeration(&[(0, Fraction::ZERO), (7, Fraction::ZERO)]), None);
    }
}
