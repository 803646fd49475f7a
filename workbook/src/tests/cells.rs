//! Single values: dates, codes, numbers as people write them.

use super::super::{Cell, ReadError, cell::serial_moment, column_letters, text_width};
use super::{day, read_roster, texts, workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula};

#[test]
fn serial_numbers_of_both_epochs() {
    assert_eq!(serial_moment(45_296.0, false).unwrap().date(), day(2024, 1, 5));
    assert_eq!(serial_moment(45_296.0 - 1_462.0, true).unwrap().date(), day(2024, 1, 5));
    assert_eq!(
        serial_moment(45_296.5, false).unwrap().format("%H:%M").to_string(),
        "12:00"
    );
    for serial in [f64::NAN, f64::INFINITY, -1.0, 60.0, 1e300] {
        assert_eq!(serial_moment(serial, false), None, "{serial}");
    }
}

#[test]
fn dates_of_cells() {
    assert_eq!(Cell::Number(45_296.0).date(false), Ok(Some(day(2024, 1, 5))));
    assert_eq!(Cell::Number(20_240_105.0).date(false), Ok(Some(day(2024, 1, 5))));
    for number in [2024.0, -5.0, 1e18, f64::NAN, 20_241_305.0] {
        let refused = Cell::Number(number).date(false).unwrap_err();
        assert_eq!(refused.0, "workbook.cell.not_a_date", "{number}");
    }
    // A script turned midnight into the end of the day before.
    for short in [45_295.999_502_314_815, 45_295.999_306, 45_295.999_999_999] {
        assert_eq!(Cell::Number(short).date(false), Ok(Some(day(2024, 1, 5))), "{short}");
        let moment = serial_moment(short, false).unwrap();
        assert_eq!(Cell::Moment(moment).date(false), Ok(Some(day(2024, 1, 5))), "{short}");
    }
    for (text, read) in [
        ("2024-01-04 23:59:17", Some(day(2024, 1, 5))),
        ("2024-01-04T16:00:00.000Z", Some(day(2024, 1, 5))),
        ("2024-01-05T00:00:00+08:00", Some(day(2024, 1, 5))),
        ("\u{202d}2024年1月5日\u{202c}", Some(day(2024, 1, 5))),
        (" ", None),
    ] {
        assert_eq!(Cell::Text(text.to_owned()).date(false), Ok(read), "{text}");
    }
    // Another time of day is asked about.
    for cell in [
        Cell::Number(45_296.5),
        Cell::Text("2024-01-05 12:00".to_owned()),
        Cell::Moment(day(2024, 1, 5).and_hms_opt(12, 0, 0).unwrap()),
        Cell::Text("2024-01-05T04:00:00Z".to_owned()),
    ] {
        let (key, params) = cell.date(false).unwrap_err();
        assert_eq!(key, "workbook.cell.time_of_day", "{cell:?}");
        let asked = [
            ("value", "2024-01-05 12:00:00".to_owned()),
            ("day", "2024-01-05".to_owned()),
        ];
        assert_eq!(params, asked, "{cell:?}");
    }
    assert_eq!(Cell::Truth(true).date(false).unwrap_err().0, "workbook.cell.not_a_date");
    assert_eq!(Cell::Empty.date(false), Ok(None));
}

#[test]
fn codes_lose_width_blanks_and_lookalikes() {
    for (typed, read) in [
        ("３３０２１１２０１９０１０１００１×", "33021120190101001X"),
        ("330211 2019 0101 001x", "33021120190101001X"),
        ("33021120190101001Х", "33021120190101001X"),
        ("\t138 0574 1234\u{A0}", "13805741234"),
        ("\u{200B}0574－1234", "0574-1234"),
    ] {
        assert_eq!(
            Cell::Text(typed.to_owned()).code(),
            Ok(Some(read.to_owned())),
            "{typed:?}"
        );
    }
    assert_eq!(
        Cell::Number(13_805_741_234.0).code(),
        Ok(Some("13805741234".to_owned()))
    );
    for shortened in ["3.30211E+17", "3.30211e+17", "３.３Ｅ＋１７"] {
        assert_eq!(
            Cell::Text(shortened.to_owned()).code().unwrap_err().0,
            "workbook.cell.lost_digits",
            "{shortened}"
        );
    }
}

#[test]
fn text_keeps_what_is_meant() {
    for (typed, read) in [
        ("  小　明 ", Some("小 明")),
        ("古丽·阿依", Some("古丽·阿依")),
        ("一街\r\n二号", Some("一街 二号")),
        ("\u{202E}abc\u{0007}", Some("abc")),
        ("＝1", Some("＝1")),
        ("　\u{FEFF} ", None),
    ] {
        assert_eq!(
            Cell::Text(typed.to_owned()).text(),
            Ok(read.map(str::to_owned)),
            "{typed:?}"
        );
    }
}

#[test]
fn numbers() {
    let text = |t: &str| Cell::Text(t.to_owned());
    assert_eq!(text("１，２３４").integer(), Ok(Some(1234)));
    assert_eq!(text("-5").integer(), Ok(Some(-5)));
    assert_eq!(Cell::Number(39.0).integer(), Ok(Some(39)));
    for wrong in [
        text("3.5"),
        text("1e3"),
        text("三"),
        Cell::Number(3.5),
        text("99999999999999999999"),
    ] {
        assert_eq!(
            wrong.integer().unwrap_err().0,
            "workbook.cell.not_an_integer",
            "{wrong:?}"
        );
    }
    assert_eq!(text("３.５").number(), Ok(Some(3.5)));
    for wrong in [text("inf"), text("NaN"), text("1e3"), text("3.5kg")] {
        assert_eq!(wrong.number().unwrap_err().0, "workbook.cell.not_a_number", "{wrong:?}");
    }
}

#[test]
fn an_identity_number_that_excel_rounded_is_refused_with_its_place() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        for (column, text) in (0..).zip(["姓名", "出生日期", "身份证号"]) {
            sheet.write_string(0, column, text).unwrap();
        }
        sheet.write_string(1, 0, "小明").unwrap();
        sheet.write_string(1, 1, "2019-01-01").unwrap();
        sheet.write_number(1, 2, 330_211_201_901_010_013_f64).unwrap();
        sheet.write_number(2, 2, 1_234_567_890_123_456_f64).unwrap();
        sheet.write_number(3, 2, 123_456_789_012_345_f64).unwrap();
    });
    let sheet = read_roster(&bytes).unwrap();
    let rows: Vec<_> = sheet.iter().collect();
    let error = rows[0].code("identity_number").unwrap_err();
    assert_eq!(
        (error.key, error.row, error.column.as_str()),
        ("workbook.cell.lost_digits", 2, "C")
    );
    assert_eq!(error.header, "身份证号");
    assert_eq!(error.index, 2);
    assert!(
        rows[0].text("identity_number").is_err(),
        "running text loses the digits just the same"
    );
    assert_eq!(
        rows[1].code("identity_number").unwrap_err().row,
        3,
        "sixteen digits are one too many"
    );
    assert_eq!(
        rows[2].code("identity_number").unwrap().as_deref(),
        Some("123456789012345")
    );
}

#[test]
fn formulas_dates_and_faults_in_cells() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        for (column, text) in (0..).zip(["姓名", "出生日期", "孕周"]) {
            sheet.write_string(0, column, text).unwrap();
        }
        let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\";@");
        let weeks = Formula::new("=19+20").set_result("39");
        sheet
            .write_formula(1, 0, Formula::new("=\"小\"&\"明\"").set_result("小明"))
            .unwrap();
        sheet
            .write_datetime_with_format(1, 1, ExcelDateTime::from_ymd(2019, 1, 2).unwrap(), &date)
            .unwrap();
        sheet.write_formula(1, 2, weeks).unwrap();
        sheet.write_formula(2, 0, Formula::new("=A9").set_result("")).unwrap();
        sheet
            .write_formula(2, 2, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
    });
    // A formula that gives the empty text gives something: an empty cell.
    let empty = super::with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace(
            "<c r=\"A3\"><f>A9</f><v>0</v>",
            "<c r=\"A3\" t=\"str\"><f>A9</f><v></v>",
        )
    });
    assert_ne!(empty, bytes);
    let sheet = read_roster(&empty).unwrap();
    assert_eq!(sheet.iter().nth(1).unwrap().text("name"), Ok(None));
    // A generated workbook often has formulas and no results.
    let bytes = super::with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        assert!(xml.contains("<f>A9</f><v>0</v>"), "{xml}");
        xml.replace("<f>A9</f><v>0</v>", "<f>A9</f>")
    });
    let sheet = read_roster(&bytes).unwrap();
    let rows: Vec<_> = sheet.iter().collect();
    assert_eq!(rows[0].text("name").unwrap().as_deref(), Some("小明"));
    assert_eq!(rows[0].date("birth_date"), Ok(Some(day(2019, 1, 2))));
    assert_eq!(rows[0].integer("weeks"), Ok(Some(39)));
    assert_eq!(rows[1].text("name").unwrap_err().key, "workbook.cell.formula");
    let fault = rows[1].integer("weeks").unwrap_err();
    assert_eq!(
        (fault.key, fault.params[0].1.as_str()),
        ("workbook.cell.fault", "#DIV/0!")
    );
}

#[test]
fn a_workbook_that_counts_from_1904() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "姓名").unwrap();
        sheet.write_string(0, 1, "出生日期").unwrap();
        sheet.write_string(1, 0, "小明").unwrap();
        let format = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_number_with_format(1, 1, 43_834, &format).unwrap();
        sheet.write_string(2, 0, "小红").unwrap();
        sheet.write_number(2, 1, 43_834).unwrap();
    });
    let bytes = super::with_part(&bytes, "xl/workbook.xml", |xml| {
        xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    });
    let sheet = read_roster(&bytes).unwrap();
    for row in sheet.iter() {
        assert_eq!(row.date("birth_date"), Ok(Some(day(2024, 1, 5))));
    }
}

#[test]
fn letters_and_widths() {
    for (index, letters) in [
        (0, "A"),
        (25, "Z"),
        (26, "AA"),
        (51, "AZ"),
        (701, "ZZ"),
        (702, "AAA"),
        (16_383, "XFD"),
    ] {
        assert_eq!(column_letters(index), letters);
    }
    assert_eq!(text_width("ab小明"), 6);
}

#[test]
fn an_importers_own_error_names_the_cell() {
    let sheet = read_roster(&texts(&[&["出生日期", "姓名"], &["2019-01-01", "小明"]])).unwrap();
    let row = sheet.iter().next().unwrap();
    let error = row
        .error("name", "children.duplicate", vec![("with", "C-1".to_owned())])
        .unwrap();
    assert_eq!(
        (error.row, error.column.as_str(), error.header.as_str()),
        (2, "B", "姓名")
    );
    assert_eq!(row.error("weeks", "x", Vec::new()), None);
    assert_eq!(
        read_roster(&texts(&[&["x"]])).unwrap_err().key(),
        ReadError::NoHeader { expected: vec![] }.key()
    );
}
