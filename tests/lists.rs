//! Described lists: what a description gives to every list, through the real pages; and what is kept as it was.

use entities::{
    event::event,
    kept::{file_content, stored_file},
    work::counter,
};
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{
    ActiveValue::Set, EntityTrait as _, FromQueryResult, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};
use starbridge::{
    access::scope,
    children::service,
    platform::{List, file},
};

use crate::support::{Person, TestApp, children::toddler, story};

/// Every described list, with somebody who may take it out and something that stands in its file.
const LISTS: &[(&str, &str, &str)] = &[
    ("/children", "federation", "姓名"),
    ("/checks", "federation", "档案号"),
    ("/referrals", "federation", "档案号"),
    ("/tasks", "federation", "档案号"),
    ("/events", "audit", "编号"),
    ("/accounts", "security", "screener"),
    ("/organisations", "system", "330211"),
    ("/reports/tracing", "federation", "档案号"),
    ("/rescreens", "rescreener", "档案号"),
    ("/diagnoses", "doctor", "档案号"),
    ("/applications", "federation", "档案号"),
    ("/enrolment-decisions", "federation", "档案号"),
    ("/agreements", "federation", "档案号"),
];

/// A row of a long list.
#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Named {
    name: String,
}

#[tokio::test]
async fn a_long_list_is_counted_as_far_as_anybody_turns_its_pages() {
    story(|app| async move {
        let db = app.app.db.writer();
        let page = async |number: u64| {
            let list = List {
                page: number.to_string(),
                ..List::default()
            };
            let rows = counter::Entity::find()
                .filter(counter::COLUMN.name.starts_with("row-"))
                .order_by_asc(counter::COLUMN.name);
            let page = list.fetch_long::<_, Named>(db, rows).await.unwrap();
            let first = page.rows.first().map(|row| row.name.clone()).unwrap_or_default();
            (
                page.page,
                page.pages,
                page.total,
                page.uncounted,
                page.rows.len(),
                first,
            )
        };
        let grow = async |from: i64, to: i64| {
            // Rows without any meaning: only how many there are counts.
            let rows = (from..to).map(|n| counter::ActiveModel {
                name: Set(format!("row-{n:05}")),
                value: Set(n),
            });
            counter::Entity::insert_many(rows)
                .exec_without_returning(db)
                .await
                .unwrap();
        };
        let at = |n: i64| format!("row-{n:05}");
        assert_eq!(page(3).await, (1, 1, 0, false, 0, String::new()));
        grow(0, 120).await;
        assert_eq!(page(2).await, (2, 3, 120, false, 50, at(50)));
        assert_eq!(page(3).await, (3, 3, 120, false, 20, at(100)));
        assert_eq!(page(9).await, (3, 3, 120, false, 20, at(100)), "behind the end");
        grow(120, 1000).await;
        assert_eq!(page(1).await, (1, 20, 1000, false, 50, at(0)), "counted to the end");
        assert_eq!(page(20).await, (20, 20, 1000, false, 50, at(950)));
        grow(1000, 1051).await;
        assert_eq!(page(1).await, (1, 21, 1000, true, 50, at(0)), "and some more");
        assert_eq!(page(20).await, (20, 21, 1000, true, 50, at(950)));
        assert_eq!(page(21).await, (21, 22, 1050, true, 50, at(1000)), "who goes on, may");
        assert_eq!(page(22).await, (22, 22, 1051, true, 1, at(1050)));
        assert_eq!(
            page(40).await,
            (20, 21, 1000, true, 50, at(950)),
            "the last that is counted"
        );
    })
    .await;
}

/// The details of the newest event of an action.
async fn newest(app: &TestApp, action: &str) -> Value {
    event::Entity::find()
        .filter(event::COLUMN.action.eq(action))
        .order_by_desc(event::COLUMN.id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .details
}

/// The first row of a list's file.
async fn first_row(who: &mut Person, list: &str, query: &str) -> String {
    let file = who.get(&format!("{list}/export?{query}&format=csv")).await.is(200);
    let text = String::from_utf8_lossy(&file.body).into_owned();
    text.lines().nth(1).unwrap_or_default().to_owned()
}

async fn register(app: &TestApp, name: &str) {
    let by = app.actor("screener").await;
    service::register(&app.app, &by, &toddler(name), false).await.unwrap();
}

#[tokio::test]
async fn every_list_goes_out_as_a_workbook_and_as_text_and_the_event_says_which() {
    story(|app| async move {
        let routes: Vec<&str> = app
            .table
            .iter()
            .filter_map(|route| route.path.strip_suffix("/filters"))
            .collect();
        let known: Vec<&str> = LISTS.iter().map(|(address, ..)| *address).collect();
        assert!(routes.iter().all(|list| known.contains(list)), "{routes:?}");
        assert_eq!(routes.len(), known.len());
        for (address, who, word) in LISTS {
            let mut person = app.person(who).await;
            let page = person.open(address).await.is(200);
            let files = page.links().into_iter().filter(|link| link.contains("/export"));
            let offered: Vec<String> = files.collect();
            assert!(
                offered.len() == 2 || page.text().contains("没有"),
                "{address}: {offered:?}"
            );
            let book = person.get(&format!("{address}/export")).await.is(200);
            assert!(book.body.starts_with(b"PK"), "{address}");
            assert_eq!(newest(&app, "list.exported").await.get("format"), None, "{address}");
            let text = person
                .get(&format!("{address}/export?format=csv"))
                .await
                .is(200)
                .says(word);
            assert!(text.body.starts_with("\u{FEFF}".as_bytes()), "{address}");
            let told = newest(&app, "list.exported").await;
            assert_eq!(told["format"], "csv", "{address}");
            assert!(
                told["rows"].is_number() && !told.to_string().contains("format=csv"),
                "{told}"
            );
            person.get(&format!("{address}/export?format=exe")).await.is(400);
        }
    })
    .await;
}

#[tokio::test]
async fn heads_that_sort_turn_page_and_file_around() {
    story(|app| async move {
        for name in ["赵一", "钱二", "安三"] {
            register(&app, name).await;
        }
        for (list, who, sort) in [
            ("/children", "federation", "name"),
            ("/children", "federation", "file_no"),
            ("/checks", "federation", "name"),
            ("/accounts", "security", "user_name"),
            ("/accounts", "security", "name"),
            ("/organisations", "system", "name"),
            ("/organisations", "system", "coverage"),
        ] {
            let mut person = app.person(who).await;
            let page = person.open(&format!("{list}?sort={sort}&dir=asc")).await.is(200);
            let turned = format!("?dir=desc&page=1&sort={sort}");
            assert!(page.links().contains(&turned), "{list}: {:?}", page.links());
            let up = first_row(&mut person, list, &format!("sort={sort}&dir=asc")).await;
            let down = first_row(&mut person, list, &format!("sort={sort}&dir=desc")).await;
            assert!(!up.is_empty() && up != down, "{list} by {sort}: {up}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_of_any_list_is_kept_shared_found_again_and_removed_from_there_alone() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let page = security.open("/accounts?role=screener&q=screen").await.is(200);
        let query = page.links().into_iter().find(|link| link.contains("/export?")).unwrap();
        let query = query.split_once('?').unwrap().1.to_owned();
        assert!(query.contains("find=") && !query.contains("q="), "{query}");
        // Without a name it is the same list again, with what is wrong.
        let wrong = page.submit_to("/accounts/filters", &mut security).await.is(422);
        assert!(wrong.text().contains("screener") && !wrong.text().contains("observer"));
        let reply = wrong
            .fill("filter_name", "急件甲")
            .submit_to("/accounts/filters", &mut security)
            .await;
        assert_eq!(reply.is(303).location.unwrap(), format!("/accounts?{query}"));
        let page = security.open("/accounts").await.says("急件甲");
        assert!(page.links().contains(&format!("/accounts?{query}")));
        security.open("/accounts?state=locked").await.says("急件甲");
        // Another list does not show it, and does not remove it.
        app.person("system").await.open("/organisations").await.omits("急件甲");
        let (removal, _) = page.prepared("/removal");
        let elsewhere = removal.replace("/accounts/", "/events/");
        app.person("audit").await.post(&elsewhere, &[]).await.is(404);
        security.post(&removal, &[]).await.is(303);
        security.open("/accounts").await.omits("急件甲");
    })
    .await;
}

const ROSTER: &str = "姓名,性别,出生日期,现居住地,监护人姓名,关系\n走马,男,2025-13-01,庄市街道,王芳,母亲\n";

async fn bring_in(who: &mut Person, name: &str) -> String {
    let (target, _) = who.open("/imports/new").await.prepared("/imports");
    let reply = who.upload(&target, &[], ("file", name, ROSTER.as_bytes())).await;
    reply.is(303).location.unwrap()
}

#[tokio::test]
async fn the_same_bytes_lie_once_for_an_organisation_and_each_opening_is_an_event() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        bring_in(&mut screener, "名册.csv").await;
        let files = || async { stored_file::Entity::find().all(&*app.app.db).await.unwrap() };
        let contents = || async { file_content::Entity::find().count(&*app.app.db).await.unwrap() };
        assert_eq!((files().await.len(), contents().await), (1, 1));
        let kept = files().await.remove(0);
        // Once more under another name, and once by somebody else.
        for (who, name) in [("screener", "again.csv"), ("neighbour", "名册.csv")] {
            let by = app.actor(who).await;
            let arrived = file::Arrived {
                name: name.to_owned(),
                bytes: ROSTER.as_bytes().to_vec(),
            };
            let packed = file::pack(&app.app.keys, &arrived).unwrap();
            assert_eq!(packed.hash(), kept.hash);
            let tx = app.app.db.write(&by, "").await.unwrap();
            let file = file::keep_in(&tx, &by, packed).await.unwrap();
            assert_eq!(file.name, name);
            tx.commit_quietly().await.unwrap();
        }
        assert_eq!((files().await.len(), contents().await), (3, 2));
        // Who may open it: the organisation, and the federation of its area.
        let neighbour = app.actor("neighbour").await;
        assert!(scope::file(&*app.app.db, &neighbour, kept.id).await.is_err());
        assert!(
            scope::file(&*app.app.db, &app.actor("elsewhere").await, kept.id)
                .await
                .is_err()
        );
        let federation = app.actor("federation").await;
        let found = scope::file(&*app.app.db, &federation, kept.id).await.unwrap();
        let bytes = file::open(&app.app, &federation, &found).await.unwrap();
        assert_eq!(bytes, ROSTER.as_bytes());
        assert_eq!(newest(&app, "file.opened").await, json!({ "hash": kept.hash }));
        // Bytes that somebody exchanged do not pass for the file.
        let other = app.app.keys.seal_bytes("file", b"other").unwrap();
        let change = file_content::ActiveModel {
            content: sea_orm::ActiveValue::Set(other),
            ..Default::default()
        };
        file_content::Entity::update_many()
            .set(change)
            .exec(app.app.db.writer())
            .await
            .unwrap();
        assert!(file::open(&app.app, &federation, &found).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_was_frozen_and_what_was_brought_in_goes_over_whole() {
    story(|app| async move {
        register(&app, "走马").await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await;
        let report = page
            .submit_to("/reports/frozen", &mut federation)
            .await
            .location
            .unwrap();
        let mut screener = app.person("screener").await;
        let import = bring_in(&mut screener, "名册.csv").await;
        let marked = async |who: &mut Person| who.get(&format!("{import}/marked")).await.is(200).body.len();
        federation.open(&report).await.says("报表已冻结");
        let before = federation.open(&report).await.says("校验一致").text();
        assert!(marked(&mut screener).await > 0);
        let db = app.app.db.writer();
        let all = Migrator::migrations();
        let first = all.iter().position(|m| m.name() == "m0022_contents").unwrap();
        let back = u32::try_from(all.len() - first).unwrap();
        Migrator::down(db, Some(back)).await.unwrap();
        Migrator::up(db, None).await.unwrap();
        assert_eq!(federation.open(&report).await.says("校验一致").text(), before);
        screener.open(&import).await.says("名册.csv");
        assert!(marked(&mut screener).await > 0);
        // New ones follow the old numbers.
        let page = federation
            .open("/reports/screening?month=2026-09&division=330211")
            .await;
        let next = page
            .submit_to("/reports/frozen", &mut federation)
            .await
            .location
            .unwrap();
        assert_ne!(next, report);
        federation.open(&next).await.says("校验一致");
        // Work that was looked for in the middle of the way down found its table as it was before.
        app.may_have_logged("job.attempts");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_taken_out_at_once_do_not_wait_for_each_other() {
    story(|app| async move {
        for name in ["王小明", "李小红", "陈小雨"] {
            app.proposed(name).await;
        }
        // As many as may be written at once, and some that wait for their turn.
        let mut taken = tokio::task::JoinSet::new();
        for user in ["screener", "lead", "federation", "neighbour", "rescreener"] {
            for format in ["csv", "xlsx"] {
                let mut person = app.person(user).await;
                taken.spawn(async move {
                    let file = person.get(&format!("/referrals/export?view=all&format={format}")).await;
                    (user, format, file.status)
                });
            }
        }
        while let Some(done) = taken.join_next().await {
            let (user, format, status) = done.unwrap();
            assert_eq!(status, 200, "{user} {format}");
        }
    })
    .await;
}
