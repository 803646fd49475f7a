//! The disability card (中华人民共和国残疾人证) and its number, 残联发〔2017〕34号 残疾人证管理办法.
//!
//! Twenty characters: the holder's identity number, one digit for the category, one for the grade. A card that was
//! issued again after a loss carries a suffix: B1, B2, … since 2017, a single digit before.

use std::fmt;

use sea_orm::{Iterable, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    citizen_id::{CitizenId, CitizenIdError},
    half_width::compact,
    mask,
};

/// Category of disability, GB/T 26341-2010 残疾人残疾分类和分级; the digit is the one on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DisabilityCategory {
    /// 1 视力
    Vision,
    /// 2 听力
    Hearing,
    /// 3 言语
    Speech,
    /// 4 肢体
    Physical,
    /// 5 智力
    Intellectual,
    /// 6 精神; autism is normally certified here.
    Psychiatric,
    /// 7 多重
    Multiple,
}

impl DisabilityCategory {
    /// The digit on the card.
    pub fn digit(self) -> char {
        match self {
            Self::Vision => '1',
            Self::Hearing => '2',
            Self::Speech => '3',
            Self::Physical => '4',
            Self::Intellectual => '5',
            Self::Psychiatric => '6',
            Self::Multiple => '7',
        }
    }

    /// Reads the digit on the card.
    pub fn from_digit(digit: char) -> Option<Self> {
        Self::iter().find(|category| category.digit() == digit)
    }

    /// The key of its name in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vision => "word.disability_category.vision",
            Self::Hearing => "word.disability_category.hearing",
            Self::Speech => "word.disability_category.speech",
            Self::Physical => "word.disability_category.physical",
            Self::Intellectual => "word.disability_category.intellectual",
            Self::Psychiatric => "word.disability_category.psychiatric",
            Self::Multiple => "word.disability_category.multiple",
        }
    }
}

/// A checked card number. `Debug` prints the mask; the digits are in [`DisabilityCardNo::as_str`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DisabilityCardNo {
    number: String,
    holder: CitizenId,
    category: DisabilityCategory,
    grade: u8,
}

/// Why a text is not a card number, or not this person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisabilityCardError {
    /// Not an identity number plus category and grade, with the suffix of a reissue at most.
    Shape,
    /// The 19th character is not a category, 1 to 7.
    Category,
    /// The 20th character is not a grade, 1 to 4.
    Grade,
    /// The suffix is neither one digit nor B1 to B9.
    Suffix,
    /// The identity number inside is wrong.
    CitizenId(CitizenIdError),
    /// The identity number inside is another person's.
    OtherPerson,
}

impl DisabilityCardError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Shape => "disability_card.shape",
            Self::Category => "disability_card.category",
            Self::Grade => "disability_card.grade",
            Self::Suffix => "disability_card.suffix",
            Self::CitizenId(error) => error.key(),
            Self::OtherPerson => "disability_card.other_person",
        }
    }
}

impl fmt::Display for DisabilityCardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for DisabilityCardError {}

impl DisabilityCardNo {
    /// Reads a card number as people type it.
    ///
    /// # Errors
    /// The first part that is wrong; see [`DisabilityCardError`].
    pub fn parse(text: &str) -> Result<Self, DisabilityCardError> {
        let number = compact(text);
        let cut = number.char_indices().nth(18).ok_or(DisabilityCardError::Shape)?.0;
        let (holder, tail) = number.split_at(cut);
        let mut tail = tail.chars();
        let (Some(category), Some(grade)) = (tail.next(), tail.next()) else {
            return Err(DisabilityCardError::Shape);
        };
        let holder = CitizenId::parse(holder).map_err(DisabilityCardError::CitizenId)?;
        let category = DisabilityCategory::from_digit(category).ok_or(DisabilityCardError::Category)?;
        let grade = match grade {
            '1' => 1,
            '2' => 2,
            '3' => 3,
            '4' => 4,
            _ => return Err(DisabilityCardError::Grade),
        };
        match (tail.next(), tail.next(), tail.next()) {
            (None | Some('0'..='9'), None, None) | (Some('B'), Some('1'..='9'), None) => {}
            _ => return Err(DisabilityCardError::Suffix),
        }
        Ok(Self {
            number,
            holder,
            category,
            grade,
        })
    }

    /// Reads the card number of a person whose identity number is known.
    ///
    /// # Errors
    /// As [`DisabilityCardNo::parse`], and [`DisabilityCardError::OtherPerson`] when the card is somebody else's.
    pub fn parse_for(text: &str, person: &CitizenId) -> Result<Self, DisabilityCardError> {
        let card = Self::parse(text)?;
        if card.belongs_to(person) {
            Ok(card)
        } else {
            Err(DisabilityCardError::OtherPerson)
        }
    }

    /// The number with its suffix, in upper case.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The identity number inside.
    pub fn holder(&self) -> &CitizenId {
        &self.holder
    }

    /// Category of disability.
    pub fn category(&self) -> DisabilityCategory {
        self.category
    }

    /// Grade, 1 (most severe) to 4.
    pub fn grade(&self) -> u8 {
        self.grade
    }

    /// The suffix of a card issued again after a loss, `"B1"` or, on older cards, one digit.
    pub fn reissue(&self) -> Option<&str> {
        self.number.get(20..).filter(|suffix| !suffix.is_empty())
    }

    /// Whether the card is this person's.
    pub fn belongs_to(&self, person: &CitizenId) -> bool {
        self.holder == *person
    }

    /// The number as lists may show it.
    pub fn masked(&self) -> String {
        mask::citizen_id(&self.number)
    }
}

impl fmt::Debug for DisabilityCardNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DisabilityCardNo({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOLDER: &str = "33021120180312008X";

    #[test]
    fn a_first_card() {
        let card = DisabilityCardNo::parse("33021120180312008x62").unwrap();
        assert_eq!(card.category(), DisabilityCategory::Psychiatric);
        assert_eq!(card.grade(), 2);
        assert_eq!(card.reissue(), None);
        assert_eq!(card.holder().as_str(), HOLDER);
        assert_eq!(format!("{card:?}"), "DisabilityCardNo(3302************8X62)");
    }

    #[test]
    fn reissued_cards_carry_a_suffix() {
        for suffix in ["0", "1", "9", "B1", "B9"] {
            let card = DisabilityCardNo::parse(&format!("{HOLDER}71{suffix}")).unwrap();
            assert_eq!(card.reissue(), Some(suffix));
            assert_eq!(card.category(), DisabilityCategory::Multiple);
            assert_eq!(card.grade(), 1);
        }
        assert_eq!(
            DisabilityCardNo::parse("330211 20180312 008x 61 b2").unwrap().reissue(),
            Some("B2")
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        use DisabilityCardError::*;
        for (tail, error) in [
            ("", Shape),
            ("6", Shape),
            ("02", Category),
            ("82", Category),
            ("60", Grade),
            ("65", Grade),
            ("62B", Suffix),
            ("62B0", Suffix),
            ("62A1", Suffix),
            ("6212", Suffix),
            ("62B11", Suffix),
        ] {
            assert_eq!(
                DisabilityCardNo::parse(&format!("{HOLDER}{tail}")).unwrap_err(),
                error,
                "{tail}"
            );
        }
        assert_eq!(
            DisabilityCardNo::parse("33021120180312009X62").unwrap_err(),
            CitizenId(CitizenIdError::CheckDigit)
        );
        assert_eq!(DisabilityCardNo::parse("残疾人证号码残疾人证号码").unwrap_err(), Shape);
        assert_eq!(DisabilityCardNo::parse(&format!("{HOLDER}六2")).unwrap_err(), Category);
    }

    #[test]
    fn a_card_of_somebody_else_is_refused() {
        let person = crate::citizen_id::CitizenId::parse("330211202002290016").unwrap();
        assert_eq!(
            DisabilityCardNo::parse_for(&format!("{HOLDER}62"), &person).unwrap_err(),
            DisabilityCardError::OtherPerson
        );
        assert!(DisabilityCardNo::parse_for("33021120200229001662", &person).is_ok());
    }

    #[test]
    fn category_digits_go_there_and_back() {
        assert_eq!(
            DisabilityCategory::iter()
                .map(DisabilityCategory::digit)
                .collect::<String>(),
            "1234567"
        );
        assert_eq!(DisabilityCategory::from_digit('8'), None);
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(text in "\\PC{0,26}") {
            let _ = DisabilityCardNo::parse(&text);
        }
    }
}
