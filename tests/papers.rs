//! Papers: who may print them, what they say, several at once, and what is written across one that does not hold any more.

mod clinic;
mod families;
mod several;
mod slips;

use std::collections::BTreeSet;

use entities::{
    ChildId,
    event::event,
    screening::{diagnosis, referral, rescreen, screen},
    words::Language,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;
use starbridge::{app::FEATURES, platform::words::raw, web::paper};

use crate::support::{Person, TestApp, page::Reply, story};

/// The details of every print of a child's papers, oldest first.
async fn prints(app: &TestApp, child: ChildId) -> Vec<Value> {
    event::Entity::find()
        .filter(event::COLUMN.action.eq("paper.printed"))
        .filter(event::COLUMN.child_id.eq(child))
        .order_by_asc(event::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.details)
        .collect()
}

/// The link of a page to papers of a kind.
fn link(page: &Reply, name: &str) -> Option<String> {
    let to = format!("/papers/{name}?");
    page.links().into_iter().find(|link| link.starts_with(&to))
}

/// Open the paper that a page leads to.
async fn opens(person: &mut Person, page: &str, name: &str) -> Reply {
    let from = person.open(page).await.is(200);
    let to = link(&from, name).unwrap_or_else(|| panic!("{page} leads to no {name}: {:?}", from.links()));
    person.open(&to).await.is(200)
}

#[test]
fn every_kind_has_its_name_its_letters_and_its_words() {
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for paper in FEATURES.papers() {
        assert!(names.insert(paper.name), "{} twice", paper.name);
        assert!(codes.insert(paper.code), "{} twice", paper.code);
        for language in [Language::Chinese, Language::English] {
            assert_ne!(raw(language, &paper.title()), paper.title(), "{}", paper.name);
            assert_ne!(raw(language, paper.list.1), paper.list.1, "{}", paper.name);
        }
    }
    assert!(names.len() >= 5, "{names:?}");
}

#[tokio::test]
async fn every_kind_is_reached_by_its_permission_and_made_as_page_and_pdf() {
    story(|app| async move {
        for paper in FEATURES.papers() {
            for (below, heavy) in [("", false), ("/pdf", true)] {
                let path = format!("/papers/{}{below}", paper.name);
                let route = app.table.iter().find(|route| route.path == path).unwrap();
                assert_eq!((route.can, route.heavy), (paper.can, heavy), "{path}");
            }
        }
        // Without rows there is nothing to print, and the list to choose from comes.
        let mut screener = app.person("screener").await;
        let reply = screener.get("/papers/referral-slip").await.is(303);
        assert_eq!(reply.location.as_deref(), Some("/referrals"));
        screener.open("/papers/referral-slip").await.says("请先勾选");
        screener.get("/papers/referral-slip?pick=x").await.is(404);
        screener.get("/papers/nothing?pick=1").await.is(404);
        let mut bureau = app.person("bureau").await;
        bureau.get("/papers/referral-slip?pick=1").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn every_kind_speaks_both_languages_to_whoever_prints_it() {
    story(|app| async move {
        app.diagnosed("王小雨").await;
        let db = &*app.app.db;
        let screen = screen::Entity::find().one(db).await.unwrap().unwrap().id.0;
        let rescreen = rescreen::Entity::find().one(db).await.unwrap().unwrap().id.0;
        let diagnosis = diagnosis::Entity::find().one(db).await.unwrap().unwrap().id.0;
        let referrals = referral::Entity::find().all(db).await.unwrap();
        let mut asked: Vec<(&str, &str, i64)> = vec![
            ("screener", "screen-notice", screen),
            ("rescreener", "rescreen-notice", rescreen),
            ("doctor", "diagnosis-notice", diagnosis),
            ("doctor", "diagnosis-feedback", diagnosis),
        ];
        // To the re-screen, to the diagnosis, to the centre.
        let decided = crate::enrolment::decided(&app).await;
        asked.push(("intake", "enrolment-decision", decided.0));
        asked.extend(referrals.iter().map(|row| ("federation", "referral-slip", row.id.0)));
        assert_eq!(asked.len(), 8);
        let kinds: BTreeSet<&str> = asked.iter().map(|(_, kind, _)| *kind).collect();
        let known: BTreeSet<&str> = FEATURES.papers().map(|paper| paper.name).collect();
        assert_eq!(kinds, known);
        for (who, kind, id) in asked {
            let mut person = app.person(who).await;
            for language in [Language::Chinese, Language::English] {
                let address = format!("/papers/{kind}?pick={id}&language={}", language.as_str());
                let page = person.open(&address).await.is(200);
                let title = raw(language, &paper::title(kind)).into_owned();
                let text = page.text();
                assert!(text.contains(&title), "{kind}: {text}");
                for fault in ["%{", "paper.", "slip.", "family_", "_notice.", "feedback.", "finding."] {
                    assert!(!text.contains(fault), "{kind} says {fault}: {text}");
                }
            }
        }
    })
    .await;
}
