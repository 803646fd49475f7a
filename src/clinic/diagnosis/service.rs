//! Recording a diagnosis: the conclusion, the end of the referral, and for a diagnosed child the way to the centre.

use entities::{
    DiagnosisId, OrganisationId, ReferralId, Sealed, Texts,
    child::child,
    screening::{diagnosis, referral},
    words::{Language, ReferralKind, ReferralState, Role},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use super::{codes, forms::NewDiagnosis, queries};
use crate::{
    assessment::service::{attach_in, detach_in},
    children::care,
    clinic::{
        kept,
        rescreen::service::age_days,
        takeback::{self, Finding as _, Found},
    },
    notifications::telling::{self, News},
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        draft::Draft,
        event::{self, Subject},
    },
    referral::{
        Proposal, corrected_in, move_in, propose_in,
        queries::child_of,
        rest_on_in,
        rules::Move,
        service::{self, send_intake_in},
    },
};

/// What came of recording a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The child counts as autistic: the centre has been asked to contact the family.
    pub autism: bool,
    /// No centre covers where the child lives; the federation was told.
    pub without_centre: bool,
    /// Guardians that a message is on its way to.
    pub guardians_told: usize,
}

/// Record the diagnosis that a referral asked for. Any code of F84: the centre of the district gets a task to contact
/// the family and a referral for intake. Anything else ends the chain here. The guardians and the senders are told.
pub async fn record(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    new: NewDiagnosis,
) -> Result<Recorded> {
    let sealed = app.keys.seal("diagnosis.conclusion", &new.conclusion)?;
    let (tx, row) = service::begin(app, by, id, version, Move::Complete).await?;
    Draft::own(by, kept::name(id, "diagnosis"))?.discard_in(&tx).await?;
    if row.kind != ReferralKind::Diagnosis {
        return Err(Error::NotFound);
    }
    let file = child_of(&*tx, &row).await?;
    let diagnosis = insert(&tx, by, &row, &file, &new, sealed).await?;
    attach_in(&tx, by, &row, &new.assessments, (None, Some(diagnosis.id))).await?;
    let change = referral::ActiveModel {
        owner_id: Set(Some(row.owner_id.map_or_else(|| by.person(), Ok)?)),
        ..Default::default()
    };
    let done = move_in(&tx, by, &row, ReferralState::Completed, None, change).await?;
    care::tie_in(&tx, by, row.to_organisation_id, row.child_id).await?;
    let subject = Subject::of_child("diagnosis", diagnosis.id.0, row.child_id);
    // Which codes is the file's business, not the trail's.
    let details = json!({ "referral": id, "diagnosed_on": new.diagnosed_on, "codes": new.codes.len() });
    event::record(&tx, by, "diagnosis.recorded", subject, details).await?;

    let autism = diagnosis.autism;
    let without_centre = if autism {
        !hand_over(&tx, by, &file, &row, diagnosis.id).await?
    } else {
        false
    };
    let guardians_told = tell_family_in(app, &tx, by, &row, &diagnosis).await?;
    let outcome = codes::outcome(&diagnosis);
    service::tell_result(&tx, by, &done, outcome).await?;
    tell_first_finder(&tx, by, &done, outcome).await?;
    service::finish(tx, by, &done, "referral.completed", json!({ "outcome": outcome })).await?;
    Ok(Recorded {
        autism,
        without_centre,
        guardians_told,
    })
}

async fn insert(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    file: &child::Model,
    new: &NewDiagnosis,
    conclusion: Sealed,
) -> Result<diagnosis::Model> {
    let diagnosis = diagnosis::ActiveModel {
        id: NotSet,
        child_id: Set(row.child_id),
        referral_id: Set(Some(row.id)),
        organisation_id: Set(by.organisation()?),
        by: Set(by.person()?),
        district: Set(file.district.clone()),
        street: Set(file.street.clone()),
        doctor: Set(new.doctor.clone()),
        diagnosed_on: Set(new.diagnosed_on),
        recorded_at: Set(by.now),
        age_days: Set(age_days(file, new.diagnosed_on)?),
        codes: Set(Texts(new.codes.clone())),
        autism: Set(new.codes.iter().any(|code| codes::is_autism(code))),
        conclusion: Set(Some(conclusion)),
        advice: Set(new.advice.clone()),
        withdrawn_at: Set(None),
        version: Set(1),
    };
    Ok(diagnosis.insert(&**tx).await?)
}

async fn tell_family_in(
    app: &App,
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    diagnosis: &diagnosis::Model,
) -> Result<usize> {
    let template = if diagnosis.autism {
        "diagnosis.support"
    } else {
        "diagnosis.concluded"
    };
    let found = Found::Diagnosis(diagnosis.id);
    let params = found.told_in(tx).await?;
    telling::tell_guardians(app, tx, by, row.child_id, template, params, &found.cause()).await
}

/// Put another conclusion in the place of a recorded one: the old record is withdrawn, and what hangs on it follows. The
/// referral to the centre rests on the new one, or is called back when nothing calls for it any more.
///
/// # Errors
/// Refused (`clinic.taken`) where the centre has taken on what would have to be called back.
pub async fn correct(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    new: NewDiagnosis,
    why: String,
) -> Result<Recorded> {
    let sealed = app.keys.seal("diagnosis.conclusion", &new.conclusion)?;
    let (tx, row) = takeback::begin(app, by, id, version, ReferralKind::Diagnosis).await?;
    Draft::own(by, kept::again(id, "diagnosis"))?.discard_in(&tx).await?;
    let old: diagnosis::Model = takeback::own_in(&tx, by, &row).await?;
    let was = Found::Diagnosis(old.id);
    let file = child_of(&*tx, &row).await?;
    let following = takeback::following(&*tx, was).await?;
    old.strike_in(&tx, by).await?;
    let diagnosis = insert(&tx, by, &row, &file, &new, sealed).await?;
    let is = Found::Diagnosis(diagnosis.id);
    detach_in(&tx, was.instruments()).await?;
    attach_in(&tx, by, &row, &new.assessments, is.instruments()).await?;
    let without_centre = match (following, diagnosis.autism) {
        (Some(_), true) => false,
        (Some(next), false) => {
            takeback::call_back_in(&tx, by, &next).await?;
            false
        }
        (None, true) => !hand_over(&tx, by, &file, &row, diagnosis.id).await?,
        (None, false) => false,
    };
    rest_on_in(&tx, was.column(), was.id(), is.id()).await?;
    let cancelled = telling::take_back_in(&tx, row.child_id, &was.cause()).await?;
    let guardians_told = if cancelled > 0 || old.autism != diagnosis.autism {
        tell_family_in(app, &tx, by, &row, &diagnosis).await?
    } else {
        0
    };
    let done = corrected_in(&tx, by, &row, why).await?;
    let subject = Subject::of_child("diagnosis", diagnosis.id.0, row.child_id);
    let details = json!({
        "referral": id, "instead_of": old.id, "diagnosed_on": new.diagnosed_on, "codes": new.codes.len(),
    });
    event::record(&tx, by, "diagnosis.corrected", subject, details).await?;
    let outcome = codes::outcome(&diagnosis);
    service::tell_result(&tx, by, &done, outcome).await?;
    tell_first_finder(&tx, by, &done, outcome).await?;
    tx.commit().await?;
    Ok(Recorded {
        autism: diagnosis.autism,
        without_centre,
        guardians_told,
    })
}

impl takeback::Finding for diagnosis::Model {
    const KIND: ReferralKind = ReferralKind::Diagnosis;

    fn found(&self) -> Found {
        Found::Diagnosis(self.id)
    }

    fn recorded_at(&self) -> OrganisationId {
        self.organisation_id
    }

    async fn of_referral(tx: &Tx, row: &referral::Model) -> Result<Option<Self>> {
        queries::of_referral(&**tx, row).await
    }

    async fn strike_in(&self, tx: &Tx, by: &Actor) -> Result<()> {
        let row = diagnosis::ActiveModel {
            id: Set(self.id),
            withdrawn_at: Set(Some(by.now)),
            version: Set(self.version + 1),
            ..Default::default()
        };
        row.update(&**tx).await?;
        let subject = Subject::of_child("diagnosis", self.id.0, self.child_id);
        let details = json!({ "diagnosed_on": self.diagnosed_on });
        event::record(tx, by, "diagnosis.withdrawn", subject, details).await
    }
}

/// The centre is to take over, and to talk with the family. Without a centre the hospital talks with it, and it is the
/// federation's task to find one.
async fn hand_over(
    tx: &Tx,
    by: &Actor,
    file: &child::Model,
    row: &referral::Model,
    diagnosis: DiagnosisId,
) -> Result<bool> {
    let Some(centre) = queries::centre(&**tx, &file.division).await? else {
        return Ok(false);
    };
    propose_intake(tx, by, row, centre.id, diagnosis).await?;
    Ok(true)
}

/// A referral for intake needs nobody's confirmation: the diagnosis is the reason.
async fn propose_intake(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    centre: OrganisationId,
    diagnosis: DiagnosisId,
) -> Result<ReferralId> {
    let proposal = Proposal {
        child: row.child_id,
        kind: ReferralKind::Intake,
        to: Some(centre),
        reason: Say::new("diagnosis.intake_reason").in_words(Language::Chinese),
        screen: row.screen_id,
        rescreen: row.rescreen_id,
        diagnosis: Some(diagnosis),
        continues: None,
    };
    let id = propose_in(tx, by, proposal).await?;
    send_intake_in(tx, by, id).await?;
    Ok(id)
}

/// Whoever found the child first, at the initial screen, learns the outcome too.
async fn tell_first_finder(tx: &Tx, by: &Actor, done: &referral::Model, outcome: &'static str) -> Result<()> {
    let first = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(done.child_id))
        .filter(referral::COLUMN.kind.eq(ReferralKind::Rescreen))
        .filter(referral::COLUMN.state.eq(ReferralState::Completed))
        .order_by_desc(referral::COLUMN.id)
        .one(&**tx)
        .await?;
    let Some(first) = first else { return Ok(()) };
    let news = News {
        template: "referral.result",
        params: json!({ "outcome": outcome, "kind": done.kind }),
        link: service::page(first.id),
        child: Some(done.child_id),
        cause: format!("referral/{}/{}/first", done.id, done.version),
    };
    let roles = [Role::Screener, Role::Supervisor];
    telling::tell_sender(tx, by, first.sender_id, first.from_organisation_id, &roles, &news).await?;
    Ok(())
}
