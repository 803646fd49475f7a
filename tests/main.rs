//! The feature tests: one binary, real pages in process, on SQLite or (with `TEST_DATABASE_URL`) PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that is surprised fails"
)]

mod support;

mod access;
mod account;
mod agreement;
mod architecture;
mod assessment;
mod attachment;
mod audit;
mod back;
mod backup;
mod children;
mod clock;
mod compartment;
mod demo;
mod door;
mod durability;
mod enrolment;
mod feature;
mod forms;
mod gate;
mod histories;
mod jobs;
mod kernel;
mod keys;
mod lists;
mod locales;
mod merge;
mod notifications;
mod operations;
mod organisations;
mod pages;
mod paper;
mod papers;
mod progress;
mod projection;
mod reach;
mod referral;
mod reports;
mod roster;
mod schema;
mod screening;
mod seals;
mod settle;
mod stages;
mod templates;
mod tiles;
mod timetable;
mod upgrade;
