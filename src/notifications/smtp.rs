//! Handing a mail to an SMTP server, so that we know afterwards whether it may have been taken.
//!
//! Up to the final dot nothing is delivered, whatever goes wrong, and trying again is safe. An answer that does not come
//! after the dot leaves it open; then we say [`Handover::Unknown`] and never send again.

use std::{future::Future, time::Duration};

use lettre::{
    Address,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};

use super::handover::Handover;
use crate::platform::{Config, Error, Result};
use secrecy::ExposeSecret as _;

/// Time for connecting, and for every answer before the mail itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time for the answer to the mail: scanners take long (RFC 5321, 4.5.3.2.6 asks for ten minutes; nobody waits so long).
const LONG_PATIENCE: Duration = Duration::from_secs(60);

/// How a certificate in a file begins.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    /// `smtp://`: not at all, for a relay on the same machine.
    None,
    /// `smtp://…?tls=required`: STARTTLS.
    StartTls,
    /// `smtps://`: from the first byte.
    Tls,
}

/// An SMTP server.
#[derive(Clone, Debug)]
pub struct Server {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    /// Authorities besides the machine's.
    authorities: Option<Certificate>,
}

impl Server {
    /// The configured one; none when there is none.
    pub fn configured(config: &Config) -> Result<Option<Self>> {
        let Some(url) = &config.smtp_url else { return Ok(None) };
        let mut server = Self::parse(url.expose_secret())?;
        if let Some(path) = &config.smtp_ca_file {
            let wrong =
                |why: String| Error::Internal(anyhow::anyhow!("the mail authorities in {}: {why}", path.display()));
            let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
            if !pem.windows(PEM.len()).any(|part| part == PEM) {
                return Err(wrong("no certificate in PEM".to_owned()));
            }
            server.authorities = Some(Certificate::from_pem(&pem).map_err(|e| wrong(e.to_string()))?);
        }
        Ok(Some(server))
    }

    /// From `smtp://HOST:PORT`, `smtp://…?tls=required` or `smtps://USER:PASSWORD@HOST:PORT`.
    pub fn parse(url: &str) -> Result<Self> {
        // The address holds a password: no error quotes it.
        let wrong = || {
            Error::Internal(anyhow::anyhow!(
                "the SMTP address is not smtp:// or smtps://[USER:PASSWORD@]HOST[:PORT]"
            ))
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_end_matches('/');
        let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(u, p)| (Some(u), p));
        let encryption = match (scheme, query) {
            ("smtps", "") => Encryption::Tls,
            ("smtp", "tls=required") => Encryption::StartTls,
            ("smtp", "") => Encryption::None,
            _ => return Err(wrong()),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (
                place,
                match encryption {
                    Encryption::Tls => 465,
                    Encryption::StartTls => 587,
                    Encryption::None => 25,
                },
            ),
        };
        if host.is_empty() {
            return Err(wrong());
        }
        let credentials = user
            .map(|user| {
                let (name, password) = user.split_once(':').ok_or_else(wrong)?;
                let plain = |text: &str| {
                    percent_encoding::percent_decode_str(text)
                        .decode_utf8()
                        .map(std::borrow::Cow::into_owned)
                        .map_err(|_| wrong())
                };
                Ok::<_, Error>(Credentials::new(plain(name)?, plain(password)?))
            })
            .transpose()?;
        Ok(Self {
            host: host.to_owned(),
            port,
            encryption,
            credentials,
            authorities: None,
        })
    }

    /// Connect, sign in, and leave again: what `starbridge check` tries.
    pub async fn greet(&self) -> Result<(), String> {
        let mut connection = self.connect().await?;
        let _ = in_time(PATIENCE, connection.quit()).await;
        Ok(())
    }

    /// Deliver one mail.
    pub async fn deliver(&self, from: &Address, to: &Address, mail: &[u8]) -> Handover {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(error) => return Handover::Unreachable(error),
        };
        let handover = hand_over(&mut connection, from, to, mail).await;
        // Whether it says goodbye politely changes nothing any more.
        let _ = in_time(PATIENCE, connection.quit()).await;
        handover
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let tls = || {
            let mut tls = TlsParameters::builder(self.host.clone());
            if let Some(authorities) = &self.authorities {
                tls = tls.add_root_certificate(authorities.clone());
            }
            tls.build_rustls().map_err(|e| told(&e))
        };
        let wrapper = (self.encryption == Encryption::Tls).then(tls).transpose()?;
        let hello = ClientId::default();
        let address = (self.host.as_str(), self.port);
        let greeted = AsyncSmtpConnection::connect_tokio1(address, Some(PATIENCE), &hello, wrapper, None);
        let mut connection = in_time(PATIENCE, greeted).await.map_err(Trouble::text)?;
        if self.encryption == Encryption::StartTls {
            in_time(PATIENCE, connection.starttls(tls()?, &hello))
                .await
                .map_err(Trouble::text)?;
        }
        if let Some(credentials) = &self.credentials {
            let ways = [Mechanism::Plain, Mechanism::Login];
            in_time(PATIENCE, connection.auth(&ways, credentials))
                .await
                .map_err(Trouble::text)?;
        }
        Ok(connection)
    }
}

async fn hand_over(connection: &mut AsyncSmtpConnection, from: &Address, to: &Address, mail: &[u8]) -> Handover {
    if let Err(trouble) = announce(connection, from, to).await {
        return trouble.before_the_mail();
    }
    match in_time(LONG_PATIENCE, connection.message(mail)).await {
        Ok(_) => Handover::Done,
        Err(Trouble::Smtp(error)) if error.is_permanent() => Handover::Never(told(&error)),
        Err(Trouble::Smtp(error)) if error.is_transient() => Handover::Later(told(&error)),
        Err(_) => Handover::Unknown,
    }
}

async fn announce(connection: &mut AsyncSmtpConnection, from: &Address, to: &Address) -> Result<(), Trouble> {
    in_time(PATIENCE, connection.command(Mail::new(Some(from.clone()), vec![]))).await?;
    in_time(PATIENCE, connection.command(Rcpt::new(to.clone(), vec![]))).await?;
    in_time(PATIENCE, connection.command(Data)).await?;
    Ok(())
}

enum Trouble {
    Silence,
    Smtp(SmtpError),
}

impl Trouble {
    fn text(self) -> String {
        match self {
            Self::Silence => "delivery.silent_server".to_owned(),
            Self::Smtp(error) => told(&error),
        }
    }

    fn before_the_mail(self) -> Handover {
        match self {
            Self::Smtp(error) if error.is_permanent() => Handover::Never(told(&error)),
            Self::Smtp(error) if error.is_transient() => Handover::Later(told(&error)),
            Self::Smtp(_) | Self::Silence => Handover::Unreachable(self.text()),
        }
    }
}

/// The server's own words, with the cause behind them.
fn told(error: &SmtpError) -> String {
    use std::error::Error as _;
    error
        .source()
        .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(Trouble::Smtp),
        Err(_) => Err(Trouble::Silence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_read() {
        let server = Server::parse("smtps://star%40x.cn:p%3Aw@mail.example.org").unwrap();
        assert_eq!((server.host.as_str(), server.port), ("mail.example.org", 465));
        assert_eq!(server.encryption, Encryption::Tls);
        assert_eq!(
            server.credentials,
            Some(Credentials::new("star@x.cn".into(), "p:w".into()))
        );
        let local = Server::parse("smtp://127.0.0.1:2525").unwrap();
        assert_eq!((local.port, local.encryption), (2525, Encryption::None));
        assert!(local.credentials.is_none());
        assert_eq!(Server::parse("smtp://h?tls=required").unwrap().port, 587);
        for wrong in [
            "mail.example.org",
            "http://x",
            "smtp://",
            "smtp://h:port",
            "smtps://secret@h",
        ] {
            let error = Server::parse(wrong).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
