//! The zip archive around a workbook, inspected before a parser believes anything it says.
//!
//! Sizes in a zip are claims. Every entry is inflated once here, counting real bytes and stopping at the limit, so that
//! the parser behind it cannot be made to inflate more. Two parts are looked into, because the parser allocates by what
//! they claim: the shared strings (it reserves room for the announced number) and the styles (it copies the font and the
//! number format into every cell format).

use std::io::{Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::{error::ReadError, read::Limits};

/// Signature in front of every entry of the central directory.
const CENTRAL: &[u8] = b"PK\x01\x02";
/// Spreadsheets repeat themselves: small files may shrink as they like, the ratio counts from here on.
const RATIO_FROM: u64 = 16 * 1024 * 1024;
/// Room the styles may take once every cell format has its own copy of its font and number format, in bytes.
const STYLES_ROOM: usize = 64 * 1024 * 1024;

/// Shared strings that are kept; each costs memory beyond its text. One takes between one and four tags.
const STRING_TAGS: usize = 8_000_000;
/// Name of the tag that merges cells.
const MERGE: &[u8] = b"mergeCell";
/// Name of the attribute that hides a row or a column, or takes its size.
const HIDDEN: [&[u8]; 3] = [b"hidden=", b"ht=\"0\"", b"width=\"0\""];

/// What is known of a package that may be opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contents {
    /// Some sheet has merged cells.
    pub(super) merges: bool,
    /// Some sheet hides a row or a column.
    pub(super) hides: bool,
}

/// Inflates everything once under `limits`.
///
/// # Errors
/// What is wrong with the archive, see [`ReadError`].
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<Contents, ReadError> {
    // Counted before the archive is opened, which itself takes memory for every entry.
    if bytes.windows(CENTRAL.len()).filter(|window| *window == CENTRAL).count() > limits.entries {
        return Err(ReadError::Bomb("entries"));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| refused(&e))?;
    if archive.len() > limits.entries {
        return Err(ReadError::Bomb("entries"));
    }
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(|n| n.to_lowercase()).map_err(|e| refused(&e)))
        .collect::<Result<_, _>>()?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/workbook.bin") || has("mimetype") {
        return Err(ReadError::OtherFormat);
    }
    if !has("[content_types].xml") || !names.iter().any(|n| n.ends_with("workbook.xml")) {
        return Err(ReadError::NotAWorkbook);
    }
    let mut room = limits.inflated;
    let (mut merges, mut hides) = (false, false);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| refused(&e))?;
        if entry.enclosed_name().is_none() {
            return Err(ReadError::Damaged("an entry points outside the archive".to_owned()));
        }
        if entry.size() > room {
            return Err(ReadError::Bomb("claimed size"));
        }
        let name = entry.name().map_err(|e| refused(&e))?.to_lowercase();
        let mut limited = entry.take(room.saturating_add(1));
        let inflated = if name.ends_with("sharedstrings.xml") || name.ends_with("styles.xml") {
            let mut part = Vec::new();
            limited
                .read_to_end(&mut part)
                .map_err(|e| ReadError::Damaged(e.to_string()))?;
            if part.len().try_into().unwrap_or(u64::MAX) <= room {
                if name.ends_with("styles.xml") {
                    check_styles(&part)?;
                } else {
                    check_strings(&part)?;
                }
            }
            u64::try_from(part.len()).unwrap_or(u64::MAX)
        } else {
            let (inflated, found) = drained(&mut limited).map_err(|e| ReadError::Damaged(e.to_string()))?;
            merges |= found.merges;
            // The workbook says of a whole sheet that it is hidden: not of rows.
            hides |= found.hides && !name.ends_with("workbook.xml");
            inflated
        };
        room = room.checked_sub(inflated).ok_or(ReadError::Bomb("size"))?;
    }
    let inflated = limits.inflated.saturating_sub(room);
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if inflated > RATIO_FROM && inflated / packed.max(1) > limits.ratio {
        return Err(ReadError::Bomb("ratio"));
    }
    Ok(Contents { merges, hides })
}

/// Reads to the end, keeping nothing: how many bytes there were, and what there is to look for.
fn drained(reader: &mut impl Read) -> std::io::Result<(u64, Contents)> {
    let overlap = MERGE.len().saturating_sub(1);
    let mut total = 0_u64;
    let mut found = Contents {
        merges: false,
        hides: false,
    };
    let mut buffer = Vec::with_capacity(1 << 17);
    loop {
        let read = reader.take(1 << 16).read_to_end(&mut buffer)?;
        if read == 0 {
            return Ok((total, found));
        }
        total = total.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        for window in buffer.windows(MERGE.len()) {
            // One look at the first letter spares the comparisons.
            match window.first() {
                Some(b'm') => found.merges |= window == MERGE,
                Some(b'h' | b'w') => found.hides |= HIDDEN.iter().any(|name| window.starts_with(name)),
                _ => {}
            }
        }
        // The name may lie across two pieces.
        buffer.drain(..buffer.len().saturating_sub(overlap));
    }
}

/// The announced number of shared strings must fit into the part: the shortest string takes five bytes.
fn check_strings(part: &[u8]) -> Result<(), ReadError> {
    if part.split(|&byte| byte == b'<').count() > STRING_TAGS {
        return Err(ReadError::Bomb("shared strings"));
    }
    let mut reader = tokens(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|e| damaged(&e))? {
            Event::Start(tag) if tag.local_name().as_ref() == "sst" => {
                for attribute in tag.attributes().with_checks(false) {
                    let attribute = attribute.map_err(|e| ReadError::Damaged(e.to_string()))?;
                    let announced = attribute.value.trim().parse::<usize>().unwrap_or(usize::MAX);
                    if attribute.key.as_ref() == "uniqueCount" && announced > part.len() / 5 {
                        return Err(ReadError::Bomb("shared strings"));
                    }
                }
                return Ok(());
            }
            Event::Eof => return Ok(()),
            Event::Start(_)
            | Event::Empty(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

/// The number of cell formats times the longest text that one of them can copy must stay small. Excel itself stops at
/// some 65,000 cell formats and 255 characters for a number format.
fn check_styles(part: &[u8]) -> Result<(), ReadError> {
    let mut reader = tokens(part);
    let mut buffer = Vec::new();
    let (mut formats, mut longest) = (0_usize, 0_usize);
    loop {
        buffer.clear();
        let length = match reader.read_event_into(&mut buffer).map_err(|e| damaged(&e))? {
            Event::Start(tag) | Event::Empty(tag) => {
                if tag.local_name().as_ref() == "xf" {
                    formats = formats.saturating_add(1);
                }
                tag.len()
            }
            Event::Text(text) => text.len(),
            Event::CData(text) => text.len(),
            Event::Eof => break,
            Event::End(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => 0,
        };
        longest = longest.max(length);
    }
    if formats.saturating_mul(longest) > STYLES_ROOM {
        return Err(ReadError::Bomb("styles"));
    }
    Ok(())
}

/// Cuts a part into tags exactly as the parser behind this check does.
fn tokens(part: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

fn damaged(error: &quick_xml::Error) -> ReadError {
    ReadError::Damaged(error.to_string())
}

fn refused(error: &ZipError) -> ReadError {
    let locked = matches!(error, ZipError::InvalidPassword)
        || matches!(error, ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED);
    if locked {
        ReadError::Encrypted
    } else {
        ReadError::Damaged(error.to_string())
    }
}
