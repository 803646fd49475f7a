//! Recording a re-screen: the finding, the end of the referral, and what follows from it, in one transaction.

use chrono::NaiveDate;
use entities::{
    Numbers, ReferralId, RescreenId, age,
    child::child,
    screening::{referral, rescreen},
    words::{Language, ReferralKind, ReferralState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set};
use serde_json::json;

use super::{
    forms::NewRescreen,
    rules::{Finding, criteria},
};
use crate::{
    assessment::service::attach_in,
    children::care,
    clinic::kept,
    notifications::telling,
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        draft::Draft,
        event::{self, Subject},
    },
    referral::{Deadlines, Proposal, move_in, propose_in, queries::child_of, receivers, rules::Move, service},
};

/// What came of recording a re-screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The proposed referral to diagnosis, when it was abnormal.
    pub proposed: Option<ReferralId>,
    /// The day to look again, when it was clear.
    pub recheck_on: Option<NaiveDate>,
    /// Guardians that a message is on its way to.
    pub guardians_told: usize,
}

/// Record the re-screen that a referral asked for. Abnormal: a referral to diagnosis is proposed. Clear: whoever sent
/// the child looks again after some months. Either way the guardians and the sender are told.
pub async fn record(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    new: NewRescreen,
) -> Result<Recorded> {
    let (tx, row) = service::begin(app, by, id, version, Move::Complete).await?;
    Draft::own(by, kept::name(id, "rescreen"))?.discard_in(&tx).await?;
    if row.kind != ReferralKind::Rescreen {
        return Err(Error::NotFound);
    }
    let file = child_of(&*tx, &row).await?;
    let holds = criteria(&new.findings, new.scale_at_risk, new.development_deviates);
    let deadlines = Deadlines::on(&*tx, &row.district, by.today()).await?;
    let recheck_on = holds
        .is_empty()
        .then(|| age::add_months(new.performed_on, deadlines.recheck_months));
    let rescreen_id = insert(&tx, by, &row, &file, &new, &holds, recheck_on).await?;
    attach_in(&tx, by, &row, &new.assessments, (Some(rescreen_id), None)).await?;
    let change = referral::ActiveModel {
        owner_id: Set(Some(row.owner_id.map_or_else(|| by.person(), Ok)?)),
        ..Default::default()
    };
    let done = move_in(&tx, by, &row, ReferralState::Completed, None, change).await?;
    care::tie_in(&tx, by, row.to_organisation_id, row.child_id).await?;

    let subject = Subject::of_child("rescreen", rescreen_id.0, row.child_id);
    let details = json!({ "referral": id, "criteria": holds, "performed_on": new.performed_on });
    event::record(&tx, by, "rescreen.recorded", subject, details).await?;
    let proposed = match (recheck_on, new.refer_to) {
        (None, None)
            if receivers(&*tx, ReferralKind::Diagnosis, &file.division)
                .await?
                .is_empty() =>
        {
            None
        }
        (None, to) => {
            let proposal = Proposal {
                child: row.child_id,
                kind: ReferralKind::Diagnosis,
                to,
                reason: reason(&holds, &new.findings),
                screen: row.screen_id,
                rescreen: Some(rescreen_id),
                diagnosis: None,
                continues: None,
            };
            Some(propose_in(&tx, by, proposal).await?)
        }
        // Whoever sent the child looks again: their task from now on.
        (Some(_), _) => None,
    };
    let template = if recheck_on.is_none() {
        "rescreen.further"
    } else {
        "rescreen.clear"
    };
    let params = json!({ "recheck_on": recheck_on });
    let cause = format!("rescreen/{rescreen_id}");
    let guardians_told = telling::tell_guardians(app, &tx, by, row.child_id, template, params, &cause).await?;
    let outcome = if recheck_on.is_none() { "abnormal" } else { "clear" };
    service::tell_result(&tx, by, &done, outcome).await?;
    service::finish(tx, by, &done, "referral.completed", json!({ "outcome": outcome })).await?;
    Ok(Recorded {
        proposed,
        recheck_on,
        guardians_told,
    })
}

async fn insert(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    file: &child::Model,
    new: &NewRescreen,
    holds: &[u8],
    recheck_on: Option<NaiveDate>,
) -> Result<RescreenId> {
    let rescreen = rescreen::ActiveModel {
        id: NotSet,
        child_id: Set(row.child_id),
        referral_id: Set(Some(row.id)),
        organisation_id: Set(by.organisation()?),
        by: Set(by.person()?),
        district: Set(file.district.clone()),
        street: Set(file.street.clone()),
        performed_on: Set(new.performed_on),
        recorded_at: Set(by.now),
        age_days: Set(age_days(file, new.performed_on)?),
        findings: Set(new.findings.iter().map(|f| f.as_str()).collect()),
        scale_at_risk: Set(new.scale_at_risk),
        development_deviates: Set(new.development_deviates),
        development_note: Set(new.development_note.clone()),
        abnormal: Set(!holds.is_empty()),
        criteria: Set(Numbers::from(holds)),
        recheck_on: Set(recheck_on),
        note: Set(new.note.clone()),
        withdrawn_at: Set(None),
        version: Set(1),
    };
    Ok(rescreen.insert(&**tx).await?.id)
}

/// Completed days of life.
pub fn age_days(file: &child::Model, on: NaiveDate) -> Result<i32> {
    i32::try_from(age::days_between(file.birth_on, on)).map_err(|e| Error::Internal(e.into()))
}

/// Why the child is referred on, in the language of the files.
pub fn reason(holds: &[u8], findings: &[Finding]) -> String {
    let language = Language::Chinese;
    let mut parts: Vec<String> = holds
        .iter()
        .map(|n| Say::new(super::rules::criterion_key(*n)).in_words(language))
        .collect();
    parts.extend(findings.iter().map(|f| Say::new(f.key()).in_words(language)));
    let text = crate::platform::words::joined(language, parts);
    Say::new("rescreen.reason").with("criteria", text).in_words(language)
}
