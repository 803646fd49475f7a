//! The data points of a target: one per day or per session.

use crate::{
    day::Day,
    ladder::{Response, Rung},
    measure::Measure,
    number::Fraction,
    reading::{Standing, Value, read, scored},
    record::{Data, Record},
    rule::{Rule, Way},
    tally::{Unit, is_correct, units},
    target::Target,
};

/// A data point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its day.
    pub day: Day,
    /// Its session, where sessions are the units.
    pub session: Option<String>,
    /// Its number, in the unit of the measure; nothing where nothing was taken down. A count by the session is the mean of the
    /// day's sessions, so that it can be held against the rule.
    pub value: Option<Value>,
    /// Correct trials, steps or scored intervals; nothing for other measures.
    pub counted: Option<u64>,
    /// Trials, steps or intervals that count.
    pub of: Option<u64>,
    /// Correct with any help or none, in percent.
    pub with_help: Option<Fraction>,
    /// Trials or steps without a response, whether they count or not.
    pub no_response: u64,
    /// Enough was taken down.
    pub minimum_met: bool,
    /// Number and minimum both reach the rule.
    pub meets: bool,
    /// There is a number, and it rests on too little: drawn hollow.
    pub hollow: bool,
    /// How it stands to the first way of the rule.
    pub standing: Standing,
    /// Taken down by the family at home: another shape.
    pub home: bool,
}

/// The points from which mastery is read: those of the centre, and those of home where the plan says so.
pub fn points(target: &Target, records: &[Record]) -> Vec<Point> {
    let counting: Vec<&Record> = counting(target, records).collect();
    of(target, &counting, false)
}

/// The points of home, which are shown beside the others and count for nothing; none where the plan lets them count.
pub fn home_points(target: &Target, records: &[Record]) -> Vec<Point> {
    let home: Vec<&Record> = records.iter().filter(|r| r.home && !target.home_counts).collect();
    of(target, &home, true)
}

/// Records that count for mastery.
pub(crate) fn counting<'r>(target: &Target, records: &'r [Record]) -> impl Iterator<Item = &'r Record> {
    let home = target.home_counts;
    records.iter().filter(move |record| home || !record.home)
}

fn of(target: &Target, records: &[&Record], home: bool) -> Vec<Point> {
    let first = target.rule.first();
    let mut points: Vec<Point> = units(target, first, first.unit, records)
        .iter()
        .map(|unit| point(target, first, unit, home))
        .collect();
    // Another way of the same units may be reached where the first is not.
    for way in others(&target.rule) {
        for (point, unit) in points.iter_mut().zip(units(target, way, way.unit, records)) {
            let reading = read(target, way, &unit.tally);
            point.meets |= reading.standing == Standing::Met;
            point.minimum_met |= reading.minimum_met;
            point.hollow = point.value.is_some() && !point.minimum_met;
        }
    }
    points
}

fn others(rule: &Rule) -> impl Iterator<Item = &Way> {
    let unit = rule.first().unit;
    rule.ways().skip(1).filter(move |way| way.unit == unit)
}

fn point(target: &Target, way: &Way, unit: &Unit, home: bool) -> Point {
    let tally = &unit.tally;
    let reading = read(target, way, tally);
    let (good, of) = scored(target, way, tally);
    let share = target.measure.is_share();
    let helped = match tally.first {
        Some(first) if way.probe && of > 0 => Fraction::percent(u64::from(matches!(first, Response::Correct(_))), 1),
        Some(_) | None => Fraction::percent(tally.helped, tally.of),
    };
    Point {
        day: unit.day,
        session: unit.session.map(str::to_owned),
        value: reading.value,
        counted: share.then_some(good),
        of: share.then_some(of),
        with_help: helped.filter(|_| share && of > 0),
        no_response: tally.none,
        minimum_met: reading.minimum_met,
        meets: reading.standing == Standing::Met,
        hollow: reading.value.is_some() && !reading.minimum_met,
        standing: reading.standing,
        home,
    }
}

/// How trials went, for the table beside the chart: so many correct at each rung, wrong, without response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// By rung, most help first.
    pub correct: Vec<(Rung, u64)>,
    /// Wrong, alone or in spite of a prompt.
    pub wrong: u64,
    /// No response.
    pub none: u64,
}

impl Shares {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.correct.iter().map(|(_, n)| n).sum::<u64>() + self.wrong + self.none
    }

    /// So many in percent of all.
    pub fn percent(&self, number: u64) -> Option<Fraction> {
        Fraction::percent(number, self.all())
    }

    /// The rung at which most were correct; of equals the one with less help.
    pub fn modal(&self) -> Option<Rung> {
        let most = self
            .correct
            .iter()
            .filter(|(_, n)| *n > 0)
            .max_by_key(|(rung, n)| (*n, *rung));
        most.map(|(rung, _)| *rung)
    }
}

/// How the trials or steps of these records went. Void ones and steps that did not apply are nowhere.
pub fn shares<'r>(target: &Target, records: impl IntoIterator<Item = &'r Record>) -> Shares {
    let rungs = target.ladder.rungs().map(|rung| (rung, 0));
    let mut shares = Shares {
        correct: rungs.collect(),
        wrong: 0,
        none: 0,
    };
    for record in records {
        let responses = match &record.data {
            Data::Trials(responses) | Data::Steps(responses) => responses.as_slice(),
            Data::Events(_) | Data::Episodes(_) | Data::Latencies { .. } => &[],
        };
        for response in responses {
            match response {
                Response::Correct(rung) => {
                    if let Some((_, n)) = shares.correct.iter_mut().find(|(other, _)| other == rung) {
                        *n += 1;
                    }
                }
                Response::Wrong(_) => shares.wrong += 1,
                Response::None => shares.none += 1,
                Response::Void | Response::NotApplicable => {}
            }
        }
    }
    shares
}

/// Details of durations, for the table beside the chart (vector: 12, 45 and 3 s in 10 minutes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    /// How often.
    pub count: u64,
    /// Seconds in all.
    pub total: Fraction,
    /// Mean of an episode in seconds.
    pub mean: Option<Fraction>,
    /// Median of an episode in seconds.
    pub median: Option<Fraction>,
    /// In percent of the time observed.
    pub share: Option<Fraction>,
}

/// How long episodes lasted; those of one record that overlap are one.
pub fn lasting<'r>(records: impl IntoIterator<Item = &'r Record>) -> Lasting {
    let (mut lengths, mut observed) = (Vec::new(), crate::number::Amount::ZERO);
    for record in records {
        observed = observed.plus(record.observed.unwrap_or_default());
        if let Data::Episodes(episodes) = &record.data {
            let pieces = crate::intervals::merged(episodes, record.observed);
            lengths.extend(pieces.iter().map(|piece| Some(piece.end.beyond(piece.start))));
        }
    }
    let total = lengths
        .iter()
        .flatten()
        .fold(crate::number::Amount::ZERO, |sum, one| sum.plus(*one));
    let count = u64::try_from(lengths.len()).unwrap_or(u64::MAX);
    let median = match crate::reading::median(&lengths, None) {
        Some(Value::Number(number)) => Some(number),
        Some(Value::Never { .. }) | None => None,
    };
    let (above, below) = (total.fraction().times(100).parts(), observed.fraction().parts());
    let share = above.0.checked_mul(below.1).zip(above.1.checked_mul(below.0));
    Lasting {
        count,
        total: total.fraction(),
        mean: total.fraction().shared_by(count),
        median,
        share: share.and_then(|(above, below)| Fraction::new(above, below)),
    }
}

/// Which trials count as correct: for whoever shows a single one.
pub fn counts(target: &Target, response: Response) -> bool {
    let level = match target.measure {
        Measure::PromptLevel => target.least(target.rule.first()),
        Measure::Percent
        | Measure::Frequency
        | Measure::Rate
        | Measure::Duration
        | Measure::Latency
        | Measure::Interval
        | Measure::TaskAnalysis => target.counts_up_to,
    };
    is_correct(response, level)
}
