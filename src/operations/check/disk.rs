//! Room on the disks.

use std::path::{Path, PathBuf};

use super::{Finding, ok, warning, wrong};
use crate::{
    operations::{files, views::readable},
    platform::Config,
};

/// Below this nothing can be saved soon.
const LEAST: i64 = 200 << 20;
/// Below this somebody should look.
const LITTLE: i64 = 1 << 30;

/// Free space where the data and the backups lie.
pub fn room(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let backups = config.backup_dir();
    let database = of_database(config).filter(|folder| *folder != config.data_dir);
    let folders = [("data disk", &config.data_dir), ("backup disk", &backups)];
    for (what, folder) in folders
        .into_iter()
        .chain(database.as_ref().map(|f| ("database disk", f)))
    {
        if !folder.exists() {
            continue;
        }
        found.push(match free(folder) {
            Some(bytes) => judged(what, folder, bytes),
            None => warning(what, format!("how much room {} has cannot be told", folder.display())),
        });
    }
    found
}

/// The folder of an SQLite database.
pub(super) fn of_database(config: &Config) -> Option<PathBuf> {
    let folder = files::of_url(&config.database_url())?.parent()?.to_owned();
    (!folder.as_os_str().is_empty()).then_some(folder)
}

fn judged(what: &'static str, folder: &Path, bytes: i64) -> Finding {
    let found = format!("{} free for {}", readable(bytes), folder.display());
    match bytes {
        ..LEAST => wrong(what, format!("{found}: soon nothing can be saved")),
        LEAST..LITTLE => warning(what, found),
        _ => ok(what, found),
    }
}

/// Bytes that this user may still write there.
fn free(folder: &Path) -> Option<i64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(i64::try_from(disk.f_bavail.saturating_mul(disk.f_frsize)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[test]
    fn room_is_read_and_judged() {
        assert!(free(Path::new("/")).unwrap() > 0);
        assert_eq!(free(Path::new("/no/such/folder")), None);
        let level = |bytes| judged("data disk", Path::new("/"), bytes).level;
        assert_eq!(
            [0, 300 << 20, 2 << 30].map(level),
            [Level::Error, Level::Warning, Level::Ok]
        );
    }
}
