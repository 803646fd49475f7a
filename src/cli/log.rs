//! The technical log and last words: lines on standard error, JSON from the first one if wanted, and no password in any.

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::OnceLock,
};

use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::platform::Config;

/// What stands in place of a secret.
const HIDDEN: &str = "***";
/// Shorter ones would make holes in every word; between `:` and `@` they are hidden all the same.
const SHORTEST: usize = 4;

/// Secrets of the settings, once they are known.
static SECRETS: OnceLock<Secrets> = OnceLock::new();

/// Start the log; once in a process.
pub(super) fn start(config: &Config) {
    let _ = SECRETS.set(Secrets::of(config));
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Clean);
    if config.log_json {
        log.json().init()
    } else {
        log.init()
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("no words");
        tracing::error!(target: "starbridge::panic", place, "{words}");
    }));
}

/// A text without the secrets.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    SECRETS.get().map_or(Cow::Borrowed(text), |secrets| secrets.hide(text))
}

/// What must not be printed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn of(config: &Config) -> Self {
        let mut secrets = Self::default();
        let database = config.database_url.as_deref();
        let mail = config.smtp_url.as_ref().map(ExposeSecret::expose_secret);
        let gateway = config.webhook_url.as_ref().map(ExposeSecret::expose_secret);
        for url in [database, mail, gateway].into_iter().flatten() {
            secrets.take_address(url);
        }
        // The key of a gateway stands in its query.
        if let Some((_, query)) = gateway.and_then(|url| url.split_once('?')) {
            for (_, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                secrets.take(value);
            }
        }
        if let Some(secret) = &config.webhook_secret {
            secrets.take(secret.expose_secret());
        }
        // The longest first: one may be part of another.
        secrets.0.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        secrets
    }

    /// The password of an address, as it is written and as it is meant.
    fn take_address(&mut self, url: &str) {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let Some((user, password)) = rest.rsplit_once('@').and_then(|(known, _)| known.split_once(':')) else {
            return;
        };
        self.0.push((format!(":{password}@"), format!(":{HIDDEN}@")));
        // Where the password is the name, hiding it everywhere would tell it.
        if password != user && !"starbridge".contains(password) {
            self.take(password);
        }
    }

    fn take(&mut self, secret: &str) {
        let meant = percent_decode_str(secret).decode_utf8_lossy().into_owned();
        let quoted = serde_json::to_string(&meant).unwrap_or_default();
        let inside = quoted.trim_matches('"').to_owned();
        for form in [secret.to_owned(), meant, inside] {
            if form.len() >= SHORTEST && !self.0.iter().any(|(known, _)| *known == form) {
                self.0.push((form, HIDDEN.to_owned()));
            }
        }
    }

    fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for (secret, instead) in &self.0 {
            if clean.contains(secret.as_str()) {
                clean = Cow::Owned(clean.replace(secret.as_str(), instead));
            }
        }
        clean
    }
}

/// Writes each line of the log whole, after cleaning it.
struct Clean;

impl<'a> MakeWriter<'a> for Clean {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Clean {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(clean(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_however_they_are_written() {
        let mut secrets = Secrets::default();
        secrets.take_address("postgres://star:gehe%2Fim@db/centre");
        secrets.take_address("smtps://star:pw@mail");
        secrets.take("quo\"ted");
        let told =
            secrets.hide("postgre://star:gehe%2Fim@db: gehe/im; smtps://star:pw@mail pw; {\"m\":\"quo\\\"ted\"}");
        assert_eq!(
            told,
            "postgre://star:***@db: ***; smtps://star:***@mail pw; {\"m\":\"***\"}"
        );
        assert_eq!(secrets.hide("nothing here"), "nothing here");
    }

    #[test]
    fn a_password_that_is_the_name_does_not_hide_the_name() {
        let mut secrets = Secrets::default();
        secrets.take_address("postgres://starbridge:starbridge@db/starbridge");
        assert_eq!(secrets.hide("starbridge::request"), "starbridge::request");
        assert_eq!(
            secrets.hide("postgres://starbridge:starbridge@db"),
            "postgres://starbridge:***@db"
        );
    }
}
