//! What session data say about a target.
//!
//! Points, mastery, maintenance, charts as data, agreement of observers, and the goal bank. The crate is pure: no database,
//! no clock, no files, and the same answer for the same records in any order. Every decision is made on exact fractions.
//! `docs/PROGRESS.md` tells how data are read, and why so.
//!
//! In the order in which they rest on each other:
//! - [`number`], [`day`], [`text`]: exact numbers, days of the calendar, sentences in Chinese and English;
//! - [`ladder`], [`measure`], [`rule`], [`target`], [`record`]: what is wanted, and what was taken down;
//! - [`reading`], [`points`]: a day or a session held against the rule; the points of a chart;
//! - [`mod@mastery`], [`evidence`], [`upkeep`], [`life`]: reached or not, decided and changed, kept or lost, and the states
//!   of a target;
//! - [`prompting`], [`chain`]: the next prompt, the next step;
//! - [`chart`], [`trend`]: phases, events, pieces of the path, and lines through it;
//! - [`agreement`]: two observers;
//! - [`bank`]: goals in our own words;
//! - [`file`]: all that from and to JSON.

mod advance;
pub mod agreement;
pub mod bank;
pub mod chain;
pub mod chart;
mod crowd;
pub mod day;
pub mod evidence;
pub mod file;
mod intervals;
pub mod ladder;
pub mod life;
pub mod mastery;
pub mod measure;
pub mod number;
pub mod points;
pub mod prompting;
pub mod reading;
pub mod record;
pub mod rule;
mod run;
mod said;
mod tally;
pub mod target;
pub mod text;
pub mod trend;
pub mod upkeep;
mod window;
