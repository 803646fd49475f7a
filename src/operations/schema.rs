//! Whether a database and this program belong together.

use std::collections::BTreeSet;

use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::platform::Result;

/// The migrations of a database, seen from this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Applied, oldest first.
    pub applied: Vec<String>,
    /// This program's own that are not applied yet.
    pub pending: Vec<String>,
    /// Applied, but unknown here: a newer program was at work.
    pub unknown: Vec<String>,
}

impl Schema {
    /// Nothing is in the database yet.
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty()
    }

    /// It can be used as it is.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.unknown.is_empty()
    }
}

/// This program knows the migration.
pub fn is_known(migration: &str) -> bool {
    Migrator::migrations().iter().any(|m| m.name() == migration)
}

/// Read it, changing nothing.
pub async fn read(db: &impl ConnectionTrait) -> Result<Schema> {
    let applied = applied(db).await?;
    let ours: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
    let there: BTreeSet<&String> = applied.iter().collect();
    let known: BTreeSet<&String> = ours.iter().collect();
    let pending = ours.iter().filter(|m| !there.contains(m)).cloned().collect();
    let unknown = applied.iter().filter(|m| !known.contains(m)).cloned().collect();
    Ok(Schema {
        pending,
        unknown,
        applied,
    })
}

async fn applied(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let backend = db.get_database_backend();
    let exists = match backend {
        DbBackend::Postgres => {
            "SELECT 1 AS x FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'seaql_migrations'"
        }
        _ => "SELECT 1 AS x FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    if db
        .query_one_raw(Statement::from_string(backend, exists))
        .await?
        .is_none()
    {
        return Ok(Vec::new());
    }
    let all = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = db.query_all_raw(Statement::from_string(backend, all)).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get("", "version"))
        .collect::<Result<_, _>>()?)
}
