//! Rosters: brought in, checked, mended, imported, through the real pages.

mod families;

use entities::{
    child::{child, guardian, guardianship},
    import::{job, parked_row},
    kept::{file_content, stored_file},
    screening::{pathway, planned_check},
    words::JobState,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use starbridge::roster::job as imports;
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

fn many(rows: u32) -> Vec<u8> {
    let names = ["安", "宁", "禾", "朗", "星", "言", "舟", "乐", "可", "然"];
    let rows: Vec<String> = (0..rows)
        .map(|n| {
            let birth = chrono::NaiveDate::from_ymd_opt(2021, 1, 1).unwrap() + chrono::Days::new(u64::from(n % 1900));
            let at = |n: u32| names[usize::try_from(n).unwrap() % names.len()];
            let name = format!("王{}{}", at(n / 1900), at(n));
            row(&name, &birth.to_string(), 100 + n / 1900, &format!("138{n:08}"))
        })
        .collect();
    file(&rows)
}

fn id_of(path: &str) -> entities::JobId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// Wait until rows of a job go in.
async fn half_way(app: &TestApp, id: entities::JobId) {
    for _ in 0..4000 {
        if app.app.jobs().running(id).is_some_and(|watch| {
            let (done, total) = watch.progress();
            // The check before counts its own rows; those that go in come by the hundreds.
            done > 0 && done < total && done.is_multiple_of(500)
        }) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("the rows do not go in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_while_the_rows_go_in_leaves_nothing() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        let (target, fields) = page.prepared("/cancellation");
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        half_way(&app, id_of(&path)).await;
        screener.post(&target, &fields).await.is(303);
        settled(&mut screener, &path).await.says("已取消");
        assert!(children(&app).await.is_empty());
        assert_eq!(guardian::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(planned_check::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}

#[expect(clippy::disallowed_methods, reason = "the test waits for them itself")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_while_the_rows_go_in_leaves_nothing_and_another_finishes() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        settled(&mut screener, &path).await;
        let id = id_of(&path);
        let by = starbridge::platform::Actor::system("test", app.app.clock.now());
        imports::decide(&app.app, &by, id, false).await.unwrap();
        let means = app.app.clone();
        let task = tokio::spawn(async move { imports::run(&means, id).await });
        half_way(&app, id).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(children(&app).await.is_empty());
        assert_eq!(pathway::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        let sweep = starbridge::roster::job::SWEEP;
        starbridge::platform::sweep::run_once(&app.app, &sweep).await.unwrap();
        let job = job::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(job.state, JobState::Done);
        let parked = usize::try_from(parked_row::Entity::find().count(&*app.app.db).await.unwrap()).unwrap();
        assert_eq!(children(&app).await.len() + parked, 6000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_leaves_its_import_and_another_takes_it_up_at_once() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        settled(&mut screener, &path).await;
        let id = id_of(&path);
        let by = starbridge::platform::Actor::system("test", app.app.clock.now());
        imports::decide(&app.app, &by, id, false).await.unwrap();
        imports::start(&app.app, id);
        half_way(&app, id).await;
        app.app.jobs().close().await;
        let left = async || job::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap();
        let job = left().await;
        assert_eq!((job.state, job.attempts, job.heartbeat_at), (JobState::Queued, 0, None));
        assert!(children(&app).await.is_empty(), "all of it or nothing");
        imports::run(&app.app, id).await.unwrap();
        assert_eq!(
            left().await.state,
            JobState::Queued,
            "a server that stops begins nothing"
        );
        let file = app.app.config.key_file();
        app.app.keys.save(&file).unwrap();
        let other = starbridge::platform::App::new(starbridge::platform::Means {
            db: app.app.db.clone(),
            config: app.app.config.clone(),
            clock: app.app.clock.clone(),
            keys: starbridge::platform::Keys::load(&file).unwrap(),
            compartment: starbridge::app::FEATURES.compartment(),
        });
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        starbridge::platform::sweep::run_once(&other, &imports::SWEEP)
            .await
            .unwrap();
        assert_eq!(left().await.state, JobState::Done);
        let parked = usize::try_from(parked_row::Entity::find().count(&*app.app.db).await.unwrap()).unwrap();
        assert_eq!(children(&app).await.len() + parked, 6000);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_never_ends_is_given_up() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let sheet = file(&[row("王小雨", "2024-05-14", 22, "13800000001")]);
        let path = upload(&mut screener, "a.csv", &sheet).await.location.unwrap();
        settled(&mut screener, &path).await;
        let left = job::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let mut row = left.into_active_model();
        row.state = Set(JobState::Running);
        row.phase = Set(imports::INSERTING.to_owned());
        row.heartbeat_at = Set(Some(app.app.clock.now()));
        row.attempts = Set(3);
        row.update(app.app.db.writer()).await.unwrap();
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        starbridge::platform::sweep::run_once(&app.app, &imports::SWEEP)
            .await
            .unwrap();
        settled(&mut screener, &path).await.says("导入失败").says("系统出错");
        assert!(children(&app).await.is_empty());
    })
    .await;
}

const BEFORE: &str = "最近筛查月龄,最近筛查日期,最近筛查结果,同意事项,同意日期";

fn with_history(rows: &[String]) -> Vec<u8> {
    format!("{HEAD},{BEFORE}\n{}\n", rows.join("\n")).into_bytes()
}

#[tokio::test]
async fn a_roster_brings_the_last_results_and_consents_along() {
    use entities::{
        child::consent,
        screening::{referral, screen},
        words::{CheckState, ReferralState, ScreenOutcome, Stage},
    };

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let normal = format!(
            "{},24,2026-05-20,正常,筛查、共享,2026-05-20",
            row("王小雨", "2024-05-14", 22, "13800000001")
        );
        let abnormal = format!("{},,2026-07-10,阳性,,", row("李安", "2025-01-03", 31, "13800000002"));
        let broken = format!(
            "{},12,2026-05-20,还行,飞行,2026-05-20",
            row("赵一", "2024-02-28", 11, "13800000003")
        );
        let alone = format!("{},,,正常,,2026-05-20", row("钱二", "2024-03-01", 12, "13800000004"));
        let rows = [normal.clone(), abnormal.clone(), broken, alone];
        let path = upload(&mut screener, "名册.csv", &with_history(&rows))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .says("I4")
            .says("属于 24 月龄")
            .says("K4")
            .says("还行")
            .says("L4")
            .says("飞行")
            .says("J5")
            .says("要一起填写")
            .says("L5");

        let path = upload(&mut screener, "名册.csv", &with_history(&[normal, abnormal]))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 2");
        let db = &*app.app.db;
        let screens = screen::Entity::find().all(db).await.unwrap();
        let told: Vec<_> = screens.iter().map(|row| (row.age_months, row.outcome)).collect();
        assert_eq!(told, [(24, ScreenOutcome::Normal), (18, ScreenOutcome::Abnormal)]);
        let checks = planned_check::Entity::find().all(db).await.unwrap();
        let done: Vec<_> = checks.iter().filter(|row| row.state == CheckState::Done).collect();
        assert_eq!(done.len(), 2);
        for check in done {
            let screen = screens.iter().find(|row| Some(row.id) == check.screen_id).unwrap();
            assert_eq!(
                (screen.planned_check_id, screen.age_months),
                (Some(check.id), check.age_months)
            );
        }
        assert_eq!(consent::Entity::find().count(db).await.unwrap(), 2);
        // An abnormal result of before waits for its referral like any other; nobody is written to about it.
        let referrals = referral::Entity::find().all(db).await.unwrap();
        assert_eq!(referrals.len(), 1);
        assert_eq!(
            (referrals[0].state, referrals[0].screen_id),
            (ReferralState::Proposed, Some(screens[1].id))
        );
        let places = pathway::Entity::find().all(db).await.unwrap();
        let stages: Vec<Stage> = places.iter().map(|row| row.stage).collect();
        assert_eq!(stages, [Stage::Watching, Stage::RescreenProposed]);
        assert_eq!(
            entities::communication::message::Entity::find()
                .count(db)
                .await
                .unwrap(),
            0
        );
        screener
            .open(&format!("/children/{}/screens", screens[0].child_id))
            .await
            .says("由名册导入");
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_a_child_on_file_completes_its_consents_and_last_result() {
    use entities::{child::consent, screening::screen, words::ScreenOutcome};

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let plain = row("王小雨", "2024-05-14", 22, "13800000001");
        let path = upload(&mut screener, "a.csv", &file(std::slice::from_ref(&plain)))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 1");
        let with = format!("{plain},24月龄,2026-05-20,未见异常,诊断,2026-05-20");
        let path = upload(&mut screener, "b.csv", &with_history(&[with]))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("待核对 1");
        let parked = parked_row::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let page = screener.open(&format!("{path}/rows/{}", parked.id)).await;
        page.fill("decision", "match")
            .submit_to("/rows/", &mut screener)
            .await
            .is(303);
        let screens = screen::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!((screens.len(), screens[0].outcome), (1, ScreenOutcome::Normal));
        assert!(screens[0].planned_check_id.is_some());
        assert_eq!(consent::Entity::find().count(&*app.app.db).await.unwrap(), 1);
        assert_eq!(children(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_waited_while_a_code_changed_is_opened_under_the_new_one() {
    use starbridge::{children::carrying, organisations::import::service, platform::Actor};

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let mut last = String::new();
        // The second is heard on the phone, without a number.
        let known = row("王小雨", "2024-05-14", 22, "13800000001");
        let heard = row("王晓雨", "2024-05-14", 22, "13800000001").replace(&number("2024-05-14", 22), "");
        for (name, content, outcome) in [("a", known, "新建档案 1"), ("b", heard, "待核对 1")] {
            last = upload(&mut screener, &format!("{name}.csv"), &file(&[content]))
                .await
                .location
                .unwrap();
            settled(&mut screener, &last)
                .await
                .fill("take", "all")
                .submit_to("/decision", &mut screener)
                .await;
            settled(&mut screener, &last).await.says(outcome);
        }
        let parked = parked_row::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let list = "区划代码,名称,变更类型,生效日期,新代码\n330211004,,变更代码,2026-11-01,330211009\n";
        let waiting = service::Waiting {
            file: "区划.csv".to_owned(),
            sheet: service::read(list.as_bytes().to_vec()).await.unwrap(),
        };
        let everywhere = Actor::system("divisions", app.app.clock.now());
        service::take(&app.app, &everywhere, &waiting).await.unwrap();
        carrying::sweep(&app.app, &everywhere).await.unwrap();
        let page = screener.open(&format!("{last}/rows/{}", parked.id)).await;
        page.fill("decision", "add")
            .submit_to("/rows/", &mut screener)
            .await
            .is(303);
        let files = children(&app).await;
        assert_eq!(files.len(), 2);
        assert!(
            files
                .iter()
                .all(|file| (file.division.as_str(), file.street.as_str()) == ("330211009", "330211009")),
            "nobody is left under a code that ended"
        );
    })
    .await;
}
