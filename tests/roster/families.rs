//! Guardians of a roster who are on file or stand twice in it; and a citizen number that is taken.

use entities::child::{child, duplicate, guardian};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryOrder as _};

use super::{HEAD, children, number, row, settled, upload};
use crate::support::{Person, TestApp, story};

/// A row of one family, with an address for mail.
fn of_family(name: &str, birth: &str, sequence: u32, email: &str) -> String {
    let row = row(name, birth, sequence, "13800000001").replace(&format!("家长{name}"), "李静");
    format!("{row},{email}")
}

fn file(rows: &[String]) -> Vec<u8> {
    format!("{HEAD},监护人邮箱\n{}\n", rows.join("\n")).into_bytes()
}

async fn emails(app: &TestApp) -> Vec<Option<String>> {
    let all = guardian::Entity::find().order_by_asc(guardian::COLUMN.id);
    let all = all.all(&*app.app.db).await.unwrap();
    all.into_iter().map(|one| one.email).collect()
}

/// Bring a file in as far as the question what to take.
async fn checked(who: &mut Person, name: &str, rows: &[String]) -> (String, crate::support::page::Reply) {
    let path = upload(who, name, &file(rows)).await.location.unwrap();
    let page = settled(who, &path).await;
    (path, page)
}

#[tokio::test]
async fn what_a_row_tells_of_a_guardian_on_file_is_not_dropped() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let rows = [
            of_family("王小雨", "2024-05-14", 22, ""),
            of_family("王小雪", "2022-05-14", 24, "jing@example.org"),
        ];
        let (path, page) = checked(&mut screener, "a.csv", &rows).await;
        let page = page.says("沿用已在档的监护人").says("补充监护人信息的行");
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        settled(&mut screener, &path).await.says("新建档案 2");
        assert_eq!(emails(&app).await, [Some("jing@example.org".to_owned())]);

        // What differs is asked about before anything goes in.
        let rows = [
            of_family("王小风", "2021-05-14", 26, "other@example.org"),
            of_family("王小云", "2020-05-14", 28, "JING@example.org"),
        ];
        let (path, page) = checked(&mut screener, "b.csv", &rows).await;
        let page = page.says("邮箱与已有记录不同： 2").omits("jing@example.org");
        let page = page
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(422);
        let page = page.fill("take", "all").fill("differing", "keep");
        page.submit_to("/decision", &mut screener).await.is(303);
        settled(&mut screener, &path).await.says("新建档案 2");
        assert_eq!(emails(&app).await, [Some("jing@example.org".to_owned())]);

        let rows = [of_family("王小雷", "2019-12-14", 30, "new@example.org")];
        let (path, page) = checked(&mut screener, "c.csv", &rows).await;
        let page = page.fill("take", "all").fill("differing", "take");
        page.submit_to("/decision", &mut screener).await.is(303);
        settled(&mut screener, &path).await.says("新建档案 1");
        assert_eq!(emails(&app).await, [Some("new@example.org".to_owned())]);
        assert_eq!(children(&app).await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_a_child_on_file_completes_its_guardian() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let bare = of_family("王小雨", "2024-05-14", 22, "").replace("13800000001", "");
        let (path, page) = checked(&mut screener, "a.csv", &[bare]).await;
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        settled(&mut screener, &path).await.says("新建档案 1");
        let decide = async |who: &mut Person, name: &str, row: String| {
            let (path, page) = checked(who, name, &[row]).await;
            page.fill("take", "all").submit_to("/decision", who).await.is(303);
            let page = settled(who, &path).await.says("待核对 1");
            let rows = page.links().into_iter().find(|to| to.ends_with("/rows")).unwrap();
            let links = who.open(&rows).await.links();
            links.into_iter().find(|to| to.contains("/rows/")).unwrap()
        };
        let compare = decide(
            &mut screener,
            "b.csv",
            of_family("王小雨", "2024-05-14", 22, "jing@example.org"),
        )
        .await;
        let page = screener.open(&compare).await.fill("decision", "match");
        page.submit_to("/rows/", &mut screener).await.is(303);
        let person = guardian::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(person.email.as_deref(), Some("jing@example.org"));
        assert!(person.phone_index.is_some(), "the phone is filled in, too");
        assert_eq!(guardian::Entity::find().count(&*app.app.db).await.unwrap(), 1);

        // What both say otherwise is chosen side by side.
        let renamed = of_family("王晓雨", "2024-05-14", 22, "");
        let compare = decide(&mut screener, "d.csv", renamed).await;
        let page = screener
            .open(&compare)
            .await
            .fill("decision", "match")
            .fill("name", "row");
        page.submit_to("/rows/", &mut screener).await.is(303);
        assert_eq!(children(&app).await[0].name, "王晓雨");

        // Another phone under the same name is asked about.
        let other = of_family("王小雨", "2024-05-14", 22, "jing@example.org").replace("13800000001", "13800000002");
        let compare = decide(&mut screener, "c.csv", other).await;
        let page = screener.open(&compare).await.fill("decision", "match");
        let page = page
            .submit_to("/rows/", &mut screener)
            .await
            .is(422)
            .says("电话为138****0001");
        let page = page.fill("decision", "match").fill("differing", "take");
        page.submit_to("/rows/", &mut screener).await.is(303);
        let person = guardian::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(person.phone_mask.as_deref(), Some("138****0002"));
    })
    .await;
}

#[tokio::test]
async fn a_row_with_a_taken_number_becomes_a_file_by_a_second_person_alone() {
    story(|app| async move {
        let mut lead = app.person("lead").await;
        let first = of_family("王小雨", "2024-05-14", 22, "");
        let (path, page) = checked(&mut lead, "a.csv", &[first]).await;
        page.fill("take", "all").submit_to("/decision", &mut lead).await.is(303);
        settled(&mut lead, &path).await.says("新建档案 1");
        let same = of_family("王雨桐", "2024-05-14", 22, "").replace("李静", "赵芳");
        assert!(same.contains(&number("2024-05-14", 22)));
        let (path, page) = checked(&mut lead, "b.csv", &[same]).await;
        page.fill("take", "all").submit_to("/decision", &mut lead).await.is(303);
        settled(&mut lead, &path).await.says("待核对 1");
        let links = lead.open(&format!("{path}/rows")).await.links();
        let compare = links.into_iter().find(|to| to.contains("/rows/")).unwrap();
        let page = lead.open(&compare).await.says("身份证号与已有档案相同");
        let page = page.fill("decision", "add").submit_to("/rows/", &mut lead).await;
        page.is(409).says("须由另一人决定");
        let mut screener = app.person("screener").await;
        let page = screener.open(&compare).await.fill("decision", "add");
        page.submit_to("/rows/", &mut screener)
            .await
            .is(409)
            .says("须由机构负责人或残联");
        assert_eq!(children(&app).await.len(), 1);
        let mut federation = app.person("federation").await;
        let page = federation.open(&compare).await.fill("decision", "add");
        page.submit_to("/rows/", &mut federation).await.is(303);
        let files = child::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].identity_index, files[1].identity_index);
        assert_eq!(duplicate::Entity::find().count(&*app.app.db).await.unwrap(), 1);
    })
    .await;
}
