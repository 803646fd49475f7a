//! What a sheet hides from whoever looks at it: rows and columns put out of sight by a filter or by hand. The parser
//! behind the cells does not tell, so the sheet's own part is read once more, and only where [`super::package`] saw
//! that something is hidden.

use std::io::{BufReader, Cursor, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event, attributes::Attribute},
};
use zip::ZipArchive;

use super::error::ReadError;

/// Rows and columns that nobody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Rows with content, by the number the spreadsheet shows.
    pub(super) rows: Vec<u32>,
    /// First and last position of hidden columns.
    columns: Vec<(usize, usize)>,
}

impl Hidden {
    /// Whether nobody sees a column.
    pub(super) fn column(&self, index: usize) -> bool {
        self.columns
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&index))
    }
}

/// More stretches of hidden columns than a sheet has columns that are read.
const STRETCHES: usize = 1_000;

/// What a sheet hides, of the rows that hold something. `bytes` have passed [`super::package::check`].
pub(super) fn of(bytes: &[u8], name: &str, holds: impl Fn(u32) -> bool) -> Result<Hidden, ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let Some(part) = part_of(&mut archive, name)? else {
        return Ok(Hidden::default());
    };
    let Some(sheet) = open(&mut archive, &part)? else {
        return Ok(Hidden::default());
    };
    read(sheet, holds)
}

fn read(sheet: impl Read, holds: impl Fn(u32) -> bool) -> Result<Hidden, ReadError> {
    let mut hidden = Hidden::default();
    let mut number = 0_u32;
    each_tag(sheet, |tag| {
        match tag.local_name().as_ref() {
            "col" => {
                let (mut first, mut last, mut gone) = (0_usize, 0_usize, false);
                for attribute in attributes(tag) {
                    match attribute.key.as_ref() {
                        "min" => first = attribute.value.trim().parse().unwrap_or(0),
                        "max" => last = attribute.value.trim().parse().unwrap_or(0),
                        _ => gone |= is_gone(&attribute, "width"),
                    }
                }
                if gone && first > 0 && hidden.columns.len() < STRETCHES {
                    hidden.columns.push((first - 1, last.saturating_sub(1)));
                }
            }
            "row" => {
                number = number.saturating_add(1);
                let mut gone = false;
                for attribute in attributes(tag) {
                    match attribute.key.as_ref() {
                        "r" => number = attribute.value.trim().parse().unwrap_or(number),
                        _ => gone |= is_gone(&attribute, "ht"),
                    }
                }
                if gone && holds(number) {
                    hidden.rows.push(number);
                }
            }
            _ => {}
        }
        true
    })?;
    hidden.rows.sort_unstable();
    hidden.rows.dedup();
    Ok(hidden)
}

/// Said to be hidden, or without any `size`.
fn is_gone(attribute: &Attribute<'_>, size: &str) -> bool {
    let value = attribute.value.trim();
    match attribute.key.as_ref() {
        "hidden" => matches!(value, "1" | "true"),
        key => key == size && value.parse() == Ok(0.0_f64),
    }
}

/// The part that a sheet of this name is kept in: the workbook names its relation, the relations name the part.
fn part_of(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, ReadError> {
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| Some(name.ok()?.to_string()))
        .collect();
    let Some(workbook) = names.iter().find(|name| name.to_lowercase().ends_with("workbook.xml")) else {
        return Ok(None);
    };
    let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", workbook));
    let within = |path: &str| {
        if folder.is_empty() {
            path.to_owned()
        } else {
            format!("{folder}/{path}")
        }
    };
    let mut relation = None;
    if let Some(part) = open(archive, workbook)? {
        each_tag(part, |tag| {
            if tag.local_name().as_ref() == "sheet" {
                let (mut named, mut id) = (false, None);
                for attribute in attributes(tag) {
                    match attribute.key.local_name().as_ref() {
                        "name" => named = quick_xml::escape::unescape(&attribute.value).is_ok_and(|text| text == name),
                        "id" => id = Some(attribute.value.to_string()),
                        _ => {}
                    }
                }
                if named {
                    relation = id;
                }
            }
            relation.is_none()
        })?;
    }
    let Some(relation) = relation else { return Ok(None) };
    let mut target = None;
    if let Some(part) = open(archive, &within(&format!("_rels/{file}.rels")))? {
        each_tag(part, |tag| {
            let (mut here, mut to) = (false, None);
            for attribute in attributes(tag) {
                match attribute.key.as_ref() {
                    "Id" => here = attribute.value == relation,
                    "Target" => to = Some(attribute.value.to_string()),
                    _ => {}
                }
            }
            if here {
                target = to;
            }
            target.is_none()
        })?;
    }
    Ok(target.map(|target| match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => within(&target),
    }))
}

/// A part by its name, in whatever case; none when there is none.
fn open<'a>(archive: &'a mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<impl Read + 'a>, ReadError> {
    let place = archive
        .file_names()
        .position(|found| found.is_ok_and(|found| found.eq_ignore_ascii_case(name)));
    match place {
        Some(place) => archive.by_index(place).map(Some).map_err(|e| damaged(&e)),
        None => Ok(None),
    }
}

/// Shows every opening tag, until there is no more to see or `see` says that it has seen enough.
fn each_tag(part: impl Read, mut see: impl FnMut(&BytesStart<'_>) -> bool) -> Result<(), ReadError> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| ReadError::Damaged(e.to_string()))?
        {
            Event::Start(tag) | Event::Empty(tag) => {
                if !see(&tag) {
                    return Ok(());
                }
            }
            Event::Eof => return Ok(()),
            Event::End(_)
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

fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = Attribute<'a>> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    attributes.filter_map(Result::ok)
}

fn damaged(error: &zip::result::ZipError) -> ReadError {
    ReadError::Damaged(error.to_string())
}
