//! Why there is no PDF.

use std::{io, process::ExitCode};

use typst::{World as _, WorldExt as _, diag::SourceDiagnostic, syntax::DiagSpan};

use crate::desk::Desk;

/// Most errors of a template that are told; the rest follows from them.
const TOLD: usize = 10;

/// Why there is no PDF, by what whoever asked can do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The request cannot be read.
    #[error("the request cannot be read: {0}")]
    Request(String),
    /// A picture is none.
    #[error("{name}: {why}")]
    Picture {
        /// Its name in the request.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The template does not fit its data: where, and what.
    #[error("{0}")]
    Template(String),
    /// No Chinese font, so there would be boxes instead of characters.
    #[error("there is no Chinese font: apt-get install fonts-noto-cjk ({0})")]
    Fonts(String),
    /// The limits cannot be set, or the PDF cannot be written.
    #[error("{0}")]
    System(String),
}

impl Failure {
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::System(format!("the PDF cannot be written: {error}"))
    }

    /// What the typesetter says of a picture.
    pub(crate) fn picture(name: String, errors: &[SourceDiagnostic]) -> Self {
        let why: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        Self::Picture {
            name,
            why: why.join("; "),
        }
    }

    /// What the typesetter says, with file, line and column.
    pub(crate) fn template(desk: &Desk, errors: &[SourceDiagnostic]) -> Self {
        let lines: Vec<String> = errors.iter().take(TOLD).map(|error| line(desk, error)).collect();
        Self::Template(lines.join("\n"))
    }

    /// As `sysexits.h` has them: 64 the request, 65 the data, 69 something that must be there, 70 the program, 71 the system.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Request(_) => 64,
            Self::Picture { .. } => 65,
            Self::Fonts(_) => 69,
            Self::Template(_) => 70,
            Self::System(_) => 71,
        })
    }
}

fn line(desk: &Desk, error: &SourceDiagnostic) -> String {
    let place = place(desk, error.span).unwrap_or_default();
    let hints: String = error.hints.iter().map(|hint| format!(" ({})", hint.v)).collect();
    format!("{place}{}{hints}", error.message)
}

/// `main.typ:3:5: `
fn place(desk: &Desk, span: DiagSpan) -> Option<String> {
    let source = desk.source(span.id()?).ok()?;
    let at = desk.range(span)?.start;
    let (line, column) = source.lines().byte_to_line_column(at)?;
    let id = source.id();
    let name = id.vpath().get_without_slash();
    Some(format!("{name}:{}:{}: ", line + 1, column + 1))
}
