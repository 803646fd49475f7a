//! What the account pages send.

use entities::{
    account::account,
    words::{Language, Theme},
};
use serde::Deserialize;
use validator::Validate;

use super::own::{self, Preference, Profile};
use crate::{
    platform::{Check, Errors, Version},
    web::local_path,
};

/// Sign-in. The password never goes back into a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// User name.
    pub user_name: String,
    /// Password.
    pub password: String,
    /// Page to go on to.
    pub next: String,
}

impl SignInForm {
    /// Where to go on.
    pub fn next(&self) -> &str {
        local_path(&self.next)
    }
}

/// A code of the authenticator application.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// Six digits.
    pub code: String,
    /// Page to go on to, at sign-in.
    pub next: String,
}

/// A new password of one's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The present one.
    pub current: String,
    /// The new one.
    pub new: String,
    /// Once more.
    pub again: String,
}

impl PasswordForm {
    /// The present and the new password.
    pub fn input(self) -> Result<(String, String), Errors> {
        own::repeated(&self.new, &self.again)?;
        Ok((self.current, self.new))
    }
}

/// One's own name, address and look.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ProfileForm {
    /// Name on the screen.
    #[validate(length(max = 40, message = "account.too_long"))]
    pub display_name: String,
    /// E-mail.
    #[validate(length(max = 120, message = "account.too_long"))]
    pub email: String,
    /// `zh-CN` or `en`.
    pub language: String,
    /// Light, dark, as the machine says.
    pub theme: String,
    /// `true` when wished.
    pub large_type: String,
    /// Version that was read.
    pub version: String,
}

impl ProfileForm {
    /// As the account has it.
    pub fn of(account: &account::Model) -> Self {
        Self {
            display_name: account.display_name.clone(),
            email: account.email.clone().unwrap_or_default(),
            language: account.language.as_str().to_owned(),
            theme: account.theme.as_str().to_owned(),
            large_type: account.large_type.to_string(),
            version: account.version.to_string(),
        }
    }

    /// The version and the new profile.
    pub fn input(&self) -> Result<(Version, Profile), Errors> {
        let mut check = Check::of(self);
        let display_name = check.text("display_name", &self.display_name);
        let email = own::email(&mut check, &self.email);
        let language = check.word::<Language>("language", &self.language);
        let theme = check.word::<Theme>("theme", &self.theme);
        let profile = display_name
            .zip(language.zip(theme))
            .map(|(display_name, (language, theme))| Profile {
                display_name,
                email,
                language,
                theme,
                large_type: self.large_type == "true",
            });
        Ok((Version::typed(&self.version), check.done(profile)?))
    }
}

/// A switch of the frame: one of the three is sent, by the button that was pressed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PreferenceForm {
    /// Page to go back to.
    pub back: String,
    /// Language.
    pub locale: String,
    /// Theme.
    pub theme: String,
    /// `true` or `false`.
    pub large_type: String,
}

impl PreferenceForm {
    /// What is wished; nothing when it makes no sense.
    pub fn wish(&self) -> Option<Preference> {
        if let Ok(language) = self.locale.parse() {
            return Some(Preference::Language(language));
        }
        if let Ok(theme) = self.theme.parse() {
            return Some(Preference::Theme(theme));
        }
        self.large_type.parse().ok().map(Preference::LargeType)
    }
}
