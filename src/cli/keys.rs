//! `starbridge keys`: made once, looked at, changed.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clap::Subcommand;

use super::{
    open::{self, open},
    say,
};
use crate::{
    operations::{
        keyring,
        sealed::reseal::{self, Resealed},
    },
    platform::{Actor, App, Clock, Config, Result, crypto::registry, event, event::Subject},
};

/// The keys that seal identity numbers, telephones and diagnoses.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make the key file of a database that has none. (The first start on an empty database does it by itself.)
    Create,
    /// Which keys the database has, which the file has, and what lies under which.
    Status,
    /// Prepare another key in the file, which does not seal yet: copy the file to all servers, then `rotate`.
    Add,
    /// Seal with another key from now on, and seal everything anew with it. May be stopped at any moment: run it again to
    /// go on. The key of the blind index stays, so numbers are found as before.
    Rotate,
    /// Take older keys out of the file when nothing is left under them. Backups from before need the older copy of the file.
    Retire,
    /// Write the keys of the file into a database that lost its list of them.
    Adopt {
        /// Who says so.
        #[arg(long)]
        by: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// Run it.
pub(super) async fn run(config: Config, command: KeysCommand) -> Result<()> {
    let clock = Clock::default();
    match command {
        KeysCommand::Create => {
            let (db, _, _starting) = open::database(&config, &clock).await?;
            keyring::create(&db, &config, clock.now()).await?;
            say(format_args!(
                "{} was made. Copy it at once to two places that hold no backup of the database",
                config.key_file().display()
            ));
            Ok(())
        }
        KeysCommand::Adopt { by, reason } => {
            let (db, _, _starting) = open::database(&config, &clock).await?;
            keyring::adopt(&db, &config, &by, &reason, clock.now()).await?;
            say("the keys of the file are those of the database now");
            Ok(())
        }
        KeysCommand::Status => status(&open(config).await?).await,
        KeysCommand::Add => {
            let app = open(config).await?;
            let rows = registry::registered(&*app.db).await?;
            let (number, made) = keyring::add(&app, &rows)?;
            let words = if made { "is in" } else { "was already in" };
            say(format_args!(
                "key {number} {words} {} and does not seal yet: copy the file to all servers, then `keys rotate`",
                app.config.key_file().display()
            ));
            Ok(())
        }
        KeysCommand::Rotate => rotate(&open(config).await?).await,
        KeysCommand::Retire => {
            let app = open(config).await?;
            let by = Actor::system("keys", app.clock.now());
            let retired = keyring::retire(&app, &by).await?;
            match retired.as_slice() {
                [] => say("there is no older key in the file"),
                numbers => say(format_args!(
                    "taken out of the file: {numbers:?}. Keep the older copy of the file as long as backups from before"
                )),
            }
            Ok(())
        }
    }
}

async fn status(app: &App) -> Result<()> {
    let by = Actor::system("keys", app.clock.now());
    let rows = registry::registered(&*app.db).await?;
    let seals_with = app.keys.seals_with();
    for print in app.keys.prints()? {
        let row = rows.iter().find(|row| row.number == i32::from(print.number));
        let state = match row {
            _ if print.number == 0 => "blind index and seals",
            None => "prepared, seals after `keys rotate`",
            Some(_) if print.number == seals_with => "seals",
            Some(row) if row.retired_at.is_some() => "retired",
            Some(_) => "opens",
        };
        say(format_args!("{:<4}{}  {state}", print.number, print.print));
    }
    let left = reseal::left(&*app.db, seals_with).await?;
    for (column, rows) in &left {
        say(format_args!(
            "{rows} rows of {column} lie under another key than {seals_with}"
        ));
    }
    if !keyring::is_anything_left(app, &by).await? {
        say(format_args!("everything lies under key {seals_with}"));
    }
    Ok(())
}

async fn rotate(app: &App) -> Result<()> {
    let by = Actor::system("keys", app.clock.now());
    match keyring::begin(app, &by).await? {
        Some(number) => say(format_args!(
            "key {number} seals from now on. {} has changed: copy it to every server and to the two safe places",
            app.config.key_file().display()
        )),
        None => say("something lies under an older key: going on with that"),
    }
    let stopped = stop_on_interrupt();
    let mut told = None;
    let done = reseal::reseal(app, &by, reseal::NOTICED, |column, rows, all| {
        let hundredth = rows * 100 / all.max(1);
        if told != Some((hundredth, column.to_owned())) {
            // A closed pipe is the reader's wish, not an error.
            let _ = write!(std::io::stderr(), "\r{hundredth:>3} %  {column:<40}");
            told = Some((hundredth, column.to_owned()));
        }
        !stopped.load(Ordering::Relaxed)
    })
    .await?;
    let _ = writeln!(std::io::stderr());
    record(app, &by, &done).await?;
    for closed in &done.closed {
        say(format_args!("does not open and stays as it is: {closed}"));
    }
    if done.whole {
        say(format_args!(
            "{} contents were sealed anew. `starbridge keys retire` takes older keys out of the file",
            done.rows
        ));
        return Ok(());
    }
    Err(anyhow::anyhow!("stopped after {} contents: run it again to go on", done.rows).into())
}

async fn record(app: &App, by: &Actor, done: &Resealed) -> Result<()> {
    let details = serde_json::json!({
        "key": app.keys.seals_with(), "rows": done.rows, "whole": done.whole, "closed": done.closed.len(),
    });
    event::note(app, by, "keys.resealed", Subject::none(), details).await
}

/// Ctrl-C ends the work between two pages.
#[expect(clippy::disallowed_methods, reason = "it ends with the program")]
pub(super) fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    let tells = Arc::clone(&stopped);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            tells.store(true, Ordering::Relaxed);
        }
    });
    stopped
}
