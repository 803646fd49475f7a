//! What a corrected or withdrawn finding has in common: the record is never overwritten. It is withdrawn, another may take
//! its place, and what hangs on it follows or is called back.

use entities::{
    DiagnosisId, OrganisationId, ReferralId, RescreenId,
    screening::referral,
    words::{Language, ReferralKind, ReferralState},
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter as _, QueryOrder as _};
use serde_json::json;

use crate::{
    assessment::service::detach_in,
    notifications::telling,
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        event::{self, Subject},
    },
    referral::{move_in, queries, reopened_in, service},
};

/// A finding as it is recorded, whichever it is.
pub(super) trait Finding: Sized + Send + Sync {
    /// The referral that asks for it.
    const KIND: ReferralKind;

    /// Its number.
    fn found(&self) -> Found;

    /// Where it was recorded.
    fn recorded_at(&self) -> OrganisationId;

    /// The one that completed a referral and was not taken back.
    fn of_referral(db: &Tx, row: &referral::Model) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// It counts no more from now on.
    fn strike_in(&self, tx: &Tx, by: &Actor) -> impl Future<Output = Result<()>> + Send;
}

/// What completed a referral, if the actor's own organisation recorded it.
pub(super) async fn own_in<F: Finding>(tx: &Tx, by: &Actor, row: &referral::Model) -> Result<F> {
    let found = F::of_referral(tx, row).await?.ok_or(Error::NotFound)?;
    if found.recorded_at() != by.organisation()? {
        return Err(Error::NotFound);
    }
    Ok(found)
}

/// Take a finding back that should not have been recorded at all. The referral is where it was before.
///
/// # Errors
/// Refused (`clinic.taken`) where the next organisation has taken on what rests on it.
pub(super) async fn withdraw<F: Finding>(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    why: String,
) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, F::KIND).await?;
    let old = own_in::<F>(&tx, by, &row).await?;
    let was = old.found();
    if let Some(next) = following(&*tx, was).await? {
        call_back_in(&tx, by, &next).await?;
    }
    old.strike_in(&tx, by).await?;
    detach_in(&tx, was.instruments()).await?;
    telling::take_back_in(&tx, row.child_id, &was.cause()).await?;
    let open = reopened_in(&tx, by, &row, why).await?;
    service::tell_sender(&tx, by, &open, "referral.result_withdrawn", json!({})).await?;
    tx.commit().await
}

/// A finding by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A re-screen.
    Rescreen(RescreenId),
    /// A diagnosis.
    Diagnosis(DiagnosisId),
}

impl Found {
    /// The column of referrals that names what they rest on.
    pub(super) const fn column(self) -> referral::Column {
        match self {
            Self::Rescreen(_) => referral::Column::RescreenId,
            Self::Diagnosis(_) => referral::Column::DiagnosisId,
        }
    }

    /// What follows from such a finding.
    const fn leads_to(self) -> ReferralKind {
        match self {
            Self::Rescreen(_) => ReferralKind::Diagnosis,
            Self::Diagnosis(_) => ReferralKind::Intake,
        }
    }

    pub(super) const fn id(self) -> i64 {
        match self {
            Self::Rescreen(id) => id.0,
            Self::Diagnosis(id) => id.0,
        }
    }

    /// What a letter to the family says of it: by when the next step is to be done, where there is one.
    pub(super) async fn told_in(self, tx: &Tx) -> Result<serde_json::Value> {
        let due_on = queries::due_because_of(&**tx, self.column(), self.id()).await?;
        Ok(due_on.map_or_else(|| json!({}), |day| json!({ "due_on": day })))
    }

    /// The instruments that belong to it.
    pub(super) const fn instruments(self) -> (Option<RescreenId>, Option<DiagnosisId>) {
        match self {
            Self::Rescreen(id) => (Some(id), None),
            Self::Diagnosis(id) => (None, Some(id)),
        }
    }

    /// A referral was made because of it.
    pub(super) fn is_reason_of(self, row: &referral::Model) -> bool {
        match self {
            Self::Rescreen(id) => row.rescreen_id == Some(id) && row.kind == self.leads_to(),
            Self::Diagnosis(id) => row.diagnosis_id == Some(id) && row.kind == self.leads_to(),
        }
    }

    /// What messages about it are caused by.
    pub(super) fn cause(self) -> String {
        match self {
            Self::Rescreen(id) => format!("rescreen/{id}"),
            Self::Diagnosis(id) => format!("diagnosis/{id}"),
        }
    }
}

/// The write transaction and the completed referral whose result is to be changed, by the organisation that recorded it.
pub(super) async fn begin(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    kind: ReferralKind,
) -> Result<(Tx, referral::Model)> {
    let seen = queries::received(&*app.db, by, id, kind).await?;
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::received(&*tx, by, id, kind).await?;
    if version.is_some_and(|version| !version.is(row.version)) {
        return Err(Error::stale());
    }
    if row.state != ReferralState::Completed {
        return Err(Error::stale());
    }
    Ok((tx, row))
}

/// The referral that follows from a finding and is still alive: under way, or done.
pub(super) async fn following(db: &impl ConnectionTrait, found: Found) -> Result<Option<referral::Model>> {
    let rows = referral::Entity::find()
        .filter(found.column().eq(found.id()))
        .filter(referral::COLUMN.kind.eq(found.leads_to()))
        .order_by_desc(referral::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().find(is_alive))
}

/// Under way, or done.
pub(super) const fn is_alive(row: &referral::Model) -> bool {
    is_taken(row) || is_callable(row)
}

/// The other side has taken it on.
pub(super) const fn is_taken(row: &referral::Model) -> bool {
    matches!(
        row.state,
        ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow | ReferralState::Completed
    )
}

/// It can still be called back.
const fn is_callable(row: &referral::Model) -> bool {
    matches!(row.state, ReferralState::Proposed | ReferralState::Sent)
}

/// What follows is called back, because nothing calls for it any more.
///
/// # Errors
/// Refused where the other side has taken it on: what they find will tell.
pub(super) async fn call_back_in(tx: &Tx, by: &Actor, row: &referral::Model) -> Result<()> {
    if is_taken(row) {
        return Err(Error::refused("clinic.taken"));
    }
    let note = Say::new("clinic.called_back").in_words(Language::Chinese);
    let recalled = move_in(tx, by, row, ReferralState::Recalled, Some(note), Default::default()).await?;
    if row.state == ReferralState::Sent {
        service::tell_receiver(tx, by, &recalled, "referral.recalled").await?;
    }
    let subject = Subject::of_child("referral", row.id.0, row.child_id);
    event::record(tx, by, "referral.recalled", subject, json!({ "because": "finding" })).await
}
