//! The children behind a number: the same query that counted them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{ChildId, child::child, words::Sex};
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, Order,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};

use super::{
    ages::Ages,
    figures::all,
    indicators::Indicator,
    milestones::{ROWS, passes},
    request::{Request, Span},
    rows::rows,
    sql::{flag, on},
};
use crate::{
    access::scope,
    platform::{Actor, Error, List, Page, Result, list::PAGE},
};

/// One number of a report.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The report.
    pub request: &'a Request,
    /// Which of its tables.
    pub span: Span,
    /// What is counted.
    pub indicator: &'a Indicator,
    /// Which row; none for the total.
    pub row: Option<&'a str>,
}

/// A child behind a number.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Behind {
    /// The file.
    pub child_id: ChildId,
    /// Its number.
    pub file_no: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Where the child lives now.
    pub street: String,
    /// The row of the report it was counted in.
    pub k: String,
    /// The reader may open the file.
    pub mine: i64,
}

impl Behind {
    /// The reader may open the file: otherwise the list shows that there is a child, and nothing of it.
    pub fn may_be_opened(&self) -> bool {
        self.mine == 1
    }
}

/// Which rows are behind a number, before anything is selected from them.
fn behind(cell: Cell<'_>, ages: &Ages) -> SelectStatement {
    let (milestone, test) = cell.indicator.source(cell.request.mode);
    let flags: Vec<_> = test.flag().into_iter().collect();
    let mut select = Query::select();
    select
        .from_subquery(rows(milestone, cell.request, ages, cell.span, &flags), ROWS)
        .cond_where(passes(test));
    if let Some(row) = cell.row {
        select.and_where(Expr::col((ROWS, "k")).eq(row));
    }
    select
}

/// How many there are.
pub async fn total(db: &impl ConnectionTrait, cell: Cell<'_>) -> Result<u64> {
    let ages = Ages::of(db, cell.request).await?;
    let mut select = behind(cell, &ages);
    select.expr_as(
        Expr::from(Func::count(Expr::col((ROWS, "child_id")))).cast_as("bigint"),
        "number",
    );
    let found = all(db, &select).await?;
    let number: i64 = found.first().map_or(Ok(0), |row| row.try_get("", "number"))?;
    u64::try_from(number).map_err(|e| Error::Internal(e.into()))
}

/// A page of them, by file number.
pub async fn page(db: &impl ConnectionTrait, by: &Actor, cell: Cell<'_>, list: &List) -> Result<Page<Behind>> {
    let ages = Ages::of(db, cell.request).await?;
    let rows = async |offset: u64| {
        let mut select = behind(cell, &ages);
        let theirs = Expr::col((child::Entity, child::Column::Id)).equals((ROWS, "child_id"));
        on(&mut select, child::Entity, theirs);
        described(&mut select, by)
            .expr_as(Expr::col((ROWS, "k")), "k")
            .order_by((child::Entity, child::Column::FileNo), Order::Asc)
            .order_by((ROWS, "child_id"), Order::Asc)
            .limit(PAGE)
            .offset(offset);
        read(db, &select).await
    };
    let asked = Page::<Behind>::place(list.number(), u64::MAX).offset();
    // Both at a time: either walks through all of the children.
    let (total, found) = tokio::try_join!(total(db, cell), rows(asked))?;
    let place = Page::<Behind>::place(list.number(), total);
    let found = if place.offset() == asked {
        found
    } else {
        rows(place.offset()).await?
    };
    Ok(place.with(found))
}

/// A page of children who were counted when a report was frozen, each in a row of it.
pub async fn frozen(
    db: &impl ConnectionTrait,
    by: &Actor,
    counted: &[(String, ChildId)],
    list: &List,
) -> Result<Page<Behind>> {
    let total = u64::try_from(counted.len()).unwrap_or(u64::MAX);
    let place = Page::<Behind>::place(list.number(), total);
    let skipped = usize::try_from(place.offset()).unwrap_or(usize::MAX);
    let shown = counted.iter().skip(skipped).take(usize::try_from(PAGE).unwrap_or(0));
    let mut select = Query::select();
    described(&mut select, by)
        .expr_as(Expr::val(""), "k")
        .from(child::Entity)
        .and_where(child::Column::Id.is_in(shown.clone().map(|(_, id)| *id)));
    let known: BTreeMap<ChildId, Behind> = read(db, &select).await?.into_iter().map(|c| (c.child_id, c)).collect();
    let rows = shown.filter_map(|(row, id)| {
        let child = known.get(id)?.clone();
        Some(Behind {
            k: row.clone(),
            ..child
        })
    });
    Ok(place.with(rows.collect()))
}

/// What is shown of a child.
fn described<'a>(select: &'a mut SelectStatement, by: &Actor) -> &'a mut SelectStatement {
    for (column, name) in [
        (child::Column::Id, "child_id"),
        (child::Column::FileNo, "file_no"),
        (child::Column::Name, "name"),
        (child::Column::Sex, "sex"),
        (child::Column::BirthOn, "birth_on"),
        (child::Column::Street, "street"),
    ] {
        select.expr_as(column.into_expr(), name);
    }
    select.expr_as(flag(scope::visible(by)).cast_as("bigint"), "mine")
}

async fn read(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<Behind>> {
    let rows = all(db, select).await?;
    Ok(rows
        .iter()
        .map(|row| Behind::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}
