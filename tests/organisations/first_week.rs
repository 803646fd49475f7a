//! The first week of a district: what is computed, what is ticked, who may.

use entities::account::account;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use starbridge::account::management::service;

use crate::support::story;

#[tokio::test]
async fn the_first_week_tells_what_is_missing_and_takes_a_persons_word_for_the_rest() {
    story(|app| async move {
        let mut system = app.person("system").await;
        system.open("/").await.says("启用清单").says("启用前待办事项");
        let page = system.open("/first-week").await;
        let page = page
            .says("7 个镇街，0 个村社区")
            .says("四类机构都有")
            .says("各类岗位都有人")
            .says("2026 年已录入")
            .says("缺 2027 年")
            .says("尚未确定")
            .says("邮件服务器已配置")
            .says("近期没有备份")
            .says("0 份儿童档案");

        // Rules were read: a person says so, and can take it back. What is computed nobody can tick.
        let all = page.text().matches("尚未确认").count();
        page.submit_to("/first-week/rules?", &mut system).await.is(303);
        let page = system.open("/first-week").await.says("2026-11-02 由系统管理员确认");
        assert_eq!(page.text().matches("尚未确认").count(), all - 1);
        page.submit_to("/first-week/rules/removal", &mut system).await.is(303);
        system.open("/first-week").await.omits("2026-11-02 由系统管理员确认");
        for computed in ["mail", "backup", "x"] {
            system.post(&format!("/first-week/{computed}"), &[]).await.is(404);
        }

        // Others read it, and are led nowhere they may not go.
        let mut screener = app.person("screener").await;
        let page = screener.open("/first-week").await.says("启用事项").omits("确认完成");
        assert!(
            page.links()
                .iter()
                .all(|link| link != "/parameters" && link != "/accounts")
        );
        screener.post("/first-week/rules", &[]).await.is(403);
        screener.open("/").await.omits("启用清单");

        // An account less is told at once, and so is a kind of organisation that nobody has.
        let intake = account::Entity::find().filter(account::COLUMN.user_name.eq("intake"));
        let intake = intake.one(&*app.app.db).await.unwrap().unwrap().id;
        let by = app.actor("security").await;
        service::disable(&app.app, &by, intake, "调离".to_owned())
            .await
            .unwrap();
        system.open("/first-week").await.says("缺：康复接案人员");
    })
    .await;
}
