//! The virus scanner of the house, where there is one: clamd, asked over its socket (`INSTREAM`).
//!
//! It gets the bytes and nothing else, piece by piece, and says whether it knows them. What it cannot be asked about is not
//! taken for clean.

use std::{io, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::timeout,
};

use super::{Config, Result, file::Source};

/// How long a scan may take, with the waiting for one before it.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it may take to answer at all.
const GREETING: Duration = Duration::from_secs(5);
/// Longest answer.
const ANSWER: u64 = 4096;

/// What a scan found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that it knows.
    Clean,
    /// Something that it knows, by its name.
    Infected(String),
    /// Nobody knows: it is away, or says that it could not look.
    Unknown(String),
}

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// A socket of this machine.
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

trait Talks: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Talks for T {}

impl Scanner {
    /// The one of the settings.
    pub fn of(config: &Config) -> Option<Self> {
        let place = config.clamav.as_deref()?;
        Some(if place.starts_with('/') {
            Self::Unix(PathBuf::from(place))
        } else {
            Self::Tcp(place.to_owned())
        })
    }

    /// Look for what it knows.
    ///
    /// # Errors
    /// Only when the file itself cannot be read.
    pub async fn scan(&self, source: &mut Source<'_>) -> Result<Verdict> {
        match timeout(PATIENCE, self.asked(source)).await {
            Ok(Ok(answer)) => Ok(judged(&answer)),
            Ok(Err(Trouble::Line(error))) => Ok(Verdict::Unknown(error.to_string())),
            Ok(Err(Trouble::File(error))) => Err(error),
            Err(_) => Ok(Verdict::Unknown("no answer".to_owned())),
        }
    }

    /// Which version of the scanner and of what it knows.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn version(&self) -> io::Result<String> {
        let ask = async {
            let mut line = self.reached().await?;
            line.write_all(b"zVERSION\0").await?;
            heard(&mut line).await
        };
        timeout(GREETING, ask)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")))
    }

    async fn reached(&self) -> io::Result<Box<dyn Talks>> {
        let reach = async {
            Ok::<Box<dyn Talks>, io::Error>(match self {
                Self::Unix(path) => Box::new(UnixStream::connect(path).await?),
                Self::Tcp(place) => Box::new(TcpStream::connect(place).await?),
            })
        };
        timeout(GREETING, reach)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")))
    }

    async fn asked(&self, source: &mut Source<'_>) -> Result<String, Trouble> {
        let mut line = self.reached().await?;
        line.write_all(b"zINSTREAM\0").await?;
        let mut number = 0;
        while let Some(piece) = source.piece(number).await.map_err(Trouble::File)? {
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            let sent = async {
                line.write_all(&length.to_be_bytes()).await?;
                line.write_all(&piece).await
            };
            // Who has heard enough says why, and hangs up.
            if sent.await.is_err() {
                return Ok(heard(&mut line).await?);
            }
            number += 1;
        }
        line.write_all(&0_u32.to_be_bytes()).await?;
        Ok(heard(&mut line).await?)
    }
}

/// Why it could not be asked.
enum Trouble {
    Line(io::Error),
    File(super::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Line(error)
    }
}

async fn heard(line: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut answer = Vec::new();
    line.take(ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.trim_matches(['\0', '\n', ' ']).to_owned())
}

/// `stream: OK`, `stream: Eicar-Signature FOUND`, `INSTREAM size limit exceeded. ERROR`.
fn judged(answer: &str) -> Verdict {
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    if said == "OK" {
        return Verdict::Clean;
    }
    match said.strip_suffix(" FOUND") {
        Some(name) => Verdict::Infected(name.to_owned()),
        None if said.is_empty() => Verdict::Unknown("no answer".to_owned()),
        None => Verdict::Unknown(said.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        assert_eq!(judged("stream: OK"), Verdict::Clean);
        assert_eq!(
            judged("stream: Win.Test.EICAR_HDB-1 FOUND"),
            Verdict::Infected("Win.Test.EICAR_HDB-1".to_owned())
        );
        for unclear in ["", "INSTREAM size limit exceeded. ERROR", "OK?", "stream: OK FOUND IT"] {
            assert!(matches!(judged(unclear), Verdict::Unknown(_)), "{unclear}");
        }
    }
}
