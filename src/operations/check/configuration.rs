//! Settings alone.

use lettre::message::Mailbox;

use super::{Finding, ok, warning, wrong};
use crate::platform::Config;

/// Settings alone.
pub fn configuration(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let local = config.public_url.contains("127.0.0.1") || config.public_url.contains("localhost");
    match config.public_url.split_once("://") {
        Some(("https", _)) => found.push(ok("address", &config.public_url)),
        Some(("http", _)) if local || config.demo => found.push(ok("address", &config.public_url)),
        Some(("http", _)) => found.push(warning(
            "address",
            format!(
                "{} is not https: passwords and children's data travel in the open",
                config.public_url
            ),
        )),
        _ => found.push(wrong("address", format!("{} is no http(s) address", config.public_url))),
    }
    if config.demo && !local {
        found.push(warning(
            "demonstration",
            "sign-in names are shown; never with real children",
        ));
    }
    let writable = std::fs::metadata(&config.data_dir).map(|m| m.is_dir() && !m.permissions().readonly());
    match writable {
        Ok(true) => found.push(ok("data", config.data_dir.display().to_string())),
        Ok(false) => found.push(wrong(
            "data",
            format!("{} is not a folder to write in", config.data_dir.display()),
        )),
        Err(error) => found.push(wrong("data", format!("{}: {error}", config.data_dir.display()))),
    }
    if config.mail_from.parse::<Mailbox>().is_err() {
        found.push(wrong(
            "mail",
            format!("{} is no sender (Name <address>)", config.mail_from),
        ));
    }
    if config.webhook_url.is_some() && config.webhook_secret.is_none() {
        found.push(warning(
            "gateway",
            "has no secret: whoever finds its address can post to it in our name",
        ));
    }
    found
}
