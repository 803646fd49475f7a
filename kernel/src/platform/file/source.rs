//! Where the bytes of a file are read from, piece by piece.

use entities::kept::{file_content, stored_file};
use sea_orm::EntityTrait as _;

use super::{PURPOSE, Spooled};
use crate::platform::{App, Result};

/// A file that can be read: on the disk before it is kept, or in the database.
#[derive(Debug)]
pub enum Source<'a> {
    /// On the disk.
    Spooled(&'a mut Spooled),
    /// In the database.
    Kept(Kept<'a>),
}

/// A file in the database.
pub struct Kept<'a> {
    app: &'a App,
    file: &'a stored_file::Model,
}

impl std::fmt::Debug for Kept<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({})", self.file.id)
    }
}

impl<'a> Source<'a> {
    /// A file in the database.
    pub fn kept(app: &'a App, file: &'a stored_file::Model) -> Self {
        Self::Kept(Kept { app, file })
    }

    /// One of its pieces, from 0; none behind the last.
    pub async fn piece(&mut self, number: i32) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Spooled(spooled) => spooled.piece(number).await,
            Self::Kept(kept) => kept.piece(number).await,
        }
    }
}

impl Kept<'_> {
    async fn piece(&self, number: i32) -> Result<Option<Vec<u8>>> {
        let key = (self.file.organisation_id, self.file.hash.clone(), number);
        let found = file_content::Entity::find_by_id(key).one(&*self.app.db).await?;
        let opened = found.map(|piece| self.app.keys.open_bytes(PURPOSE, &piece.content));
        Ok(opened.transpose()?)
    }
}
