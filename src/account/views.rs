//! The account pages.

use askama::Template;
use chrono::{DateTime, Utc};
use entities::words::Language;

use super::{
    forms::{CodeForm, ProfileForm, SignInForm},
    second_factor::Enrolment,
    sessions::OpenSession,
};
use crate::{
    platform::{Errors, words},
    web::{Choice, choices, filters},
};

/// Sign-in.
#[derive(Template)]
#[template(path = "account/sign_in.html")]
pub struct SignInPage {
    /// What was typed, the password apart.
    pub form: SignInForm,
    /// What is wrong.
    pub errors: Errors,
}

/// The second half of a sign-in.
#[derive(Template)]
#[template(path = "account/sign_in_code.html")]
pub struct CodePage {
    /// Where to go on; the code is never filled in again.
    pub form: CodeForm,
    /// What is wrong.
    pub errors: Errors,
}

/// One's own account.
#[derive(Template)]
#[template(path = "account/show.html")]
pub struct AccountPage {
    /// Name to sign in with.
    pub user_name: String,
    /// Password of this day.
    pub password_changed_at: DateTime<Utc>,
    /// Second factor since.
    pub second_factor_since: Option<DateTime<Utc>>,
    /// Name, address, look.
    pub form: ProfileForm,
    /// What is wrong.
    pub errors: Errors,
    /// Browsers signed in.
    pub sessions: Vec<OpenSession>,
}

impl AccountPage {
    fn languages(&self) -> Vec<Choice> {
        // A language is written in itself, so that its readers find it.
        [
            (Language::Chinese, "ui.language.zh"),
            (Language::English, "ui.language.en"),
        ]
        .map(|(language, key)| Choice::new(language.as_str(), words::raw(language, key), &self.form.language))
        .into()
    }

    fn themes(&self, language: Language) -> Vec<Choice> {
        choices::<entities::words::Theme>(language, &self.form.theme)
    }

    fn others(&self) -> usize {
        self.sessions.iter().filter(|session| !session.current).count()
    }
}

/// Signed in again beside the page that waits.
#[derive(Template)]
#[template(path = "account/here_again.html")]
pub struct HereAgainPage {}

/// A new password.
#[derive(Template)]
#[template(path = "account/password.html")]
pub struct PasswordPage {
    /// It must be changed before anything else.
    pub forced: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl PasswordPage {
    /// There is no way out of a change that must be made.
    fn way_out(&self) -> &'static str {
        if self.forced { "" } else { "/account" }
    }
}

/// The second factor of one's own.
#[derive(Template)]
#[template(path = "account/second_factor.html")]
pub struct SecondFactorPage {
    /// It must be added before anything else.
    pub forced: bool,
    /// In use since.
    pub since: Option<DateTime<Utc>>,
    /// Waiting for its first code.
    pub pending: Option<Enrolment>,
    /// What is wrong.
    pub errors: Errors,
}
