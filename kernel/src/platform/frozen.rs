//! What somebody froze: a content that reads unchanged for ever. It lies with its hash, with who froze it and when, and
//! under a code that only the keeper of the keys can make; whoever reads it is told whether it is what was frozen.
//!
//! A signature is given over a frozen content, and refers to it by [`Reference`]: its number and its hash.

use chrono::{DateTime, Utc};
use entities::{AccountId, FrozenContentId, OrganisationId, kept::frozen_content};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{Actor, Error, Keys, Result, Tx, crypto::fingerprint};

/// A row that carries a code over everything that it says, so that nobody without the keys changes it unnoticed.
#[derive(Clone, Debug)]
pub struct Coded<'a> {
    /// What the code is made for.
    pub purpose: &'a str,
    /// Everything that the row says.
    pub says: String,
    /// The code that it carries.
    pub code: Option<&'a str>,
}

impl Coded<'_> {
    /// The code that the row should carry.
    pub fn seal(&self, keys: &Keys) -> Result<String> {
        Ok(keys.seal_mac(self.purpose, self.says.as_bytes())?)
    }

    /// It carries the code that it should.
    pub fn holds(&self, keys: &Keys) -> Result<bool> {
        match self.code {
            Some(code) => Ok(keys.verify_mac(self.purpose, self.says.as_bytes(), code)?),
            None => Ok(false),
        }
    }
}

/// What a content is of, in the words of its feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of<'a> {
    /// The table of the row that it belongs to.
    pub kind: &'a str,
    /// Everything that this row says: the code is over it, too.
    pub says: String,
}

/// What a signature refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The content.
    pub content: FrozenContentId,
    /// Its hash.
    pub hash: String,
}

/// A frozen content, read.
#[derive(Clone, Debug)]
pub struct Opened<T> {
    /// What was frozen.
    pub content: T,
    /// What a signature refers to.
    pub reference: Reference,
    /// Who froze it.
    pub signed_by: AccountId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When.
    pub signed_at: DateTime<Utc>,
    /// It is what was frozen: its hash and its code agree.
    pub intact: bool,
}

/// Hex SHA-256 of a content. Keys stand in the order of the alphabet, so the text is the same on every database.
fn hash(content: &Json) -> String {
    fingerprint(content.to_string().as_bytes())
}

fn coded<'a>(of: &Of<'a>, row: &'a frozen_content::Model) -> Coded<'a> {
    let at = row.signed_at.timestamp_micros();
    Coded {
        purpose: of.kind,
        says: format!(
            "{}\n{}\n{}\n{}\n{at}",
            of.says, row.hash, row.organisation_id, row.signed_by
        ),
        code: row.mac.as_deref(),
    }
}

fn is_intact(keys: &Keys, of: &Of<'_>, row: &frozen_content::Model) -> Result<bool> {
    Ok(row.kind == of.kind && hash(&row.content) == row.hash && coded(of, row).holds(keys)?)
}

/// Freeze a content, in the name of the actor and of the organisation that they act for.
pub async fn freeze_in(
    tx: &Tx,
    keys: &Keys,
    by: &Actor,
    of: &Of<'_>,
    content: &(impl Serialize + Sync),
) -> Result<Reference> {
    let content = serde_json::to_value(content).map_err(anyhow::Error::from)?;
    let mut row = frozen_content::Model {
        id: FrozenContentId(0),
        kind: of.kind.to_owned(),
        hash: hash(&content),
        content,
        mac: None,
        organisation_id: by.organisation()?,
        signed_by: by.person()?,
        signed_at: by.now,
    };
    row.mac = Some(coded(of, &row).seal(keys)?);
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    let row = row.insert(&**tx).await?;
    Ok(Reference {
        content: row.id,
        hash: row.hash,
    })
}

async fn row(db: &impl ConnectionTrait, id: FrozenContentId) -> Result<frozen_content::Model> {
    frozen_content::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Read a content; who may is for its feature to say.
pub async fn open<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    keys: &Keys,
    of: &Of<'_>,
    id: FrozenContentId,
) -> Result<Opened<T>> {
    let row = row(db, id).await?;
    Ok(Opened {
        intact: is_intact(keys, of, &row)?,
        content: serde_json::from_value(row.content).map_err(anyhow::Error::from)?,
        reference: Reference {
            content: row.id,
            hash: row.hash,
        },
        signed_by: row.signed_by,
        organisation: row.organisation_id,
        signed_at: row.signed_at,
    })
}

/// A content is not what was frozen any more, or nobody can tell.
pub async fn is_changed(db: &impl ConnectionTrait, keys: &Keys, of: &Of<'_>, id: FrozenContentId) -> Result<bool> {
    match row(db, id).await {
        Ok(row) => Ok(!is_intact(keys, of, &row)?),
        Err(Error::NotFound) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Give a content its code that was frozen before there were codes and is still what its hash says; whether it got one.
pub async fn seal_older_in(tx: &Tx, keys: &Keys, of: &Of<'_>, id: FrozenContentId) -> Result<bool> {
    let row = row(&**tx, id).await?;
    if row.mac.is_some() || hash(&row.content) != row.hash {
        return Ok(false);
    }
    let change = frozen_content::ActiveModel {
        id: Set(row.id),
        mac: Set(Some(coded(of, &row).seal(keys)?)),
        ..Default::default()
    };
    change.update(&**tx).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_does_not_depend_on_the_order_of_keys() {
        let one: Json = serde_json::from_str(r#"{"b": 1, "a": [1, 2]}"#).unwrap();
        let other: Json = serde_json::from_str(r#"{"a": [1, 2], "b": 1}"#).unwrap();
        assert_eq!(hash(&one), hash(&other));
        assert_eq!(hash(&one).len(), 64);
    }

    #[test]
    fn a_content_is_bound_to_what_it_is_of_to_who_froze_it_and_when() {
        let keys = Keys::ephemeral();
        let of = |says: &str| Of {
            kind: "frozen_report",
            says: says.to_owned(),
        };
        let content: Json = serde_json::json!({ "residents": 41 });
        let mut row = frozen_content::Model {
            id: FrozenContentId(1),
            kind: "frozen_report".to_owned(),
            hash: hash(&content),
            content,
            mac: None,
            organisation_id: OrganisationId(3),
            signed_by: AccountId(7),
            signed_at: DateTime::UNIX_EPOCH,
        };
        assert!(!is_intact(&keys, &of("2026-10"), &row).unwrap(), "without a code");
        row.mac = Some(coded(&of("2026-10"), &row).seal(&keys).unwrap());
        assert!(is_intact(&keys, &of("2026-10"), &row).unwrap());
        assert!(!is_intact(&keys, &of("2026-09"), &row).unwrap(), "of another month");
        let signed_by = |id| frozen_content::Model {
            signed_by: AccountId(id),
            ..row.clone()
        };
        assert!(is_intact(&keys, &of("2026-10"), &signed_by(7)).unwrap());
        assert!(
            !is_intact(&keys, &of("2026-10"), &signed_by(8)).unwrap(),
            "in another name"
        );
        let mut other = row.clone();
        other.content = serde_json::json!({ "residents": 42 });
        assert!(!is_intact(&keys, &of("2026-10"), &other).unwrap(), "another number");
        other.hash = hash(&other.content);
        assert!(!is_intact(&keys, &of("2026-10"), &other).unwrap(), "with its hash");
        let moved = frozen_content::Model {
            kind: "settlement".to_owned(),
            ..row
        };
        assert!(!is_intact(&keys, &of("2026-10"), &moved).unwrap(), "of another kind");
        assert!(!is_intact(&Keys::ephemeral(), &of("2026-10"), &moved).unwrap());
    }
}
