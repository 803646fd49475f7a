//! Working ties between organisations and children; they belong to the child's file.

pub use crate::children::care::tie_in;
