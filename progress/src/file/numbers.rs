//! Numbers and names of files.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::number::Amount;

/// A number that is not negative, exactly as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal(pub(super) Amount);

/// A whole number of events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) u32);

/// The name of a session, a person, a place; a number is a name, too.
#[derive(Debug, Clone)]
pub(super) struct Name(pub(super) String);

/// Most events of one record: more than anybody taps.
const MOST: u32 = 1_000_000;

impl Count {
    pub(super) fn new(number: f64) -> Option<Self> {
        let fits = number.fract() == 0.0 && (0.0..=f64::from(MOST)).contains(&number);
        // Without a fraction and in bounds, it reads as a whole number.
        if fits {
            format!("{number}").parse().ok().map(Self)
        } else {
            None
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = from.deserialize_any(Number("a number from 0 to 10000000 with at most 21 decimals"))?;
        Amount::read(number).map(Self).ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Float(number),
                &"a number from 0 to 10000000 with at most 21 decimals",
            )
        })
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = from.deserialize_any(Number("a whole number from 0 to 1000000"))?;
        Self::new(number)
            .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Float(number), &"a whole number from 0 to 1000000"))
    }
}

struct Number(&'static str);

impl de::Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    /// Numbers too large for 32 bits are too large for anything here.
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<f64, E> {
        let small = u32::try_from(number).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))?;
        Ok(f64::from(small))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<f64, E> {
        Err(E::invalid_value(de::Unexpected::Signed(number), &self))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Named)
    }
}

struct Named;

impl de::Visitor<'_> for Named {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name that is not blank")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
        if name.trim().is_empty() {
            return Err(E::invalid_value(de::Unexpected::Str(name), &self));
        }
        Ok(Name(name.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, name: u64) -> Result<Name, E> {
        Ok(Name(name.to_string()))
    }

    fn visit_i64<E: de::Error>(self, name: i64) -> Result<Name, E> {
        Ok(Name(name.to_string()))
    }
}
