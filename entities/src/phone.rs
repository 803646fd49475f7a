//! Telephone numbers of guardians and offices on the Chinese mainland.

use std::fmt;

use crate::{half_width::half_width, mask};

/// A checked telephone number. Siblings and twins share one, so it is never a key. `Debug` prints the mask,
/// `Display` the full number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Phone {
    /// A mobile number of eleven digits; text messages can be sent to it.
    Mobile(Mobile),
    /// A landline number.
    Landline(Landline),
}

/// A mobile number: 1, then 3 to 9, then nine digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mobile(String);

/// A landline number with its area code, `0574-86251234` or `0574-86251234-8012` with an extension.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Landline {
    area: String,
    local: String,
    extension: Option<String>,
}

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneError {
    /// Something else than digits, spaces, hyphens, brackets and a leading plus.
    Characters,
    /// A country code other than 86.
    Country,
    /// Starts like a mobile number and has not eleven digits, or the second one is not 3 to 9.
    Mobile,
    /// Seven or eight digits without an area code; which city is meant is not guessed.
    AreaCodeMissing,
    /// A landline number with too few or too many digits.
    Landline,
}

impl PhoneError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Characters => "phone.characters",
            Self::Country => "phone.country",
            Self::Mobile => "phone.mobile",
            Self::AreaCodeMissing => "phone.area_code_missing",
            Self::Landline => "phone.landline",
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for PhoneError {}

impl Phone {
    /// Reads a number as people write it: `138 1234 5678`, `+86-13812345678`, `(0574) 8625 1234`, `0574-86251234-8012`,
    /// full-width digits.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let typed = half_width(text);
        let typed = domestic(typed.trim())?;
        if typed.chars().any(|c| !c.is_ascii_digit() && !is_separator(c)) {
            return Err(PhoneError::Characters);
        }
        let groups: Vec<&str> = typed.split(is_separator).filter(|group| !group.is_empty()).collect();
        let digits: String = groups.concat();
        match digits.as_bytes() {
            [] => Err(PhoneError::Characters),
            [b'1', second, rest @ ..] => {
                if matches!(second, b'3'..=b'9') && rest.len() == 9 {
                    Ok(Self::Mobile(Mobile(digits)))
                } else {
                    Err(PhoneError::Mobile)
                }
            }
            [b'0', ..] => Landline::from_groups(&groups).map(Self::Landline),
            _ if matches!(digits.len(), 7 | 8) => Err(PhoneError::AreaCodeMissing),
            _ => Err(PhoneError::Landline),
        }
    }

    /// The mobile number, when text messages can be sent to it.
    pub fn mobile(&self) -> Option<&Mobile> {
        match self {
            Self::Mobile(mobile) => Some(mobile),
            Self::Landline(_) => None,
        }
    }

    /// The number as lists may show it: `138****5678`, `0574-******34`.
    pub fn masked(&self) -> String {
        match self {
            Self::Mobile(mobile) => mask::phone(mobile.as_str()),
            Self::Landline(line) => mask::phone(&format!("{}-{}", line.area, line.local)),
        }
    }
}

impl Mobile {
    /// Reads a mobile number; a landline is refused.
    ///
    /// # Errors
    /// [`PhoneError::Mobile`] for a landline, else as [`Phone::parse`].
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        match Phone::parse(text)? {
            Phone::Mobile(mobile) => Ok(mobile),
            Phone::Landline(_) => Err(PhoneError::Mobile),
        }
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Landline {
    /// Beijing and the 02x cities have three-digit area codes and eight-digit numbers; everybody else four and seven or
    /// eight.
    fn from_groups(groups: &[&str]) -> Result<Self, PhoneError> {
        let digits: String = groups.concat();
        let short_area = matches!(digits.as_bytes(), [b'0', b'1' | b'2', ..]);
        let area_length = if short_area { 3 } else { 4 };
        if digits.starts_with("00") || (digits.starts_with("01") && !digits.starts_with("010")) {
            return Err(PhoneError::Landline);
        }
        // Only a hyphenated last group can be an extension: without it the digits run together.
        let (number, extension) = match groups {
            [area, .., last] if area.len() == area_length && groups.len() > 2 && digits.len() > area_length + 8 => {
                (digits.strip_suffix(last).unwrap_or(&digits), Some((*last).to_owned()))
            }
            _ => (digits.as_str(), None),
        };
        let (Some(area), Some(local)) = (number.get(..area_length), number.get(area_length..)) else {
            return Err(PhoneError::Landline);
        };
        let right_length = if short_area {
            local.len() == 8
        } else {
            matches!(local.len(), 7 | 8)
        };
        let right_extension = extension.as_ref().is_none_or(|e| matches!(e.len(), 1..=6));
        if !right_length || !right_extension || local.starts_with(['0', '1']) {
            return Err(PhoneError::Landline);
        }
        Ok(Self {
            area: area.to_owned(),
            local: local.to_owned(),
            extension,
        })
    }
}

/// Takes the country code off: `+86`, `0086`, or `86` before a mobile number.
fn domestic(typed: &str) -> Result<&str, PhoneError> {
    if let Some(international) = typed.strip_prefix('+').or_else(|| typed.strip_prefix("00")) {
        return international.trim_start().strip_prefix("86").ok_or(PhoneError::Country);
    }
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    match typed.strip_prefix("86") {
        Some(rest) if digits == 13 => Ok(rest),
        _ => Ok(typed),
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '(' | ')' | '\u{2013}' | '\u{2014}' | '\t')
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mobile(Mobile(digits)) => f.write_str(digits),
            Self::Landline(line) => line.fmt(f),
        }
    }
}

impl fmt::Display for Landline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.area, self.local)?;
        match &self.extension {
            Some(extension) => write!(f, "-{extension}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mobile({})", mask::phone(&self.0))
    }
}

impl fmt::Debug for Landline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Landline({})", mask::phone(&format!("{}-{}", self.area, self.local)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (typed, kept) in [
            ("13812345678", "13812345678"),
            (" 138 1234 5678 ", "13812345678"),
            ("138-1234-5678", "13812345678"),
            ("+86 13812345678", "13812345678"),
            ("+86-138-1234-5678", "13812345678"),
            ("008613812345678", "13812345678"),
            ("8613812345678", "13812345678"),
            ("１９９１２３４５６７８", "19912345678"),
            ("057486251234", "0574-86251234"),
            ("0574-86251234", "0574-86251234"),
            ("（0574）8625 1234", "0574-86251234"),
            ("0574-86251234-8012", "0574-86251234-8012"),
            ("0579-2345678", "0579-2345678"),
            ("010-62345678", "010-62345678"),
            ("02162345678", "021-62345678"),
        ] {
            assert_eq!(Phone::parse(typed).unwrap().to_string(), kept, "{typed}");
        }
    }

    #[test]
    fn wrong_numbers_say_why() {
        use PhoneError::*;
        for (typed, error) in [
            ("", Characters),
            ("-", Characters),
            ("无", Characters),
            ("138123456ab", Characters),
            ("12812345678", Mobile),
            ("1381234567", Mobile),
            ("138123456789", Mobile),
            ("+1 2025550123", Country),
            ("86251234", AreaCodeMissing),
            ("0574-862512", Landline),
            ("0574-862512345678", Landline),
            ("010-6234567", Landline),
            ("0574-06251234", Landline),
            ("0110-62345678", Landline),
            ("4001234567", Landline),
        ] {
            assert_eq!(Phone::parse(typed).unwrap_err(), error, "{typed}");
        }
        assert_eq!(super::Mobile::parse("0574-86251234").unwrap_err(), Mobile);
    }

    #[test]
    fn debug_output_is_masked() {
        assert_eq!(
            format!("{:?}", Phone::parse("13812345678").unwrap()),
            "Phone(138****5678)"
        );
        assert_eq!(
            format!("{:?}", Phone::parse("0574-86251234-80").unwrap()),
            "Phone(0574-******34)"
        );
    }

    proptest! {
        #[test]
        fn what_we_keep_is_read_back_the_same(
            typed in "(1[3-9][0-9]{9})|(0574-?[2-9][0-9]{7})|(0574-[2-9][0-9]{7}-[0-9]{1,6})|(010[2-9][0-9]{7})",
        ) {
            let phone = Phone::parse(&typed).unwrap();
            prop_assert_eq!(Phone::parse(&phone.to_string()).unwrap(), phone);
        }

        #[test]
        fn nothing_breaks_the_reader(text in "\\PC{0,24}") {
            let _ = Phone::parse(&text);
        }
    }
}
