//! When two files may be one child. Pure; warnings while typing, rosters and the review queue all ask here.
//!
//! Name, sex, birth date and guardian are compared, and one of them may differ by a slip of whoever wrote it down. Twins and
//! siblings share birth date, guardian and address, so none of these counts without the name. Two children of the same name
//! and birthday do exist: when both have an identity number and the numbers differ, they are two.

use chrono::{Datelike as _, NaiveDate};
use entities::{
    GuardianId,
    words::{IdentityKind, Sex},
};

use super::hanzi;

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
    /// Records of the guardians; none before there is a file.
    pub guardians: Vec<GuardianId>,
}

impl Features {
    /// Somebody answers for both: the same record, or the same phone.
    fn share_guardian(&self, other: &Self) -> bool {
        self.guardians.iter().any(|one| other.guardians.contains(one))
            || self.phone_indexes.iter().any(|one| other.phone_indexes.contains(one))
    }

    fn may_share_sex(&self, other: &Self) -> bool {
        self.sex == other.sex || !self.sex.is_stated() || !other.sex.is_stated()
    }

    /// The same citizen number: one of the two numbers is wrong, or they are one child.
    pub fn share_citizen_number(&self, other: &Self) -> bool {
        [self, other].iter().all(|one| is_citizen(one.identity_kind))
            && self.identity_index.is_some()
            && self.identity_index == other.identity_index
    }
}

/// A number that a person has alone and for life, as a citizen or by the residence permit, which is numbered like it.
pub const fn is_citizen(kind: IdentityKind) -> bool {
    matches!(kind, IdentityKind::CitizenId | IdentityKind::ResidencePermit)
}

/// Why two files may be one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The same document number.
    Identity,
    /// Somebody named the two files.
    Named,
    /// The same name, sex and guardian; birth dates that are one slip apart.
    BirthSlip,
    /// The same birth date, sex and guardian; names that are one slip apart.
    NameSlip,
    /// The same name and birth date.
    NameBirth,
    /// Names that sound alike, the same birth date, sex and guardian.
    SoundBirthPhone,
}

impl Reason {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Named => "named",
            Self::BirthSlip => "birth_slip",
            Self::NameSlip => "name_slip",
            Self::NameBirth => "name_birth",
            Self::SoundBirthPhone => "sound_birth_phone",
        }
    }

    /// Its sentence in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "duplicate.reason.identity",
            Self::Named => "duplicate.reason.named",
            Self::BirthSlip => "duplicate.reason.birth_slip",
            Self::NameSlip => "duplicate.reason.name_slip",
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
    if both_citizens && numbers.is_some() {
        return Vec::new();
    }
    if one.birth_on == other.birth_on && one.name == other.name {
        return vec![Reason::NameBirth];
    }
    // Whatever else differs, the same people answer for both.
    if !one.may_share_sex(other) || !one.share_guardian(other) {
        return Vec::new();
    }
    if one.birth_on != other.birth_on {
        let slip = one.name == other.name && is_slip_of_day(one.birth_on, other.birth_on);
        return if slip { vec![Reason::BirthSlip] } else { Vec::new() };
    }
    if one.name_sound == other.name_sound || hanzi::may_sound_alike(&one.name, &other.name) {
        vec![Reason::SoundBirthPhone]
    } else if is_slip_of_name(&one.name, &other.name) {
        vec![Reason::NameSlip]
    } else {
        Vec::new()
    }
}

/// Two different days of which one was written for the other: day and month changed, a day, a month or a year off, one
/// digit wrong, or two digits beside each other changed.
pub fn is_slip_of_day(one: NaiveDate, other: NaiveDate) -> bool {
    let parts = |day: NaiveDate| (day.year(), day.month(), day.day());
    let ((y1, m1, d1), (y2, m2, d2)) = (parts(one), parts(other));
    let off_by = [y1 == y2, m1 == m2, d1 == d2];
    (y1 == y2 && m1 == d2 && d1 == m2)
        || (one - other).num_days().abs() == 1
        || (off_by == [false, true, true] && y1.abs_diff(y2) == 1)
        || (off_by == [true, false, true] && m1.abs_diff(m2) == 1)
        || is_slip_of_digits(one, other)
}

fn is_slip_of_digits(one: NaiveDate, other: NaiveDate) -> bool {
    let digits = |day: NaiveDate| day.format("%Y%m%d").to_string().into_bytes();
    let (one, other) = (digits(one), digits(other));
    let wrong: Vec<(usize, (u8, u8))> = one
        .iter()
        .copied()
        .zip(other.iter().copied())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .collect();
    match wrong.as_slice() {
        [_] => true,
        [(at, (a, b)), (next, (c, d))] => *next == *at + 1 && a == d && b == c,
        _ => false,
    }
}

/// A character was left out, or two beside each other were changed. Another character in its place is how twins are named.
fn is_slip_of_name(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() < other.len() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    if short.len() == long.len() {
        let wrong: Vec<usize> = (0..long.len()).filter(|at| short.get(*at) != long.get(*at)).collect();
        return match wrong.as_slice() {
            [a, b] => *b == *a + 1 && short.get(*a) == long.get(*b) && short.get(*b) == long.get(*a),
            _ => false,
        };
    }
    // Of one character alone nothing can be left out.
    short.len() > 1 && short.len() + 1 == long.len() && {
        let same = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
        short.get(same..) == long.get(same + 1..)
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
            guardians: Vec::new(),
        }
    }

    fn born(one: &Features, day: &str) -> Features {
        Features {
            birth_on: day.parse().unwrap(),
            ..one.clone()
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
        assert_eq!(reasons(&one, &older), [Reason::BirthSlip], "the same guardian");
        older.phone_indexes = vec!["2".to_owned()];
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
    fn one_slip_hides_no_child() {
        let one = file("王小雨", Sex::Male, None, "1");
        // 2023-05-14 written otherwise.
        for day in [
            "2023-05-13", // a day off
            "2023-05-15",
            "2022-05-14", // a year off
            "2024-05-14",
            "2023-04-14", // a month off
            "2023-05-24", // one digit
            "2013-05-14",
            "2032-05-14", // two digits changed
        ] {
            assert_eq!(reasons(&one, &born(&one, day)), [Reason::BirthSlip], "{day}");
        }
        let may = born(&one, "2023-03-07");
        assert_eq!(
            reasons(&may, &born(&one, "2023-07-03")),
            [Reason::BirthSlip],
            "day and month"
        );
        let last = born(&one, "2023-12-31");
        assert_eq!(
            reasons(&last, &born(&one, "2024-01-01")),
            [Reason::BirthSlip],
            "the day after"
        );
        for day in ["2021-07-14", "2023-06-15", "2023-05-20", "2020-01-30"] {
            assert_eq!(reasons(&one, &born(&one, day)), [], "{day}");
        }
        let slip = born(&one, "2023-05-15");
        assert_eq!(
            reasons(
                &one,
                &Features {
                    sex: Sex::Female,
                    ..slip.clone()
                }
            ),
            []
        );
        assert_eq!(
            reasons(
                &one,
                &Features {
                    sex: Sex::Unknown,
                    ..slip.clone()
                }
            ),
            [Reason::BirthSlip]
        );
        assert_eq!(
            reasons(
                &one,
                &Features {
                    name: "王小雪".into(),
                    ..slip.clone()
                }
            ),
            []
        );
        let stranger = Features {
            phone_indexes: vec!["2".into()],
            ..slip.clone()
        };
        assert_eq!(reasons(&one, &stranger), [], "another family");
        let record = |mut file: Features| {
            file.guardians = vec![GuardianId(7)];
            file
        };
        assert_eq!(
            reasons(&record(one), &record(stranger)),
            [Reason::BirthSlip],
            "one record, two phones"
        );
    }

    #[test]
    fn one_slip_of_the_name_hides_no_child() {
        let one = file("王小雨", Sex::Male, None, "1");
        for (name, reason) in [
            ("王雨", Reason::NameSlip),
            ("王雨小", Reason::NameSlip),
            ("王小小雨", Reason::NameSlip),
            ("王晓宇", Reason::SoundBirthPhone),
        ] {
            assert_eq!(reasons(&one, &file(name, Sex::Male, None, "1")), [reason], "{name}");
            assert_eq!(
                reasons(&one, &file(name, Sex::Male, None, "2")),
                [],
                "{name} of another family"
            );
        }
        let read = file("单晟", Sex::Male, None, "1");
        assert_eq!(
            reasons(&read, &file("善胜", Sex::Male, None, "1")),
            [Reason::SoundBirthPhone]
        );
        for twin in ["王小雪", "王大雨", "王", "李小雨"] {
            assert_eq!(reasons(&one, &file(twin, Sex::Male, None, "1")), [], "{twin}");
        }
    }

    #[test]
    fn twins_are_two_children() {
        let one = file("李明", Sex::Male, None, "1");
        for twin in [file("李亮", Sex::Male, None, "1"), file("黎鸣", Sex::Female, None, "1")] {
            assert_eq!(reasons(&one, &twin), []);
        }
    }
}
