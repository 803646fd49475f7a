//! The rows of the report that are places: divisions and screening sites.

use chrono::NaiveDate;
use entities::{screening::screen, words::ScreenOutcome};
use sea_orm::{
    ColumnTrait, Condition, Order,
    sea_query::{Expr, ExprTrait, Func, Query},
};

use crate::access::scope::within;

/// A key that is the same for every row.
pub(super) fn text(text: &'static str) -> Expr {
    // Typed, because PostgreSQL cannot group by a literal of unknown type.
    Expr::val(text).cast_as("text")
}

/// In a division: an equality on the levels that have an index, a range elsewhere.
pub(super) fn inside(district: impl ColumnTrait, street: impl ColumnTrait, division: &str) -> Condition {
    match (division.len(), division.get(..6)) {
        (0, _) => Condition::all(),
        (6, _) => Condition::all().add(district.eq(division)),
        (_, Some(of)) => Condition::all().add(district.eq(of)).add(street.eq(division)),
        _ => within(district, division),
    }
}

/// The site of a child's latest abnormal screen before a day: that is where its later steps began. Empty when there is
/// none.
pub(super) fn origin_site(child: Expr, before: NaiveDate) -> Expr {
    let own = |column: screen::Column| Expr::col(("origin", column));
    let site = Query::select()
        .expr(own(screen::Column::OrganisationId).cast_as("text"))
        .from_as(screen::Entity, "origin")
        .and_where(own(screen::Column::ChildId).eq(child))
        .and_where(own(screen::Column::Outcome).eq(ScreenOutcome::Abnormal.as_str()))
        .and_where(own(screen::Column::WithdrawnAt).is_null())
        .and_where(own(screen::Column::PerformedOn).lt(before))
        .order_by(("origin", screen::Column::PerformedOn), Order::Desc)
        .order_by(("origin", screen::Column::Id), Order::Desc)
        .limit(1)
        .to_owned();
    Func::coalesce([Expr::SubQuery(None, Box::new(site.into())), text("")]).into()
}
