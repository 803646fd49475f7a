//! Room on the disks.

use std::path::Path;

use super::{Finding, command, ok, warning, wrong};
use crate::{operations::views::readable, platform::Config};

/// Below this nothing can be saved soon.
const LEAST: i64 = 200 << 20;
/// Below this somebody should look.
const LITTLE: i64 = 1 << 30;

/// Free space where the data and the backups lie.
pub async fn room(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let backups = config.backup_dir();
    for (what, folder) in [("data disk", &config.data_dir), ("backup disk", &backups)] {
        if !folder.exists() {
            continue;
        }
        found.push(match free(folder).await {
            Some(bytes) => judged(what, folder, bytes),
            None => warning(what, format!("how much room {} has cannot be told", folder.display())),
        });
    }
    found
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
async fn free(folder: &Path) -> Option<i64> {
    let told = command("df", &["-Pk", "--", &folder.display().to_string()]).await?;
    let kilobytes: i64 = told.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[tokio::test]
    async fn room_is_read_and_judged() {
        assert!(free(Path::new("/")).await.unwrap() > 0);
        assert_eq!(free(Path::new("/no/such/folder")).await, None);
        let level = |bytes| judged("data disk", Path::new("/"), bytes).level;
        assert_eq!(
            [0, 300 << 20, 2 << 30].map(level),
            [Level::Error, Level::Warning, Level::Ok]
        );
    }
}
