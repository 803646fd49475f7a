//! All packages that this installation knows, verified.
//!
//! Imported packages are rows that never change. A package in hand has passed its test vectors in this process: the
//! first time that a fingerprint is seen, its text is read and verified, so every process does it at its start and
//! again when somebody imports. One that no longer passes is not offered and is told to the administrator.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use entities::{InstrumentId, screening::instrument};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    platform::{Error, Result, crypto},
    screening::instruments::{ItemTexts, Package, PackageError, Registry},
};

/// What stands between the version of a package and the number of an import of texts for it.
pub const TEXTS: &str = "+texts.";

/// An import as it was recorded, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its row.
    pub id: InstrumentId,
    /// Code of the instrument.
    pub code: String,
    /// Version; with `+texts.N` for the N-th import of texts.
    pub edition: String,
    /// Not offered any more.
    pub retired: bool,
    /// Of its text.
    pub fingerprint: String,
}

impl Import {
    /// The version that texts are for; none for a package.
    pub fn texts_of(&self) -> Option<&str> {
        self.edition.split_once(TEXTS).map(|(version, _)| version)
    }
}

/// An imported file that does not pass.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The import.
    pub import: Import,
    /// What is wrong.
    pub error: PackageError,
}

/// Every package, verified.
#[derive(Clone, Debug)]
pub struct Library {
    registry: Registry,
    imports: BTreeMap<(String, String), Import>,
    /// Imports that do not pass.
    pub broken: Vec<Broken>,
}

/// Libraries by the imports they were made from. Imports are rare, so there are few.
type Known = Mutex<HashMap<String, Arc<Library>>>;
static KNOWN: LazyLock<Known> = LazyLock::new(Known::default);
/// More than a program sees between two starts.
const MOST: usize = 64;

/// The fingerprint of a package's text.
pub fn fingerprint(text: &str) -> String {
    crypto::fingerprint(text.as_bytes())
}

/// The packages of the program, as they must be.
pub fn built_in() -> Result<&'static Registry> {
    Registry::built_in().map_err(|error| anyhow::anyhow!("{error}").into())
}

/// Every package that this installation knows.
pub async fn load(db: &impl ConnectionTrait) -> Result<Arc<Library>> {
    let rows: Vec<(
        InstrumentId,
        String,
        String,
        String,
        Option<sea_orm::prelude::DateTimeUtc>,
    )> = instrument::Entity::find()
        .select_only()
        .column(instrument::Column::Id)
        .column(instrument::Column::Code)
        .column(instrument::Column::Edition)
        .column(instrument::Column::Fingerprint)
        .column(instrument::Column::RetiredAt)
        .order_by_asc(instrument::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let imports: Vec<Import> = rows
        .into_iter()
        .map(|(id, code, edition, fingerprint, retired_at)| Import {
            id,
            code,
            edition,
            retired: retired_at.is_some(),
            fingerprint,
        })
        .collect();
    let key: String = imports
        .iter()
        .map(|i| format!("{} {} {} {};", i.id, i.edition, i.fingerprint, i.retired))
        .collect();
    if let Some(library) = known().get(&key) {
        return Ok(Arc::clone(library));
    }
    let texts: BTreeMap<InstrumentId, String> = instrument::Entity::find()
        .filter(instrument::Column::Id.is_in(imports.iter().map(|i| i.id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.package))
        .collect();
    let built_in = built_in()?;
    // Hundreds of sheets may be scored: not where requests are waiting to be answered.
    let assemble = move || Library::assemble(built_in, imports, &texts);
    let library = Arc::new(tokio::task::spawn_blocking(assemble).await?);
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, Arc::clone(&library));
    Ok(library)
}

fn known() -> std::sync::MutexGuard<'static, HashMap<String, Arc<Library>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Library {
    fn assemble(built_in: &Registry, imports: Vec<Import>, texts: &BTreeMap<InstrumentId, String>) -> Self {
        let mut library = Self {
            registry: built_in.clone(),
            imports: BTreeMap::new(),
            broken: Vec::new(),
        };
        for import in imports {
            let text = texts.get(&import.id).map_or("", String::as_str);
            match library.take(&import, text) {
                Ok(()) => {
                    library
                        .imports
                        .insert((import.code.clone(), import.edition.clone()), import);
                }
                Err(error) => library.broken.push(Broken { import, error }),
            }
        }
        library
    }

    /// Verifies an import and takes it in. Texts that were taken back are not shown.
    fn take(&mut self, import: &Import, text: &str) -> Result<(), PackageError> {
        if import.texts_of().is_some() {
            let texts = ItemTexts::parse(text)?;
            return if import.retired {
                Ok(())
            } else {
                self.registry.import_texts(&texts)
            };
        }
        self.registry.add(Package::parse(text)?)
    }

    /// Verifies a package as if it were here, without taking it in.
    pub fn would_take(&self, package: Package) -> Result<(), PackageError> {
        self.registry.clone().add(package)
    }

    /// Verifies texts as if they were here, without taking them in.
    pub fn would_take_texts(&self, texts: &ItemTexts) -> Result<(), PackageError> {
        self.registry.clone().import_texts(texts)
    }

    /// Every version of every instrument.
    pub fn all(&self) -> impl Iterator<Item = &Package> {
        self.registry.all()
    }

    /// The version of every instrument that is filled in now: the newest that has not been taken back.
    pub fn current(&self) -> Vec<&Package> {
        let mut current: Vec<&Package> = Vec::new();
        for package in self.all().filter(|p| !self.is_retired(p)) {
            match current.iter_mut().find(|other| other.code == package.code) {
                Some(older) => *older = package,
                None => current.push(package),
            }
        }
        current
    }

    /// The version of an instrument that is filled in now.
    pub fn get(&self, code: &str) -> Option<&Package> {
        self.current().into_iter().find(|package| package.code == code)
    }

    /// One version of an instrument, for reading a sheet that was begun or finished with it.
    pub fn version(&self, code: &str, version: &str) -> Option<&Package> {
        self.registry.version(code, version)
    }

    /// The same, for a page that cannot do without it.
    pub fn needed(&self, code: &str, version: &str) -> Result<&Package> {
        self.version(code, version)
            .ok_or_else(|| Error::refused("assessment.version_gone"))
    }

    /// How a package came here; none for those of the program.
    pub fn import(&self, code: &str, edition: &str) -> Option<&Import> {
        self.imports.get(&(code.to_owned(), edition.to_owned()))
    }

    /// The imports of texts for a version, the oldest first.
    pub fn texts<'a>(&'a self, code: &'a str, version: &'a str) -> impl Iterator<Item = &'a Import> {
        self.imports
            .values()
            .filter(move |import| import.code == code && import.texts_of() == Some(version))
    }

    /// Taken back by an administrator.
    pub fn is_retired(&self, package: &Package) -> bool {
        self.import(&package.code, &package.version)
            .is_some_and(|import| import.retired)
    }
}

/// The row of an import.
pub async fn row(db: &impl ConnectionTrait, import: &Import) -> Result<instrument::Model> {
    let row = instrument::Entity::find_by_id(import.id).one(db).await?;
    row.ok_or(Error::NotFound)
}
