//! The unified social credit code of an institution (统一社会信用代码), GB 32100-2015.

use std::fmt;

use crate::half_width::compact;

/// Digits and capital letters without I, O, S, V and Z; a character's place is its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A checked credit code: 18 characters, the last one a check character (modulus 31 with the powers of 3 as weights).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode(String);

/// Why a text is not a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditCodeError {
    /// Not 18 characters.
    Length,
    /// A character outside the alphabet of the standard; I, O, S, V and Z do not occur.
    Characters,
    /// The check character does not belong to the others.
    CheckDigit,
}

impl CreditCodeError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Length => "credit_code.length",
            Self::Characters => "credit_code.characters",
            Self::CheckDigit => "credit_code.check_digit",
        }
    }
}

impl fmt::Display for CreditCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for CreditCodeError {}

impl CreditCode {
    /// Reads a code as people type it: spaces, small letters and full-width characters are forgiven.
    ///
    /// # Errors
    /// See [`CreditCodeError`].
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        let code = compact(text);
        if code.chars().count() != 18 {
            return Err(CreditCodeError::Length);
        }
        let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
        let values = values.ok_or(CreditCodeError::Characters)?;
        let (check, body) = values.split_last().ok_or(CreditCodeError::Length)?;
        let (sum, _) = body
            .iter()
            .fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
        if (31 - sum % 31) % 31 == *check {
            Ok(Self(code))
        } else {
            Err(CreditCodeError::CheckDigit)
        }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example printed in GB 32100-2015, and one code with every kind of character.
    const GOOD: [&str; 2] = ["91350100M000100Y43", "12330211MB0000000N"];

    #[test]
    fn good_codes() {
        for code in GOOD {
            assert_eq!(CreditCode::parse(code).unwrap().as_str(), code);
            assert_eq!(
                CreditCode::parse(&format!(" {} ", code.to_lowercase()))
                    .unwrap()
                    .as_str(),
                code
            );
        }
    }

    #[test]
    fn any_single_changed_character_is_caught() {
        for code in GOOD {
            for at in 0..18 {
                for other in ALPHABET.chars() {
                    let mut changed: Vec<char> = code.chars().collect();
                    if changed[at] != other {
                        changed[at] = other;
                        let changed: String = changed.into_iter().collect();
                        assert_eq!(
                            CreditCode::parse(&changed),
                            Err(CreditCodeError::CheckDigit),
                            "{changed}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn wrong_codes_say_why() {
        assert_eq!(CreditCode::parse(""), Err(CreditCodeError::Length));
        assert_eq!(CreditCode::parse("91350100M000100Y4"), Err(CreditCodeError::Length));
        assert_eq!(CreditCode::parse("91350100M000100Y433"), Err(CreditCodeError::Length));
        assert_eq!(
            CreditCode::parse("9135O100M000100Y43"),
            Err(CreditCodeError::Characters)
        );
        assert_eq!(
            CreditCode::parse("统一社会信用代码统一社会信用代码统一"),
            Err(CreditCodeError::Characters)
        );
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(text in "\\PC{0,24}") {
            let _ = CreditCode::parse(&text);
        }
    }
}
