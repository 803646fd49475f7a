//! The child and its file: who it is, who answers for it, where it lives, which checks it is due.

pub mod check_ages;
