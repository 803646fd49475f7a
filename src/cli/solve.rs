//! `starbridge solve`: the week's timetable from a file, without a database.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use solver::{
    diagnose,
    engine::{self, Limits, Options, Outcome, Progress},
    explain,
    problem::Problem,
    read,
    score::{Language, Score, score, score_repair},
    solution::{Event, Solution},
    words::Words as Sentences,
    write,
};

/// Make the timetable of a week (`rehab-timetable/1`), or with `--repair` mend a published one after an absence.
///
/// The timetable goes to the file or to standard output, what was found to standard error. Ends with 0 when every rule
/// holds, with 3 when the best timetable found misses something (it is written all the same, with what is missing), with
/// 2 when the input is wrong. Ctrl-C ends the search with the best timetable so far.
#[derive(Args, Debug)]
pub(super) struct SolveCommand {
    /// The week: who may teach what, when and where, and what is prescribed.
    #[arg(value_name = "INSTANCE.json")]
    instance: PathBuf,
    /// Seconds in all [default: 10, for a repair 0.9].
    #[arg(long, value_parser = seconds, conflicts_with = "iterations")]
    seconds: Option<Duration>,
    /// Moves to try instead of a time: the same timetable on every machine.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    iterations: Option<u64>,
    /// The luck of the search: the same seed and the same moves give the same timetable.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Centres to be searched side by side.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// A timetable to start from.
    #[arg(long, value_name = "SOLUTION.json", conflicts_with = "repair")]
    start: Option<PathBuf>,
    /// An absence on a published timetable (`rehab-repair/1`).
    #[arg(long, value_name = "EVENT.json")]
    repair: Option<PathBuf>,
    /// In a repair: most families any session of which is at another time.
    #[arg(long, value_name = "K", requires = "repair")]
    max_families_moved: Option<u32>,
    /// Where the timetable goes [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where to write, as JSON, why the timetable misses something; empty lists where it does not.
    #[arg(long, value_name = "FILE", conflicts_with = "repair")]
    diagnosis: Option<PathBuf>,
    /// Say now and then how far it is.
    #[arg(long)]
    progress: bool,
    /// Language of what is said.
    #[arg(long, value_enum, default_value_t = Words::Zh)]
    language: Words,
}

/// A language of the command line's sentences.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Words {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<Words> for Language {
    fn from(words: Words) -> Self {
        match words {
            Words::Zh => Self::Chinese,
            Words::En => Self::English,
        }
    }
}

/// Exit code of a timetable that misses something.
pub(super) const INCOMPLETE: u8 = 3;
/// Exit code of input that cannot be read.
const REFUSED: u8 = 2;
/// Largest file: 5,000 children are three megabytes.
const LARGEST: u64 = 256 * 1024 * 1024;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(seconds > 0.0 && seconds <= 86_400.0) {
        return Err("between 0 and 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// Solve or repair.
pub(super) fn run(command: &SolveCommand) -> ExitCode {
    #[expect(
        clippy::disallowed_methods,
        reason = "a search is given so much time; there is no database and no day"
    )]
    let began = Instant::now();
    match attempt(command, began) {
        Ok(code) => code,
        Err(why) => {
            warn(why);
            ExitCode::from(REFUSED)
        }
    }
}

fn attempt(command: &SolveCommand, began: Instant) -> Result<ExitCode, String> {
    let problem = problem(&command.instance)?;
    let event = command
        .repair
        .as_deref()
        .map(|path| event(&problem, path))
        .transpose()?;
    let start = command
        .start
        .as_deref()
        .map(|path| solution(&problem, path))
        .transpose()?;
    let usual = Duration::from_millis(if event.is_some() { 900 } else { 10_000 });
    let clock = move || began.elapsed();
    let cancel = stop_on_interrupt();
    let tell = |now: Progress| {
        warn(format_args!(
            "{:3.0} %  {:.1} s  {} moves  missing {}  cost {}",
            now.done * 100.0,
            now.elapsed.as_secs_f64(),
            now.moves,
            now.missing,
            now.cost
        ));
    };
    let options = Options {
        iterations: command.iterations,
        time: if command.iterations.is_some() {
            None
        } else {
            Some(command.seconds.unwrap_or(usual))
        },
        clock: Some(&clock),
        seed: command.seed,
        threads: usize::from(command.threads),
        start: start.as_ref(),
        progress: if command.progress { Some(&tell) } else { None },
        cancel: Some(&cancel),
    };
    let limits = Limits {
        max_families_moved: command.max_families_moved,
        strict: false,
    };
    let found = match &event {
        // The search need not wait for what can be counted.
        None => std::thread::scope(|scope| {
            scope.spawn(|| warn_early(&problem, command.language.into()));
            engine::solve(&problem, &options)
        }),
        Some(event) => engine::repair(&problem, event, &limits, &options),
    };
    let text = write::write_solution(&problem, &found.solution);
    match &command.out {
        Some(path) => std::fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))?,
        None => super::say(text),
    }
    let code = conclude(&problem, event.as_ref(), &found, began.elapsed());
    match event {
        None => diagnosed(command, &problem, &found)?,
        // Why is plain to see: somebody is away.
        Some(_) => {
            let words = Sentences::new(&problem, command.language.into());
            for missing in explain::missing(&problem, &found.solution) {
                warn(missing.sentence(&words));
            }
        }
    }
    Ok(code)
}

/// What no search can find, by counting: known long before the search ends.
fn warn_early(problem: &Problem, language: Language) {
    let words = Sentences::new(problem, language);
    for fault in diagnose::faults(problem) {
        warn(fault.sentence(&words));
    }
}

/// Why something is missing, and what is to be done about it.
fn diagnosed(command: &SolveCommand, problem: &Problem, found: &Outcome) -> Result<(), String> {
    if found.missing == 0 && command.diagnosis.is_none() {
        return Ok(());
    }
    let diagnosis = diagnose::diagnose(problem, &found.solution, diagnose::Effort::default());
    for line in diagnosis.report(&Sentences::new(problem, command.language.into())) {
        warn(line);
    }
    let Some(path) = &command.diagnosis else { return Ok(()) };
    let text = serde_json::to_string_pretty(&diagnosis).map_err(|e| e.to_string())?;
    std::fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))
}

/// What was found, by the referee's count; and the exit code.
fn conclude(problem: &Problem, event: Option<&Event>, found: &Outcome, took: Duration) -> ExitCode {
    let (result, complete) = judge(problem, event, &found.solution);
    let state = if complete { "feasible" } else { "NOT feasible" };
    warn(format_args!(
        "{}: {state}, cost {}, {} moves in {:.2} s{}",
        problem.name,
        result.soft_cost(),
        found.moves,
        took.as_secs_f64(),
        found
            .feasible_after
            .map_or(String::new(), |t| format!(", feasible after {} ms", t.as_millis()))
    ));
    if let Some(change) = &result.change {
        warn(format_args!(
            "changes cost {}: {} cancelled, {} families moved, {} other leads, {} other rooms",
            change.perturbation_cost,
            change.cancelled,
            change.families_moved,
            change.teacher_changes,
            change.room_changes
        ));
    }
    if let (Some((at, first)), Some(_)) = (&found.first, event) {
        let (first, _) = judge(problem, event, first);
        let change = first.change.map_or(0, |c| c.perturbation_cost);
        warn(format_args!(
            "the first answer came after {} ms, its changes cost {change}",
            at.as_millis()
        ));
    }
    if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    }
}

/// The referee's score, and whether nothing is missing: in a repair a cancelled session is.
fn judge(problem: &Problem, event: Option<&Event>, solution: &Solution) -> (Score, bool) {
    let result = match event {
        None => score(problem, solution),
        Some(event) => score_repair(problem, solution, event),
    };
    let complete = result.feasible() && result.unscheduled == 0 && result.unplaced == 0;
    (result, complete)
}

/// A flag that the first Ctrl-C sets; without it the search ends by itself.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                set.store(true, Ordering::Relaxed);
            }
        });
    }
    flag
}

/// A line on standard error.
pub(super) fn warn(line: impl std::fmt::Display) {
    // A closed pipe is the reader's wish, not an error.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The week of a file.
pub(super) fn problem(path: &Path) -> Result<Problem, String> {
    read::problem(&bytes(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

/// The timetable of a file.
pub(super) fn solution(problem: &Problem, path: &Path) -> Result<Solution, String> {
    read::solution(problem, &bytes(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

/// The absence of a file.
pub(super) fn event(problem: &Problem, path: &Path) -> Result<Event, String> {
    read::event(problem, &bytes(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let file = std::fs::File::open(path).map_err(|e| named(&e))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| named(&e))?;
    if u64::try_from(bytes.len()).is_ok_and(|n| n > LARGEST) {
        return Err(named(&"larger than any week"));
    }
    Ok(bytes)
}
