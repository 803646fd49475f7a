//! How a PostgreSQL database was created, and whether its clock agrees with ours.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::{Finding, ok, time_server, wrong};
use crate::platform::{Db, Result};

/// Nothing on SQLite.
pub(super) async fn locale(db: &Db, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(Vec::new());
    }
    let sql = "SELECT datctype::text AS kind, pg_encoding_to_char(encoding)::text AS encoding, clock_timestamp() AS at \
               FROM pg_database WHERE datname = current_database()";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let (kind, encoding): (String, String) = (row.try_get("", "kind")?, row.try_get("", "encoding")?);
    let there: DateTime<Utc> = row.try_get("", "at")?;
    let mut found = vec![judged(&kind, &encoding)];
    found.extend(time_server::beside((there - now).as_seconds_f64()));
    Ok(found)
}

fn judged(kind: &str, encoding: &str) -> Finding {
    if encoding != "UTF8" {
        return wrong(
            "locale",
            format!("the database is in {encoding}: Chinese names need UTF8. Create it again as the manual says"),
        );
    }
    if ["C", "POSIX"].contains(&kind) {
        return wrong(
            "locale",
            format!(
                "the database was created with locale {kind}: lower case and search go wrong outside ASCII. Create it again with --locale=C.UTF-8"
            ),
        );
    }
    ok("locale", format!("{kind}, {encoding}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[test]
    fn locale_c_is_wrong() {
        let level = |(kind, encoding)| judged(kind, encoding).level;
        assert_eq!(
            [
                ("C", "UTF8"),
                ("C.UTF-8", "UTF8"),
                ("zh_CN.UTF-8", "UTF8"),
                ("zh_CN", "EUC_CN")
            ]
            .map(level),
            [Level::Error, Level::Ok, Level::Ok, Level::Error]
        );
    }
}
