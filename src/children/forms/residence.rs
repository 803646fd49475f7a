//! Moves to another place to live in.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{line, past_date, place};
use crate::{
    children::moves::Move,
    platform::{Check, Errors, Version},
};

/// A move to another street or district.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    pub version: String,
    pub division: String,
    pub moved_on: String,
    pub address: String,
    pub confirmed: String,
}

impl MoveForm {
    /// The move.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn input(&self, today: NaiveDate) -> Result<Move, Errors> {
        let mut check = Check::default();
        let to = place(&mut check, "division", &self.division);
        let on = past_date(&mut check, "moved_on", &self.moved_on, today);
        let address = line(&mut check, "address", &self.address);
        let input = || {
            Some(Move {
                version: Version::typed(&self.version),
                to: to?,
                on: on?,
                address,
            })
        };
        let input = input();
        check.done(input)
    }
}
