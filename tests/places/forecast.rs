//! “If we admit these children”, and the hours that it reckons with.

use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{opens, waits, with_head};
use crate::support::story;

#[tokio::test]
async fn places_and_hours_as_they_would_be_and_nothing_is_saved() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        opens(&mut head, "一班", 1).await;
        let (_, one) = waits(&app, "王小明").await;
        let (_, two) = waits(&app, "李小红").await;
        let mut head = app.person("centre-head").await;
        head.open("/admission-forecast")
            .await
            .is(200)
            .says("王小明")
            .says("尚未登记中心每周可提供的服务时间");
        // Four hours of single lessons a week from December on.
        let page = head.open("/service-capacities").await.fill("service", "individual");
        let page = page.fill("hours", "-1").fill("valid_from", "2026-12-01");
        page.submit(&mut head).await.is(422).says("整数");
        let page = head.open("/service-capacities").await.fill("service", "individual");
        page.fill("hours", "4")
            .fill("valid_from", "2026-12-01")
            .submit(&mut head)
            .await
            .is(303);
        head.open("/service-capacities").await.says("个别训练");

        let events = || async {
            entities::event::event::Entity::find()
                .count(&*app.app.db)
                .await
                .unwrap()
        };
        let before = events().await;
        let page = head
            .open(&format!("/admission-forecast?month=2026-12&pick={one}"))
            .await
            .is(200);
        let cells = page.cells().join("|").replace(char::is_whitespace, "");
        assert!(cells.contains("共1，现用0，录取后1余0"), "{cells}");
        // A child of full days needs two and a half hours, told as three; four are there.
        assert!(cells.contains("共4，现用0，录取后3余1"), "{cells}");
        let page = head
            .open(&format!("/admission-forecast?month=2026-12&pick={one}&pick={two}"))
            .await;
        let cells = page.cells().join("|").replace(char::is_whitespace, "");
        assert!(cells.contains("共1，现用0，录取后2缺1"), "{cells}");
        assert!(cells.contains("共4，现用0，录取后5缺1"), "{cells}");
        head.open("/admission-forecast?month=2029-01")
            .await
            .is(200)
            .says("请选择今后 12 个月内的月份");
        assert_eq!(events().await, before, "nothing was written");
        let mut federation = app.person("federation").await;
        federation.open("/admission-forecast").await.is(200).says("王小明");
        let mut intake = app.person("intake").await;
        let page = intake.open("/service-capacities").await.is(200);
        assert!(
            !page.html().contains("name=\"hours\""),
            "whoever does not run the places enters nothing"
        );
    })
    .await;
}
