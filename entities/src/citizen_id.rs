//! The citizen identity number (公民身份号码), GB 11643-1999, and the birth-certificate number that stands in for it.
//!
//! Eighteen characters: six for the division that first issued it, eight for the birth date, three in sequence (odd for
//! men, even for women), one check character by ISO 7064 MOD 11-2. Residents from Hong Kong, Macau and Taiwan hold a
//! permit (港澳台居民居住证) with the same structure under 810000, 820000 and 830000; since 1 December 2023 the permanent
//! residence card for foreigners (外国人永久居留身份证) has it too, with a leading 9.
//!
//! The first six digits say where the number was issued, often to a parent's household decades ago. They are not a
//! residence and nothing here offers them as one.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

use crate::{division_code::PROVINCES, half_width::compact, mask, words::Sex};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";
/// Nobody alive was born earlier; an earlier year is a slip of the finger.
const EARLIEST_BIRTH_YEAR: i32 = 1900;

/// A checked identity number: shape, issuing division, birth date and check character are all right.
///
/// It is personal information of the most sensitive kind, so `Debug` prints the mask and there is no `Display`; who
/// needs the digits asks for [`CitizenId::as_str`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CitizenId {
    number: String,
    born_on: NaiveDate,
    kind: CitizenIdKind,
}

/// Which document carries the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CitizenIdKind {
    /// Identity card or household register of a citizen.
    Citizen,
    /// Residence permit of a resident from Hong Kong (810000).
    HongKongPermit,
    /// Residence permit of a resident from Macau (820000).
    MacauPermit,
    /// Residence permit of a resident from Taiwan (830000).
    TaiwanPermit,
    /// Permanent residence card of a foreigner, edition of 2023 (leading 9).
    ForeignPermanentResident,
}

/// Why a text is not an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CitizenIdError {
    /// Not 18 characters.
    Length,
    /// A number of the edition before 1999, with 15 digits; such cards expired on 1 January 2013.
    FifteenDigits,
    /// Something else than 17 digits followed by a digit or X.
    Characters,
    /// The first digits are no issuing division.
    Division,
    /// The eight digits of the birth date are no date.
    BirthDate,
    /// The check character does not belong to the digits: one of them was mistyped.
    CheckDigit,
}

impl CitizenIdError {
    /// Key of the sentence that tells it to the person who typed the number.
    pub fn key(self) -> &'static str {
        match self {
            Self::Length => "citizen_id.length",
            Self::FifteenDigits => "citizen_id.fifteen_digits",
            Self::Characters => "citizen_id.characters",
            Self::Division => "citizen_id.division",
            Self::BirthDate => "citizen_id.birth_date",
            Self::CheckDigit => "citizen_id.check_digit",
        }
    }
}

impl fmt::Display for CitizenIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for CitizenIdError {}

/// In what the number contradicts what was entered beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CitizenIdMismatch {
    /// The sequence number belongs to the other sex.
    Sex,
    /// The number holds another birth date.
    BirthDate,
}

impl CitizenIdMismatch {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sex => "citizen_id.sex_differs",
            Self::BirthDate => "citizen_id.birth_date_differs",
        }
    }
}

impl CitizenId {
    /// Reads a number as people type it: spaces and full-width digits are forgiven, a small x becomes X.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order length, characters, division, birth date, check character.
    pub fn parse(text: &str) -> Result<Self, CitizenIdError> {
        let number = compact(text);
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        match number.chars().count() {
            18 => {}
            15 if digits == 15 => return Err(CitizenIdError::FifteenDigits),
            _ => return Err(CitizenIdError::Length),
        }
        if digits < 17 || !(digits == 18 || number.ends_with('X')) {
            return Err(CitizenIdError::Characters);
        }
        let kind = kind_of(&number).ok_or(CitizenIdError::Division)?;
        let born_on = birth_date_in(&number).ok_or(CitizenIdError::BirthDate)?;
        if check_character(&number) != number.chars().last() {
            return Err(CitizenIdError::CheckDigit);
        }
        Ok(Self { number, born_on, kind })
    }

    /// The 18 characters, X in upper case.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The birth date inside the number.
    pub fn born_on(&self) -> NaiveDate {
        self.born_on
    }

    /// The sex inside the number: odd sequence numbers are male, even ones female.
    pub fn sex(&self) -> Sex {
        match self.number.as_bytes().get(16) {
            Some(digit) if digit % 2 == 1 => Sex::Male,
            _ => Sex::Female,
        }
    }

    /// Which document carries the number.
    pub fn kind(&self) -> CitizenIdKind {
        self.kind
    }

    /// What contradicts the sex and birth date that were entered beside the number. A sex that is not stated
    /// contradicts nothing.
    pub fn mismatches(&self, sex: Sex, birth_on: Option<NaiveDate>) -> Vec<CitizenIdMismatch> {
        let mut found = Vec::new();
        if sex.is_stated() && sex != self.sex() {
            found.push(CitizenIdMismatch::Sex);
        }
        if birth_on.is_some_and(|day| day != self.born_on) {
            found.push(CitizenIdMismatch::BirthDate);
        }
        found
    }

    /// The number as lists may show it: `3302**********0016`.
    pub fn masked(&self) -> String {
        mask::citizen_id(&self.number)
    }
}

impl FromStr for CitizenId {
    type Err = CitizenIdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

fn kind_of(number: &str) -> Option<CitizenIdKind> {
    match number.get(..6)? {
        "810000" => Some(CitizenIdKind::HongKongPermit),
        "820000" => Some(CitizenIdKind::MacauPermit),
        "830000" => Some(CitizenIdKind::TaiwanPermit),
        prefix if prefix.starts_with('9') => Some(CitizenIdKind::ForeignPermanentResident),
        prefix if prefix.starts_with("81") || prefix.starts_with("82") => None,
        prefix => PROVINCES.contains(&prefix.get(..2)?).then_some(CitizenIdKind::Citizen),
    }
}

fn birth_date_in(number: &str) -> Option<NaiveDate> {
    let year = number.get(6..10)?.parse().ok()?;
    let month = number.get(10..12)?.parse().ok()?;
    let day = number.get(12..14)?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| date.year() >= EARLIEST_BIRTH_YEAR)
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_character(number: &str) -> Option<char> {
    let sum: u32 = number
        .chars()
        .zip(WEIGHTS)
        .filter_map(|(c, weight)| Some(c.to_digit(10)? * weight))
        .sum();
    let at = usize::try_from(sum % 11).ok()?;
    CHECK_CHARACTERS.get(at).copied().map(char::from)
}

/// Number of a birth certificate (出生医学证明编号): one letter and nine digits. An infant who is not yet entered in
/// a household register has this and no [`CitizenId`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BirthCertificateNo(String);

/// The text is not one letter followed by nine digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BirthCertificateError;

impl BirthCertificateError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        "birth_certificate.shape"
    }
}

impl BirthCertificateNo {
    /// Reads a number as people type it; the letter is brought to upper case.
    ///
    /// # Errors
    /// When it is not one letter and nine digits. The number has no check digit.
    pub fn parse(text: &str) -> Result<Self, BirthCertificateError> {
        let number = compact(text);
        let mut rest = number.bytes();
        let letter = rest.next().is_some_and(|c| c.is_ascii_uppercase());
        if letter && rest.len() == 9 && rest.all(|c| c.is_ascii_digit()) {
            Ok(Self(number))
        } else {
            Err(BirthCertificateError)
        }
    }

    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BirthCertificateNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BirthCertificateNo({})", mask::document(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VECTORS: [(&str, (i32, u32, u32), Sex); 4] = [
        ("330211202002290016", (2020, 2, 29), Sex::Male),
        ("330211201906151233", (2019, 6, 15), Sex::Male),
        ("330211202108010027", (2021, 8, 1), Sex::Female),
        ("33021120180312008X", (2018, 3, 12), Sex::Female),
    ];

    #[test]
    fn good_numbers_tell_birth_date_and_sex() {
        for (number, (y, m, d), sex) in VECTORS {
            let id = CitizenId::parse(number).unwrap();
            assert_eq!(id.as_str(), number);
            assert_eq!(id.born_on(), NaiveDate::from_ymd_opt(y, m, d).unwrap());
            assert_eq!(id.sex(), sex);
            assert_eq!(id.kind(), CitizenIdKind::Citizen);
        }
    }

    #[test]
    fn any_single_changed_character_is_caught() {
        for (number, ..) in VECTORS {
            for at in 0..18 {
                for other in "0123456789X".chars() {
                    let mut changed: Vec<char> = number.chars().collect();
                    if changed[at] == other {
                        continue;
                    }
                    changed[at] = other;
                    let changed: String = changed.into_iter().collect();
                    assert!(CitizenId::parse(&changed).is_err(), "{changed} passed");
                }
            }
        }
    }

    #[test]
    fn any_two_swapped_neighbours_are_caught() {
        for (number, ..) in VECTORS {
            for at in 0..16 {
                let mut swapped: Vec<char> = number.chars().collect();
                swapped.swap(at, at + 1);
                let swapped: String = swapped.into_iter().collect();
                assert!(
                    swapped == number || CitizenId::parse(&swapped).is_err(),
                    "{swapped} passed"
                );
            }
        }
    }

    #[test]
    fn clerks_may_type_spaces_small_x_and_full_width() {
        let id = CitizenId::parse(" 330211 20180312 008x ").unwrap();
        assert_eq!(id.as_str(), "33021120180312008X");
        assert_eq!(CitizenId::parse("３３０２１１２０１８０３１２００８ｘ").unwrap(), id);
    }

    #[test]
    fn every_error_has_its_own_name() {
        use CitizenIdError::*;
        for (text, error) in [
            ("", Length),
            ("33021120200229001", Length),
            ("3302112020022900160", Length),
            ("330211200229001", FifteenDigits),
            ("33021X202002290016", Characters),
            ("33021120200229001A", Characters),
            ("３３０２１１２０２００２２９００一六", Characters),
            ("000000202002290016", Division),
            ("810001201803120084", Division),
            ("330211202102290016", BirthDate),
            ("330211202013290016", BirthDate),
            ("330211000001010016", BirthDate),
            ("330211202002290017", CheckDigit),
            ("33021120200229001X", CheckDigit),
        ] {
            assert_eq!(CitizenId::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn permits_of_other_residents() {
        use CitizenIdKind::*;
        for (number, kind) in [
            ("810000201803120084", HongKongPermit),
            ("820000201803120078", MacauPermit),
            ("830000201803120061", TaiwanPermit),
            ("933156201803120057", ForeignPermanentResident),
        ] {
            assert_eq!(CitizenId::parse(number).unwrap().kind(), kind);
        }
    }

    #[test]
    fn contradictions_are_named() {
        let id = CitizenId::parse("330211202002290016").unwrap();
        let born = NaiveDate::from_ymd_opt(2020, 2, 29);
        let other = NaiveDate::from_ymd_opt(2020, 3, 1);
        assert_eq!(id.mismatches(Sex::Male, born), []);
        assert_eq!(id.mismatches(Sex::Unknown, None), []);
        assert_eq!(id.mismatches(Sex::Female, born), [CitizenIdMismatch::Sex]);
        assert_eq!(id.mismatches(Sex::Unspecified, other), [CitizenIdMismatch::BirthDate]);
        assert_eq!(id.mismatches(Sex::Female, other).len(), 2);
    }

    #[test]
    fn debug_output_is_masked() {
        let id = CitizenId::parse("330211202002290016").unwrap();
        assert_eq!(format!("{id:?}"), "CitizenId(3302**********0016)");
        let certificate = BirthCertificateNo::parse("T330123456").unwrap();
        assert_eq!(format!("{certificate:?}"), "BirthCertificateNo(T3******56)");
    }

    #[test]
    fn birth_certificates() {
        assert_eq!(BirthCertificateNo::parse(" t330123456").unwrap().as_str(), "T330123456");
        for wrong in [
            "",
            "T",
            "3301234567",
            "T33012345",
            "T3301234567",
            "TT30123456",
            "T33012345X",
            "T33012345六",
        ] {
            assert!(BirthCertificateNo::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_number_built_by_the_rule_is_accepted(
            province in 0_usize..32, area in 0_u32..10_000, day in 0_i64..46_000, sequence in 0_u32..1000,
        ) {
            let born = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Duration::days(day);
            let seventeen = format!("{}{area:04}{}{sequence:03}", PROVINCES[province], born.format("%Y%m%d"));
            let number = format!("{seventeen}{}", check_character(&seventeen).unwrap());
            let id = CitizenId::parse(&number).unwrap();
            prop_assert_eq!(id.born_on(), born);
            prop_assert_eq!(id.sex() == Sex::Male, sequence % 2 == 1);
        }

        #[test]
        fn nothing_breaks_the_reader(text in "\\PC{0,24}") {
            let _ = CitizenId::parse(&text);
            let _ = BirthCertificateNo::parse(&text);
        }
    }
}
