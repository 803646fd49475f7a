//! A file on its way in: what it is, whether the scanner knows it, what is in it.

use entities::words::{AttachmentState, FileFault, FileKind};

use crate::platform::{
    App, Result,
    file::{Limits, Source, Spooled, kind},
    paper::look::{self, Found, Looked},
    scanner::{Scanner, Verdict},
};

/// A file that may be stored.
#[derive(Debug)]
pub struct Examined {
    /// Its name, with an ending that is true.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// The bytes.
    pub(super) spooled: Spooled,
    /// What came of looking at it.
    pub(super) standing: Standing,
    /// It has another ending than what it is.
    pub misnamed: bool,
}

/// Where a file stands after it was looked at, as far as that could be done.
#[derive(Debug)]
pub(super) enum Standing {
    /// It may be opened.
    Ready(Box<Looked>),
    /// Nobody could look into it yet.
    Preparing,
    /// The scanner could not be asked.
    SetApart,
    /// It is not to be taken.
    Wrong(FileFault),
}

impl Standing {
    pub(super) const fn state(&self) -> AttachmentState {
        match self {
            Self::Ready(_) => AttachmentState::Ready,
            Self::Preparing => AttachmentState::Preparing,
            Self::SetApart => AttachmentState::SetApart,
            Self::Wrong(_) => AttachmentState::Refused,
        }
    }
}

/// Look at a file that came in; what is wrong with it is told at once, before anything is stored.
///
/// # Errors
/// The disk, or the database.
pub async fn examine(
    app: &App,
    limits: &Limits,
    called: &str,
    mut spooled: Spooled,
) -> Result<std::result::Result<Examined, FileFault>> {
    let kind = match kind::told(spooled.head()) {
        Ok(kind) => kind,
        Err(fault) => return Ok(Err(fault)),
    };
    let standing = look_at(app, limits, kind, &mut Source::Spooled(&mut spooled)).await?;
    if let Standing::Wrong(fault) = standing {
        return Ok(Err(fault));
    }
    let name = kind::name(called, kind);
    Ok(Ok(Examined {
        misnamed: called.contains('.') && name != called,
        name,
        kind,
        spooled,
        standing,
    }))
}

/// First whoever knows viruses, then what is in it.
pub(super) async fn look_at(app: &App, limits: &Limits, kind: FileKind, source: &mut Source<'_>) -> Result<Standing> {
    if let Some(scanner) = Scanner::of(&app.config) {
        match scanner.scan(source).await? {
            Verdict::Clean => {}
            Verdict::Infected(name) => {
                tracing::warn!("an uploaded file is refused: {name}");
                return Ok(Standing::Wrong(FileFault::Virus));
            }
            Verdict::Unknown(why) => {
                tracing::warn!("an uploaded file is set apart, the virus scanner does not answer: {why}");
                return Ok(Standing::SetApart);
            }
        }
    }
    Ok(match look::look(app, kind, limits, source).await? {
        Found::Sound(looked) => Standing::Ready(looked),
        Found::Wrong(fault) => Standing::Wrong(fault),
        Found::Later(why) => {
            tracing::warn!("an uploaded file is looked into later: {why}");
            Standing::Preparing
        }
    })
}
