//! Whole files as clerks send them.

use super::super::{Limits, ReadError, read};
use super::{column, day, read_roster, roster, texts, workbook};
use rust_xlsxwriter::Format;

#[test]
fn columns_are_found_by_name_in_any_order_below_titles() {
    let bytes = texts(&[
        &["2026年儿童花名册"],
        &[],
        &["序号", "*出生日期（如 2024-01-05）", "身份证号码", "姓 名", "备注"],
        &["1", "2019-01-01", "", "小明", "转入"],
        &[],
        &["2", "2019-02-01", "", "小红"],
    ]);
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(sheet.header_row, 3);
    assert_eq!(sheet.unknown, ["序号", "备注"]);
    let rows: Vec<_> = sheet
        .iter()
        .map(|row| (row.number(), row.text("name").unwrap().unwrap()))
        .collect();
    assert_eq!(rows, [(4, "小明".to_owned()), (6, "小红".to_owned())]);
    assert_eq!(
        sheet.iter().next().unwrap().date("birth_date"),
        Ok(Some(day(2019, 1, 1)))
    );
    assert_eq!(
        sheet.iter().next().unwrap().text("weeks"),
        Ok(None),
        "a column that is not there"
    );
}

#[test]
fn missing_and_duplicate_columns_are_named() {
    assert_eq!(
        read_roster(&texts(&[&["姓名", "孕周"], &["小明", "39"]])).unwrap_err(),
        ReadError::MissingColumns {
            columns: vec!["出生日期".to_owned()]
        }
    );
    assert_eq!(
        read_roster(&texts(&[
            &["姓名", "出生日期", "生日"],
            &["小明", "2019-01-01", "2019-01-01"]
        ]))
        .unwrap_err(),
        ReadError::DuplicateColumns {
            columns: vec!["出生日期".to_owned()]
        }
    );
    assert_eq!(
        read_roster(&texts(&[&["甲", "乙"], &["1", "2"]])).unwrap_err(),
        ReadError::NoHeader {
            expected: vec!["姓名".to_owned(), "出生日期".to_owned()]
        }
    );
}

#[test]
fn merged_headers_name_what_is_below_them() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 3, "花名册", &plain).unwrap();
        sheet.merge_range(1, 0, 2, 0, "姓名", &plain).unwrap();
        sheet.merge_range(1, 1, 2, 1, "出生日期", &plain).unwrap();
        sheet.merge_range(1, 2, 1, 3, "监护人", &plain).unwrap();
        sheet.write_string(2, 2, "姓名").unwrap();
        sheet.write_string(2, 3, "电话").unwrap();
        for (column, text) in (0..).zip(["小明", "2019-01-01", "王芳", "13800000000"]) {
            sheet.write_string(3, column, text).unwrap();
        }
    });
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(sheet.header_row, 3);
    let row = sheet.iter().next().unwrap();
    assert_eq!(row.text("name").unwrap().as_deref(), Some("小明"));
    assert_eq!(row.date("birth_date"), Ok(Some(day(2019, 1, 1))));
    assert_eq!(row.text("guardian_name").unwrap().as_deref(), Some("王芳"));
    assert_eq!(row.code("guardian_phone").unwrap().as_deref(), Some("13800000000"));
}

#[test]
fn merged_data_is_not_guessed() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, ["姓名", "出生日期"]).unwrap();
        sheet.write_row(1, 0, ["小明", ""]).unwrap();
        sheet.write_row(2, 0, ["小红", ""]).unwrap();
        sheet.merge_range(1, 1, 2, 1, "2019-01-01", &Format::new()).unwrap();
    });
    let sheet = read_roster(&bytes).unwrap();
    let rows: Vec<_> = sheet.iter().collect();
    assert_eq!(rows[0].date("birth_date"), Ok(Some(day(2019, 1, 1))));
    let error = rows[1].date("birth_date").unwrap_err();
    assert_eq!(
        (error.key, error.row, error.column.as_str()),
        ("workbook.cell.merged", 3, "B")
    );
}

#[test]
fn hidden_sheets_are_not_read_and_similar_ones_are_reported() {
    let bytes = workbook(|workbook| {
        let hidden = workbook.add_worksheet();
        hidden.set_name("旧").unwrap().set_hidden(true);
        hidden.write_row(0, 0, ["姓名", "出生日期"]).unwrap();
        hidden.write_row(1, 0, ["别人", "2001-01-01"]).unwrap();
        let cover = workbook.add_worksheet();
        cover.set_name("说明").unwrap();
        cover.write_string(0, 0, "姓名怎么填").unwrap();
        cover.set_active(true);
        for (name, child) in [("一班", "小明"), ("二班", "小红")] {
            let sheet = workbook.add_worksheet();
            sheet.set_name(name).unwrap();
            sheet.write_row(0, 0, ["姓名", "出生日期"]).unwrap();
            sheet.write_row(1, 0, [child, "2019-01-01"]).unwrap();
        }
    });
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(sheet.name, "一班");
    assert_eq!(sheet.similar_sheets, ["二班"]);
    assert_eq!(sheet.rows.len(), 1);
}

#[test]
fn formatted_blank_rows_and_stray_columns() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, ["姓名", "出生日期"]).unwrap();
        sheet.write_row(1, 0, ["小明", "2019-01-01"]).unwrap();
        sheet.write_string(1, 5, "随手一记").unwrap();
        let yellow = Format::new().set_background_color("yellow");
        for row in 2..5_000 {
            sheet.write_blank(row, 0, &yellow).unwrap();
        }
        sheet.write_string(4_000, 1, "   ").unwrap();
    });
    let limits = Limits {
        rows: 10,
        ..Limits::default()
    };
    let sheet = read(&bytes, &roster(), &limits).unwrap();
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.unknown, ["F"]);
}

#[test]
fn too_many_rows_and_columns() {
    let mut rows: Vec<&[&str]> = vec![&["姓名", "出生日期"]];
    rows.extend(std::iter::repeat_n(["小明", "2019-01-01"].as_slice(), 100));
    let limits = Limits {
        rows: 100,
        ..Limits::default()
    };
    assert_eq!(read(&texts(&rows), &roster(), &limits).unwrap().rows.len(), 100);
    let csv: String = rows.iter().map(|r| r.join(",") + "\n").collect();
    assert_eq!(read(csv.as_bytes(), &roster(), &limits).unwrap().rows.len(), 100);
    for n in [101, 200] {
        rows.resize(n + 1, &["小红", "2019-01-01"]);
        assert_eq!(
            read(&texts(&rows), &roster(), &limits).unwrap_err(),
            ReadError::TooManyRows { limit: 100 }
        );
        let csv: String = rows.iter().map(|r| r.join(",") + "\n").collect();
        assert_eq!(
            read(csv.as_bytes(), &roster(), &limits).unwrap_err(),
            ReadError::TooManyRows { limit: 100 }
        );
    }
    let wide = vec!["姓名"; 200];
    assert_eq!(
        read_roster(&texts(&[&wide])).unwrap_err(),
        ReadError::TooManyColumns { limit: 128 }
    );
    assert_eq!(
        read_roster(wide.join(",").as_bytes()).unwrap_err(),
        ReadError::TooManyColumns { limit: 128 }
    );
}

#[test]
fn csv_in_the_encodings_of_excel() {
    let text = "姓名,出生日期,身份证号\r\n小明,2019/1/2,\"=\"\"33021120190102001X\"\"\"\r\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    let mut bom = vec![0xEF, 0xBB, 0xBF];
    bom.extend_from_slice(text.as_bytes());
    let tabbed = text.replace(',', "\t");
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(tabbed.encode_utf16().flat_map(u16::to_le_bytes));
    let semicolons = text.replace(',', ";");
    for bytes in [text.as_bytes(), &bom, &gb, &wide, semicolons.as_bytes()] {
        let sheet = read_roster(bytes).unwrap();
        let row = sheet.iter().next().unwrap();
        assert_eq!(row.text("name").unwrap().as_deref(), Some("小明"));
        assert_eq!(row.date("birth_date"), Ok(Some(day(2019, 1, 2))));
        assert_eq!(
            row.code("identity_number").unwrap().as_deref(),
            Some("33021120190102001X")
        );
    }
    assert_eq!(
        read_roster(&[b'a', b',', 0x81, 0xFF, 0xFF]).unwrap_err(),
        ReadError::Encoding
    );
}

#[test]
fn csv_rows_are_numbered_as_a_spreadsheet_shows_them() {
    let text = "花名册\n\n姓名,出生日期\n\"小\n明\",2019-01-01\n\n小红,明天\n";
    let sheet = read_roster(text.as_bytes()).unwrap();
    assert_eq!(sheet.header_row, 3);
    let rows: Vec<_> = sheet.iter().collect();
    assert_eq!(rows[0].number(), 4);
    assert_eq!(rows[0].text("name").unwrap().as_deref(), Some("小 明"));
    let error = rows[1].date("birth_date").unwrap_err();
    assert_eq!(
        (error.row, error.column.as_str(), error.key),
        (6, "B", "workbook.cell.not_a_date")
    );
}

#[test]
fn ten_thousand_rows_of_twenty_five_columns() {
    let keys: Vec<String> = (0..25).map(|c| format!("column{c}")).collect();
    let columns: Vec<_> = keys
        .iter()
        .map(|k| column(Box::leak(k.clone().into_boxed_str()), &[k.as_str()], true))
        .collect();
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        for (c, key) in (0..).zip(&keys) {
            sheet.write_string(0, c, key).unwrap();
        }
        for row in 1..=10_000_u32 {
            for c in 0..25_u16 {
                match c % 5 {
                    0 => sheet.write_number(row, c, row + u32::from(c)).unwrap(),
                    1 => sheet.write_string(row, c, "宁波市镇海区招宝山街道").unwrap(),
                    _ => sheet.write_string(row, c, format!("3302112019{row:05}{c:03}")).unwrap(),
                };
            }
        }
    });
    let sheet = read(&bytes, &columns, &Limits::default()).unwrap();
    let last = sheet.iter().last().unwrap();
    assert_eq!(sheet.rows.len(), 10_000);
    assert_eq!(last.number(), 10_001);
    assert_eq!(last.integer("column0"), Ok(Some(10_000)));
    assert_eq!(last.code("column24").unwrap().as_deref(), Some("330211201910000024"));
}
