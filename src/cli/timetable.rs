//! `starbridge timetable`: a timetable looked into, without a database.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use solver::{
    explain,
    score::{score, score_repair},
    why::{self, Effort, Question, Verdict},
    words::Words,
};

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
    /// What a timetable misses and what makes it dear; with `--session`, why one is where it is, and where else it
    /// could be.
    Explain {
        /// The week.
        #[arg(value_name = "INSTANCE.json")]
        instance: PathBuf,
        /// The timetable.
        #[arg(value_name = "SOLUTION.json")]
        solution: PathBuf,
        /// A session, by its place among the sessions of the file, from 0.
        #[arg(long, value_name = "N")]
        session: Option<usize>,
        /// Language of what is said.
        #[arg(long, value_enum, default_value_t = solve::Words::Zh)]
        language: solve::Words,
        /// The findings as JSON instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// Why a session cannot be at a time: everything in its way, and the cheapest ways to have it there all the same.
    ///
    /// Ends with 0 when it can be there, with 3 when it cannot, or only if something else moves; a day or a slot outside
    /// the week is one more reason why not. Ends with 2 when the input is wrong.
    Why {
        /// The week.
        #[arg(value_name = "INSTANCE.json")]
        instance: PathBuf,
        /// The timetable.
        #[arg(value_name = "SOLUTION.json")]
        solution: PathBuf,
        /// The prescription whose session it is.
        #[arg(long, value_name = "O")]
        order: usize,
        /// The day, 0 is Monday.
        #[arg(long, value_name = "D")]
        day: usize,
        /// The slot that it would start in, 0 is the first of the day.
        #[arg(long, value_name = "U")]
        start: usize,
        /// The session that would move, by its place in the timetable, 0 is the first [default: one that has no time
        /// yet, else the one that moves most cheaply].
        #[arg(long, value_name = "N")]
        session: Option<usize>,
        /// The answer as JSON.
        #[arg(long)]
        json: bool,
        /// Language of the answer.
        #[arg(long, value_enum, default_value_t = solve::Words::Zh)]
        language: solve::Words,
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
        TimetableCommand::Explain {
            instance,
            solution,
            session,
            language,
            json,
        } => {
            let problem = solve::problem(instance)?;
            let timetable = solve::solution(&problem, solution)?;
            let words = Words::new(&problem, (*language).into());
            let (text, data) = match session {
                None => {
                    let report = explain::week(&problem, &timetable);
                    (report.text(&words), serde_json::to_string_pretty(&report))
                }
                Some(number) => {
                    let report = explain::session(&problem, &timetable, *number).ok_or_else(|| {
                        let (file, all) = (solution.display(), timetable.sessions.len());
                        format!("{file}: there is no session {number}: it has {all}, counted from 0")
                    })?;
                    (report.text(&words), serde_json::to_string_pretty(&report))
                }
            };
            super::say(if *json { data.map_err(|e| e.to_string())? } else { text });
            Ok(ExitCode::SUCCESS)
        }
        TimetableCommand::Why {
            instance,
            solution,
            order,
            day,
            start,
            session,
            json,
            language,
        } => {
            let problem = solve::problem(instance)?;
            let timetable = solve::solution(&problem, solution)?;
            let question = Question {
                order: *order,
                day: *day,
                start: *start,
                session: *session,
            };
            let answer = why::why(&problem, &timetable, question, Effort::default()).map_err(|e| e.to_string())?;
            if *json {
                super::say(serde_json::to_string_pretty(&answer).map_err(|e| e.to_string())?);
            } else {
                super::say(answer.lines(&Words::new(&problem, (*language).into())).join("\n"));
            }
            Ok(match answer.verdict {
                Verdict::There | Verdict::Free => ExitCode::SUCCESS,
                Verdict::Blocked | Verdict::Never => ExitCode::from(solve::INCOMPLETE),
            })
        }
    }
}
