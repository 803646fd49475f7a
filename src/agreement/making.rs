//! Making agreements: who signs, what stands in them, what they amend.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days};
use entities::{
    AgreementId, AgreementTemplateId, EnrolmentDecisionId, GuardianId,
    agreement::{agreement, agreement_signer, agreement_template},
    child::{guardian, guardianship},
    enrolment::enrolment_decision,
    organisation::organisation,
    words::{AgreementState, Party},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait,
};
use serde_json::json;

use super::{
    content::{self, Parts},
    moves::{replace_in, subject, write_in},
    queries,
    states::Agreements,
    template,
};
use crate::{
    access::scope,
    children::queries as children,
    enrolment::decision::queries as decisions,
    platform::{Actor, App, Error, Keys, Result, Tx, counter, event, frozen, states::Machine as _},
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
    db: &impl ConnectionTrait,
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

/// The guardians hear that something waits for them: what, stands behind the way in.
async fn invite_in(tx: &Tx, app: &App, by: &Actor, row: &agreement::Model) -> Result<()> {
    for signer in queries::signers(&**tx, row.id).await? {
        if let Some(id) = signer.guardian_id {
            write_in(tx, app, by, (row, id), "agreement.waiting", Some(row.child_id)).await?;
        }
    }
    Ok(())
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
