//! Deciding about a pair of files: one child, two children, or later.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    ChildId, DuplicateId, MergeId,
    child::{child, duplicate, merge},
    words::DuplicateState,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    prelude::Expr,
};
use serde_json::json;

use super::fields::{self, Field};
use crate::{
    access::scope,
    children::{
        corrections,
        duplicates::{self, Named},
        queries as files,
    },
    platform::{
        Actor, App, Error, Result, Tx, Version,
        compartment::Handover,
        event::{self, Subject},
    },
};

/// One of the two files, as the comparison names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one with the smaller id.
    First,
    /// The other.
    Second,
}

/// How two files become one.
#[derive(Clone, Debug)]
pub struct Union {
    /// Version of the pair that the person saw.
    pub version: Version,
    /// Versions of the two files that the person saw.
    pub files: (Version, Version),
    /// The file that stays.
    pub survivor: Side,
    /// Fields whose value comes from the second file; the others come from the first.
    pub from_second: BTreeSet<Field>,
}

/// A pair's two files, locked for writing; in the order of the pair.
async fn both_in(tx: &Tx, by: &Actor, pair: &duplicate::Model) -> Result<(child::Model, child::Model)> {
    let first = scope::child(&**tx, by, pair.first_id).await?;
    let second = scope::child(&**tx, by, pair.second_id).await?;
    if first.merged_into.is_some() || second.merged_into.is_some() {
        return Err(Error::stale_as("merge.stale"));
    }
    Ok((first, second))
}

/// The write transaction of both files' districts.
async fn write(app: &App, by: &Actor, first: ChildId, second: ChildId) -> Result<Tx> {
    let (first, second) = (
        scope::child(&*app.db, by, first).await?,
        scope::child(&*app.db, by, second).await?,
    );
    app.db.write_all(by, &[&first.district, &second.district]).await
}

async fn write_pair(app: &App, by: &Actor, id: DuplicateId) -> Result<Tx> {
    let pair = super::queries::pair(&*app.db, by, id).await?;
    write(app, by, pair.first_id, pair.second_id).await
}

/// Two files of one child become one, in one transaction.
///
/// # Errors
/// [`Error::Stale`] when somebody decided or corrected a file meanwhile; refused when one file says that the child has
/// left and the other does not; chosen values that contradict each other.
pub async fn merge(app: &App, by: &Actor, id: DuplicateId, how: &Union) -> Result<MergeId> {
    let tx = write_pair(app, by, id).await?;
    let pair = duplicates::open_pair_in(&tx, by, id, how.version).await?;
    let (first, second) = both_in(&tx, by, &pair).await?;
    if !how.files.0.is(first.version) || !how.files.1.is(second.version) {
        return Err(Error::stale_as("merge.stale"));
    }
    // A departure cancels what is to come; which of the two is right nobody can say here.
    if first.departure_id.is_some() != second.departure_id.is_some() {
        return Err(Error::refused("merge.departure_differs"));
    }
    let (survivor, absorbed) = match how.survivor {
        Side::First => (first, second),
        Side::Second => (second, first),
    };
    let taken = |field: Field| how.from_second.contains(&field) == (how.survivor == Side::First);
    let hands = Handover {
        from: absorbed.id,
        to: survivor.id,
        takes_home: taken(Field::Home),
    };
    let children = [survivor.id, absorbed.id];
    let before = app.compartment.picture(&tx, &children).await?;
    app.compartment.hand_over_in(&tx, by, hands).await?;
    let merged = close_in(&tx, app, &survivor, &absorbed, taken).await?;
    if survivor.birth_on != merged.birth_on || survivor.gestational_weeks != merged.gestational_weeks {
        corrections::judge_again_in(&tx, app, by, &survivor, &merged).await?;
    }
    app.compartment.follow_in(&tx, &[merged.id], &merged.division).await?;
    // A task that begins may renew a working tie: that is an effect of the merge as well.
    tx.touch_all(children);
    tx.derive().await?;
    let after = app.compartment.picture(&tx, &children).await?;
    let effects = app.compartment.merged(&before, &after);
    let row = merge::ActiveModel {
        id: NotSet,
        survivor_id: Set(survivor.id),
        absorbed_id: Set(absorbed.id),
        duplicate_id: Set(Some(pair.id)),
        effects: Set(serde_json::to_value(&effects).map_err(anyhow::Error::from)?),
        merged_by: Set(by.person()?),
        merged_at: Set(by.now),
        undone_at: Set(None),
        undone_by: Set(None),
    };
    let id = row.insert(&*tx).await?.id;
    decide_in(&tx, by, &pair, DuplicateState::Merged, None, None).await?;
    for child in children {
        let details = json!({
            "survivor": survivor.id,
            "absorbed": absorbed.id,
            "taken": Field::ALL.iter().filter(|f| taken(**f)).map(|f| f.name()).collect::<Vec<_>>(),
            "rows": effects.len(),
        });
        let subject = Subject::of_child("merge", id.0, child);
        event::record(&tx, by, "merge.done", subject, details).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// The survivor takes over what was chosen, and the other file points to it. Files that were merged into the other
/// before point to it, too, so that one step leads from any number to the file that is kept.
async fn close_in(
    tx: &Tx,
    app: &App,
    survivor: &child::Model,
    absorbed: &child::Model,
    taken: impl Fn(Field) -> bool,
) -> Result<child::Model> {
    let mut row = survivor.clone().into_active_model();
    for field in Field::ALL.iter().filter(|field| taken(**field)) {
        if !field.equal(app, survivor, absorbed)? {
            field.take(&mut row, absorbed);
        }
    }
    row.version = Set(survivor.version + 1);
    let merged = row.update(&**tx).await?;
    fields::agree(app, &merged)?;
    child::Entity::update_many()
        .col_expr(child::Column::MergedInto, Expr::value(survivor.id))
        .filter(child::COLUMN.merged_into.eq(absorbed.id))
        .exec(&**tx)
        .await?;
    let mut row = absorbed.clone().into_active_model();
    row.merged_into = Set(Some(survivor.id));
    row.version = Set(absorbed.version + 1);
    row.update(&**tx).await?;
    Ok(merged)
}

async fn decide_in(
    tx: &Tx,
    by: &Actor,
    pair: &duplicate::Model,
    state: DuplicateState,
    note: Option<String>,
    until_on: Option<NaiveDate>,
) -> Result<()> {
    let basis = match state {
        DuplicateState::KeptBoth | DuplicateState::Later => duplicates::basis_of(&**tx, pair).await?,
        DuplicateState::Open | DuplicateState::Merged => pair.basis.clone(),
    };
    let mut row = pair.clone().into_active_model();
    row.state = Set(state);
    row.decided_by = Set(by.account);
    row.decided_at = Set(Some(by.now));
    row.note = Set(note);
    row.until_on = Set(until_on);
    row.basis = Set(basis);
    row.version = Set(pair.version + 1);
    row.update(&**tx).await?;
    Ok(())
}

/// They are two children. Nobody is asked again unless what is compared changes.
pub async fn keep_both(app: &App, by: &Actor, id: DuplicateId, version: Version, reason: String) -> Result<()> {
    let tx = write_pair(app, by, id).await?;
    let pair = duplicates::open_pair_in(&tx, by, id, version).await?;
    both_in(&tx, by, &pair).await?;
    decide_in(&tx, by, &pair, DuplicateState::KeptBoth, Some(reason), None).await?;
    tell_in(&tx, by, &pair, "duplicate.kept_both", json!({})).await?;
    tx.commit().await
}

/// What was answered is asked again, with a reason; the answer stays on record.
///
/// # Errors
/// [`Error::Stale`] when the pair waits already or was merged, or somebody decided meanwhile.
pub async fn reopen(app: &App, by: &Actor, id: DuplicateId, version: Version, reason: &str) -> Result<()> {
    let tx = write_pair(app, by, id).await?;
    let pair = super::queries::pair(&*tx, by, id).await?;
    if pair.state != DuplicateState::KeptBoth || !version.is(pair.version) {
        return Err(Error::stale_as("merge.stale"));
    }
    both_in(&tx, by, &pair).await?;
    duplicates::name_in(&tx, by, pair.first_id, pair.second_id, reason).await?;
    tx.commit().await
}

/// Somebody names two files that may be one child, though no rule found them. Both are theirs to see. Gives the pair, or
/// nothing when it is the federation's to decide.
pub async fn name(app: &App, by: &Actor, numbers: (&str, &str), reason: &str) -> Result<Option<DuplicateId>> {
    let first = named(app, by, "first", numbers.0).await?;
    let second = named(app, by, "second", numbers.1).await?;
    if first.id == second.id {
        return Err(Error::field("second", "merge.name.same"));
    }
    let tx = app.db.write_all(by, &[&first.district, &second.district]).await?;
    let id = match duplicates::name_in(&tx, by, first.id, second.id, reason).await? {
        Named::Merged => return Err(Error::stale_as("merge.stale")),
        // Nothing was written, and whoever named them is led to the pair.
        Named::Waits(id) => id,
        Named::Opened(id) => {
            tx.commit().await?;
            id
        }
    };
    match super::queries::pair(&*app.db, by, id).await {
        Ok(pair) => Ok(Some(pair.id)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn named(app: &App, by: &Actor, field: &'static str, number: &str) -> Result<child::Model> {
    let file = files::by_file_no(app, by, number).await?;
    let file = file.ok_or_else(|| Error::field(field, "merge.name.unknown"))?;
    if file.merged_into.is_some() {
        return Err(Error::field(field, "child.merged"));
    }
    Ok(file)
}

/// The day on which putting a decision off is over must be to come, and within a year.
fn may_wait_until(day: NaiveDate, today: NaiveDate) -> bool {
    day > today && day <= today + chrono::Days::new(366)
}

/// Not now: it comes back on a day.
pub async fn postpone(app: &App, by: &Actor, id: DuplicateId, version: Version, until: NaiveDate) -> Result<()> {
    if !may_wait_until(until, by.today()) {
        return Err(Error::field("until_on", "merge.until_wrong"));
    }
    let tx = write_pair(app, by, id).await?;
    let pair = duplicates::open_pair_in(&tx, by, id, version).await?;
    both_in(&tx, by, &pair).await?;
    decide_in(&tx, by, &pair, DuplicateState::Later, pair.note.clone(), Some(until)).await?;
    tell_in(&tx, by, &pair, "duplicate.postponed", json!({ "until": until })).await?;
    tx.commit().await
}

async fn tell_in(tx: &Tx, by: &Actor, pair: &duplicate::Model, action: &str, details: serde_json::Value) -> Result<()> {
    for child in [pair.first_id, pair.second_id] {
        let subject = Subject::of_child("duplicate", pair.id.0, child);
        event::record(tx, by, action, subject, details.clone()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_ends() {
        let today: NaiveDate = "2026-11-02".parse().unwrap();
        assert!(!may_wait_until(today, today));
        assert!(may_wait_until(today + chrono::Days::new(1), today));
        assert!(may_wait_until(today + chrono::Days::new(366), today));
        assert!(!may_wait_until(today + chrono::Days::new(367), today));
    }
}
