//! Files that nobody has looked at, into checked types; and results as JSON. For `starbridge progress` and `starbridge
//! agreement`.

mod agreement;
mod numbers;
mod read;
mod write;

use serde::de::DeserializeOwned;

/// Why a file was refused: one line, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl Refused {
    fn at(place: &str, what: impl std::fmt::Display) -> Self {
        Self(format!("{place}: {what}"))
    }
}

/// The points of a target and its state, as one line of JSON.
///
/// # Errors
/// When the file cannot be understood.
pub fn progress(bytes: &[u8]) -> Result<String, Refused> {
    let (target, records) = read::read(parse(bytes)?)?;
    Ok(write::progress(&target, &records))
}

/// How far two observers agree, as one line of JSON.
///
/// # Errors
/// When the file cannot be understood.
pub fn agreement(bytes: &[u8]) -> Result<String, Refused> {
    agreement::agreement(parse(bytes)?)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    // Some editors put a mark at the beginning of a file.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        // What was found there may itself contain the end of a line.
        Refused(
            error
                .to_string()
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
        )
    })
}

/// Untrusted text in a sentence.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}
