//! The field of whoever signs: drawn where scripts run, typed everywhere.

use askama::Template;
use entities::words::SignatureMethod;
use serde::Deserialize;

use super::ink::Ink;
use crate::{
    guardian_access::is_same_name,
    platform::{Check, Errors},
    web::filters,
};

/// Longest name.
const NAME: usize = 60;

/// What a page sends of a signature.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignatureForm {
    /// Points; empty where nothing was drawn.
    pub ink: String,
    /// The name, typed.
    pub typed: String,
    /// Agrees to sign in this way.
    pub agreed: String,
}

/// A signature as it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Points.
    Strokes(Ink),
    /// The name, as it was typed.
    Typed(String),
}

impl Drawn {
    /// How it was given.
    pub const fn method(&self) -> SignatureMethod {
        match self {
            Self::Strokes(_) => SignatureMethod::Strokes,
            Self::Typed(_) => SignatureMethod::Typed,
        }
    }
}

impl SignatureForm {
    /// The signature of somebody of a name. What was drawn counts before what was typed.
    pub fn input(&self, name: &str) -> Result<Drawn, Errors> {
        let mut check = Check::default();
        if self.agreed.is_empty() {
            check.wrong("agreed", "signature.agreed.missing");
        }
        let drawn = if self.ink.trim().is_empty() {
            let typed = check.text_within("typed", &self.typed, NAME);
            if typed.as_ref().is_some_and(|typed| !is_same_name(typed, name)) {
                check.wrong("typed", "signature.typed.other");
            }
            typed.map(Drawn::Typed)
        } else {
            check
                .take("ink", Ink::read(&self.ink).map_err(super::ink::Fault::say))
                .map(Drawn::Strokes)
        };
        check.done(drawn)
    }
}

/// The field on a page.
#[derive(Template)]
#[template(path = "signature/pad.html")]
pub struct Pad<'a> {
    /// What was sent before.
    pub form: &'a SignatureForm,
    /// What is wrong with it.
    pub errors: &'a Errors,
}
