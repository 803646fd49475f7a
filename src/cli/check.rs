//! `starbridge check`: is this installation in order?

use std::process::ExitCode;

use super::say;
use crate::{
    operations::check::{self, Level},
    platform::{Clock, Config},
};

/// One line for everything that was looked at; failure when something does not work.
pub(super) async fn run(config: &Config) -> ExitCode {
    let mut found = check::configuration(config);
    found.extend(check::database(config, Clock::default().now()).await);
    found.push(check::mail(config).await);
    for finding in &found {
        say(finding);
    }
    match found.iter().map(|f| f.level).max() {
        Some(Level::Error) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
