//! Undoing a merge: every row becomes what it was, unless something that was written later rests on it.

use std::collections::BTreeSet;

use entities::{
    MergeId,
    child::{duplicate, merge},
    words::DuplicateState,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    effects::{Effect, Kind},
    queries,
    rows::{self, Picture, TABLES},
};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
    },
};

/// Columns by which one row refers to another, and the table they point into.
const REFERENCES: &[(&str, &str)] = &[
    ("screen_id", "screen"),
    ("planned_check_id", "planned_check"),
    ("rescreen_id", "rescreen"),
    ("diagnosis_id", "diagnosis"),
    ("referral_id", "referral"),
    ("continues_id", "referral"),
    ("follow_up_id", "follow_up"),
    ("round", "assessment"),
];

/// Something that was written after the merge and rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// Its table.
    pub table: String,
    /// Its number, where rows are numbered.
    pub id: Option<i64>,
    /// What is in the way.
    pub why: Why,
}

/// Why a later write is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The row that the merge changed was changed again.
    Changed,
    /// It was recorded on a row that would go back.
    RestsOn,
    /// The child left since, and that cancelled what would go back.
    Left,
}

/// What came of undoing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// Two files again.
    Done,
    /// Nothing was written.
    Depends(Vec<Later>),
}

/// Two files again.
///
/// # Errors
/// Refused when it was undone already.
pub async fn undo(app: &App, by: &Actor, id: MergeId) -> Result<Undone> {
    let row = queries::merge(&*app.db, by, id).await?;
    let survivor = scope::child(&*app.db, by, row.survivor_id).await?;
    let absorbed = scope::child(&*app.db, by, row.absorbed_id).await?;
    let tx = app.db.write_all(by, &[&survivor.district, &absorbed.district]).await?;
    let row = queries::merge(&*tx, by, id).await?;
    if row.undone_at.is_some() {
        return Err(Error::refused("merge.already_undone"));
    }
    let effects = queries::effects(&row)?;
    let children = [row.survivor_id, row.absorbed_id];
    let present = rows::picture(&*tx, &children).await?;
    let later = later(&row, &effects, &present);
    if !later.is_empty() {
        return Ok(Undone::Depends(later));
    }
    put_back_in(&tx, &effects).await?;
    for child in children {
        let subject = Subject::of_child("merge", id.0, child);
        let details = json!({ "survivor": row.survivor_id, "absorbed": row.absorbed_id, "rows": effects.len() });
        event::record(&tx, by, "merge.undone", subject, details).await?;
    }
    reopen_in(&tx, &row).await?;
    let mut undone = row.into_active_model();
    undone.undone_at = Set(Some(by.now));
    undone.undone_by = Set(by.account);
    undone.update(&*tx).await?;
    tx.commit().await?;
    Ok(Undone::Done)
}

/// What came goes first, what refers before what it refers to; then what changed; then what went comes back.
async fn put_back_in(tx: &Tx, effects: &[Effect]) -> Result<()> {
    let of = |table: &'static str| effects.iter().filter(move |effect| effect.table == table);
    for table in TABLES.iter().rev() {
        for effect in of(table).filter(|effect| effect.kind() == Kind::Added) {
            rows::put_back_in(tx, effect).await?;
        }
    }
    for table in TABLES {
        for effect in of(table).filter(|effect| matches!(effect.kind(), Kind::Moved | Kind::Changed)) {
            rows::put_back_in(tx, effect).await?;
        }
    }
    for table in TABLES {
        for effect in of(table).filter(|effect| effect.kind() == Kind::Removed) {
            rows::put_back_in(tx, effect).await?;
        }
    }
    Ok(())
}

/// The pair waits for a decision again.
async fn reopen_in(tx: &Tx, row: &merge::Model) -> Result<()> {
    let Some(id) = row.duplicate_id else { return Ok(()) };
    let Some(pair) = duplicate::Entity::find_by_id(id).one(&**tx).await? else {
        return Ok(());
    };
    let version = pair.version + 1;
    let mut pair = pair.into_active_model();
    pair.state = Set(DuplicateState::Open);
    pair.decided_by = Set(None);
    pair.decided_at = Set(None);
    pair.until_on = Set(None);
    pair.version = Set(version);
    pair.update(&**tx).await?;
    Ok(())
}

/// What was written since and is in the way. Pure.
fn later(merge: &merge::Model, effects: &[Effect], present: &Picture) -> Vec<Later> {
    let mut later = Vec::new();
    let mut known = BTreeSet::new();
    let mut going = BTreeSet::new();
    for effect in effects {
        let Some(table) = TABLES.iter().find(|table| **table == effect.table) else {
            continue;
        };
        let key = (*table, effect.key.clone());
        if !effect.holds(present.get(&key)) {
            later.push(Later {
                table: effect.table.clone(),
                id: effect.id(),
                why: Why::Changed,
            });
        }
        // A row that only changed stays where it is, and so does what rests on it.
        let goes = match effect.kind() {
            Kind::Moved | Kind::Added => true,
            Kind::Changed => effect
                .now
                .as_ref()
                .is_some_and(|now| now.get("child_id") != effect.was.as_ref().and_then(|was| was.get("child_id"))),
            Kind::Removed => false,
        };
        if let Some(id) = effect.id().filter(|_| goes) {
            going.insert((*table, id));
        }
        known.insert(key);
    }
    for ((table, key), row) in present {
        // The steps of a referral go where it goes.
        if known.contains(&(*table, key.clone())) || *table == "referral_step" {
            continue;
        }
        let rests = REFERENCES.iter().any(|(column, target)| {
            row.get(*column)
                .and_then(serde_json::Value::as_i64)
                .is_some_and(|id| going.contains(&(*target, id)))
        });
        let since = |column: &str| {
            row.get(column)
                .and_then(serde_json::Value::as_str)
                .and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok())
                .is_some_and(|at| at > merge.merged_at)
        };
        let left = *table == "departure" && since("recorded_at");
        if rests || left {
            later.push(Later {
                table: (*table).to_owned(),
                id: row.get("id").and_then(serde_json::Value::as_i64),
                why: if left { Why::Left } else { Why::RestsOn },
            });
        }
    }
    later
}
