//! Applications that wait for a place (候补): those of a centre, and what ends the waiting. Who comes next and what is offered to
//! whom is decided by whoever runs the places.

pub mod queries;
pub mod service;
