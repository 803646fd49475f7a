//! Files that are kept: sealed in the database, so that several servers see them, and once for all files of an organisation
//! that hold the same bytes. They lie in pieces, and are read and written piece by piece: a large file takes no more memory
//! than a small one. A file belongs to the organisation that brought it in; who finds it says `access::scope::file`.
//! Opening one is an event.
//!
//! What comes in as a stream goes to the disk first, sealed ([`Spool`]), because nobody knows its hash before its end. What
//! strangers send is told by its content ([`kind`]) and looked into by a process of its own
//! ([`super::paper::look()`]).

pub mod kind;
mod limits;
mod source;
mod spool;

use std::collections::BTreeMap;

use entities::{
    FileId, OrganisationId, Sealed,
    kept::{file_content, stored_file},
};
use futures_util::{Stream, stream};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::OnConflict,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub use self::{
    limits::Limits,
    source::Source,
    spool::{Spool, Spooled},
};
use super::{
    Actor, App, Keys, Result, Tx,
    crypto::{fingerprint, hex},
    event::{self, Subject},
};

/// What contents are sealed for.
const PURPOSE: &str = "file";
/// Longest name that is kept, in characters.
const NAME: usize = 120;
/// Bytes of a piece.
const PIECE: usize = 512 * 1024;
/// What a file is that nobody looked into.
const UNKNOWN: &str = "application/octet-stream";

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
    size: i64,
    pieces: Vec<Sealed>,
}

impl Packed {
    /// Hex SHA-256 of the bytes.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Pack a file that is small enough to be held.
pub fn pack(keys: &Keys, arrived: &Arrived) -> Result<Packed> {
    let mut pieces = Vec::new();
    for piece in arrived.bytes.chunks(PIECE) {
        pieces.push(keys.seal_bytes(PURPOSE, piece)?);
    }
    Ok(Packed {
        name: arrived.name.clone(),
        hash: fingerprint(&arrived.bytes),
        size: i64::try_from(arrived.bytes.len()).unwrap_or(i64::MAX),
        pieces,
    })
}

/// Keep a file for the actor's organisation.
pub async fn keep_in(tx: &Tx, by: &Actor, packed: Packed) -> Result<stored_file::Model> {
    let place = by.organisation()?;
    if !is_here(tx, place, &packed.hash).await? {
        for (number, piece) in (0..).zip(packed.pieces) {
            keep_piece(tx, place, &packed.hash, number, piece).await?;
        }
    }
    row(tx, by, place, &packed.name, UNKNOWN, packed.hash, packed.size).await
}

/// Keep what was written to the disk for an organisation, under a name and as what it is.
pub async fn keep_spooled_in(
    tx: &Tx,
    by: &Actor,
    place: OrganisationId,
    (name, media_type): (&str, &str),
    spooled: &mut Spooled,
) -> Result<stored_file::Model> {
    let hash = spooled.hash().to_owned();
    if !is_here(tx, place, &hash).await? {
        let mut number = 0;
        while let Some(piece) = spooled.sealed(number).await? {
            keep_piece(tx, place, &hash, number, piece).await?;
            number += 1;
        }
    }
    let size = i64::try_from(spooled.size()).unwrap_or(i64::MAX);
    row(tx, by, place, name, media_type, hash, size).await
}

async fn is_here(tx: &Tx, place: OrganisationId, hash: &str) -> Result<bool> {
    let pieces = file_content::Entity::find()
        .filter(file_content::COLUMN.organisation_id.eq(place))
        .filter(file_content::COLUMN.hash.eq(hash));
    Ok(pieces.count(&**tx).await? > 0)
}

async fn keep_piece(tx: &Tx, place: OrganisationId, hash: &str, number: i32, content: Sealed) -> Result<()> {
    let piece = file_content::ActiveModel {
        organisation_id: Set(place),
        hash: Set(hash.to_owned()),
        number: Set(number),
        content: Set(content),
    };
    // Two who bring in the same at once cut it in the same places.
    let key = [
        file_content::Column::OrganisationId,
        file_content::Column::Hash,
        file_content::Column::Number,
    ];
    file_content::Entity::insert(piece)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

async fn row(
    tx: &Tx,
    by: &Actor,
    place: OrganisationId,
    name: &str,
    media_type: &str,
    hash: String,
    size: i64,
) -> Result<stored_file::Model> {
    let file = stored_file::ActiveModel {
        id: NotSet,
        name: Set(name.chars().take(NAME).collect()),
        media_type: Set(media_type.to_owned()),
        hash: Set(hash),
        size: Set(size),
        organisation_id: Set(place),
        created_by: Set(by.account),
        created_at: Set(by.now),
    };
    Ok(file.insert(&**tx).await?)
}

/// The bytes of a small file that the actor found (`access::scope::file`); that it was opened is an event.
pub async fn open(app: &App, by: &Actor, file: &stored_file::Model) -> Result<Vec<u8>> {
    let mut source = Source::kept(app, file);
    let (mut bytes, mut number) = (Vec::new(), 0);
    while let Some(piece) = source.piece(number).await? {
        bytes.extend_from_slice(&piece);
        number += 1;
    }
    if number == 0 && file.size > 0 {
        return Err(gone(file.id));
    }
    if fingerprint(&bytes) != file.hash {
        return Err(exchanged(file.id));
    }
    let details = json!({ "hash": file.hash });
    event::note(app, by, "file.opened", Subject::new("stored_file", file.id.0), details).await?;
    Ok(bytes)
}

/// The bytes of a file piece by piece, of which two are held at a time. The last one goes out only when all of them together
/// are what was brought in, so nobody has a whole file that is another. Whoever opens it has made the event.
pub async fn pieces(
    app: &App,
    file: stored_file::Model,
) -> Result<impl Stream<Item = Result<Vec<u8>>> + Send + 'static> {
    let first = Source::kept(app, &file).piece(0).await?;
    if first.is_none() && file.size > 0 {
        return Err(gone(file.id));
    }
    let reading = Reading {
        app: app.clone(),
        file,
        next: first,
        number: 0,
        hash: Sha256::new(),
    };
    Ok(stream::try_unfold(reading, |mut reading| async move {
        let piece = reading.next().await?;
        Ok(piece.map(|piece| (piece, reading)))
    }))
}

/// A file on its way out.
struct Reading {
    app: App,
    file: stored_file::Model,
    next: Option<Vec<u8>>,
    number: i32,
    hash: Sha256,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(piece) = self.next.take() else { return Ok(None) };
        self.number += 1;
        self.next = Source::kept(&self.app, &self.file).piece(self.number).await?;
        self.hash.update(&piece);
        if self.next.is_none() && hex(&self.hash.clone().finalize()) != self.file.hash {
            let error = exchanged(self.file.id);
            tracing::error!("{error:#}");
            return Err(error);
        }
        Ok(Some(piece))
    }
}

fn gone(id: FileId) -> super::Error {
    anyhow::anyhow!("the content of file {id} is gone").into()
}

fn exchanged(id: FileId) -> super::Error {
    anyhow::anyhow!("file {id} is not what was brought in").into()
}

/// A file by its number, of which somebody else said that the actor may see it.
pub async fn find(db: &impl ConnectionTrait, id: FileId) -> Result<stored_file::Model> {
    let found = stored_file::Entity::find_by_id(id).one(db).await?;
    found.ok_or(super::Error::NotFound)
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

/// What files are called, and how large they are.
pub async fn labels(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = FileId>,
) -> Result<BTreeMap<FileId, (String, i64)>> {
    let found: Vec<(FileId, String, i64)> = stored_file::Entity::find()
        .filter(stored_file::COLUMN.id.is_in(ids))
        .select_only()
        .column(stored_file::Column::Id)
        .column(stored_file::Column::Name)
        .column(stored_file::Column::Size)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(|(id, name, size)| (id, (name, size))).collect())
}
