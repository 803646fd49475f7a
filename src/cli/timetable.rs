//! `starbridge timetable`: a timetable looked into, without a database.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use solver::score::{score, score_repair};

use super::solve;

#[derive(Subcommand, Debug)]
pub(super) enum TimetableCommand {
    /// Rules broken and cost by term, as JSON; ends with 1 when a rule is broken or something is missing.
    Score {
        /// The week.
        #[arg(value_name = "INSTANCE.json")]
        instance: PathBuf,
        /// The timetable.
        #[arg(value_name = "SOLUTION.json")]
        solution: PathBuf,
        /// An absence, whose changes are counted as well.
        #[arg(long, value_name = "EVENT.json")]
        repair: Option<PathBuf>,
    },
}

/// Bad input is exit code 2 with one line on standard error and nothing on standard output.
pub(super) fn run(command: &TimetableCommand) -> ExitCode {
    match attempt(command) {
        Ok(code) => code,
        Err(why) => {
            solve::warn(why);
            ExitCode::from(2)
        }
    }
}

fn attempt(command: &TimetableCommand) -> Result<ExitCode, String> {
    match command {
        TimetableCommand::Score {
            instance,
            solution,
            repair,
        } => {
            let problem = solve::problem(instance)?;
            let timetable = solve::solution(&problem, solution)?;
            let result = match repair {
                None => score(&problem, &timetable),
                Some(path) => score_repair(&problem, &timetable, &solve::event(&problem, path)?),
            };
            super::say(serde_json::to_string_pretty(&result).map_err(|e| e.to_string())?);
            Ok(ExitCode::from(u8::from(!result.feasible())))
        }
    }
}
