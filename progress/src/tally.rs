//! Records pooled into one unit: raw trials are added, percentages are never averaged.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    day::Day,
    intervals,
    ladder::{Response, Rung},
    measure::Measure,
    number::Amount,
    record::{Data, Record},
    rule::{UnitKind, Way},
    target::{Capture, NoResponse, Target},
};

/// What the records of a unit say together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally<'r> {
    /// Correct trials, steps, scored intervals; what is correct enough for the measure.
    pub(crate) good: u64,
    /// Trials, steps or intervals counted.
    pub(crate) of: u64,
    /// Correct with any help or none.
    pub(crate) helped: u64,
    /// The first trial that was not void.
    pub(crate) first: Option<Response>,
    /// Events, those of records whose time is known, and sessions that have something to say.
    pub(crate) events: u64,
    pub(crate) timed_events: u64,
    pub(crate) sessions: BTreeSet<&'r str>,
    /// Time observed.
    pub(crate) observed: Amount,
    /// Seconds that it lasted, and how often.
    pub(crate) seconds: Amount,
    pub(crate) episodes: u64,
    /// Latencies, in no order; nothing where no response came.
    pub(crate) latencies: Vec<Option<Amount>>,
    /// The longest that anybody waited in vain.
    pub(crate) limit: Option<Amount>,
    /// Trials of no response, whether they count or not; always shown.
    pub(crate) none: u64,
    /// Who has a part in it, and where.
    pub(crate) people: BTreeSet<&'r str>,
    pub(crate) places: BTreeSet<&'r str>,
}

/// A unit: a day, or a session of a day.
#[derive(Debug, Clone)]
pub(crate) struct Unit<'r> {
    pub(crate) day: Day,
    pub(crate) session: Option<&'r str>,
    pub(crate) tally: Tally<'r>,
}

/// The units of these records: by day, the sessions of a day in the order in which they came.
pub(crate) fn units<'r>(target: &Target, way: &Way, kind: UnitKind, records: &[&'r Record]) -> Vec<Unit<'r>> {
    let least = target.least(way);
    let mut by_day: BTreeMap<Day, Vec<&'r Record>> = BTreeMap::new();
    for record in records.iter().copied() {
        by_day.entry(record.day).or_default().push(record);
    }
    let mut all = Vec::new();
    for (day, records) in by_day {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut taken = false;
        for record in records {
            let session = match kind {
                UnitKind::Day => None,
                UnitKind::Session => Some(record.session.as_str()),
            };
            let place = *places.entry(session.unwrap_or_default()).or_insert(all.len());
            if place == all.len() {
                let tally = Tally::default();
                all.push(Unit { day, session, tally });
            }
            if let Some(unit) = all.get_mut(place) {
                unit.tally.add(target, least, record, &mut taken);
            }
        }
    }
    all
}

impl<'r> Tally<'r> {
    /// One record more. `taken`: the trial that counts this day was already there, where only the first does.
    fn add(&mut self, target: &Target, least: Rung, record: &'r Record, taken: &mut bool) {
        let observed = record.observed.unwrap_or_default();
        let says_something = match &record.data {
            Data::Trials(trials) => self.add_trials(target, least, trials, taken),
            Data::Steps(steps) => self.add_responses(target, least, steps),
            Data::Events(events) => {
                self.events = self.events.saturating_add(u64::from(*events));
                if !observed.is_zero() {
                    self.timed_events = self.timed_events.saturating_add(u64::from(*events));
                }
                // None in no time is no number.
                *events > 0 || !observed.is_zero()
            }
            Data::Episodes(episodes) if target.measure == Measure::Interval => {
                let pieces = intervals::merged(episodes, None);
                let (good, of) = target
                    .interval
                    .map_or((0, 0), |interval| intervals::scored(&pieces, observed, interval));
                self.good = self.good.saturating_add(good);
                self.helped = self.helped.saturating_add(good);
                self.of = self.of.saturating_add(of);
                of > 0
            }
            Data::Episodes(episodes) => {
                let pieces = intervals::merged(episodes, record.observed);
                self.seconds = self.seconds.plus(intervals::total(&pieces));
                self.episodes = self
                    .episodes
                    .saturating_add(u64::try_from(pieces.len()).unwrap_or(u64::MAX));
                !pieces.is_empty() || !observed.is_zero()
            }
            Data::Latencies { each, limit } => {
                self.latencies.extend_from_slice(each);
                if each.contains(&None) {
                    self.limit = self.limit.max(*limit);
                }
                !each.is_empty()
            }
        };
        self.observed = self.observed.plus(observed);
        if says_something {
            self.sessions.insert(&record.session);
            self.people.insert(&record.by);
            self.places.extend(record.place.as_deref());
        }
    }

    fn add_trials(&mut self, target: &Target, least: Rung, trials: &[Response], taken: &mut bool) -> bool {
        if target.capture != Capture::FirstOfDay {
            return self.add_responses(target, least, trials);
        }
        let first = trials.iter().find(|trial| **trial != Response::Void && !*taken);
        let Some(first) = first else { return false };
        *taken = true;
        self.add_responses(target, least, &[*first])
    }

    fn add_responses(&mut self, target: &Target, least: Rung, responses: &[Response]) -> bool {
        let before = self.of;
        for response in responses {
            let counts = match response {
                Response::Void | Response::NotApplicable => continue,
                Response::Correct(_) | Response::Wrong(_) => true,
                Response::None => target.no_response == NoResponse::Counts,
            };
            self.first = self.first.or(Some(*response));
            self.none += u64::from(*response == Response::None);
            if counts {
                self.of += 1;
                self.helped += u64::from(matches!(response, Response::Correct(_)));
                self.good += u64::from(is_correct(*response, least));
            }
        }
        self.of > before
    }

    /// Nobody took anything down that says something.
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// How many data there are, of what `min` counts.
    pub(crate) fn number(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Percent | Measure::TaskAnalysis | Measure::PromptLevel | Measure::Interval => self.of,
            Measure::Latency => u64::try_from(self.latencies.len()).unwrap_or(u64::MAX),
            Measure::Duration => self.episodes,
            Measure::Frequency | Measure::Rate => self.events,
        }
    }
}

impl Target {
    /// The most help with which a trial is correct enough.
    pub(crate) fn least(&self, way: &Way) -> Rung {
        let level = way.criterion.level().and_then(|rung| self.ladder.find(rung));
        level.unwrap_or(self.counts_up_to)
    }
}

/// Correct with so much help at most.
pub(crate) fn is_correct(response: Response, least: Rung) -> bool {
    matches!(response, Response::Correct(rung) if rung >= least)
}
