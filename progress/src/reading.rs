//! A unit held against one way of the rule.

use crate::{
    ladder::Response,
    measure::Measure,
    number::{Amount, Fraction},
    rule::{Bound, Criterion, Direction, Per, UnitKind, Way},
    tally::{Tally, is_correct},
    target::Target,
};

/// The number of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// In the unit of the measure: percent, events, events an hour, seconds.
    Number(Fraction),
    /// A median latency that is no response: longer than the limit, how much nobody knows. It reaches nothing.
    Never {
        /// How long somebody waited, in seconds.
        limit: Option<Amount>,
    },
}

/// How a unit stands to the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// There are no data: there is no point.
    Nothing,
    /// Too few data to say; drawn hollow, the run goes on without it.
    Neutral,
    /// It does not reach the rule, or could not have, had all the rest been right: the run ends.
    Missed,
    /// Number and minimum both reach the rule.
    Met,
}

/// What a unit says, and what it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) value: Option<Value>,
    pub(crate) minimum_met: bool,
    pub(crate) standing: Standing,
}

pub(crate) fn read(target: &Target, way: &Way, tally: &Tally) -> Reading {
    let value = shown(target, way, tally);
    let compared = compared(target, way, tally);
    let (Some(value), false) = (value, tally.is_empty()) else {
        return Reading {
            value: None,
            minimum_met: false,
            standing: Standing::Nothing,
        };
    };
    // A count whose time nobody took down cannot be compared with a rate.
    let timed = way
        .fluency
        .is_none_or(|(_, per)| paced(tally.good, tally.observed, per).is_some());
    let minimum_met = missing(target, way, tally).is_none() && compared.is_some() && timed;
    let reached = compared.is_some_and(|compared| reaches(compared, way.criterion.bound()));
    let fluent = way
        .fluency
        .is_none_or(|(bound, per)| paced(tally.good, tally.observed, per).is_some_and(|pace| bound.holds(pace)));
    let begun = begins_well(target, way, tally);
    let standing = match (minimum_met, begun) {
        (true, true) if reached && fluent => Standing::Met,
        (false, true) if compared.is_none() || can_still(target, way, tally, reached) => Standing::Neutral,
        (true | false, _) => Standing::Missed,
    };
    Reading {
        value: Some(value),
        minimum_met,
        standing,
    }
}

/// What is missing to the minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// So many trials, latencies, steps, intervals or episodes.
    Data(u64),
    /// So much time observed, in seconds.
    Time(Amount),
}

pub(crate) fn missing(target: &Target, way: &Way, tally: &Tally) -> Option<Missing> {
    let data = u64::from(way.min.unwrap_or_default()).saturating_sub(tally.number(target.measure));
    if data > 0 {
        return Some(Missing::Data(data));
    }
    let seconds = way.minutes?.beyond(tally.observed);
    (!seconds.is_zero()).then_some(Missing::Time(seconds))
}

/// The number of the measure, as it is shown.
fn shown(target: &Target, way: &Way, tally: &Tally) -> Option<Value> {
    match target.measure {
        Measure::Frequency => match way.criterion {
            Criterion::Count(_, Per::Session) => compared(target, way, tally),
            Criterion::Count(..)
            | Criterion::Percent(_)
            | Criterion::Seconds(_)
            | Criterion::Steps(_)
            | Criterion::Intervals(..)
            | Criterion::Level(..) => Some(Value::Number(Fraction::whole(tally.events))),
        },
        Measure::Rate => tally.observed_rate(Per::Hour).map(Value::Number),
        Measure::Percent
        | Measure::Duration
        | Measure::Latency
        | Measure::Interval
        | Measure::TaskAnalysis
        | Measure::PromptLevel => compared(target, way, tally),
    }
}

/// The number that is held against the rule.
pub(crate) fn compared(target: &Target, way: &Way, tally: &Tally) -> Option<Value> {
    let number = match &way.criterion {
        Criterion::Percent(_) | Criterion::Level(..) | Criterion::Steps(_) | Criterion::Intervals(..) => {
            let (good, of) = scored(target, way, tally);
            Fraction::percent(good, of)
        }
        Criterion::Count(_, per) => match (per, way.unit) {
            (Per::Session, UnitKind::Day) => {
                let sessions = u64::try_from(tally.sessions.len()).unwrap_or(u64::MAX);
                Fraction::whole(tally.events).shared_by(sessions)
            }
            (Per::Session, UnitKind::Session) | (Per::Unit | Per::Day, _) => Some(Fraction::whole(tally.events)),
            (Per::Minute | Per::Hour, _) => tally.observed_rate(*per),
        },
        Criterion::Seconds(_) if target.measure == Measure::Latency => return median(&tally.latencies, tally.limit),
        Criterion::Seconds(_) => Some(tally.seconds.fraction()),
    };
    number.map(Value::Number)
}

/// Correct ones and all that count: of a cold probe the first trial alone.
pub(crate) fn scored(target: &Target, way: &Way, tally: &Tally) -> (u64, u64) {
    if !way.probe {
        return (tally.good, tally.of);
    }
    match tally.first {
        None => (0, 0),
        Some(Response::None) if target.no_response == crate::target::NoResponse::LeftOut => (0, 0),
        Some(first) => (u64::from(is_correct(first, target.least(way))), 1),
    }
}

/// The middle of all latencies; no response is longer than any.
pub(crate) fn median(latencies: &[Option<Amount>], limit: Option<Amount>) -> Option<Value> {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable_by_key(|latency| (latency.is_none(), *latency));
    let upper = sorted.get(sorted.len() / 2).copied()?;
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied()?;
    Some(middle(lower, upper, limit))
}

/// Half-way between the two in the middle.
pub(crate) fn middle(lower: Option<Amount>, upper: Option<Amount>, limit: Option<Amount>) -> Value {
    match (lower, upper) {
        (Some(lower), Some(upper)) => Value::Number(lower.middle(upper)),
        (Some(_) | None, None) | (None, Some(_)) => Value::Never { limit },
    }
}

/// Whether a number reaches a bound; no response reaches none.
pub(crate) fn reaches(value: Value, bound: Bound) -> bool {
    match value {
        Value::Number(number) => bound.holds(number),
        Value::Never { .. } => false,
    }
}

/// `first`: the first trial is correct with no more help than that.
fn begins_well(target: &Target, way: &Way, tally: &Tally) -> bool {
    let Some(rung) = way.first.as_deref().and_then(|rung| target.ladder.find(rung)) else {
        return true;
    };
    tally.first.is_some_and(|first| is_correct(first, rung))
}

/// Whether a unit below its minimum could still have reached the rule, had all the rest up to the minimum been right.
fn can_still(target: &Target, way: &Way, tally: &Tally, reached: bool) -> bool {
    if way.probe {
        return reached;
    }
    let bound = way.criterion.bound();
    let Some(rest) = missing(target, way, tally) else {
        return true;
    };
    match &way.criterion {
        Criterion::Percent(_) | Criterion::Level(..) | Criterion::Steps(_) | Criterion::Intervals(..) => {
            let (good, of) = (tally.good, tally.of);
            match rest {
                Missing::Data(more) => {
                    let right = if bound.direction == Direction::AtLeast { more } else { 0 };
                    Fraction::percent(good.saturating_add(right), of.saturating_add(more))
                        .is_some_and(|best| bound.holds(best))
                }
                // However many trials the missing minutes bring: only what must be without exception is lost.
                Missing::Time(_) => match bound.direction {
                    Direction::AtLeast => good == of || bound.amount < Fraction::HUNDRED,
                    Direction::AtMost => good == 0 || bound.amount > Fraction::ZERO,
                },
            }
        }
        Criterion::Seconds(_) if target.measure == Measure::Latency => match rest {
            Missing::Data(more) => {
                let best = match bound.direction {
                    Direction::AtMost => Amount::ZERO,
                    Direction::AtLeast => Amount::seconds(Amount::MOST),
                };
                let more = usize::try_from(more).unwrap_or_default();
                let all: Vec<_> = tally
                    .latencies
                    .iter()
                    .copied()
                    .chain(std::iter::repeat_n(Some(best), more))
                    .collect();
                median(&all, None).is_some_and(|best| reaches(best, bound))
            }
            Missing::Time(_) => true,
        },
        Criterion::Seconds(_) => match (bound.direction, rest) {
            (Direction::AtMost, _) => reached,
            (Direction::AtLeast, Missing::Data(_)) => true,
            (Direction::AtLeast, Missing::Time(_)) => {
                // All the missing time would have been filled.
                let idle = tally.observed.beyond(tally.seconds);
                way.minutes.is_none_or(|time| bound.holds(time.beyond(idle).fraction()))
            }
        },
        Criterion::Count(_, per) => match (bound.direction, per) {
            (Direction::AtLeast, _) => true,
            (Direction::AtMost, Per::Unit | Per::Day | Per::Session) => reached,
            (Direction::AtMost, Per::Minute | Per::Hour) => {
                // No event more until the time is full.
                let best = way.minutes.and_then(|time| paced(tally.timed_events, time, *per));
                best.is_none_or(|best| bound.holds(best))
            }
        },
    }
}

/// So many in the time observed.
fn paced(events: u64, observed: Amount, per: Per) -> Option<Fraction> {
    match per {
        Per::Minute => observed.rate(events, 60),
        Per::Hour => observed.rate(events, 3600),
        Per::Unit | Per::Day | Per::Session => None,
    }
}

impl Tally<'_> {
    fn observed_rate(&self, per: Per) -> Option<Fraction> {
        paced(self.timed_events, self.observed, per)
    }
}
