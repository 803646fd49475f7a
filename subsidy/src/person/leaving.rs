//! When a child leaves its band of age, and until when its papers carry it: known long before.

use chrono::NaiveDate;

use super::When;
use crate::{
    calendar::Month,
    error::Error,
    facts::{Code, Person},
    rules::{Band, Params},
};

/// The end of a child's time in a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving<'a> {
    /// The band that it is in.
    pub band: &'a Band,
    /// The last month in it, by the rule's own day.
    pub last_month: Month,
    /// The day on which it becomes too old for the band.
    pub turns_on: Option<NaiveDate>,
    /// The band that follows; nothing where the subsidy ends.
    pub next: Option<&'a Band>,
}

/// When a child that is in a band in this month will leave it; nothing where it is in none, or where the age was fixed by the
/// application.
pub fn leaving<'a>(params: &'a Params, person: &Person, month: Month) -> Result<Option<Leaving<'a>>, Error> {
    let Some(rule) = &params.age else { return Ok(None) };
    let band_in = |month: Month| -> Result<Option<&'a Band>, Error> {
        let day = When::month(params, person, month)?.age_day;
        Ok(rule.count().age(person.birth, day).and_then(|age| rule.band(age)))
    };
    let Some(band) = band_in(month)? else { return Ok(None) };
    // A band is left at the latest a settlement year after its last age is complete.
    let longest = band
        .below
        .saturating_sub(band.from)
        .saturating_add(2)
        .saturating_mul(12)
        .min(2400);
    for ahead in 1..=longest {
        let next = band_in(month.plus(ahead))?;
        if next != Some(band) {
            return Ok(Some(Leaving {
                band,
                last_month: month.plus(ahead - 1),
                turns_on: rule.count().turns_on(person.birth, band.below),
                next,
            }));
        }
    }
    Ok(None)
}

/// Until when papers of a kind carry the child from this day on without a gap (PL2: two consecutive ones); nothing where none is
/// valid on it or one runs for ever.
pub fn certificate_until(person: &Person, kind: &Code, day: NaiveDate) -> Option<NaiveDate> {
    let mut until = None;
    let mut at = day;
    // Each paper can carry further once.
    for _ in 0..=person.certificates.len() {
        let valid = person
            .certificates
            .iter()
            .filter(|paper| paper.kind == *kind && paper.valid.hold(at));
        let ends: Vec<Option<NaiveDate>> = valid.map(|paper| paper.valid.to).collect();
        if ends.contains(&None) {
            return None;
        }
        match ends.into_iter().flatten().max() {
            None => return until,
            Some(end) => {
                until = Some(end);
                at = end.succ_opt()?;
            }
        }
    }
    until
}
