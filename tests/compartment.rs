//! What hangs on a child says so: the tables of the database beside what the features say of them.

use std::collections::{BTreeMap, BTreeSet};

use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use starbridge::{app, platform::Compartment};

use crate::support::database::Scratch;

/// The tables as the database has them.
#[derive(Default)]
struct Schema {
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Table, column, and the table that it refers to.
    keys: Vec<(String, String, String)>,
}

async fn three(db: &DatabaseConnection, sqlite: &str, postgres: &str) -> Vec<(String, String, String)> {
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Sqlite { sqlite } else { postgres };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let at = |row: &sea_orm::QueryResult, n| row.try_get_by_index::<String>(n).unwrap();
    rows.iter().map(|row| (at(row, 0), at(row, 1), at(row, 2))).collect()
}

async fn read(db: &DatabaseConnection) -> Schema {
    let mut schema = Schema::default();
    let columns = three(
        db,
        "SELECT m.name, p.name, '' FROM sqlite_master m, pragma_table_info(m.name) p \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
        "SELECT table_name::text, column_name::text, '' FROM information_schema.columns WHERE table_schema = 'public'",
    );
    for (table, column, _) in columns.await {
        schema.columns.entry(table).or_default().insert(column);
    }
    schema.keys = three(
        db,
        "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text FROM pg_constraint c \
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'",
    )
    .await;
    schema
}

impl Schema {
    /// Tables that name a child, or refer to one that does.
    fn hanging(&self) -> BTreeSet<&str> {
        let mut hanging: BTreeSet<&str> = BTreeSet::from(["child"]);
        let named = self.columns.iter().filter(|(_, columns)| columns.contains("child_id"));
        hanging.extend(named.map(|(table, _)| table.as_str()));
        loop {
            let found = self
                .keys
                .iter()
                .find(|(table, _, target)| hanging.contains(target.as_str()) && !hanging.contains(table.as_str()));
            let Some((table, ..)) = found else { return hanging };
            hanging.insert(table);
        }
    }

    fn say_nothing(&self, compartment: &Compartment) -> Vec<&str> {
        let hanging = self.hanging().into_iter();
        hanging.filter(|table| compartment.find(table).is_none()).collect()
    }
}

async fn migrated() -> (Scratch, DatabaseConnection) {
    let scratch = Scratch::empty().await;
    let db = scratch.connect().await;
    Migrator::up(&db, None).await.unwrap();
    (scratch, db)
}

#[tokio::test]
async fn every_table_that_hangs_on_a_child_says_so() {
    let (_scratch, db) = migrated().await;
    let compartment = app::FEATURES.compartment();
    let schema = read(&db).await;
    let silent = schema.say_nothing(&compartment);
    assert!(
        silent.is_empty(),
        "{silent:?} hang on a child and say nothing: add them to the compartment of their feature"
    );
    let hanging = schema.hanging();
    for table in compartment.tables() {
        assert!(hanging.contains(table.name()), "{table:?} hangs on no child");
        let columns: BTreeSet<String> = table.column_names().into_iter().map(str::to_owned).collect();
        assert_eq!(columns, schema.columns[table.name()], "{table:?}");
        for (column, target) in table.references() {
            assert!(columns.contains(*column), "{table:?} has no column {column}");
            assert!(compartment.find(target).is_some(), "{table:?} refers to {target}");
        }
    }
    // One that is forgotten is found, also when it only hangs on another.
    let planted = "CREATE TABLE toy (id bigint primary key, child_id bigint);
         CREATE TABLE toy_lent (id bigint primary key, referral_id bigint REFERENCES referral (id))";
    db.execute_unprepared(planted).await.unwrap();
    assert_eq!(read(&db).await.say_nothing(&compartment), ["toy", "toy_lent"]);
}

/// Rows are put back in the order of the tables, so none may stand before what it refers to.
#[tokio::test]
async fn a_table_stands_behind_those_that_its_keys_name() {
    let (_scratch, db) = migrated().await;
    let compartment = app::FEATURES.compartment();
    let place = |name: &str| compartment.tables().iter().position(|table| table.name() == name);
    let of_file = |name: &str| {
        compartment
            .find(name)
            .is_some_and(starbridge::platform::compartment::Table::is_of_file)
    };
    for (table, column, target) in read(&db).await.keys {
        if of_file(&table) && of_file(&target) && target != "child" && table != target {
            assert!(place(&target) < place(&table), "{table}.{column} names {target}");
        }
    }
    assert!(place("child") < place("planned_check") && place("screen") < place("referral"));
}

/// A place in a row follows the child or stays, by what its feature says, not by chance.
#[tokio::test]
async fn whatever_names_a_place_says_whether_it_follows() {
    // The row of a roster keeps the district that its file was for.
    const ELSEWHERE: &[&str] = &["parked_row"];
    for table in app::FEATURES
        .compartment()
        .tables()
        .iter()
        .filter(|table| !table.is_derived())
    {
        let columns = table.column_names();
        let names = columns.contains(&"district") || columns.contains(&"street");
        assert_eq!(
            table.names_a_place(),
            names && !ELSEWHERE.contains(&table.name()),
            "{table:?}"
        );
    }
}

#[test]
fn tables_are_called_something_in_every_language() {
    for table in app::FEATURES
        .compartment()
        .tables()
        .iter()
        .filter(|table| table.is_of_file())
    {
        for language in entities::words::Language::ALL {
            let word = starbridge::platform::words::raw(*language, table.called());
            assert_ne!(word, table.called(), "{table:?} has no words");
        }
    }
}
