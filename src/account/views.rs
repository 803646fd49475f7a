//! The account pages.

use askama::Template;

use super::forms::SignInForm;
use crate::{platform::Errors, web::filters};

/// Sign-in.
#[derive(Template)]
#[template(path = "account/sign_in.html")]
pub struct SignInPage {
    /// What was typed, the password apart.
    pub form: SignInForm,
    /// What is wrong.
    pub errors: Errors,
}
