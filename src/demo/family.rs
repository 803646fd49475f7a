//! Families: children with their parents, brothers and sisters, and the same child typed by ear at another desk.

use chrono::{NaiveDate, TimeDelta};
use entities::{
    GuardianId,
    division_code::DivisionCode,
    words::{Kinship, Language, Sex},
};
use rand::{RngExt as _, rngs::StdRng};

use super::{data::Data, people, place::District};
use crate::{
    children::service::{NewChild, NewGuardian},
    person::{Ethnicity, Identity},
    platform::{Error, Result},
};

/// So many families are remembered; brothers and sisters are born into one of them.
const REMEMBERED: usize = 4000;

/// Whom the next child may be a brother or sister of.
#[derive(Clone, Debug)]
pub(super) struct Family {
    surname: String,
    guardians: Vec<(GuardianId, NewGuardian)>,
    village: String,
    birth_on: NaiveDate,
}

/// The families of a district.
#[derive(Debug, Default)]
pub(super) struct Families(Vec<Family>);

impl Families {
    /// A family in which another child is born, now and then.
    fn one(&self, rng: &mut StdRng) -> Option<&Family> {
        (rng.random_bool(0.14) && !self.0.is_empty())
            .then(|| people::pick(rng, &self.0))
            .flatten()
    }

    /// Remember the family of a first child, whose guardians got the ids behind `last`.
    pub(super) fn remember(&mut self, data: &Data, new: &NewChild, last: i64) {
        let known = new.guardians.iter().any(|guardian| guardian.existing.is_some());
        if known || self.0.len() >= REMEMBERED {
            return;
        }
        let ids = (last + 1..).map(GuardianId);
        self.0.push(Family {
            surname: people::surname_of(data, &new.name),
            guardians: ids.zip(new.guardians.iter().cloned()).collect(),
            village: new.division.as_str().to_owned(),
            birth_on: new.birth_on,
        });
    }

    /// A child to be born in a district, with running number `running`.
    pub(super) fn child(
        &self,
        rng: &mut StdRng,
        data: &Data,
        district: &District,
        running: i64,
        today: NaiveDate,
    ) -> Result<NewChild> {
        let family = self.one(rng);
        let birth_on = birth(rng, family, today);
        let sex = if rng.random_bool(0.53) { Sex::Male } else { Sex::Female };
        let village = match family {
            Some(family) => family.village.clone(),
            None => {
                let street = people::pick(rng, &district.streets).ok_or(Error::NotFound)?;
                people::word(rng, &street.villages)
            }
        };
        let surname = family.map_or_else(|| people::surname(rng, data), |f| f.surname.clone());
        let minority = (family.is_none() && rng.random_bool(0.01))
            .then(|| people::pick(rng, &data.minority_names))
            .flatten();
        let name = match minority {
            Some(minority) => minority.name.clone(),
            None => surname.clone() + &people::given(rng, data, sex),
        };
        let guardians = match family {
            Some(family) => known(family),
            None => parents(rng, data, &surname),
        };
        let months = (today - birth_on).num_days() / 30;
        let number = u32::try_from(running).unwrap_or(0);
        let division = DivisionCode::parse(&village).map_err(|e| anyhow::anyhow!("{village}: {}", e.key()))?;
        Ok(NewChild {
            name,
            sex,
            birth_on,
            gestational_weeks: people::gestation(rng),
            identity: people::identity(rng, &district.code, birth_on, sex, number, today),
            ethnicity: Ethnicity::find(minority.map_or("01", |m| &m.ethnicity)).unwrap_or(Ethnicity::HAN),
            household_division: Some(division.clone()).filter(|_| rng.random_bool(0.7)),
            division,
            resident_since: None,
            address: Some(
                people::word(rng, &data.roads) + &data.house.replace('%', &rng.random_range(1..400).to_string()),
            ),
            kindergarten: (months >= 36 && rng.random_bool(0.9)).then(|| people::word(rng, &data.kindergartens)),
            disability_card: None,
            guardians,
        })
    }
}

/// Not yet seven years old; brothers and sisters one to four years apart, or twins.
fn birth(rng: &mut StdRng, family: Option<&Family>, today: NaiveDate) -> NaiveDate {
    let anybody = today - TimeDelta::days(rng.random_range(3..7 * 365));
    let Some(family) = family else { return anybody };
    if rng.random_bool(0.12) {
        return family.birth_on;
    }
    let older = family.birth_on - TimeDelta::days(rng.random_range(400..1500));
    if older > today - TimeDelta::days(7 * 365 + 1) {
        older
    } else {
        anybody
    }
}

fn known(family: &Family) -> Vec<NewGuardian> {
    let guardians = family.guardians.iter();
    guardians
        .map(|(id, guardian)| NewGuardian {
            existing: Some(*id),
            ..guardian.clone()
        })
        .collect()
}

fn parents(rng: &mut StdRng, data: &Data, surname: &str) -> Vec<NewGuardian> {
    let mother = people::surname(rng, data) + &people::word(rng, &data.parents);
    let father = surname.to_owned() + &people::word(rng, &data.parents);
    let mut family = vec![parent(rng, mother, Kinship::Mother)];
    if rng.random_bool(0.7) {
        family.push(parent(rng, father, Kinship::Father));
    }
    family
}

fn parent(rng: &mut StdRng, name: String, kinship: Kinship) -> NewGuardian {
    NewGuardian {
        existing: None,
        name,
        phone: people::phone(rng),
        email: rng
            .random_bool(0.4)
            .then(|| format!("family{}@mail.example", rng.random_range(1..1_000_000))),
        language: Language::Chinese,
        kinship,
        has_custody: true,
        may_be_contacted: rng.random_bool(0.98),
    }
}

/// The same child, typed by ear at another desk.
pub(super) fn typed_by_ear(new: &NewChild, data: &Data) -> NewChild {
    let mut copy = new.clone();
    copy.identity = Identity::NONE_YET;
    for [right, wrong] in &data.homophones {
        copy.name = copy.name.replace(right, wrong);
    }
    for guardian in &mut copy.guardians {
        guardian.existing = None;
    }
    copy
}
