//! All that a template can reach: the files of its request and the fonts in hand.

use std::{collections::BTreeMap, path::PathBuf};

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, Source, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::{fonts::Fonts, request::Request};

/// What lies ready when typesetting begins. Nothing else exists for it.
pub(crate) struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
    main: Source,
    files: BTreeMap<String, Bytes>,
    day: Option<Datetime>,
}

/// Endings of files that are looked at and not read.
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "pdf"];

impl Desk {
    /// Lay out a request.
    pub(crate) fn laid(request: Request, fonts: Fonts) -> Self {
        let files = request.files.into_iter().map(|(name, bytes)| (name, Bytes::new(bytes)));
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(fonts.book),
            faces: fonts.faces,
            main: Source::detached(request.source),
            files: files.collect(),
            day: request
                .day
                .and_then(|(year, month, day)| Datetime::from_ymd(year, month, day)),
        }
    }

    /// The names of the pictures.
    pub(crate) fn pictures(&self) -> Vec<String> {
        let is_picture = |name: &&String| name.rsplit('.').next().is_some_and(|ending| PICTURES.contains(&ending));
        self.files.keys().filter(is_picture).cloned().collect()
    }

    /// The same desk with one picture and nothing else to typeset.
    pub(crate) fn with(&self, picture: &str) -> Self {
        // Written as a value of the language, whatever the name has in it.
        let name = serde_json::Value::from(format!("/{picture}"));
        Self {
            library: self.library.clone(),
            book: self.book.clone(),
            faces: self.faces.clone(),
            main: Source::detached(format!("#image({name})")),
            files: self.files.clone(),
            day: self.day,
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        let text = std::str::from_utf8(&self.file(id)?)
            .map_err(|_| FileError::InvalidUtf8)?
            .to_owned();
        Ok(Source::new(id, text))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.vpath().get_without_slash();
        let own = matches!(id.root(), VirtualRoot::Project);
        let found = self.files.get(name).filter(|_| own);
        found.cloned().ok_or_else(|| FileError::NotFound(PathBuf::from(name)))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.day
    }
}
