//! A finding, read once more before it is recorded.

use askama::Template;

use super::case::{Case, Preview};
use crate::web::filters;

/// What is about to be recorded, and what follows from it.
#[derive(Template)]
#[template(path = "clinic/preview.html")]
pub(super) struct PreviewPage {
    /// Locale key of what it is called.
    pub(super) title: &'static str,
    /// Locale key of the button that records it.
    pub(super) submit: &'static str,
    /// Which form it shows.
    pub(super) mark: String,
    /// What it stands on.
    pub(super) case: Case,
    /// What is about to be recorded.
    pub(super) preview: Preview,
}
