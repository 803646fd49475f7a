//! What a backup says about itself.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::said;
use crate::{
    operations::fingerprint::Prints,
    platform::{Keys, Result},
};

/// What the code of a manifest is made for.
const PURPOSE: &str = "backup.manifest";

/// Kind of a database: one cannot be restored to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One file.
    #[default]
    Sqlite,
    /// A server.
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// What lies beside the database in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program that wrote it.
    pub program: String,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// Which database.
    #[serde(default)]
    pub kind: Kind,
    /// Newest migration in it.
    pub migration: Option<String>,
    /// Rows and hashes by table.
    pub tables: Prints,
    /// Made with the key file over all of the above; whoever changes a backup cannot make it anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What its code says about a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genuine {
    /// Made with these keys, and unchanged.
    Yes,
    /// There was no key file when the backup was taken, or there is none here.
    Unknown,
}

impl Manifest {
    /// Put the code of these keys under it.
    pub fn sign(&mut self, keys: &Keys) -> Result<()> {
        self.code = None;
        self.code = Some(keys.seal_mac(PURPOSE, &self.content()?)?);
        Ok(())
    }

    /// Was it made with these keys, and not changed since? A code that does not fit is an error.
    pub fn genuine(&self, keys: Option<&Keys>) -> Result<Genuine> {
        let (Some(code), Some(keys)) = (&self.code, keys) else {
            return Ok(Genuine::Unknown);
        };
        let unsigned = Self {
            code: None,
            ..self.clone()
        };
        if keys.verify_mac(PURPOSE, &unsigned.content()?, code)? {
            return Ok(Genuine::Yes);
        }
        Err(said(
            "the manifest of the backup was not made with this key file, or it was changed afterwards; nothing was changed. \
             Put the key file of that installation in place (STARBRIDGE_KEY_FILE)",
        ))
    }

    /// All that the code is over, always in the same order.
    fn content(&self) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::operations::fingerprint::TablePrint;

    #[test]
    fn a_changed_manifest_is_not_genuine() {
        let print = TablePrint {
            rows: 3,
            hash: "ab".into(),
        };
        let mut manifest = Manifest {
            program: "1".into(),
            taken_at: DateTime::UNIX_EPOCH,
            kind: Kind::Postgres,
            migration: None,
            tables: BTreeMap::from([("child".to_owned(), print)]),
            code: None,
        };
        let keys = Keys::ephemeral();
        assert_eq!(manifest.genuine(Some(&keys)).unwrap(), Genuine::Unknown);
        manifest.sign(&keys).unwrap();
        let text = serde_json::to_vec(&manifest).unwrap();
        let mut read: Manifest = serde_json::from_slice(&text).unwrap();
        assert_eq!(read.genuine(Some(&keys)).unwrap(), Genuine::Yes);
        assert_eq!(read.genuine(None).unwrap(), Genuine::Unknown);
        assert!(read.genuine(Some(&Keys::ephemeral())).is_err());
        read.tables.get_mut("child").unwrap().rows = 4;
        assert!(read.genuine(Some(&keys)).is_err());
    }
}
