//! A chart as data: phases, events, pieces of the path, trends. Whoever draws it decides nothing.

use crate::{
    day::Day,
    measure::Measure,
    number::Fraction,
    points::{Point, home_points, points},
    reading::Value,
    record::Record,
    rule::{Bound, Criterion, Direction, Per, UnitKind},
    target::Target,
    text::Text,
    trend::{Trend, trend},
};

/// A gap of more days than that breaks the path.
pub const GAP: i64 = 14;
/// Fewest points of a phase through which a trend is drawn.
pub const ENOUGH: usize = 5;

/// A phase (条件): the path breaks where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its first day.
    pub from: Day,
    /// Above the line: 基线, 教学（G）, 泛化, 维持, 居家, 重新教学.
    pub label: Text,
    /// A small change inside a phase is dashed; a large one is solid.
    pub small: bool,
}

/// Something outside the team's control: medicine, a holiday, a new teacher. Dotted; the path goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its day.
    pub day: Day,
    /// What it was.
    pub label: Text,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The points of the centre, in their order; those without a number are gaps.
    pub points: Vec<Point>,
    /// The points of home: another shape, no path.
    pub home: Vec<Point>,
    /// Points that are joined by a line, by their place in `points`.
    pub pieces: Vec<Vec<usize>>,
    /// Phases that are drawn. None lies on a point: see [`Phase::half_day`].
    pub phases: Vec<Phase>,
    /// Events.
    pub events: Vec<Event>,
    /// The trend of a phase by its place in `phases`, where there are points enough; before the first phase it is none.
    pub trends: Vec<(usize, Trend)>,
    /// What is to be reached, in the unit of the points.
    pub criterion: Option<Bound>,
}

impl Phase {
    /// Where its line stands: half a day before its first day, in half days since 1970, so that it is never on a point.
    pub fn half_day(&self) -> i64 {
        i64::from(self.from.number()) * 2 - 1
    }
}

/// The chart of a target, with the phases and events that somebody entered or that moves of the target made.
pub fn chart(target: &Target, records: &[Record], phases: &[Phase], events: &[Event]) -> Chart {
    let points = points(target, records);
    let home = home_points(target, records);
    let phases = collapsed(phases, &points);
    let trends = phases.iter().enumerate();
    let trends = trends.filter_map(|(place, _)| Some((place, trend_of(&phases, place, &points)?)));
    Chart {
        trends: trends.collect(),
        pieces: pieces(&points, &phases),
        home,
        events: events.to_vec(),
        criterion: criterion(target),
        phases,
        points,
    }
}

/// Phases in their order; one in which nothing was recorded is left out of sight, and one that goes on as the one before it
/// makes no line of its own. The last one stays: it is the present.
fn collapsed(phases: &[Phase], points: &[Point]) -> Vec<Phase> {
    let mut sorted = phases.to_vec();
    sorted.sort_by_key(|phase| phase.from);
    let ends: Vec<Option<Day>> = sorted
        .iter()
        .skip(1)
        .map(|next| Some(next.from))
        .chain([None])
        .collect();
    let mut kept: Vec<Phase> = Vec::new();
    for (phase, end) in sorted.into_iter().zip(ends) {
        let within = |point: &&Point| point.day >= phase.from && end.is_none_or(|end| point.day < end);
        let empty = end.is_some()
            && !points
                .iter()
                .filter(|point| point.value.is_some())
                .any(|point| within(&point));
        let same = kept.last().is_some_and(|before| before.label == phase.label);
        if !empty && !same {
            kept.push(phase);
        }
    }
    kept
}

fn phase_of(phases: &[Phase], day: Day) -> Option<usize> {
    phases.partition_point(|phase| phase.from <= day).checked_sub(1)
}

fn pieces(points: &[Point], phases: &[Phase]) -> Vec<Vec<usize>> {
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    let mut before: Option<&Point> = None;
    for (place, point) in points.iter().enumerate().filter(|(_, point)| point.value.is_some()) {
        let goes_on = before.is_some_and(|before| {
            point.day.since(before.day) <= GAP && phase_of(phases, before.day) == phase_of(phases, point.day)
        });
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.push(place),
            None => pieces.push(vec![place]),
        }
        before = Some(point);
    }
    pieces
}

/// Hollow points and latencies without a number are no ground for a line.
fn trend_of(phases: &[Phase], place: usize, points: &[Point]) -> Option<Trend> {
    let solid: Vec<(i64, Fraction)> = points
        .iter()
        .filter(|point| !point.hollow && phase_of(phases, point.day) == Some(place))
        .filter_map(|point| match point.value? {
            Value::Number(number) => Some((i64::from(point.day.number()), number)),
            Value::Never { .. } => None,
        })
        .collect();
    if solid.len() < ENOUGH {
        return None;
    }
    trend(&solid)
}

/// What the first way of the rule asks for, in the unit of the points; nothing where it counts by another unit.
pub fn criterion(target: &Target) -> Option<Bound> {
    let way = target.rule.first();
    let bound = way.criterion.bound();
    let hourly = |factor: i128| Bound {
        amount: bound.amount.times(factor),
        ..bound
    };
    match (&way.criterion, target.measure) {
        (Criterion::Count(_, Per::Minute), Measure::Rate) => Some(hourly(60)),
        (Criterion::Count(_, Per::Hour), Measure::Rate) => Some(bound),
        (Criterion::Count(_, Per::Unit | Per::Session | Per::Day), Measure::Rate) => None,
        (Criterion::Count(_, Per::Minute | Per::Hour), _) => None,
        (Criterion::Count(..), _) => Some(bound),
        (Criterion::Percent(_) | Criterion::Steps(_) | Criterion::Intervals(..) | Criterion::Level(..), _) => {
            Some(bound)
        }
        (Criterion::Seconds(_), _) => Some(bound),
    }
}

/// A hint for whoever plans, and labelled as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Three data points, none better than the one before it.
    NoRise,
    /// Five data points, none better than the best before them.
    NoNewBest,
}

impl Hint {
    /// In words.
    pub fn said(self, unit: UnitKind) -> Text {
        let (zh, en) = unit.names();
        let (n, zh_what, en_what) = match self {
            Self::NoRise => (3, "没有进步", "without a rise"),
            Self::NoNewBest => (5, "没有新的最好成绩", "without a new best"),
        };
        Text::sentence(&[Text::new(
            format!("提示：最近 {n} {zh}{zh_what}"),
            format!("Hint: the last {n} {en}s are {en_what}"),
        )])
    }
}

/// Whether somebody should look at the target again.
pub fn hint(target: &Target, points: &[Point]) -> Option<Hint> {
    const RISES: usize = 3;
    const BEST: usize = 5;
    let less = target.rule.first().criterion.bound().direction == Direction::AtMost;
    // Better is greater; no response is worse than any number.
    let numbers: Vec<Option<Fraction>> = points
        .iter()
        .filter(|point| !point.hollow)
        .filter_map(|point| {
            Some(match point.value? {
                Value::Number(number) => Some(if less { number.times(-1) } else { number }),
                Value::Never { .. } => None,
            })
        })
        .collect();
    let best = numbers.len().checked_sub(BEST).and_then(|before| {
        let (old, new) = numbers.split_at_checked(before)?;
        Some(!old.is_empty() && new.iter().max() <= old.iter().max())
    });
    let rises = numbers
        .windows(2)
        .rev()
        .take(RISES)
        .filter(|pair| pair.last() > pair.first())
        .count();
    if numbers.len() > RISES && rises == 0 {
        Some(Hint::NoRise)
    } else if best == Some(true) {
        Some(Hint::NoNewBest)
    } else {
        None
    }
}
