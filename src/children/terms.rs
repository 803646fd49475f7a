//! What files are found by, written anew: one that got another name, and all of them where a version of the program finds by
//! more than the one before did.

use std::{collections::BTreeSet, time::Duration};

use entities::{
    ChildId,
    child::{child, child_term},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rows;
use crate::platform::{
    Actor, App, Result, Tx, counter,
    demo::{Demo, Extent},
    sweep::Sweep,
};

/// How far the terms of this version are written: the last child, or [`DONE`]. Terms of another kind need another name.
const MARK: &str = "children.terms.2";
const DONE: i64 = i64::MAX;
/// Children in one transaction: others of their districts wait so long.
const AT_ONCE: u64 = 500;
/// Rows of one statement: each takes three variables, and SQLite allows 32,766.
const ROWS: usize = 10_000;

/// Goes once through all files of a database that was made by a version before, and then looks at its mark alone.
pub const SWEEP: Sweep = Sweep {
    name: "terms",
    every: Duration::from_secs(5 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// The demonstration is written by this version.
pub(super) const WRITTEN: Demo = Demo {
    extent: Extent::City,
    fill: |tx, _, _| Box::pin(counter::keep_in(tx, MARK, DONE)),
};

async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let mut last = counter::read(&*app.db, MARK).await?.unwrap_or(0);
    let mut files = 0;
    while last != DONE {
        let some: Vec<(ChildId, String)> = child::Entity::find()
            .filter(child::COLUMN.id.gt(ChildId(last)))
            .filter(child::COLUMN.merged_into.is_null())
            .order_by_asc(child::COLUMN.id)
            .limit(AT_ONCE)
            .select_only()
            .columns([child::Column::Id, child::Column::District])
            .into_tuple()
            .all(&*app.db)
            .await?;
        let lanes: BTreeSet<&str> = some.iter().map(|(_, district)| district.as_str()).collect();
        let lanes: Vec<&str> = lanes.into_iter().collect();
        let tx = if lanes.is_empty() {
            app.db.write(by, "").await?
        } else {
            app.db.write_all(by, &lanes).await?
        };
        // As they are now that nobody writes there.
        let ids = some.iter().map(|(id, _)| *id);
        let children = child::Entity::find()
            .filter(child::COLUMN.id.is_in(ids))
            .filter(child::COLUMN.merged_into.is_null())
            .all(&*tx)
            .await?;
        write_in(&tx, &children).await?;
        files += children.len();
        last = some.last().map_or(DONE, |(id, _)| id.0);
        counter::keep_in(&tx, MARK, last).await?;
        tx.commit_quietly().await?;
    }
    Ok(if files == 0 {
        String::new()
    } else {
        format!("files={files}")
    })
}

/// The search terms of files, with those of the files that were merged into them.
pub(super) async fn write_in(tx: &Tx, children: &[child::Model]) -> Result<()> {
    let ids: Vec<ChildId> = children.iter().map(|child| child.id).collect();
    child_term::Entity::delete_many()
        .filter(child_term::COLUMN.child_id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    let merged = child::Entity::find()
        .filter(child::COLUMN.merged_into.is_in(ids))
        .order_by_asc(child::COLUMN.id)
        .all(&**tx)
        .await?;
    let mut terms = Vec::new();
    for child in children {
        let mut known = BTreeSet::new();
        let theirs = merged.iter().filter(|file| file.merged_into == Some(child.id));
        for file in std::iter::once(child).chain(theirs) {
            for term in rows::terms(&child.district, &file.name, &file.file_no, child.id) {
                if known.insert(term.term.as_ref().clone()) {
                    terms.push(term);
                }
            }
        }
    }
    let mut terms = terms.into_iter().peekable();
    while terms.peek().is_some() {
        let some: Vec<_> = terms.by_ref().take(ROWS).collect();
        child_term::Entity::insert_many(some)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}
