//! Workbooks that we write, looked at part by part.

use super::super::{
    CellError, Export, ExportColumn, Fact, Format, HeadCell, Limits, Mark, Ratio, ReportTable, RowKind, TableCell,
    TableColumn, TableRow, Template, TemplateColumn, TemplateKind, Value, WriteError, marked, read,
};
use super::{ZH, day, noon, part, parts, read_roster, roster, texts};

fn report() -> ReportTable {
    let cells = |values: Vec<Value>| values.into_iter().map(TableCell::from).collect();
    let row = |kind, values| TableRow {
        kind,
        cells: cells(values),
    };
    ReportTable {
        name: "筛查月报".to_owned(),
        titles: vec!["镇海区儿童孤独症筛查月报".to_owned(), "2026年3月".to_owned()],
        above: vec![
            Fact {
                label: "填报单位".to_owned(),
                value: "区残联".to_owned(),
            },
            Fact {
                label: "统计期".to_owned(),
                value: "2026-03".to_owned(),
            },
        ],
        head: vec![
            vec![
                HeadCell::new("街道").deep(2),
                HeadCell::new("初筛").over(3),
                HeadCell::new("补助").deep(2),
            ],
            vec![HeadCell::new("应筛"), HeadCell::new("实筛"), HeadCell::new("初筛率")],
        ],
        columns: ["street", "due", "done", "rate", "subsidy"]
            .map(|key| TableColumn {
                key: key.to_owned(),
                width: 12,
            })
            .to_vec(),
        rows: vec![
            row(
                RowKind::Body,
                vec![
                    Value::text("=招宝山街道"),
                    Value::Count(1600),
                    Value::Count(200),
                    Value::Ratio(Ratio::percent(200, 1600)),
                    Value::Fen(123_456_789),
                ],
            ),
            row(
                RowKind::Body,
                vec![
                    Value::text("蛟川街道"),
                    Value::Count(0),
                    Value::Count(0),
                    Value::Ratio(Ratio::percent(0, 0)),
                    Value::None,
                ],
            ),
            row(
                RowKind::Total,
                vec![
                    Value::text("合计"),
                    Value::Count(1600),
                    Value::Count(200),
                    Value::Ratio(Ratio::percent(200, 1600)),
                    Value::Fen(123_456_789),
                ],
            ),
        ],
        below: vec![Fact {
            label: "负责人".to_owned(),
            value: String::new(),
        }],
        notes: vec!["初筛率 = 实筛 / 应筛".to_owned()],
    }
}

#[test]
fn shares_and_amounts_in_words() {
    for (ratio, text) in [
        (Ratio::percent(1, 8), "12.5%"),
        (Ratio::percent(1, 16), "6.3%"),
        (Ratio::percent(1, 3), "33.3%"),
        (Ratio::percent(2, 3), "66.7%"),
        (Ratio::percent(67, 57), "117.5%"),
        (Ratio::percent(0, 5), "0.0%"),
        (Ratio::percent(5, 0), "—"),
        (Ratio::percent(-1, 16), "-6.3%"),
        (Ratio::percent(i64::MAX, 1), "922337203685477580700.0%"),
        (Ratio::per_mille(150, 15_000), "10.00‰"),
        (
            Ratio {
                decimals: 0,
                ..Ratio::percent(1, 200)
            },
            "1%",
        ),
        (
            Ratio {
                decimals: 0,
                ..Ratio::percent(1, 201)
            },
            "0%",
        ),
    ] {
        assert_eq!(ratio.text(), text, "{ratio:?}");
    }
    assert_eq!(Value::Count(-1_234_567).shown(), "-1,234,567");
    assert_eq!(Value::Count(-1_234_567).plain(), "-1234567");
    assert_eq!(Value::Fen(5).shown(), "0.05");
    assert_eq!(Value::Fen(-123_456).shown(), "-1,234.56");
    assert_eq!(Value::Fen(i64::MIN).plain(), "-92233720368547758.08");
}

#[test]
fn a_report_is_a_printable_workbook() {
    let bytes = report().to_xlsx("王 & 李", noon(), ZH).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<mergeCell ref=\"A1:E1\"/>",
        "<mergeCell ref=\"A2:E2\"/>",
        "<mergeCell ref=\"A4:A5\"/>",
        "<mergeCell ref=\"B4:D4\"/>",
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "fitToHeight=\"0\"",
        "<v>0.125</v>",
        "<v>1234567.89</v>",
        "导出人：王 &amp;&amp; 李　导出时间：2026-03-02 12:00",
        "&amp;R&amp;9第 &amp;P 页，共 &amp;N 页",
    ] {
        assert!(sheet.contains(expected), "{expected} not in {sheet}");
    }
    assert!(!sheet.contains("<f>"), "a text became a formula");
    let workbook = part(&bytes, "xl/workbook.xml");
    assert!(
        workbook.contains("Print_Titles") && workbook.contains("$4:$5"),
        "{workbook}"
    );
    let strings = part(&bytes, "xl/sharedStrings.xml");
    assert!(strings.contains("=招宝山街道") && strings.contains('—'), "{strings}");
    assert!(part(&bytes, "xl/comments1.xml").contains("200/1600"));
    assert_eq!(
        bytes,
        report().to_xlsx("王 & 李", noon(), ZH).unwrap(),
        "equal content, equal file"
    );
}

#[test]
fn a_very_long_name_does_not_break_the_footer() {
    let bytes = report().to_xlsx(&"很长&".repeat(200), noon(), ZH).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("很长&amp;&amp;很长") && sheet.contains("第 &amp;P 页，共 &amp;N 页"),
        "{sheet}"
    );
}

#[test]
fn a_report_is_csv_and_json_too() {
    let csv = String::from_utf8(report().to_csv().unwrap()).unwrap();
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "\u{FEFF}街道,初筛 应筛,初筛 实筛,初筛 初筛率,补助");
    assert_eq!(lines[1], "'=招宝山街道,1600,200,12.5%,1234567.89");
    assert_eq!(lines[2], "蛟川街道,0,0,—,—");
    let json = serde_json::to_value(report()).unwrap();
    assert_eq!(json["rows"][0]["cells"][1]["value"], 1600);
    assert_eq!(json["rows"][0]["cells"][3]["value"]["denominator"], 1600);
    assert_eq!(json["rows"][0]["cells"][3]["value"]["text"], "12.5%");
    assert_eq!(json["rows"][1]["cells"][4]["value"], serde_json::Value::Null);
    assert_eq!(json["rows"][2]["kind"], "total");
}

#[test]
fn heads_and_rows_must_fit() {
    let mut table = report();
    table.head[1].pop();
    assert!(matches!(table.to_csv(), Err(WriteError::Head { level: 1 })));
    table.head[1].push(HeadCell::new("x").over(2));
    assert!(matches!(table.check(), Err(WriteError::Head { level: 1 })));
    let mut table = report();
    table.head[0][0] = HeadCell::new("街道").deep(3);
    assert!(matches!(table.check(), Err(WriteError::Head { level: 0 })));
    let mut table = report();
    table.rows[1].cells.pop();
    assert!(matches!(
        table.to_xlsx("", noon(), ZH),
        Err(WriteError::Width {
            row: 1,
            cells: 4,
            columns: 5
        })
    ));
}

#[test]
fn a_total_that_is_not_the_sum_is_found() {
    let mut table = report();
    assert_eq!(table.cross_foot(), Vec::<&str>::new());
    table.rows[1].cells[2].value = Value::Count(1);
    assert_eq!(table.cross_foot(), ["done"]);
}

#[test]
fn a_template_is_read_back_by_its_own_columns() {
    let template = Template {
        name: "儿童花名册".to_owned(),
        note: "请勿改动表头。".to_owned(),
        columns: [
            ("姓名", true, TemplateKind::Text),
            (
                "出生日期",
                true,
                TemplateKind::Date {
                    from: day(2018, 1, 1),
                    to: day(2026, 12, 31),
                },
            ),
            ("身份证号", false, TemplateKind::Text),
            ("孕周", false, TemplateKind::Integer { from: 20, to: 45 }),
            (
                "民族",
                false,
                TemplateKind::Choice((0..60).map(|i| format!("民族,\"{i}\"")).collect()),
            ),
        ]
        .map(|(header, required, kind)| TemplateColumn {
            header: header.to_owned(),
            required,
            kind,
            explanation: "说明".to_owned(),
            example: "=例".to_owned(),
        })
        .to_vec(),
        rows: 500,
    };
    let bytes = template.to_xlsx(noon(), ZH).unwrap();
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(
        (sheet.name.as_str(), sheet.header_row, sheet.rows.len()),
        ("儿童花名册", 2, 0)
    );
    assert_eq!(sheet.unknown, ["民族"]);
    assert!(sheet.similar_sheets.is_empty());

    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        xml.contains("type=\"list\"") && xml.contains("sqref=\"E3:E502\""),
        "{xml}"
    );
    assert!(xml.contains("'选项'!$E$1:$E$60"), "{xml}");
    assert!(xml.contains("type=\"date\"") && xml.contains("type=\"whole\""), "{xml}");
    assert!(part(&bytes, "xl/workbook.xml").contains("state=\"hidden\""));
    let style = xml
        .split("<col ")
        .nth(3)
        .unwrap()
        .split("style=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let styles = part(&bytes, "xl/styles.xml");
    let formats = styles.split("<cellXfs").nth(1).unwrap();
    let format = formats.split("<xf ").nth(style.parse::<usize>().unwrap() + 1).unwrap();
    assert!(
        format.contains("numFmtId=\"49\""),
        "the identity number column is text: {format}"
    );
}

#[test]
fn errors_come_back_in_the_senders_sheet() {
    let bytes = texts(&[
        &["花名册"],
        &["姓名", "出生日期", "备注"],
        &["=SUM(1)", "2019-01-01", "好"],
        &["小红", "明天", ""],
        &["小刚", "2019-13-01", ""],
    ]);
    let sheet = read_roster(&bytes).unwrap();
    let errors: Vec<CellError> = sheet.iter().filter_map(|row| row.date("birth_date").err()).collect();
    let mut marks: Vec<_> = errors.iter().map(|error| Mark::of(error, ZH)).collect();
    marks.push(Mark {
        row: 5,
        column: None,
        message: "整行重复".to_owned(),
    });
    let returned = marked::to_xlsx(&sheet, &marks, false, noon(), ZH).unwrap();

    let again = read_roster(&returned).unwrap();
    assert_eq!(again.unknown, ["备注", "错误说明"]);
    let names: Vec<_> = again.iter().map(|row| row.text("name").unwrap().unwrap()).collect();
    assert_eq!(
        names,
        ["=SUM(1)", "小红", "小刚"],
        "text stays text, rows keep their order"
    );
    let said: Vec<_> = again.rows.iter().map(|row| row.cells.last().unwrap().shown()).collect();
    assert_eq!(
        said,
        [
            "",
            "B 列（出生日期）：“明天”不是可识别的日期。请按 2024-01-05 的写法填写（年在前，四位）。",
            "B 列（出生日期）：“2019-13-01”不是可识别的日期。请按 2024-01-05 的写法填写（年在前，四位）。\n整行重复",
        ]
    );

    let comments = part(&returned, "xl/comments1.xml");
    assert!(
        comments.contains("ref=\"B3\"") && comments.contains("“明天”不是可识别的日期"),
        "{comments}"
    );
    let xml = part(&returned, "xl/worksheets/sheet1.xml");
    let style_of = |cell: &str| {
        let rest = xml
            .split(&format!("<c r=\"{cell}\" s=\""))
            .nth(1)
            .unwrap_or_else(|| panic!("{cell} in {xml}"));
        rest.split('"').next().unwrap().to_owned()
    };
    assert_ne!(style_of("B2"), style_of("B3"), "the wrong cell looks different");
    assert!(part(&returned, "xl/styles.xml").contains("FFFFC7CE"));

    let only = marked::to_xlsx(&sheet, &marks, true, noon(), ZH).unwrap();
    assert_eq!(read_roster(&only).unwrap().rows.len(), 2);
}

#[test]
fn a_rounded_identity_number_comes_back_as_the_number_it_was() {
    let bytes = super::workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, ["姓名", "出生日期", "身份证号"]).unwrap();
        sheet.write_row(1, 0, ["小明", "2019-01-01"]).unwrap();
        sheet.write_number(1, 2, 330_211_201_901_010_013_f64).unwrap();
    });
    let sheet = read_roster(&bytes).unwrap();
    let error = sheet.iter().next().unwrap().code("identity_number").unwrap_err();
    let returned = marked::to_xlsx(&sheet, &[Mark::of(&error, ZH)], false, noon(), ZH).unwrap();
    let again = read_roster(&returned).unwrap();
    let error = again.iter().next().unwrap().code("identity_number").unwrap_err();
    assert_eq!(error.key, "workbook.cell.lost_digits");
}

#[test]
fn a_long_list_is_written_row_by_row() {
    let columns = ["姓名", "出生日期", "孕周"].map(|h| ExportColumn {
        header: h.to_owned(),
        width: 12,
    });
    for format in [Format::Xlsx, Format::Csv] {
        let mut export = Export::new(format, "儿童/名单", &columns, ("王芳", noon()), ZH).unwrap();
        for row in 0..5_000_i64 {
            export
                .row(&[
                    Value::text(format!("=儿童{row}")),
                    Value::Date(day(2019, 1, 1)),
                    Value::Count(row),
                ])
                .unwrap();
        }
        assert_eq!(export.rows(), 5_000);
        assert!(matches!(export.row(&[Value::None]), Err(WriteError::Width { .. })));
        let bytes = export.finish().unwrap();
        let sheet = read(&bytes, &roster(), &Limits::default()).unwrap();
        assert_eq!(sheet.rows.len(), 5_000);
        let last = sheet.iter().last().unwrap();
        assert_eq!(last.text("name").unwrap().as_deref(), Some("=儿童4999"));
        assert_eq!(last.integer("weeks"), Ok(Some(4_999)));
        assert_eq!(last.date("birth_date"), Ok(Some(day(2019, 1, 1))));
    }
}

#[test]
fn csv_texts_do_not_become_formulas() {
    let columns = [ExportColumn {
        header: "x".to_owned(),
        width: 9,
    }];
    let mut export = Export::new(Format::Csv, "x", &columns, ("王芳", noon()), ZH).unwrap();
    for text in [
        "=1+1",
        "+1",
        "-1",
        "@SUM",
        "\t=1",
        " =1",
        "普通",
        "'x",
        "＝1",
        "＋1",
        "－1",
        "＠SUM",
        "\u{feff}\u{200b}=1",
    ] {
        export.row(&[Value::text(text)]).unwrap();
    }
    export.row(&[Value::Count(-5)]).unwrap();
    let csv = String::from_utf8(export.finish().unwrap()).unwrap();
    let fields: Vec<_> = csv.lines().skip(1).collect();
    assert_eq!(
        fields,
        [
            "'=1+1",
            "'+1",
            "'-1",
            "'@SUM",
            "'\t=1",
            "' =1",
            "普通",
            "'x",
            "'＝1",
            "'＋1",
            "'－1",
            "'＠SUM",
            "'\u{feff}\u{200b}=1",
            "-5"
        ]
    );
}

#[test]
fn odd_texts_and_names_can_be_written() {
    let columns = [ExportColumn {
        header: "姓名".to_owned(),
        width: 9,
    }];
    let mut export = Export::new(
        Format::Xlsx,
        "a/b[c]:很长很长很长很长很长很长很长很长很长很长很长很长很长",
        &columns,
        ("王芳", noon()),
        ZH,
    )
    .unwrap();
    for text in [
        "\u{1}\u{1F}",
        &"长".repeat(40_000),
        "😀",
        "http://x.example",
        "mailto:x",
        "</t>&<![CDATA[",
    ] {
        export.row(&[Value::text(text)]).unwrap();
    }
    let bytes = export.finish().unwrap();
    assert!(
        parts(&bytes).iter().all(|(name, _)| !name.contains("rels/sheet")),
        "no links"
    );
    let names = [super::column("name", &["姓名"], true)];
    let sheet = read(&bytes, &names, &Limits::default()).unwrap();
    let read: Vec<_> = sheet
        .iter()
        .map(|r| r.text("name").unwrap().unwrap_or_default())
        .collect();
    assert_eq!(
        &read[read.len() - 4..],
        ["😀", "http://x.example", "mailto:x", "</t>&<![CDATA["]
    );
    assert_eq!(read[read.len() - 5].chars().count(), 32_767);
}
