//! Numbers for readers who see no children: closed quarters alone, rounded, and the same for ever.
//!
//! A number that is asked for again every day tells by its steps what rounding hides, and so do the differences of
//! overlapping stretches of time, ways of counting and divisions. So there is one table of a district and a quarter, by
//! street and by age; it is made once, some days after the quarter, and kept as it was told. Tables of wider areas and
//! every total and share are sums of what was told. Whoever knows all of it knows no more than one table.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{Days, NaiveDate};
use entities::{organisation::organisation, report::published_report};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::screening::{
    figures::{self, Counts, Figures},
    request::{Asked, By, Mode, Period, Request, Span, reach},
    rounding::{nearest, rounded},
};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
        sweep::Sweep,
    },
};

/// Quarters that may be asked for.
const KEPT: usize = 12;

/// What is told of a district and a quarter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    street: Counts,
    age: Counts,
    known: i64,
}

/// The quarters that are published, the newest first: those that ended so many days ago.
pub fn quarters(today: NaiveDate, after_days: u32) -> Vec<Period> {
    let day = today.checked_sub_days(Days::new(after_days.into())).unwrap_or(today);
    let mut quarters = Vec::with_capacity(KEPT);
    let mut running = Period::quarter_of(day);
    while quarters.len() < KEPT {
        let Some(before) = running.from().pred_opt() else { break };
        running = Period::quarter_of(before);
        quarters.push(running);
    }
    quarters
}

/// What is asked for, as it is told: the quarter of the day that was asked for when it is published, else the newest.
///
/// # Errors
/// Those of [`Asked::request`].
pub fn request(asked: &Asked, by: &Actor, after_days: u32) -> Result<Request> {
    let asked = asked.request(by)?;
    let quarters = quarters(by.today(), after_days);
    let wanted = Period::quarter_of(asked.period.last());
    let period = quarters
        .iter()
        .find(|quarter| **quarter == wanted)
        .or(quarters.first())
        .copied()
        .ok_or(Error::NotFound)?;
    let district_at_most = asked.division.len() <= 6;
    Ok(Request {
        period,
        reference: period.last(),
        mode: Mode::Period,
        by: match asked.by {
            By::Age if district_at_most => By::Age,
            // Sites are nearly the streets once more: both together would tell about either.
            By::Age | By::Street | By::Site => By::Street,
        },
        division: asked.division,
    })
}

/// The numbers of a request, all of them made of what was told.
pub async fn figures(app: &App, by: &Actor, request: &Request) -> Result<Figures> {
    let mut counts = Counts::new();
    let mut known = 0;
    for district in districts(&*app.db, &request.division).await? {
        let content = publish(app, by, &district, request.period).await?;
        known += content.known;
        let told = if request.by == By::Age {
            content.age
        } else {
            content.street
        };
        for (indicator, rows) in told {
            let into = counts.entry(indicator).or_default();
            for (row, number) in rows {
                let key = if request.by == By::Street && request.is_city() {
                    district.clone()
                } else {
                    row
                };
                if request.by == By::Age || key.starts_with(&request.division) {
                    *into.entry(key).or_default() += number;
                }
            }
        }
    }
    let found: BTreeSet<String> = counts.values().flat_map(|rows| rows.keys().cloned()).collect();
    Ok(Figures {
        rows: figures::rows_of(&*app.db, request, &found).await?,
        request: request.clone(),
        spans: BTreeMap::from([(Span::Period, counts)]),
        known: if request.division.len() > 6 { 0 } else { known },
    })
}

/// Districts of a division that take part: somebody works there.
async fn districts(db: &impl ConnectionTrait, division: &str) -> Result<BTreeSet<String>> {
    if let Some(district) = division.get(..6) {
        return Ok([district.to_owned()].into());
    }
    let places: Vec<String> = organisation::Entity::find()
        .filter(scope::within(organisation::Column::Coverage, division))
        .select_only()
        .column(organisation::Column::Coverage)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(places
        .iter()
        .filter_map(|code| code.get(..6))
        .map(str::to_owned)
        .collect())
}

async fn told(db: &impl ConnectionTrait, district: &str, period: Period) -> Result<Option<Content>> {
    let row = published_report::Entity::find()
        .filter(published_report::COLUMN.district.eq(district))
        .filter(published_report::COLUMN.period.eq(period.to_string()))
        .one(db)
        .await?;
    row.map(|row| serde_json::from_value(row.content).map_err(|error| anyhow::Error::from(error).into()))
        .transpose()
}

/// What is told of a district and a quarter; made when nobody asked before.
async fn publish(app: &App, by: &Actor, district: &str, period: Period) -> Result<Content> {
    if let Some(content) = told(&*app.db, district, period).await? {
        return Ok(content);
    }
    let by = &by.without_submission();
    let tx = app.db.write(by, district).await?;
    if let Some(content) = told(&*tx, district, period).await? {
        return Ok(content);
    }
    let (street, known) = counted(&tx, district, period, By::Street).await?;
    let (age, _) = counted(&tx, district, period, By::Age).await?;
    let known = nearest(known);
    let content = Content { street, age, known };
    let row = published_report::ActiveModel {
        id: NotSet,
        period: Set(period.to_string()),
        district: Set(district.to_owned()),
        content: Set(serde_json::to_value(&content).map_err(anyhow::Error::from)?),
        published_at: Set(by.now),
    };
    let id = row.insert(&*tx).await?.id;
    let details = json!({ "district": district, "period": period });
    event::record(
        &tx,
        by,
        "report.published",
        Subject::new("published_report", id.0),
        details,
    )
    .await?;
    tx.commit().await?;
    Ok(content)
}

/// The numbers of a district as they are told, and the residents known to be autistic as they are.
async fn counted(tx: &Tx, district: &str, period: Period, by: By) -> Result<(Counts, i64)> {
    let request = Request {
        period,
        division: district.to_owned(),
        mode: Mode::Period,
        by,
        reference: period.last(),
    };
    let mut figures = figures::count(&**tx, &request).await?;
    let counts = figures.spans.remove(&Span::Period).unwrap_or_default();
    Ok((rounded(&counts, &figures.rows), figures.known))
}

/// Publishes the numbers of a quarter when it is over.
pub const SWEEP: Sweep = Sweep {
    name: "publish",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// The newest quarter of every district that takes part, so that it is told as it stood some days after its end and not
/// when somebody happens to ask.
async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let Some(period) = quarters(by.today(), app.config.publish_after_days).first().copied() else {
        return Ok(String::new());
    };
    let mut published = 0;
    for district in districts(&*app.db, reach(by)).await? {
        if told(&*app.db, &district, period).await?.is_none() {
            publish(app, by, &district, period).await?;
            published += 1;
        }
    }
    Ok(if published == 0 {
        String::new()
    } else {
        format!("districts={published}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::start_of;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_is_published_some_days_after_its_end() {
        let newest = |text: &str| quarters(day(text), 15)[0].to_string();
        assert_eq!(newest("2026-10-15"), "2026-Q2");
        assert_eq!(newest("2026-10-16"), "2026-Q3");
        assert_eq!(newest("2027-01-16"), "2026-Q4");
        assert_eq!(quarters(day("2026-11-02"), 15).len(), 12);
        assert_eq!(quarters(day("2026-11-02"), 15)[11].to_string(), "2023-Q4");
    }

    #[test]
    fn whatever_is_asked_for_is_a_published_quarter() {
        let by = Actor::system("test", start_of(day("2026-11-02")));
        let told = |month: &str, rows: &str, division: &str| {
            let asked = Asked {
                month: month.into(),
                by: rows.into(),
                mode: "cohort".into(),
                division: division.into(),
            };
            let request = request(&asked, &by, 15).unwrap();
            assert_eq!(request.mode, Mode::Period);
            format!("{} {}", request.period, request.by.as_str())
        };
        assert_eq!(told("", "", "330211"), "2026-Q3 street");
        assert_eq!(told("2026-10", "age", "330211"), "2026-Q3 age");
        assert_eq!(told("2026-05", "site", "330211"), "2026-Q2 street");
        assert_eq!(told("2025", "age", "330211004"), "2025-Q4 street");
        assert_eq!(told("1999-Q1", "", ""), "2026-Q3 street");
    }
}
