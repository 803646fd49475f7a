//! Anything at all, and round trips.

use std::sync::LazyLock;

use entities::{day, text::tidy};
use proptest::prelude::*;

use super::super::{Cell, Export, ExportColumn, Format, Limits, ReadError, Value, read};
use super::{ZH, noon, parts, read_roster, roster, texts, zipped};

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| texts(&[&["姓名", "出生日期"], &["小明", "2019-01-01"]]));

fn exported(format: Format, rows: &[(String, String)]) -> Vec<u8> {
    let columns = ["姓名", "出生日期", "身份证号"].map(|h| ExportColumn {
        header: h.to_owned(),
        width: 12,
    });
    let mut export = Export::new(format, "名单", &columns, ("王芳", noon()), ZH).unwrap();
    for (name, number) in rows {
        export
            .row(&[Value::text(name), Value::Date(noon().date()), Value::text(number)])
            .unwrap();
    }
    export.finish().unwrap()
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read_roster(&bytes);
    }

    #[test]
    fn text_never_panics(text in "(姓名|出生日期|[,;\t\n\"'=]|.){0,200}") {
        let _ = read_roster(text.as_bytes());
    }

    #[test]
    fn a_good_file_with_some_bytes_changed_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = GOOD.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = read_roster(&bytes);
    }

    /// Checksums hide most changes from the parser, so here the parts are changed and zipped again.
    #[test]
    fn a_good_package_with_changed_parts_never_panics(
        part in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[<>/\"=:&;A-C0-9!\\-]{0,6}", 0_usize..12), 1..8),
    ) {
        let mut all = parts(&GOOD);
        let chosen = part.index(all.len());
        for (place, insert, remove) in changes {
            let bytes = &mut all[chosen].1;
            if bytes.is_empty() { continue }
            let at = place.index(bytes.len());
            let end = (at + remove).min(bytes.len());
            bytes.splice(at..end, insert.into_bytes());
        }
        let _ = read_roster(&zipped(&all));
    }

    #[test]
    fn dates_never_panic(text in "\\PC{0,30}") {
        let _ = day::parse(&text);
    }

    #[test]
    fn every_day_is_read_in_every_spelling(days in 0_i64..109_500) {
        let date = super::day(1900, 1, 1) + chrono::Duration::days(days);
        for spelling in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日", "%Y-%m-%d 00:00:00"] {
            prop_assert_eq!(day::parse(&date.format(spelling).to_string()), Some(date));
        }
    }

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(("[^\\s\\p{C}][^\\p{C}]{0,20}", "[0-9]{17}[0-9X]"), 1..20)) {
        for format in [Format::Xlsx, Format::Csv] {
            let sheet = read(&exported(format, &rows), &roster(), &Limits::default()).unwrap();
            let read: Vec<_> = sheet.iter().collect();
            prop_assert_eq!(read.len(), rows.len());
            for (row, (name, number)) in read.iter().zip(&rows) {
                // Strokes alone say that there is nothing.
                let said = (!Cell::Text(name.clone()).says_nothing()).then(|| tidy(name));
                prop_assert_eq!(row.text("name").unwrap(), said.filter(|name| !name.is_empty()));
                prop_assert_eq!(row.code("identity_number").unwrap(), Some(number.clone()));
                prop_assert_eq!(row.date("birth_date"), Ok(Some(noon().date())));
            }
        }
    }
}

#[test]
fn a_damaged_byte_in_a_part_is_noticed() {
    let mut bytes = GOOD.clone();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0xFF;
    assert!(matches!(read_roster(&bytes), Err(ReadError::Damaged(_))));
}
