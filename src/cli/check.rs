//! `starbridge check`: is this installation in order?

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::atomic::Ordering,
};

use clap::Args;

use super::{keys::stop_on_interrupt, say, settings};
use crate::{
    app,
    operations::check::{self, Finding, Level, Looking, SettingsFile},
    platform::{Clock, Config},
};

/// How much is looked at.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Compare the seals of the audit trail with those in this file: a copy of the file of seals, or a saved mail.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The settings file of systemd, looked at for misspelt names where it can be read.
    #[arg(long, value_name = "FILE", default_value = "/etc/starbridge/starbridge.env")]
    env_file: PathBuf,
}

/// One line for everything that was looked at; failure when something does not work.
pub(super) async fn run(config: &Config, args: &CheckArgs) -> ExitCode {
    let stopped = stop_on_interrupt();
    let mut told = None;
    let mut goes_on = |what: &str, done: u64, all: u64| {
        let hundredth = done * 100 / all.max(1);
        if told != Some(hundredth) && all > 2000 {
            // A closed pipe is the reader's wish, not an error.
            let _ = write!(
                std::io::stderr(),
                "\r{hundredth:>3} % of sealed rows opened, {what:<40}"
            );
            if done == all || !std::io::stderr().is_terminal() {
                let _ = writeln!(std::io::stderr());
            }
            told = Some(hundredth);
        }
        !stopped.load(Ordering::Relaxed)
    };
    let looking = Looking {
        now: Clock::default().now(),
        sweeps: &app::FEATURES.sweeps(),
        against: args.against.as_deref(),
        goes_on: &mut goes_on,
    };
    let mut found = misspelt(Some(args));
    found.extend(check::configuration(config));
    found.extend(check::room(config));
    found.push(check::time_server().await);
    found.extend(check::database(config, looking).await);
    found.push(check::mail(config).await);
    found.push(check::papers(config).await);
    found.push(check::uploads(config).await);
    for finding in &found {
        say(finding);
    }
    match found.iter().map(|f| f.level).max() {
        Some(Level::Error) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// Settings that nobody reads, in the environment and in the file.
pub(super) fn misspelt(command: Option<&CheckArgs>) -> Vec<Finding> {
    let environment: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    let file = command.and_then(|c| {
        Some((
            c.env_file.display().to_string(),
            std::fs::read_to_string(&c.env_file).ok()?,
        ))
    });
    let file = file.as_ref().map(|(path, text)| SettingsFile { path, text });
    check::settings(&settings(), &environment, file)
}
