//! What lies in the database of codes and of those who ask for them: sealed, or as a keyed hash.

use entities::{GuardianAccessId, Sealed};
use serde::{Deserialize, Serialize};

use crate::platform::{App, Result};

/// What names and addresses are sealed for while they wait.
const ASKED: &str = "guardian_access.asked";
/// What the blind index of codes is made for.
const CODE: &str = "guardian_access.code";
/// What somebody typed, until somebody looks for them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) address: String,
}

impl Typed {
    pub(super) fn sealed(&self, app: &App) -> Result<Sealed> {
        Ok(app.keys.seal(ASKED, &serde_json::to_string(self)?)?)
    }

    pub(super) fn opened(app: &App, sealed: &Sealed) -> Result<Self> {
        Ok(serde_json::from_str(&app.keys.open(ASKED, sealed)?)?)
    }
}

/// The hash of a code that was sent: bound to the row that it was sent for.
pub(super) fn hash(app: &App, id: GuardianAccessId, code: &str) -> Result<String> {
    Ok(app.keys.index(CODE, &format!("{id} {code}"))?)
}

/// The hash of a code that finds its row by itself.
pub(super) fn hash_of_counter(app: &App, code: &str) -> Result<String> {
    Ok(app.keys.index(CODE, code)?)
}
