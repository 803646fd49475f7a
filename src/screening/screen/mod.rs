//! The initial screen (初筛): the warning signs of the child's check age and the question about regression.
//!
//! A screen is never edited: a correction withdraws it and records a new one. An abnormal screen tells the guardians in
//! plain words that the child should be looked at more closely, and proposes the referral.

pub mod compartment;
pub mod correction;
pub mod forms;
mod judged;
mod preview;
pub mod queries;
pub mod routes;
pub mod rules;
pub mod service;
pub(super) mod told;
pub mod views;
