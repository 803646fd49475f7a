//! Looking at two files: recorded once as a pair; taken up again when what was compared changes, or when somebody says so.

use std::collections::BTreeSet;

use entities::{
    ChildId, DuplicateId,
    child::{child, duplicate},
    words::DuplicateState,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::json;

use crate::{
    children::similar,
    person::likeness::{Features, Reason, reasons},
    platform::{
        Actor, Result, Tx,
        crypto::fingerprint,
        event::{self, Subject},
    },
};

/// Two files as they are compared.
struct Pair {
    first: child::Model,
    second: child::Model,
    reasons: Vec<Reason>,
    basis: String,
}

impl Pair {
    /// Nothing when one of them is no file of its own (any more).
    async fn of(db: &impl ConnectionTrait, one: ChildId, other: ChildId) -> Result<Option<Self>> {
        let file = async |id: ChildId| child::Entity::find_by_id(id).one(db).await;
        let (first, second) = if one < other { (one, other) } else { (other, one) };
        let (first, second) = (file(first).await?, file(second).await?);
        let (Some(first), Some(second)) = (first, second) else {
            return Ok(None);
        };
        if first.merged_into.is_some() || second.merged_into.is_some() {
            return Ok(None);
        }
        let features = (
            similar::features_on_file(db, &first).await?,
            similar::features_on_file(db, &second).await?,
        );
        Ok(Some(Self {
            reasons: reasons(&features.0, &features.1),
            basis: basis(&features.0, &features.1),
            first,
            second,
        }))
    }

    async fn record_in(&self, tx: &Tx, by: &Actor, action: &str, id: DuplicateId) -> Result<()> {
        record_in(
            tx,
            by,
            action,
            id,
            (self.first.id, self.second.id),
            json!({ "reasons": self.reasons }),
        )
        .await
    }

    fn row(&self, by: &Actor, state: DuplicateState) -> duplicate::ActiveModel {
        let kept = state == DuplicateState::KeptBoth;
        duplicate::ActiveModel {
            id: NotSet,
            district: Set(self.first.district.clone()),
            first_id: Set(self.first.id),
            second_id: Set(self.second.id),
            reasons: Set(json!(self.reasons)),
            state: Set(state),
            found_at: Set(by.now),
            decided_by: Set(by.account.filter(|_| kept)),
            decided_at: Set(kept.then_some(by.now)),
            note: Set(None),
            until_on: Set(None),
            basis: Set(Some(self.basis.clone())),
            version: Set(1),
        }
    }
}

/// An event of both files, each naming the other.
async fn record_in(
    tx: &Tx,
    by: &Actor,
    action: &str,
    id: DuplicateId,
    (first, second): (ChildId, ChildId),
    details: serde_json::Value,
) -> Result<()> {
    for (child, other) in [(first, second), (second, first)] {
        let subject = Subject::of_child("duplicate", id.0, child);
        let mut details = details.clone();
        if let Some(details) = details.as_object_mut() {
            details.insert("other".to_owned(), json!(other));
        }
        event::record(tx, by, action, subject, details).await?;
    }
    Ok(())
}

/// Hash of what is compared of two files, in the order of their ids. A record of a guardian is known by its phone: it
/// counts for likeness, and nobody is asked again because of it.
pub(super) fn basis(first: &Features, second: &Features) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for one in [first, second] {
        let phones: BTreeSet<&str> = one.phone_indexes.iter().map(String::as_str).collect();
        let _ = writeln!(
            text,
            "{}|{}|{}|{}|{}|{}",
            one.identity_kind.as_str(),
            one.identity_index.as_deref().unwrap_or_default(),
            one.name,
            one.sex.as_str(),
            one.birth_on,
            phones.into_iter().collect::<Vec<_>>().join(",")
        );
    }
    fingerprint(text.as_bytes())
}

/// Hash of what is compared of a pair now.
pub async fn basis_of(db: &impl ConnectionTrait, pair: &duplicate::Model) -> Result<Option<String>> {
    Ok(Pair::of(db, pair.first_id, pair.second_id)
        .await?
        .map(|pair| pair.basis))
}

/// What came of looking at a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nothing to write.
    Same,
    /// A new pair.
    Found,
    /// What was compared has changed since somebody said that they are two.
    Reopened,
    /// They are not alike any more.
    Cleared,
}

/// Look at two files: record the pair when they are alike, take it up again when they changed since they were kept
/// apart, and let it go when they are not alike any more.
pub async fn look_at_in(tx: &Tx, by: &Actor, one: ChildId, other: ChildId) -> Result<Looked> {
    let Some(mut pair) = Pair::of(&**tx, one, other).await? else {
        return Ok(Looked::Same);
    };
    let known = known_in(tx, pair.first.id, pair.second.id).await?;
    // What somebody named is for somebody to decide, whatever the files say.
    if known.as_ref().is_some_and(|row| row.state.waits() && was_named(row)) {
        pair.reasons.push(Reason::Named);
    }
    let alike = !pair.reasons.is_empty();
    let Some(known) = known else {
        if !alike {
            return Ok(Looked::Same);
        }
        let id = pair.row(by, DuplicateState::Open).insert(&**tx).await?.id;
        pair.record_in(tx, by, "duplicate.found", id).await?;
        return Ok(Looked::Found);
    };
    let changed = known.basis.as_ref().is_some_and(|basis| *basis != pair.basis);
    // Nobody said that they are two: they were not alike.
    let by_itself = known.decided_by.is_none();
    let waits = known.state.waits();
    let looked = match known.state {
        DuplicateState::KeptBoth if alike && (changed || by_itself) => Looked::Reopened,
        DuplicateState::Open | DuplicateState::Later if !alike => Looked::Cleared,
        DuplicateState::Open | DuplicateState::Later | DuplicateState::KeptBoth | DuplicateState::Merged => {
            Looked::Same
        }
    };
    let stale_reasons = waits && alike && known.reasons != json!(pair.reasons);
    if looked == Looked::Same && !stale_reasons && known.basis.as_ref() == Some(&pair.basis) {
        return Ok(looked);
    }
    let (id, version) = (known.id, known.version);
    let mut row = known.into_active_model();
    row.basis = Set(Some(pair.basis.clone()));
    if waits && alike {
        row.reasons = Set(json!(pair.reasons));
    }
    match looked {
        Looked::Reopened => {
            row.reasons = Set(json!(pair.reasons));
            row.state = Set(DuplicateState::Open);
            row.decided_by = Set(None);
            row.decided_at = Set(None);
            row.note = Set(None);
            row.version = Set(version + 1);
            row.update(&**tx).await?;
            pair.record_in(tx, by, "duplicate.reopened", id).await?;
        }
        Looked::Cleared => {
            row.state = Set(DuplicateState::KeptBoth);
            row.decided_by = Set(None);
            row.decided_at = Set(Some(by.now));
            row.until_on = Set(None);
            row.version = Set(version + 1);
            row.update(&**tx).await?;
            pair.record_in(tx, by, "duplicate.cleared", id).await?;
        }
        Looked::Same | Looked::Found => {
            row.update(&**tx).await?;
        }
    }
    Ok(looked)
}

/// What is known of two files; the first has the smaller id.
async fn known_in(tx: &Tx, first: ChildId, second: ChildId) -> Result<Option<duplicate::Model>> {
    Ok(duplicate::Entity::find()
        .filter(duplicate::COLUMN.first_id.eq(first))
        .filter(duplicate::COLUMN.second_id.eq(second))
        .one(&**tx)
        .await?)
}

fn was_named(row: &duplicate::Model) -> bool {
    let reasons: Vec<Reason> = serde_json::from_value(row.reasons.clone()).unwrap_or_default();
    reasons.contains(&Reason::Named)
}

/// Somebody says that two files may be one child, though no rule found them, or though somebody said that they are two. Both
/// stand by themselves. What was answered before stays in the events.
pub async fn name_in(tx: &Tx, by: &Actor, one: ChildId, other: ChildId, reason: &str) -> Result<Named> {
    let Some(mut pair) = Pair::of(&**tx, one, other).await? else {
        return Ok(Named::Merged);
    };
    let ids = (pair.first.id, pair.second.id);
    let (id, was) = match known_in(tx, ids.0, ids.1).await? {
        None => {
            pair.reasons.push(Reason::Named);
            let mut row = pair.row(by, DuplicateState::Open);
            row.note = Set(Some(reason.to_owned()));
            (row.insert(&**tx).await?.id, None)
        }
        Some(known) => match known.state {
            DuplicateState::Open | DuplicateState::Later => return Ok(Named::Waits(known.id)),
            DuplicateState::Merged => return Ok(Named::Merged),
            DuplicateState::KeptBoth => {
                // A rule that finds them keeps them waiting; what it does not find waits because it was named.
                if pair.reasons.is_empty() {
                    pair.reasons.push(Reason::Named);
                }
                let (id, version, was) = (known.id, known.version, known.note.clone());
                let mut row = known.into_active_model();
                row.reasons = Set(json!(pair.reasons));
                row.state = Set(DuplicateState::Open);
                row.decided_by = Set(None);
                row.decided_at = Set(None);
                row.note = Set(Some(reason.to_owned()));
                row.basis = Set(Some(pair.basis.clone()));
                row.version = Set(version + 1);
                row.update(&**tx).await?;
                (id, was)
            }
        },
    };
    let details = json!({ "reasons": pair.reasons, "reason": reason, "was": was });
    record_in(tx, by, "duplicate.named", id, ids, details).await?;
    Ok(Named::Opened(id))
}

/// What came of naming two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// They wait for a decision now.
    Opened(DuplicateId),
    /// They waited already.
    Waits(DuplicateId),
    /// One of them is no file of its own any more.
    Merged,
}

/// Look at everything that a file is or was like, after it changed.
pub async fn look_around_in(tx: &Tx, by: &Actor, id: ChildId) -> Result<()> {
    let Some(file) = child::Entity::find_by_id(id).one(&**tx).await? else {
        return Ok(());
    };
    let features = similar::features_on_file(&**tx, &file).await?;
    let mut others: BTreeSet<ChildId> = similar::find(&**tx, &features, Some(id))
        .await?
        .into_iter()
        .map(|one| one.child.id)
        .collect();
    let known = duplicate::Entity::find()
        .filter(
            Condition::any()
                .add(duplicate::COLUMN.first_id.eq(id))
                .add(duplicate::COLUMN.second_id.eq(id)),
        )
        .all(&**tx)
        .await?;
    others.extend(known.iter().map(|pair| {
        if pair.first_id == id {
            pair.second_id
        } else {
            pair.first_id
        }
    }));
    for other in others {
        look_at_in(tx, by, id, other).await?;
    }
    Ok(())
}

/// Somebody says that the file just opened is another child's than the one it is like. The same number cannot be two
/// children's, so that pair stays open for review; otherwise the word stands. True when it stands.
pub async fn said_two_in(tx: &Tx, by: &Actor, new: ChildId, like: ChildId) -> Result<Option<(DuplicateId, bool)>> {
    let Some(pair) = Pair::of(&**tx, new, like).await? else {
        return Ok(None);
    };
    let kept = !pair.reasons.contains(&Reason::Identity);
    let state = if kept {
        DuplicateState::KeptBoth
    } else {
        DuplicateState::Open
    };
    let row = pair.row(by, state).insert(&**tx).await?;
    Ok(Some((row.id, kept)))
}
