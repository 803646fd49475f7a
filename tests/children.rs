//! Children's files: registering, finding, correcting, moving; guardians and consents.

mod claims;
mod families;
mod file;
mod finding;
mod moving;
mod registering;

use entities::{ChildId, child::child, event::event};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::support::{Person, TestApp, page::Reply, story};

/// The form of a child who was born in time and lives in 庄市街道, ready to be sent.
pub(crate) async fn form(by: &mut Person, name: &str) -> Reply {
    by.open("/children/new")
        .await
        .fill("name", name)
        .fill("sex", "male")
        .fill("birth_on", "2024-05-14")
        .fill("identity_kind", "none_yet")
        .fill("division", "330211004")
        .fill("guardian1_name", "王芳")
        .fill("guardian1_kinship", "mother")
        .fill("guardian1_phone", "13812345678")
}

pub(crate) fn id_of(reply: &Reply) -> i64 {
    let to = reply
        .location
        .as_deref()
        .unwrap_or_else(|| panic!("not registered: {}", reply.text()));
    to.rsplit('/').next().unwrap().parse().unwrap()
}

async fn register(by: &mut Person, name: &str) -> i64 {
    let reply = form(by, name).await.submit(by).await;
    id_of(&reply)
}

pub(crate) async fn child(app: &TestApp, id: i64) -> child::Model {
    child::Entity::find_by_id(ChildId(id))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn count_children(app: &TestApp) -> u64 {
    child::Entity::find().count(&*app.app.db).await.unwrap()
}

async fn events(app: &TestApp, id: i64, action: &str) -> u64 {
    event::Entity::find()
        .filter(event::COLUMN.child_id.eq(ChildId(id)))
        .filter(event::COLUMN.action.eq(action))
        .count(&*app.app.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn no_address_holds_what_was_searched_for() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        register(&mut screener, "王小虎").await;
        register(&mut screener, "李大龙").await;
        let page = screener
            .open("/children")
            .await
            .fill("q", "小虎")
            .fill("street", "330211004");
        let found = page.submit_to("/find", &mut screener).await.is(303);
        let address = found.location.unwrap();
        assert!(address.starts_with("/children?find="), "{address}");
        assert!(address.contains("street=330211004"), "{address}");
        let page = screener.open(&address).await.says("王小虎").omits("李大龙");
        // Sorting, turning pages and taking the list out go on with it; so do those who write addresses themselves.
        for address in [
            page.links(),
            screener.open("/children?q=小虎").await.says("王小虎").links(),
        ] {
            let searched: Vec<String> = address.into_iter().filter(|to| to.contains("find=")).collect();
            assert!(searched.iter().any(|to| to.contains("sort=name")), "{searched:?}");
            assert!(
                searched
                    .iter()
                    .all(|to| !to.contains("q=") && !to.contains("%E8%99%8E")),
                "{searched:?}"
            );
        }
        // What was sealed at one organisation opens nowhere else.
        let mut federation = app.person("federation").await;
        federation.open(&address).await.says("王小虎").says("李大龙");
        let nobody = screener.open("/children?find=AQFub3RoaW5n").await.is(200);
        nobody.says("王小虎").says("李大龙");
        let elsewhere = screener
            .post(
                "/find",
                &[
                    ("to".to_owned(), "//evil.example".to_owned()),
                    ("q".to_owned(), "王".to_owned()),
                ],
            )
            .await
            .is(303);
        assert!(elsewhere.location.unwrap().starts_with("/?find="));
    })
    .await;
}

#[tokio::test]
async fn a_foreign_child_is_not_found() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        for user in ["neighbour", "elsewhere", "rescreener", "doctor", "intake"] {
            let mut stranger = app.person(user).await;
            stranger.open(&format!("/children/{id}")).await.is(404);
            stranger.open("/children?q=王小虎").await.omits("王小虎");
            stranger.post(&format!("/children/{id}/identity"), &[]).await.is(404);
        }
        let mut neighbour = app.person("neighbour").await;
        for page in ["edit", "moves", "consents", "views", "guardians/new"] {
            neighbour.open(&format!("/children/{id}/{page}")).await.is(404);
        }
        for action in ["", "/moves", "/consents", "/guardians", "/guardians/shared"] {
            neighbour.post(&format!("/children/{id}{action}"), &[]).await.is(404);
        }
        let mut bureau = app.person("bureau").await;
        bureau.open(&format!("/children/{id}")).await.is(403);
        assert_eq!(events(&app, id, "child.viewed").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_merged_file_forwards_to_the_survivor() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let first = register(&mut screener, "王小虎").await;
        let second = register(&mut screener, "王大虎").await;
        app.merges(ChildId(first), ChildId(second)).await;
        let reply = screener.get(&format!("/children/{second}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{first}")));
        screener
            .open(&format!("/children/{first}"))
            .await
            .says("330211-2026-00002");
        screener.open("/children?q=大虎").await.omits("王大虎");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_taken_out() {
    story(|app| async move {
        let mut federation = app.person("federation").await;
        for name in ["赵一", "钱二", "安三"] {
            register(&mut federation, name).await;
        }
        let page = federation.open("/children?sort=name&dir=asc").await;
        let text = page.text();
        assert!(
            text.find("安三") < text.find("钱二") && text.find("钱二") < text.find("赵一"),
            "{text}"
        );
        federation.open("/children?street=330211003").await.says("没有找到");
        federation.open("/children?year=2024&stage=watching").await.says("赵一");
        federation.open("/children?year=2023").await.says("没有找到");
        federation.open("/children?page=99").await.says("赵一");
        let file = federation.get("/children/export?q=钱").await.is(200);
        assert!(file.body.starts_with(b"PK"));
        let exported = event::Entity::find()
            .filter(event::COLUMN.action.eq("list.exported"))
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(exported, 1);
    })
    .await;
}
