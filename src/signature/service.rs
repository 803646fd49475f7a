//! Writing signatures, in the transaction of whoever asks for them.

use entities::{
    AccountId, ChildId, GuardianId,
    agreement::signature,
    words::{Kinship, Party, SignatureMethod},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, EntityTrait, IntoActiveModel as _, PaginatorTrait as _, QueryFilter,
};

use super::{forms::Drawn, rules};
use crate::platform::{
    Actor, Error, Keys, Result, Tx,
    frozen::{Coded, Reference},
    identity::Identity,
    remote,
};

/// What the code of a signature is made for.
const PURPOSE: &str = "signature";
/// Longest name of a device that is kept.
const DEVICE: usize = 120;

/// Who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// For whom.
    pub party: Party,
    /// The guardian.
    pub guardian: Option<GuardianId>,
    /// The colleague.
    pub account: Option<AccountId>,
    /// The name, as it stands on paper.
    pub name: String,
    /// How a guardian is related to the child.
    pub kinship: Option<Kinship>,
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The child.
    pub child: ChildId,
    /// The frozen content.
    pub content: Reference,
    /// The row that it belongs to.
    pub row: (&'static str, i64),
}

/// How somebody signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// On a screen.
    Screen(Drawn),
    /// On a printed copy, which is kept on file.
    Paper,
}

impl How {
    const fn method(&self) -> SignatureMethod {
        match self {
            Self::Screen(drawn) => drawn.method(),
            Self::Paper => SignatureMethod::OnPaper,
        }
    }
}

/// A browser as papers name it, shortened.
pub fn device(agent: &str) -> String {
    agent.chars().filter(|c| !c.is_control()).take(DEVICE).collect()
}

/// Write a signature.
///
/// # Errors
/// By field when the same points were drawn before: nobody draws the same twice. One act may sign several papers at once.
pub async fn give_in(
    tx: &Tx,
    keys: &Keys,
    by: &Actor,
    signing: &Signing,
    signer: &Signer,
    (how, identity, device): (&How, &Identity, &str),
) -> Result<signature::Model> {
    let ink = match how {
        How::Screen(Drawn::Strokes(ink)) => Some(ink),
        How::Screen(Drawn::Typed(_)) | How::Paper => None,
    };
    let ink_hash = ink.map(super::Ink::fingerprint);
    if let Some(hash) = &ink_hash {
        let before = signature::Entity::find()
            .filter(signature::COLUMN.ink_hash.eq(hash.clone()))
            .filter(signature::COLUMN.signed_at.ne(by.now));
        if before.count(&**tx).await? > 0 {
            return Err(Error::field("ink", "signature.ink.again"));
        }
    }
    let mut row = signature::Model {
        id: entities::SignatureId(0),
        child_id: signing.child,
        content_id: signing.content.content,
        content_hash: signing.content.hash.clone(),
        subject_kind: signing.row.0.to_owned(),
        subject_id: signing.row.1,
        party: signer.party,
        guardian_id: signer.guardian,
        account_id: signer.account,
        name: signer.name.clone(),
        kinship: signer.kinship,
        method: how.method(),
        ink: ink.map(serde_json::to_value).transpose()?,
        ink_hash,
        identity: identity.check,
        identity_to: identity.to.clone(),
        document: identity.document,
        witness_id: identity.witness,
        level: rules::level(identity.check),
        signed_at: by.now,
        device: self::device(device),
        remote: remote::block(&by.remote),
        mac: None,
    };
    row.mac = Some(coded(&row).seal(keys)?);
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    Ok(row.insert(&**tx).await?)
}

/// A signature under its code: everything that it says, apart from the child's file, which a merge may change.
pub(super) fn coded(row: &signature::Model) -> Coded<'_> {
    let ink = row.ink.as_ref().map(ToString::to_string).unwrap_or_default();
    let number = |id: Option<i64>| id.unwrap_or_default();
    Coded {
        purpose: PURPOSE,
        says: format!(
            "{}\n{}\n{} {}\n{}\n{} {} {}\n{}\n{:?}\n{}\n{ink}\n{} {:?} {:?}\n{}\n{}\n{}\n{}",
            row.content_id,
            row.content_hash,
            row.subject_kind,
            row.subject_id,
            row.party.as_str(),
            number(row.guardian_id.map(|id| id.0)),
            number(row.account_id.map(|id| id.0)),
            number(row.witness_id.map(|id| id.0)),
            row.name,
            row.kinship.map(Kinship::as_str),
            row.method.as_str(),
            row.identity.as_str(),
            row.identity_to,
            row.document.map(entities::words::SeenDocument::as_str),
            row.level.as_str(),
            row.signed_at.timestamp_micros(),
            row.device,
            row.remote,
        ),
        code: row.mac.as_deref(),
    }
}

/// The whole row, for tests of its code.
#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entities::{
        FrozenContentId, SignatureId,
        words::{IdentityCheck, SignatureLevel},
    };

    use super::*;

    #[test]
    fn a_signature_that_was_changed_does_not_hold() {
        let keys = Keys::ephemeral();
        let mut row = signature::Model {
            id: SignatureId(1),
            child_id: ChildId(1),
            content_id: FrozenContentId(3),
            content_hash: "ab".to_owned(),
            subject_kind: "agreement".to_owned(),
            subject_id: 4,
            party: Party::Guardian,
            guardian_id: Some(GuardianId(5)),
            account_id: None,
            name: "王芳".to_owned(),
            kinship: Some(Kinship::Mother),
            method: SignatureMethod::Typed,
            ink: None,
            ink_hash: None,
            identity: IdentityCheck::MailCode,
            identity_to: Some("w***@example.org".to_owned()),
            document: None,
            witness_id: None,
            level: SignatureLevel::Verified,
            signed_at: DateTime::UNIX_EPOCH,
            device: "Firefox".to_owned(),
            remote: "10.0.0.1".to_owned(),
            mac: None,
        };
        assert!(!coded(&row).holds(&keys).unwrap(), "without a code");
        row.mac = Some(coded(&row).seal(&keys).unwrap());
        let row = row;
        assert!(coded(&row).holds(&keys).unwrap());
        let merged = signature::Model {
            child_id: ChildId(2),
            ..row.clone()
        };
        assert!(coded(&merged).holds(&keys).unwrap(), "a merge takes it along");
        let changed: [fn(&mut signature::Model); 8] = [
            |row| row.content_hash = "ac".to_owned(),
            |row| row.name = "王方".to_owned(),
            |row| row.guardian_id = Some(GuardianId(6)),
            |row| row.level = SignatureLevel::Reliable,
            |row| row.identity = IdentityCheck::Witness,
            |row| row.ink = Some(serde_json::json!({})),
            |row| row.signed_at += chrono::TimeDelta::seconds(1),
            |row| row.witness_id = Some(AccountId(5)),
        ];
        for (n, change) in changed.iter().enumerate() {
            let mut other = row.clone();
            change(&mut other);
            assert!(!coded(&other).holds(&keys).unwrap(), "change {n}");
        }
    }
}
