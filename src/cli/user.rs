//! `starbridge user`: the first administrators, and the way back in.

use clap::Subcommand;
use entities::{OrganisationId, words::Role};

use super::say;
use crate::{
    account::service::{NewAccount, open_account},
    platform::{Actor, App, Error, Result},
};

/// Accounts from the command line.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Open an account; the password is printed once and must be changed at the first sign-in.
    Add {
        /// User name.
        user_name: String,
        /// Name on the screen.
        #[arg(long)]
        name: String,
        /// Id of the organisation.
        #[arg(long)]
        organisation: i64,
        /// Role; may be given several times.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
}

/// Run it.
pub(super) async fn run(app: &App, command: UserCommand) -> Result<()> {
    let by = Actor::system("command line", app.clock.now());
    match command {
        UserCommand::Add {
            user_name,
            name,
            organisation,
            roles,
        } => {
            let roles = roles
                .iter()
                .map(|r| r.parse().map_err(|_| anyhow::anyhow!("unknown role {r}").into()))
                .collect::<Result<Vec<Role>, Error>>()?;
            let password = uuid::Uuid::new_v4().to_string() + "A";
            let new = NewAccount {
                user_name,
                display_name: name,
                email: None,
                organisation: OrganisationId(organisation),
                roles,
                password: password.clone(),
                must_change: true,
            };
            open_account(app, &by, new).await?;
            say(format_args!("password: {password}"));
        }
    }
    Ok(())
}
