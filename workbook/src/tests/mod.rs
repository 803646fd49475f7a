//! Tests with files that are made here: good ones, sloppy ones and hostile ones.

mod cells;
mod files;
mod hostile;
mod left_out;
mod random;
mod words;
mod writing;

use std::io::{Cursor, Read, Write};

use chrono::{NaiveDate, NaiveDateTime};
use entities::words::Language;
use rust_xlsxwriter::Workbook;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Column, Limits, ReadError, Sheet, read};

const ZH: Language = Language::Chinese;

fn column(key: &'static str, names: &[&str], required: bool) -> Column {
    Column {
        key,
        names: names.iter().map(|n| (*n).to_owned()).collect(),
        required,
    }
}

/// A small roster: name and birth date are required.
fn roster() -> Vec<Column> {
    vec![
        column("name", &["姓名", "Name", "儿童姓名"], true),
        column("birth_date", &["出生日期", "Birth date", "生日"], true),
        column("identity_number", &["身份证号", "Identity number", "身份证号码"], false),
        column("weeks", &["孕周", "Weeks"], false),
        column("guardian_name", &["监护人姓名"], false),
        column("guardian_phone", &["监护人电话"], false),
    ]
}

fn read_roster(bytes: &[u8]) -> Result<Sheet, ReadError> {
    read(bytes, &roster(), &Limits::default())
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn noon() -> NaiveDateTime {
    day(2026, 3, 2).and_hms_opt(12, 0, 0).unwrap()
}

/// A workbook made by `fill`.
fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

/// A workbook with one sheet of texts.
fn texts(rows: &[&[&str]]) -> Vec<u8> {
    workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(*cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    })
}

/// The parts of a workbook by name.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut part = Vec::new();
            entry.read_to_end(&mut part).unwrap();
            (entry.name().unwrap().into_owned(), part)
        })
        .collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let found = parts(bytes).into_iter().find(|(n, _)| n == name);
    String::from_utf8(found.unwrap_or_else(|| panic!("no part {name}")).1).unwrap()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, part) in parts {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(part).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook with one part changed.
fn with_part(bytes: &[u8], name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    let part = parts
        .iter_mut()
        .find(|(n, _)| n == name)
        .unwrap_or_else(|| panic!("no part {name}"));
    part.1 = change(String::from_utf8(part.1.clone()).unwrap()).into_bytes();
    zipped(&parts)
}
