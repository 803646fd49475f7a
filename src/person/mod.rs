//! A person (自然人): who somebody is, whatever they are here for. Names as they are read and found, documents as they are
//! checked, what makes two persons one. A child's file is about a person; so is whatever is kept about adults.

pub mod ethnicity;
pub mod hanzi;
#[cfg(test)]
mod hanzi_tests;
pub mod identity;
pub mod likeness;
mod readings;

use chrono::NaiveDate;
use entities::{disability_card::DisabilityCardNo, phone::Phone};

pub use ethnicity::Ethnicity;
pub use identity::Identity;

/// A disability card (残疾人证) and the day it runs out.
#[derive(Clone, Debug)]
pub struct DisabilityCard {
    /// Its number.
    pub number: DisabilityCardNo,
    /// Last day of validity, when known.
    pub expires_on: Option<NaiveDate>,
}

/// Digits of a phone number: what its index is made of.
pub fn phone_digits(phone: &Phone) -> String {
    phone.to_string().chars().filter(char::is_ascii_digit).collect()
}
