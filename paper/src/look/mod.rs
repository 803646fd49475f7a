//! Looking into what strangers sent: is it what it says, how large is it unpacked, what does it look like.
//!
//! The file comes on standard input. The answer is one line of JSON, then the bytes that it announces:
//!
//! ```text
//! {"fault":"encrypted"}
//! {"media":"jpeg","width":3000,"height":4000,"clean":812345,"thumbnail":9876}   then both pictures
//! {"pages":12}                                                                  then a thumbnail, or nothing
//! ```
//!
//! What is wrong with a file is an answer and no failure: the process fails where it met a limit or did not survive.

mod jpeg;
mod pdf;
mod picture;

use std::io::{self, Read as _, Write};

use clap::Subcommand;
use serde::Serialize;

use crate::{failure::Failure, limits};

/// Largest file that is looked at.
const FILE: u64 = 64 << 20;
/// The longer side of a thumbnail.
const THUMBNAIL: u32 = 320;

/// What is looked at.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Look {
    /// A JPEG or PNG: turned upright, without anything but the picture, and small.
    Picture(picture::Limits),
    /// A PDF: its pages, and what the first looks like.
    Pdf(pdf::Limits),
}

/// What is wrong with a file. The server has the same words (`FileFault`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// It cannot be read to its end.
    Damaged,
    /// It asks for a password.
    Encrypted,
    /// More pages than are taken.
    TooManyPages,
    /// A side that is longer than is taken.
    TooWide,
    /// More pixels than are taken.
    TooManyPixels,
    /// What it unpacks to is more than anything that people scan.
    Unpacks,
}

#[derive(Serialize)]
struct Refused {
    fault: Fault,
}

/// Look at what comes in, and answer.
pub(crate) fn look(look: Look) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let unreadable = |error: io::Error| Failure::Request(error.to_string());
    io::stdin().take(FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > usize::try_from(FILE).unwrap_or(usize::MAX) {
        return Err(Failure::Request(format!("more than {} MB", FILE >> 20)));
    }
    limits::behind()?;
    let mut output = io::stdout().lock();
    let done = match look {
        Look::Picture(limits) => picture::look(&bytes, limits, &mut output),
        Look::Pdf(limits) => pdf::look(bytes, limits, &mut output),
    };
    match done {
        Ok(()) => Ok(()),
        Err(Ended::Fault(fault)) => line(&mut output, &Refused { fault }),
        Err(Ended::Output(error)) => Err(error),
    }
}

/// Why there is no more to say.
enum Ended {
    Fault(Fault),
    Output(Failure),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Output(failure)
    }
}

/// The line of the answer, on its way at once: what comes after it may meet a limit.
fn line(output: &mut impl Write, answer: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec(answer).map_err(|error| Failure::System(error.to_string()))?;
    text.push(b'\n');
    bytes(output, &text)
}

fn bytes(output: &mut impl Write, bytes: &[u8]) -> Result<(), Failure> {
    output
        .write_all(bytes)
        .and_then(|()| output.flush())
        .map_err(|error| Failure::output(&error))
}
