//! The weekly timetable of a rehabilitation centre.
//!
//! Every prescribed session of every child gets a lead, a room, a day and a start; group classes get their members and
//! an assistant; trainees get sessions of their mentor to watch. The crate is pure: no database, no clock of its own, no
//! files, and the same answer for the same problem, seed and number of iterations.

pub mod diagnose;
pub mod engine;
pub mod explain;
pub mod problem;
pub mod read;
pub mod score;
pub mod solution;
pub mod why;
pub mod words;
pub mod write;
