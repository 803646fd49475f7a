//! Starbridge (星桥): the operations system of a district rehabilitation centre for autistic children.
//!
//! The map, in reading order; a module uses only what stands before it:
//! - [`platform`]: database, clock, keys, words, events, messages;
//! - [`access`]: who may do what and see whom;
//! - [`web`]: request context, routes, forms, lists, errors as pages (these three are the crate `kernel`);
//! - the features, one folder per noun of the trade;
//! - [`app`] and [`cli`] put it together.

pub use kernel::{access, platform, web};

// The formatter sorts a group by its letters; where the order is another one, a group begins.

// Who works here, and who somebody is.
pub mod account;
pub mod organisations;
pub mod person;

// A child's file, who is told, what there is to do.
pub mod children;

pub mod attachment;
pub mod notifications;
pub mod task;

// Its way from one organisation to the next.
pub mod referral;
pub mod screening;

// What is found, and where a child stands by it.
pub mod assessment;
pub mod clinic;
pub mod pathway;

// One file of two, and thousands at once.
pub mod merging;
pub mod roster;

// From a diagnosis to a place, and what is signed for it.
pub mod enrolment;

pub mod guardian_access;
pub mod signature;

pub mod agreement;

// What is counted, written down, kept running.
pub mod reports;

pub mod audit;
pub mod operations;

// What everybody begins with, and what it is shown with.
pub mod admin;
pub mod home;

pub mod demo;

// All of it together.
pub mod app;
pub mod cli;
