//! Who may do what: the whole matrix as a file to read, and every route walked by everybody with ids that are not theirs.

use std::fmt::Write as _;

use axum::http::Method;
use entities::{
    ChildId,
    child::child,
    organisation::organisation,
    words::{IdentityKind, Role, Sex},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use starbridge::access::Can;

use crate::support::{TestApp, opening_time, people::PEOPLE, story};

#[tokio::test]
async fn the_role_matrix_reads_as_intended() {
    let app = TestApp::new().await;
    let mut text = String::new();
    for can in Can::ALL {
        let holders: Vec<&str> = Role::ALL
            .iter()
            .filter(|r| can.allows(&[**r]))
            .map(|r| r.as_str())
            .collect();
        writeln!(
            text,
            "{can:?}: {}",
            if holders.len() == Role::ALL.len() {
                "everybody".to_owned()
            } else {
                holders.join(", ")
            }
        )
        .unwrap();
    }
    text.push('\n');
    let mut routes: Vec<_> = app
        .table
        .iter()
        .map(|r| format!("{:?} {} {}", r.can, r.method, r.path))
        .collect();
    routes.sort();
    text.push_str(&routes.join("\n"));
    insta::assert_snapshot!("role_matrix", text);
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in() {
    story(|app| async move {
        let mut stranger = app.stranger();
        for route in app.table.iter().filter(|r| r.can != Can::Anyone) {
            let path = filled(route.path, "1");
            let reply = if route.method == Method::GET {
                stranger.get(&path).await
            } else {
                stranger.post(&path, &[]).await
            };
            assert_eq!(reply.status, 303, "{} {path}", route.method);
            assert!(
                reply.location.unwrap().starts_with("/sign-in"),
                "{} {path}",
                route.method
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_route_is_walked_by_everybody_with_foreign_ids() {
    story(|app| async move {
        let foreign = child_elsewhere(&app).await;
        for (user_name, role, _) in PEOPLE.iter().filter(|(name, ..)| *name != "elsewhere") {
            let mut person = app.person(user_name).await;
            for route in app.table.iter().filter(|r| !["/sign-out"].contains(&r.path)) {
                let id = if route.path.starts_with("/children/") {
                    foreign.to_string()
                } else {
                    "999999".to_owned()
                };
                let path = filled(route.path, &id);
                let reply = if route.method == Method::GET {
                    person.get(&path).await
                } else {
                    person.post(&path, &[]).await
                };
                let step = format!("{user_name}: {} {path} -> {}", route.method, reply.status);
                assert!(reply.status < 500, "{step}: {}", reply.text());
                if !route.can.allows(&[*role]) {
                    assert_eq!(reply.status, 403, "{step}");
                } else if route.path.contains("{id}") && route.method == Method::GET {
                    assert_eq!(reply.status, 404, "{step}: {}", reply.text());
                } else if route.path.contains("{id}") {
                    assert!([400, 404, 422].contains(&reply.status), "{step}");
                }
            }
        }
    })
    .await;
}

/// A child of the neighbouring district, whom nobody of ours may see.
async fn child_elsewhere(app: &TestApp) -> ChildId {
    let place = organisation::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
    let row = child::ActiveModel {
        file_no: Set("330206-2026-00001".into()),
        name: Set("邻区儿童".into()),
        name_sound: Set("lin qu er tong".into()),
        sex: Set(Sex::Female),
        birth_on: Set("2024-03-01".parse().unwrap()),
        identity_kind: Set(IdentityKind::NoneYet),
        ethnicity: Set("01".into()),
        division: Set("330206001".into()),
        street: Set("330206001".into()),
        district: Set("330206".into()),
        version: Set(1),
        created_at: Set(opening_time()),
        created_by: Set(place.id),
        ..Default::default()
    };
    child::Entity::insert(row)
        .exec(app.app.db.writer())
        .await
        .unwrap()
        .last_insert_id
}

/// The path with its placeholders filled in.
fn filled(path: &str, id: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect::<Vec<_>>()
        .join("/")
}
