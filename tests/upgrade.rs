//! A district of the version before, brought to this one: nothing is lost, nothing stands twice, and people go on where
//! they stopped.
//!
//! `scripts/upgrade-dump.sh` makes the dumps, and `expected.json` beside them, which is what the version before said.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ConnectionTrait, Database, QueryResult, Statement};
use serde_json::Value;
use starbridge::{
    audit::seal::verify,
    operations::sealed,
    organisations::service::install,
    platform::{Actor, Clock, Keys},
    reports::screening::{figures, request::Asked, service, table::unlinked},
};

use crate::support::{
    Person, TestApp,
    database::{Scratch, server},
};

const FOLDER: &str = "tests/upgrade";
/// Everybody's password in a demonstration.
const PASSWORD: &str = "Xingqiao-2026";
/// Tables that a new version installs more rows into.
const INSTALLED: &[&str] = &["counter", "parameter", "calendar_day", "calendar_year", "division"];

fn expected() -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The database as the version before left it.
async fn dump() -> Scratch {
    let back_end = if server().is_some() { "postgres" } else { "sqlite" };
    let file = std::fs::File::open(format!("{FOLDER}/{back_end}.zip")).unwrap();
    assert!(file.metadata().unwrap().len() < 1 << 20, "more than a megabyte");
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let sql = std::io::read_to_string(zip.by_name("dump.sql").unwrap()).unwrap();
    let scratch = Scratch::empty().await;
    let db = Database::connect(&scratch.url).await.unwrap();
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
    scratch
}

/// The same, brought to this version as its first start does it.
async fn upgraded(expected: &Value) -> Arc<TestApp> {
    let scratch = dump().await;
    let at: DateTime<Utc> = expected["at"].as_str().unwrap().parse().unwrap();
    let db = scratch.open().await;
    Migrator::up(db.writer(), None).await.unwrap();
    let by = Actor::system("install", at);
    install(&db, &by, &starbridge::app::FEATURES.rules()).await.unwrap();
    starbridge::pathway::catch_up(&db, &by).await.unwrap();
    db.close_all().await.unwrap();
    let keys = Keys::load(format!("{FOLDER}/keys.json").as_ref()).unwrap();
    let app = TestApp::with_keys(scratch, keys, Clock::fixed(at)).await;
    // They waited for a server and a gateway, and still do.
    app.leaves_letters();
    app
}

/// What a statement finds; every column of it is text.
async fn rows<const N: usize>(app: &TestApp, sql: &str) -> Vec<[String; N]> {
    let db = &*app.app.db;
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let found = db.query_all_raw(statement).await.unwrap();
    let text = |row: &QueryResult| std::array::from_fn(|at| row.try_get_by_index(at).unwrap());
    found.iter().map(text).collect()
}

/// How many there are of what.
async fn counts(app: &TestApp, table: &str, what: &str) -> BTreeMap<String, i64> {
    let sql = format!("SELECT CAST({what} AS text), CAST(count(*) AS text) FROM {table} GROUP BY {what}");
    let rows = rows(app, &sql).await;
    rows.into_iter().map(|[what, n]| (what, n.parse().unwrap())).collect()
}

fn numbers(expected: &Value) -> BTreeMap<String, i64> {
    let numbers = expected.as_object().unwrap().iter();
    numbers.map(|(what, n)| (what.clone(), n.as_i64().unwrap())).collect()
}

async fn person(app: &Arc<TestApp>, user_name: &str) -> Person {
    let mut person = app.stranger();
    person.sign_in(user_name, PASSWORD).await;
    person
}

#[tokio::test]
async fn a_district_of_the_version_before_is_carried_over() {
    let expected = expected();
    let app = upgraded(&expected).await;
    every_row_is_there(&app, &expected).await;
    the_same_things_are_to_be_done(&app, &expected).await;
    what_was_sealed_opens(&app, &expected).await;
    reports_say_the_same(&app, &expected).await;
    let verdict = verify::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
    assert!(verdict.broken.is_none(), "{:?}", verdict.broken);
    people_go_on(&app, &expected).await;
}

async fn every_row_is_there(app: &TestApp, expected: &Value) {
    for (table, before) in numbers(&expected["tables"]) {
        // What was a follow-up is a task now, under its number.
        let installed;
        let from = match table.as_str() {
            "follow_up" => "task WHERE what IN ('recheck', 'rehabilitation_contact', 'find_receiver')",
            // What was to be done and is not any more ended with the upgrade.
            // And what this version starts with besides was installed.
            "event" => {
                installed = format!(
                    "event WHERE action NOT LIKE 'task.%' AND (action <> 'configuration.installed' OR id <= {before})"
                );
                &installed
            }
            other => other,
        };
        let [now] = &rows(app, &format!("SELECT CAST(count(*) AS text) FROM {from}")).await[0];
        let now: i64 = now.parse().unwrap();
        if INSTALLED.contains(&table.as_str()) {
            assert!(now >= before, "{table}: {now} of {before}");
        } else {
            assert_eq!(now, before, "{table}");
        }
    }
    assert_eq!(counts(app, "pathway", "stage").await, numbers(&expected["stages"]));
    assert_eq!(counts(app, "message", "state").await, numbers(&expected["messages"]));
}

/// What an organisation has to do, with the child and the day.
async fn the_same_things_are_to_be_done(app: &TestApp, expected: &Value) {
    let open = "
        SELECT CAST(o.name AS text), CAST(t.child_id AS text), CAST(COALESCE(r.kind, t.what) AS text),
               CAST(CASE WHEN r.id IS NULL THEN t.due_on WHEN r.state = 'sent' THEN r.answer_due_on ELSE r.due_on END
                    AS text)
        FROM task t JOIN organisation o ON o.id = t.organisation_id
        LEFT JOIN referral r ON t.focus = 'referral' AND r.id = t.focus_id
        WHERE t.state = 'open' AND t.what IN ('confirm_referral', 'answer_referral', 'do_rescreen', 'do_diagnosis',
            'take_in', 'recheck', 'rehabilitation_contact', 'find_receiver')";
    let mut now: Vec<[String; 4]> = rows(app, open).await;
    let said = |row: &Value| {
        ["organisation", "child", "kind", "due"]
            .map(|name| row[name].as_str().map_or(row[name].to_string(), str::to_owned))
    };
    let mut before: Vec<_> = expected["open"].as_array().unwrap().iter().map(said).collect();
    // Whom the centre took in nobody has to talk with about it any more.
    let taken = "SELECT CAST(child_id AS text) FROM referral WHERE kind = 'intake' AND state = 'completed'";
    let taken: Vec<[String; 1]> = rows(app, taken).await;
    before.retain(|[_, child, kind, _]| kind != "rehabilitation_contact" || !taken.iter().any(|[one]| one == child));
    now.sort();
    before.sort();
    assert_eq!(now, before);
    // What was declined is on the list of whoever sent it.
    let declined = "
        SELECT CAST(o.name AS text), CAST(t.child_id AS text), CAST(t.focus_id AS text)
        FROM task t JOIN organisation o ON o.id = t.organisation_id
        WHERE t.state = 'open' AND t.what = 'find_another_way'";
    let declined: Vec<[String; 3]> = rows(app, declined).await;
    let returned = expected["returned"].as_array().unwrap().iter();
    let returned: Vec<_> = returned
        .map(|row| {
            ["organisation", "child", "id"].map(|name| row[name].as_str().map_or(row[name].to_string(), str::to_owned))
        })
        .collect();
    assert_eq!(declined, returned);
}

async fn what_was_sealed_opens(app: &TestApp, expected: &Value) {
    let db = &*app.app.db;
    for column in sealed::COLUMNS {
        // The bytes of a file lay with its name; no two files of the district before were the same.
        let then = column.to_string().replace("file_content.", "stored_file.");
        // What the version before did not know it has none of.
        let before = expected["sealed"][then].as_u64().unwrap_or(0);
        assert_eq!(column.count(db).await.unwrap(), before, "{column}");
    }
    let opened = sealed::open_all(db, &app.app.keys, |_, _, _| true).await.unwrap();
    assert_eq!((opened.failed, opened.whole), (0, true), "{:?}", opened.closed);
    // And says what was typed.
    let child = expected["children"]["夏侯诊"].as_i64().unwrap();
    for (purpose, says) in [
        ("child.identity_no", "330211202410200171"),
        ("child.disability_card_no", "33021120241020017171"),
        ("guardian.phone", "13957400001"),
        ("diagnosis.conclusion", "结合病史与量表，诊断明确。"),
        ("draft", "孩子睡着了，明天继续"),
        ("file", "夏侯册"),
        ("parked_row", "夏侯常"),
    ] {
        let column = sealed::COLUMNS.iter().find(|column| column.purpose == purpose).unwrap();
        let (mut last, mut found) = (None, false);
        loop {
            let page = column.page(db, last.as_ref()).await.unwrap();
            for row in &page {
                let plain = app.app.keys.open_bytes(purpose, &row.sealed).unwrap();
                let here = column.table != "child" || row.place() == child.to_string();
                found |= here && String::from_utf8_lossy(&plain).contains(says);
            }
            let Some(end) = page.into_iter().next_back() else { break };
            last = Some(end);
        }
        assert!(found, "nothing in {column} says {says}");
    }
}

async fn reports_say_the_same(app: &TestApp, expected: &Value) {
    let by = Actor::system("test", app.app.clock.now());
    let asked = Asked {
        month: "2026-10".into(),
        division: "330211".into(),
        mode: "period".into(),
        by: "street".into(),
    };
    let request = asked.request(&by).unwrap();
    let figures = figures::count(&*app.app.db, &request).await.unwrap();
    let language = entities::words::Language::Chinese;
    let head = service::letterhead(&*app.app.db, &by, "", &request, language)
        .await
        .unwrap();
    let caption = service::caption(&head, &request, language);
    let tables = service::tables(&figures, language, &caption, &unlinked);
    assert_eq!(service::to_json(&figures, &tables), expected["report"]);
}

/// A report that was submitted, a departure and a merge that are undone: all from before.
async fn people_go_on(app: &Arc<TestApp>, expected: &Value) {
    let mut federation = person(app, "canlian").await;
    let page = federation
        .open(expected["frozen"]["page"].as_str().unwrap())
        .await
        .is(200);
    let before: Vec<&str> = expected["frozen"]["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    // The numbers are what they were; beside those beyond 100% stands why.
    let now: Vec<String> = page.cells();
    let now: Vec<&str> = now
        .iter()
        .map(|cell| cell.split("超过100%").next().unwrap_or_default().trim())
        .collect();
    assert_eq!(now, before);

    let mut screener = person(app, "chushai").await;
    let left = &expected["children"]["夏侯离"];
    let departures = screener.open(&format!("/children/{left}/departures")).await.is(200);
    departures.submit_to("/undoing", &mut screener).await.is(303);
    let referral = format!("SELECT CAST(state AS text) FROM referral WHERE child_id = {left}");
    assert_eq!(rows(app, &referral).await, [["sent".to_owned()]]);

    let mut lead = person(app, "chushai-zhuguan").await;
    let merged = "SELECT CAST(id AS text), CAST(absorbed_id AS text) FROM merge WHERE undone_at IS NULL";
    let merges: Vec<[String; 2]> = rows(app, merged).await;
    let [[merge, absorbed]] = merges.as_slice() else {
        panic!("not one merge stands: {merges:?}");
    };
    let page = lead.open(&format!("/merges/{merge}")).await.is(200);
    page.submit_to("/undoing", &mut lead).await.is(303);
    lead.open(&format!("/children/{absorbed}")).await.is(200).says("夏侯并");
}
