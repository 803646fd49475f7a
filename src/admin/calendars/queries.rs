//! Reads for the calendar pages.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use entities::{
    configuration::{calendar_day, calendar_year},
    words::DayKind,
};
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::platform::{Error, Result, calendar::Calendar};

/// Month in which the next year's table is usually published; from then on its absence is told.
const PUBLISHED_FROM: u32 = 10;

/// A year with its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearRow {
    /// The year.
    pub year: i32,
    /// The notice.
    pub source: String,
    /// Days off that are entered.
    pub off: usize,
    /// Weekends that are worked.
    pub worked: usize,
}

/// Every year with a table, the latest first.
pub async fn years(db: &impl ConnectionTrait) -> Result<Vec<YearRow>> {
    let years = calendar_year::Entity::find()
        .order_by_desc(calendar_year::Column::Year)
        .all(db)
        .await?;
    let days = calendar_day::Entity::find().all(db).await?;
    let count = |year, kind| days.iter().filter(|d| d.day.year() == year && d.kind == kind).count();
    Ok(years
        .into_iter()
        .map(|row| YearRow {
            off: count(row.year, DayKind::Off),
            worked: count(row.year, DayKind::Work),
            year: row.year,
            source: row.source,
        })
        .collect())
}

/// Years that lack a table and need one: this year, and from October on the next.
pub fn missing(calendar: &Calendar, today: NaiveDate) -> Vec<i32> {
    let next = (today.month() >= PUBLISHED_FROM).then_some(today.year() + 1);
    std::iter::once(today.year())
        .chain(next)
        .filter(|year| calendar.source(*year).is_none())
        .collect()
}

/// A year's table.
pub async fn year(db: &impl ConnectionTrait, year: i32) -> Result<calendar_year::Model> {
    calendar_year::Entity::find_by_id(year)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The entered days of a year, in order.
pub async fn days(db: &impl ConnectionTrait, year: i32) -> Result<Vec<calendar_day::Model>> {
    let (Some(first), Some(last)) = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year, 12, 31),
    ) else {
        return Err(Error::NotFound);
    };
    Ok(calendar_day::Entity::find()
        .filter(calendar_day::COLUMN.day.between(first, last))
        .order_by_asc(calendar_day::Column::Day)
        .all(db)
        .await?)
}

/// A month of the year's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthRow {
    /// 1 to 12.
    pub month: u32,
    /// Working days.
    pub working: usize,
    /// Days off that are entered, by holiday: name and days of the month.
    pub off: Vec<(String, Vec<u32>)>,
    /// Weekends that are worked.
    pub worked: Vec<u32>,
}

/// The year month by month, with its working days counted.
pub fn months(calendar: &Calendar, year: i32, days: &[calendar_day::Model]) -> Vec<MonthRow> {
    let mut working: BTreeMap<u32, usize> = BTreeMap::new();
    if let Some(first) = NaiveDate::from_ymd_opt(year, 1, 1) {
        for day in first.iter_days().take_while(|day| day.year() == year) {
            *working.entry(day.month()).or_default() += usize::from(calendar.is_working_day(day).working);
        }
    }
    (1..=12)
        .map(|month| {
            let mut off: Vec<(String, Vec<u32>)> = Vec::new();
            for row in days.iter().filter(|d| d.day.month() == month && d.kind == DayKind::Off) {
                match off.last_mut() {
                    Some((name, days)) if *name == row.name => days.push(row.day.day()),
                    _ => off.push((row.name.clone(), vec![row.day.day()])),
                }
            }
            let worked = days
                .iter()
                .filter(|d| d.day.month() == month && d.kind == DayKind::Work);
            MonthRow {
                month,
                working: working.get(&month).copied().unwrap_or_default(),
                off,
                worked: worked.map(|d| d.day.day()).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::calendar::CalendarYear;

    #[test]
    fn the_next_year_is_missed_from_october_on() {
        let calendar = Calendar::new(CalendarYear::shipped().unwrap());
        let on = |text: &str| missing(&calendar, text.parse().unwrap());
        assert_eq!(on("2026-09-30"), Vec::<i32>::new());
        assert_eq!(on("2026-10-01"), [2027]);
        assert_eq!(on("2027-03-01"), [2027]);
        assert_eq!(on("2027-11-01"), [2027, 2028]);
    }

    #[test]
    fn working_days_of_a_month_count_holidays_and_worked_weekends() {
        let tables = CalendarYear::shipped().unwrap();
        let days: Vec<calendar_day::Model> = tables
            .iter()
            .flat_map(|table| table.days.clone())
            .map(calendar_day::Model::from)
            .filter(|row| row.day.year() == 2026)
            .collect();
        let months = months(&Calendar::new(tables), 2026, &days);
        // February 2026: 20 weekdays, 6 of them off for the Spring Festival (16-20 and 23), two Saturdays worked.
        assert_eq!((months[1].working, months[1].worked.clone()), (16, vec![14, 28]));
        assert_eq!(months[1].off, [("春节".to_owned(), (15..=23).collect())]);
        assert_eq!(months.iter().map(|m| m.working).sum::<usize>(), 248);
    }
}
