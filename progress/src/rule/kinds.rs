//! What a rule of mastery can say.

use crate::{
    measure::Measure,
    number::{Amount, Fraction},
};

/// When a target counts as mastered: one way or several, any of which suffices (`A|B`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(super) first: Way,
    pub(super) others: Vec<Way>,
}

impl Rule {
    /// The way that is written first: its unit and its number are those of the chart.
    pub fn first(&self) -> &Way {
        &self.first
    }

    /// All ways, as written.
    pub fn ways(&self) -> impl Iterator<Item = &Way> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// One way to mastery: a number to be reached, what a unit must hold to count, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What a unit must reach.
    pub criterion: Criterion,
    /// `count>=6/min` beside `pct`: correct responses in the time observed (fluency).
    pub fluency: Option<(Bound, Per)>,
    /// `min`: trials, latencies, steps, intervals or episodes without which a unit is neutral.
    pub min: Option<u32>,
    /// `minutes>=20`: time observed without which a unit is neutral.
    pub minutes: Option<Amount>,
    /// `unit`: what makes one point.
    pub unit: UnitKind,
    /// `first=I`: the unit meets only if its first trial is correct with at most this prompt.
    pub first: Option<String>,
    /// `probe=first`: only the first trial counts (cold probe).
    pub probe: bool,
    /// How much of it there must be.
    pub evidence: Evidence,
    /// `people`: different people who recorded it, within the run or window.
    pub people: Option<u32>,
    /// `place`: different places, within the run or window.
    pub places: Option<u32>,
}

/// What makes one data point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// All sessions of a day, pooled. Plans speak of days.
    Day,
    /// One session of one day.
    Session,
}

/// What a unit must reach. Amounts are percent, events or seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Criterion {
    /// `pct>=80`: correct trials in percent of those counted.
    Percent(Bound),
    /// `count>=5/session`: events.
    Count(Bound, Per),
    /// `sec>=60`, `sec<=3`: seconds in all, or the median of latencies.
    Seconds(Bound),
    /// `steps>=90%`: independent steps in percent of those that applied.
    Steps(Bound),
    /// `int>=80%;kind=mts;len=30s`: intervals scored in percent of those observed.
    Intervals(Bound, Option<IntervalKind>, Option<Amount>),
    /// `level<=G;share>=80%`: trials correct with at most this prompt, in percent of trials.
    Level(String, Bound),
}

impl Criterion {
    /// What is to be reached.
    pub fn bound(&self) -> Bound {
        match self {
            Self::Percent(bound)
            | Self::Count(bound, _)
            | Self::Seconds(bound)
            | Self::Steps(bound)
            | Self::Intervals(bound, ..)
            | Self::Level(_, bound) => *bound,
        }
    }

    /// The prompt of `level`.
    pub fn level(&self) -> Option<&str> {
        match self {
            Self::Level(rung, _) => Some(rung),
            Self::Percent(_) | Self::Count(..) | Self::Seconds(_) | Self::Steps(_) | Self::Intervals(..) => None,
        }
    }

    /// `kind` and `len` of intervals, where it says both.
    pub fn interval(&self) -> Option<(IntervalKind, Amount)> {
        match self {
            Self::Intervals(_, kind, length) => Some(((*kind)?, (*length)?)),
            Self::Percent(_) | Self::Count(..) | Self::Seconds(_) | Self::Steps(_) | Self::Level(..) => None,
        }
    }

    /// Whether it says something about this measure.
    pub fn fits(&self, measure: Measure) -> bool {
        let fitting: &[Measure] = match self {
            Self::Percent(_) => &[Measure::Percent],
            Self::Count(..) => &[Measure::Frequency, Measure::Rate],
            Self::Seconds(_) => &[Measure::Duration, Measure::Latency],
            Self::Steps(_) => &[Measure::TaskAnalysis],
            Self::Intervals(..) => &[Measure::Interval],
            Self::Level(..) => &[Measure::PromptLevel],
        };
        fitting.contains(&measure)
    }

    /// Less of it is wanted: behaviour that is to become rarer or shorter.
    pub fn is_decrease(&self, measure: Measure) -> bool {
        self.bound().direction == Direction::AtMost && measure != Measure::Latency
    }
}

/// An amount to be reached, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// From which side.
    pub direction: Direction,
    /// The amount, exactly.
    pub amount: Fraction,
}

impl Bound {
    /// Whether a number reaches it; equal does.
    pub fn holds(self, number: Fraction) -> bool {
        match self.direction {
            Direction::AtLeast => number >= self.amount,
            Direction::AtMost => number <= self.amount,
        }
    }
}

/// From which side an amount is to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
}

/// What events are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    /// The unit, whatever it is.
    Unit,
    /// A session: with days as units, the events of the day divided by its sessions.
    Session,
    /// A day.
    Day,
    /// A minute observed.
    Minute,
    /// An hour observed.
    Hour,
}

/// How an interval is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IntervalKind {
    /// 部分时距 PIR: it occurred at any time of the interval. Over-estimates.
    Partial,
    /// 全时距 WIR: it lasted the whole interval. Under-estimates.
    Whole,
    /// 瞬时取样 MTS: it was there at the instant at which the interval ends.
    Momentary,
}

impl IntervalKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Partial, Self::Whole, Self::Momentary];

    /// The word of files and rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::Partial => "pir",
            Self::Whole => "wir",
            Self::Momentary => "mts",
        }
    }

    /// The kind of that word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How much is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// `run=3d`: so many units that meet, one after the other. Neutral units are passed over.
    Run(u32),
    /// `run=4d;of=5`: so many of the last so many.
    Of(u32, u32),
    /// `op=10;days=5`: the most recent whole days, as few as hold so many opportunities and are so many days, pooled.
    Opportunities {
        /// Opportunities: trials, latencies or episodes.
        op: u32,
        /// Days with data.
        days: u32,
    },
}
