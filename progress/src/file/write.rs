//! Points and state as JSON. Numbers are rounded half up to one decimal here, and nowhere before.

use serde::Serialize;

use crate::{
    mastery::{Mastery, mastery},
    number::Fraction,
    points::{Point, points},
    reading::Value,
    record::Record,
    target::Target,
};

#[derive(Serialize)]
struct Out {
    points: Vec<OutPoint>,
    mastery: OutMastery,
}

#[derive(Serialize)]
struct OutPoint {
    unit: String,
    day: String,
    value: Option<f64>,
    counted: Option<u64>,
    of: Option<u64>,
    with_help: Option<f64>,
    minimum_met: bool,
    meets: bool,
    hollow: bool,
}

#[derive(Serialize)]
struct OutMastery {
    met: bool,
    on: Option<String>,
    run: u64,
    run_needed: u64,
    people: u64,
    people_needed: u64,
    places: u64,
    places_needed: u64,
    say_zh: String,
    say_en: String,
}

pub(super) fn progress(target: &Target, records: &[Record]) -> String {
    let out = Out {
        points: points(target, records).into_iter().map(point).collect(),
        mastery: state(mastery(target, records)),
    };
    // Text and numbers alone: there is nothing that could not be written.
    serde_json::to_string(&out).unwrap_or_default()
}

fn point(point: Point) -> OutPoint {
    let day = point.day.to_string();
    OutPoint {
        unit: point.session.unwrap_or_else(|| day.clone()),
        day,
        value: point.value.and_then(|value| match value {
            Value::Number(number) => Some(number.rounded(1)),
            Value::Never { limit } => limit.map(|limit| limit.fraction().rounded(1)),
        }),
        counted: point.counted,
        of: point.of,
        with_help: point.with_help.map(|share: Fraction| share.rounded(1)),
        minimum_met: point.minimum_met,
        meets: point.meets,
        hollow: point.hollow,
    }
}

fn state(mastery: Mastery) -> OutMastery {
    OutMastery {
        met: mastery.met,
        on: mastery.on.map(|day| day.to_string()),
        run: mastery.run,
        run_needed: mastery.run_needed,
        people: mastery.people,
        people_needed: mastery.people_needed,
        places: mastery.places,
        places_needed: mastery.places_needed,
        say_zh: mastery.said.zh,
        say_en: mastery.said.en,
    }
}
