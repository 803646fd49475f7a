//! Settings: every flag is also a `STARBRIDGE_*` variable, and `--help` documents both.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use chrono::TimeDelta;
use clap::Args;
use ipnet::IpNet;
use secrecy::SecretString;

/// Settings shared by every command.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where the data lies: the embedded database, the key file, mail written in development.
    #[arg(long, env = "STARBRIDGE_DATA_DIR", default_value = "data", global = true)]
    pub data_dir: PathBuf,

    /// `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE` [default: starbridge.db in the data directory]
    #[arg(long, env = "STARBRIDGE_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,

    /// Connections kept for reading (and, on PostgreSQL, as many for writing).
    #[arg(long, env = "STARBRIDGE_DATABASE_CONNECTIONS", default_value_t = 8, global = true)]
    pub database_connections: u32,

    /// SQLite: wait for the disk at every commit, so that a power cut loses nothing either.
    #[arg(long, env = "STARBRIDGE_SQLITE_FULL_SYNC", default_value_t = true, action = clap::ArgAction::Set, global = true)]
    pub sqlite_full_sync: bool,

    /// Keys that seal identity numbers and phones [default: keys.json in the data directory]. Back it up apart from the database.
    #[arg(long, env = "STARBRIDGE_KEY_FILE", global = true)]
    pub key_file: Option<PathBuf>,

    /// File that each new seal of the audit trail is added to [default: seals.txt in the data directory]. Copy it elsewhere.
    #[arg(long, env = "STARBRIDGE_SEAL_FILE", global = true)]
    pub seal_file: Option<PathBuf>,

    /// System log that each new seal is sent to: a socket (`/dev/log`) or HOST:PORT (UDP).
    #[arg(long, env = "STARBRIDGE_SEAL_SYSLOG", global = true)]
    pub seal_syslog: Option<String>,

    /// Address that the pages are served on.
    #[arg(long, env = "STARBRIDGE_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,

    /// Address that `/metrics` is served on; none: no metrics.
    #[arg(long, env = "STARBRIDGE_METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<SocketAddr>,

    /// After SIGTERM: answer on for so many seconds while `/health/ready` already says no, so that the proxy turns to the other servers; 0 with one server.
    #[arg(long, env = "STARBRIDGE_DRAIN_SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=600), global = true)]
    pub drain_seconds: u32,

    /// Address that users type, for links in mails.
    #[arg(
        long,
        env = "STARBRIDGE_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080",
        global = true
    )]
    pub public_url: String,

    /// Take the client's address from `X-Forwarded-For`: only behind a proxy that sets it.
    #[arg(long, env = "STARBRIDGE_TRUST_PROXY", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub trust_proxy: bool,

    /// How many proxies stand before the server: so many entries of `X-Forwarded-For` were written by them.
    #[arg(long, env = "STARBRIDGE_PROXY_HOPS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10), global = true)]
    pub proxy_hops: u8,

    /// Addresses of the proxies, e.g. `10.0.0.0/24,fd00::/8`: nobody else is believed, and all of them are passed over.
    #[arg(long, env = "STARBRIDGE_PROXIES", value_delimiter = ',', value_parser = network, global = true)]
    pub proxies: Vec<IpNet>,

    /// `smtp://` or `smtps://USER:PASSWORD@HOST:PORT`; none: letters wait and say so (in a demonstration they become files, read at /dev/mail).
    #[arg(long, env = "STARBRIDGE_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<SecretString>,

    /// Certificates (PEM) of an authority of one's own that the mail server's certificate may come from, besides the machine's.
    #[arg(long, env = "STARBRIDGE_SMTP_CA_FILE", global = true)]
    pub smtp_ca_file: Option<PathBuf>,

    /// Sender of all mail.
    #[arg(
        long,
        env = "STARBRIDGE_MAIL_FROM",
        default_value = "Starbridge <starbridge@localhost>",
        global = true
    )]
    pub mail_from: String,

    /// Gateway for SMS or WeCom: messages are posted there as JSON.
    #[arg(long, env = "STARBRIDGE_WEBHOOK_URL", hide_env_values = true, global = true)]
    pub webhook_url: Option<SecretString>,

    /// Secret that the gateway knows: every post carries `X-Starbridge-Signature: sha256=HEX`, the HMAC of its body.
    #[arg(long, env = "STARBRIDGE_WEBHOOK_SECRET", hide_env_values = true, global = true)]
    pub webhook_secret: Option<SecretString>,

    /// Sign out after so many idle minutes.
    #[arg(long, env = "STARBRIDGE_SESSION_IDLE_MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(5..=120), global = true)]
    pub session_idle_minutes: u32,

    /// Sign out after so many hours in any case.
    #[arg(long, env = "STARBRIDGE_SESSION_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=24), global = true)]
    pub session_hours: u32,

    /// Administrators must use a second factor.
    #[arg(long, env = "STARBRIDGE_REQUIRE_TOTP", default_value_t = true, action = clap::ArgAction::Set, global = true)]
    pub require_totp: bool,

    /// So must everybody whose organisation covers more than one district (with `--require-totp`; not in a demonstration).
    #[arg(long, env = "STARBRIDGE_REQUIRE_TOTP_ACROSS", default_value_t = true, action = clap::ArgAction::Set, global = true)]
    pub require_totp_across: bool,

    /// Passwords are changed after so many days (0: never).
    #[arg(long, env = "STARBRIDGE_PASSWORD_DAYS", default_value_t = 90, global = true)]
    pub password_days: u32,

    /// Events are kept at least so many days; less than 180 is not accepted (网络安全法: six months).
    #[arg(long, env = "STARBRIDGE_EVENT_DAYS", default_value_t = 3650, value_parser = clap::value_parser!(u32).range(180..), global = true)]
    pub event_days: u32,

    /// Numbers of a quarter are published for those who see no children so many days after its end.
    #[arg(long, env = "STARBRIDGE_PUBLISH_AFTER_DAYS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=90), global = true)]
    pub publish_after_days: u32,

    /// While it registers children, an account is told of so many different ones a day that a file like theirs exists.
    #[arg(long, env = "STARBRIDGE_LIKENESSES_PER_DAY", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub likenesses_per_day: u32,

    /// Folder of the backups [default: backups in the data directory].
    #[arg(long, env = "STARBRIDGE_BACKUP_DIR", global = true)]
    pub backup_dir: Option<PathBuf>,

    /// Public key that backups are encrypted to (`age1…`); none: they are not encrypted.
    #[arg(long, env = "STARBRIDGE_BACKUP_RECIPIENT", global = true)]
    pub backup_recipient: Option<String>,

    /// File of the private key that opens encrypted backups: for `restore` and for the drill.
    #[arg(long, env = "STARBRIDGE_BACKUP_IDENTITY", global = true)]
    pub backup_identity: Option<PathBuf>,

    /// Folder of `pg_dump` and `pg_restore` where they are not on the path.
    #[arg(long, env = "STARBRIDGE_PG_BIN", global = true)]
    pub pg_bin: Option<PathBuf>,

    /// The program that makes PDFs [default: starbridge-paper beside this one].
    #[arg(long, env = "STARBRIDGE_PAPER_PROGRAM", global = true)]
    pub paper_program: Option<PathBuf>,

    /// Folder of the Chinese fonts that PDFs are set in [default: those of the system].
    #[arg(long, env = "STARBRIDGE_PAPER_FONTS", global = true)]
    pub paper_fonts: Option<PathBuf>,

    /// Virus scanner (clamd) that uploaded files are shown to: its socket (`/run/clamav/clamd.ctl`) or HOST:PORT; none: not scanned.
    #[arg(long, env = "STARBRIDGE_CLAMAV", global = true)]
    pub clamav: Option<String>,

    /// Log filter, e.g. `info,starbridge=debug`.
    #[arg(
        long,
        env = "STARBRIDGE_LOG",
        default_value = "info,sqlx=warn,sea_orm_migration=warn",
        global = true
    )]
    pub log: String,

    /// Log as JSON lines.
    #[arg(long, env = "STARBRIDGE_LOG_JSON", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub log_json: bool,

    /// A demonstration: invented people, mail in files, sign-in names shown.
    #[arg(long, env = "STARBRIDGE_DEMO", default_value_t = false, num_args = 0..=1, default_missing_value = "true", action = clap::ArgAction::Set, global = true)]
    pub demo: bool,
}

/// A network, or one address of it.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = text.parse::<IpAddr>().map(IpNet::from);
    one.or_else(|_| text.parse())
        .map_err(|_| format!("{text} is no network address"))
}

impl Config {
    /// The database, with the default filled in.
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("starbridge.db").display()))
    }

    /// The key file, with the default filled in.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data_dir.join("keys.json"))
    }

    /// Where seals are kept, with the default filled in.
    pub fn seal_file(&self) -> PathBuf {
        self.seal_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("seals.txt"))
    }

    /// Mail can be handed over: to a server, or to the files of a demonstration. Otherwise letters wait.
    pub fn mails(&self) -> bool {
        self.smtp_url.is_some() || self.demo
    }

    /// Where the mail of a demonstration is written.
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// Where backups lie, with the default filled in.
    pub fn backup_dir(&self) -> PathBuf {
        self.backup_dir.clone().unwrap_or_else(|| self.data_dir.join("backups"))
    }

    /// Idle limit of a session.
    pub fn session_idle(&self) -> TimeDelta {
        TimeDelta::minutes(self.session_idle_minutes.into())
    }

    /// Absolute limit of a session.
    pub fn session_limit(&self) -> TimeDelta {
        TimeDelta::hours(self.session_hours.into())
    }
}
