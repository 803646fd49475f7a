//! `starbridge seal`: days of the trail that are not sealed by themselves.

use clap::Args;

use super::say;
use crate::{
    audit::seal::{self, Confirmation},
    platform::{Actor, App, Result},
};

/// Who says that they may be sealed.
#[derive(Args, Debug)]
pub(super) struct SealArgs {
    /// Who says so.
    #[arg(long)]
    by: String,
    /// Why: what was found.
    #[arg(long)]
    reason: String,
}

/// Seal what waits.
pub(super) async fn run(app: &App, args: SealArgs) -> Result<()> {
    let by = Actor::system("seal", app.clock.now());
    let confirmation = Confirmation {
        name: args.by,
        reason: args.reason,
    };
    let outcome = seal::confirm(app, &by, &confirmation).await?;
    say(if outcome.is_empty() {
        "nothing waits to be sealed"
    } else {
        &outcome
    });
    Ok(())
}
