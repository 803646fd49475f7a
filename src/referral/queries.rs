//! Reads for the referral page and for everything else that follows a referral.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    ChildId, DiagnosisId, OrganisationId, ReferralId,
    child::{care, child},
    organisation::organisation,
    screening::{contact, referral, referral_step},
    words::{OrganisationKind, ReferralKind, ReferralState},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use super::{rules::Circumstances, states::is_open};
use crate::{
    access::scope,
    organisations,
    platform::{Actor, Error, Result, condition},
    referral::receivers,
    task::{Deadlines, failed_attempts},
};

/// The condition on `referral` rows that makes them visible: both sides see theirs (the receiver from the moment it was
/// sent), federations those of the children they may see.
pub fn yours(by: &Actor) -> Condition {
    scope::by_workplace(by, |place| match place.kind {
        OrganisationKind::Federation if place.coverage.len() == 6 => {
            Condition::all().add(referral::COLUMN.district.eq(place.coverage.as_str()))
        }
        OrganisationKind::Federation | OrganisationKind::StreetFederation => {
            let children = scope::child_ids(by);
            Condition::all().add(child_column().in_subquery(children))
        }
        OrganisationKind::ScreeningSite
        | OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre => Condition::any()
            .add(referral::COLUMN.from_organisation_id.eq(place.id))
            .add(incoming(place.id)),
        OrganisationKind::EducationBureau | OrganisationKind::FinanceBureau => condition::nothing(),
    })
}

/// Sent to an organisation: proposals are the sender's own business, and one that was never sent stays so.
pub fn incoming(place: OrganisationId) -> Condition {
    let ties = care::Entity::find()
        .select_only()
        .column(care::Column::ChildId)
        .filter(care::COLUMN.organisation_id.eq(place))
        .filter(care::COLUMN.ended_at.is_null())
        .into_query();
    Condition::all()
        .add(referral::COLUMN.to_organisation_id.eq(place))
        .add(referral::COLUMN.state.ne(ReferralState::Proposed))
        .add(child_column().in_subquery(ties))
}

/// By when the open referral is to be done that rests on a finding: `column` of the referral names it.
pub async fn due_because_of(
    db: &impl ConnectionTrait,
    column: referral::Column,
    finding: i64,
) -> Result<Option<NaiveDate>> {
    let rows = referral::Entity::find()
        .filter(column.eq(finding))
        .order_by_desc(referral::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().find(|row| is_open(row.state)).map(|row| row.due_on))
}

fn child_column() -> SimpleExpr {
    Expr::col((referral::Entity, referral::Column::ChildId))
}

/// One referral, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: ReferralId) -> Result<referral::Model> {
    referral::Entity::find_by_id(id)
        .filter(yours(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The child of a referral.
pub async fn child_of(db: &impl ConnectionTrait, row: &referral::Model) -> Result<child::Model> {
    child::Entity::find_by_id(row.child_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The referral that continues another one, if the reader may open it.
pub async fn continued_by(db: &impl ConnectionTrait, by: &Actor, id: ReferralId) -> Result<Option<ReferralId>> {
    let next = referral::Entity::find()
        .filter(yours(by))
        .filter(referral::COLUMN.continues_id.eq(id))
        .order_by_desc(referral::COLUMN.id)
        .one(db)
        .await?;
    Ok(next.map(|row| row.id))
}

/// The newest referral for intake that a diagnosis led to.
pub async fn intake_for(db: &impl ConnectionTrait, diagnosis: DiagnosisId) -> Result<Option<ReferralId>> {
    let found = referral::Entity::find()
        .filter(referral::COLUMN.kind.eq(ReferralKind::Intake))
        .filter(referral::COLUMN.diagnosis_id.eq(diagnosis))
        .order_by_desc(referral::COLUMN.id)
        .one(db)
        .await?;
    Ok(found.map(|row| row.id))
}

/// A referral of a kind that was sent to the actor's own organisation, or not found.
pub async fn received(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: ReferralId,
    kind: ReferralKind,
) -> Result<referral::Model> {
    let row = find(db, by, id).await?;
    if row.kind != kind || row.to_organisation_id != by.organisation()? {
        return Err(Error::NotFound);
    }
    Ok(row)
}

/// The moves it made, oldest first.
pub async fn steps(db: &impl ConnectionTrait, id: ReferralId) -> Result<Vec<referral_step::Model>> {
    Ok(referral_step::Entity::find()
        .filter(referral_step::COLUMN.referral_id.eq(id))
        .order_by_asc(referral_step::COLUMN.id)
        .all(db)
        .await?)
}

/// Attempts to reach the family because of a referral, oldest first.
pub async fn contacts(db: &impl ConnectionTrait, id: ReferralId) -> Result<Vec<contact::Model>> {
    Ok(contact::Entity::find()
        .filter(contact::COLUMN.referral_id.eq(id))
        .order_by_asc(contact::COLUMN.attempted_at)
        .order_by_asc(contact::COLUMN.id)
        .all(db)
        .await?)
}

/// What the rules look at besides the referral.
pub async fn circumstances(db: &impl ConnectionTrait, by: &Actor, row: &referral::Model) -> Result<Circumstances> {
    let deadlines = Deadlines::on(db, &row.district, by.today()).await?;
    Ok(Circumstances {
        now: by.now,
        failed_attempts: failed_attempts(&contacts(db, row.id).await?),
        attempts_needed: deadlines.contact_attempts,
    })
}

/// Organisations that could see the child instead of the present receiver, the nearest first.
pub async fn other_receivers(db: &impl ConnectionTrait, row: &referral::Model) -> Result<Vec<organisation::Model>> {
    let division = division_of(db, row.child_id).await?;
    let mut places = receivers(db, row.kind, &division).await?;
    places.retain(|place| place.id != row.to_organisation_id);
    Ok(places)
}

/// Organisations that a referral of its kind can go to, the nearest first.
pub async fn possible_receivers(db: &impl ConnectionTrait, row: &referral::Model) -> Result<Vec<organisation::Model>> {
    let division = division_of(db, row.child_id).await?;
    receivers(db, row.kind, &division).await
}

/// Where a child lives now.
pub async fn division_of(db: &impl ConnectionTrait, id: ChildId) -> Result<String> {
    let row = child::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)?;
    Ok(row.division)
}

/// Organisations by their numbers.
pub async fn places_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrganisationId>,
) -> Result<BTreeMap<OrganisationId, organisation::Model>> {
    let rows = organisation::Entity::find()
        .filter(organisation::COLUMN.id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Names of the organisations of referrals and steps.
pub async fn places(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrganisationId>,
) -> Result<BTreeMap<OrganisationId, String>> {
    organisations::queries::names(db, ids).await
}
