//! The figures of a year for the audit of minors' personal information (未成年人网络保护条例, art. 37: once a year, reported
//! by the end of January of the next).

use chrono::{DateTime, Months, NaiveDate, Utc};
use entities::{
    child::{child, consent, departure, merge},
    event::event,
    words::{ConsentPurpose, Language},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};

use serde_json::Value;

use super::queries::in_words;
use crate::platform::{Result, clock};

/// Age at which one is no minor any more (民法典 art. 17).
const MAJORITY: u32 = 18;
/// Age below which all personal information is sensitive (个人信息保护法 art. 28).
const SENSITIVE: u32 = 14;

/// What happened in a year, as numbers.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The year.
    pub year: i32,
    /// Files of minors at its end.
    pub minors: u64,
    /// Of these under fourteen.
    pub under_fourteen: u64,
    /// Files opened in it.
    pub new_files: u64,
    /// Files closed by a departure in it.
    pub departures: u64,
    /// Files merged in it.
    pub merges: u64,
    /// Times that a child's file was opened.
    pub views: i64,
    /// Children whose file was opened.
    pub children_viewed: i64,
    /// People who opened a child's file.
    pub viewers: i64,
    /// Numbers shown in full.
    pub unmaskings: i64,
    /// Lists and reports taken out.
    pub exports: i64,
    /// Requests that were refused.
    pub refusals: i64,
    /// Sign-ins that failed.
    pub failed_sign_ins: i64,
    /// Consents by purpose.
    pub consents: Vec<ConsentCount>,
    /// All actions.
    pub actions: Vec<ActionCount>,
}

/// Consents for one purpose.
#[derive(Clone, Debug)]
pub struct ConsentCount {
    /// What for.
    pub purpose: ConsentPurpose,
    /// Signed in the year.
    pub signed: u64,
    /// Withdrawn in the year.
    pub withdrawn: u64,
}

/// How often something was done.
#[derive(Clone, Debug)]
pub struct ActionCount {
    /// As stored.
    pub action: String,
    /// In words.
    pub words: String,
    /// How often it was done.
    pub done: i64,
    /// How often it was refused.
    pub refused: i64,
}

#[derive(FromQueryResult)]
struct Counted {
    action: String,
    refused: bool,
    times: i64,
}

struct Year {
    first: NaiveDate,
    next: NaiveDate,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Year {
    fn new(year: i32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let next = NaiveDate::from_ymd_opt(year + 1, 1, 1)?;
        Some(Self {
            first,
            next,
            from: clock::start_of(first),
            until: clock::start_of(next),
        })
    }

    /// Born after this day one is younger than `years` when the year ends.
    fn born_after(&self, years: u32) -> NaiveDate {
        self.next
            .checked_sub_months(Months::new(years * 12))
            .unwrap_or(self.next)
    }
}

/// Count a year.
pub async fn of_year(db: &impl ConnectionTrait, year: i32, language: Language) -> Result<Summary> {
    let span = Year::new(year).ok_or(crate::platform::Error::NotFound)?;
    let mut counted: Vec<Counted> = event::Entity::find()
        .select_only()
        .column(event::Column::Action)
        .column(event::Column::Refused)
        .column_as(Expr::col(event::Column::Id).count(), "times")
        .filter(event::COLUMN.at.gte(span.from))
        .filter(event::COLUMN.at.lt(span.until))
        .group_by(event::Column::Action)
        .group_by(event::Column::Refused)
        .order_by_asc(event::COLUMN.action)
        .into_model()
        .all(db)
        .await?;
    for (action, more) in counted_together(db, &span).await? {
        if let Some(row) = counted.iter_mut().find(|c| c.refused && c.action == action) {
            row.times += more;
        }
    }
    let times = |matches: &dyn Fn(&Counted) -> bool| counted.iter().filter(|c| matches(c)).map(|c| c.times).sum();
    let done = |ending: &str| times(&|c| !c.refused && c.action.ends_with(ending));
    let (children_viewed, viewers) = viewed(db, &span).await?;
    Ok(Summary {
        year,
        minors: files(db, &span, MAJORITY).await?,
        under_fourteen: files(db, &span, SENSITIVE).await?,
        new_files: child::Entity::find()
            .filter(child::COLUMN.created_at.gte(span.from))
            .filter(child::COLUMN.created_at.lt(span.until))
            .count(db)
            .await?,
        departures: departure::Entity::find()
            .filter(departure::COLUMN.recorded_at.gte(span.from))
            .filter(departure::COLUMN.recorded_at.lt(span.until))
            .filter(departure::COLUMN.undone_at.is_null())
            .count(db)
            .await?,
        merges: merge::Entity::find()
            .filter(merge::COLUMN.merged_at.gte(span.from))
            .filter(merge::COLUMN.merged_at.lt(span.until))
            .filter(merge::COLUMN.undone_at.is_null())
            .count(db)
            .await?,
        views: done(".viewed"),
        children_viewed,
        viewers,
        unmaskings: done(".unmasked"),
        exports: done(".exported"),
        refusals: times(&|c| c.refused && !c.action.starts_with("account.sign_in")),
        failed_sign_ins: times(&|c| c.action == "account.sign_in_failed" || c.action == "account.locked"),
        consents: consents(db, &span).await?,
        actions: actions(&counted, language),
    })
}

/// Refusals that were counted by the minute: how many there are beyond the rows that say so.
async fn counted_together(db: &impl ConnectionTrait, span: &Year) -> Result<Vec<(String, i64)>> {
    let rows: Vec<(String, Value)> = event::Entity::find()
        .select_only()
        .column(event::Column::Action)
        .column(event::Column::Details)
        .filter(event::COLUMN.at.gte(span.from))
        .filter(event::COLUMN.at.lt(span.until))
        .filter(event::COLUMN.refused.eq(true))
        .filter(Expr::col(event::Column::Details).cast_as("text").like("%\"count\"%"))
        .into_tuple()
        .all(db)
        .await?;
    let more = |details: &Value| details.get("count").and_then(Value::as_i64).unwrap_or(1) - 1;
    Ok(rows
        .into_iter()
        .map(|(action, details)| (action, more(&details)))
        .collect())
}

fn actions(counted: &[Counted], language: Language) -> Vec<ActionCount> {
    let mut actions: Vec<ActionCount> = Vec::new();
    for one in counted {
        if actions.last().is_none_or(|last| last.action != one.action) {
            actions.push(ActionCount {
                action: one.action.clone(),
                words: in_words(language, &one.action),
                done: 0,
                refused: 0,
            });
        }
        if let Some(last) = actions.last_mut() {
            let kind = if one.refused { &mut last.refused } else { &mut last.done };
            *kind += one.times;
        }
    }
    actions
}

/// Files at the end of a year of children younger than `years`.
async fn files(db: &impl ConnectionTrait, span: &Year, years: u32) -> Result<u64> {
    Ok(child::Entity::find()
        .filter(child::COLUMN.created_at.lt(span.until))
        .filter(child::COLUMN.merged_into.is_null())
        .filter(child::COLUMN.birth_on.gte(span.born_after(years)))
        .count(db)
        .await?)
}

async fn viewed(db: &impl ConnectionTrait, span: &Year) -> Result<(i64, i64)> {
    let counts: Option<(i64, i64)> = event::Entity::find()
        .select_only()
        .column_as(Expr::col(event::Column::ChildId).count_distinct(), "children")
        .column_as(Expr::col(event::Column::AccountId).count_distinct(), "people")
        .filter(event::COLUMN.at.gte(span.from))
        .filter(event::COLUMN.at.lt(span.until))
        .filter(event::Column::Action.like("%.viewed"))
        .into_tuple()
        .one(db)
        .await?;
    Ok(counts.unwrap_or_default())
}

async fn consents(db: &impl ConnectionTrait, span: &Year) -> Result<Vec<ConsentCount>> {
    let mut found = Vec::new();
    for purpose in ConsentPurpose::ALL {
        let of_purpose = consent::Entity::find().filter(consent::COLUMN.purpose.eq(*purpose));
        found.push(ConsentCount {
            purpose: *purpose,
            signed: of_purpose
                .clone()
                .filter(consent::COLUMN.signed_on.gte(span.first))
                .filter(consent::COLUMN.signed_on.lt(span.next))
                .count(db)
                .await?,
            withdrawn: of_purpose
                .filter(consent::COLUMN.withdrawn_on.gte(span.first))
                .filter(consent::COLUMN.withdrawn_on.lt(span.next))
                .count(db)
                .await?,
        });
    }
    Ok(found)
}
