//! Fading prompts across sessions: which rung comes next. A rule proposes, a person decides; a locked rung stays.

use crate::{
    ladder::{Ladder, Rung},
    number::Fraction,
    reading::Value,
};

/// When the active rung moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fading {
    /// One rung less help after so many points in a row at or above this number.
    pub less: (u32, Fraction),
    /// One rung more help after so many points in a row below this number.
    pub more: (u32, Fraction),
    /// A supervisor decides alone.
    pub locked: bool,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The rung stays.
    Stay,
    /// Less help: this rung.
    Less(Rung),
    /// More help: this rung.
    More(Rung),
}

impl Fading {
    /// The next rung after the points that were made at the active one, oldest first; hollow ones are left out by the caller.
    pub fn next(&self, ladder: &Ladder, active: Rung, points: &[Value]) -> Step {
        let last = |wanted: u32, holds: &dyn Fn(&Value) -> bool| {
            let wanted = usize::try_from(wanted.max(1)).unwrap_or(usize::MAX);
            points.len() >= wanted && points.iter().rev().take(wanted).all(holds)
        };
        let at_least = |bound: Fraction, value: &Value| match value {
            Value::Number(number) => *number >= bound,
            Value::Never { .. } => false,
        };
        if self.locked {
            return Step::Stay;
        }
        if last(self.less.0, &|value| at_least(self.less.1, value)) {
            return ladder.less(active).map_or(Step::Stay, Step::Less);
        }
        if last(self.more.0, &|value| !at_least(self.more.1, value)) {
            return ladder.more(active).map_or(Step::Stay, Step::More);
        }
        Step::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_move_one_at_a_time() {
        let ladder = Ladder::standard();
        let percent = |n: u32| Value::Number(Fraction::whole(n));
        let fading = Fading {
            less: (3, Fraction::whole(80)),
            more: (2, Fraction::whole(50)),
            locked: false,
        };
        let rung = |name: &str| ladder.find(name).unwrap();
        let next = |active: &str, points: &[u32]| {
            fading.next(
                &ladder,
                rung(active),
                &points.iter().map(|n| percent(*n)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(next("V", &[80, 90]), Step::Stay);
        assert_eq!(next("V", &[20, 80, 90, 80]), Step::Less(rung("G")));
        assert_eq!(next("V", &[80, 80, 79]), Step::Stay);
        assert_eq!(next("V", &[50, 49]), Step::Stay);
        assert_eq!(next("V", &[49, 49]), Step::More(rung("M")));
        assert_eq!(next("I", &[90, 90, 90]), Step::Stay);
        assert_eq!(next("FP", &[0, 0]), Step::Stay);
        assert_eq!(next("V", &[]), Step::Stay);
        let locked = Fading { locked: true, ..fading };
        assert_eq!(locked.next(&ladder, rung("V"), &[percent(100); 5]), Step::Stay);
    }
}
