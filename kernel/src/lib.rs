//! What every feature stands on; a module uses only what stands before it:
//! - [`platform`]: database, clock, keys, events, messages, with the words and workbooks of their own crates;
//! - [`access`]: who may do what and see whom;
//! - [`web`]: request context, routes, forms, lists, errors as pages.

pub mod platform;

pub mod access;

pub mod web;
