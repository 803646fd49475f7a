//! Confirming a proposed referral: whoever found something looks at it once more and sends it.

pub mod forms;
pub mod routes;
pub mod service;
pub mod views;
