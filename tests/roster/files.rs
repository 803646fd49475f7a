//! Files that were made to hurt, and cells that are not what they look like.

use entities::{import::job, kept::stored_file};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{book, children, row, settled, upload, write};
use crate::support::story;

/// The same workbook with its sheet changed.
fn with_sheet(good: &[u8], change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut archive = zip::ZipArchive::new(Cursor::new(good)).unwrap();
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut part = Vec::new();
        entry.read_to_end(&mut part).unwrap();
        if name.ends_with("sheet1.xml") {
            change(&mut part);
        }
        changed.start_file(name, options).unwrap();
        changed.write_all(&part).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

#[tokio::test]
async fn files_made_to_hurt_are_refused_in_words() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let good = book(|sheet| write(sheet, 1, &row("王小雨", "2024-05-14", 22, "13800000001")));
        upload(
            &mut screener,
            "a.xlsx",
            &with_sheet(&good, |sheet| sheet.resize(sheet.len() + (200 << 20), b' ')),
        )
        .await
        .is(422)
        .says("解压后异常庞大");
        let (target, _) = screener.open("/imports/new").await.prepared("/imports");
        screener.announce(&target, 1 << 30).await.is(422).says("20 MB");
        assert_eq!(job::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(stored_file::Entity::find().count(&*app.app.db).await.unwrap(), 0);

        // A name is only a name.
        let path = upload(&mut screener, "../../../etc/cron.d/名册.xlsx", &good)
            .await
            .is(303);
        let path = path.location.unwrap();
        settled(&mut screener, &path).await.says("名册.xlsx").omits("cron.d");
        let kept = stored_file::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(kept.name, "名册.xlsx");
    })
    .await;
}

#[tokio::test]
async fn formulas_merged_cells_and_dates_as_text_are_told_by_cell() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let content = book(|sheet| {
            let plain = rust_xlsxwriter::Format::new();
            write(sheet, 1, &row("王小雨", "2024-05-14", 22, "13800000001"));
            // Without a result of its own a formula gets the sheet's.
            sheet.set_formula_result_default("");
            sheet
                .write_formula(1, 0, rust_xlsxwriter::Formula::new("=A9").set_result(""))
                .unwrap();
            write(sheet, 2, &row("李安", "2025-01-03", 31, "13800000002"));
            write(sheet, 3, &row("赵一", "2024-02-29", 11, "13800000003"));
            sheet.merge_range(2, 4, 3, 4, "庄市街道", &plain).unwrap();
            // Dates as text, the way people type them: one that can be read, one that cannot.
            write(
                sheet,
                4,
                &row("钱二", "2024-03-01", 12, "13800000004").replace(",2024-03-01,", ",2024年3月1日,"),
            );
            write(
                sheet,
                5,
                &row("孙三", "2024-03-02", 13, "13800000005").replace(",2024-03-02,", ",三月初二,"),
            );
        });
        // A formula without a result, as programs write it.
        let content = with_sheet(&content, |part| {
            let xml = String::from_utf8(std::mem::take(part)).unwrap();
            assert!(xml.contains("<f>A9</f><v></v>"), "{xml}");
            *part = xml.replace("<f>A9</f><v></v>", "<f>A9</f>").into_bytes();
        });
        let path = upload(&mut screener, "a.xlsx", &content)
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        let page = page.says("A2").says("公式").says("合并").says("C6").says("三月初二");
        page.omits("C5");
        assert!(children(&app).await.is_empty());
    })
    .await;
}
