//! The tables of Starbridge, their typed ids, and the closed vocabularies of the trade. No I/O.
//!
//! One module per area; one inner module per table, named in the singular as the table is.
//! Rows refer to each other by typed ids. Whatever may not leak is [`sealed::Sealed`].

#![allow(
    clippy::wildcard_imports,
    clippy::module_inception,
    reason = "a table's module is named as the table, and takes everything of its area"
)]

pub mod account;
pub mod age;
pub mod agreement;
pub mod attachment;
pub mod child;
pub mod citizen_id;
pub mod communication;
pub mod configuration;
pub mod credit_code;
pub mod day;
pub mod disability_card;
pub mod division_code;
pub mod enrolment;
pub mod event;
pub mod gestation;
pub mod guardian_access;
pub mod half_width;
pub mod ids;
pub mod import;
pub mod json;
pub mod kept;
pub mod key;
pub mod mask;
pub mod organisation;
pub mod period;
pub mod phone;
pub mod report;
pub mod screening;
pub mod sealed;
pub mod task;
pub mod text;
pub mod time_of_day;
pub mod words;
pub mod work;
pub mod written_day;
pub mod years;

pub use ids::*;
pub use json::{Numbers, Texts};
pub use sealed::Sealed;
