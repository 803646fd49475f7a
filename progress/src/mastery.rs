//! Whether a target is mastered, by the data alone. A person confirms it; see [`crate::evidence`] for what follows when the
//! data change afterwards.

use crate::{
    advance::{self, Progress},
    day::Day,
    points::counting,
    record::Record,
    rule::{Evidence, Way},
    run, said,
    target::Target,
    text::Text,
    window,
};

/// The state of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mastery {
    /// It was reached on some day, and no later data took it back.
    pub met: bool,
    /// The day on which it was first reached, also where it was taken back since.
    pub on: Option<Day>,
    /// Units that meet in the present run, or among the last `of`, or opportunities in the window.
    pub run: u64,
    /// How many of them are needed.
    pub run_needed: u64,
    /// Different people in it.
    pub people: u64,
    /// How many are needed; one, where the rule does not say.
    pub people_needed: u64,
    /// Different places in it.
    pub places: u64,
    /// How many are needed; none, where the rule does not say.
    pub places_needed: u64,
    /// The first and the last day of it.
    pub span: Option<(Day, Day)>,
    /// Which way of the rule this is told of, from 0.
    pub way: usize,
    /// All that in words.
    pub said: Text,
}

impl Mastery {
    /// Days in a row are days with data. When they lie further apart than so many days, whoever confirms should know.
    pub const FAR: i64 = advance::FAR;

    /// Calendar days from the first to the last day of the run.
    pub fn days_apart(&self) -> i64 {
        self.span.map_or(0, |(first, last)| last.since(first))
    }

    /// It lies far apart.
    pub fn is_far(&self) -> bool {
        self.days_apart() > Self::FAR
    }
}

/// The state of a target after these records, in any order. Only records of one phase belong together: probes and teaching,
/// and what was recorded under another definition, are told apart by the caller.
pub fn mastery(target: &Target, records: &[Record]) -> Mastery {
    let records: Vec<&Record> = counting(target, records).collect();
    let ways: Vec<(&Way, Progress)> = target
        .rule
        .ways()
        .map(|way| {
            let progress = match way.evidence {
                Evidence::Run(_) | Evidence::Of(..) => run::follow(target, way, &records),
                Evidence::Opportunities { .. } => window::follow(target, way, &records),
            };
            (way, progress)
        })
        .collect();
    let on = ways.iter().filter_map(|(_, progress)| progress.on).min();
    let met = ways.iter().any(|(_, progress)| progress.met);
    let told = told(&ways);
    let first = (target.rule.first(), Progress::default());
    let (way, progress) = ways.get(told).unwrap_or(&first);
    Mastery {
        met,
        on,
        run: progress.run,
        run_needed: way.needed(),
        people: progress.people,
        people_needed: u64::from(way.people.unwrap_or(1)),
        places: progress.places,
        places_needed: u64::from(way.places.unwrap_or(0)),
        span: progress.span,
        way: told,
        said: said::state(way, progress),
    }
}

/// The way that is met; else the one that is furthest, of equals the first.
fn told(ways: &[(&Way, Progress)]) -> usize {
    let further = |(way, progress): &(&Way, Progress), (other, than): &(&Way, Progress)| {
        // Compared as fractions, and no more than all of it.
        let done = progress.run.min(way.needed()).saturating_mul(other.needed());
        let theirs = than.run.min(other.needed()).saturating_mul(way.needed());
        (progress.met, done) > (than.met, theirs)
    };
    let mut best = 0;
    for (place, one) in ways.iter().enumerate() {
        if ways.get(best).is_some_and(|known| further(one, known)) {
            best = place;
        }
    }
    best
}
