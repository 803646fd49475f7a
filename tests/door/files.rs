//! Rosters as people really send them.

use entities::import::job;
use sea_orm::EntityTrait as _;

use crate::{
    roster::{HEAD, book, children, file, row, settled, upload, write},
    support::{Person, story},
};

/// Brought in, checked and taken as a whole.
async fn taken(who: &mut Person, name: &str, content: &[u8]) -> crate::support::page::Reply {
    let path = upload(who, name, content).await.is(303).location.unwrap();
    let page = settled(who, &path).await;
    page.fill("take", "all").submit_to("/decision", who).await.is(303);
    settled(who, &path).await
}

#[tokio::test]
async fn a_day_is_the_day_that_was_meant_whatever_programs_made_of_it() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        let content = book(|sheet| {
            for (at, name) in (1..).zip(["甲一", "甲二", "甲三", "甲四", "甲五"]) {
                write(
                    sheet,
                    at,
                    &row(name, "2024-05-14", 20 + 2 * at, &format!("1380000000{at}")),
                );
            }
            // 43 seconds short of midnight, as number and as date; as text with the zone of the server.
            sheet
                .write_number_with_format(1, 2, 45_425.999_502_314_815, &date)
                .unwrap();
            sheet.write_number(2, 2, 45_425.999_502_314_815).unwrap();
            sheet.write_string(3, 2, "2024-05-13T16:00:00.000Z").unwrap();
            sheet.write_string(4, 2, "２０２４年５月１４日").unwrap();
            sheet
                .write_string(5, 2, "Tue May 14 2024 00:00:00 GMT+0800 (中国标准时间)")
                .unwrap();
        });
        taken(&mut screener, "a.xlsx", &content).await.says("新建档案 5");
        let all = children(&app).await;
        assert_eq!(all.len(), 5);
        assert!(
            all.iter().all(|child| child.birth_on.to_string() == "2024-05-14"),
            "{all:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn another_time_of_day_is_asked_about_at_the_cell() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let content = book(|sheet| {
            for (at, name) in [(1, "甲一"), (2, "甲二"), (3, "甲三")] {
                let line = row(name, "2024-05-14", 20 + 2 * at, &format!("1380000000{at}"));
                write(sheet, at, &line.replace(",2024-05-14,", ",2024-05-14 08:30,"));
            }
            sheet.write_number_with_format(2, 2, 45_426.5, &date).unwrap();
            sheet.write_string(3, 2, "2024-05-14T09:00:00Z").unwrap();
        });
        let path = upload(&mut screener, "a.xlsx", &content)
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        page.says("C2")
            .says("“2024-05-14 08:30:00”带有时刻")
            .says("“2024-05-14 12:00:00”带有时刻")
            .says("“2024-05-14 17:00:00”带有时刻")
            .says("请只写日期 2024-05-14");
        assert!(children(&app).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn signs_of_old_programs_blank_rows_and_notes_refuse_nothing() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let rows = [
            row("白一", "2024-05-14", 22, "13800000001").replace("家长白一", "李\u{b}静"),
            ",,,,,,,".to_owned(),
            row("白二", "2024-05-15", 24, "\u{202d}138 0000 0002\u{202c}"),
            HEAD.to_owned(),
            row("白三", "2024-05-16", 26, "１３８０００００００３").replace("庄市街道", "镇海区庄市街道"),
            "合计,3 人,,,,,,".to_owned(),
            "制表人：王芳,,,,,,,".to_owned(),
            "\u{1a}".to_owned(),
        ];
        let content = file(&rows);
        let path = upload(&mut screener, "a.csv", &content).await.is(303).location.unwrap();
        let page = settled(&mut screener, &path).await;
        let page = page
            .says("可导入 3")
            .says("有错误0")
            .says("标题、合计、备注等行")
            .says("5、7–8");
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        settled(&mut screener, &path).await.says("新建档案 3");
        let all = children(&app).await;
        assert!(all.iter().all(|child| child.division == "330211004"));
    })
    .await;
}

#[tokio::test]
async fn what_the_sender_does_not_see_is_asked_about_before_the_import() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let content = book(|sheet| {
            for (at, name) in [(1, "己一"), (2, "己二"), (3, "己三")] {
                write(
                    sheet,
                    at,
                    &row(name, "2024-05-14", 20 + 2 * at, &format!("1380000000{at}")),
                );
            }
            sheet.set_row_hidden(2).unwrap();
            sheet.set_column_hidden(7).unwrap();
        });
        let path = upload(&mut screener, "a.xlsx", &content)
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        let page = page
            .says("表格中隐藏的行")
            .says("行号： 3")
            .says("H 联系电话")
            .omits("开始导入");
        // Nobody gets around the question.
        let (target, _) = page.prepared("/reading");
        screener
            .post(
                &target.replace("/reading", "/decision"),
                &[("take".to_owned(), "all".to_owned())],
            )
            .await
            .is(409)
            .says("请先选择是否导入");
        // Neither is said for the sender.
        let page = screener.open(&path).await;
        let page = page
            .submit_to("/reading", &mut screener)
            .await
            .is(422)
            .says("请从选项中选择");
        page.fill("hidden_rows", "leave")
            .fill("hidden_columns", "take")
            .submit_to("/reading", &mut screener)
            .await
            .is(303);
        let page = settled(&mut screener, &path).await;
        let page = page.says("可导入 2").says("开始导入");
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        settled(&mut screener, &path).await.says("新建档案 2").says("不导入");
        let mut names: Vec<String> = children(&app).await.into_iter().map(|child| child.name).collect();
        names.sort();
        assert_eq!(names, ["己一", "己三"]);
        let job = job::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(job.options["hidden_rows"], false);
    })
    .await;
}

#[tokio::test]
async fn a_column_out_of_sight_is_left_out_as_a_whole() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let content = book(|sheet| {
            write(sheet, 1, &row("己一", "2024-05-14", 22, "13800000001"));
            sheet.set_column_hidden(7).unwrap();
            sheet.set_column_hidden(3).unwrap();
        });
        let path = upload(&mut screener, "a.xlsx", &content)
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path)
            .await
            .says("D 身份证号")
            .omits("表格中隐藏的行");
        page.fill("hidden_columns", "leave")
            .submit_to("/reading", &mut screener)
            .await
            .is(303);
        let page = settled(&mut screener, &path).await;
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        settled(&mut screener, &path).await.says("新建档案 1");
        assert_eq!(children(&app).await[0].identity_index, None);
    })
    .await;
}

#[tokio::test]
async fn a_run_of_rows_with_the_same_error_is_told_once() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let rows: Vec<String> = (0..30)
            .map(|n| {
                let line = row(
                    &format!("王{}", ["安", "宁", "禾"][n % 3]),
                    "2024-05-14",
                    22,
                    "13800000001",
                );
                let line = line.replace(",女,", ",,");
                let mut cells: Vec<&str> = line.split(',').collect();
                cells[3] = "";
                cells.join(",")
            })
            .collect();
        let path = upload(&mut screener, "a.csv", &file(&rows))
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path)
            .await
            .says("2–31")
            .says("B2:B31")
            .says("有错误30");
        assert_eq!(page.html().matches("B2:B31").count(), 1);
        page.omits("未列出的错误");
    })
    .await;
}

#[tokio::test]
async fn weeks_are_read_as_the_ward_writes_them() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let rows: Vec<String> = (1..)
            .zip(["32+3", "38+5周", "32周", "３９", "G40+2"])
            .map(|(at, weeks)| {
                let name = ["辛一", "辛二", "辛三", "辛四", "辛五"][at - 1];
                let line = row(
                    name,
                    "2025-05-14",
                    20 + 2 * u32::try_from(at).unwrap(),
                    &format!("1380000000{at}"),
                );
                format!("{line},{weeks}")
            })
            .collect();
        let content = format!("{HEAD},出生孕周\n{}\n", rows.join("\n"));
        taken(&mut screener, "a.csv", content.as_bytes())
            .await
            .says("新建档案 5");
        let mut all = children(&app).await;
        all.sort_by_key(|child| child.id);
        let weeks: Vec<_> = all.iter().map(|child| child.gestational_weeks).collect();
        assert_eq!(weeks, [Some(32), Some(38), Some(32), Some(39), Some(40)]);
    })
    .await;
}
