//! What the confirmation sends.

use entities::OrganisationId;
use serde::Deserialize;

use super::service::Sending;
use crate::platform::{Check, Errors, Version};

/// Longest reason, in characters.
const REASON: usize = 500;

/// Receiver and reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SendingForm {
    /// Receiver.
    pub to: String,
    /// Why.
    pub reason: String,
    /// The version that the page showed.
    pub version: String,
}

impl SendingForm {
    /// The typed input.
    pub fn input(&self) -> Result<Sending, Errors> {
        let mut check = Check::default();
        let to = check.parse::<OrganisationId>("to", &self.to);
        let reason = check.note("reason", &self.reason, REASON);
        let version = Version::typed(&self.version);
        let input = to.zip(reason).map(|(to, reason)| Sending { to, reason, version });
        check.done(input)
    }
}
