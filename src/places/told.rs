//! How pages of places tell of a child and of days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{ChildId, child::child};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    children::age_in_words,
    platform::{Error, Result},
    web::Ctx,
};

/// A child of a row that the reader sees.
pub(super) async fn child(db: &impl ConnectionTrait, id: ChildId) -> Result<child::Model> {
    child::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)
}

/// Children of rows that the reader sees.
pub(super) async fn children(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChildId>,
) -> Result<BTreeMap<ChildId, child::Model>> {
    let rows = child::Entity::find()
        .filter(child::COLUMN.id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What stands under the name of a child: number, sex, age.
pub(super) fn lead(child: &child::Model, ctx: &Ctx) -> String {
    let age = age_in_words(ctx.language, child.birth_on, ctx.actor.today());
    format!("{} · {} · {age}", child.file_no, ctx.say(child.sex.word()))
}

/// Days as a table shows them.
pub(super) fn days(from: NaiveDate, to: Option<NaiveDate>) -> String {
    to.map_or_else(|| format!("{from} – —"), |to| format!("{from} – {to}"))
}
