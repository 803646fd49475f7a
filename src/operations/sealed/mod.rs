//! Everything that lies sealed in the database: one list, for whoever looks whether the keys open it and for whoever
//! seals it anew. A test finds every sealed column of the entities here.

pub mod elsewhere;
pub mod reseal;
pub mod resealing;

use entities::Sealed;
use sea_orm::{
    ConnectionTrait, Value,
    sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SimpleExpr},
};

use crate::platform::{Keys, Result, crypto::CryptoError};

/// Bytes of rows that are read at once, about.
const AT_ONCE: u64 = 500;
/// Files are large.
const FILES_AT_ONCE: u64 = 4;

/// A column that holds sealed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What its content is sealed for.
    pub purpose: &'static str,
    key: &'static [Part],
    at_once: u64,
}

/// A column of a primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number(&'static str),
    /// A number of fewer digits, as its column has it.
    Count(&'static str),
    Text(&'static str),
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Number(name) | Self::Count(name) | Self::Text(name) => name,
        }
    }
}

const fn of(table: &'static str, column: &'static str, purpose: &'static str) -> Column {
    Column {
        table,
        column,
        purpose,
        key: &[Part::Number("id")],
        at_once: AT_ONCE,
    }
}

/// Every sealed column.
pub const COLUMNS: &[Column] = &[
    of("account", "totp_secret", "account.totp_secret"),
    of("account_proposal", "half", "account_proposal.half"),
    of("child", "identity_no", "child.identity_no"),
    of("child", "disability_card_no", "child.disability_card_no"),
    of("guardian", "phone", "guardian.phone"),
    of("guardian_access", "asked", "guardian_access.asked"),
    of("diagnosis", "conclusion", "diagnosis.conclusion"),
    Column {
        key: &[Part::Number("account_id"), Part::Text("form")],
        ..of("draft", "content", "draft")
    },
    Column {
        key: &[
            Part::Number("organisation_id"),
            Part::Text("hash"),
            Part::Count("number"),
        ],
        at_once: FILES_AT_ONCE,
        ..of("file_content", "content", "file")
    },
    of("number_claim", "fields", "number_claim"),
    of("parked_row", "fields", "parked_row"),
];

/// A sealed content and the key of its row.
#[derive(Clone, Debug)]
pub struct Found {
    /// The values of the primary key.
    pub key: Vec<Value>,
    /// What lies there.
    pub sealed: Sealed,
}

impl Found {
    /// The key as a person reads it.
    pub fn place(&self) -> String {
        let parts: Vec<String> = self
            .key
            .iter()
            .map(|part| match part {
                Value::BigInt(Some(number)) => number.to_string(),
                Value::Int(Some(number)) => number.to_string(),
                Value::String(Some(text)) => text.clone(),
                other => format!("{other:?}"),
            })
            .collect();
        parts.join(" ")
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

impl Column {
    /// The next rows in the order of the key, oldest first, after a place.
    pub async fn page(&self, db: &impl ConnectionTrait, after: Option<&Found>) -> Result<Vec<Found>> {
        self.rows(db, after, Order::Asc, self.at_once).await
    }

    /// The oldest and the newest row; one of them where there is only one.
    pub async fn ends(&self, db: &impl ConnectionTrait) -> Result<Vec<Found>> {
        let mut ends = self.rows(db, None, Order::Asc, 1).await?;
        ends.extend(self.rows(db, None, Order::Desc, 1).await?);
        ends.dedup_by(|one, other| one.key == other.key);
        Ok(ends)
    }

    /// How many rows there are.
    pub async fn count(&self, db: &impl ConnectionTrait) -> Result<u64> {
        let select = Query::select()
            .expr_as(Expr::col(Alias::new(self.column)).count(), "number")
            .from(Alias::new(self.table))
            .to_owned();
        let row = db.query_one(&select).await?;
        let number: i64 = row.map(|row| row.try_get("", "number")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(number).unwrap_or(0))
    }

    async fn rows(
        &self,
        db: &impl ConnectionTrait,
        after: Option<&Found>,
        order: Order,
        limit: u64,
    ) -> Result<Vec<Found>> {
        let mut select = Query::select();
        select
            .from(Alias::new(self.table))
            .column(Alias::new(self.column))
            .and_where(Expr::col(Alias::new(self.column)).is_not_null())
            .limit(limit);
        for part in self.key {
            select
                .column(Alias::new(part.name()))
                .order_by(Alias::new(part.name()), order.clone());
        }
        if let Some(after) = after {
            select.and_where(self.place().gt(tuple(after)));
        }
        let mut found = Vec::new();
        for row in db.query_all(&select).await? {
            let mut key = Vec::new();
            for part in self.key {
                key.push(match part {
                    Part::Number(name) => Value::from(row.try_get::<i64>("", name)?),
                    Part::Count(name) => Value::from(row.try_get::<i32>("", name)?),
                    Part::Text(name) => Value::from(row.try_get::<String>("", name)?),
                });
            }
            let sealed = Sealed(row.try_get("", self.column)?);
            found.push(Found { key, sealed });
        }
        Ok(found)
    }

    fn place(&self) -> SimpleExpr {
        Expr::tuple(self.key.iter().map(|part| Expr::col(Alias::new(part.name()))))
    }

    /// Put another content in the place of what was found there; false when somebody else changed it meanwhile.
    async fn replace(&self, db: &impl ConnectionTrait, found: &Found, sealed: &Sealed) -> Result<bool> {
        let update = Query::update()
            .table(Alias::new(self.table))
            .value(Alias::new(self.column), sealed.0.clone())
            .and_where(self.place().eq(tuple(found)))
            .and_where(Expr::col(Alias::new(self.column)).eq(found.sealed.0.clone()))
            .to_owned();
        Ok(db.execute(&update).await?.rows_affected() == 1)
    }
}

fn tuple(found: &Found) -> SimpleExpr {
    Expr::tuple(found.key.iter().map(|part| Expr::val(part.clone())))
}

/// Something that the keys do not open.
#[derive(Debug)]
pub struct Closed {
    /// Where it lies.
    pub column: Column,
    /// The key of its row.
    pub place: String,
    /// Why it does not open.
    pub error: CryptoError,
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { column, place, error } = self;
        write!(f, "{column} of row {place}: {error}")
    }
}

fn open(keys: &Keys, column: Column, found: &Found) -> Option<Closed> {
    let closed = |error| Closed {
        column,
        place: found.place(),
        error,
    };
    keys.open_bytes(column.purpose, &found.sealed).err().map(closed)
}

/// Look whether the oldest and the newest row of every column open. Quick: for every start.
pub async fn sample(db: &impl ConnectionTrait, keys: &Keys) -> Result<Vec<Closed>> {
    let mut closed = Vec::new();
    for column in COLUMNS {
        let ends = column.ends(db).await?;
        closed.extend(ends.iter().filter_map(|found| open(keys, *column, found)));
    }
    Ok(closed)
}

/// Something lies sealed in the database.
pub async fn is_anything(db: &impl ConnectionTrait) -> Result<bool> {
    for column in COLUMNS {
        if !column.rows(db, None, Order::Asc, 1).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What came of opening everything.
#[derive(Debug, Default)]
pub struct Opened {
    /// Rows that were looked at.
    pub rows: u64,
    /// Rows that do not open.
    pub failed: u64,
    /// The first of them.
    pub closed: Vec<Closed>,
    /// All were looked at.
    pub whole: bool,
}

/// Failures that are told one by one.
const TOLD: usize = 5;

/// Open every sealed row. `goes_on` hears of the column, of the rows done and of all rows, and says whether to go on.
pub async fn open_all(
    db: &impl ConnectionTrait,
    keys: &Keys,
    mut goes_on: impl FnMut(&Column, u64, u64) -> bool,
) -> Result<Opened> {
    let mut all = 0;
    for column in COLUMNS {
        all += column.count(db).await?;
    }
    let mut opened = Opened::default();
    for column in COLUMNS {
        let mut last: Option<Found> = None;
        loop {
            let page = column.page(db, last.as_ref()).await?;
            for found in &page {
                opened.rows += 1;
                if let Some(closed) = open(keys, *column, found) {
                    opened.failed += 1;
                    if opened.closed.len() < TOLD {
                        opened.closed.push(closed);
                    }
                }
            }
            let Some(end) = page.into_iter().next_back() else { break };
            last = Some(end);
            if !goes_on(column, opened.rows, all) {
                return Ok(opened);
            }
        }
    }
    opened.whole = true;
    Ok(opened)
}
