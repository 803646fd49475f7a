//! The test vectors: there must be enough of them, and every one must come out.

use super::super::answers::Answers;
use super::super::definition::{Definition, Vector};
use super::super::outcome::Outcome;
use super::super::score::{self, Options};
use super::super::text::Spoken;
use super::Faults;

/// Vectors are executed at every start; this many are plenty.
const MOST_VECTORS: usize = 500;

pub(super) fn check(package: &Definition, faults: &mut Faults) {
    let number = package.vectors.len();
    if number > MOST_VECTORS {
        return faults.add("vectors", "fault_vectors_many", &[("number", &number)]);
    }
    let mut names = std::collections::BTreeSet::new();
    for vector in &package.vectors {
        let place = format!("vectors.{}", vector.name);
        faults.unless(names.insert(&vector.name), &place, "fault_vector_twice", &[]);
        run(package, vector, &place, faults);
    }
    enough(package, faults);
}

/// Every band of every cut-off set must be reached by a vector, and one sheet must be unfinished.
fn enough(package: &Definition, faults: &mut Faults) {
    let unfinished = package.vectors.iter().any(|vector| !vector.expect.missing.is_empty());
    faults.unless(unfinished, "vectors", "fault_vector_unfinished", &[]);
    let finished = package
        .vectors
        .iter()
        .any(|vector| !vector.expect.refused && vector.expect.missing.is_empty());
    faults.unless(finished, "vectors", "fault_vector_finished", &[]);
    for set in &package.cutoffs {
        let of_this_set = |vector: &&Vector| match &vector.cutoffs {
            Some(id) => *id == set.id,
            None => set.default,
        };
        for band in &set.bands {
            let leads_here = |vector: &Vector| vector.expect.band.as_ref() == Some(&band.id);
            let reached = package.vectors.iter().filter(of_this_set).any(leads_here);
            let place = format!("cutoffs.{}.{}", set.id, band.id);
            faults.unless(reached, &place, "fault_vector_band", &[]);
        }
    }
}

fn run(package: &Definition, vector: &Vector, place: &str, faults: &mut Faults) {
    for part in vector.fill.keys() {
        let known = package.parts.iter().any(|other| other.id == *part);
        faults.unless(known, place, "fault_part_unknown", &[("part", part)]);
    }
    let options = Options {
        age_months: vector.age_months,
        cutoffs: vector.cutoffs.as_deref(),
    };
    match (
        score::score(package, &sheet(package, vector), &options),
        vector.expect.refused,
    ) {
        (Ok(outcome), false) => compare(&outcome, vector, place, faults),
        (Ok(_), true) => faults.add(place, "fault_vector_accepted", &[]),
        (Err(_), true) => {}
        (Err(error), false) => faults.add(place, "fault_vector_refused", &[("why", error.text())]),
    }
}

fn sheet(package: &Definition, vector: &Vector) -> Answers {
    let filled = package
        .items()
        .filter_map(|(part, item)| Some((item.id.clone(), vector.fill.get(&part.id)?.clone())));
    let mut answers: Answers = filled.collect();
    for item in &vector.without {
        answers.clear(item);
    }
    for (item, value) in &vector.answers {
        answers.set(item.clone(), value.clone());
    }
    answers
}

/// What came out against what the vector says.
fn compare(outcome: &Outcome, vector: &Vector, place: &str, faults: &mut Faults) {
    let expect = &vector.expect;
    let mut same = |what: &str, expected: String, real: String| {
        let values: [(&str, &dyn Spoken); 3] = [("what", &what), ("expected", &expected), ("real", &real)];
        faults.unless(expected == real, place, "fault_vector_differs", &values);
    };
    same("missing", expect.missing.join(", "), outcome.missing.join(", "));
    same("band", or_none(expect.band.as_ref()), or_none(outcome.band.as_ref()));
    same("positive", or_none(expect.positive), or_none(outcome.positive));
    if let Some(total) = expect.total {
        same("total", total.to_string(), outcome.total.to_string());
    }
    for (id, points) in &expect.subscales {
        let real = outcome.subscales.iter().find(|subscale| subscale.id == *id);
        same(id, points.to_string(), or_none(real.map(|subscale| subscale.points)));
    }
}

fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
