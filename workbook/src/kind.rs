//! What a file is, judged by its first bytes and never by its name.

use super::error::ReadError;

/// A file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An Office Open XML package, or at least a zip archive.
    Package,
    /// Something that may be delimited text.
    Text,
}

/// Compound files (`.xls`, and encrypted `.xlsx`).
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Name of the stream that holds an encrypted workbook, in UTF-16LE.
const ENCRYPTED: &str = "EncryptedPackage";

/// Text has at most one control character in so many bytes.
const BYTES_A_CONTROL: usize = 20;

/// Tells a workbook from text and from everything else.
///
/// # Errors
/// [`ReadError::OldExcel`], [`ReadError::Encrypted`], [`ReadError::NotAWorkbook`], [`ReadError::Empty`].
pub(super) fn of(bytes: &[u8]) -> Result<Kind, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.starts_with(b"PK") {
        return Ok(Kind::Package);
    }
    if bytes.starts_with(COMPOUND) {
        let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted {
            ReadError::Encrypted
        } else {
            ReadError::OldExcel
        });
    }
    // Excel 2 to 4, before compound files.
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0x00, ..]) {
        return Err(ReadError::OldExcel);
    }
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    // That letters beyond ASCII are UTF-8 is no accident: such a file is text, and some programs fill its end with nothing.
    let is_certain = !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok();
    let end = match bytes.iter().rposition(|&b| b != 0) {
        Some(last) if is_certain => last + 1,
        _ => bytes.len(),
    };
    let start = bytes.get(..end.min(4096)).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if text.starts_with('<') || text.starts_with("%PDF") || text.starts_with("{\\rtf") {
        return Err(ReadError::NotAWorkbook);
    }
    // Delimited text has few control characters (old programs end a file with Ctrl-Z, pasted cells have vertical tabs), and NUL
    // only where it is certain to be text; pictures and programs have many.
    let control = start
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1A))
        .count();
    if !wide && ((start.contains(&0) && !is_certain) || control.saturating_mul(BYTES_A_CONTROL) > start.len()) {
        return Err(ReadError::NotAWorkbook);
    }
    Ok(Kind::Text)
}
