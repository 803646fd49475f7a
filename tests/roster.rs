//! Rosters: brought in, checked, mended, imported, through the real pages.

mod families;
mod files;
mod history;
mod interrupted;

use entities::{
    child::{child, guardian, guardianship},
    import::{job, parked_row},
    kept::{file_content, stored_file},
    screening::{pathway, planned_check},
    words::JobState,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use std::sync::Arc;

use crate::support::{Person, TestApp, page::Reply, story};

pub(crate) const HEAD: &str = "姓名,性别,出生日期,身份证号,现居住地,监护人姓名,关系,联系电话";

/// A valid citizen number of 镇海 for a birthday.
fn number(birth: &str, sequence: u32) -> String {
    let body = format!("330211{}{sequence:03}", birth.replace('-', ""));
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(c, w)| c.to_digit(10).unwrap() * w)
        .sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][usize::try_from(sum % 11).unwrap()];
    format!("{body}{check}")
}

pub(crate) fn row(name: &str, birth: &str, sequence: u32, phone: &str) -> String {
    let sex = if sequence % 2 == 1 { "男" } else { "女" };
    format!(
        "{name},{sex},{birth},{},庄市街道,家长{name},母亲,{phone}",
        number(birth, sequence)
    )
}

pub(crate) fn file(rows: &[String]) -> Vec<u8> {
    format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes()
}

pub(crate) async fn upload(who: &mut Person, name: &str, content: &[u8]) -> Reply {
    let form = who.open("/imports/new").await.is(200);
    let (target, _) = form.prepared("/imports");
    who.upload(&target, &[], ("file", name, content)).await
}

/// The import's page once nothing goes on any more.
pub(crate) async fn settled(who: &mut Person, path: &str) -> Reply {
    for _ in 0..400 {
        let page = who.open(path).await.is(200);
        if !page.html().contains("hx-trigger=\"every") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{path} does not come to rest");
}

pub(crate) async fn children(app: &Arc<TestApp>) -> Vec<child::Model> {
    child::Entity::find().all(&*app.app.db).await.unwrap()
}

#[tokio::test]
async fn three_broken_rows_are_named_by_cell_mended_and_imported() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let good = [
            row("王小雨", "2024-05-14", 22, "13800000001"),
            row("李安", "2025-01-03", 31, "13800000002"),
        ];
        let mut rows = good.to_vec();
        rows.push(row("赵一", "2024-02-30", 11, "13800000003").replace("33021120240230011", "33021120240229011"));
        rows.push(row("钱二", "2024-03-01", 12, "13800000004").replace("庄市街道", "骆驼镇"));
        rows.push(row("孙三", "2024-03-02", 13, "1380"));
        let reply = upload(&mut screener, "名册.csv", &file(&rows)).await.is(303);
        let path = reply.location.unwrap();
        let page = settled(&mut screener, &path).await;
        let page = page.says("C4").says("E5").says("骆驼镇").says("H6");
        assert!(children(&app).await.is_empty());

        // As a whole it is refused, and says why.
        let page = page.fill("take", "all").submit_to("/decision", &mut screener).await;
        page.is(409).says("3 行有错误");
        let marked = screener.get(&format!("{path}/marked")).await;
        assert_eq!(&marked.body[..2], b"PK");

        let mended = [
            &good[..],
            &[
                row("赵一", "2024-02-29", 11, "13800000003"),
                row("钱二", "2024-03-01", 12, "13800000004"),
                row("孙三", "2024-03-02", 13, "13800000005"),
            ],
        ]
        .concat();
        let path = upload(&mut screener, "名册.csv", &file(&mended))
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        let reply = page
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        assert_eq!(reply.location.as_deref(), Some(path.as_str()));
        settled(&mut screener, &path).await.says("导入完成").says("新建档案 5");

        let all = children(&app).await;
        assert_eq!(all.len(), 5);
        assert!(all.iter().all(|child| child.street == "330211004"));
        assert_eq!(pathway::Entity::find().count(&*app.app.db).await.unwrap(), 5);
        assert!(planned_check::Entity::find().count(&*app.app.db).await.unwrap() >= 50);
        assert_eq!(guardianship::Entity::find().count(&*app.app.db).await.unwrap(), 5);

        // The file itself lies there sealed.
        let stored = file_content::Entity::find().all(&*app.app.db).await.unwrap();
        assert!(!stored.is_empty());
        assert!(
            stored
                .iter()
                .all(|f| !String::from_utf8_lossy(&f.content.0).contains("王小雨"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_file_counts_once_and_tells_when() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let content = file(&[row("王小雨", "2024-05-14", 22, "13800000001")]);
        let first = upload(&mut screener, "a.csv", &content).await.location.unwrap();
        settled(&mut screener, &first)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &first).await.says("导入完成");
        let again = upload(&mut screener, "b.csv", &content).await.is(303);
        assert_eq!(again.location.as_deref(), Some(first.as_str()));
        screener.open(&first).await.says("screener（测试）");
        assert_eq!(children(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn rows_like_a_child_on_file_are_set_aside_and_siblings_share_a_guardian() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let shared = |name: &str, sequence| {
            row(name, "2024-05-14", sequence, "13800000001").replace(&format!("家长{name}"), "李静")
        };
        // Twins: the same birthday and guardian, other names.
        let rows = [shared("王小雨", 22), shared("王小雪", 24)];
        let path = upload(&mut screener, "a.csv", &file(&rows)).await.location.unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 2 · 待核对 0");
        assert_eq!(guardian::Entity::find().count(&*app.app.db).await.unwrap(), 1);

        // The same child under another spelling, heard on the phone, without a number.
        let heard = shared("王晓雨", 22).replace(&number("2024-05-14", 22), "");
        let rows = [heard, row("周全", "2024-06-01", 41, "13800000009")];
        let path = upload(&mut screener, "b.csv", &file(&rows)).await.location.unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 1 · 待核对 1");
        let parked = parked_row::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(parked.reasons, serde_json::json!(["sound_birth_phone"]));
        assert_eq!(children(&app).await.len(), 3);

        // Compared side by side: it is the same child, and the file keeps what it has.
        let compare = format!("{path}/rows/{}", parked.id);
        let page = screener
            .open(&compare)
            .await
            .is(200)
            .says("王晓雨")
            .says("王小雨")
            .says("不同");
        page.fill("decision", "match")
            .submit_to("/rows/", &mut screener)
            .await
            .is(303);
        screener.open(&compare).await.says("已并入原档案");
        assert_eq!(children(&app).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing_and_may_come_again() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let content = file(&[row("王小雨", "2024-05-14", 22, "13800000001")]);
        let path = upload(&mut screener, "a.csv", &content).await.location.unwrap();
        settled(&mut screener, &path)
            .await
            .submit_to("/cancellation", &mut screener)
            .await
            .is(303);
        screener.open(&path).await.says("已取消");
        assert!(children(&app).await.is_empty());
        let second = upload(&mut screener, "a.csv", &content).await.location.unwrap();
        assert_ne!(second, path);
    })
    .await;
}

#[tokio::test]
async fn an_import_whose_process_died_is_taken_up_again() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(
            &mut screener,
            "a.csv",
            &file(&[row("王小雨", "2024-05-14", 22, "13800000001")]),
        )
        .await
        .location
        .unwrap();
        settled(&mut screener, &path).await;
        // As a process leaves it that was killed while the rows went in.
        let left = job::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let mut row = left.into_active_model();
        row.state = Set(JobState::Running);
        row.phase = Set(starbridge::roster::job::INSERTING.to_owned());
        row.heartbeat_at = Set(Some(app.app.clock.now()));
        row.update(app.app.db.writer()).await.unwrap();
        let sweep = starbridge::roster::job::SWEEP;
        starbridge::platform::sweep::run_once(&app.app, &sweep).await.unwrap();
        assert!(
            children(&app).await.is_empty(),
            "a job that says it lives is left alone"
        );
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        starbridge::platform::sweep::run_once(&app.app, &sweep).await.unwrap();
        assert_eq!(children(&app).await.len(), 1);
        let job = job::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(job.state.as_str(), "done");
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        starbridge::platform::sweep::run_once(&app.app, &sweep).await.unwrap();
        assert_eq!(children(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn files_that_cannot_be_read_say_why_and_leave_nothing() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        upload(&mut screener, "a.xlsx", b"\x89PNG\r\n\x1a\n\0\0")
            .await
            .is(422)
            .says("不是 Excel 工作簿");
        upload(&mut screener, "a.xlsx", b"PK\x03\x04broken").await.is(422);
        upload(&mut screener, "a.csv", b"").await.is(422).says("请选择一个文件");
        upload(&mut screener, "a.csv", "姓名,性别\n王小雨,女\n".as_bytes())
            .await
            .is(422)
            .says("缺少以下列");
        upload(&mut screener, "a.csv", format!("{HEAD}\n").as_bytes())
            .await
            .is(422);
        let large = vec![b'a'; 20 * 1024 * 1024 + 1];
        upload(&mut screener, "a.csv", &large).await.is(422).says("20 MB");
        assert_eq!(job::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(stored_file::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_says_that_there_is_nothing_is_an_empty_cell_where_it_may_be_empty() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let head =
            "姓名,性别,出生日期,身份证号,居住地,监护人姓名,与儿童关系,联系电话,残疾人证号,残疾人证到期日,出生孕周";
        let rows = [
            "王小雨,女,2024-05-14,无,庄市街道,李静,母亲,暂无,/,—,38⁺⁵",
            "李小石,男,2024-05-15,/,庄市街道,李平,父亲,－,没有,无,不详",
            "/,/,/,/,/,/,/,/,/,/,/",
            "——,——,——,——,——,——,——,——,——,——,——",
        ];
        let content = format!("{head}\n{}\n", rows.join("\n"));
        let path = upload(&mut screener, "a.csv", content.as_bytes())
            .await
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await.fill("take", "all");
        page.submit_to("/decision", &mut screener).await.is(303);
        settled(&mut screener, &path).await.says("已完成");
        let mut told: Vec<_> = children(&app)
            .await
            .into_iter()
            .map(|child| (child.name, child.gestational_weeks, child.identity_no.is_none()))
            .collect();
        told.sort();
        assert_eq!(
            told,
            [("李小石".to_owned(), None, true), ("王小雨".to_owned(), Some(38), true)]
        );
        // What has to be there is not there by being called nothing.
        let content = format!("{head}\n王小明,女,2024-05-16,,/,李静,母亲,,,,\n");
        let path = upload(&mut screener, "b.csv", content.as_bytes())
            .await
            .location
            .unwrap();
        settled(&mut screener, &path).await.says("E2").says("请填写此项");
    })
    .await;
}

#[tokio::test]
async fn places_outside_the_district_and_others_imports_are_out_of_reach() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let outside = row("王小雨", "2024-05-14", 22, "13800000001").replace("庄市街道", "330206001");
        let path = upload(&mut screener, "a.csv", &file(&[outside]))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path).await.says("E2");
        app.person("neighbour").await.get(&path).await.is(404);
        app.person("elsewhere").await.get(&path).await.is(404);
        app.person("federation").await.get(&path).await.is(200);
        app.person("audit").await.get(&path).await.is(403);
        let template = screener.get("/imports/template").await;
        assert_eq!(&template.body[..2], b"PK");
    })
    .await;
}

/// A workbook with the usual head, filled by hand.
pub(crate) fn book(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0..).zip(HEAD.split(',')) {
        sheet.write_string(0, column, title).unwrap();
    }
    fill(sheet);
    workbook.save_to_buffer().unwrap()
}

pub(crate) fn write(sheet: &mut rust_xlsxwriter::Worksheet, at: u32, row: &str) {
    for (column, text) in (0..).zip(row.split(',')) {
        sheet.write_string(at, column, text).unwrap();
    }
}
