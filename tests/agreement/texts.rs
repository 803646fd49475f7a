//! Texts: written by one person, looked at on a sample, taken into use by another; versions.

use entities::{agreement::agreement_template, words::TemplateState};
use sea_orm::{EntityTrait as _, QueryOrder as _};

use super::{BODY, text_in_use};
use crate::{
    enrolment::staffed,
    support::{TestApp, story},
};

async fn states(app: &TestApp) -> Vec<(i32, TemplateState)> {
    let rows = agreement_template::Entity::find()
        .order_by_asc(agreement_template::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.number, row.state)).collect()
}

#[tokio::test]
async fn a_text_is_taken_into_use_by_a_second_person() {
    story(|app| async move {
        staffed(&app).await;
        let mut head = app.person("centre-head").await;
        let page = head.open("/agreement-templates/new").await.is(200).says("{儿童姓名}");
        let page = page
            .fill("kind", "service")
            .fill("title", "康复服务协议")
            .fill("body", "甲方：{机构}\n{某某}");
        let page = page.submit_to("/agreement-templates", &mut head).await.is(422);
        let page = page.says("第 2 行的“某某”不是可填写的项目").fill("body", BODY);
        // Looked at, nothing is kept.
        let looked = page.fill("kind", "service");
        let (to, mut fields) = looked.prepared("/agreement-templates");
        fields.push(("then".to_owned(), "look".to_owned()));
        let page = head.post(&to, &fields).await.is(200).says("王小雨，全日制");
        assert!(states(&app).await.is_empty());
        let reply = page.submit_to("/agreement-templates", &mut head).await.is(303);
        let to = reply.location.unwrap();
        let page = head.open(&to).await.says("由起草人以外的人员确认启用");
        let version = [("version".to_owned(), "1".to_owned())];
        head.post(&format!("{to}/use"), &version)
            .await
            .is(409)
            .says("由起草人以外的人员确认启用");
        assert!(page.html().contains("/edit"));
        // Intake writes texts, and takes none into use.
        let mut intake = app.person("intake").await;
        intake.post(&format!("{to}/use"), &version).await.is(403);
        // A change makes whoever changed it its writer.
        let page = intake.open(&format!("{to}/edit")).await.fill("title", "服务协议");
        page.submit_to("/edit", &mut intake).await.is(303);
        let mut head = app.person("centre-head").await;
        head.open(&to).await.submit_to("/use", &mut head).await.is(303);
        head.open(&to).await.says("使用中").says("centre-head");
        // In use: not changed any more.
        let page = intake.open(&format!("{to}/edit")).await.fill("title", "另一个");
        page.submit_to("/edit", &mut intake).await.is(409).says("只能修改草稿");
    })
    .await;
}

#[tokio::test]
async fn the_next_version_takes_the_place_of_the_one_in_use() {
    story(|app| async move {
        staffed(&app).await;
        text_in_use(&app, "service", "服务协议", false).await;
        text_in_use(&app, "safety", "安全协议", false).await;
        text_in_use(&app, "service", "服务协议（新）", false).await;
        assert_eq!(
            states(&app).await,
            [
                (1, TemplateState::Replaced),
                (1, TemplateState::InUse),
                (2, TemplateState::InUse)
            ]
        );
        let mut intake = app.person("intake").await;
        let page = intake.open("/agreement-templates").await;
        page.says("服务协议（新）").says("已替代").says("区孤独症儿童康复中心");
        // A draft is given up; nobody else's centre sees it.
        let page = intake
            .open("/agreement-templates/new?from=1")
            .await
            .fill("title", "草稿");
        let to = page
            .submit_to("/agreement-templates", &mut intake)
            .await
            .is(303)
            .location
            .unwrap();
        intake
            .open(&to)
            .await
            .submit_to("/withdrawal", &mut intake)
            .await
            .is(303);
        assert_eq!(states(&app).await[3], (3, TemplateState::Withdrawn));
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere.get(&to).await.is(404);
        elsewhere.open("/agreement-templates").await.omits("服务协议");
        // A screening site has no texts.
        let mut lead = app.person("lead").await;
        lead.open("/agreement-templates").await.is(200).omits("起草模板");
        let fields = [("kind", "service"), ("title", "x"), ("body", "y")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        lead.post("/agreement-templates", &fields).await.is(403);
    })
    .await;
}
