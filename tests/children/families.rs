//! Guardians who are on file already: what their record lacks is filled in, what differs is asked about, and it is said.

use entities::{
    ChildId,
    child::{guardian, guardianship},
};
use sea_orm::{EntityTrait, QueryOrder};

use super::{events, form, id_of, register};
use crate::support::{TestApp, story};

async fn people(app: &TestApp) -> Vec<guardian::Model> {
    let all = guardian::Entity::find().order_by_asc(guardian::COLUMN.id);
    all.all(&*app.app.db).await.unwrap()
}

async fn guardians_of(app: &TestApp) -> Vec<i64> {
    let all = guardianship::Entity::find().order_by_asc(guardianship::COLUMN.id);
    let all = all.all(&*app.app.db).await.unwrap();
    all.iter().map(|tie| tie.guardian_id.0).collect()
}

#[tokio::test]
async fn what_a_record_lacks_is_filled_in_and_said() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        register(&mut screener, "王一一").await;
        assert_eq!(people(&app).await[0].email, None);
        let page = form(&mut screener, "王二二").await;
        let page = page.fill("guardian1_email", "fang@example.org");
        let id = id_of(&page.submit(&mut screener).await);
        let found = people(&app).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].email.as_deref(), Some("fang@example.org"));
        assert_eq!(found[0].version, 2);
        assert_eq!(events(&app, id, "guardian.reused").await, 1);
        let page = screener.open(&format!("/children/{id}")).await;
        page.says("监护人王芳已在档")
            .says("补上了所缺信息")
            .says("fang@example.org");
        // The same again is said, and changes nothing.
        let page = form(&mut screener, "王三三").await;
        let page = page.fill("guardian1_email", "Fang@example.org");
        let id = id_of(&page.submit(&mut screener).await);
        screener.open(&format!("/children/{id}")).await.says("沿用原有记录");
        assert_eq!(people(&app).await, found);
    })
    .await;
}

#[tokio::test]
async fn what_differs_from_a_record_is_asked_about() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let page = form(&mut screener, "王一一").await;
        let page = page.fill("guardian1_email", "fang@example.org");
        let first = id_of(&page.submit(&mut screener).await);
        let page = form(&mut screener, "王二二").await;
        let page = page
            .fill("guardian1_email", "other@example.org")
            .fill("guardian1_language", "en");
        let page = page.submit(&mut screener).await.is(422);
        let page = page
            .says("邮箱为f***@example.org，与所填不同")
            .says("语言为")
            .omits("fang@example.org");
        assert_eq!(guardians_of(&app).await.len(), 1, "nothing was written");
        // Kept.
        let page = page.fill("guardian1_differing", "keep");
        let id = id_of(&page.submit(&mut screener).await);
        screener
            .open(&format!("/children/{id}"))
            .await
            .says("与其不同的内容未采用");
        assert_eq!(people(&app).await[0].email.as_deref(), Some("fang@example.org"));
        // Taken, by way of the page of one guardian.
        let other = register_alone(&app).await;
        let page = screener.open(&format!("/children/{other}/guardians/new")).await;
        let page = page
            .fill("name", "王芳")
            .fill("kinship", "mother")
            .fill("phone", "13812345678")
            .fill("email", "new@example.org");
        let target = format!("/children/{other}/guardians?");
        let page = page.submit_to(&target, &mut screener).await.is(422).says("与所填不同");
        let page = page.fill("differing", "take").submit_to(&target, &mut screener).await;
        page.is(303);
        screener
            .open(&format!("/children/{other}"))
            .await
            .says("其记录已改为本次所填内容");
        assert_eq!(people(&app).await[0].email.as_deref(), Some("new@example.org"));
        screener
            .open(&format!("/children/{first}"))
            .await
            .says("new@example.org");
    })
    .await;
}

/// A child of another family.
async fn register_alone(app: &std::sync::Arc<TestApp>) -> i64 {
    let mut screener = app.person("screener").await;
    let page = form(&mut screener, "李大龙").await;
    let page = page.fill("guardian1_name", "李强").fill("guardian1_phone", "");
    id_of(&page.submit(&mut screener).await)
}

#[tokio::test]
async fn two_of_one_name_are_two_people() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        register(&mut screener, "王一一").await;
        let page = form(&mut screener, "欧阳二二")
            .await
            .fill("guardian1_phone", "13987654321");
        let id = id_of(&page.submit(&mut screener).await);
        let found = people(&app).await;
        assert_eq!(
            found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["王芳", "王芳"]
        );
        assert_eq!(guardians_of(&app).await, [found[0].id.0, found[1].id.0]);
        assert_eq!(events(&app, id, "guardian.reused").await, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_of_another_district_is_joined() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王一一").await;
        app.moves_to_the_next_district(ChildId(id)).await;
        let page = form(&mut screener, "王二二").await;
        let page = page.fill("guardian1_email", "fang@example.org");
        id_of(&page.submit(&mut screener).await);
        let found = people(&app).await;
        assert_eq!(found.len(), 2, "another record");
        assert_eq!(found[0].email, None);
        assert_eq!(guardians_of(&app).await, [found[0].id.0, found[1].id.0]);
    })
    .await;
}
