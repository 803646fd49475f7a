//! Who may come on a day, and who came.

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    child::child,
    screening::{planned_check, screen},
    words::CheckState,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    access::scope,
    platform::{Actor, Result},
    screening::check::queries::of_child,
};

/// Rows on one page of a day: what a kindergarten class or a clinic manages.
pub const ROWS: u64 = 60;

/// Children of the actor's scope with a check that a visit on this day would settle, those due first first.
pub async fn due(
    db: &impl ConnectionTrait,
    by: &Actor,
    on: NaiveDate,
    kindergarten: Option<&str>,
    street: Option<&str>,
) -> Result<Vec<(planned_check::Model, child::Model)>> {
    let check = planned_check::COLUMN;
    let mut select = planned_check::Entity::find()
        .select_also(child::Entity)
        .join(JoinType::InnerJoin, of_child())
        .filter(scope::visible(by))
        .filter(child::COLUMN.merged_into.is_null())
        .filter(child::COLUMN.departure_id.is_null())
        .filter(check.state.eq(CheckState::Pending))
        .filter(check.opens_on.lte(on))
        .filter(check.closes_on.gte(on));
    if let Some(name) = kindergarten {
        select = select.filter(child::COLUMN.kindergarten.eq(name));
    }
    if let Some(street) = street {
        select = select.filter(child::COLUMN.street.eq(street));
    }
    let rows = select
        .order_by_asc(planned_check::Column::DueOn)
        .order_by_asc(planned_check::Column::Id)
        .limit(ROWS)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(check, child)| Some((check, child?)))
        .collect())
}

/// The kindergartens of the children in the actor's scope.
pub async fn kindergartens(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<String>> {
    let names: Vec<Option<String>> = scope::children(by)
        .select_only()
        .column(child::Column::Kindergarten)
        .distinct()
        .filter(child::COLUMN.kindergarten.is_not_null())
        .filter(child::COLUMN.departure_id.is_null())
        .order_by_asc(child::Column::Kindergarten)
        .limit(500)
        .into_tuple()
        .all(db)
        .await?;
    Ok(names.into_iter().flatten().filter(|name| !name.is_empty()).collect())
}

/// The screens that an organisation did on a day, of children the actor may see.
pub async fn done(
    db: &impl ConnectionTrait,
    by: &Actor,
    place: OrganisationId,
    on: NaiveDate,
) -> Result<Vec<(screen::Model, child::Model)>> {
    let screens = screen::Entity::find()
        .filter(screen::COLUMN.organisation_id.eq(place))
        .filter(screen::COLUMN.performed_on.eq(on))
        .filter(screen::COLUMN.withdrawn_at.is_null())
        .order_by_asc(screen::COLUMN.id)
        .limit(1000)
        .all(db)
        .await?;
    let ids: Vec<_> = screens.iter().map(|s| s.child_id).collect();
    let children = scope::children(by).filter(child::COLUMN.id.is_in(ids)).all(db).await?;
    Ok(screens
        .into_iter()
        .filter_map(|s| {
            let child = children.iter().find(|c| c.id == s.child_id)?.clone();
            Some((s, child))
        })
        .collect())
}
