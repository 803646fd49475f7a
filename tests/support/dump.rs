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
        dump.insert(table, text(sql).await);
    }
    dump
}

#[track_caller]
pub(crate) fn same(before: &Dump, after: &Dump) {
    for (table, rows) in before {
        assert_eq!(rows, &after[table], "{table}");
    }
    assert_eq!(before.len(), after.len());
}
