//! What a database is made of (tables, columns, indexes, triggers, functions, views), and what the migrations make.
//!
//! Whoever may write to the database can add a trigger that changes what is saved, or take one away that refuses. So the
//! objects are compared with those that the same migrations make elsewhere: on SQLite in a database in memory, on
//! PostgreSQL in a schema of its own inside a transaction that is taken back.

use std::collections::BTreeMap;

use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, Statement};

use crate::platform::{Db, Result};

/// Objects by kind and name, with what they are made of.
pub type Shape = BTreeMap<String, String>;

const SQLITE: &str = "SELECT type || ' ' || name AS name, coalesce(sql, '') AS made FROM sqlite_master \
     WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'";

/// Everything of the present schema that can keep or change data.
const POSTGRES: &str = "\
    SELECT 'column ' || c.relname || '.' || a.attname AS name, \
           format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') \
           || ' ' || a.attgenerated::text || a.attidentity::text AS made \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f') \
    UNION ALL SELECT 'relation ' || c.relname, c.relkind::text || ' ' || c.relrowsecurity || ' ' || \
           coalesce(CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, '') \
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind NOT IN ('i', 'I', 't', 'c') \
    UNION ALL SELECT 'index ' || c.relname, pg_get_indexdef(c.oid) || ' ' || i.indisvalid \
    FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace \
    UNION ALL SELECT 'constraint ' || t.relname || '.' || o.conname, pg_get_constraintdef(o.oid) || ' ' || o.convalidated \
    FROM pg_constraint o JOIN pg_class t ON t.oid = o.conrelid WHERE o.connamespace = current_schema()::regnamespace \
           AND o.contype <> 'n' \
    UNION ALL SELECT 'trigger ' || t.relname || '.' || g.tgname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text \
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid \
    WHERE t.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal \
    UNION ALL SELECT 'trigger of the system ' || t.relname || ' of ' || o.conname, string_agg(g.tgenabled::text, '' ORDER BY g.tgtype) \
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_constraint o ON o.oid = g.tgconstraint \
    WHERE t.relnamespace = current_schema()::regnamespace AND g.tgisinternal GROUP BY t.relname, o.conname \
    UNION ALL SELECT 'function ' || p.proname, p.prolang::text || ' ' || p.prosecdef || ' ' || p.prosrc \
    FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace \
    UNION ALL SELECT 'rule ' || t.relname || '.' || r.rulename, pg_get_ruledef(r.oid) || ' ' || r.ev_enabled::text \
    FROM pg_rewrite r JOIN pg_class t ON t.oid = r.ev_class \
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind <> 'v' AND t.relkind <> 'm' \
    UNION ALL SELECT 'policy ' || t.relname || '.' || p.polname, coalesce(pg_get_expr(p.polqual, p.polrelid), '') \
    FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid WHERE t.relnamespace = current_schema()::regnamespace";

/// Triggers of the whole database: no migration makes any.
const POSTGRES_EVENTS: &str =
    "SELECT 'event trigger ' || evtname AS name, evtevent::text AS made FROM pg_event_trigger";

/// The objects that are there.
pub async fn read(db: &impl ConnectionTrait) -> Result<Shape> {
    if db.get_database_backend() != DbBackend::Postgres {
        return objects(db, SQLITE, "").await;
    }
    let mut shape = schema_of(db).await?;
    shape.extend(objects(db, POSTGRES_EVENTS, "").await?);
    Ok(shape)
}

async fn schema_of(db: &impl ConnectionTrait) -> Result<Shape> {
    let backend = db.get_database_backend();
    let named = Statement::from_string(backend, "SELECT current_schema()::text AS name");
    let row = db.query_one_raw(named).await?;
    let schema: String = row.map(|row| row.try_get("", "name")).transpose()?.unwrap_or_default();
    objects(db, POSTGRES, &format!("{schema}.")).await
}

/// Names and definitions, in one way of writing; the schema's own name is none of them.
async fn objects(db: &impl ConnectionTrait, sql: &str, schema: &str) -> Result<Shape> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    let mut shape = Shape::new();
    for row in rows {
        let name: String = row.try_get("", "name")?;
        let made: String = row.try_get("", "made")?;
        let made = made.split_whitespace().collect::<Vec<_>>().join(" ");
        let made = if schema.is_empty() {
            made
        } else {
            made.replace(schema, "")
        };
        // Functions may share a name.
        shape
            .entry(name)
            .and_modify(|other: &mut String| other.push_str(&made))
            .or_insert(made);
    }
    Ok(shape)
}

/// What the first migrations make on SQLite.
pub async fn of_sqlite(migrations: u32) -> Result<Shape> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    Migrator::up(&db, Some(migrations)).await?;
    let shape = read(&db).await?;
    db.close().await?;
    Ok(shape)
}

/// What the first migrations make on the server of this database.
async fn of_postgres(db: &Db, migrations: u32) -> Result<Shape> {
    let rehearsal = db.rehearsal().await?;
    rehearsal
        .execute_unprepared("CREATE SCHEMA starbridge_check; SET LOCAL search_path = starbridge_check")
        .await?;
    Migrator::up(&rehearsal, Some(migrations)).await?;
    let shape = schema_of(&rehearsal).await?;
    rehearsal.rollback().await?;
    Ok(shape)
}

/// What the migrations make that this database has.
pub async fn expected(db: &Db, migrations: usize) -> Result<Shape> {
    let migrations = u32::try_from(migrations).unwrap_or(u32::MAX);
    if db.get_database_backend() == DbBackend::Postgres {
        of_postgres(db, migrations).await
    } else {
        of_sqlite(migrations).await
    }
}

/// What is there and should not be, is missing, or is made otherwise.
pub fn differences(there: &Shape, expected: &Shape) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, made) in there {
        match expected.get(name) {
            None => differences.push(format!("{name} was added")),
            Some(other) if other != made => differences.push(format!("{name} was changed")),
            Some(_) => {}
        }
    }
    let missing = expected.keys().filter(|name| !there.contains_key(*name));
    differences.extend(missing.map(|name| format!("{name} is missing")));
    differences
}
