//! `starbridge settle`: rule sets and cases of the subsidy from a file, without a database.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

/// Settle the cases of a file by its rule sets (docs/SUBSIDY.md): one line of JSON with what came out of each.
///
/// Ends with 0 when nothing differs from what the file expects, with 1 when something does, with 2 when the input is wrong.
#[derive(Args, Debug)]
pub(super) struct SettleCommand {
    /// Rule sets and cases.
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
}

/// No file of cases is so large.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Bad input is exit code 2 with one line on standard error and nothing on standard output.
pub(super) fn run(command: &SettleCommand) -> ExitCode {
    let named = |why: String| format!("{}: {why}", command.file.display());
    let settled = text(&command.file).and_then(|json| subsidy::file::settle_command(&json));
    match settled.map_err(named) {
        Ok((line, differs)) => {
            super::say(line);
            ExitCode::from(u8::from(differs))
        }
        Err(why) => {
            // A closed pipe is the reader's wish, not an error.
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| e.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err("larger than any file of cases".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}
