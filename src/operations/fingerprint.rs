//! What is in a database, table by table, so that two copies can be compared.

use std::{collections::BTreeMap, path::Path};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::platform::{Result, crypto::hex};

/// Rows read at once.
const CHUNK: i64 = 2000;

/// A table in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePrint {
    /// Rows.
    pub rows: u64,
    /// Sum of the SHA-256 of every row, modulo 2^256: the order of the rows does not matter.
    pub hash: String,
}

/// Every table of a database.
pub type Prints = BTreeMap<String, TablePrint>;

/// Open an SQLite file for one reader, changing nothing in it.
pub async fn open(file: &Path) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=ro", file.display()));
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// Count and hash every table. On PostgreSQL inside a transaction on one connection, so that everything is of one moment.
pub async fn of(db: &impl ConnectionTrait) -> Result<Prints> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let tables = if postgres {
        // How a row reads as text must not depend on the settings of a role.
        db.execute_unprepared("SET bytea_output = 'hex'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET extra_float_digits = 1")
            .await?;
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') \
         ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
    };
    let mut prints = Prints::new();
    for table in texts(db, tables, "name").await? {
        let print = if postgres {
            of_postgres_table(db, &table).await?
        } else {
            of_table(db, &table).await?
        };
        prints.insert(table, print);
    }
    Ok(prints)
}

async fn of_table(db: &impl ConnectionTrait, table: &str) -> Result<TablePrint> {
    let columns = texts(
        db,
        &format!("SELECT name FROM pragma_table_info({})", quoted(table, '\'')),
        "name",
    )
    .await?;
    let row: Vec<String> = columns.iter().map(|c| format!("quote({})", quoted(c, '"'))).collect();
    let row = row.join(" || char(31) || ");
    let table = quoted(table, '"');
    let (mut sum, mut last) = (Sum::default(), i64::MIN);
    loop {
        let page = format!(
            "SELECT rowid AS at, {row} AS content FROM {table} WHERE rowid > {last} ORDER BY rowid LIMIT {CHUNK}"
        );
        let found = db
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, page))
            .await?;
        for line in &found {
            last = line.try_get("", "at")?;
            sum.add(&line.try_get::<String>("", "content")?);
        }
        if found.is_empty() {
            return Ok(sum.print());
        }
    }
}

async fn of_postgres_table(db: &impl ConnectionTrait, table: &str) -> Result<TablePrint> {
    let table = quoted(table, '"');
    let open =
        format!("DECLARE fingerprint NO SCROLL CURSOR FOR SELECT whole_row::text AS content FROM {table} AS whole_row");
    db.execute_unprepared(&open).await?;
    let page = format!("FETCH {CHUNK} FROM fingerprint");
    let mut sum = Sum::default();
    loop {
        let found = db
            .query_all_raw(Statement::from_string(DbBackend::Postgres, &page))
            .await?;
        for line in &found {
            sum.add(&line.try_get::<String>("", "content")?);
        }
        if found.is_empty() {
            db.execute_unprepared("CLOSE fingerprint").await?;
            return Ok(sum.print());
        }
    }
}

/// The rows so far.
#[derive(Default)]
struct Sum {
    rows: u64,
    hashes: [u8; 32],
}

impl Sum {
    fn add(&mut self, row: &str) {
        self.hashes = added(self.hashes, Sha256::digest(row.as_bytes()).into());
        self.rows += 1;
    }

    fn print(&self) -> TablePrint {
        TablePrint {
            rows: self.rows,
            hash: hex(&self.hashes),
        }
    }
}

/// The sum of two numbers of 256 bits, the most significant byte first.
fn added(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut sum = a;
    let mut carry = 0_u16;
    for (digit, other) in sum.iter_mut().zip(b).rev() {
        let [high, low] = (u16::from(*digit) + u16::from(other) + carry).to_be_bytes();
        *digit = low;
        carry = high.into();
    }
    sum
}

/// What SQLite itself finds wrong; nothing when it is sound.
pub async fn faults(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let mut faults = texts(db, "PRAGMA integrity_check(5)", "integrity_check").await?;
    faults.retain(|line| line != "ok");
    for table in texts(db, "PRAGMA foreign_key_check", "table")
        .await?
        .into_iter()
        .take(5)
    {
        faults.push(format!("a row of {table} points to nothing"));
    }
    Ok(faults)
}

/// What SQLite finds wrong in a few moments: pages and indexes that do not fit together, not every value in them.
pub async fn quick_faults(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let mut faults = texts(db, "PRAGMA quick_check(5)", "quick_check").await?;
    faults.retain(|line| line != "ok");
    Ok(faults)
}

/// Tables that differ.
pub fn differences(a: &Prints, b: &Prints) -> Vec<String> {
    let mut tables: Vec<&String> = a.keys().chain(b.keys()).collect();
    tables.sort();
    tables.dedup();
    tables.into_iter().filter(|t| a.get(*t) != b.get(*t)).cloned().collect()
}

async fn texts(db: &impl ConnectionTrait, sql: &str, column: &str) -> Result<Vec<String>> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get("", column))
        .collect::<Result<_, _>>()?)
}

fn quoted(name: &str, quote: char) -> String {
    let doubled = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_carry_and_do_not_depend_on_order() {
        let mut one = [0; 32];
        one[31] = 1;
        let mut most = [0; 32];
        most[31] = 0xff;
        let mut carried = [0; 32];
        carried[30] = 1;
        assert_eq!(added(one, most), carried);
        assert_eq!(added([0xff; 32], one), [0; 32]);
        assert_eq!(quoted("a'b", '\''), "'a''b'");
    }
}
