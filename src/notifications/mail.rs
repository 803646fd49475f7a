//! A mail as it leaves: by SMTP, or into a file in a demonstration.

use std::time::SystemTime;

use lettre::{
    Address, Message,
    message::{Mailbox, SinglePart, header},
};
use sha2::{Digest as _, Sha256};

use super::{handover::Handover, mailbox, receiver::Receiver, smtp};
use crate::platform::{App, Result, crypto::hex};
use chrono::{DateTime, Utc};

/// Why a mail waits although it is due: nobody configured a server.
pub const NO_SERVER: &str = "delivery.no_server";

/// A finished mail.
#[derive(Clone, Debug)]
pub struct Letter {
    /// One message, one name: the file in development.
    pub name: String,
    /// The same cause and receiver give the same `Message-ID`.
    pub key: String,
    /// To whom.
    pub to: Receiver,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// Hand a mail over.
pub async fn send(app: &App, letter: Letter) -> Result<Handover> {
    let Ok(to) = letter.to.address.parse::<Address>() else {
        return Ok(Handover::Never("delivery.bad_address".to_owned()));
    };
    let from: Mailbox = app.config.mail_from.parse().map_err(anyhow::Error::from)?;
    let bytes = formatted(&letter, &from, to.clone())?;
    match smtp::Server::configured(&app.config)? {
        Some(server) => Ok(server.deliver(&from.email, &to, &bytes).await),
        None if app.config.demo => mailbox::keep(app, &letter.name, bytes).await,
        // Not sent is not sent.
        None => Ok(Handover::Unreachable(NO_SERVER.to_owned())),
    }
}

fn formatted(letter: &Letter, from: &Mailbox, to: Address) -> Result<Vec<u8>> {
    let digest = Sha256::digest(letter.key.as_bytes());
    let id = format!(
        "<{}@{}>",
        hex(digest.get(..16).unwrap_or_default()),
        from.email.domain()
    );
    let body = SinglePart::builder()
        .header(header::ContentType::TEXT_PLAIN)
        .header(header::ContentTransferEncoding::Base64)
        .body(letter.body.clone());
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(letter.to.name.clone()), to))
        .subject(letter.subject.clone())
        .date(SystemTime::from(letter.at))
        .message_id(Some(id))
        .singlepart(body)
        .map_err(anyhow::Error::from)?;
    Ok(message.formatted())
}
