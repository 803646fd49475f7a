//! Mail: the server, and what did not leave.

use entities::{communication::message, words::Delivery};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use secrecy::ExposeSecret as _;

use super::{Finding, ok, warning, wrong};
use crate::{
    notifications::smtp,
    platform::{Config, Db, Result},
};

/// The mail server answers and lets us in.
pub async fn mail(config: &Config) -> Finding {
    let Some(url) = &config.smtp_url else {
        let folder = config.mail_dir().display().to_string();
        let found = format!("no SMTP server: mail is written to {folder} and goes nowhere");
        return if config.demo {
            ok("mail", found)
        } else {
            warning("mail", found)
        };
    };
    match smtp::Server::parse(url.expose_secret()) {
        Err(error) => wrong("mail", error.to_string()),
        Ok(server) => match server.greet().await {
            Ok(()) => ok("mail", "the server answers"),
            Err(error) if error == "delivery.silent_server" => wrong("mail", "the server does not answer in time"),
            Err(error) => wrong("mail", error),
        },
    }
}

/// What nobody could deliver.
pub(super) async fn messages(db: &Db) -> Result<Finding> {
    let failed = message::Entity::find()
        .filter(message::COLUMN.state.eq(Delivery::Failed))
        .count(&**db)
        .await?;
    Ok(match failed {
        0 => ok("messages", "none failed"),
        n => warning("messages", format!("{n} failed; see /operations/messages")),
    })
}
