//! What a failing database means for whoever waits for it.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{Error as Sqlx, error::DatabaseError},
};

/// The kinds that somebody can do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A lock or a connection did not come in time. Try again.
    Contention,
    /// The connection broke: the server restarts, the network is gone, or it is a standby now.
    Lost,
    /// There is no room on the disk.
    Full,
    /// The disk or the file itself fails.
    Storage,
    /// The statement is wrong or the data refuse it.
    Other,
}

impl Trouble {
    /// What stands behind an error of the database.
    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Contention,
            DbErr::Conn(RuntimeErr::SqlxError(e))
            | DbErr::Exec(RuntimeErr::SqlxError(e))
            | DbErr::Query(RuntimeErr::SqlxError(e)) => Self::of_driver(e),
            _ => Self::Other,
        }
    }

    fn of_driver(error: &Sqlx) -> Self {
        match error {
            Sqlx::Io(_) | Sqlx::Tls(_) | Sqlx::Protocol(_) | Sqlx::WorkerCrashed | Sqlx::PoolClosed => Self::Lost,
            Sqlx::PoolTimedOut => Self::Contention,
            Sqlx::Database(e) => e.code().map_or(Self::Other, |code| Self::of_code(&code)),
            _ => Self::Other,
        }
    }

    /// PostgreSQL's codes have five characters, SQLite's are numbers below 10,000 (the last byte is the kind).
    fn of_code(code: &str) -> Self {
        if code.len() == 5 {
            return Self::of_sqlstate(code);
        }
        match code.parse::<u32>().map(|code| (code & 0xff, code)) {
            // BUSY, LOCKED.
            Ok((5 | 6, _)) => Self::Contention,
            // FULL; IOERR_SHMSIZE, which is the same for the file that the connections share.
            Ok((13, _) | (_, 4874)) => Self::Full,
            // NOMEM, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB.
            Ok((7 | 8 | 10 | 11 | 14 | 26, _)) => Self::Storage,
            _ => Self::Other,
        }
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            // serialization_failure, deadlock_detected, lock_not_available.
            "40001" | "40P01" | "55P03" => Self::Contention,
            "53100" => Self::Full,
            // too_many_connections; read_only_sql_transaction: another server leads now; idle limits that end sessions.
            "53300" | "25006" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => Self::Lost,
            _ if code.starts_with("08") => Self::Lost,
            _ if code.starts_with("58") || code.starts_with("XX") || code == "53200" => Self::Storage,
            _ => Self::Other,
        }
    }

    /// After a commit that failed like this nothing can be in the database. Otherwise nobody knows: an answer that was
    /// lost on its way, or a disk that failed after the last byte, may stand behind a commit that happened.
    pub(super) fn commit_certainly_failed(error: &DbErr) -> bool {
        let code = match error {
            DbErr::Conn(RuntimeErr::SqlxError(e))
            | DbErr::Exec(RuntimeErr::SqlxError(e))
            | DbErr::Query(RuntimeErr::SqlxError(e)) => e.as_database_error().and_then(DatabaseError::code),
            _ => None,
        };
        // IOERR_SHMSIZE comes after the rows are in the log.
        code.is_some_and(|code| {
            code != "4874" && matches!(Self::of_code(&code), Self::Contention | Self::Full | Self::Other)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, error::Error, fmt};

    use sea_orm::sqlx::error::ErrorKind;

    use super::*;

    /// What a database answers, with its code.
    #[derive(Debug)]
    struct Answer(&'static str);

    impl fmt::Display for Answer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Answer {}

    impl DatabaseError for Answer {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_commit_that_failed_is_undone_only_where_that_is_certain() {
        let failed = |error: Sqlx| {
            Trouble::commit_certainly_failed(&DbErr::Exec(RuntimeErr::SqlxError(std::sync::Arc::new(error))))
        };
        for (code, certain) in [
            // Busy, full, a constraint; a serialization failure, a deadlock, a full disk.
            ("5", true),
            ("13", true),
            ("2067", true),
            ("40001", true),
            ("40P01", true),
            ("53100", true),
            // The rows are in the log already; the disk fails; the server goes.
            ("4874", false),
            ("778", false),
            ("11", false),
            ("57P01", false),
            ("08006", false),
            ("58030", false),
        ] {
            assert_eq!(failed(Sqlx::Database(Box::new(Answer(code)))), certain, "{code}");
        }
        assert!(!failed(Sqlx::WorkerCrashed), "no answer at all");
        assert!(!Trouble::commit_certainly_failed(&DbErr::Custom(String::new())));
    }

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, trouble) in [
            ("5", Trouble::Contention),
            ("517", Trouble::Contention),
            ("13", Trouble::Full),
            ("4874", Trouble::Full),
            ("778", Trouble::Storage),
            ("1034", Trouble::Storage),
            ("11", Trouble::Storage),
            ("2067", Trouble::Other),
            ("787", Trouble::Other),
            ("40001", Trouble::Contention),
            ("55P03", Trouble::Contention),
            ("53100", Trouble::Full),
            ("57P01", Trouble::Lost),
            ("08006", Trouble::Lost),
            ("25006", Trouble::Lost),
            ("58030", Trouble::Storage),
            ("23505", Trouble::Other),
            ("25P02", Trouble::Other),
        ] {
            assert_eq!(Trouble::of_code(code), trouble, "{code}");
        }
    }
}
