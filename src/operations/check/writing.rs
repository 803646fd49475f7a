//! Whether anything can be saved: the side that writes, and the room on the disk.

use std::{fs, io::Write as _, path::Path};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::{Finding, disk, ok, warning, wrong};
use crate::{
    operations::files,
    platform::{Config, Db, db::Writing},
};

/// What is written to see whether there is room.
const SAMPLE: usize = 1 << 20;
/// How often it is looked again, two seconds each, while somebody is writing.
const PATIENCE: u32 = 9;

/// The side that writes, and the disk below it.
pub(super) async fn writing(config: &Config, db: &Db) -> Vec<Finding> {
    let mut side = db.writing().await;
    for _ in 0..PATIENCE {
        if side == Writing::Busy {
            side = db.writing().await;
        }
    }
    let side = match side {
        Writing::Works => ok("writing", "a transaction can begin"),
        Writing::Busy | Writing::Stuck => wrong(
            "writing",
            "somebody has held the lock of the writers for 20 seconds and nothing can be saved: when no large import is \
             under way, start the server anew",
        ),
        Writing::Full => wrong(
            "writing",
            "the disk is full: nothing can be saved until there is room again",
        ),
        Writing::ReadOnly => wrong(
            "writing",
            "this database only follows another one: nothing can be saved here",
        ),
        Writing::Fails(error) => wrong("writing", format!("nothing can be saved: {error}")),
    };
    let folder = disk::of_database(config).unwrap_or_else(|| config.data_dir.clone());
    [side, probed(&folder)]
        .into_iter()
        .chain(durable(config, db).await)
        .collect()
}

/// Settings under which a power cut takes what was acknowledged.
async fn durable(config: &Config, db: &Db) -> Option<Finding> {
    let loses = "a power cut can take what was said to be saved";
    if db.get_database_backend() != DbBackend::Postgres {
        return (!config.sqlite_full_sync).then(|| warning("writing", format!("SQLITE_FULL_SYNC is off: {loses}")));
    }
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let asked = format!("SELECT current_setting('{setting}') AS answer");
        let row = db
            .query_one_raw(Statement::from_string(DbBackend::Postgres, asked))
            .await;
        let answer = row
            .ok()
            .flatten()
            .and_then(|row| row.try_get::<String>("", "answer").ok());
        if answer.as_deref() == Some("off") {
            return Some(warning("writing", format!("{setting} of PostgreSQL is off: {loses}")));
        }
    }
    None
}

/// A megabyte goes in and comes out again. How much is left is told by [`super::disk`].
fn probed(folder: &Path) -> Finding {
    let probe = folder.join(format!(".room-{}", std::process::id()));
    let written = fs::File::create(&probe).and_then(|mut file| {
        file.write_all(&vec![0; SAMPLE])?;
        file.sync_all()
    });
    files::forget(&probe);
    if let Err(error) = written {
        return wrong("disk", files::failed("write in", folder, &error).to_string());
    }
    ok("disk", format!("can be written to at {}", folder.display()))
}
