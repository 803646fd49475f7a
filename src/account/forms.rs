//! What the account pages send.

use serde::Deserialize;

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
    /// A path on this host, or the home page: never another site.
    pub fn next(&self) -> &str {
        let local =
            self.next.starts_with('/') && !self.next.starts_with("//") && !self.next.contains(['\\', '\r', '\n']);
        if local { &self.next } else { "/" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_never_leads_to_another_site() {
        for (next, to) in [
            ("/children/7", "/children/7"),
            ("//evil", "/"),
            ("https://evil", "/"),
            ("/\\evil", "/"),
            ("", "/"),
        ] {
            assert_eq!(
                SignInForm {
                    next: next.into(),
                    ..SignInForm::default()
                }
                .next(),
                to
            );
        }
    }
}
