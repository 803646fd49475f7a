//! When two files may be one child. Pure; warnings while typing, rosters and the review queue all ask here.
//!
//! Twins and siblings share birth date, phone and address, so none of these counts without the name, and a phone is no
//! key. Two children of the same name and birthday do exist: when both have an identity number and the numbers
//! differ, they are two.

use chrono::NaiveDate;
use entities::words::{IdentityKind, Sex};

/// What is compared of a file. Numbers come as keyed hashes: nobody needs them readable for this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// Kind of document.
    pub identity_kind: IdentityKind,
    /// Hash of its number.
    pub identity_index: Option<String>,
    /// Tidy name.
    pub name: String,
    /// [`crate::person::hanzi::homophone_key`] of the name.
    pub name_sound: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Hashes of the guardians' phones.
    pub phone_indexes: Vec<String>,
}

/// Why two files may be one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The same document number.
    Identity,
    /// The same name and birth date.
    NameBirth,
    /// Names that sound alike, the same birth date, sex and phone of a guardian.
    SoundBirthPhone,
}

impl Reason {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::NameBirth => "name_birth",
            Self::SoundBirthPhone => "sound_birth_phone",
        }
    }

    /// Its sentence in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "duplicate.reason.identity",
            Self::NameBirth => "duplicate.reason.name_birth",
            Self::SoundBirthPhone => "duplicate.reason.sound_birth_phone",
        }
    }
}

/// Every reason why two files may be one child; none: they are two.
pub fn reasons(one: &Features, other: &Features) -> Vec<Reason> {
    let numbers = one.identity_index.as_ref().zip(other.identity_index.as_ref());
    if numbers.is_some_and(|(a, b)| a == b) {
        return vec![Reason::Identity];
    }
    // A citizen has one number for life. Passports are renewed and certificates reissued, so theirs may differ.
    let both_citizens = [one, other].iter().all(|f| f.identity_kind == IdentityKind::CitizenId);
    if (both_citizens && numbers.is_some()) || one.birth_on != other.birth_on {
        return Vec::new();
    }
    if one.name == other.name {
        return vec![Reason::NameBirth];
    }
    let same_sex = one.sex == other.sex || !one.sex.is_stated() || !other.sex.is_stated();
    let shared_phone = one
        .phone_indexes
        .iter()
        .any(|phone| other.phone_indexes.contains(phone));
    if one.name_sound == other.name_sound && same_sex && shared_phone {
        vec![Reason::SoundBirthPhone]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::hanzi;

    fn file(name: &str, sex: Sex, identity: Option<&str>, phone: &str) -> Features {
        Features {
            identity_kind: if identity.is_some() {
                IdentityKind::CitizenId
            } else {
                IdentityKind::NoneYet
            },
            identity_index: identity.map(str::to_owned),
            name: name.to_owned(),
            name_sound: hanzi::homophone_key(name),
            sex,
            birth_on: "2023-05-14".parse().unwrap(),
            phone_indexes: vec![phone.to_owned()],
        }
    }

    #[test]
    fn the_same_number_is_the_same_child_whatever_else_differs() {
        let mut other = file("李鸣", Sex::Female, Some("a"), "2");
        other.birth_on = "2022-01-01".parse().unwrap();
        assert_eq!(
            reasons(&file("王明", Sex::Male, Some("a"), "1"), &other),
            [Reason::Identity]
        );
    }

    #[test]
    fn the_same_name_and_birth_date() {
        let one = file("王明", Sex::Male, None, "1");
        assert_eq!(
            reasons(&one, &file("王明", Sex::Male, Some("b"), "2")),
            [Reason::NameBirth]
        );
        assert_eq!(reasons(&one, &file("王鸣", Sex::Male, None, "2")), []);
        let mut older = one.clone();
        older.birth_on = "2023-05-13".parse().unwrap();
        assert_eq!(reasons(&one, &older), []);
    }

    #[test]
    fn two_citizens_with_different_numbers_are_two() {
        let one = file("王明", Sex::Male, Some("a"), "1");
        assert_eq!(reasons(&one, &file("王明", Sex::Male, Some("b"), "1")), []);
    }

    #[test]
    fn a_name_heard_on_the_phone() {
        let one = file("李明", Sex::Male, None, "1");
        assert_eq!(
            reasons(&one, &file("黎鸣", Sex::Male, None, "1")),
            [Reason::SoundBirthPhone]
        );
        assert_eq!(
            reasons(&one, &file("黎鸣", Sex::Unknown, None, "1")),
            [Reason::SoundBirthPhone]
        );
        assert_eq!(reasons(&one, &file("黎鸣", Sex::Male, None, "2")), []);
    }

    #[test]
    fn twins_are_two_children() {
        let one = file("李明", Sex::Male, None, "1");
        for twin in [file("李亮", Sex::Male, None, "1"), file("黎鸣", Sex::Female, None, "1")] {
            assert_eq!(reasons(&one, &twin), []);
        }
    }
}
