//! The command line: what an operator does without a browser.

mod backup;
mod check;
mod demo;
mod divisions;
mod import;
mod keys;
mod open;
mod report;
mod score;
mod seal;
mod serve;
mod solve;
mod sweep;
mod timetable;
mod user;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::platform::{Config, Result};
use open::open;

/// Starbridge (星桥): screening, rehabilitation and accountability for the autistic children of a district.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages (brings the database to this version's schema first).
    Serve,
    /// Bring the database to this version's schema.
    Migrate,
    /// Fill an empty database with the invented demonstration district.
    Demo(demo::DemoCommand),
    /// Score an instrument: one line of JSON.
    Score(score::ScoreCommand),
    /// Read a roster of children in.
    Import(import::ImportCommand),
    /// Streets and villages by file, and changes of names and codes.
    #[command(subcommand)]
    Divisions(divisions::DivisionsCommand),
    /// Open accounts, reset passwords, list accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Do background work now: deliver messages, seal the audit trail, clear what is over.
    Sweep(sweep::SweepArgs),
    /// Look at configuration, database, migrations, keys, mail, calendars and audit trail; changes nothing.
    Check(check::CheckArgs),
    /// Make, look at and change the keys that seal personal data.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Seal days of the audit trail that are not sealed by themselves, because somebody says so.
    Seal(seal::SealArgs),
    /// Copy the database to a file while it is in use (SQLite), with rows and hashes by table beside it.
    Backup {
        /// The copy; it must not exist yet.
        file: PathBuf,
    },
    /// Put a backup in the place of the database, after checking it; the old database is kept beside.
    Restore {
        /// A file that `backup` wrote.
        file: PathBuf,
        /// Also where there is a database already.
        #[arg(long)]
        force: bool,
    },
    /// Make the week's timetable, or mend it after an absence; needs no database.
    Solve(solve::SolveCommand),
    /// Look into a timetable: its score, what it costs and why, what stands in a session's way; needs no database.
    #[command(subcommand)]
    Timetable(timetable::TimetableCommand),
    /// Print reports, or write them to a file.
    #[command(subcommand)]
    Report(report::ReportCommand),
}

impl Cli {
    /// Run the command; the exit code tells how it went.
    pub fn run(self) -> ExitCode {
        start_log(&self.config);
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return failed(&error),
        };
        match runtime.block_on(self.perform()) {
            Ok(code) => code,
            Err(error) => failed(&error),
        }
    }

    async fn perform(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve => {
                let _alone = serve::prepare(&self.config).await?;
                serve::run(open(self.config).await?).await?;
            }
            Command::Migrate => drop(open(self.config).await?),
            Command::Demo(command) => demo::run(&open(self.config).await?, &command).await?,
            Command::Score(command) => return Ok(score::run(&command)),
            Command::Solve(command) => return Ok(solve::run(&command)),
            Command::Timetable(command) => return Ok(timetable::run(&command)),
            Command::Import(command) => return import::run(&open(self.config).await?, &command).await,
            Command::Divisions(command) => return divisions::run(&open(self.config).await?, &command).await,
            Command::User(command) => user::run(&open(self.config).await?, command).await?,
            Command::Sweep(args) => sweep::run(&open(self.config).await?, args).await?,
            Command::Check(args) => return Ok(check::run(&self.config, &args).await),
            Command::Keys(command) => keys::run(self.config, command).await?,
            Command::Seal(args) => seal::run(&open(self.config).await?, args).await?,
            Command::Backup { file } => backup::backup(&self.config, &file).await?,
            Command::Restore { file, force } => backup::restore(&self.config, &file, force).await?,
            Command::Report(command) => report::run(&open(self.config).await?, command).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if config.log_json { log.json().init() } else { log.init() }
}

/// Print a line for the operator.
pub(crate) fn say(line: impl std::fmt::Display) {
    // A closed pipe is the reader's wish, not an error.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "starbridge: {error}");
    ExitCode::FAILURE
}
