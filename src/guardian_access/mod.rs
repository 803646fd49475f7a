//! The one way in for a guardian without an account: a link that says nothing about whom or what, a code to the telephone or
//! address on file (or read out at the counter, after staff looked at a document), then exactly the papers that wait for this
//! guardian.
//!
//! ```text
//! name and address ─> row ─(sweep looks who that is)─> code ─> let in, for an hour at most ─> papers
//!                                     counter: document ─> code ┘
//! ```
//!
//! - nobody learns who is on file: what is typed is kept sealed, the answer is the same for everybody, and who that is, is
//!   looked up afterwards by the sweep;
//! - codes lie as keyed hashes, hold for minutes, and have five tries, counted before anything is compared;
//! - how often is limited by network, by address and by guardian ([`rules`]);
//! - a visit has a cookie of its own that is sent below `/my` alone; it is no session of an account;
//! - what is shown there is found by features (`for_guardians` of their `FEATURE`) by the guardian, never by a scope.

mod codes;
pub mod forms;
mod looking;
pub mod queries;
pub mod routes;
pub mod rules;
pub mod service;
pub mod session;
pub mod views;

pub use self::{
    rules::is_same_name,
    session::{DoorLimit, recognise},
    views::issue_address,
};
use crate::web::Feature;

/// What the way in brings to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[looking::SWEEP],
    ..Feature::named("guardian_access")
};
