//! A whole day as a list, and the list of checks.

use entities::words::ScreenOutcome;

use super::{born, referrals, register, screens};
use crate::support::story;

#[tokio::test]
async fn a_kindergarten_day_is_saved_at_once_or_not_at_all() {
    story(|app| async move {
        let a = register(&app, born("赵一", "2024-11-10")).await;
        let b = register(&app, born("赵二", "2024-10-10")).await;
        let c = register(&app, born("赵三", "2023-11-10")).await;
        let mut screener = app.person("screener").await;
        let list = "/screening-days/new?performed_on=2026-11-02&kindergarten=庄市中心幼儿园";
        let page = screener.open(list).await.says("赵一").says("赵二").says("赵三");
        let (target, mut fields) = page.prepared("/screening-days");
        let put = |fields: &mut Vec<(String, String)>, name: String, value: &str| {
            fields.retain(|(n, _)| *n != name);
            fields.push((name, value.to_owned()));
        };
        put(&mut fields, format!("result_{a}"), "seen");
        put(&mut fields, format!("result_{b}"), "refused");
        put(&mut fields, format!("sign_{b}"), "2");
        put(&mut fields, format!("note_{a}"), "安静");
        let wrong = screener.post(&target, &fields).await.is(422);
        // The row, the child and the column are named, and the line leads to the field.
        let wrong = wrong.says("第 1 行 赵二 结果：勾选了征象").omits("赵三 结果：");
        assert!(wrong.links().contains(&format!("#result_{b}")));
        assert!(wrong.html().contains("安静"), "what was typed is still there");
        assert!(
            screens(&app, a).await.is_empty(),
            "nothing is saved when a row is wrong"
        );
        put(&mut fields, format!("result_{b}"), "seen");
        let (target, _) = wrong.prepared("/screening-days");
        let saved = screener.post(&target, &fields).await;
        assert_eq!(saved.location.as_deref(), Some("/screening-days/2026-11-02"));
        assert_eq!(screens(&app, a).await[0].outcome, ScreenOutcome::Normal);
        assert_eq!(screens(&app, b).await[0].outcome, ScreenOutcome::Abnormal);
        assert!(screens(&app, c).await.is_empty());
        assert_eq!(referrals(&app, b).await.len(), 1);
        screener
            .open("/screening-days/2026-11-02")
            .await
            .says("赵二")
            .says("确认转介");
        // The same list once more from another page: the row that is done is named.
        let token = target.split("once=").nth(1).unwrap();
        let again = screener.post(&target.replace(token, "another"), &fields).await.is(422);
        again.says("赵一：").says("赵二：").says("已有结果");
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_broken_off_is_kept_by_its_list_until_it_is_saved() {
    story(|app| async move {
        let a = register(&app, born("赵一", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let list = "/screening-days/new?performed_on=2026-11-02&kindergarten=庄市中心幼儿园";
        let (target, mut fields) = screener.open(list).await.prepared("/screening-days");
        for (name, value) in &mut fields {
            if *name == format!("result_{a}") {
                "seen".clone_into(value);
            } else if *name == format!("note_{a}") {
                "孩子哭闹，稍后再看".clone_into(value);
            }
        }
        screener.post("/screening-days/draft", &fields).await.is(204);
        assert!(screener.open(list).await.html().contains("孩子哭闹"));
        let other = "/screening-days/new?performed_on=2026-11-01";
        assert!(!screener.open(other).await.html().contains("孩子哭闹"), "another list");
        screener.post(&target, &fields).await.is(303);
        assert!(!screener.open(list).await.html().contains("孩子哭闹"));
    })
    .await;
}

#[tokio::test]
async fn the_list_of_checks_filters_sorts_and_exports() {
    story(|app| async move {
        register(&app, born("钱一", "2024-11-10")).await;
        register(&app, born("钱二", "2025-11-05")).await;
        let mut screener = app.person("screener").await;
        screener.open("/checks").await.says("钱一").says("钱二");
        screener.open("/checks?age=12").await.says("钱二").omits("钱一");
        screener
            .open("/checks?q=%E9%92%B1%E4%B8%80")
            .await
            .says("钱一")
            .omits("钱二");
        screener.open("/checks?q=%25").await.omits("钱一");
        screener.open("/checks?sort=name&dir=desc").await.is(200);
        screener.open("/checks?street=330211003").await.omits("钱一");
        screener
            .open("/checks?kindergarten=%E5%BA%84%E5%B8%82")
            .await
            .says("钱一");
        let book = screener.get("/checks/export?state=due&age=12").await.is(200);
        assert_eq!(&book.body[..2], b"PK");
        let mut neighbour = app.person("neighbour").await;
        neighbour.open("/checks").await.omits("钱一");
    })
    .await;
}
