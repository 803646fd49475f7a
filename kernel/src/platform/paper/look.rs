//! Looking into a file that a stranger sent: what the program says of it (`paper/src/look`). It holds the file and nothing
//! else; the server hands over piece by piece and takes pictures back in the same way.

use std::{os::unix::process::ExitStatusExt as _, time::Duration};

use entities::words::{FileFault, FileKind};
use rustix::process::Signal;
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout},
    sync::Semaphore,
    time::timeout,
};

use super::{Limits as Takes, Printer, WORDS, hear};
use crate::platform::{
    App, Config, Result,
    file::{Limits, Source, Spool, Spooled},
};

/// Files that are looked into at one time in this process: each may take the memory of a large picture.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Who waits longer for a turn leaves the file to the sweep.
const TURN: Duration = Duration::from_secs(15);
/// What a look may take.
const TAKES: Takes = Takes {
    patience: Duration::from_secs(45),
    seconds: 30,
    megabytes: 1024,
};
/// Longest line of an answer.
const LINE: u64 = 4096;
/// Largest picture that comes back.
const CLEAN: u64 = 64 << 20;
/// Largest thumbnail.
const THUMBNAIL: u64 = 1 << 20;

/// What came of a look.
#[derive(Debug)]
pub enum Found {
    /// It is what it says.
    Sound(Box<Looked>),
    /// It is not to be taken.
    Wrong(FileFault),
    /// Nobody could look now: another time.
    Later(String),
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Looked {
    /// Pages of a PDF.
    pub pages: Option<i32>,
    /// A picture upright and with nothing in it but itself, and what that is.
    pub clean: Option<(FileKind, Spooled)>,
    /// A small picture (JPEG) of it.
    pub thumbnail: Option<Spooled>,
}

/// Look into a file, of a kind that its first bytes told.
///
/// # Errors
/// The file cannot be read, or what comes back not be written.
pub async fn look(app: &App, kind: FileKind, limits: &Limits, source: &mut Source<'_>) -> Result<Found> {
    let printer = match Printer::found(&app.config) {
        Ok(printer) => printer.within(TAKES),
        Err(trouble) => return Ok(Found::Later(trouble.to_string())),
    };
    let Ok(Ok(_turn)) = timeout(TURN, AT_ONCE.acquire()).await else {
        return Ok(Found::Later("others are being looked into".to_owned()));
    };
    printer.look(app, kind, limits, source).await
}

/// Files can be looked into here: the program is there.
pub fn is_there(config: &Config) -> bool {
    Printer::found(config).is_ok()
}

/// The line of the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    fault: Option<FileFault>,
    media: Option<FileKind>,
    clean: u64,
    thumbnail: u64,
    pages: Option<i32>,
}

impl Printer {
    async fn look(&self, app: &App, kind: FileKind, limits: &Limits, source: &mut Source<'_>) -> Result<Found> {
        let mut child = match self.start(&asked(kind, limits).each_ref().map(String::as_str)) {
            Ok(child) => child,
            Err(trouble) => return Ok(Found::Later(trouble.to_string())),
        };
        match timeout(self.limits.patience, talked(app, &mut child, source)).await {
            Ok(done) => done,
            Err(_) => {
                let _ = child.kill().await;
                Ok(Found::Later("it took too long".to_owned()))
            }
        }
    }
}

fn asked(kind: FileKind, limits: &Limits) -> [String; 5] {
    let [what, first, most, second, more] = match kind {
        FileKind::Pdf => ["pdf", "--pages", &limits.pages.to_string(), "--unpacked", "1073741824"].map(str::to_owned),
        FileKind::Jpeg | FileKind::Png => [
            "picture",
            "--side",
            &limits.side.to_string(),
            "--pixels",
            &(u64::from(limits.megapixels) * 1_000_000).to_string(),
        ]
        .map(str::to_owned),
    };
    [what, first, most, second, more]
}

/// Hand the file over, and hear what is said of it.
async fn talked(app: &App, child: &mut Child, source: &mut Source<'_>) -> Result<Found> {
    let (to, from, said) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (told, heard, said) = tokio::join!(hand_over(to, source), answered(app, from), hear(said, WORDS));
    let status = child.wait().await.map_err(anyhow::Error::from)?;
    told?;
    let heard = heard?;
    // What it said before it met a limit stands; of a PDF that is all but its small picture.
    if let Some(found) = heard {
        return Ok(found);
    }
    let words = said.map(|said| String::from_utf8_lossy(&said).trim().to_owned());
    tracing::info!("a file was not looked into ({status}): {}", words.unwrap_or_default());
    let signal = |known: Signal| status.signal() == Some(known.as_raw());
    Ok(match status.code() {
        // Not its own limit, but the clock on the wall, or the machine's last memory: perhaps another time.
        Some(75) => Found::Later("it took too long".to_owned()),
        Some(64 | 71) => Found::Later(format!("the program failed ({status})")),
        _ if signal(Signal::KILL) => Found::Later("it was ended".to_owned()),
        _ if signal(Signal::XCPU) || signal(Signal::ABORT) => Found::Wrong(FileFault::Unpacks),
        // It did not survive what it read.
        _ => Found::Wrong(FileFault::Damaged),
    })
}

async fn hand_over(to: Option<ChildStdin>, source: &mut Source<'_>) -> Result<()> {
    let Some(mut to) = to else { return Ok(()) };
    let mut number = 0;
    while let Some(piece) = source.piece(number).await? {
        // Who ended before it heard everything says why.
        if to.write_all(&piece).await.is_err() {
            return Ok(());
        }
        number += 1;
    }
    Ok(())
}

/// The line and what it announces; nothing where that is not whole.
async fn answered(app: &App, from: Option<ChildStdout>) -> Result<Option<Found>> {
    let Some(from) = from else { return Ok(None) };
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    let read = (&mut from).take(LINE).read_until(b'\n', &mut line).await;
    let Ok(answer) = read
        .map_err(drop)
        .and_then(|_| serde_json::from_slice::<Answer>(&line).map_err(drop))
    else {
        return Ok(None);
    };
    if let Some(fault) = answer.fault {
        return Ok(Some(Found::Wrong(fault)));
    }
    if let Some(media) = answer.media {
        let clean = spooled(app, &mut from, answer.clean.min(CLEAN)).await?;
        let thumbnail = spooled(app, &mut from, answer.thumbnail.min(THUMBNAIL)).await?;
        let whole = clean.size() == answer.clean && thumbnail.size() == answer.thumbnail;
        let looked = Looked {
            pages: None,
            clean: Some((media, clean)),
            thumbnail: Some(thumbnail),
        };
        return Ok(whole.then_some(Found::Sound(Box::new(looked))));
    }
    let thumbnail = spooled(app, &mut from, THUMBNAIL).await?;
    let looked = Looked {
        pages: answer.pages,
        clean: None,
        thumbnail: is_jpeg(&thumbnail).then_some(thumbnail),
    };
    Ok(answer.pages.is_some().then_some(Found::Sound(Box::new(looked))))
}

/// There is a small picture: it is made before the first of it is written.
fn is_jpeg(small: &Spooled) -> bool {
    small.head().starts_with(&[0xFF, 0xD8, 0xFF])
}

async fn spooled(app: &App, from: &mut (impl AsyncRead + Unpin), most: u64) -> Result<Spooled> {
    let mut spool = Spool::begin(app).await?;
    let mut from = from.take(most);
    let mut some = vec![0; 64 * 1024];
    loop {
        match from.read(&mut some).await {
            Ok(0) | Err(_) => return spool.finish().await,
            Ok(length) => spool.write(some.get(..length).unwrap_or_default()).await?,
        }
    }
}
