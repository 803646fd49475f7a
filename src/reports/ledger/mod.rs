//! 阳性个案追踪台账: one line for every child with an abnormal screen, from the screen to the centre.
//!
//! [`list`] describes the ledger: its columns, its filters, its file. [`lines`] puts a line together out of the latest record
//! of each kind, which [`records`] reads table by table. Numbers and phones are masked.

mod lines;
mod list;
mod queries;
mod records;

pub use list::Ledger;
