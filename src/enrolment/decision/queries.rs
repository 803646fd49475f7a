//! Reads of decisions, through the actor's scope.

use chrono::NaiveDate;
use entities::{
    ApplicationId, ChildId, EnrolmentDecisionId,
    enrolment::{application, enrolment_decision},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::{
    enrolment::application::queries::visible as of_applications,
    platform::{Actor, Error, Result},
};

/// The condition on `enrolment_decision` rows: whoever may read the application.
pub fn visible(by: &Actor) -> Condition {
    let applications = application::Entity::find()
        .filter(of_applications(by))
        .select_only()
        .column(application::Column::Id)
        .into_query();
    Condition::all().add(enrolment_decision::Column::ApplicationId.in_subquery(applications))
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: EnrolmentDecisionId) -> Result<enrolment_decision::Model> {
    enrolment_decision::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Those of an application, the oldest first.
pub async fn of_application(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Vec<enrolment_decision::Model>> {
    Ok(enrolment_decision::Entity::find()
        .filter(enrolment_decision::COLUMN.application_id.eq(id))
        .order_by_asc(enrolment_decision::COLUMN.id)
        .all(db)
        .await?)
}

/// Those of a child that the actor may see, the newest first.
pub async fn of_child(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Vec<enrolment_decision::Model>> {
    Ok(enrolment_decision::Entity::find()
        .filter(enrolment_decision::COLUMN.child_id.eq(child))
        .filter(visible(by))
        .order_by_desc(enrolment_decision::COLUMN.id)
        .all(db)
        .await?)
}

/// The decisions of a child that give a place and were not revoked, the oldest first.
pub async fn places_of(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<enrolment_decision::Model>> {
    Ok(enrolment_decision::Entity::find()
        .filter(enrolment_decision::COLUMN.child_id.eq(child))
        .filter(enrolment_decision::COLUMN.valid_from.is_not_null())
        .filter(enrolment_decision::COLUMN.revoked_on.is_null())
        .order_by_asc(enrolment_decision::COLUMN.valid_from)
        .order_by_asc(enrolment_decision::COLUMN.id)
        .all(db)
        .await?)
}

/// The decision that gives a child its place on a day: what everything later hangs on.
pub async fn in_force(
    db: &impl ConnectionTrait,
    child: ChildId,
    on: NaiveDate,
) -> Result<Option<enrolment_decision::Model>> {
    let all = places_of(db, child).await?;
    Ok(all.into_iter().find(|one| holds(one, on)))
}

/// It gives a place on a day.
pub fn holds(row: &enrolment_decision::Model, on: NaiveDate) -> bool {
    row.revoked_on.is_none() && row.valid_from.is_some_and(|from| from <= on) && row.valid_to.is_none_or(|to| on <= to)
}

/// Two stretches of days share a day; no end is without end.
pub fn share_a_day(one: (NaiveDate, Option<NaiveDate>), other: (NaiveDate, Option<NaiveDate>)) -> bool {
    one.1.is_none_or(|to| other.0 <= to) && other.1.is_none_or(|to| one.0 <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_shared_at_their_ends_too() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let one = (day("2026-11-01"), Some(day("2026-11-30")));
        assert!(share_a_day(one, (day("2026-11-30"), None)));
        assert!(share_a_day((day("2026-01-01"), None), one));
        assert!(!share_a_day(one, (day("2026-12-01"), None)));
        assert!(!share_a_day(one, (day("2026-10-01"), Some(day("2026-10-31")))));
    }
}
