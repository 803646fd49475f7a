//! `starbridge progress` and `starbridge agreement`: session data looked at without a database.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use progress::file;

/// Points and mastery of a target: one line of JSON. Ends with 2 when the file cannot be understood.
#[derive(Args, Debug)]
pub(super) struct ProgressCommand {
    /// The target, and what was recorded about it (docs/PROGRESS.md).
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
}

/// How far two observers agree: one line of JSON. Ends with 2 when the file cannot be understood.
#[derive(Args, Debug)]
pub(super) struct AgreementCommand {
    /// Method, and what the two wrote down (docs/PROGRESS.md).
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
}

/// Largest file: 100,000 records of twenty trials are a third of it.
const LARGEST: u64 = 64 * 1024 * 1024;

pub(super) fn progress(command: &ProgressCommand) -> ExitCode {
    answer(&command.file, file::progress)
}

pub(super) fn agreement(command: &AgreementCommand) -> ExitCode {
    answer(&command.file, file::agreement)
}

/// Bad input is exit code 2 with one line on standard error and nothing on standard output.
fn answer(path: &Path, look: impl FnOnce(&[u8]) -> Result<String, file::Refused>) -> ExitCode {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    match bytes(path)
        .map_err(|e| named(&e))
        .and_then(|bytes| look(&bytes).map_err(|e| named(&e)))
    {
        Ok(line) => {
            super::say(line);
            ExitCode::SUCCESS
        }
        Err(why) => {
            // A closed pipe is the reader's wish, not an error.
            let _ = writeln!(std::io::stderr(), "{}", super::log::clean(&why));
            ExitCode::from(2)
        }
    }
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|n| n > LARGEST) {
        return Err(std::io::Error::other("larger than any record of a target"));
    }
    Ok(bytes)
}
