//! The door: texts, days, numbers and rows are read in the same way wherever they come in, on pages and in files.

mod days;
mod files;
mod texts;
