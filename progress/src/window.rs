//! The most recent whole days that hold so many opportunities, pooled: for routines that occur a few times a day.

use std::collections::BTreeMap;

use crate::{
    advance::{Progress, Window},
    crowd::Crowd,
    measure::Measure,
    number::{Amount, Fraction},
    reading::{Standing, Value, middle, reaches, read, scored},
    record::Record,
    rule::{Evidence, Way},
    tally::{Unit, units},
    target::Target,
};

/// How far the window is after all these records.
pub(crate) fn follow(target: &Target, way: &Way, records: &[&Record]) -> Progress {
    let (op, days) = match way.evidence {
        Evidence::Opportunities { op, days } => (u64::from(op), u64::from(days)),
        Evidence::Run(_) | Evidence::Of(..) => (0, 0),
    };
    let days_with_data: Vec<Unit> = units(target, way, way.counts(), records)
        .into_iter()
        .filter(|unit| read(target, way, &unit.tally).standing != Standing::Nothing)
        .collect();
    let mut pool = Pool::new(&days_with_data);
    let mut progress = Progress::default();
    let mut first = 0;
    for (place, unit) in days_with_data.iter().enumerate() {
        pool.join(target, way, unit);
        // Days at the beginning go while the rest suffices: the window is as short as it may be.
        while let Some(oldest) = days_with_data.get(first).filter(|_| first < place) {
            let rest = pool.opportunities.saturating_sub(opportunities(target, way, oldest));
            if rest < op || pool.days <= days {
                break;
            }
            pool.leave(target, way, oldest);
            first += 1;
        }
        let full = pool.opportunities >= op && pool.days >= days;
        let reached = full
            && pool
                .value(target)
                .is_some_and(|value| reaches(value, way.criterion.bound()));
        progress.run = pool.opportunities;
        (progress.people, progress.places) = (pool.people.number(), pool.places.number());
        progress.span = days_with_data.get(first).map(|oldest| (oldest.day, unit.day));
        progress.window = Some(Window {
            days: pool.days,
            reached,
            full,
        });
        progress.last = Some((unit.day, Standing::Met, None));
        progress.settle(way, unit.day, reached);
    }
    progress
}

fn opportunities(target: &Target, way: &Way, unit: &Unit) -> u64 {
    if target.measure.is_share() {
        scored(target, way, &unit.tally).1
    } else {
        unit.tally.number(target.measure)
    }
}

/// All days of the window together.
struct Pool<'r> {
    opportunities: u64,
    days: u64,
    good: u64,
    seconds: i128,
    latencies: Ranks,
    people: Crowd<'r>,
    places: Crowd<'r>,
}

impl<'r> Pool<'r> {
    fn new(units: &[Unit<'r>]) -> Self {
        Self {
            opportunities: 0,
            days: 0,
            good: 0,
            seconds: 0,
            latencies: Ranks::new(units.iter().flat_map(|unit| unit.tally.latencies.iter().copied())),
            people: Crowd::default(),
            places: Crowd::default(),
        }
    }

    fn join(&mut self, target: &Target, way: &Way, unit: &Unit<'r>) {
        self.days += 1;
        self.opportunities = self.opportunities.saturating_add(opportunities(target, way, unit));
        self.good = self.good.saturating_add(scored(target, way, &unit.tally).0);
        self.seconds = self.seconds.saturating_add(unit.tally.seconds.raw());
        for latency in &unit.tally.latencies {
            self.latencies.add(*latency, 1);
        }
        self.people.join(&unit.tally.people);
        self.places.join(&unit.tally.places);
    }

    fn leave(&mut self, target: &Target, way: &Way, unit: &Unit<'r>) {
        self.days = self.days.saturating_sub(1);
        self.opportunities = self.opportunities.saturating_sub(opportunities(target, way, unit));
        self.good = self.good.saturating_sub(scored(target, way, &unit.tally).0);
        self.seconds = self.seconds.saturating_sub(unit.tally.seconds.raw());
        for latency in &unit.tally.latencies {
            self.latencies.add(*latency, -1);
        }
        self.people.leave(&unit.tally.people);
        self.places.leave(&unit.tally.places);
    }

    /// The number of the window: shares of all trials, the median of all latencies, the mean of a day's seconds.
    fn value(&self, target: &Target) -> Option<Value> {
        match target.measure {
            Measure::Percent | Measure::PromptLevel | Measure::TaskAnalysis | Measure::Interval => {
                Fraction::percent(self.good, self.opportunities).map(Value::Number)
            }
            Measure::Latency => self.latencies.median(),
            Measure::Duration | Measure::Frequency | Measure::Rate => Amount::from_raw(self.seconds)
                .fraction()
                .shared_by(self.days)
                .map(Value::Number),
        }
    }
}

/// Latencies by rank, so that a window that moves on finds its middle at once: a tree of counts (Fenwick).
struct Ranks {
    places: BTreeMap<(bool, Option<Amount>), usize>,
    sorted: Vec<Option<Amount>>,
    counts: Vec<i64>,
    number: i64,
}

impl Ranks {
    fn new(all: impl Iterator<Item = Option<Amount>>) -> Self {
        // No response is longer than any.
        let mut sorted: Vec<Option<Amount>> = all.collect();
        sorted.sort_unstable_by_key(|latency| (latency.is_none(), *latency));
        sorted.dedup();
        let places = sorted.iter().enumerate();
        let places = places
            .map(|(place, latency)| ((latency.is_none(), *latency), place))
            .collect();
        let counts = vec![0; sorted.len() + 1];
        Self {
            places,
            sorted,
            counts,
            number: 0,
        }
    }

    fn add(&mut self, latency: Option<Amount>, times: i64) {
        let Some(place) = self.places.get(&(latency.is_none(), latency)) else {
            return;
        };
        self.number += times;
        let mut node = place + 1;
        while let Some(count) = self.counts.get_mut(node) {
            *count += times;
            // To the next node that counts this one in: by its lowest bit.
            node += node & node.wrapping_neg();
        }
    }

    /// The latency with so many before it.
    fn nth(&self, before: i64) -> Option<Option<Amount>> {
        let (mut node, mut left) = (0, before);
        let mut step = self.counts.len().next_power_of_two();
        while step > 0 {
            if let Some(count) = self.counts.get(node + step).filter(|count| **count <= left) {
                left -= count;
                node += step;
            }
            step /= 2;
        }
        self.sorted.get(node).copied()
    }

    fn median(&self) -> Option<Value> {
        let last = self.number.checked_sub(1).filter(|last| *last >= 0)?;
        Some(middle(self.nth(last / 2)?, self.nth(self.number / 2)?, None))
    }
}
