//! Children and their mothers, as rosters and pages would bring them in.

use entities::{
    age::GestationalWeeks,
    words::{Kinship, Language, Sex},
};
use starbridge::{
    children::service::{NewChild, NewGuardian},
    person::{Ethnicity, Identity},
};

/// A boy of 庄市 who is two years old at the opening time, born at term, with his mother.
pub(crate) fn toddler(name: &str) -> NewChild {
    NewChild {
        name: name.into(),
        sex: Sex::Male,
        birth_on: "2024-10-20".parse().unwrap(),
        gestational_weeks: Some(GestationalWeeks::new(39).unwrap()),
        identity: Identity::NONE_YET,
        ethnicity: Ethnicity::HAN,
        household_division: None,
        division: "330211004".parse().unwrap(),
        resident_since: None,
        address: None,
        kindergarten: None,
        disability_card: None,
        guardians: vec![mother("王丽")],
    }
}

/// A mother with an address for mail, who lives with the child.
pub(crate) fn mother(name: &str) -> NewGuardian {
    NewGuardian {
        existing: None,
        name: name.into(),
        phone: None,
        email: Some("mother@example.org".into()),
        language: Language::Chinese,
        kinship: Kinship::Mother,
        has_custody: true,
        may_be_contacted: true,
    }
}
