//! Pairs of files that may be one child: found when a file is opened, brought in or corrected, and by a sweep over all of
//! them; recorded once; taken up again when what was compared changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use entities::{
    ChildId, DuplicateId, GuardianId,
    child::{child, duplicate, guardian, guardianship},
    words::{DuplicateState, OrganisationKind},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use serde_json::json;

use super::similar;
use crate::{
    access::scope,
    person::likeness::{Features, Reason, reasons},
    platform::{
        Actor, App, Error, Result, Tx, Version,
        crypto::fingerprint,
        event::{self, Subject},
        sweep::Sweep,
    },
};

/// Values in one query: long lists are slow to plan.
const CHUNK: usize = 1_000;

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
        for (child, other) in [(self.first.id, self.second.id), (self.second.id, self.first.id)] {
            let subject = Subject::of_child("duplicate", id.0, child);
            let details = json!({ "other": other, "reasons": self.reasons });
            event::record(tx, by, action, subject, details).await?;
        }
        Ok(())
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

/// Hash of what is compared of two files, in the order of their ids.
fn basis(first: &Features, second: &Features) -> String {
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
    let Some(pair) = Pair::of(&**tx, one, other).await? else {
        return Ok(Looked::Same);
    };
    let known = duplicate::Entity::find()
        .filter(duplicate::COLUMN.first_id.eq(pair.first.id))
        .filter(duplicate::COLUMN.second_id.eq(pair.second.id))
        .one(&**tx)
        .await?;
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
    let waits = matches!(known.state, DuplicateState::Open | DuplicateState::Later);
    let looked = match known.state {
        DuplicateState::KeptBoth if alike && changed => Looked::Reopened,
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

/// Finds files that may be one child, whatever way they came in.
pub const SWEEP: Sweep = Sweep {
    name: "duplicates",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// Every pair of files that is alike, found by two joins over indexes. What is known and unchanged costs no write.
async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let db = &*app.db;
    let candidates = candidates(db).await?;
    let compared = compared(db, &candidates).await?;
    let known = known(db).await?;
    let mut lanes: BTreeMap<String, Vec<(ChildId, ChildId)>> = BTreeMap::new();
    for (pair, one) in &compared {
        let to_write = match known.get(pair) {
            None => true,
            Some((DuplicateState::Merged, _)) => false,
            Some((_, basis)) => basis.as_ref() != Some(&one.basis),
        };
        if to_write {
            lanes.entry(one.district.clone()).or_default().push(*pair);
        }
    }
    // What waits and is not alike any more.
    for (pair, (state, _)) in &known {
        let waits = matches!(state, DuplicateState::Open | DuplicateState::Later);
        if waits && !compared.contains_key(pair) {
            let district = child::Entity::find_by_id(pair.0)
                .one(db)
                .await?
                .map(|file| file.district);
            lanes.entry(district.unwrap_or_default()).or_default().push(*pair);
        }
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (district, pairs) in lanes {
        for some in pairs.chunks(CHUNK) {
            let tx = app.db.write(by, &district).await?;
            for (first, second) in some {
                let word = match look_at_in(&tx, by, *first, *second).await? {
                    Looked::Same => continue,
                    Looked::Found => "found",
                    Looked::Reopened => "reopened",
                    Looked::Cleared => "cleared",
                };
                *counts.entry(word).or_default() += 1;
            }
            // Every pair left its events; a basis that is filled in leaves none.
            tx.commit_quietly().await?;
        }
    }
    Ok(counts
        .into_iter()
        .map(|(word, n)| format!("{word}={n}"))
        .collect::<Vec<_>>()
        .join(" "))
}

/// Pairs of one sound and birthday, or of one number.
async fn candidates(db: &impl ConnectionTrait) -> Result<Vec<(ChildId, ChildId)>> {
    let mut both = joined(&[child::Column::NameSound, child::Column::BirthOn]);
    both.union(UnionType::Distinct, joined(&[child::Column::IdentityIndex]));
    let rows = db.query_all(&both).await?;
    rows.iter()
        .map(|row| {
            let id = |column| row.try_get::<i64>("", column).map(ChildId);
            Ok((id("first_id")?, id("second_id")?))
        })
        .collect()
}

/// The table joined with itself on columns that an index holds.
fn joined(on: &[child::Column]) -> SelectStatement {
    let one = |column| Expr::col(("one", column));
    let other = |column| Expr::col(("other", column));
    let mut condition = Condition::all().add(other(child::Column::Id).gt(one(child::Column::Id)));
    for column in on {
        condition = condition.add(other(*column).eq(one(*column)));
    }
    Query::select()
        .expr_as(one(child::Column::Id), "first_id")
        .expr_as(other(child::Column::Id), "second_id")
        .from_as(child::Entity, "one")
        .join_as(
            sea_orm::sea_query::JoinType::InnerJoin,
            child::Entity,
            "other",
            condition,
        )
        .and_where(one(child::Column::MergedInto).is_null())
        .and_where(other(child::Column::MergedInto).is_null())
        .to_owned()
}

/// A pair that is alike.
struct Compared {
    district: String,
    basis: String,
}

async fn compared(
    db: &impl ConnectionTrait,
    candidates: &[(ChildId, ChildId)],
) -> Result<BTreeMap<(ChildId, ChildId), Compared>> {
    let ids: BTreeSet<ChildId> = candidates.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let ids: Vec<ChildId> = ids.into_iter().collect();
    let mut files = BTreeMap::new();
    for some in ids.chunks(CHUNK) {
        let mut phones = phones(db, some).await?;
        let found = child::Entity::find()
            .filter(child::COLUMN.id.is_in(some.iter().copied()))
            .all(db)
            .await?;
        for file in found {
            let features = Features {
                identity_kind: file.identity_kind,
                identity_index: file.identity_index,
                name: file.name,
                name_sound: file.name_sound,
                sex: file.sex,
                birth_on: file.birth_on,
                phone_indexes: phones.remove(&file.id).unwrap_or_default(),
            };
            files.insert(file.id, (file.district, features));
        }
    }
    let mut alike = BTreeMap::new();
    for pair in candidates {
        let (Some((district, one)), Some((_, other))) = (files.get(&pair.0), files.get(&pair.1)) else {
            continue;
        };
        if !reasons(one, other).is_empty() {
            let compared = Compared {
                district: district.clone(),
                basis: basis(one, other),
            };
            alike.insert(*pair, compared);
        }
    }
    Ok(alike)
}

/// Phones of those who answer for some children.
async fn phones(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<BTreeMap<ChildId, Vec<String>>> {
    let ties: Vec<(ChildId, GuardianId)> = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.is_in(children.iter().copied()))
        .order_by_asc(guardianship::COLUMN.id)
        .select_only()
        .columns([guardianship::Column::ChildId, guardianship::Column::GuardianId])
        .into_tuple()
        .all(db)
        .await?;
    let people: BTreeSet<GuardianId> = ties.iter().map(|(_, guardian)| *guardian).collect();
    let people: Vec<GuardianId> = people.into_iter().collect();
    let mut numbers: BTreeMap<GuardianId, String> = BTreeMap::new();
    for some in people.chunks(CHUNK) {
        let found: Vec<(GuardianId, Option<String>)> = guardian::Entity::find()
            .filter(guardian::COLUMN.id.is_in(some.iter().copied()))
            .select_only()
            .columns([guardian::Column::Id, guardian::Column::PhoneIndex])
            .into_tuple()
            .all(db)
            .await?;
        numbers.extend(found.into_iter().filter_map(|(id, index)| Some((id, index?))));
    }
    let mut phones: BTreeMap<ChildId, Vec<String>> = BTreeMap::new();
    for (child, guardian) in ties {
        if let Some(index) = numbers.get(&guardian) {
            phones.entry(child).or_default().push(index.clone());
        }
    }
    Ok(phones)
}

type Known = BTreeMap<(ChildId, ChildId), (DuplicateState, Option<String>)>;

async fn known(db: &impl ConnectionTrait) -> Result<Known> {
    let rows = duplicate::Entity::find().all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.first_id, row.second_id), (row.state, row.basis)))
        .collect())
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
    let waits = matches!(pair.state, DuplicateState::Open | DuplicateState::Later);
    if !waits || !version.is(pair.version) {
        return Err(Error::stale_as("merge.stale"));
    }
    Ok(pair)
}
