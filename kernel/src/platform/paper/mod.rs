//! Papers: a PDF of a template and data.
//!
//! A program of its own makes them, `starbridge-paper` (`paper/`): it is large, and it reads pictures of strangers. It gets
//! one request, a limit on time and memory, and nothing else: no environment, no database, no keys. Whoever waits for a
//! paper waits [`PATIENCE`] at most; then the process is ended. The same program looks into files of strangers
//! ([`Printer::look`]).

pub mod look;

use std::{
    collections::BTreeMap,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::NaiveDate;
use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};
use serde::Serialize;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use super::{Config, Error, Say};

/// Name of the program.
const PROGRAM: &str = "starbridge-paper";
/// Its folder among what cargo builds: that of its profile.
const PROFILE: &str = "paper";
/// The Debian package of the fonts.
const FONT_PACKAGE: &str = "fonts-noto-cjk";
/// How long somebody waits for a paper.
const PATIENCE: Duration = Duration::from_secs(30);
/// Processor time of a paper, in seconds.
const SECONDS: u64 = 20;
/// Memory of a paper. Two Chinese fonts alone take a tenth of it.
const MEGABYTES: u64 = 1024;
/// Largest PDF.
const LARGEST: u64 = 64 << 20;
/// Longest explanation of a failure.
const WORDS: u64 = 64 << 10;

/// What a paper is made from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Request {
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    data: Value,
    files: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
}

impl Request {
    /// By one of the templates that come with the program (`paper/templates`).
    pub fn template(name: &'static str, data: Value) -> Self {
        Self {
            template: Some(name),
            data,
            ..Self::default()
        }
    }

    /// By a template of one's own, in typst; `#import "/house.typ": *` gives it the look of the house.
    pub fn source(source: impl Into<String>, data: Value) -> Self {
        Self {
            source: Some(source.into()),
            data,
            ..Self::default()
        }
    }

    /// With a picture, or another file that the template reads by this name.
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, bytes: &[u8]) -> Self {
        self.files.insert(name.into(), BASE64_STANDARD.encode(bytes));
        self
    }

    /// With a day that is today for the template.
    #[must_use]
    pub fn on(mut self, day: NaiveDate) -> Self {
        self.day = Some(day);
        self
    }
}

/// Why there is no paper.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The program is not there.
    #[error(
        "{PROGRAM} is not there: `make paper` builds it; STARBRIDGE_PAPER_PROGRAM names it where it is not beside the server"
    )]
    Missing,
    /// There is no Chinese font.
    #[error("there is no Chinese font: apt-get install {FONT_PACKAGE}")]
    Fonts,
    /// A picture that was sent is none.
    #[error("{0}")]
    Picture(String),
    /// It took more time or memory than a paper may.
    #[error("the paper took more {0} than a paper may")]
    TooMuch(&'static str),
    /// The template does not fit, or the program cannot work here.
    #[error("{0}")]
    Broken(String),
}

impl Trouble {
    /// For whoever waits for the paper, and for the administrator.
    pub fn say(&self) -> Say {
        match self {
            Self::Missing => Say::new("paper.missing"),
            Self::Fonts => Say::new("paper.fonts").with("package", FONT_PACKAGE),
            Self::Picture(_) => Say::new("paper.picture"),
            Self::TooMuch(_) => Say::new("paper.too_much"),
            Self::Broken(_) => Say::new("paper.broken"),
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Missing | Trouble::Fonts | Trouble::Picture(_) | Trouble::TooMuch(_) => {
                Self::refused(trouble.say())
            }
            Trouble::Broken(_) => Self::Internal(trouble.into()),
        }
    }
}

/// What may be taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// By the clock on the wall.
    pub patience: Duration,
    /// Processor time in seconds.
    pub seconds: u64,
    /// Memory.
    pub megabytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            patience: PATIENCE,
            seconds: SECONDS,
            megabytes: MEGABYTES,
        }
    }
}

/// The program, and what it may take.
#[derive(Clone, Debug)]
pub struct Printer {
    program: PathBuf,
    fonts: Option<PathBuf>,
    limits: Limits,
}

impl Printer {
    /// The program of the settings, or the one beside the server, or the one that cargo built.
    pub fn found(config: &Config) -> Result<Self, Trouble> {
        let program = match &config.paper_program {
            Some(program) => Some(program.clone()).filter(|program| program.is_file()),
            None => beside(&std::env::current_exe().unwrap_or_default()),
        };
        Ok(Self {
            program: program.ok_or(Trouble::Missing)?,
            fonts: config.paper_fonts.clone(),
            limits: Limits::default(),
        })
    }

    /// With other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The PDF.
    pub async fn print(&self, request: &Request) -> Result<Vec<u8>, Trouble> {
        let request = serde_json::to_vec(request).map_err(|error| Trouble::Broken(error.to_string()))?;
        self.run(&[], &request).await
    }

    /// Which fonts papers are set in; a paper is really made for it.
    pub async fn check(&self) -> Result<String, Trouble> {
        let names = self.run(&["--check"], &[]).await?;
        Ok(String::from_utf8_lossy(&names).trim().to_owned())
    }

    /// The program, confined, before it is told anything.
    fn start(&self, arguments: &[&str]) -> Result<Child, Trouble> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .args(["--seconds", &self.limits.seconds.to_string()])
            .args(["--megabytes", &self.limits.megabytes.to_string()])
            .env_clear()
            // Others want the processors too.
            .env("RAYON_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(fonts) = &self.fonts {
            command.arg("--fonts").arg(fonts);
        }
        let child = command
            .spawn()
            .map_err(|error| Trouble::Broken(format!("{PROGRAM} cannot be started: {error}")))?;
        self.confine(&child)
            .map_err(|error| Trouble::Broken(format!("{PROGRAM} cannot be confined: {error}")))?;
        Ok(child)
    }

    async fn run(&self, arguments: &[&str], request: &[u8]) -> Result<Vec<u8>, Trouble> {
        let mut child = self.start(arguments)?;
        match timeout(self.limits.patience, talk(&mut child, request)).await {
            Ok(Ok((status, made, said))) => judged(status, made, &said),
            Ok(Err(error)) => Err(Trouble::Broken(format!("{PROGRAM}: {error}"))),
            Err(_) => {
                let _ = child.kill().await;
                Err(Trouble::TooMuch("time"))
            }
        }
    }

    fn confine(&self, child: &Child) -> std::io::Result<()> {
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        // It ended already, and says itself why.
        let Some(pid) = pid else { return Ok(()) };
        let seconds = self.limits.seconds;
        for (resource, most, at_last) in [
            (Resource::As, self.limits.megabytes << 20, 0),
            // The first limit says why, the second does not ask.
            (Resource::Cpu, seconds, 1),
            (Resource::Fsize, LARGEST, 0),
            (Resource::Core, 0, 0),
        ] {
            let limit = Rlimit {
                current: Some(most),
                maximum: Some(most.saturating_add(at_last)),
            };
            prlimit(Some(pid), resource, limit)?;
        }
        Ok(())
    }
}

/// Hand the request over and hear the program out.
async fn talk(child: &mut Child, request: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let (to, made, said) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tell = async {
        if let Some(mut to) = to {
            // Who ended before it heard everything says why.
            let _ = to.write_all(request).await;
        }
    };
    let ((), made, said) = tokio::join!(tell, hear(made, LARGEST), hear(said, WORDS));
    Ok((child.wait().await?, made?, said?))
}

async fn hear(from: Option<impl AsyncRead + Unpin>, most: u64) -> std::io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    if let Some(from) = from {
        from.take(most).read_to_end(&mut heard).await?;
    }
    Ok(heard)
}

/// What the end of the program means; its codes are those of `paper/src/failure.rs`.
fn judged(status: ExitStatus, made: Vec<u8>, said: &[u8]) -> Result<Vec<u8>, Trouble> {
    let words = String::from_utf8_lossy(said).trim().to_owned();
    let signal = |known: Signal| status.signal() == Some(known.as_raw());
    Err(match status.code() {
        Some(0) => return Ok(made),
        Some(65) => Trouble::Picture(words),
        Some(69) => Trouble::Fonts,
        Some(75) => Trouble::TooMuch("time"),
        _ if signal(Signal::XCPU) => Trouble::TooMuch("time"),
        // What an allocation that is refused ends in, and what the system does when it has none left.
        _ if signal(Signal::ABORT) || signal(Signal::KILL) => Trouble::TooMuch("memory"),
        _ => Trouble::Broken(format!("{PROGRAM} failed ({status}): {words}")),
    })
}

/// Beside a program, as they are installed; or where cargo puts it, above the folder of that program.
fn beside(program: &Path) -> Option<PathBuf> {
    let folders = || program.ancestors().skip(1);
    let installed = folders().take(1).map(|folder| folder.join(PROGRAM));
    let built = folders().take(3).map(|folder| folder.join(PROFILE).join(PROGRAM));
    installed.chain(built).find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn ended(raw: i32, said: &str) -> Result<Vec<u8>, Trouble> {
        judged(ExitStatus::from_raw(raw), b"%PDF".to_vec(), said.as_bytes())
    }

    #[test]
    fn every_end_has_its_meaning() {
        assert_eq!(ended(0, "").unwrap(), b"%PDF");
        let code = |code: i32| ended(code << 8, "why\n").unwrap_err();
        assert_eq!(code(65), Trouble::Picture("why".to_owned()));
        assert_eq!(code(69), Trouble::Fonts);
        assert_eq!(code(75), Trouble::TooMuch("time"));
        assert!(matches!(code(70), Trouble::Broken(words) if words.ends_with("why")));
        assert!(matches!(code(101), Trouble::Broken(_)));
        assert_eq!(ended(6, "").unwrap_err(), Trouble::TooMuch("memory"));
        assert_eq!(ended(24, "").unwrap_err(), Trouble::TooMuch("time"));
        assert_eq!(ended(9, "").unwrap_err(), Trouble::TooMuch("memory"));
        assert!(matches!(ended(11, "").unwrap_err(), Trouble::Broken(_)));
    }

    #[test]
    fn the_program_is_found_beside_the_server_and_among_what_cargo_built() {
        let root = std::env::temp_dir().join(format!("starbridge-beside-{}", std::process::id()));
        let put = |path: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        assert_eq!(beside(&root.join("debug/deps/main-0")), None);
        let built = put("paper/starbridge-paper");
        assert_eq!(beside(&root.join("debug/deps/main-0")), Some(built.clone()));
        assert_eq!(beside(&root.join("release/starbridge")), Some(built));
        let installed = put("release/starbridge-paper");
        assert_eq!(beside(&root.join("release/starbridge")), Some(installed));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_request_says_what_it_is_made_from() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let request = Request::template("table", serde_json::json!({ "title": "名单" }))
            .with_file("seal.png", &[0, 1])
            .on(day);
        assert_eq!(
            serde_json::to_value(&request).unwrap(),
            serde_json::json!({
                "template": "table", "data": { "title": "名单" }, "files": { "seal.png": "AAE=" }, "day": "2026-11-30",
            })
        );
    }
}
