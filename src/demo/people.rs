//! Invented people: names by their frequency, valid numbers that belong to nobody.

use chrono::{Datelike as _, NaiveDate};
use entities::{
    age::GestationalWeeks,
    phone::Phone,
    words::{IdentityKind, Sex},
};
use rand::{RngExt as _, rngs::StdRng};

use super::data::Data;
use crate::person::Identity;

/// One of several.
pub(super) fn pick<'a, T>(rng: &mut StdRng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty())
        .then(|| rng.random_range(0..from.len()))
        .and_then(|n| from.get(n))
}

/// One of several texts.
pub(super) fn word(rng: &mut StdRng, from: &[String]) -> String {
    pick(rng, from).cloned().unwrap_or_default()
}

/// Frequent surnames stand first in the list and are drawn more often.
pub(super) fn surname(rng: &mut StdRng, data: &Data) -> String {
    if rng.random_bool(0.004) {
        return word(rng, &data.compound_surnames);
    }
    let n = data.surnames.len();
    let at = rng.random_range(0..n.max(1)).min(rng.random_range(0..n.max(1)));
    data.surnames.get(at).cloned().unwrap_or_default()
}

/// The surname that a name begins with.
pub(super) fn surname_of(data: &Data, name: &str) -> String {
    let compound = data.compound_surnames.iter().find(|surname| name.starts_with(*surname));
    compound.cloned().unwrap_or_else(|| name.chars().take(1).collect())
}

/// A child's given name.
pub(super) fn given(rng: &mut StdRng, data: &Data, sex: Sex) -> String {
    word(rng, if sex == Sex::Male { &data.boys } else { &data.girls })
}

/// A citizen number (GB 11643) for a birth date and sex. `running` keeps it from being given twice.
pub(super) fn citizen_number(district: &str, birth_on: NaiveDate, sex: Sex, running: u32) -> String {
    let sequence = (running % 499) * 2 + u32::from(sex == Sex::Male);
    let body = format!(
        "{district}{:04}{:02}{:02}{sequence:03}",
        birth_on.year(),
        birth_on.month(),
        birth_on.day()
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = "10X98765432"
        .chars()
        .nth(usize::try_from(sum % 11).unwrap_or(0))
        .unwrap_or('0');
    format!("{body}{check}")
}

/// The document of a child: a newborn may have none yet.
pub(super) fn identity(
    rng: &mut StdRng,
    district: &str,
    birth_on: NaiveDate,
    sex: Sex,
    running: u32,
    today: NaiveDate,
) -> Identity {
    let days = (today - birth_on).num_days();
    if days < 60 && rng.random_bool(0.5) {
        return Identity::NONE_YET;
    }
    if days < 120 && rng.random_bool(0.3) {
        let number = format!("Q{:09}", 330_000_000 + running);
        return Identity::parse(IdentityKind::BirthCertificate, &number).unwrap_or(Identity::NONE_YET);
    }
    let number = citizen_number(district, birth_on, sex, running);
    Identity::parse(IdentityKind::CitizenId, &number).unwrap_or(Identity::NONE_YET)
}

/// A mobile number.
pub(super) fn phone(rng: &mut StdRng) -> Option<Phone> {
    let second = pick(rng, &[3, 5, 7, 8, 9]).copied().unwrap_or(3);
    Phone::parse(&format!("1{second}{:09}", rng.random_range(0..1_000_000_000u32))).ok()
}

/// Completed weeks of pregnancy; one in fifteen comes early, one in twenty is not known.
pub(super) fn gestation(rng: &mut StdRng) -> Option<GestationalWeeks> {
    let weeks = match rng.random_range(0..100) {
        0..5 => return None,
        5..12 => rng.random_range(29..37),
        _ => rng.random_range(37..42),
    };
    GestationalWeeks::new(weeks).ok()
}
