//! The clinic's papers: the report of a diagnosis to whoever sent the child (诊断反馈单), and what families are given in
//! writing after a re-screen and a diagnosis (告知书).

mod feedback;
mod notices;

use chrono::{DateTime, Utc};
use entities::{
    ChildId, OrganisationId, ReferralId,
    screening::{diagnosis, referral, rescreen},
    words::OrganisationKind,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect as _};

pub(super) use self::{
    feedback::Feedback,
    notices::{DiagnosisNotice, RescreenNotice},
};
use crate::{
    access::Can,
    platform::Result,
    referral::rules::reads_details,
    web::{
        Ctx,
        paper::{self, Papers, Printed, Records},
    },
};

/// What of the clinic is printed.
pub(super) const ALL: &[Papers] = &[
    Papers::of::<Feedback>(),
    Papers::of::<RescreenNotice>(),
    Papers::of::<DiagnosisNotice>(),
];

/// Those who read results; the rows of a paper say whose they are.
const READS: Can = Can::ViewAssessments;

/// Links to papers of a row, for the page of its referral.
pub(super) fn link<P: Printed>(ctx: &Ctx, id: i64) -> Option<(String, String)> {
    let text = ctx.say(paper::title(P::NAME));
    ctx.may(P::CAN).then(|| (paper::address(P::NAME, "", [id]), text))
}

/// Re-screens that may have taken the place of these.
async fn later_rescreens(db: &impl ConnectionTrait, rows: &[rescreen::Model]) -> Result<Records> {
    use rescreen::Column::{ChildId, Id, RecordedAt};
    let withdrawn = rows.iter().map(|row| (row.child_id, row.withdrawn_at));
    later::<rescreen::Entity>(db, [ChildId, RecordedAt, Id], withdrawn).await
}

/// Diagnoses that may have taken the place of these.
async fn later_diagnoses(db: &impl ConnectionTrait, rows: &[diagnosis::Model]) -> Result<Records> {
    use diagnosis::Column::{ChildId, Id, RecordedAt};
    let withdrawn = rows.iter().map(|row| (row.child_id, row.withdrawn_at));
    later::<diagnosis::Entity>(db, [ChildId, RecordedAt, Id], withdrawn).await
}

/// Results of the same children that were recorded at the moment at which one of theirs was withdrawn: a correction does both
/// at once. The columns are the child, when it was recorded, and the row.
async fn later<E: EntityTrait>(
    db: &impl ConnectionTrait,
    columns: [E::Column; 3],
    withdrawn: impl Iterator<Item = (ChildId, Option<DateTime<Utc>>)> + Clone,
) -> Result<Records> {
    let [child, recorded_at, _] = columns;
    let found: Vec<(ChildId, DateTime<Utc>, i64)> = E::find()
        .select_only()
        .columns(columns)
        .filter(child.is_in(withdrawn.clone().map(|(child, _)| child)))
        .filter(recorded_at.is_in(withdrawn.filter_map(|(_, at)| at)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// Referrals by their numbers, whoever reads.
async fn referrals_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ReferralId>,
) -> Result<Vec<referral::Model>> {
    Ok(referral::Entity::find()
        .filter(referral::COLUMN.id.is_in(ids))
        .all(db)
        .await?)
}

/// Besides whoever recorded it: whoever sent the child and is told details, and the federation.
pub(super) fn reads_reports(ctx: &Ctx) -> bool {
    let place = ctx.actor.workplace.as_ref();
    place.is_some_and(|place| place.kind == OrganisationKind::Federation || reads_details(place.kind))
}

/// The reader works where it was recorded.
fn is_here(ctx: &Ctx, place: OrganisationId) -> bool {
    ctx.actor.workplace.as_ref().is_some_and(|here| here.id == place)
}
