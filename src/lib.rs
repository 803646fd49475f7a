//! Starbridge (星桥): the operations system of a district rehabilitation centre for autistic children.
//!
//! The map, in reading order; a module uses only what stands before it:
//! - [`platform`]: database, clock, keys, words, events, messages;
//! - [`access`]: who may do what and see whom;
//! - [`web`]: request context, routes, forms, lists, errors as pages (these three are the crate `kernel`);
//! - the features, one folder per noun of the trade;
//! - [`app`] and [`cli`] put it together.

pub use kernel::{access, platform, web};

pub mod account;
pub mod organisations;
pub mod task;

pub mod person;

pub mod children;
pub mod notifications;

pub mod referral;
pub mod screening;

pub mod assessment;
pub mod clinic;
pub mod pathway;

pub mod merging;
pub mod roster;

pub mod reports;

pub mod admin;
pub mod audit;
pub mod operations;

pub mod demo;
pub mod home;

pub mod app;
pub mod cli;
