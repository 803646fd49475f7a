//! Programs of others: which one, whether it is there, and what it said when it failed.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::said;
use crate::platform::Result;

/// The client programs of PostgreSQL.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// Their folder, where it is not on the path.
    pub folder: Option<PathBuf>,
}

impl Tools {
    /// In this folder, or on the path.
    pub fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_owned),
        }
    }

    /// A command of one of them.
    pub(super) fn command(&self, name: &str) -> Command {
        Command::new(match &self.folder {
            Some(folder) => folder.join(name),
            None => PathBuf::from(name),
        })
    }

    /// It is there, and as new as the server: an older one cannot read what a newer server holds.
    pub async fn fits(&self, name: &'static str, server: u32) -> Result<()> {
        let package = format!("postgresql-client-{server}");
        let mut asked = self.command(name);
        asked.arg("--version");
        let told = run(asked, name, &package).await?;
        let version = major(&String::from_utf8_lossy(&told.stdout));
        match version {
            Some(version) if version >= server => Ok(()),
            Some(version) => Err(said(format!(
                "{name} {version} is older than the server, which is PostgreSQL {server}: apt-get install {package}, or name \
                 the folder of a newer one with STARBRIDGE_PG_BIN"
            ))),
            None => Err(said(format!("{name} does not tell its version"))),
        }
    }
}

/// `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` → 15.
fn major(told: &str) -> Option<u32> {
    let (_, version) = told.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Run it to its end; an error holds its last words, and never its arguments or its environment.
pub(super) async fn run(mut command: Command, name: &'static str, package: &str) -> Result<Output> {
    command.stdin(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || command.output()).await?;
    let output = ended.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => said(format!(
            "{name} is not installed here: apt-get install {package}{}",
            if name.starts_with("pg_") {
                " (STARBRIDGE_PG_BIN names its folder where it is not on the path)"
            } else {
                ""
            }
        )),
        _ => said(format!("{name} cannot be started: {error}")),
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines
        .get(lines.len().saturating_sub(3)..)
        .unwrap_or_default()
        .join("; ");
    if last.contains("No space left on device") {
        return Err(said(format!(
            "the disk is full: {name} could not finish; nothing else was changed. Free some space and try again"
        )));
    }
    Err(said(format!("{name} failed ({}): {last}", output.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("pg_restore (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major("something else"), None);
    }

    #[tokio::test]
    async fn a_missing_program_is_named_with_its_package() {
        let nowhere = Tools::new(Some(Path::new("/no/such/folder")));
        let told = nowhere.fits("pg_dump", 16).await.unwrap_err().to_string();
        assert!(told.contains("apt-get install postgresql-client-16"), "{told}");
        assert!(told.contains("STARBRIDGE_PG_BIN"), "{told}");
    }
}
