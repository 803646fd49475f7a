//! Which pairs somebody sees, and in which order they wait.

use entities::{
    DuplicateId,
    child::{child, duplicate},
    words::{DuplicateState, OrganisationKind},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Select,
    sea_query::{CaseStatement, Expr, ExprTrait, Query},
};

use crate::{
    access::scope,
    platform::{Actor, Error, Result, Tx, Version},
};

/// Pairs whose both files the actor may see. A pair of two files of the same organisation is its own to decide; a pair
/// over two organisations is the district federation's.
pub fn visible(by: &Actor) -> Select<duplicate::Entity> {
    duplicate::Entity::find()
        .filter(side(by, duplicate::Column::FirstId, false))
        .filter(side(by, duplicate::Column::SecondId, false))
}

/// Those that wait for a decision now: open, or put off until a day that has come.
pub fn waiting(by: &Actor) -> Select<duplicate::Entity> {
    let column = duplicate::COLUMN;
    duplicate::Entity::find()
        .filter(
            Condition::any().add(column.state.eq(DuplicateState::Open)).add(
                Condition::all()
                    .add(column.state.eq(DuplicateState::Later))
                    .add(column.until_on.lte(by.today())),
            ),
        )
        .filter(side(by, duplicate::Column::FirstId, true))
        .filter(side(by, duplicate::Column::SecondId, true))
}

/// How many wait.
pub async fn count_waiting(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    Ok(waiting(by).count(db).await?)
}

/// The condition on one side of a pair. It begins at the pair and looks the child up, since pairs are few.
fn side(by: &Actor, column: duplicate::Column, unmerged: bool) -> Expr {
    let mut child = Query::select()
        .expr(Expr::cust("1"))
        .from(child::Entity)
        .and_where(Expr::col((child::Entity, child::Column::Id)).equals((duplicate::Entity, column)))
        .cond_where(scope::visible_one(by))
        .to_owned();
    if unmerged {
        child.and_where(child::COLUMN.merged_into.is_null());
    }
    if let Some(place) = by.workplace.as_ref().filter(|p| p.kind != OrganisationKind::Federation) {
        child.and_where(child::COLUMN.created_by.eq(place.id));
    }
    Expr::exists(child)
}

/// For an order in which two files with one document number stand in front: one of the two is wrong.
pub fn same_number_first() -> Expr {
    let reasons = Expr::col((duplicate::Entity, duplicate::Column::Reasons)).cast_as("text");
    CaseStatement::new()
        .case(reasons.like("%\"identity\"%"), 0)
        .finally(1)
        .into()
}

/// A pair for a decision: visible, waiting or put off, and as the person saw it.
///
/// # Errors
/// [`Error::Stale`] when somebody decided meanwhile.
pub async fn open_pair_in(tx: &Tx, by: &Actor, id: DuplicateId, version: Version) -> Result<duplicate::Model> {
    let pair = visible(by)
        .filter(duplicate::COLUMN.id.eq(id))
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !pair.state.waits() || !version.is(pair.version) {
        return Err(Error::stale_as("merge.stale"));
    }
    Ok(pair)
}
