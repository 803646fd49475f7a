//! `starbridge-paper`: one request on standard input or in a file, one PDF on standard output or in a file.
//!
//! A program of its own, because typesetting is large and reads pictures of strangers: the server stays small, and what
//! goes wrong here ends a process that holds nothing. It has no network and no files but those of the request and the
//! Chinese fonts of the system; limits on time and memory are set by whoever starts it and again by itself. The same
//! request and fonts give the same bytes.
//!
//! ```text
//! {"template": "table", "data": {…}, "files": {"seal.png": "base64…"}, "day": "2026-11-30"}
//! {"source": "#import \"/house.typ\": *  …", "data": {…}}
//! ```
//!
//! Files of strangers are looked into here as well ([`look`]): `starbridge-paper picture < photo.jpg`.
//!
//! The exit code tells what kind of thing went wrong ([`Failure::code`]), the standard error what it was.

mod desk;
mod failure;
mod fonts;
mod limits;
mod look;
mod request;

use std::{
    fs::File,
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use desk::Desk;
use failure::Failure;
use fonts::Fonts;
use look::Look;
use request::Request;

/// Longest request: a template, its data and its pictures.
const REQUEST: u64 = 32 << 20;

/// Makes a PDF of a template and data.
#[derive(Debug, Parser)]
#[command(name = "starbridge-paper", version, about, max_term_width = 110)]
struct Arguments {
    /// The request (JSON); none: standard input.
    request: Option<PathBuf>,
    /// Where the PDF goes; none: standard output.
    output: Option<PathBuf>,
    /// Folders of Chinese fonts, instead of the system's.
    #[arg(long)]
    fonts: Vec<PathBuf>,
    /// Stop after so many seconds.
    #[arg(long, default_value_t = 20, global = true)]
    seconds: u32,
    /// Take no more memory than so many megabytes.
    #[arg(long, default_value_t = 1024, global = true)]
    megabytes: u32,
    /// Look whether papers can be made here; makes none.
    #[arg(long)]
    check: bool,
    /// Look into a file that somebody sent, instead.
    #[command(subcommand)]
    look: Option<Look>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "{failure}");
            failure.code()
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    limits::before(arguments.seconds, arguments.megabytes)?;
    if let Some(look) = arguments.look {
        return look::look(look);
    }
    let request = if arguments.check {
        Request::check()
    } else {
        Request::read(&read(arguments.request.as_deref())?)?
    };
    let mut output: Box<dyn Write> = match arguments.output.as_deref() {
        Some(path) => Box::new(File::create(path).map_err(|error| Failure::output(&error))?),
        None => Box::new(io::stdout()),
    };
    let fonts = Fonts::found(&arguments.fonts)?;
    let names = fonts.names();
    // From here on there is a stranger's template and pictures at work, and nothing is opened any more.
    limits::behind()?;
    let desk = Desk::laid(request, fonts);
    // Each by itself, so that whoever sent it is told which one; it is not read twice.
    for name in desk.pictures() {
        typst::compile::<PagedDocument>(&desk.with(&name))
            .output
            .map_err(|errors| Failure::picture(name, &errors))?;
    }
    let pdf = pdf(&desk)?;
    if arguments.check {
        return writeln!(output, "{names}").map_err(|error| Failure::output(&error));
    }
    output
        .write_all(&pdf)
        .and_then(|()| output.flush())
        .map_err(|error| Failure::output(&error))
}

fn read(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| Failure::Request(error.to_string());
    let from: Box<dyn io::Read> = match path {
        Some(path) => Box::new(File::open(path).map_err(unreadable)?),
        None => Box::new(io::stdin()),
    };
    let mut bytes = Vec::new();
    from.take(REQUEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > usize::try_from(REQUEST).unwrap_or(usize::MAX) {
        return Err(Failure::Request(format!("more than {} MB", REQUEST >> 20)));
    }
    Ok(bytes)
}

/// Typeset what lies on the desk. Nothing of the moment or the machine gets in: no date but that of the request.
fn pdf(desk: &Desk) -> Result<Vec<u8>, Failure> {
    let document = typst::compile::<PagedDocument>(desk)
        .output
        .map_err(|errors| Failure::template(desk, &errors))?;
    let options = PdfOptions::default();
    typst_pdf::pdf(&document, &options).map_err(|errors| Failure::template(desk, &errors))
}
