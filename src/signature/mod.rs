//! Signatures (签名): of guardians and of colleagues, over a frozen content, whatever feature froze it.
//!
//! - [`ink`]: what was drawn, as points, and whether it is a signature at all;
//! - [`rules`]: how far one can be relied on;
//! - [`service`] writes them, each under a code over everything that it says; [`queries`] reads them and tells whether they hold;
//! - [`forms`]: the field that a page shows to whoever signs, drawn or typed.
//!
//! 电子签名法 art. 13 asks for four things at once: only the signer's data, under the signer's control alone, later changes of the
//! signature and of the text detectable. A finger on somebody else's tablet is not the first two by itself, which is why
//! the identity is checked before, and the level stands on every paper.

pub mod forms;
pub mod ink;
pub mod queries;
pub mod rules;
pub mod service;

pub use self::{
    forms::{Drawn, Pad, SignatureForm},
    ink::Ink,
};
use crate::{platform::compartment::Table, web::Feature};

/// What signatures bring to the application.
pub const FEATURE: Feature = Feature {
    compartment: &[Table::of::<entities::agreement::signature::Entity>("merge.table.signature").trace()],
    ..Feature::named("signature")
};
