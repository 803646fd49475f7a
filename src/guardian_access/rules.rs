//! How often, how long, and what somebody typed: without database or clock.

use chrono::TimeDelta;
use entities::{
    half_width::{compact, narrow},
    phone::Phone,
    words::{AccessWay, IdentityCheck},
};

use crate::{person::phone_digits, platform::chance};

/// Tries of one code. Five of a million codes; an address has [`OF_ADDRESS_A_DAY`] of them a day.
pub const TRIES: i32 = 5;
/// Codes that one address may ask for within [`SHORTLY`].
pub const OF_ADDRESS: u64 = 3;
/// What counts as shortly.
pub const SHORTLY: TimeDelta = TimeDelta::minutes(15);
/// Codes that one address may ask for in a day.
pub const OF_ADDRESS_A_DAY: u64 = 10;
/// Questions that one network may ask in an hour: a whole centre stands behind one address.
pub const OF_NETWORK_AN_HOUR: u64 = 60;
/// Wrong codes of one guardian in a day, whatever they were sent to; then no code goes out any more.
pub const WRONG_OF_GUARDIAN_A_DAY: i64 = 20;
/// How long a code holds that staff read out.
pub const COUNTER_HOLDS: TimeDelta = TimeDelta::minutes(15);
/// How long a visit lasts when nothing more is asked for.
pub const IDLE: TimeDelta = TimeDelta::minutes(15);
/// How long it lasts at the most.
pub const LASTS: TimeDelta = TimeDelta::hours(1);
/// Rows of visits are kept for so long; signatures and events keep what they need themselves.
pub const KEPT: TimeDelta = TimeDelta::days(30);
/// Longest name and address, in characters.
pub const LONGEST: usize = 120;

/// What codes are read out in: nothing that is taken for something else.
const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Letters of a code that staff read out: one of 850 thousand million.
const LENGTH: usize = 8;

/// An address that a code can go to, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// By which way.
    pub way: AccessWay,
    /// Digits of a telephone, or an e-mail address in small letters.
    pub compared: String,
}

impl Address {
    /// What somebody typed; none where it is neither a mobile number nor an e-mail address.
    pub fn read(text: &str) -> Option<Self> {
        let text = narrow(text);
        let text = text.trim();
        if let Some((name, host)) = text.split_once('@') {
            let whole = !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace);
            return whole.then(|| Self {
                way: AccessWay::Mail,
                compared: text.to_lowercase(),
            });
        }
        let phone = Phone::parse(text).ok()?;
        phone.mobile()?;
        Some(Self {
            way: AccessWay::Phone,
            compared: phone_digits(&phone),
        })
    }
}

/// The same name, whatever blanks and widths it was typed with.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| compact(name).to_lowercase();
    !one.trim().is_empty() && plain(one) == plain(other)
}

/// A code of six digits.
pub fn digits() -> String {
    format!("{:06}", chance::below(1_000_000))
}

/// A code that staff read out, by itself enough to find its row.
pub fn letters() -> String {
    let letter = |_| LETTERS.get(chance::below(LETTERS.len())).copied().unwrap_or(b'2');
    (0..LENGTH).map(letter).map(char::from).collect()
}

/// A code as it is compared: without blanks and hyphens, in capitals.
pub fn code(typed: &str) -> String {
    narrow(typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// A code as it is read out: in two halves.
pub fn spoken(code: &str) -> String {
    let (first, second) = code.split_at_checked(LENGTH / 2).unwrap_or((code, ""));
    format!("{first}-{second}")
}

/// What a way makes sure of.
pub const fn check(way: AccessWay) -> IdentityCheck {
    match way {
        AccessWay::Phone => IdentityCheck::PhoneCode,
        AccessWay::Mail => IdentityCheck::MailCode,
        AccessWay::Counter => IdentityCheck::Witness,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let phone = |text: &str| Address::read(text).map(|a| (a.way, a.compared));
        for text in [
            "13800001234",
            " 138 0000 1234",
            "+86-138-0000-1234",
            "１３８００００１２３４",
        ] {
            assert_eq!(
                phone(text),
                Some((AccessWay::Phone, "13800001234".to_owned())),
                "{text}"
            );
        }
        assert_eq!(
            phone(" Wang.Fang@Example.ORG "),
            Some((AccessWay::Mail, "wang.fang@example.org".to_owned()))
        );
        for text in ["", "王芳", "0574-86251234", "12345", "@", "a@b", "a b@c.cn"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_the_same_without_their_blanks() {
        assert!(is_same_name("王 芳", "王芳") && is_same_name("Anna Li", "anna  li"));
        assert!(!is_same_name("王芳", "王方") && !is_same_name("", ""));
    }

    #[test]
    fn codes_are_read_out_and_typed() {
        let one = letters();
        assert_eq!(one.len(), LENGTH);
        assert!(one.bytes().all(|letter| LETTERS.contains(&letter)));
        assert_eq!(code(&format!(" {} ", spoken(&one).to_lowercase())), one);
        assert_eq!(digits().len(), 6);
        assert_eq!(code("１２ 34-56"), "123456");
    }
}
