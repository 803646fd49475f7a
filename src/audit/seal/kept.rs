//! Seals kept where nobody who writes to the database reaches them: a file, the system log, the mailboxes of the audit
//! administrators. `starbridge check --against FILE` compares; the file of this machine is compared before each sealing.
//!
//! A seal is kept as one line, or as words in this order wherever a mail breaks them:
//! `starbridge-seal NUMBER DAY EVENTS LAST-ID HASH CODE`.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    net::UdpSocket,
    os::unix::{fs::OpenOptionsExt as _, net::UnixDatagram},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::NaiveDate;
use entities::{
    account::{account, account_role},
    event::event_seal,
    words::{Channel, Role},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _, QueryTrait as _};
use serde_json::json;

use crate::platform::{
    Actor, App, Result,
    outbox::{self, Message, Receiver},
};

/// The first word of a kept seal.
const WORD: &str = "starbridge-seal";
/// In the place of a code that a seal does not have.
const NO_CODE: &str = "-";

/// A seal as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub number: i64,
    /// Its day.
    pub day: NaiveDate,
    events: i64,
    last_id: i64,
    hash: String,
    mac: String,
}

impl Kept {
    /// A seal to be kept.
    pub fn of(seal: &event_seal::Model) -> Self {
        Self {
            number: seal.number,
            day: seal.day,
            events: seal.events,
            last_id: seal.last_id,
            hash: seal.hash.clone(),
            mac: seal.mac.clone().unwrap_or_else(|| NO_CODE.to_owned()),
        }
    }
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            number,
            day,
            events,
            last_id,
            hash,
            mac,
        } = self;
        write!(f, "{WORD} {number} {day} {events} {last_id} {hash} {mac}")
    }
}

/// Every seal in a text, in its order; whatever stands around them does not matter. A saved mail may hold its text as
/// base64, or with its long lines broken (quoted-printable).
pub fn read(text: &str) -> Vec<Kept> {
    let seals = scan(&text.replace("=\r\n", "").replace("=\n", ""));
    if seals.is_empty() {
        return scan(&unpacked(text));
    }
    seals
}

/// What stands behind the blocks of base64 in a text.
fn unpacked(text: &str) -> String {
    let is_packed =
        |line: &str| !line.is_empty() && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let blocks = lines.chunk_by(|one, next| is_packed(one) == is_packed(next));
    let opened = blocks.filter_map(|block| BASE64_STANDARD.decode(block.concat()).ok());
    opened
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned() + "\n")
        .collect()
}

fn scan(text: &str) -> Vec<Kept> {
    let mut seals = Vec::new();
    let mut words = text.split_whitespace();
    while words.any(|word| word == WORD) {
        // What is no seal after all does not hide the next one.
        let mut rest = words.clone();
        if let Some(seal) = one(&mut rest) {
            seals.push(seal);
            words = rest;
        }
    }
    seals
}

fn one<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Kept> {
    Some(Kept {
        number: words.next()?.parse().ok()?,
        day: words.next()?.parse().ok()?,
        events: words.next()?.parse().ok()?,
        last_id: words.next()?.parse().ok()?,
        hash: words.next()?.to_owned(),
        mac: words.next()?.to_owned(),
    })
}

/// The kept seals that the database does not have, or has otherwise.
pub async fn differences(db: &impl ConnectionTrait, kept: &[Kept]) -> Result<Vec<Kept>> {
    let mut differing = Vec::new();
    for some in kept.chunks(1000) {
        let found: BTreeMap<i64, Kept> = event_seal::Entity::find()
            .filter(event_seal::COLUMN.number.is_in(some.iter().map(|seal| seal.number)))
            .all(db)
            .await?
            .iter()
            .map(|seal| (seal.number, Kept::of(seal)))
            .collect();
        differing.extend(
            some.iter()
                .filter(|seal| found.get(&seal.number) != Some(seal))
                .cloned(),
        );
    }
    Ok(differing)
}

/// What the file of this machine says: of seals that were made again after somebody confirmed, the last.
pub fn of_file(file: &Path) -> io::Result<Vec<Kept>> {
    let mut text = String::new();
    match File::open(file) {
        Ok(mut file) => file.read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut seals: BTreeMap<i64, Kept> = BTreeMap::new();
    for seal in read(&text) {
        // A seal that is made again makes those after it void.
        seals.split_off(&seal.number);
        seals.insert(seal.number, seal);
    }
    Ok(seals.into_values().collect())
}

/// The first seal of the machine's file that is not in the database as it was kept.
pub(super) async fn first_difference(app: &App, db: &impl ConnectionTrait, newest: i64) -> Result<Option<i64>> {
    let file = app.config.seal_file();
    let kept = of_file(&file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    // The last one covers those before it.
    let Some(last) = kept.last() else { return Ok(None) };
    if last.number > newest {
        return Ok(Some(newest + 1));
    }
    Ok(differences(db, std::slice::from_ref(last))
        .await?
        .first()
        .map(|seal| seal.number))
}

/// Seals that another server made, or that could not be written when they were made.
pub(super) async fn catch_up(app: &App) -> Result<()> {
    let Ok(kept) = of_file(&app.config.seal_file()) else {
        return Ok(());
    };
    let last = kept.last().map_or(0, |seal| seal.number);
    let missing = event_seal::Entity::find()
        .filter(event_seal::COLUMN.number.gt(last))
        .order_by_asc(event_seal::COLUMN.number)
        .all(&*app.db)
        .await?;
    for seal in missing {
        to_file(app, &Kept::of(&seal));
    }
    Ok(())
}

/// Somebody said that the seals of the database are right where this machine's file has others: another server made them
/// again, or a restore took the newest away. True when the file had others.
pub(super) async fn reconcile(app: &App) -> Result<bool> {
    let file = app.config.seal_file();
    let kept = of_file(&file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    let Some(first) = differences(&*app.db, &kept).await?.into_iter().next() else {
        return Ok(false);
    };
    let newest = super::newest(&*app.db).await?.map_or(0, |seal| seal.number);
    // What is written again makes void whatever the file has from there on.
    let again = event_seal::Entity::find()
        .filter(event_seal::COLUMN.number.gte(first.number.min(newest)))
        .order_by_asc(event_seal::COLUMN.number)
        .all(&*app.db)
        .await?;
    for seal in &again {
        to_file(app, &Kept::of(seal));
    }
    Ok(true)
}

/// Let a seal leave the database: into the file, and into the system log where one is named.
pub(super) fn keep(app: &App, seal: &event_seal::Model) {
    let kept = Kept::of(seal);
    to_file(app, &kept);
    if let Some(address) = &app.config.seal_syslog
        && let Err(error) = to_syslog(address, &kept)
    {
        tracing::error!(
            "the seal of {} did not reach the system log {address}: {error}",
            kept.day
        );
    }
    tracing::info!("{kept}");
}

fn to_file(app: &App, kept: &Kept) {
    let file = app.config.seal_file();
    let write = || {
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o600);
        let mut target = options.open(&file)?;
        // One write, so that two processes do not mix their lines.
        target.write_all(format!("{kept}\n").as_bytes())?;
        target.sync_all()
    };
    if let Err(error) = write() {
        tracing::error!(
            "the seal of {} was not written to {}: {error}",
            kept.day,
            file.display()
        );
    }
}

/// A message of RFC 5424: facility 13 (log audit), severity 5 (notice). `address` is a socket (`/dev/log`) or HOST:PORT.
fn to_syslog(address: &str, kept: &Kept) -> io::Result<()> {
    let message = format!("<109>1 - - starbridge - - - {kept}");
    if address.starts_with('/') {
        UnixDatagram::unbound()?.send_to(message.as_bytes(), address)?;
    } else {
        let local = if address.starts_with('[') {
            "[::]:0"
        } else {
            "0.0.0.0:0"
        };
        UdpSocket::bind(local)?.send_to(message.as_bytes(), address)?;
    }
    Ok(())
}

/// A mail with the newest seal to every audit administrator who has an address, where mail is delivered.
pub(super) async fn mail_newest(app: &App, by: &Actor) -> Result<()> {
    let Some(seal) = super::newest(&*app.db).await?.filter(|_| app.config.smtp_url.is_some()) else {
        return Ok(());
    };
    let tx = app.db.write(by, "").await?;
    let receivers = account::Entity::find()
        .filter(
            account::Column::Id.in_subquery(
                account_role::Entity::find()
                    .select_only()
                    .column(account_role::Column::AccountId)
                    .filter(account_role::COLUMN.role.eq(Role::AuditAdmin))
                    .into_query(),
            ),
        )
        .filter(account::COLUMN.disabled_at.is_null())
        .filter(account::COLUMN.email.is_not_null())
        .all(&*tx)
        .await?;
    for receiver in receivers {
        let message = Message {
            to: Receiver::Account(receiver.id),
            channel: Channel::Mail,
            child: None,
            template: "trail.sealed",
            params: json!({
                "day": seal.day,
                "events": seal.events,
                "seal": Kept::of(&seal).to_string(),
            }),
            cause: format!("seal/{}/{}", seal.number, seal.hash.get(..8).unwrap_or_default()),
        };
        outbox::send(&tx, by, message).await?;
    }
    tx.commit_quietly().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(number: i64, hash: &str) -> Kept {
        Kept {
            number,
            day: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            events: 4,
            last_id: 9,
            hash: hash.to_owned(),
            mac: NO_CODE.to_owned(),
        }
    }

    #[test]
    fn a_seal_is_found_wherever_a_mail_breaks_it() {
        let (one, two) = (seal(1, "aa"), seal(2, "bb"));
        let text = format!(
            "尊敬的…：\n> {}\n\n starbridge-seal is no seal {two}",
            one.to_string().replace(' ', "\r\n  ")
        );
        assert_eq!(read(&text), [one, two]);
        assert_eq!(read("starbridge-seal starbridge-seal 1"), []);
        assert_eq!(read(""), []);
    }

    #[test]
    fn a_seal_is_found_in_a_mail_as_servers_keep_it() {
        let (one, two) = (seal(1, "aa"), seal(2, "bb"));
        let body = format!("尊敬的管理员：\r\n{one}\r\n{two}\r\n");
        let packed = BASE64_STANDARD.encode(&body);
        let lines: Vec<&str> = packed
            .as_bytes()
            .chunks(76)
            .map(|c| std::str::from_utf8(c).unwrap())
            .collect();
        let head = "Subject: =?utf-8?b?5bCB5a2Y?=\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        assert_eq!(read(&format!("{head}{}\r\n", lines.join("\r\n"))), [one, two]);
        let broken = seal(3, "cc").to_string().replace("seal 3", "se=\r\nal 3");
        assert_eq!(
            read(&format!(
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n{broken}\r\n"
            )),
            [seal(3, "cc")]
        );
    }

    #[test]
    fn of_seals_made_again_the_last_counts() {
        let file = std::env::temp_dir().join(format!("starbridge-seals-{}", crate::platform::chance::name()));
        assert_eq!(of_file(&file).unwrap(), []);
        let lines = [seal(1, "a"), seal(2, "b"), seal(3, "c"), seal(2, "d")].map(|seal| seal.to_string());
        std::fs::write(&file, lines.join("\n")).unwrap();
        assert_eq!(of_file(&file).unwrap(), [seal(1, "a"), seal(2, "d")]);
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn the_system_log_hears_of_a_seal() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server
            .set_read_timeout(Some(std::time::Duration::from_secs(5)))
            .unwrap();
        to_syslog(&server.local_addr().unwrap().to_string(), &seal(7, "aa")).unwrap();
        let mut heard = [0; 500];
        let length = server.recv(&mut heard).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&heard[..length]),
            "<109>1 - - starbridge - - - starbridge-seal 7 2026-11-02 4 9 aa -"
        );
    }
}
