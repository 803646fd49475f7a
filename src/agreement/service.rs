//! Signing agreements, and giving them up. How they are made stands in [`super::making`].

use entities::{
    AccountId, AgreementId, GuardianId,
    agreement::{agreement, agreement_signer},
    words::{AgreementState, Party},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    content,
    moves::{replace_in, write_in},
    queries::{self, TABLE},
    states::Agreements,
};
pub use super::{
    making::{CODE, NewAgreement, decision_of, make, make_in},
    moves::{subject, withdraw_in},
};
use crate::{
    platform::{
        Actor, App, Error, Keys, Result, Tx, Version, event,
        frozen::{self, Reference},
        identity::Identity,
        states::Machine as _,
    },
    signature::service::{self as signatures, How, Signer, Signing},
};

/// What somebody who signs was shown, and how they sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    /// The hash of what the page showed.
    pub hash: &'a str,
    /// Drawn, typed, or on paper.
    pub how: &'a How,
    /// Who it was known to be.
    pub identity: &'a Identity,
    /// The browser.
    pub device: &'a str,
}

/// Somebody signs: their place is filled, and with the last one the agreement holds.
///
/// # Errors
/// Stale when something else is waiting than what the page showed; refused when it is signed already, over, or was changed.
pub(super) async fn sign_in(
    tx: &Tx,
    keys: &Keys,
    by: &Actor,
    row: agreement::Model,
    place: agreement_signer::Model,
    (account, given): (Option<(AccountId, &str)>, &Given<'_>),
) -> Result<agreement::Model> {
    if row.content_hash != given.hash || row.state == AgreementState::Replaced {
        return Err(Error::stale_as("agreement.amended_meanwhile"));
    }
    if place.signature_id.is_some() {
        return Err(Error::refused("agreement.signed_already"));
    }
    Agreements::must(row.state, AgreementState::Signed, "agreement.over")?;
    if frozen::is_changed(&**tx, keys, &content::of(&row.number), row.content_id).await? {
        return Err(Error::refused("agreement.not_intact"));
    }
    let signing = Signing {
        child: row.child_id,
        content: Reference {
            content: row.content_id,
            hash: row.content_hash.clone(),
        },
        row: (TABLE, row.id.0),
    };
    let signer = Signer {
        party: place.party,
        guardian: place.guardian_id,
        account: account.map(|(id, _)| id),
        name: account.map_or_else(|| place.name.clone(), |(_, name)| name.to_owned()),
        kinship: place.kinship,
    };
    let how = (given.how, given.identity, given.device);
    let signature = signatures::give_in(tx, keys, by, &signing, &signer, how).await?;
    let mut change = place.into_active_model();
    change.signature_id = Set(Some(signature.id));
    change.update(&**tx).await?;
    let places = queries::signers(&**tx, row.id).await?;
    let complete = places.iter().all(|place| place.signature_id.is_some());
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.version = Set(version);
    if complete {
        change.state = Set(AgreementState::Signed);
        change.signed_at = Set(Some(by.now));
    }
    let row = change.update(&**tx).await?;
    let details = json!({
        "number": row.number, "party": signature.party, "method": signature.method, "identity": signature.identity,
        "level": signature.level, "hash": row.content_hash, "complete": complete,
    });
    event::record(tx, by, "agreement.signed", subject(&row), details).await?;
    if let Some(old) = row.amends_id.filter(|_| complete) {
        let old = agreement::Entity::find_by_id(old).one(&**tx).await?;
        if let Some(old) = old.filter(|old| old.state == AgreementState::Signed) {
            replace_in(tx, by, old, &row).await?;
        }
    }
    Ok(row)
}

/// A guardian signs, and has the copy at once: its letter has neutral words, so it goes whatever the family wants to hear of
/// the child.
async fn sign_and_tell_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    row: agreement::Model,
    place: agreement_signer::Model,
    given: &Given<'_>,
) -> Result<()> {
    let guardian = place.guardian_id;
    let row = sign_in(tx, &app.keys, by, row, place, (None, given)).await?;
    if let Some(id) = guardian {
        write_in(tx, app, by, (&row, id), "agreement.copy", None).await?;
    }
    Ok(())
}

async fn own(app: &App, by: &Actor, id: AgreementId) -> Result<(Tx, agreement::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if by.organisation()? != seen.organisation_id {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    Ok((tx, row))
}

/// The agent of the legal person signs for the centre.
pub async fn sign_for_centre(app: &App, by: &Actor, id: AgreementId, name: &str, given: &Given<'_>) -> Result<()> {
    let (tx, row) = own(app, by, id).await?;
    let place = queries::signers(&*tx, id).await?;
    let place = place
        .into_iter()
        .find(|place| place.party == Party::Centre)
        .ok_or(Error::NotFound)?;
    let account = Some((by.person()?, name));
    sign_in(&tx, &app.keys, by, row, place, (account, given)).await?;
    tx.commit().await
}

/// A guardian signs at the centre: on its screen, or on a printed copy. Staff say who it was known to be.
pub async fn sign_at_centre(
    app: &App,
    by: &Actor,
    id: AgreementId,
    guardian: GuardianId,
    given: &Given<'_>,
) -> Result<()> {
    let (tx, row) = own(app, by, id).await?;
    let places = queries::signers(&*tx, id).await?;
    let place = places.into_iter().find(|place| place.guardian_id == Some(guardian));
    sign_and_tell_in(&tx, app, by, row, place.ok_or(Error::NotFound)?, given).await?;
    tx.commit().await
}

/// A guardian who was let in signs some agreements by one act: all of them, or none.
///
/// # Errors
/// Not found where one of them is not theirs; as [`sign_in`] for each.
pub async fn sign_as_guardian(
    app: &App,
    by: &Actor,
    guardians: &[GuardianId],
    picked: &[(AgreementId, String)],
    (how, identity, device): (&How, &Identity, &str),
) -> Result<()> {
    let mut districts = Vec::with_capacity(picked.len());
    for (id, _) in picked {
        districts.push(queries::place_of(&*app.db, guardians, *id).await?.1.district);
    }
    let lanes: Vec<&str> = districts.iter().map(String::as_str).collect();
    let tx = app.db.write_all(by, &lanes).await?;
    for (id, hash) in picked {
        let (place, row) = queries::place_of(&*tx, guardians, *id).await?;
        let given = Given {
            hash,
            how,
            identity,
            device,
        };
        sign_and_tell_in(&tx, app, by, row, place, &given).await?;
    }
    tx.commit().await
}

/// Give an agreement up that not everybody has signed.
///
/// # Errors
/// Refused when it holds or is over.
pub async fn withdraw(app: &App, by: &Actor, id: AgreementId, version: Version, reason: String) -> Result<()> {
    let (tx, row) = own(app, by, id).await?;
    version.is_still(row.version)?;
    withdraw_in(&tx, by, row, Some(reason)).await?;
    tx.commit().await
}
