//! A PostgreSQL database out and in, by its own programs.

use std::{borrow::Cow, path::Path, process::Command};

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use url::Url;

use super::{
    Dumped, archive, made_as_it_should, said,
    tools::{Tools, run},
};
use crate::{
    operations::{
        fingerprint::{self, Prints},
        queries, schema,
    },
    platform::Result,
};

/// Where schemas go that a restore replaced; they are in no backup.
const REPLACED: &str = "replaced_";

/// A database on a server. Its address holds a password and is never printed.
#[derive(Clone)]
pub struct Server {
    url: Url,
}

impl Server {
    /// From `postgres://USER:PASSWORD@HOST/NAME`.
    pub fn parse(url: &str) -> Result<Self> {
        let url = Url::parse(url)
            .ok()
            .filter(|u| ["postgres", "postgresql"].contains(&u.scheme()))
            .ok_or_else(|| said("STARBRIDGE_DATABASE_URL is no address of a PostgreSQL database"))?;
        Ok(Self { url })
    }

    /// Name of the database.
    pub fn database(&self) -> String {
        let path = self.url.path().trim_start_matches('/');
        let named = if path.is_empty() { self.url.username() } else { path };
        decoded(named).into_owned()
    }

    /// Another database on the same server.
    pub(super) fn beside(&self, database: &str) -> Self {
        let mut url = self.url.clone();
        url.set_path(database);
        Self { url }
    }

    /// The address, for connecting only.
    pub(super) fn address(&self) -> &str {
        self.url.as_str()
    }

    /// What the client programs read from their environment: nothing of it stands in the list of processes.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut set = vec![("PGDATABASE", self.database())];
        let mut put = |name, value: &str| {
            if !value.is_empty() {
                set.push((name, decoded(value).into_owned()));
            }
        };
        put(
            "PGHOST",
            self.url.host_str().unwrap_or_default().trim_matches(['[', ']']),
        );
        put("PGUSER", self.url.username());
        put("PGPASSWORD", self.url.password().unwrap_or_default());
        if let Some(port) = self.url.port() {
            set.push(("PGPORT", port.to_string()));
        }
        for (name, value) in self.url.query_pairs() {
            let variable = match name.as_ref() {
                "host" | "hostaddr" => "PGHOST",
                "port" => "PGPORT",
                "user" => "PGUSER",
                "password" => "PGPASSWORD",
                "dbname" => "PGDATABASE",
                "sslmode" | "ssl-mode" => "PGSSLMODE",
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
                "sslcert" | "ssl-cert" => "PGSSLCERT",
                "sslkey" | "ssl-key" => "PGSSLKEY",
                _ => continue,
            };
            set.push((variable, value.into_owned()));
        }
        set
    }

    fn command(&self, tools: &Tools, name: &str) -> Command {
        let mut command = tools.command(name);
        command.envs(self.environment()).env("PGAPPNAME", "starbridge backup");
        command
    }

    /// One connection that stays as long as it is needed.
    pub(super) async fn connect(&self) -> Result<DatabaseConnection> {
        let mut options = ConnectOptions::new(self.address());
        options
            .max_connections(1)
            .sqlx_logging(false)
            .idle_timeout(None)
            .max_lifetime(None);
        let db = Database::connect(options).await?;
        // A role may have limits that are meant for pages.
        db.execute_unprepared("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0")
            .await?;
        Ok(db)
    }
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// One value.
async fn one<T: sea_orm::TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<Option<T>> {
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Write a dump, and count and hash the tables in the same snapshot, while everybody goes on working.
pub(super) async fn dump(server: &Server, tools: &Tools, into: &Path) -> Result<Dumped> {
    let db = server.connect().await?;
    tools.fits("pg_dump", queries::postgres_major(&db).await?).await?;
    drop(archive::create(into)?);
    // The snapshot lives as long as this transaction.
    db.execute_unprepared("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let snapshot: String = one(&db, "SELECT pg_export_snapshot()").await?.unwrap_or_default();
    let mut dumping = server.command(tools, "pg_dump");
    dumping
        .args(["--format=custom", "--no-owner", "--no-privileges", "--no-password"])
        .arg(format!("--exclude-schema={REPLACED}*"))
        .arg(format!("--snapshot={snapshot}"))
        .arg("--file")
        .arg(into);
    let counting = async {
        let tables = fingerprint::of(&db).await?;
        let migration = schema::read(&db).await?.applied.last().cloned();
        Ok::<_, crate::platform::Error>(Dumped { tables, migration })
    };
    let (dumped, counted) = tokio::join!(run(dumping, "pg_dump", "postgresql-client"), counting);
    dumped?;
    let counted = counted?;
    db.execute_unprepared("ROLLBACK").await?;
    db.close().await?;
    Ok(counted)
}

/// Rows and hashes of what is there now.
pub(super) async fn prints(db: &DatabaseConnection) -> Result<Prints> {
    db.execute_unprepared("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let prints = fingerprint::of(db).await;
    db.execute_unprepared("ROLLBACK").await?;
    prints
}

/// Tables in the schema that we work in.
async fn tables(db: &DatabaseConnection) -> Result<i64> {
    let count = one(
        db,
        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')",
    );
    Ok(count.await?.unwrap_or_default())
}

/// Read a dump in; everything of it or nothing.
async fn load(server: &Server, tools: &Tools, dump: &Path) -> Result<()> {
    let mut loading = server.command(tools, "pg_restore");
    loading
        .args([
            "--exit-on-error",
            "--single-transaction",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
        ])
        .arg("--no-password")
        .arg(format!("--dbname={}", server.database()))
        .arg(dump);
    run(loading, "pg_restore", "postgresql-client").await.map(drop)
}

/// Put a dump into a database that is empty, or in the place of what is there, which is kept in a schema beside.
/// `check` looks at what came out of it; when it is not content, everything is as before.
pub(super) async fn restore(
    server: &Server,
    tools: &Tools,
    dump: &Path,
    expected: &Prints,
    force: bool,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let db = server.connect().await?;
    tools.fits("pg_restore", queries::postgres_major(&db).await?).await?;
    let name = server.database();
    let occupied = tables(&db).await? > 0;
    if occupied && !force {
        return Err(said(format!(
            "the database {name} is not empty; --force puts the backup in its place and keeps what is there in a schema beside"
        )));
    }
    let others: Option<i64> = one(
        &db,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND backend_type = 'client backend'",
    )
    .await?;
    if let Some(others @ 1..) = others {
        return Err(said(format!(
            "{others} connections use the database {name}; stop every server first. Nothing was changed"
        )));
    }
    let kept = occupied.then(|| format!("{REPLACED}{}", now.format("%Y%m%dt%H%M%Sz")));
    if let Some(kept) = &kept {
        // Both or neither: no failure leaves the database without a schema.
        db.execute_unprepared(&format!(
            "ALTER SCHEMA public RENAME TO {kept}; CREATE SCHEMA public AUTHORIZATION pg_database_owner"
        ))
        .await?;
    }
    let done = match load(server, tools, dump).await {
        Ok(()) => good(server, &db, expected).await,
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        empty(&db).await?;
        if let Some(kept) = &kept {
            db.execute_unprepared(&format!("DROP SCHEMA public; ALTER SCHEMA {kept} RENAME TO public"))
                .await?;
        }
        return Err(error);
    }
    db.close().await?;
    Ok(kept)
}

/// What is in the database is what the manifest says.
async fn same(db: &DatabaseConnection, expected: &Prints) -> Result<()> {
    let differing = fingerprint::differences(expected, &prints(db).await?);
    if differing.is_empty() {
        return Ok(());
    }
    Err(said(format!(
        "the backup is not what its manifest says, nothing was changed: {}",
        differing.join(", ")
    )))
}

/// It holds what it should, and nothing that changes it.
async fn good(server: &Server, db: &DatabaseConnection, expected: &Prints) -> Result<()> {
    same(db, expected).await?;
    made_as_it_should(server.address()).await
}

/// Forget every table.
async fn empty(db: &DatabaseConnection) -> Result<()> {
    db.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        .await?;
    Ok(())
}

/// A database for the drill.
pub(super) struct Scratch {
    pub(super) server: Server,
    /// Ours alone: it goes as a whole. Otherwise somebody made it for us, and it stays, empty.
    made: bool,
}

/// What stands on a database that somebody made for drills.
const MARK: &str = "starbridge: emptied by every backup drill";

impl Scratch {
    /// `NAME_drill` if it is there, else a new one, if the role may make databases.
    pub(super) async fn open(server: &Server, now: DateTime<Utc>) -> Result<Self> {
        let db = server.connect().await?;
        let standing = format!("{}_drill", server.database());
        let literal = standing.replace('\'', "''");
        let there: Option<i32> = one(&db, &format!("SELECT 1 FROM pg_database WHERE datname = '{literal}'")).await?;
        if there.is_some() {
            db.close().await?;
            let server = server.beside(&standing);
            claim(&server, &standing).await?;
            return Ok(Self { server, made: false });
        }
        let may: Option<bool> = one(
            &db,
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user",
        )
        .await?;
        if may != Some(true) {
            return Err(said(format!(
                "there is nowhere to restore to: the role of this database may not create one, and {standing} does not exist. \
                 As postgres: createdb --owner=ROLE --template=template0 --encoding=UTF8 --locale=C.UTF-8 {standing}"
            )));
        }
        let name = format!("{standing}_{}", now.format("%Y%m%dt%H%M%Sz"));
        let quoted = name.replace('"', "\"\"");
        db.execute_unprepared(&format!(
            "CREATE DATABASE \"{quoted}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        ))
        .await?;
        db.close().await?;
        Ok(Self {
            server: server.beside(&name),
            made: true,
        })
    }

    /// Restore a dump into it and compare.
    pub(super) async fn fill(&self, tools: &Tools, dump: &Path, expected: &Prints) -> Result<()> {
        let db = self.server.connect().await?;
        tools.fits("pg_restore", queries::postgres_major(&db).await?).await?;
        load(&self.server, tools, dump).await?;
        let compared = good(&self.server, &db, expected).await;
        db.close().await?;
        compared
    }

    /// Leave nothing of it.
    pub(super) async fn close(self, origin: &Server) -> Result<()> {
        if !self.made {
            let db = self.server.connect().await?;
            empty(&db).await?;
            db.close().await?;
            return Ok(());
        }
        let db = origin.connect().await?;
        let quoted = self.server.database().replace('"', "\"\"");
        db.execute_unprepared(&format!("DROP DATABASE \"{quoted}\" WITH (FORCE)"))
            .await?;
        db.close().await?;
        Ok(())
    }
}

/// Take a standing database for the drill: one that is empty, or that an earlier drill marked as such.
async fn claim(server: &Server, name: &str) -> Result<()> {
    let db = server.connect().await?;
    let mark: Option<Option<String>> = one(
        &db,
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()",
    )
    .await?;
    if tables(&db).await? > 0 {
        if mark.flatten().as_deref() != Some(MARK) {
            return Err(said(format!(
                "{name} is meant for drills, but holds tables that no drill put there; it is left alone"
            )));
        }
        empty(&db).await?;
    }
    let quoted = name.replace('"', "\"\"");
    db.execute_unprepared(&format!("COMMENT ON DATABASE \"{quoted}\" IS '{MARK}'"))
        .await?;
    db.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(url: &str) -> Vec<(&'static str, String)> {
        let mut set = Server::parse(url).unwrap().environment();
        set.sort_unstable();
        set
    }

    #[test]
    fn the_address_becomes_an_environment() {
        let told = environment(
            "postgres://star%40bridge:p%2Fw@db.internal:5433/centre?sslmode=verify-full&statement-cache-capacity=5",
        );
        let expected = [
            ("PGDATABASE", "centre"),
            ("PGHOST", "db.internal"),
            ("PGPASSWORD", "p/w"),
            ("PGPORT", "5433"),
            ("PGSSLMODE", "verify-full"),
            ("PGUSER", "star@bridge"),
        ];
        assert_eq!(told, expected.map(|(name, value)| (name, value.to_owned())));
        let socket = environment("postgres:///centre?host=/run/postgresql");
        assert_eq!(
            socket,
            [
                ("PGDATABASE", "centre".to_owned()),
                ("PGHOST", "/run/postgresql".to_owned())
            ]
        );
    }

    #[test]
    fn a_wrong_address_is_not_quoted() {
        let told = Server::parse("postgre://me:secret@host/x").err().unwrap().to_string();
        assert!(!told.contains("secret"), "{told}");
        let other = Server::parse("postgres://me:pw@host/centre")
            .unwrap()
            .beside("centre_drill");
        assert_eq!(other.database(), "centre_drill");
    }
}
