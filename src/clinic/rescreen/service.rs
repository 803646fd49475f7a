//! Recording a re-screen: the finding, the end of the referral, and what follows from it, in one transaction.

use chrono::NaiveDate;
use entities::{
    Numbers, OrganisationId, ReferralId, RescreenId, age,
    child::child,
    screening::{referral, rescreen},
    words::{Language, ReferralKind, ReferralState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set};
use serde_json::json;

use super::{
    forms::NewRescreen,
    queries,
    rules::{Finding, criteria},
};
use crate::{
    assessment::service::{attach_in, detach_in},
    children::care,
    clinic::{
        kept,
        takeback::{self, Finding as _, Found},
    },
    notifications::telling,
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        draft::Draft,
        event::{self, Subject},
    },
    referral::{
        Proposal, corrected_in, is_open, move_in, propose_in, queries::child_of, receivers, rest_on_in, reword_in,
        rules::Move, service,
    },
    task::Deadlines,
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
    let proposed = if recheck_on.is_none() {
        refer_on_in(&tx, by, &row, &file, rescreen_id, &new, &holds).await?
    } else {
        // Whoever sent the child looks again: their task from now on.
        None
    };
    let guardians_told = tell_family_in(app, &tx, by, &row, rescreen_id, recheck_on).await?;
    let outcome = outcome(recheck_on);
    service::tell_result(&tx, by, &done, outcome).await?;
    service::finish(tx, by, &done, "referral.completed", json!({ "outcome": outcome })).await?;
    Ok(Recorded {
        proposed,
        recheck_on,
        guardians_told,
    })
}

const fn outcome(recheck_on: Option<NaiveDate>) -> &'static str {
    if recheck_on.is_none() { "abnormal" } else { "clear" }
}

/// Propose the referral to diagnosis, where a hospital covers the place.
async fn refer_on_in(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    file: &child::Model,
    rescreen: RescreenId,
    new: &NewRescreen,
    holds: &[u8],
) -> Result<Option<ReferralId>> {
    let kind = ReferralKind::Diagnosis;
    if new.refer_to.is_none() && receivers(&**tx, kind, &file.division).await?.is_empty() {
        return Ok(None);
    }
    let proposal = Proposal {
        child: row.child_id,
        kind,
        to: new.refer_to,
        reason: reason(holds, &new.findings),
        screen: row.screen_id,
        rescreen: Some(rescreen),
        diagnosis: None,
        continues: None,
    };
    Ok(Some(propose_in(tx, by, proposal).await?))
}

async fn tell_family_in(
    app: &App,
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    rescreen: RescreenId,
    recheck_on: Option<NaiveDate>,
) -> Result<usize> {
    let template = if recheck_on.is_none() {
        "rescreen.further"
    } else {
        "rescreen.clear"
    };
    let found = Found::Rescreen(rescreen);
    let mut params = found.told_in(tx).await?;
    if let (Some(map), Some(day)) = (params.as_object_mut(), recheck_on) {
        map.insert("recheck_on".into(), json!(day));
    }
    telling::tell_guardians(app, tx, by, row.child_id, template, params, &found.cause()).await
}

/// Put another result in the place of a recorded one: the old record is withdrawn, and what hangs on it follows. The
/// referral to diagnosis rests on the new one, or is called back when nothing calls for it any more.
///
/// # Errors
/// Refused (`clinic.taken`) where the hospital has taken on what would have to be called back.
pub async fn correct(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    new: NewRescreen,
    why: String,
) -> Result<Recorded> {
    let (tx, row) = takeback::begin(app, by, id, version, ReferralKind::Rescreen).await?;
    Draft::own(by, kept::again(id, "rescreen"))?.discard_in(&tx).await?;
    let old: rescreen::Model = takeback::own_in(&tx, by, &row).await?;
    let was = Found::Rescreen(old.id);
    let file = child_of(&*tx, &row).await?;
    let holds = criteria(&new.findings, new.scale_at_risk, new.development_deviates);
    let deadlines = Deadlines::on(&*tx, &row.district, by.today()).await?;
    let recheck_on = holds
        .is_empty()
        .then(|| age::add_months(new.performed_on, deadlines.recheck_months));
    let following = takeback::following(&*tx, was).await?;
    old.strike_in(&tx, by).await?;
    let rescreen_id = insert(&tx, by, &row, &file, &new, &holds, recheck_on).await?;
    let is = Found::Rescreen(rescreen_id);
    detach_in(&tx, was.instruments()).await?;
    attach_in(&tx, by, &row, &new.assessments, is.instruments()).await?;
    let proposed = match (following, recheck_on) {
        (Some(next), None) if !is_open(next.state) => None,
        // Another hospital is chosen than the one that was asked.
        (Some(next), None)
            if next.state == ReferralState::Sent && new.refer_to.is_some_and(|to| to != next.to_organisation_id) =>
        {
            takeback::call_back_in(&tx, by, &next).await?;
            refer_on_in(&tx, by, &row, &file, rescreen_id, &new, &holds).await?
        }
        (Some(next), None) => {
            let to = new.refer_to.filter(|_| next.state == ReferralState::Proposed);
            let change = referral::ActiveModel {
                reason: Set(reason(&holds, &new.findings)),
                to_organisation_id: Set(to.unwrap_or(next.to_organisation_id)),
                ..Default::default()
            };
            reword_in(&tx, &next, change).await?;
            (next.state == ReferralState::Proposed).then_some(next.id)
        }
        (Some(next), Some(_)) => {
            takeback::call_back_in(&tx, by, &next).await?;
            None
        }
        (None, None) => refer_on_in(&tx, by, &row, &file, rescreen_id, &new, &holds).await?,
        (None, Some(_)) => None,
    };
    rest_on_in(&tx, was.column(), was.id(), is.id()).await?;
    let cancelled = telling::take_back_in(&tx, row.child_id, &was.cause()).await?;
    let told_otherwise = old.abnormal == holds.is_empty() || old.recheck_on != recheck_on;
    let guardians_told = if cancelled > 0 || told_otherwise {
        tell_family_in(app, &tx, by, &row, rescreen_id, recheck_on).await?
    } else {
        0
    };
    let done = corrected_in(&tx, by, &row, why).await?;
    let subject = Subject::of_child("rescreen", rescreen_id.0, row.child_id);
    let details = json!({ "referral": id, "instead_of": old.id, "criteria": holds, "performed_on": new.performed_on });
    event::record(&tx, by, "rescreen.corrected", subject, details).await?;
    service::tell_result(&tx, by, &done, outcome(recheck_on)).await?;
    tx.commit().await?;
    Ok(Recorded {
        proposed,
        recheck_on,
        guardians_told,
    })
}

impl takeback::Finding for rescreen::Model {
    const KIND: ReferralKind = ReferralKind::Rescreen;

    fn found(&self) -> Found {
        Found::Rescreen(self.id)
    }

    fn recorded_at(&self) -> OrganisationId {
        self.organisation_id
    }

    async fn of_referral(tx: &Tx, row: &referral::Model) -> Result<Option<Self>> {
        queries::of_referral(&**tx, row).await
    }

    async fn strike_in(&self, tx: &Tx, by: &Actor) -> Result<()> {
        let row = rescreen::ActiveModel {
            id: Set(self.id),
            withdrawn_at: Set(Some(by.now)),
            version: Set(self.version + 1),
            ..Default::default()
        };
        row.update(&**tx).await?;
        let subject = Subject::of_child("rescreen", self.id.0, self.child_id);
        let details = json!({ "performed_on": self.performed_on });
        event::record(tx, by, "rescreen.withdrawn", subject, details).await
    }
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
