//! Units that meet, one after the other, or so many of the last so many.

use std::collections::VecDeque;

use crate::{
    advance::Progress,
    crowd::Crowd,
    reading::{Standing, missing, read},
    record::Record,
    rule::{Evidence, Way},
    tally::{Unit, units},
    target::Target,
};

/// How far a run is after all these records. Neutral units and units without data are passed over.
pub(crate) fn follow(target: &Target, way: &Way, records: &[&Record]) -> Progress {
    let units = units(target, way, way.counts(), records);
    let mut progress = Progress::default();
    let mut run = Run::new(way.evidence);
    for unit in &units {
        let reading = read(target, way, &unit.tally);
        if reading.standing != Standing::Nothing {
            let missing = missing(target, way, &unit.tally);
            progress.last = Some((unit.day, reading.standing, missing));
        }
        match reading.standing {
            Standing::Nothing | Standing::Neutral => continue,
            Standing::Met => run.add(unit, true),
            Standing::Missed => run.add(unit, false),
        }
        progress.run = run.met;
        (progress.people, progress.places) = (run.people.number(), run.places.number());
        progress.span = run.span();
        progress.settle(way, unit.day, run.met >= way.needed());
    }
    progress
}

/// The units that are looked at, and those among them that meet.
struct Run<'u, 'r> {
    /// So many units are looked at; without it, all since the last one that missed.
    of: Option<usize>,
    units: VecDeque<(&'u Unit<'r>, bool)>,
    met: u64,
    people: Crowd<'r>,
    places: Crowd<'r>,
}

impl<'u, 'r> Run<'u, 'r> {
    fn new(evidence: Evidence) -> Self {
        let of = match evidence {
            Evidence::Of(_, of) => usize::try_from(of).ok(),
            Evidence::Run(_) | Evidence::Opportunities { .. } => None,
        };
        Self {
            of,
            units: VecDeque::new(),
            met: 0,
            people: Crowd::default(),
            places: Crowd::default(),
        }
    }

    fn add(&mut self, unit: &'u Unit<'r>, met: bool) {
        match self.of {
            None if !met => {
                *self = Self {
                    of: None,
                    units: VecDeque::new(),
                    met: 0,
                    people: Crowd::default(),
                    places: Crowd::default(),
                };
                return;
            }
            Some(of) if self.units.len() >= of => self.drop_first(),
            None | Some(_) => {}
        }
        self.units.push_back((unit, met));
        if met {
            self.met += 1;
            self.people.join(&unit.tally.people);
            self.places.join(&unit.tally.places);
        }
    }

    fn drop_first(&mut self) {
        if let Some((unit, true)) = self.units.pop_front() {
            self.met = self.met.saturating_sub(1);
            self.people.leave(&unit.tally.people);
            self.places.leave(&unit.tally.places);
        }
    }

    fn span(&self) -> Option<(crate::day::Day, crate::day::Day)> {
        self.units
            .front()
            .zip(self.units.back())
            .map(|(first, last)| (first.0.day, last.0.day))
    }
}
