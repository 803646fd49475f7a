//! What the security administrator sends.

use entities::{OrganisationId, account::account, words::Role};
use serde::Deserialize;
use validator::Validate;

use crate::{
    account::own,
    platform::{Check, Errors},
};

/// A new account, or the changed data of one; the user name is given once and stays.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AccountForm {
    /// To sign in with.
    pub user_name: String,
    /// Name on the screen.
    #[validate(length(max = 40, message = "account.too_long"))]
    pub display_name: String,
    /// E-mail for notices.
    #[validate(length(max = 120, message = "account.too_long"))]
    pub email: String,
    /// Id of the organisation.
    pub organisation: String,
    /// What they do there.
    pub roles: Vec<String>,
    /// Version that was read; empty for a new account.
    pub version: String,
}

/// The data of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInput {
    /// Name on the screen.
    pub display_name: String,
    /// E-mail for notices.
    pub email: Option<String>,
    /// Where they work.
    pub organisation: OrganisationId,
    /// What they do there.
    pub roles: Vec<Role>,
}

impl AccountForm {
    /// As the account has it.
    pub fn of(account: &account::Model, roles: &[Role]) -> Self {
        Self {
            user_name: account.user_name.clone(),
            display_name: account.display_name.clone(),
            email: account.email.clone().unwrap_or_default(),
            organisation: account.organisation_id.to_string(),
            roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
            version: account.version.to_string(),
        }
    }

    /// The data, apart from the user name.
    pub fn input(&self) -> Result<AccountInput, Errors> {
        let mut check = Check::of(self);
        let display_name = check.text("display_name", &self.display_name);
        let email = own::email(&mut check, &self.email);
        let organisation = check.parse::<OrganisationId>("organisation", &self.organisation);
        let mut roles = Vec::new();
        for text in &self.roles {
            if let Some(role) = check.word::<Role>("roles", text)
                && !roles.contains(&role)
            {
                roles.push(role);
            }
        }
        let input = display_name
            .zip(organisation)
            .map(|(display_name, organisation)| AccountInput {
                display_name,
                email,
                organisation,
                roles,
            });
        check.done(input)
    }
}

/// Why something is taken away; kept in the audit trail. The page holds two such forms, each with a field of its own.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ReasonForm {
    /// For disabling the account.
    #[validate(length(max = 200, message = "account.too_long"))]
    pub reason: String,
    /// For removing its second factor.
    #[validate(length(max = 200, message = "account.too_long"))]
    pub factor_reason: String,
}

impl ReasonForm {
    /// Why the account is disabled.
    pub fn suspension(&self) -> Result<String, Errors> {
        let mut check = Check::of(self);
        let reason = check.text("reason", &self.reason);
        check.done(reason)
    }

    /// Why its second factor is removed.
    pub fn removal(&self) -> Result<String, Errors> {
        let mut check = Check::of(self);
        let reason = check.text("factor_reason", &self.factor_reason);
        check.done(reason)
    }
}
