//! The real program as a process of its own, and somebody with a browser in front of it: for the drills and for the
//! measurements.

#![allow(dead_code, reason = "the drills and the measurements each use their part")]

pub(crate) mod browser;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, Database};
use starbridge::platform::{Db, chance, db::Open};

pub(crate) use browser::Browser;

/// A data directory and a database that disappear in the end.
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) url: String,
    pub(crate) settings: Vec<(&'static str, String)>,
    server: Option<String>,
}

/// Where PostgreSQL runs, when there is one.
pub(crate) fn postgres() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
    std::env::var("TEST_DATABASE_URL").ok()
}

/// A number from the environment.
pub(crate) fn number(name: &str, default: usize) -> usize {
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// The moment, for measuring.
pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "measures how long something takes")]
    Instant::now()
}

impl Place {
    /// On SQLite, or on the PostgreSQL server at that address.
    pub(crate) async fn new(server: Option<&str>) -> Self {
        let name = format!("t{}", chance::name());
        let dir = std::env::temp_dir().join(format!("starbridge-{name}"));
        std::fs::create_dir_all(&dir).unwrap();
        let url = match server {
            None => format!("sqlite://{}", dir.join("starbridge.db").display()),
            Some(server) => {
                run_sql(server, &format!("CREATE DATABASE {name}")).await;
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
        };
        Self {
            dir,
            url,
            settings: Vec::new(),
            server: server.map(str::to_owned),
        }
    }

    /// The database, for looking at it from outside.
    pub(crate) async fn open(&self) -> Db {
        Db::open(Open {
            url: &self.url,
            readers: 2,
            full_sync: false,
            projections: &starbridge::app::FEATURES.projections(),
        })
        .await
        .unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_starbridge"));
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.dir.join("log"));
        without_settings(&mut command);
        command
            .args(arguments)
            .env("STARBRIDGE_DATA_DIR", &self.dir)
            .env("STARBRIDGE_DATABASE_URL", &self.url)
            .env("STARBRIDGE_LISTEN", "127.0.0.1:0")
            .env("STARBRIDGE_REQUIRE_TOTP", "false")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.unwrap());
        command
    }

    /// Start a command that ends by itself.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Run a command to its end; how long it took.
    pub(crate) fn run(&self, arguments: &[&str]) -> Duration {
        let started = now();
        let output = self.command(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "starbridge {arguments:?} failed: {}\n{}",
            String::from_utf8_lossy(&output.stdout),
            self.last_words()
        );
        started.elapsed()
    }

    /// Run a command that is refused; what it says.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success(), "starbridge {arguments:?} was not refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Run a command so many days ahead; whether it succeeded, and what it said.
    pub(crate) fn run_at(&self, days: i64, arguments: &[&str]) -> (bool, String) {
        let plain = self.command(arguments);
        let mut command = Command::new("faketime");
        command
            .args(["-f", &format!("+{days}d")])
            .arg(plain.get_program())
            .args(plain.get_args())
            .stdin(Stdio::null());
        without_settings(&mut command);
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = command.output().expect("this needs faketime: scripts/test-needs.sh");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Start serving, and wait until somebody answers.
    pub(crate) fn serve(&self) -> Program {
        let started = now();
        let mut process = self.command(&["serve", "--demo"]).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            let read = lines.read_line(&mut line).unwrap();
            assert!(read > 0, "the server ended: {}", self.last_words());
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        let mut program = Program {
            process,
            address,
            ready_after: Duration::ZERO,
        };
        let ready = Browser::new(&program.address).get("/health/ready").unwrap();
        assert_eq!(ready.status, 200, "{}", ready.text);
        program.ready_after = started.elapsed();
        program
    }

    /// The end of the program's log.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Remove what is left of it.
    pub(crate) async fn remove(self) {
        if let Some(server) = &self.server {
            let name = self.url.rsplit_once('/').unwrap().1;
            run_sql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

async fn run_sql(server: &str, sql: &str) {
    let admin = Database::connect(server).await.unwrap();
    admin.execute_unprepared(sql).await.unwrap();
    admin.close().await.unwrap();
}

/// The program while it serves.
pub(crate) struct Program {
    process: Child,
    pub(crate) address: String,
    pub(crate) ready_after: Duration,
}

impl Program {
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ask it to stop, as the machine's service manager does.
    pub(crate) fn ask_to_stop(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(asked.unwrap().success());
    }

    /// How it ended by itself.
    pub(crate) fn end(mut self) -> std::process::ExitStatus {
        self.process.wait().unwrap()
    }

    /// No time for goodbyes.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Neither what whoever tests has set for the program, nor how long a drill or a bench is to be.
fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("STARBRIDGE_")) {
        command.env_remove(name);
    }
}
