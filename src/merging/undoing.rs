//! Undoing a merge: every row becomes what it was, unless something that was written later rests on it.

use std::collections::BTreeSet;

use entities::{
    MergeId,
    child::{duplicate, merge},
    words::DuplicateState,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::queries;
use crate::{
    access::scope,
    pathway,
    platform::{
        Actor, App, Compartment, Error, Result, Tx,
        compartment::{Effect, Picture, Row},
        event::{self, Subject},
    },
};

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
    let present = app.compartment.picture(&tx, &children).await?;
    let later = later(&app.compartment, &row, &effects, &present);
    if !later.is_empty() {
        return Ok(Undone::Depends(later));
    }
    let all: Vec<&Effect> = effects.iter().collect();
    app.compartment.put_back_in(&tx, &all).await?;
    pathway::return_tasks_in(&tx, by, children, (row.merged_at, row.merged_by)).await?;
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

/// What was written since and is in the way. Pure. Tables that are no more are in nobody's way.
fn later(compartment: &Compartment, merge: &merge::Model, effects: &[Effect], present: &Picture) -> Vec<Later> {
    let mut later = Vec::new();
    let mut known = BTreeSet::new();
    let mut going = BTreeSet::new();
    for effect in effects {
        let Some(table) = compartment.find(&effect.table) else {
            continue;
        };
        if !compartment.holds(effect, present) {
            later.push(Later {
                table: effect.table.clone(),
                id: effect.id(),
                why: Why::Changed,
            });
        }
        // A row that only changed stays where it is, and so does what rests on it.
        if let Some(id) = effect.id().filter(|_| effect.came()) {
            going.insert((table.name(), id));
        }
        known.insert((table.name(), effect.key.as_str()));
    }
    for table in compartment.tables() {
        for ((_, key), row) in present.iter().filter(|((name, _), _)| *name == table.name()) {
            if known.contains(&(table.name(), key.as_str())) {
                continue;
            }
            let goes = |(column, target): &(&str, &'static str)| {
                let id = row.get(*column).and_then(Value::as_i64);
                id.is_some_and(|id| going.contains(&(*target, id)))
            };
            let rests = !table.goes_along() && table.references().iter().any(goes);
            let left = table.name() == "departure" && recorded_since(row, merge);
            if rests || left {
                later.push(Later {
                    table: table.name().to_owned(),
                    id: row.get("id").and_then(Value::as_i64),
                    why: if left { Why::Left } else { Why::RestsOn },
                });
            }
        }
    }
    later
}

fn recorded_since(row: &Row, merge: &merge::Model) -> bool {
    row.get("recorded_at")
        .and_then(Value::as_str)
        .and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok())
        .is_some_and(|at| at > merge.merged_at)
}
