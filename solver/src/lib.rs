//! The weekly timetable of a rehabilitation centre.
//!
//! Every prescribed session of every child gets a lead, a room, a day and a start; group classes get their members and
//! an assistant; trainees get sessions of their mentor to watch. The crate is pure: no database, no clock of its own, no
//! files, and the same answer for the same problem, seed and number of iterations. `docs/SOLVER.md` tells how it works.
//!
//! In the order in which they rest on each other:
//! - [`problem`], [`solution`]: the week to be made, and what was made of it;
//! - [`mod@read`], [`mod@write`]: files that nobody has looked at into checked types, and back;
//! - [`words`]: people, times and lengths in Chinese and English;
//! - [`mod@score`]: the referee, which shares nothing with the search;
//! - [`engine`]: the search, and the repair of a published week;
//! - [`explain`], [`mod@why`], [`mod@diagnose`]: what a week costs and misses, why not at that time, why not at all. The
//!   engine asks the diagnosis what cannot be before it searches, and the diagnosis the engine whether an advice helps.

pub mod diagnose;
pub mod engine;
pub mod explain;
mod flow;
mod matching;
pub mod problem;
pub mod read;
pub mod score;
pub mod solution;
pub mod why;
pub mod words;
pub mod write;
