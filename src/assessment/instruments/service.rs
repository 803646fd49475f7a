//! Importing packages and licensed texts, and taking them back.

use entities::{InstrumentId, screening::instrument};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::library::{self, TEXTS};
use crate::{
    access::places::must_change_common,
    platform::{
        Actor, App, Db, Error, Result,
        event::{self, Subject},
    },
    screening::{
        instruments::{ItemTexts, Package, PackageError},
        screen::rules::CHECKLIST,
    },
};

/// Why a file was not imported.
#[derive(Debug)]
pub enum Refusal {
    /// It does not pass: every problem with its place.
    Faults(PackageError),
    /// Anything else.
    Other(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<PackageError> for Refusal {
    fn from(error: PackageError) -> Self {
        Self::Faults(error)
    }
}

impl From<sea_orm::DbErr> for Refusal {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Other(error.into())
    }
}

/// What an import brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Code of the instrument.
    pub code: String,
    /// Version of the package.
    pub version: String,
    /// It was here already, with the same content.
    pub known: bool,
    /// Texts for a version that was here.
    pub texts: bool,
}

/// The content of a file.
enum File {
    Package(Box<Package>),
    Texts(ItemTexts),
}

/// A file names an instrument and is texts for it, or has a code of its own and is a package.
fn read(toml: &str) -> Result<File, PackageError> {
    let names_instrument = toml
        .parse::<toml::Table>()
        .is_ok_and(|table| table.contains_key("instrument") && !table.contains_key("code"));
    if names_instrument {
        ItemTexts::parse(toml).map(File::Texts)
    } else {
        Package::parse(toml).map(Box::new).map(File::Package)
    }
}

/// Import a package, or texts for one. The test vectors are executed before anything is written; a file with a fault
/// changes nothing.
pub async fn import(app: &App, by: &Actor, toml: String, licence_note: Option<String>) -> Result<Imported, Refusal> {
    let fingerprint = library::fingerprint(&toml);
    let text = toml.clone();
    let file = tokio::task::spawn_blocking(move || read(&text))
        .await
        .map_err(|e| Error::Internal(e.into()))??;
    let tx = app.db.write(by, "").await?;
    must_change_common(&*tx, by).await?;
    let here = library::load(&*tx).await?;
    let (code, version, edition) = match &file {
        File::Package(package) => {
            if package.code == CHECKLIST {
                return Err(Error::field("file", "instruments.checklist").into());
            }
            here.would_take((**package).clone())?;
            if here.version(&package.code, &package.version).is_some() {
                return Ok(Imported {
                    code: package.code.clone(),
                    version: package.version.clone(),
                    known: true,
                    texts: false,
                });
            }
            (package.code.clone(), package.version.clone(), package.version.clone())
        }
        File::Texts(texts) => {
            here.would_take_texts(texts)?;
            let (code, version) = (texts.instrument.clone(), texts.version.clone());
            let same = |import: &&library::Import| import.fingerprint == fingerprint && !import.retired;
            if here.texts(&code, &version).any(|import| same(&import)) {
                return Ok(Imported {
                    code,
                    version,
                    known: true,
                    texts: true,
                });
            }
            let number = here.texts(&code, &version).count() + 1;
            let edition = format!("{version}{TEXTS}{number}");
            (code, version, edition)
        }
    };
    let row = instrument::ActiveModel {
        id: NotSet,
        code: Set(code.clone()),
        edition: Set(edition.clone()),
        package: Set(toml),
        fingerprint: Set(fingerprint.clone()),
        licence_note: Set(licence_note),
        imported_by: Set(by.person()?),
        imported_at: Set(by.now),
        retired_at: Set(None),
    };
    let id = row.insert(&*tx).await?.id;
    let details = json!({ "code": code, "edition": edition, "fingerprint": fingerprint });
    event::record(
        &tx,
        by,
        "instrument.imported",
        Subject::new("instrument", id.0),
        details,
    )
    .await?;
    tx.commit().await?;
    Ok(Imported {
        code,
        version,
        known: false,
        texts: matches!(file, File::Texts(_)),
    })
}

/// Take an import back: a package is not offered any more, texts are not shown any more. What was filled in with it
/// stays as it is.
pub async fn retire(app: &App, by: &Actor, id: InstrumentId) -> Result<instrument::Model> {
    let tx = app.db.write(by, "").await?;
    let row = instrument::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    must_change_common(&*tx, by).await?;
    if row.retired_at.is_some() {
        return Err(Error::stale());
    }
    let details = json!({ "code": row.code, "edition": row.edition });
    let mut change: instrument::ActiveModel = row.into();
    change.retired_at = Set(Some(by.now));
    let row = change.update(&*tx).await?;
    event::record(&tx, by, "instrument.retired", Subject::new("instrument", id.0), details).await?;
    tx.commit().await?;
    Ok(row)
}

/// Execute the test vectors of every package: those of the program must pass, or it must not start. Gives the imported
/// ones that do not pass, in words.
///
/// # Errors
/// A package of the program does not pass.
pub async fn verify(db: &Db) -> Result<Vec<String>> {
    let here = library::load(&**db).await?;
    let faults = here.broken.iter().map(|broken| {
        let import = &broken.import;
        format!("{} {}: {}", import.code, import.edition, broken.error)
    });
    Ok(faults.collect())
}
