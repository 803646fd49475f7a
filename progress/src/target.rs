//! A target, as far as its data are concerned.

use crate::{
    ladder::{Ladder, Rung},
    measure::Measure,
    number::Amount,
    rule::{IntervalKind, Rule},
};

/// A target: how it is measured, what counts, and when it is mastered. What is in here holds for a whole phase: another
/// definition makes other data, and begins a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How it is measured.
    pub measure: Measure,
    /// When it is mastered.
    pub rule: Rule,
    /// Its own prompts.
    pub ladder: Ladder,
    /// A trial counts when it is correct with at most this prompt; alone, unless somebody decided otherwise.
    pub counts_up_to: Rung,
    /// What no response within the time of waiting is.
    pub no_response: NoResponse,
    /// How it is looked for in intervals.
    pub interval: Option<Interval>,
    /// Which trials are taken down.
    pub capture: Capture,
    /// Records from home count for mastery. They are shown in any case.
    pub home_counts: bool,
}

/// What no response is. It is always shown as a number of its own, because refusing says something else than an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoResponse {
    /// It counts, as not correct.
    Counts,
    /// It leaves the denominator.
    LeftOut,
}

/// Observation by intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// How one is scored.
    pub kind: IntervalKind,
    /// How long one is, in seconds; a thousandth at least.
    pub length: Amount,
}

/// Which trials are taken down. Where a lesson cannot log all of them, what is logged is one trial all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capture {
    /// 逐回合: every trial.
    EveryTrial,
    /// 每天第一次: the first of the day; whatever else was taken down that day does not count.
    FirstOfDay,
    /// 每段一记: one mark for each block of time.
    MarkPerBlock,
    /// 活动结束时评定: one rating when an activity ends.
    EndOfActivity,
}

/// Why a rule does not go with a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The rule speaks of another measure.
    #[error("says nothing about the measure {0:?}")]
    Measure(&'static str),
    /// The rule names a prompt that the target does not have.
    #[error("has the unknown rung {0:?}")]
    Rung(String),
    /// Intervals of what kind and length nobody said.
    #[error("needs an interval with kind and length")]
    Interval,
}

impl Target {
    /// A target with what is usual: the standard ladder, only what is done alone counts, no response counts, every trial is
    /// taken down, home does not count. The kind and length of intervals are those of the rule.
    ///
    /// # Errors
    /// When the rule does not go with the measure.
    pub fn new(measure: Measure, rule: Rule) -> Result<Self, Misfit> {
        let ladder = Ladder::standard();
        Self {
            measure,
            counts_up_to: ladder.independent(),
            ladder,
            no_response: NoResponse::Counts,
            interval: None,
            capture: Capture::EveryTrial,
            home_counts: false,
            rule,
        }
        .checked()
    }

    /// The same, its rule held against it; kind and length of intervals that it does not say come from the rule.
    ///
    /// # Errors
    /// When the rule does not go with the rest.
    pub fn checked(mut self) -> Result<Self, Misfit> {
        let of_rule = self.rule.ways().find_map(|way| way.criterion.interval());
        let of_rule = of_rule.map(|(kind, length)| Interval { kind, length });
        self.interval = self.interval.or(of_rule);
        for way in self.rule.ways() {
            if !way.criterion.fits(self.measure) {
                return Err(Misfit::Measure(self.measure.word()));
            }
            let mut rungs = way.criterion.level().into_iter().chain(way.first.as_deref());
            if let Some(rung) = rungs.find(|rung| self.ladder.find(rung).is_none()) {
                return Err(Misfit::Rung(rung.chars().take(40).collect()));
            }
        }
        let timed = self.interval.is_some_and(|interval| interval.length >= Amount::INSTANT);
        if self.measure == Measure::Interval && !timed {
            return Err(Misfit::Interval);
        }
        Ok(self)
    }
}
