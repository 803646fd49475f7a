//! What is typed about a child in a class.

use chrono::NaiveDate;
use entities::CareGroupId;
use serde::Deserialize;

use crate::platform::{Check, Errors, Version};

/// One page holds both forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    /// The version that was read.
    pub version: String,
    /// The class that it moves to.
    pub group: String,
    /// From which day on.
    pub from: String,
    /// Its last day.
    pub last_day: String,
}

impl MemberForm {
    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// Where to, and from when.
    pub fn transfer(&self) -> Result<(CareGroupId, NaiveDate), Errors> {
        let mut check = Check::default();
        let group = check.parse::<CareGroupId>("group", &self.group);
        let from = check.date("from", &self.from);
        check.done(group.zip(from))
    }

    /// The last day.
    pub fn ending(&self) -> Result<NaiveDate, Errors> {
        let mut check = Check::default();
        let day = check.date("last_day", &self.last_day);
        check.done(day)
    }
}
