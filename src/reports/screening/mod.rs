//! 筛查月报 and 年报: the report of the screening chain.
//!
//! [`request`] says what is asked for, [`indicators`] what is counted, [`stages`] from which rows; [`figures`] counts,
//! [`children`] lists the children behind a number with the same queries, [`table`] makes one table of it for the page,
//! the workbook, the CSV and the JSON. [`small`] hides small numbers from those who may not see children.

pub mod children;
mod cohort;
mod conditions;
pub mod figures;
pub mod indicators;
pub mod places;
pub mod request;
pub mod service;
pub mod small;
mod sql;
pub mod stages;
pub mod table;
pub mod trends;
