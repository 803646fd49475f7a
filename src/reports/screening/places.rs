//! The rows of the report: places, check ages, screening sites.

use chrono::{Days, Months, NaiveDate};
use entities::{age::add_months, screening::screen, words::ScreenOutcome};
use sea_orm::{
    ColumnTrait, Condition, Order,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, Query},
};

use crate::access::scope::within;

/// The eleven check ages in months (国卫办妇幼发〔2022〕12号).
pub const AGES: [u32; 11] = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];

/// The first day of life on which each of them is reached, counting a month as 30.436875 days: only for records that keep
/// an age in days.
const DAYS: [(u32, i32); 11] = [
    (3, 91),
    (6, 182),
    (8, 243),
    (12, 365),
    (18, 547),
    (24, 730),
    (30, 913),
    (36, 1095),
    (48, 1461),
    (60, 1826),
    (72, 2191),
];

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

fn key(months: u32) -> Expr {
    Expr::cust(format!("'{months}'"))
}

/// The last check age that a child of so many days has reached; `0` below the first.
pub(super) fn band_of_days(days: Expr) -> Expr {
    let bands = DAYS.iter().rev().fold(CaseStatement::new(), |case, (months, from)| {
        case.case(days.clone().gte(*from), key(*months))
    });
    bands.finally(key(0)).into()
}

/// The last check age that a resident has reached on a day; `0` below the first.
pub(super) fn band_of_birth(on: NaiveDate) -> Expr {
    let bands = AGES.iter().rev().fold(CaseStatement::new(), |case, months| {
        let born = entities::child::child::Column::BirthOn.into_expr();
        case.case(born.lte(latest_birth(*months, on)), key(*months))
    });
    bands.finally(key(0)).into()
}

/// The latest birth date of which an age in months is reached on a day.
pub(super) fn latest_birth(months: u32, on: NaiveDate) -> NaiveDate {
    let about = on.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    // A month's last day completes the months of those born on the days it lacks.
    (1..=3)
        .rev()
        .filter_map(|more| about.checked_add_days(Days::new(more)))
        .find(|birth| add_months(*birth, months) <= on)
        .unwrap_or(about)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_reached_on_the_last_day_of_a_short_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(latest_birth(6, day("2026-02-28")), day("2025-08-31"));
        assert_eq!(latest_birth(6, day("2026-02-27")), day("2025-08-27"));
        assert_eq!(latest_birth(12, day("2027-02-28")), day("2026-02-28"));
        assert_eq!(latest_birth(12, day("2025-02-28")), day("2024-02-29"));
        assert_eq!(latest_birth(72, day("2026-10-31")), day("2020-10-31"));
    }

    #[test]
    fn the_ages_agree() {
        assert!(DAYS.iter().map(|(months, _)| *months).eq(AGES));
    }
}
