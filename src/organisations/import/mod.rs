//! Streets and villages by file, and what becomes of divisions on a day: read, checked by cell, shown, taken as a whole
//! or not at all.
//!
//! A sheet waits as the draft of whoever brought it in until it is taken. Changes of names and codes are rows of
//! `division_change` ([`super::changes`]), so that those with a day to come wait for it.

pub mod check;
pub mod columns;
pub mod routes;
pub mod service;
pub mod views;
