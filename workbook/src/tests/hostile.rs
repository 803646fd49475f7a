//! Files made to hurt.

use super::super::{Limits, ReadError, read};
use super::{parts, read_roster, roster, texts, with_part, workbook, zipped};

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn good() -> Vec<u8> {
    texts(&[&["姓名", "出生日期"], &["小明", "2019-01-01"]])
}

#[test]
fn a_real_zip_bomb() {
    // One gigabyte of blanks behind the cells, in a file of about one megabyte.
    let bomb = with_part(&good(), SHEET, |xml| {
        let mut xml = xml;
        xml.push_str(&" ".repeat(1 << 30));
        xml
    });
    assert!(bomb.len() < 2 << 20, "{}", bomb.len());
    assert_eq!(read_roster(&bomb).unwrap_err(), ReadError::Bomb("claimed size"));

    // The same with a directory that claims one byte: sizes stand in little endian.
    let size = u32::try_from(parts(&good()).iter().find(|(n, _)| n == SHEET).unwrap().1.len() + (1 << 30)).unwrap();
    let mut liar = bomb;
    let claim = size.to_le_bytes();
    let places: Vec<_> = liar
        .windows(4)
        .enumerate()
        .filter(|(_, w)| *w == claim)
        .map(|(i, _)| i)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        liar[place..place + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    let error = read_roster(&liar).unwrap_err();
    assert!(matches!(error, ReadError::Bomb(_) | ReadError::Damaged(_)), "{error:?}");
}

#[test]
fn a_small_bomb_is_known_by_its_ratio() {
    let bomb = with_part(&good(), SHEET, |xml| xml + &" ".repeat(60 << 20));
    assert_eq!(read_roster(&bomb).unwrap_err(), ReadError::Bomb("ratio"));
}

#[test]
fn many_parts_that_together_are_too_large() {
    let mut all = parts(&good());
    for index in 0..40 {
        all.push((format!("xl/media/{index}.bin"), vec![b'x'; 8 << 20]));
    }
    assert_eq!(read_roster(&zipped(&all)).unwrap_err(), ReadError::Bomb("claimed size"));
    let mut all = parts(&good());
    all.extend((0..2_000).map(|index| (format!("xl/media/{index}.bin"), Vec::new())));
    assert_eq!(read_roster(&zipped(&all)).unwrap_err(), ReadError::Bomb("entries"));
}

#[test]
fn a_gigabyte_is_refused_by_its_length() {
    let limits = Limits {
        bytes: 1_000,
        ..Limits::default()
    };
    let error = read(&vec![b'a'; 1_001], &roster(), &limits).unwrap_err();
    assert_eq!(error, ReadError::TooLarge { limit: 1_000 });
    let error = read(&good(), &roster(), &limits).unwrap_err();
    assert_eq!(error.key(), "workbook.file.too_large");
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = good();
    for end in 0..bytes.len() {
        assert!(read_roster(&bytes[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn an_entry_that_points_outside() {
    let mut all = parts(&good());
    all.push(("../../etc/cron.d/x".to_owned(), b"x".to_vec()));
    let error = read_roster(&zipped(&all)).unwrap_err();
    assert_eq!(
        error,
        ReadError::Damaged("an entry points outside the archive".to_owned())
    );
}

#[test]
fn an_announced_number_of_strings_is_not_believed() {
    for announced in ["99999999999", "18446744073709551615", "99999999999999999999999", "-1"] {
        let bytes = with_part(&good(), "xl/sharedStrings.xml", |xml| {
            let changed = xml.replace("uniqueCount=\"4\"", &format!("uniqueCount=\"{announced}\""));
            assert_ne!(changed, xml);
            changed
        });
        assert_eq!(
            read_roster(&bytes).unwrap_err(),
            ReadError::Bomb("shared strings"),
            "{announced}"
        );
    }
}

#[test]
fn millions_of_empty_strings() {
    let bytes = with_part(&good(), "xl/sharedStrings.xml", |xml| {
        xml.replace("</sst>", &("<si/>".repeat(8_000_000) + "</sst>"))
    });
    let error = read(
        &bytes,
        &roster(),
        &Limits {
            ratio: 10_000,
            ..Limits::default()
        },
    )
    .unwrap_err();
    assert_eq!(error, ReadError::Bomb("shared strings"));
}

#[test]
fn one_cell_named_without_end() {
    let bytes = with_part(&good(), SHEET, |xml| {
        let cells = "<c r=\"A3\"><v>1</v></c>".repeat(1_000);
        xml.replace("</sheetData>", &format!("<row r=\"3\">{cells}</row></sheetData>"))
    });
    assert_eq!(
        read_roster(&bytes).unwrap_err(),
        ReadError::TooManyColumns { limit: 128 }
    );
}

#[test]
fn styles_that_multiply() {
    let bytes = with_part(&good(), "xl/styles.xml", |xml| {
        let font = format!("<name val=\"{}\"", "x".repeat(1 << 20));
        let changed = xml.replacen("<name val=\"Calibri\"", &font, 1);
        assert_ne!(changed, xml);
        changed.replace("</cellXfs>", &("<xf fontId=\"0\"/>".repeat(100_000) + "</cellXfs>"))
    });
    assert_eq!(read_roster(&bytes).unwrap_err(), ReadError::Bomb("styles"));
}

#[test]
fn a_text_that_a_million_cells_repeat() {
    let long = "x".repeat(30_000);
    let bytes = texts(&[&["姓名", "出生日期"], &[&long, "2019-01-01"]]);
    let bytes = with_part(&bytes, SHEET, |xml| {
        let cells: Vec<_> = (3..10_000)
            .map(|r| format!("<row r=\"{r}\"><c r=\"A{r}\" t=\"s\"><v>2</v></c></row>"))
            .collect();
        xml.replace("</sheetData>", &format!("{}</sheetData>", cells.concat()))
    });
    assert_eq!(read_roster(&bytes).unwrap_err(), ReadError::Bomb("text"));
}

#[test]
fn a_text_longer_than_excel_allows() {
    let bytes = with_part(&good(), "xl/sharedStrings.xml", |xml| {
        xml.replace("小明", &"长".repeat(40_000))
    });
    assert_eq!(read_roster(&bytes).unwrap_err(), ReadError::LongText { row: 2 });
    let csv = format!("姓名,出生日期\n小明,2019-01-01\n\"小红,{}", "x\n".repeat(40_000));
    assert_eq!(read_roster(csv.as_bytes()).unwrap_err(), ReadError::LongText { row: 3 });
}

#[test]
fn a_sheet_that_claims_to_be_all_of_excel() {
    let bytes = with_part(&good(), SHEET, |xml| {
        let xml = xml.replace("ref=\"A1:B2\"", "ref=\"A1:XFD1048576\"");
        let far = "<row r=\"1048576\"><c r=\"A1048576\" t=\"inlineStr\"><is><t>小红</t></is></c></row></sheetData>";
        xml.replace("</sheetData>", far)
    });
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(sheet.rows.iter().map(|r| r.number).collect::<Vec<_>>(), [2, 1_048_576]);
}

#[test]
fn cells_and_merges_out_of_this_world() {
    for cell in [
        "XFE1",
        "A4294967295",
        "A4294967296",
        "ZZZZZZZZZZ1",
        "1A",
        "",
        "A0",
        "小1",
    ] {
        let bytes = with_part(&good(), SHEET, |xml| {
            let extra = format!("<row><c r=\"{cell}\" t=\"inlineStr\"><is><t>x</t></is></c></row></sheetData>");
            xml.replace("</sheetData>", &extra)
        });
        let _ = read_roster(&bytes);
    }
    for merge in [
        "A1:XFD1048576",
        "B9:A1",
        "A1",
        "A1:B2:C3",
        "A4294967295:B4294967295",
        "?",
    ] {
        let bytes = with_part(&good(), SHEET, |xml| {
            let merges = format!("</sheetData><mergeCells><mergeCell ref=\"{merge}\"/></mergeCells>");
            xml.replace("</sheetData>", &merges)
        });
        let _ = read_roster(&bytes);
    }
    let bytes = with_part(&good(), SHEET, |xml| {
        let all = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(20_001);
        xml.replace("</sheetData>", &format!("</sheetData><mergeCells>{all}</mergeCells>"))
    });
    assert_eq!(read_roster(&bytes).unwrap_err(), ReadError::Bomb("merged cells"));
    let bytes = with_part(&good(), SHEET, |xml| {
        let all = "<mergeCell ref=\"A2:B2\"/>".repeat(3);
        xml.replace("</sheetData>", &format!("</sheetData><mergeCells>{all}</mergeCells>"))
    });
    assert_eq!(read_roster(&bytes).unwrap_err(), ReadError::Bomb("merged cells"));
}

#[test]
fn a_shared_formula_with_an_impossible_index() {
    let bytes = with_part(&good(), SHEET, |xml| {
        let cell =
            "<row r=\"3\"><c r=\"A3\"><f t=\"shared\" ref=\"A3:A4\" si=\"99999999999999\">B1</f></c></row></sheetData>";
        xml.replace("</sheetData>", cell)
    });
    let sheet = read_roster(&bytes).unwrap();
    assert_eq!(
        sheet.iter().last().unwrap().text("name").unwrap_err().key,
        "workbook.cell.formula"
    );
}

#[test]
fn entities_are_not_expanded() {
    let bytes = with_part(&good(), "xl/sharedStrings.xml", |xml| {
        let declared = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><sst ";
        xml.replace("<sst ", declared).replace("小明", "&b;&f;")
    });
    match read_roster(&bytes) {
        Ok(sheet) => {
            let text = sheet.iter().next().unwrap().text("name").unwrap().unwrap_or_default();
            assert!(!text.contains("root:") && text.len() < 20, "{text}");
        }
        Err(error) => assert_eq!(error.key(), "workbook.file.damaged"),
    }
}

#[test]
fn other_files_are_told_apart() {
    let compound = |inside: &str| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(1024, 0);
        bytes.extend(inside.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let archive = |names: &[&str]| {
        zipped(
            &names
                .iter()
                .map(|n| ((*n).to_owned(), b"x".to_vec()))
                .collect::<Vec<_>>(),
        )
    };
    let cases: [(&str, Vec<u8>, ReadError); 13] = [
        ("nothing", vec![], ReadError::Empty),
        ("xls", compound("Workbook"), ReadError::OldExcel),
        ("encrypted xlsx", compound("EncryptedPackage"), ReadError::Encrypted),
        ("excel 4", vec![0x09, 0x04, 0x06, 0x00, 0, 0], ReadError::OldExcel),
        (
            "xlsb",
            archive(&["[Content_Types].xml", "xl/workbook.bin"]),
            ReadError::OtherFormat,
        ),
        ("ods", archive(&["mimetype", "content.xml"]), ReadError::OtherFormat),
        (
            "docx",
            archive(&["[Content_Types].xml", "word/document.xml"]),
            ReadError::NotAWorkbook,
        ),
        ("zip", archive(&["a.txt"]), ReadError::NotAWorkbook),
        ("pdf", b"%PDF-1.7".to_vec(), ReadError::NotAWorkbook),
        (
            "web page",
            "\u{FEFF} <html><table>".as_bytes().to_vec(),
            ReadError::NotAWorkbook,
        ),
        (
            "png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            ReadError::NotAWorkbook,
        ),
        ("program", b"\x7fELF\x02\x01\x01\0\0".to_vec(), ReadError::NotAWorkbook),
        ("blanks", b" \n \n".to_vec(), ReadError::Empty),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(read_roster(&bytes).unwrap_err(), expected, "{name}");
    }
    let empty = workbook(|workbook| {
        workbook.add_worksheet();
    });
    assert_eq!(read_roster(&empty).unwrap_err(), ReadError::Empty);
}
