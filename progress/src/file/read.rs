//! A target and its records out of a file.

use serde::Deserialize;

use crate::{
    day::Day,
    ladder::Ladder,
    measure::Measure,
    number::Amount,
    record::{Data, Episode, Record},
    rule::{IntervalKind, Rule},
    target::{Capture, Interval, NoResponse, Target},
};

use super::{
    Refused,
    numbers::{Count, Decimal, Name},
    shown,
};

/// Most records of a target.
const RECORDS: usize = 1_000_000;

#[derive(Deserialize)]
pub(super) struct File {
    target: RawTarget,
    records: Vec<RawRecord>,
}

#[derive(Deserialize)]
struct RawTarget {
    measure: String,
    rule: String,
    ladder: Option<Vec<String>>,
    counts_up_to: Option<String>,
    no_response: Option<String>,
    interval: Option<RawInterval>,
    limit_s: Option<Decimal>,
}

#[derive(Deserialize)]
struct RawInterval {
    kind: String,
    length_s: Decimal,
}

#[derive(Deserialize)]
struct RawRecord {
    day: String,
    session: Name,
    by: Name,
    place: Option<Name>,
    minutes: Option<Decimal>,
    observed_s: Option<Decimal>,
    limit_s: Option<Decimal>,
    trials: Option<Vec<String>>,
    events: Option<Count>,
    episodes_s: Option<Vec<(Decimal, Option<Decimal>)>>,
    latencies_s: Option<Vec<Option<Decimal>>>,
    steps: Option<Vec<String>>,
}

pub(super) fn read(file: File) -> Result<(Target, Vec<Record>), Refused> {
    let limit = file.target.limit_s.map(|limit| limit.0);
    let target = target(file.target)?;
    if file.records.len() > RECORDS {
        return Err(Refused::at("records", format!("more than {RECORDS}")));
    }
    let records = file.records.into_iter().enumerate();
    let records = records.map(|(place, raw)| record(&target, limit, &format!("records[{place}]"), raw));
    Ok((target.clone(), records.collect::<Result<_, _>>()?))
}

fn target(raw: RawTarget) -> Result<Target, Refused> {
    let unknown = |place: &str, word: &str| Refused::at(place, format!("unknown {}", shown(word)));
    let measure = Measure::find(&raw.measure).ok_or_else(|| unknown("target.measure", &raw.measure))?;
    let rule: Rule = raw.rule.parse().map_err(|error| Refused::at("target.rule", error))?;
    let ladder = match raw.ladder {
        None => Ladder::standard(),
        Some(rungs) => Ladder::new(rungs).map_err(|what| Refused::at("target.ladder", what))?,
    };
    let counts_up_to = match &raw.counts_up_to {
        None => ladder.independent(),
        Some(rung) => ladder.find(rung).ok_or_else(|| unknown("target.counts_up_to", rung))?,
    };
    let no_response = match raw.no_response.as_deref() {
        None | Some("counts") => NoResponse::Counts,
        Some("left_out") => NoResponse::LeftOut,
        Some(word) => return Err(unknown("target.no_response", word)),
    };
    let interval = raw.interval.map(|raw| {
        let kind = IntervalKind::find(&raw.kind).ok_or_else(|| unknown("target.interval.kind", &raw.kind))?;
        let length = raw.length_s.0;
        if length < Amount::INSTANT {
            return Err(Refused::at("target.interval.length_s", "shorter than 0.001"));
        }
        Ok(Interval { kind, length })
    });
    Target {
        measure,
        rule,
        ladder,
        counts_up_to,
        no_response,
        interval: interval.transpose()?,
        capture: Capture::EveryTrial,
        home_counts: false,
    }
    .checked()
    .map_err(|misfit| Refused::at("target.rule", misfit))
}

fn record(target: &Target, limit: Option<Amount>, at: &str, raw: RawRecord) -> Result<Record, Refused> {
    let day = Day::parse(&raw.day)
        .ok_or_else(|| Refused::at(at, format!("day: {} is no day (2026-03-02)", shown(&raw.day))))?;
    let minutes = raw.minutes.map(|minutes| minutes.0.times(60));
    let observed = raw.observed_s.map(|observed| observed.0).or(minutes);
    let key = target.measure.data();
    let none = || Refused::at(at, format!("{key} is missing"));
    let data = match target.measure {
        Measure::Percent | Measure::PromptLevel => {
            let trials = raw.trials.ok_or_else(none)?;
            Data::Trials(responses(&trials, at, key, |token| target.ladder.response(token))?)
        }
        Measure::TaskAnalysis => {
            let steps = raw.steps.ok_or_else(none)?;
            Data::Steps(responses(&steps, at, key, |token| target.ladder.step(token))?)
        }
        Measure::Frequency | Measure::Rate => Data::Events(raw.events.ok_or_else(none)?.0),
        Measure::Duration | Measure::Interval => {
            let episodes = raw.episodes_s.ok_or_else(none)?.into_iter().enumerate();
            let episodes = episodes.map(|(place, (start, end))| {
                let what = |what: &str| Refused::at(at, format!("{key}[{place}] {what}"));
                // What was still going on is closed where the observation ends.
                let end = end
                    .map(|end| end.0)
                    .or(observed)
                    .ok_or_else(|| what("has no end, and observed_s is missing"))?;
                let start = start.0;
                if end < start {
                    return Err(what("ends before it starts"));
                }
                Ok(Episode { start, end })
            });
            Data::Episodes(episodes.collect::<Result<_, _>>()?)
        }
        Measure::Latency => Data::Latencies {
            each: raw
                .latencies_s
                .ok_or_else(none)?
                .into_iter()
                .map(|one| one.map(|one| one.0))
                .collect(),
            limit: raw.limit_s.map(|limit| limit.0).or(limit),
        },
    };
    Ok(Record {
        day,
        session: raw.session.0,
        by: raw.by.0,
        place: raw.place.map(|place| place.0),
        observed,
        home: false,
        data,
    })
}

fn responses<T>(tokens: &[String], at: &str, key: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refused> {
    let tokens = tokens.iter().enumerate();
    let read = tokens.map(|(place, token)| {
        read(token).ok_or_else(|| Refused::at(at, format!("{key}[{place}]: unknown {}", shown(token))))
    });
    read.collect()
}
