//! What a file holds besides the rows that are meant: blank rows, notes, rows and columns out of sight, signs of old
//! programs.

use super::super::{Reading, Sheet};
use super::{read_roster, texts, with_part, workbook};
use rust_xlsxwriter::Format;

const PART: &str = "xl/worksheets/sheet1.xml";

fn numbers(sheet: &Sheet) -> Vec<u32> {
    sheet.rows.iter().map(|row| row.number).collect()
}

fn noted(sheet: &Sheet) -> Vec<u32> {
    sheet.notes.iter().map(|row| row.number).collect()
}

const NOTHING: Reading = Reading {
    hidden_rows: false,
    hidden_columns: false,
    notes: false,
};

#[test]
fn rows_that_hold_nothing_in_a_known_column_are_blank() {
    let rows: [&[&str]; 7] = [
        &["序号", "姓名", "出生日期", "备注"],
        &["1", "小明", "2019-01-01"],
        &["2"],
        &["3", "", "", "转出"],
        &["", " ", "\u{200b}"],
        &["4", "小红"],
        &["5"],
    ];
    assert_eq!(numbers(&read_roster(&texts(&rows)).unwrap()), [2, 6]);
    let csv: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
    assert_eq!(numbers(&read_roster(csv.as_bytes()).unwrap()), [2, 6]);
}

#[test]
fn rows_about_the_list_are_not_rows_of_children() {
    let plain = Format::new();
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet
            .write_row(0, 0, ["姓名", "出生日期", "孕周", "监护人姓名"])
            .unwrap();
        sheet.merge_range(1, 0, 1, 3, "大班（一）", &plain).unwrap();
        sheet.write_row(2, 0, ["小明", "2019-01-01"]).unwrap();
        sheet
            .write_row(3, 0, ["姓名", "出生日期", "孕周", "监护人姓名"])
            .unwrap();
        sheet.write_row(4, 0, ["小红", ""]).unwrap();
        sheet.write_row(5, 0, ["合计", "", "2"]).unwrap();
        sheet
            .merge_range(6, 0, 6, 3, "制表人：王芳　审核：李静", &plain)
            .unwrap();
        sheet.write_row(7, 0, ["备 注：请于月底前报送"]).unwrap();
        sheet.write_row(8, 0, ["第 1 页，共 2 页"]).unwrap();
        sheet.write_row(9, 0, ["注霖", "2019-01-01"]).unwrap();
    });
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(numbers(&sheet), [3, 5, 10]);
    assert_eq!(noted(&sheet), [2, 4, 6, 7, 8, 9]);
    let all = sheet.read_as(Reading { notes: true, ..NOTHING });
    assert_eq!(numbers(&all), [2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn a_row_that_says_what_a_child_needs_is_never_a_note() {
    for name in ["合计", "备注", "Total", "注:小明"] {
        let sheet = read_roster(&texts(&[&["姓名", "出生日期"], &[name, "2019-01-01"]])).unwrap();
        assert_eq!((numbers(&sheet), noted(&sheet)), (vec![2], vec![]), "{name}");
    }
}

fn with_hidden() -> Vec<u8> {
    workbook(|workbook| {
        workbook.add_worksheet().set_name("说明 & 附表").unwrap();
        let sheet = workbook.add_worksheet();
        sheet.set_name("一班 & 二班").unwrap();
        sheet
            .write_row(0, 0, ["姓名", "出生日期", "孕周", "备注", "监护人电话"])
            .unwrap();
        for row in 1..=5 {
            sheet
                .write_row(row, 0, ["小明", "2019-01-01", "39", "x", "13800000000"])
                .unwrap();
        }
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(4).unwrap();
        sheet.set_row_hidden(9).unwrap();
        sheet.set_column_hidden(2).unwrap();
        sheet.set_column_hidden(3).unwrap();
    })
}

#[test]
fn rows_and_columns_out_of_sight_are_told_and_left_out_by_choice() {
    let sheet = read_roster(&with_hidden()).unwrap();
    assert_eq!(numbers(&sheet), [2, 3, 4, 5, 6]);
    // The tenth row holds nothing, and nobody reads the remarks.
    assert_eq!(
        (&sheet.hidden_rows[..], &sheet.hidden_columns[..]),
        (&[3, 5][..], &[2][..])
    );
    let seen = sheet.clone().read_as(NOTHING);
    assert_eq!(numbers(&seen), [2, 4, 6]);
    assert_eq!(seen.iter().next().unwrap().integer("weeks"), Ok(None));
    assert_eq!(seen.hidden_rows, [3, 5], "what was asked about is still told");
    let all = sheet.read_as(Reading {
        hidden_rows: true,
        hidden_columns: true,
        notes: false,
    });
    assert_eq!(numbers(&all), [2, 3, 4, 5, 6]);
    assert_eq!(all.iter().nth(1).unwrap().integer("weeks"), Ok(Some(39)));
}

#[test]
fn every_way_of_hiding_is_seen() {
    let good = texts(&[&["姓名", "出生日期"], &["小明", "2019-01-01"], &["小红", "2019-01-02"]]);
    for (attribute, rows) in [
        ("hidden=\"1\"", vec![3]),
        ("hidden=\"true\"", vec![3]),
        ("ht=\"0\" customHeight=\"1\"", vec![3]),
        ("hidden=\"0\" ht=\"15\"", vec![]),
        ("collapsed=\"1\"", vec![]),
    ] {
        let bytes = with_part(&good, PART, |xml| {
            xml.replace("<row r=\"3\"", &format!("<row r=\"3\" {attribute}"))
        });
        assert_ne!(bytes, good);
        assert_eq!(read_roster(&bytes).unwrap().hidden_rows, rows, "{attribute}");
    }
    for (attribute, columns) in [
        ("min=\"2\" max=\"2\" hidden=\"1\"", vec![1]),
        ("min=\"1\" max=\"16384\" hidden=\"1\"", vec![0, 1]),
        ("min=\"2\" max=\"3\" width=\"0\" customWidth=\"1\"", vec![1]),
        ("min=\"3\" max=\"9\" hidden=\"1\"", vec![]),
        ("min=\"1\" max=\"2\" width=\"9\"", vec![]),
    ] {
        let bytes = with_part(&good, PART, |xml| {
            xml.replace("<sheetData>", &format!("<cols><col {attribute}/></cols><sheetData>"))
        });
        assert_eq!(read_roster(&bytes).unwrap().hidden_columns, columns, "{attribute}");
    }
}

#[test]
fn a_sheet_of_an_unknown_part_hides_nothing_that_is_told() {
    let bytes = with_part(&with_hidden(), "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("Target=\"worksheets/", "Target=\"/xl/worksheets/")
    });
    // The parser reads absolute names, and so do we; what it refuses is refused.
    if let Ok(sheet) = read_roster(&bytes) {
        assert_eq!(sheet.hidden_rows, [3, 5]);
    }
}

#[test]
fn signs_of_old_programs_do_not_refuse_a_file() {
    let row = |name: &str| format!("姓名,出生日期\r\n{name},2019-01-01\r\n");
    for (what, text, name) in [
        ("Ctrl-Z at the end", format!("{}\u{1a}", row("小明")), "小明"),
        ("Ctrl-Z in a cell", row("小明\u{1a}"), "小明"),
        ("a vertical tab", row("李\u{b}静"), "李 静"),
        ("a form feed", row("小\u{c}红"), "小 红"),
        ("a bell", row("小\u{7}明"), "小明"),
        ("a NUL in a cell", row("小\0明"), "小明"),
        (
            "NULs at the end",
            format!("{}{}", row("小明"), "\0".repeat(600)),
            "小明",
        ),
        (
            "a mark of direction in the header",
            row("小明").replace("姓名", "\u{202d}姓名\u{200b}"),
            "小明",
        ),
        ("a compatibility ideograph", row("\u{f9e1}明"), "李明"),
        ("radicals", row("王⼩⽂"), "王小文"),
    ] {
        let sheet = read_roster(text.as_bytes()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(numbers(&sheet), [2], "{what}");
        assert_eq!(
            sheet.iter().next().unwrap().text("name").unwrap().as_deref(),
            Some(name),
            "{what}"
        );
    }
}

#[test]
fn strokes_say_that_there_is_nothing() {
    let text =
        "序号,姓名,出生日期\r\n1,小明,2019-01-01\r\n2,/,/\r\n3,—,——\r\n4,小红,－\r\n5,-,\r\n6,A-B,2019-01-02\r\n";
    let sheet = read_roster(text.as_bytes()).unwrap();
    assert_eq!(numbers(&sheet), [2, 5, 7]);
    let told: Vec<_> = sheet
        .iter()
        .map(|row| (row.text("name").unwrap(), row.date("birth_date").unwrap().is_some()))
        .collect();
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(told, [(some("小明"), true), (some("小红"), false), (some("A-B"), true)]);
    // What the sender wrote goes back to the sender.
    assert!(
        sheet
            .rows
            .iter()
            .any(|row| row.cells.iter().any(|cell| cell.shown() == "－"))
    );
}
