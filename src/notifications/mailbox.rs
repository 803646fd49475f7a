//! Mail in files: demonstrations.

use std::path::{Path, PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::handover::Handover;
use crate::platform::{App, Error, Result};

/// A mail in the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Name of its file, without the ending.
    pub name: String,
    /// Headers.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Date as the mail says it.
    pub date: String,
    /// Plain text.
    pub body: String,
}

/// The box can be read in the browser: in a demonstration, whose people are invented, while no server is configured.
pub fn is_open(app: &App) -> bool {
    app.config.demo && app.config.smtp_url.is_none()
}

/// Put a mail in. A mail that is there already stays as it is.
pub(super) async fn keep(app: &App, name: &str, mail: Vec<u8>) -> Result<Handover> {
    let folder = app.config.mail_dir();
    let file = file(&folder, name).ok_or(Error::NotFound)?;
    let done = tokio::task::spawn_blocking(move || {
        use std::io::Write as _;
        std::fs::create_dir_all(&folder)?;
        let mut target = std::fs::OpenOptions::new().write(true).create_new(true).open(file)?;
        target.write_all(&mail)?;
        // "Sent" is said of it next.
        target.sync_all()
    })
    .await
    .map_err(anyhow::Error::from)?;
    Ok(match done {
        Ok(()) => Handover::Done,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Handover::Done,
        Err(error) => Handover::Unreachable(error.to_string()),
    })
}

/// Everything in the box, the newest first.
pub async fn list(app: &App) -> Result<Vec<Kept>> {
    let folder = app.config.mail_dir();
    let found = tokio::task::spawn_blocking(move || {
        let mut kept: Vec<_> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let name = path.file_stem()?.to_str()?.to_owned();
                let mail = std::fs::read_to_string(&path).ok()?;
                (path.extension()? == "eml").then(|| read(name, &mail))
            })
            .collect();
        kept.sort_by(|a, b| b.name.cmp(&a.name));
        kept
    });
    found.await.map_err(|e| Error::Internal(e.into()))
}

/// One mail.
pub async fn open(app: &App, name: &str) -> Result<Kept> {
    let file = file(&app.config.mail_dir(), name).ok_or(Error::NotFound)?;
    let mail = tokio::fs::read_to_string(file).await.map_err(|_| Error::NotFound)?;
    Ok(read(name.to_owned(), &mail))
}

/// The file of a mail: names are letters, digits and `-`, so none leads out of the box.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let plain = !name.is_empty() && name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain.then(|| folder.join(format!("{name}.eml")))
}

/// What we wrote ourselves: folded headers with encoded words, a body in base64.
fn read(name: String, mail: &str) -> Kept {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap_or((mail, ""));
    let head = head.replace("\r\n ", " ");
    let header = |wanted: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(wanted)?.strip_prefix(": "))
            .map(decoded)
            .unwrap_or_default()
    };
    let packed: String = body.split_whitespace().collect();
    let text = BASE64_STANDARD.decode(packed).unwrap_or_default();
    Kept {
        to: header("To"),
        subject: header("Subject"),
        date: header("Date"),
        body: String::from_utf8_lossy(&text).replace("\r\n", "\n"),
        name,
    }
}

/// A header in words: `=?utf-8?b?…?=` opened (RFC 2047); the blank between two encoded words is none.
fn decoded(header: &str) -> String {
    let mut out = String::new();
    let mut packed_before = false;
    for word in header.split_whitespace() {
        let opened = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|rest| rest.split_once("?="))
            .and_then(|(data, after)| Some((BASE64_STANDARD.decode(data).ok()?, after)));
        let packed = opened.is_some();
        if !out.is_empty() && !(packed && packed_before) {
            out.push(' ');
        }
        match opened {
            Some((bytes, after)) => {
                out.push_str(&String::from_utf8_lossy(&bytes));
                out.push_str(after);
            }
            None => out.push_str(word),
        }
        packed_before = packed;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_box() {
        let folder = Path::new("/data/mail");
        for name in ["", "../keys", "a/b", "a\\b", "..", ".eml", "a.eml", "%2e%2e", "名"] {
            assert_eq!(file(folder, name), None, "{name}");
        }
        assert_eq!(file(folder, "m-7"), Some(PathBuf::from("/data/mail/m-7.eml")));
    }

    #[test]
    fn headers_are_opened() {
        assert_eq!(decoded("=?utf-8?b?5aSN562b?= =?utf-8?b?6aKE57qm?="), "复筛预约");
        assert_eq!(decoded("=?utf-8?b?546L6Iqz?= <a@example.org>"), "王芳 <a@example.org>");
        assert_eq!(decoded("plain words"), "plain words");
    }
}
