//! Chains of review for enrolment (审批流程) as data: versions of a district, drawn on a page, put in force from a day. What is
//! under way keeps the version that it began with.

pub mod drawing;
pub mod drawn;
pub mod dry_run;
pub mod known;
pub mod queries;
pub mod reading;
pub mod routes;
pub mod service;
pub mod shipped;
pub mod views;
