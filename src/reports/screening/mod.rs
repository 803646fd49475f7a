//! 筛查月报 and 年报: the report of the screening chain.
//!
//! [`request`] says what is asked for, [`indicators`] what is counted, and of which step of the chain ([`milestones`]);
//! [`rows`] is the query of each step. [`figures`] counts its rows, [`children`] lists the children behind a number with
//! the same query, [`table`] makes one table of it for the page, the workbook, the CSV and the JSON. [`rounding`]
//! makes numbers that tell of no single child.

pub mod ages;
pub mod children;
mod cohort;
pub mod columns;
mod conditions;
pub mod figures;
pub mod indicators;
pub mod milestones;
pub mod places;
pub mod request;
pub mod rounding;
pub mod rows;
pub mod service;
mod sql;
pub mod table;
