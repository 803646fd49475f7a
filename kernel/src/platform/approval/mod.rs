//! Approval (审批): one person enters something, and others decide about it, step by step.
//!
//! Which steps there are is data ([`Chain`]): stages one after the other, and in each one or several steps that wait side by
//! side. A step says who decides (a role in a kind of organisation), within how many working days, what may come of it, what
//! is filled in, and when it is called for at all ([`Condition`]). What holds for every chain stands in [`standing`]: nobody
//! approves what he entered, nobody decides two steps of one version, and what was returned for completion comes back as a
//! new version.
//!
//! ```text
//! stage 1 ─all on─> stage 2 (two steps, both must) ─all on─> … ─> done
//!    └──────── returned, refused ────────┘
//! ```
//!
//! Chains of one step that are part of the program ([`Chain::second_person`]) and chains that an administrator draws are
//! decided by the same functions.

mod answers;
mod chain;
mod condition;
pub mod standing;

pub use self::{
    answers::{Answers, read},
    chain::{Chain, Choice, Field, FieldKind, Flaw, Named, Place, Resumes, Stage, Step},
    condition::{Condition, Fact, Facts, Is, Known, KnownKind},
    standing::{Bar, Decision, Entry, Standing, Waiting},
};
