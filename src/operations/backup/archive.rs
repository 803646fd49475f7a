//! The one file of a backup: a zip with the manifest and the database, encrypted by choice.
//!
//! Encrypting is left to `age` (a program of its own, Debian package `age`): whoever keeps the private key can open a
//! backup with it on any machine, whatever became of this program.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    manifest::{Kind, Manifest},
    said,
    tools::run,
};
use crate::{operations::files, platform::Result};

/// The manifest in the zip.
const MANIFEST: &str = "manifest.json";
/// No manifest is larger.
const MANIFEST_LIMIT: u64 = 16 * 1024 * 1024;
/// How an encrypted file begins.
const ENCRYPTED: &[u8] = b"age-encryption.org/";
/// How an SQLite database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// A backup.
    Plain,
    /// An encrypted one.
    Encrypted,
    /// A bare database: the backups of earlier versions, with the manifest beside.
    Database,
    /// Something else.
    Strange,
}

/// Read the first bytes.
pub(super) fn looks(file: &Path) -> Result<Looks> {
    let mut head = Vec::new();
    File::open(file)
        .and_then(|f| f.take(32).read_to_end(&mut head))
        .map_err(|e| files::failed("read", file, &e))?;
    Ok(if head.starts_with(ENCRYPTED) {
        Looks::Encrypted
    } else if head.starts_with(b"PK\x03\x04") {
        Looks::Plain
    } else if head.starts_with(SQLITE) {
        Looks::Database
    } else {
        Looks::Strange
    })
}

/// A new file that only its owner may read.
pub(super) fn create(file: &Path) -> Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|e| files::failed("write", file, &e))
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "database.db",
        Kind::Postgres => "database.dump",
    }
}

/// Put manifest and database into one file and read it back.
pub(super) fn pack(file: &Path, manifest: &Manifest, database: &Path) -> Result<()> {
    let target = create(file)?;
    write_zip(target, manifest, database).map_err(|e| files::failed("write", file, &e))?;
    // Reading to the end compares the check sums.
    let mut zip = opened(file)?;
    let content = zip.by_name(name_of(manifest.kind)).map_err(|e| strange(file, e))?;
    let read = io::copy(&mut { content }, &mut io::sink()).map_err(|e| files::failed("read back", file, &e))?;
    let whole = fs::metadata(database)
        .map_err(|e| files::failed("read", database, &e))?
        .len();
    if read != whole || manifest_in(&mut zip, file)? != *manifest {
        return Err(said(format!("{} does not hold what was written to it", file.display())));
    }
    Ok(())
}

fn write_zip(target: File, manifest: &Manifest, database: &Path) -> io::Result<()> {
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    let mut zip = ZipWriter::new(BufWriter::new(target));
    zip.start_file(MANIFEST, options.compression_method(CompressionMethod::Deflated))?;
    zip.write_all(&serde_json::to_vec_pretty(manifest)?)?;
    // What pg_dump writes is compressed already.
    let options = match manifest.kind {
        Kind::Sqlite => options
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(3)),
        Kind::Postgres => options.compression_method(CompressionMethod::Stored),
    };
    zip.start_file(name_of(manifest.kind), options.large_file(true))?;
    io::copy(&mut File::open(database)?, &mut zip)?;
    let file = zip.finish()?.into_inner()?;
    file.sync_all()
}

fn opened(file: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let source = File::open(file).map_err(|e| files::failed("read", file, &e))?;
    ZipArchive::new(BufReader::new(source)).map_err(|e| strange(file, e))
}

fn strange(file: &Path, error: impl std::fmt::Display) -> crate::platform::Error {
    said(format!(
        "{} is no whole backup of this program: {error}",
        file.display()
    ))
}

/// The manifest of an unencrypted backup.
pub(super) fn manifest(file: &Path) -> Result<Manifest> {
    manifest_in(&mut opened(file)?, file)
}

fn manifest_in(zip: &mut ZipArchive<BufReader<File>>, file: &Path) -> Result<Manifest> {
    let entry = zip.by_name(MANIFEST).map_err(|e| strange(file, e))?;
    let mut text = Vec::new();
    entry
        .take(MANIFEST_LIMIT)
        .read_to_end(&mut text)
        .map_err(|e| strange(file, e))?;
    serde_json::from_slice(&text).map_err(|e| strange(file, e))
}

/// The manifest is there and so is the database, by the list of contents alone.
pub(super) fn is_whole(file: &Path) -> bool {
    let Ok(manifest) = manifest(file) else { return false };
    opened(file).is_ok_and(|mut zip| zip.by_name(name_of(manifest.kind)).is_ok())
}

/// Take the database out of a backup.
pub(super) fn unpack(file: &Path, into: &Path) -> Result<Manifest> {
    let mut zip = opened(file)?;
    let manifest = manifest_in(&mut zip, file)?;
    let mut content = zip.by_name(name_of(manifest.kind)).map_err(|e| strange(file, e))?;
    let mut target = create(into)?;
    // A check sum that differs is an error of reading.
    io::copy(&mut content, &mut target)
        .and_then(|_| target.sync_all())
        .map_err(|e| files::failed("unpack", file, &e))?;
    Ok(manifest)
}

/// Encrypt to a public key.
pub(super) async fn encrypt(plain: &Path, into: &Path, recipient: &str) -> Result<()> {
    is_recipient(recipient)?;
    drop(create(into)?);
    let mut age = Command::new("age");
    age.arg("--encrypt").args(["--recipient", recipient]);
    age.arg("--output").arg(into).arg(plain);
    run(age, "age", "age").await.map(drop)
}

/// Open with the private key.
pub(super) async fn decrypt(file: &Path, into: &Path, identity: &Path) -> Result<()> {
    drop(create(into)?);
    let mut age = Command::new("age");
    age.arg("--decrypt").arg("--identity").arg(identity);
    age.arg("--output").arg(into).arg(file);
    run(age, "age", "age").await.map(drop)
}

/// A public key, and not by mistake the private one.
pub fn is_recipient(key: &str) -> Result<()> {
    if key.starts_with("age1") || key.starts_with("ssh-") {
        return Ok(());
    }
    Err(said(
        "STARBRIDGE_BACKUP_RECIPIENT is no public key (age1…): `age-keygen -o FILE` makes a pair and prints the public one. \
         The private key belongs to the safe and not here",
    ))
}

/// Files that are gone when this is dropped: what a backup or a restore that failed, or ended, leaves nowhere.
#[derive(Debug, Default)]
pub(super) struct Passing(pub Vec<PathBuf>);

impl Passing {
    /// `FILE.ending`, removed now if an earlier run left it, and again in the end.
    pub(super) fn beside(&mut self, file: &Path, ending: &str) -> PathBuf {
        let passing = files::beside(file, ending);
        files::forget(&passing);
        self.0.push(passing.clone());
        passing
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        for file in &self.0 {
            files::forget(file);
            for ending in ["-wal", "-shm", "-journal"] {
                let mut name = file.clone().into_os_string();
                name.push(ending);
                files::forget(Path::new(&name));
            }
        }
    }
}
