//! The feature tests: one binary, real pages in process, on SQLite or (with `TEST_DATABASE_URL`) PostgreSQL.

mod support;

mod account;
mod reports;
