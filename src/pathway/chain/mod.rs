//! One page per child: where in the chain, whose turn, since when, due when, why late, and everything that happened.

mod history;
mod routes;
mod views;

pub(crate) use routes::routes;
