//! The command line: what an operator does without a browser.

mod backup;
mod check;
mod demo;
mod divisions;
mod import;
mod keys;
mod log;
mod open;
mod progress;
mod report;
mod score;
mod seal;
mod serve;
mod settle;
mod solve;
mod sweep;
mod timetable;
mod user;

use std::{collections::BTreeSet, ffi::OsString, io::Write as _, process::ExitCode, time::Duration};

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::platform::{
    App, Config, Error, Result,
    crypto::{CryptoError, registry::Misfit},
    words,
};
use open::open;

/// How long a command waits for its own connections at the end.
const CLOSING: Duration = Duration::from_secs(5);

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
    /// Look at settings, disks, clock, database, migrations, keys, mail, calendars and audit trail; changes nothing.
    Check(check::CheckArgs),
    /// Make, look at and change the keys that seal personal data.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Seal days of the audit trail that are not sealed by themselves, because somebody says so.
    Seal(seal::SealArgs),
    /// Back the database up while it is in use: one file, by the time, with rows and hashes by table; or prove a backup.
    Backup(backup::BackupCommand),
    /// Put a backup in the place of the database, after checking it; what was there is kept beside.
    Restore(backup::RestoreCommand),
    /// Settle cases of the subsidy by rule sets, all from a file; needs no database.
    Settle(settle::SettleCommand),
    /// Make the week's timetable, or mend it after an absence; needs no database.
    Solve(solve::SolveCommand),
    /// Look into a timetable: its score, what it costs and why, what stands in a session's way; needs no database.
    #[command(subcommand)]
    Timetable(timetable::TimetableCommand),
    /// What session data say about a target: points and mastery, as JSON; needs no database.
    Progress(progress::ProgressCommand),
    /// How far two observers agree, as JSON; needs no database.
    Agreement(progress::AgreementCommand),
    /// Print reports, or write them to a file.
    #[command(subcommand)]
    Report(report::ReportCommand),
}

/// What `sysexits.h` calls a configuration error: starting again would not help.
const MISCONFIGURED: u8 = 78;

impl Cli {
    /// Read the command line and the environment, and run the command with the words of these locale files; the exit code
    /// tells how it went.
    pub fn main(locales: impl Iterator<Item = (String, String)>) -> ExitCode {
        match Self::try_parse() {
            Ok(cli) => cli.run(locales),
            Err(error) => unreadable(&error),
        }
    }

    fn run(self, locales: impl Iterator<Item = (String, String)>) -> ExitCode {
        log::start(&self.config);
        // Whoever types a command reads what it says; a server talks to whoever collects its log.
        let json = self.config.log_json && matches!(self.command, Command::Serve);
        if let Err(broken) = words::load(locales) {
            return failed(json, &anyhow::Error::from(broken).into());
        }
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return failed(json, &anyhow::Error::from(error).into()),
        };
        match runtime.block_on(self.perform()) {
            Ok(code) => code,
            Err(error) => failed(json, &error),
        }
    }

    async fn perform(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve => {
                let (_alone, looking) = serve::prepare(&self.config).await?;
                at_work(self.config, async |app| serve::run(app.clone(), looking).await).await?;
            }
            Command::Migrate => at_work(self.config, async |_| Ok(())).await?,
            Command::Demo(command) => at_work(self.config, async |app| demo::run(app, &command).await).await?,
            Command::Score(command) => return Ok(score::run(&command)),
            Command::Settle(command) => return Ok(settle::run(&command)),
            Command::Solve(command) => return Ok(solve::run(&command)),
            Command::Timetable(command) => return Ok(timetable::run(&command)),
            Command::Progress(command) => return Ok(progress::progress(&command)),
            Command::Agreement(command) => return Ok(progress::agreement(&command)),
            Command::Import(command) => {
                return at_work(self.config, async |app| import::run(app, &command).await).await;
            }
            Command::Divisions(command) => {
                return at_work(self.config, async |app| divisions::run(app, &command).await).await;
            }
            Command::User(command) => at_work(self.config, async |app| user::run(app, command).await).await?,
            Command::Sweep(args) => at_work(self.config, async |app| sweep::run(app, args).await).await?,
            Command::Check(args) => return Ok(check::run(&self.config, &args).await),
            Command::Keys(command) => keys::run(self.config, command).await?,
            Command::Seal(args) => at_work(self.config, async |app| seal::run(app, args).await).await?,
            Command::Backup(command) => backup::backup(&self.config, &command).await?,
            Command::Restore(command) => backup::restore(&self.config, &command).await?,
            Command::Report(command) => at_work(self.config, async |app| report::run(app, command).await).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Open the database for one command, and close it afterwards: SQLite then writes its log into the file, which is whole
/// by itself.
async fn at_work<T>(config: Config, work: impl AsyncFnOnce(&App) -> Result<T>) -> Result<T> {
    let app = open(config).await?;
    let done = work(&app).await;
    // Whoever still holds a connection is cut off by the end of the process.
    let closed = tokio::time::timeout(CLOSING, app.db.clone().close_all()).await;
    if !matches!(closed, Ok(Ok(()))) {
        tracing::warn!("the database was not closed in an orderly way");
    }
    done
}

/// Print a line for the operator.
pub(crate) fn say(line: impl std::fmt::Display) {
    // A closed pipe is the reader's wish, not an error.
    let _ = writeln!(std::io::stdout(), "{}", log::clean(&line.to_string()));
}

/// The names of all settings.
fn settings() -> BTreeSet<String> {
    fn collect(command: &clap::Command, names: &mut BTreeSet<String>) {
        let variables = command.get_arguments().filter_map(clap::Arg::get_env);
        names.extend(variables.map(|name| name.to_string_lossy().into_owned()));
        command.get_subcommands().for_each(|inner| collect(inner, names));
    }
    let mut names = BTreeSet::new();
    collect(&Cli::command(), &mut names);
    names
}

/// The command line or a setting cannot be read. Whoever collects JSON gets JSON; help goes where help goes.
fn unreadable(error: &clap::Error) -> ExitCode {
    let is_json = |(name, value): (OsString, OsString)| {
        name == "STARBRIDGE_LOG_JSON" && value.to_str().is_some_and(|v| v.trim().eq_ignore_ascii_case("true"))
    };
    if error.use_stderr() && std::env::vars_os().any(is_json) {
        tracing_subscriber::fmt().json().with_writer(std::io::stderr).init();
        tracing::error!(
            version = env!("CARGO_PKG_VERSION"),
            "not started: {}",
            error.render().to_string().trim()
        );
    } else {
        let _ = error.print();
    }
    if error.use_stderr() {
        ExitCode::from(MISCONFIGURED)
    } else {
        ExitCode::SUCCESS
    }
}

fn failed(json: bool, error: &Error) -> ExitCode {
    if json {
        tracing::error!(version = env!("CARGO_PKG_VERSION"), "ended: {error:#}");
    } else {
        let _ = writeln!(std::io::stderr(), "{}", log::clean(&format!("starbridge: {error}")));
    }
    let misconfigured = matches!(error, Error::Internal(inner)
        if inner.is::<CryptoError>() || inner.is::<Misfit>() || inner.is::<open::Misconfigured>());
    if misconfigured {
        ExitCode::from(MISCONFIGURED)
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn every_setting_of_the_example_and_of_the_manual_exists() {
        let known = settings();
        assert!(known.contains("STARBRIDGE_BACKUP_KEEP_DAYS") && known.contains("STARBRIDGE_LISTEN"));
        let example = include_str!("../../deploy/starbridge.env.example");
        let manual = include_str!("../../docs/OPERATIONS.md");
        for word in [example, manual]
            .iter()
            .flat_map(|text| text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')))
        {
            let is_setting = word.starts_with("STARBRIDGE_") && word.len() > "STARBRIDGE_".len();
            assert!(!is_setting || known.contains(word), "{word} is no setting");
        }
        for name in &known {
            let bare = name.trim_start_matches("STARBRIDGE_");
            assert!(
                manual.contains(&format!("`{bare}`")) || manual.contains(&format!("`{name}`")),
                "{name} is not in the manual"
            );
        }
    }
}
