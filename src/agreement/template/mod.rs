//! The texts that agreements are made from (协议模板): versions of a centre or of a whole division, taken into use by a second
//! person.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod sample;
pub mod service;
pub mod views;
