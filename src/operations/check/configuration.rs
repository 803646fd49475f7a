//! Settings alone.

use lettre::message::Mailbox;

use super::{Finding, ok, warning, wrong};
use crate::platform::Config;

/// Settings alone.
pub fn configuration(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let local = is_local(&config.public_url);
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
    if config.public_url.contains("starbridge.example.gov.cn") {
        found.push(wrong("address", "STARBRIDGE_PUBLIC_URL is still that of the example"));
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

/// On this machine only. The whole name counts: `localhost.example.org` is somebody else's.
fn is_local(address: &str) -> bool {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = |text: &str| {
        text.is_empty()
            || text
                .strip_prefix(':')
                .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
    };
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|own| host.strip_prefix(own).is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn the_whole_name_of_a_host_counts() {
        for address in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "https://localhost/",
            "http://[::1]:9",
        ] {
            assert!(is_local(address), "{address}");
        }
        for address in [
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://127.0.0.10",
            "http://localhost:x@example.org",
            "http://example.org/localhost",
            "localhost",
        ] {
            assert!(!is_local(address), "{address}");
        }
    }
}
