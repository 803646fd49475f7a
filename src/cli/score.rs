//! `starbridge score`: an instrument scored without a database.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::Args;

use crate::screening::instruments::score_command;

/// What to score.
#[derive(Args, Debug)]
pub(super) struct ScoreCommand {
    /// Instrument: wscmbd, m-chat-r, m-chat-r-f, chat-23, abc, cars, cabs, atec.
    code: String,
    /// Answers: a JSON object of item to answer.
    #[arg(long, value_name = "FILE.json")]
    answers: PathBuf,
    /// Age in completed months; needed where the items depend on it.
    #[arg(long)]
    age_months: Option<u32>,
    /// Cut-off set, by name [default: the instrument's own].
    #[arg(long)]
    cutoffs: Option<String>,
}

/// Largest answers file: no instrument has a thousand items.
const LARGEST: u64 = 1024 * 1024;

/// Score; bad input is exit code 2 with one line on standard error and nothing on standard output.
pub(super) fn run(command: &ScoreCommand) -> ExitCode {
    match answers(&command.answers)
        .and_then(|json| score_command(&command.code, &json, command.age_months, command.cutoffs.as_deref()))
    {
        Ok(line) => {
            super::say(line);
            ExitCode::SUCCESS
        }
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

fn answers(path: &std::path::Path) -> Result<String, String> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|e| named(&e))?.len();
    if size > LARGEST {
        return Err(named(&"larger than any answers file"));
    }
    std::fs::read_to_string(path).map_err(|e| named(&e))
}
