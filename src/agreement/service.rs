//! Making agreements, signing them, giving them up.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days};
use entities::{
    AccountId, AgreementId, AgreementTemplateId, ChildId, EnrolmentDecisionId, GuardianId,
    agreement::{agreement, agreement_signer, agreement_template},
    child::{guardian, guardianship},
    enrolment::enrolment_decision,
    organisation::organisation,
    words::{AgreementState, Party},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    EntityTrait, IntoActiveModel,
};
use serde_json::json;

use super::{
    content::{self, Parts},
    queries::{self, TABLE},
    states::Agreements,
    template,
};
use crate::{
    access::scope,
    children::queries as children,
    enrolment::decision::queries as decisions,
    notifications,
    platform::{
        Actor, App, Error, Keys, Result, Tx, Version, counter,
        event::{self, Subject},
        frozen::{self, Reference},
        identity::Identity,
        outbox::{self, Message, Receiver},
        states::Machine as _,
    },
    signature::service::{self as signatures, How, Signer, Signing},
};

/// The letters in the number of an agreement.
pub const CODE: &str = "XY";

/// An agreement as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgreement {
    /// The text.
    pub template: AgreementTemplateId,
    /// The guardians who sign.
    pub guardians: Vec<GuardianId>,
    /// Blanks that somebody typed.
    pub typed: BTreeMap<&'static str, String>,
    /// The one in whose place it is.
    pub amends: Option<AgreementId>,
}

/// An agreement as the subject of an event.
pub fn subject(row: &agreement::Model) -> Subject {
    Subject::of_child(TABLE, row.id.0, row.child_id)
}

type Tie = (guardianship::Model, guardian::Model);

/// Those who sign: current guardians; where a text or the custody asks for it, those who have custody.
fn who_signs(ties: Vec<Tie>, wanted: &[GuardianId], all_with_custody: bool) -> Result<Vec<Tie>> {
    let current: Vec<Tie> = ties.into_iter().filter(|(tie, _)| tie.ended_on.is_none()).collect();
    let chosen = |tie: &guardianship::Model| wanted.contains(&tie.guardian_id);
    if wanted.is_empty() {
        return Err(Error::field("guardians", "agreement.guardians.none"));
    }
    if wanted
        .iter()
        .any(|id| !current.iter().any(|(tie, _)| tie.guardian_id == *id))
    {
        return Err(Error::field("guardians", "form.choice"));
    }
    let custody = |(tie, _): &&Tie| tie.has_custody;
    if all_with_custody && current.iter().filter(custody).any(|(tie, _)| !chosen(tie)) {
        return Err(Error::field("guardians", "agreement.guardians.all_with_custody"));
    }
    if current.iter().any(|(tie, _)| tie.has_custody) && !current.iter().filter(custody).any(|(tie, _)| chosen(tie)) {
        return Err(Error::field("guardians", "agreement.guardians.custody"));
    }
    Ok(current.into_iter().filter(|(tie, _)| chosen(tie)).collect())
}

/// The decision of one's own centre that gives a place, on which an agreement can hang.
///
/// # Errors
/// Forbidden to others than the centre; refused where it gives no place.
pub async fn decision_of(
    db: &impl sea_orm::ConnectionTrait,
    by: &Actor,
    id: EnrolmentDecisionId,
) -> Result<enrolment_decision::Model> {
    let decision = decisions::find(db, by, id).await?;
    if by.organisation()? != decision.organisation_id {
        return Err(Error::Forbidden);
    }
    if decision.valid_from.is_none() || decision.revoked_on.is_some() {
        return Err(Error::refused("agreement.no_place"));
    }
    Ok(decision)
}

/// Make an agreement from a text and a decision: what stands in it is frozen, and waits for everybody's signature. One that takes
/// the place of another names it: one that nobody had signed in full is over at once, one that holds goes on until everybody
/// has signed the new one.
///
/// # Errors
/// By field when the guardians cannot sign it; refused when the text is not in use, or the amended one is over.
pub async fn make(app: &App, by: &Actor, id: EnrolmentDecisionId, new: &NewAgreement) -> Result<AgreementId> {
    let lane = decision_of(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let decision = decision_of(&*tx, by, id).await?;
    let row = make_in(&tx, &app.keys, by, &decision, new).await?;
    invite_in(&tx, app, by, &row).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// The same in the caller's transaction, which tells nobody.
pub async fn make_in(
    tx: &Tx,
    keys: &Keys,
    by: &Actor,
    decision: &enrolment_decision::Model,
    new: &NewAgreement,
) -> Result<agreement::Model> {
    let template = template::queries::in_use(&**tx, by, new.template).await?;
    let amends = match new.amends {
        Some(id) => Some(amended_in(tx, by, id, decision, &template).await?),
        None => None,
    };
    let child = scope::child(&**tx, by, decision.child_id).await?;
    let ties = children::guardians(&**tx, child.id).await?;
    let guardians = who_signs(ties, &new.guardians, template.all_with_custody)?;
    let centre = organisation::Entity::find_by_id(decision.organisation_id)
        .one(&**tx)
        .await?;
    let (today, district) = (by.today(), &decision.district);
    let running = counter::count_in(tx, &format!("agreement/{district}/{}", today.year()), 1).await?;
    let number = format!("{district}-{CODE}-{}-{running:04}", today.year());
    let content = Parts {
        number: &number,
        on: today,
        template: &template,
        decision,
        child: &child,
        centre: &centre.map(|place| place.name).unwrap_or_default(),
        guardians: &guardians,
        typed: &new.typed,
        amends: amends.as_ref(),
    }
    .content();
    let frozen = frozen::freeze_in(tx, keys, by, &content::of(&number), &content).await?;
    // Before the first day of the place (one agreement before the first lesson); where that is past, today.
    let before = decision.valid_from.and_then(|from| from.checked_sub_days(Days::new(1)));
    let row = agreement::ActiveModel {
        id: NotSet,
        child_id: Set(child.id),
        decision_id: Set(decision.id),
        template_id: Set(template.id),
        kind: Set(template.kind),
        title: Set(template.title),
        number: Set(number),
        district: Set(district.clone()),
        organisation_id: Set(decision.organisation_id),
        content_id: Set(frozen.content),
        content_hash: Set(frozen.hash),
        state: Set(AgreementState::Waiting),
        amends_id: Set(amends.as_ref().map(|row| row.id)),
        due_on: Set(before.map_or(today, |day| day.max(today))),
        made_by: Set(by.person()?),
        made_at: Set(by.now),
        signed_at: Set(None),
        withdrawn_by: Set(None),
        withdrawn_at: Set(None),
        reason: Set(None),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    let place = |party, guardian: Option<&Tie>, name: &str| agreement_signer::ActiveModel {
        id: NotSet,
        agreement_id: Set(row.id),
        child_id: Set(row.child_id),
        party: Set(party),
        guardian_id: Set(guardian.map(|(tie, _)| tie.guardian_id)),
        name: Set(name.to_owned()),
        kinship: Set(guardian.map(|(tie, _)| tie.kinship)),
        signature_id: Set(None),
    };
    for tie in &guardians {
        place(Party::Guardian, Some(tie), &tie.1.name).insert(&**tx).await?;
    }
    place(Party::Centre, None, &decision.legal_person).insert(&**tx).await?;
    let details = json!({
        "number": row.number, "kind": row.kind, "decision": decision.number, "hash": row.content_hash,
        "amends": amends.as_ref().map(|row| &row.number),
    });
    event::record(tx, by, "agreement.made", subject(&row), details).await?;
    if let Some(old) = amends.filter(|old| old.state == AgreementState::Waiting) {
        replace_in(tx, by, old, &row).await?;
    }
    Ok(row)
}

/// The agreement that a new one amends: of the same child and kind, and not over.
async fn amended_in(
    tx: &Tx,
    by: &Actor,
    id: AgreementId,
    decision: &enrolment_decision::Model,
    template: &agreement_template::Model,
) -> Result<agreement::Model> {
    let old = queries::find(&**tx, by, id).await?;
    if (old.child_id, old.organisation_id) != (decision.child_id, decision.organisation_id) || old.kind != template.kind
    {
        return Err(Error::refused("agreement.amends.other"));
    }
    Agreements::must(old.state, AgreementState::Replaced, "agreement.over")?;
    Ok(old)
}

/// Another one took its place.
async fn replace_in(tx: &Tx, by: &Actor, old: agreement::Model, by_which: &agreement::Model) -> Result<()> {
    Agreements::must(old.state, AgreementState::Replaced, "agreement.over")?;
    let version = old.version + 1;
    let mut change = old.into_active_model();
    change.state = Set(AgreementState::Replaced);
    change.version = Set(version);
    let old = change.update(&**tx).await?;
    let details = json!({ "number": old.number, "by": by_which.number });
    event::record(tx, by, "agreement.replaced", subject(&old), details).await
}

/// The guardians hear that something waits for them: what, stands behind the way in.
async fn invite_in(tx: &Tx, app: &App, by: &Actor, row: &agreement::Model) -> Result<()> {
    for signer in queries::signers(&**tx, row.id).await? {
        if let Some(id) = signer.guardian_id {
            write_in(tx, app, by, (row, id), "agreement.waiting", Some(row.child_id)).await?;
        }
    }
    Ok(())
}

async fn write_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    (row, id): (&agreement::Model, GuardianId),
    template: &'static str,
    child: Option<ChildId>,
) -> Result<()> {
    let person = guardian::Entity::find_by_id(id).one(&**tx).await?;
    let Some(channel) = person.and_then(|person| notifications::way(&app.config, &person)) else {
        return Ok(());
    };
    let message = Message {
        to: Receiver::Guardian(id),
        channel,
        child,
        template,
        params: json!({}),
        cause: format!("agreement/{}", row.id),
    };
    outbox::send(tx, by, message).await
}

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

/// The same in the caller's transaction; without a reason the child left.
pub async fn withdraw_in(tx: &Tx, by: &Actor, row: agreement::Model, reason: Option<String>) -> Result<()> {
    Agreements::must(row.state, AgreementState::Withdrawn, "agreement.over")?;
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.state = Set(AgreementState::Withdrawn);
    change.withdrawn_by = Set(by.account);
    change.withdrawn_at = Set(Some(by.now));
    change.reason = Set(reason);
    change.version = Set(version);
    let row = change.update(&**tx).await?;
    event::record(
        tx,
        by,
        "agreement.withdrawn",
        subject(&row),
        json!({ "number": row.number }),
    )
    .await
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entities::{
        GuardianshipId,
        words::{Kinship, Language},
    };

    use super::*;

    fn tie(id: i64, custody: bool, ended: bool) -> Tie {
        (
            guardianship::Model {
                id: GuardianshipId(id),
                child_id: ChildId(1),
                guardian_id: GuardianId(id),
                kinship: Kinship::Mother,
                has_custody: custody,
                may_be_contacted: true,
                is_first: id == 1,
                ended_on: ended.then(|| DateTime::UNIX_EPOCH.date_naive()),
            },
            guardian::Model {
                id: GuardianId(id),
                name: format!("监护人{id}"),
                phone: None,
                phone_index: None,
                phone_mask: None,
                email: None,
                language: Language::Chinese,
                version: 1,
                created_at: DateTime::UNIX_EPOCH,
            },
        )
    }

    #[test]
    fn whoever_has_custody_signs_and_both_where_the_text_asks_for_it() {
        let ties = || {
            vec![
                tie(1, true, false),
                tie(2, true, false),
                tie(3, false, false),
                tie(4, true, true),
            ]
        };
        let ids = |wanted: &[i64], all| {
            let wanted: Vec<GuardianId> = wanted.iter().copied().map(GuardianId).collect();
            who_signs(ties(), &wanted, all).map(|ties| ties.iter().map(|(tie, _)| tie.id.0).collect::<Vec<_>>())
        };
        assert_eq!(ids(&[1], false).unwrap(), [1]);
        assert_eq!(ids(&[2, 3], false).unwrap(), [2, 3]);
        assert_eq!(ids(&[1, 2], true).unwrap(), [1, 2]);
        for (wrong, all) in [
            (&[][..], false),
            (&[3], false),
            (&[1], true),
            (&[4], false),
            (&[9], false),
        ] {
            assert!(matches!(ids(wrong, all), Err(Error::Invalid(_))), "{wrong:?} {all}");
        }
        let nobody = vec![tie(3, false, false)];
        assert!(
            who_signs(nobody, &[GuardianId(3)], true).is_ok(),
            "nobody on file has custody"
        );
    }
}
