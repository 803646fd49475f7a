//! Files of an SQLite database, and what the operator reads when the disk plays no part.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::platform::Error;

/// The file behind `sqlite://FILE?…`; none for PostgreSQL and for databases in memory.
pub fn of_url(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    let file = rest.split('?').next().unwrap_or(rest);
    (!file.is_empty() && !file.contains(":memory:")).then(|| PathBuf::from(file))
}

/// SQLite, and not PostgreSQL.
pub fn is_sqlite(db: &impl sea_orm::ConnectionTrait) -> bool {
    db.get_database_backend() == sea_orm::DbBackend::Sqlite
}

/// `FILE` with something after its whole name: `starbridge.db` → `starbridge.db.json`.
pub fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// An error of the file system, in words that say what to do.
pub fn failed(what: &str, file: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::StorageFull || error.kind() == io::ErrorKind::QuotaExceeded {
        return disk_full(file);
    }
    Error::Internal(anyhow::anyhow!("cannot {what} {}: {error}", file.display()))
}

/// There is no room.
pub fn disk_full(file: &Path) -> Error {
    Error::Internal(anyhow::anyhow!(
        "the disk is full: {} was not written; nothing else was changed. Free some space and try again",
        file.display()
    ))
}

/// An SQLite error; a full disk (`SQLITE_FULL`, 13) in words that say what to do.
pub fn failed_sql(what: &str, file: &Path, error: &sea_orm::DbErr) -> Error {
    let text = error.to_string();
    if text.contains("database or disk is full") || text.contains("code: 13") {
        return disk_full(file);
    }
    Error::Internal(anyhow::anyhow!("cannot {what} {}: {text}", file.display()))
}

/// Make sure that a file and its name are on the disk, not only in its cache.
pub fn sync(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    match file.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Remove a file that may not be there.
pub fn forget(file: &Path) {
    // What cannot be removed is told by whatever needs its place.
    let _ = fs::remove_file(file);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_databases_name_their_file() {
        assert_eq!(
            of_url("sqlite://data/starbridge.db"),
            Some(PathBuf::from("data/starbridge.db"))
        );
        assert_eq!(of_url("sqlite:///srv/s.db?mode=rwc"), Some(PathBuf::from("/srv/s.db")));
        assert_eq!(of_url("sqlite::memory:"), None);
        assert_eq!(of_url("postgres://u:p@h/d"), None);
        assert_eq!(beside(Path::new("a/b.db"), "json"), PathBuf::from("a/b.db.json"));
    }

    #[test]
    fn a_full_disk_says_so() {
        let error = failed("write", Path::new("x.db"), &io::Error::from(io::ErrorKind::StorageFull));
        assert!(error.to_string().contains("the disk is full"), "{error}");
    }
}
