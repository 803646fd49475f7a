//! How it was known who somebody is, before they sign or are shown anything.

use entities::{
    AccountId,
    words::{IdentityCheck, SeenDocument},
};

/// A check of identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The way.
    pub check: IdentityCheck,
    /// The telephone or address to which a code went, masked.
    pub to: Option<String>,
    /// The document that staff looked at.
    pub document: Option<SeenDocument>,
    /// Who looked at it.
    pub witness: Option<AccountId>,
}

impl Identity {
    /// By an account of their own.
    pub const ACCOUNT: Self = Self::by(IdentityCheck::Account);
    /// Nobody looked.
    pub const UNCHECKED: Self = Self::by(IdentityCheck::Unchecked);

    const fn by(check: IdentityCheck) -> Self {
        Self {
            check,
            to: None,
            document: None,
            witness: None,
        }
    }

    /// Staff looked at a document.
    pub fn witnessed(document: SeenDocument, witness: AccountId) -> Self {
        Self {
            document: Some(document),
            witness: Some(witness),
            ..Self::by(IdentityCheck::Witness)
        }
    }
}
