//! Files that are kept: sealed in the database, so that several servers see them, and once for all files of an organisation
//! that hold the same bytes. A file belongs to the organisation that brought it in; who finds it says `access::scope::file`.
//! Opening one is an event.

use entities::{
    FileId, OrganisationId, Sealed,
    kept::{file_content, stored_file},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::OnConflict,
};
use serde_json::json;

use super::{
    Actor, App, Keys, Result, Tx,
    crypto::fingerprint,
    event::{self, Subject},
};

/// What contents are sealed for.
const PURPOSE: &str = "file";
/// Longest name that is kept, in characters.
const NAME: usize = 120;

/// A file as it came.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its name, for people only.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file on its way into the database: hashed and sealed, which takes its time, before the transaction begins.
#[derive(Clone, Debug)]
pub struct Packed {
    name: String,
    hash: String,
    content: Sealed,
}

impl Packed {
    /// Hex SHA-256 of the bytes.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Pack a file.
pub fn pack(keys: &Keys, arrived: &Arrived) -> Result<Packed> {
    Ok(Packed {
        name: arrived.name.chars().take(NAME).collect(),
        hash: fingerprint(&arrived.bytes),
        content: keys.seal_bytes(PURPOSE, &arrived.bytes)?,
    })
}

/// Keep a file for the actor's organisation.
pub async fn keep_in(tx: &Tx, by: &Actor, packed: Packed) -> Result<stored_file::Model> {
    let organisation = by.organisation()?;
    let content = file_content::ActiveModel {
        organisation_id: Set(organisation),
        hash: Set(packed.hash.clone()),
        content: Set(packed.content),
    };
    file_content::Entity::insert(content)
        .on_conflict(
            OnConflict::columns([file_content::Column::OrganisationId, file_content::Column::Hash])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&**tx)
        .await?;
    let file = stored_file::ActiveModel {
        id: NotSet,
        name: Set(packed.name),
        media_type: Set("application/octet-stream".to_owned()),
        hash: Set(packed.hash),
        organisation_id: Set(organisation),
        created_by: Set(by.account),
        created_at: Set(by.now),
    };
    Ok(file.insert(&**tx).await?)
}

/// The bytes of a file that the actor found (`access::scope::file`); that it was opened is an event.
pub async fn open(app: &App, by: &Actor, file: &stored_file::Model) -> Result<Vec<u8>> {
    let id = file.id;
    let content = file_content::Entity::find_by_id((file.organisation_id, file.hash.clone()))
        .one(&*app.db)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the content of file {id} is gone"))?;
    let bytes = app.keys.open_bytes(PURPOSE, &content.content)?;
    if fingerprint(&bytes) != file.hash {
        return Err(anyhow::anyhow!("file {id} is not what was brought in").into());
    }
    let details = json!({ "hash": file.hash });
    event::note(app, by, "file.opened", Subject::new("stored_file", id.0), details).await?;
    Ok(bytes)
}

/// Name of a file, as a file of another kind may be called after it: without its ending.
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Files of an organisation that hold the same bytes.
pub async fn same(db: &impl ConnectionTrait, organisation: OrganisationId, hash: &str) -> Result<Vec<FileId>> {
    Ok(stored_file::Entity::find()
        .filter(stored_file::COLUMN.hash.eq(hash))
        .filter(stored_file::COLUMN.organisation_id.eq(organisation))
        .select_only()
        .column(stored_file::Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// What a file is called, and the hash of what it holds.
pub async fn label(db: &impl ConnectionTrait, id: FileId) -> Result<Option<(String, String)>> {
    Ok(stored_file::Entity::find_by_id(id)
        .select_only()
        .column(stored_file::Column::Name)
        .column(stored_file::Column::Hash)
        .into_tuple()
        .one(db)
        .await?)
}
