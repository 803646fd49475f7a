//! Which children stand in the ledger.

use entities::{
    child::child,
    screening::{pathway, screen},
    words::{ScreenOutcome, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use crate::{
    access::scope,
    platform::{Actor, Error, List, Result},
    reports::screening::request::Period,
};

/// The children of the ledger in an actor's scope. Filters: `street`, `stage`, `month` of an abnormal screen.
///
/// # Errors
/// A month that cannot be read, at its field.
pub(super) fn select(by: &Actor, list: &List) -> Result<Select<child::Entity>> {
    let mut positive = screen::Entity::find()
        .select_only()
        .column(screen::Column::ChildId)
        .filter(screen::Column::Outcome.eq(ScreenOutcome::Abnormal))
        .filter(screen::Column::WithdrawnAt.is_null());
    if !list.filter("month").trim().is_empty() {
        let period = Period::parse(list.filter("month")).ok_or_else(|| Error::field("month", "form.period"))?;
        positive = positive
            .filter(screen::Column::PerformedOn.gte(period.from()))
            .filter(screen::Column::PerformedOn.lt(period.until()));
    }
    let mut select = scope::children(by).filter(child::Column::Id.in_subquery(positive.into_query()));
    if !list.filter("street").is_empty() {
        select = select.filter(child::Column::Street.eq(list.filter("street")));
    }
    if let Ok(stage) = list.filter("stage").parse::<Stage>() {
        let there = pathway::Entity::find()
            .select_only()
            .column(pathway::Column::ChildId)
            .filter(pathway::Column::Stage.eq(stage));
        select = select.filter(child::Column::Id.in_subquery(there.into_query()));
    }
    // File numbers begin with the district and the year.
    let order = if list.sort.is_empty() || list.descending() {
        Order::Desc
    } else {
        Order::Asc
    };
    let select = match list.sort.as_str() {
        "name" => select.order_by(child::Column::NameSound, order.clone()),
        _ => select.order_by(child::Column::FileNo, order.clone()),
    };
    Ok(select.order_by(child::Column::Id, order))
}
