//! Mail: the server, and what did not leave.

use entities::{
    communication::message,
    words::{Delivery, Language},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Finding, ok, warning, wrong};
use crate::{
    access::scope,
    notifications::{mail::NO_SERVER, smtp},
    platform::{Config, Db, Result, words},
};

/// The mail server answers and lets us in.
pub async fn mail(config: &Config) -> Finding {
    match smtp::Server::configured(config) {
        Err(error) => wrong("mail", error.to_string()),
        Ok(None) if config.demo => {
            let folder = config.mail_dir().display().to_string();
            ok(
                "mail",
                format!("a demonstration: mail is written to {folder} and goes nowhere"),
            )
        }
        Ok(None) => warning(
            "mail",
            "no SMTP server (STARBRIDGE_SMTP_URL): NOTHING IS MAILED, letters to parents wait and families have to be called",
        ),
        Ok(Some(server)) => match server.greet().await {
            Ok(()) => ok("mail", "the server answers"),
            Err(error) if error == "delivery.silent_server" => wrong("mail", "the server does not answer in time"),
            Err(error) => wrong("mail", error),
        },
    }
}

/// What nobody could deliver.
pub(super) async fn messages(db: &Db) -> Result<Finding> {
    let stuck = message::Entity::find().filter(scope::stuck_messages());
    let failed = stuck
        .clone()
        .filter(message::COLUMN.state.eq(Delivery::Failed))
        .count(&**db)
        .await?;
    let waiting = stuck
        .clone()
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .count(&**db)
        .await?;
    let newest = stuck
        .order_by_desc(message::COLUMN.next_attempt_at)
        .order_by_desc(message::COLUMN.id)
        .limit(1)
        .one(&**db)
        .await?;
    let Some(reason) = newest.and_then(|row| row.last_error) else {
        return Ok(ok("messages", "none failed, none waits for a server"));
    };
    let reason = words::raw(Language::English, &reason);
    let found = format!("{failed} failed, {waiting} not sent yet: {reason}; see /operations/messages");
    // A letter that waits for a server that nobody configured is not told to anybody.
    Ok(if unsent_for_want_of_a_server(db).await? {
        wrong("messages", found)
    } else {
        warning("messages", found)
    })
}

async fn unsent_for_want_of_a_server(db: &Db) -> Result<bool> {
    let waiting = message::Entity::find()
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .filter(message::COLUMN.last_error.eq(NO_SERVER))
        .count(&**db)
        .await?;
    Ok(waiting > 0)
}
