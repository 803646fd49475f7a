//! The waiting list (候补) of a centre and mode: in which order families wait, and why.
//!
//! [`order`] decides over [`facts`], which are read from the rows of others; [`told`] says it in words.

pub mod facts;
pub mod order;
mod read;
pub mod routes;
mod told;
pub mod views;

pub use self::told::within;
