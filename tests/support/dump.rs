//! Everything that a database holds, to be compared.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::TestApp;

/// Rows as text by table.
pub(crate) type Dump = BTreeMap<String, Vec<String>>;

/// Every row of every table that a merge or a departure might touch, as text, without versions: they only count. What is
/// written about the merge itself is left out.
pub(crate) async fn dump(app: &TestApp) -> Dump {
    const ABOUT: &[&str] = &[
        "event",
        "event_seal",
        "key_print",
        "submission",
        "session",
        "sweep_run",
        "merge",
        "duplicate",
        "account",
        "seaql_migrations",
    ];
    let db = &*app.app.db;
    let backend = db.get_database_backend();
    let text = async |sql: String| -> Vec<String> {
        let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    let sqlite = backend == DbBackend::Sqlite;
    let tables = if sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut dump = BTreeMap::new();
    for table in text(tables.to_owned()).await {
        if ABOUT.contains(&table.as_str()) {
            continue;
        }
        let sql = if sqlite {
            let columns = text(format!("SELECT name FROM pragma_table_info('{table}')")).await;
            let quoted: Vec<String> = columns
                .iter()
                .filter(|column| *column != "version")
                .map(|column| format!("'{column}=' || quote(\"{column}\")"))
                .collect();
            format!(
                "SELECT {} AS row FROM \"{table}\" ORDER BY 1",
                quoted.join(" || ' ' || ")
            )
        } else {
            format!("SELECT (to_jsonb(t) - 'version')::text FROM \"{table}\" t ORDER BY 1")
        };
        let mut rows = text(sql).await;
        rows.retain(|row| !is_about_a_place(row));
        dump.insert(table, rows);
    }
    dump
}

/// That a place has nobody for what waits there is no part of a child's file.
fn is_about_a_place(row: &str) -> bool {
    [
        "focus='organisation'",
        r#""focus": "organisation""#,
        "'task.nobody'",
        r#""task.nobody""#,
    ]
    .iter()
    .any(|part| row.contains(part))
}

fn is_lasting(tie: &str) -> bool {
    tie.contains("ended_at=NULL") || tie.contains(r#""ended_at": null"#)
}

fn is_open(task: &str) -> bool {
    task.contains("state='open'") || task.contains(r#""state": "open""#)
}

/// The rows of a table are what they were. What was somebody's to do in between is over, and stays written down.
#[track_caller]
pub(crate) fn same_rows(table: &str, before: &[String], after: &[String]) {
    if table == "care" {
        // Who had something to do for the child in between may be tied to it again.
        let tie = |row: &str| {
            let (head, rest) = row.split_once("ended_at").unwrap();
            let tail = rest.split_once(", ").map_or("", |(_, tail)| tail);
            format!("{head}{tail}")
        };
        assert_eq!(before.len(), after.len(), "{table}");
        for row in before {
            let same = after.contains(row);
            let again = after.iter().any(|now| is_lasting(now) && tie(now) == tie(row));
            assert!(same || again, "{row} is not in {after:#?}");
        }
        return;
    }
    if table != "task" {
        assert_eq!(before, after, "{table}");
        return;
    }
    for row in before {
        assert!(after.contains(row), "{row} is not in {after:#?}");
    }
    for row in after {
        assert!(before.contains(row) || !is_open(row), "{row} is new");
    }
}

#[track_caller]
pub(crate) fn same(before: &Dump, after: &Dump) {
    for (table, rows) in before {
        same_rows(table, rows, &after[table]);
    }
    assert_eq!(before.len(), after.len());
}
