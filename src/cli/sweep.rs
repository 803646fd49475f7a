//! `starbridge sweep`: background work by hand, or from cron.

use clap::Args;

use super::say;
use crate::{
    app,
    platform::{App, Result, sweep},
};

/// Which sweeps.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct SweepArgs {
    /// Its name.
    name: Option<String>,
    /// Every sweep, one after the other.
    #[arg(long)]
    all: bool,
    /// Only list the names.
    #[arg(long)]
    list: bool,
}

/// Run them.
pub(super) async fn run(app: &App, args: SweepArgs) -> Result<()> {
    let sweeps = app::FEATURES.sweeps();
    if args.list {
        for sweep in &sweeps {
            say(format_args!("{:<20} every {} s", sweep.name, sweep.every.as_secs()));
        }
        return Ok(());
    }
    let chosen: Vec<_> = sweeps
        .iter()
        .filter(|s| args.all || args.name.as_deref() == Some(s.name))
        .collect();
    if chosen.is_empty() {
        return Err(anyhow::anyhow!("there is no such sweep; `starbridge sweep --list` names them").into());
    }
    let mut failed = 0;
    for sweep in chosen {
        match sweep::run_once(app, sweep).await {
            Ok(Some(outcome)) if outcome.is_empty() => say(format_args!("{}: nothing to do", sweep.name)),
            Ok(Some(outcome)) => say(format_args!("{}: {outcome}", sweep.name)),
            Ok(None) => say(format_args!("{}: is running elsewhere", sweep.name)),
            Err(error) => {
                failed += 1;
                say(format_args!("{}: error: {error:#}", sweep.name));
            }
        }
    }
    if failed > 0 {
        return Err(anyhow::anyhow!("{failed} sweeps failed").into());
    }
    Ok(())
}
