//! The compartment of a child: everything that hangs on its file, table by table, as each feature says it once.
//!
//! [`Table`] is what a feature says of a table; [`Compartment`] is all of them. Whoever changes many tables at once (a
//! merge, a departure, a move to another division) asks it and knows none of them. What became of rows is always told in
//! the same way, as the difference of two pictures ([`Effect`]), and always taken back in the same way
//! ([`Compartment::put_back_in`]), where a row is still as it was left.

mod effect;
mod ending;
mod hands;
mod judged;
mod leaving;
mod moving;
mod place;
mod rows;
mod table;
mod tables;

pub use self::{
    effect::{Effect, Kind, Picture, Row},
    ending::{Ending, Leaving},
    hands::{Doing, Handover},
    judged::{Corrected, Facts, Judging, LookAgain},
    place::every_row,
    table::Table,
    tables::Compartment,
};
