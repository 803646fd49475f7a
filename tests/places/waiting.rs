//! The waiting list: in which order, and why, in words.

use entities::{
    enrolment::application,
    words::{Economy, Kinship},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};

use super::{waits, with_head};
use crate::support::story;

#[tokio::test]
async fn the_list_says_the_group_the_day_the_range_and_what_would_change_it() {
    story(|app| async move {
        with_head(&app).await;
        let (_, first) = waits(&app, "王小明").await;
        app.app.clock.advance(chrono::TimeDelta::days(1));
        let (_, second) = waits(&app, "李小红").await;
        let poor = application::ActiveModel {
            id: Set(second),
            economy: Set(Economy::Subsistence),
            ..Default::default()
        };
        poor.update(app.app.db.writer()).await.unwrap();

        let mut intake = app.person("intake").await;
        let page = intake.open("/waiting-list").await.is(200);
        let text = page.text();
        let (red, ming) = (text.find("李小红").unwrap(), text.find("王小明").unwrap());
        assert!(red < ming, "families on an allowance come first");
        let page = page
            .says("低保、特困、孤儿家庭")
            .says("本组 1 人中的第 1 位")
            .says("2020-01-01 起施行");
        let page = page.says("尚无法估计：本组最近只有 0 名");
        page.omits("发出录取通知");

        let path = format!("/applications/{first}/waiting");
        let page = intake.open(&path).await.is(200);
        // A boy of two is in the group of the young.
        page.says("低龄或重度")
            .says("不满 36 个月")
            .says("2026-11-02 申请")
            .says("如属低保、特困或孤儿家庭，进入");
        let mut federation = app.person("federation").await;
        federation.open("/waiting-list").await.is(200).says("王小明");
        federation.open(&path).await.is(200);
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere.open("/waiting-list").await.is(200).omits("王小明");
        elsewhere.open(&path).await.is(404);
        let mut head = app.person("centre-head").await;
        head.open("/waiting-list?mode=hourly").await.is(200).omits("王小明");
    })
    .await;
}

#[tokio::test]
async fn twins_stand_together_by_their_guardian_and_birthday() {
    story(|app| async move {
        with_head(&app).await;
        let (one, _) = waits(&app, "王小明").await;
        app.app.clock.advance(chrono::TimeDelta::days(1));
        waits(&app, "李小红").await;
        app.app.clock.advance(chrono::TimeDelta::days(1));
        let (other, _) = waits(&app, "王小亮").await;
        let mut head = app.person("centre-head").await;
        let before = head.open("/waiting-list").await.text();
        assert!(before.find("李小红").unwrap() < before.find("王小亮").unwrap());
        // They share a guardian: children of one birthday are twins.
        let by = app.actor("federation").await;
        let mother = starbridge::children::queries::guardians(&*app.app.db, one)
            .await
            .unwrap();
        starbridge::children::guardians::share(&app.app, &by, other, mother[0].1.id, Kinship::Mother)
            .await
            .unwrap();
        let page = head.open("/waiting-list").await;
        let text = page.text();
        assert!(text.find("王小亮").unwrap() < text.find("李小红").unwrap(), "{text}");
        page.says("与同胎兄弟姐妹排在一起").says("本组 3 人中的第 1 至 2 位");
    })
    .await;
}
