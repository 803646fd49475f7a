//! Finds pairs whatever way the files came in.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use entities::{
    AccountId, ChildId, GuardianId,
    child::{child, duplicate, guardian, guardianship},
    words::DuplicateState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType},
};

use super::looking::{Looked, basis, look_at_in};
use crate::{
    person::likeness::{Features, reasons},
    platform::{Actor, App, Result, sweep::Sweep},
};

/// Values in one query: long lists are slow to plan.
const CHUNK: usize = 1_000;

/// Finds files that may be one child, whatever way they came in.
pub const SWEEP: Sweep = Sweep {
    name: "duplicates",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// Every pair of files that is alike, found by joins over indexes. What is known and unchanged costs no write.
async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let db = &*app.db;
    let candidates = candidates(db).await?;
    let compared = compared(db, &candidates).await?;
    let known = known(db).await?;
    let mut lanes: BTreeMap<String, Vec<(ChildId, ChildId)>> = BTreeMap::new();
    for (pair, one) in &compared {
        let to_write = match known.get(pair) {
            None => true,
            Some((DuplicateState::Merged, ..)) => false,
            Some((DuplicateState::KeptBoth, _, None)) => true,
            Some((_, basis, _)) => basis.as_ref() != Some(&one.basis),
        };
        if to_write {
            lanes.entry(one.district.clone()).or_default().push(*pair);
        }
    }
    // What waits and is not alike any more.
    for (pair, (state, ..)) in &known {
        if state.waits() && !compared.contains_key(pair) {
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
        .join(", "))
}

/// Pairs of one sound and birthday, of one number, or of one guardian with the name or the birthday in common.
async fn candidates(db: &impl ConnectionTrait) -> Result<Vec<(ChildId, ChildId)>> {
    let mut both = joined(&[child::Column::NameSound, child::Column::BirthOn]);
    both.union(UnionType::Distinct, joined(&[child::Column::IdentityIndex]));
    both.union(UnionType::Distinct, of_one_guardian(guardian::Column::Id));
    both.union(UnionType::Distinct, of_one_guardian(guardian::Column::PhoneIndex));
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

/// Children whose guardians are one record, or have one phone, and who have the name or the birthday in common. It goes from
/// guardian to guardian, each with few children.
fn of_one_guardian(on: guardian::Column) -> SelectStatement {
    let same = |column: child::Column| Expr::col(("one", column)).equals(("other", column));
    let tied = |tie: &'static str, guardian: &'static str| {
        Expr::col((tie, guardianship::Column::GuardianId)).equals((guardian, guardian::Column::Id))
    };
    let whose = |child: &'static str, tie: &'static str| {
        Expr::col((child, child::Column::Id)).equals((tie, guardianship::Column::ChildId))
    };
    Query::select()
        .expr_as(Expr::col(("one", child::Column::Id)), "first_id")
        .expr_as(Expr::col(("other", child::Column::Id)), "second_id")
        .from_as(guardian::Entity, "their")
        .join_as(
            JoinType::InnerJoin,
            guardian::Entity,
            "its",
            Expr::col(("their", on)).equals(("its", on)),
        )
        .join_as(JoinType::InnerJoin, guardianship::Entity, "tie", tied("tie", "their"))
        .join_as(
            JoinType::InnerJoin,
            guardianship::Entity,
            "other_tie",
            tied("other_tie", "its"),
        )
        .join_as(JoinType::InnerJoin, child::Entity, "one", whose("one", "tie"))
        .join_as(JoinType::InnerJoin, child::Entity, "other", whose("other", "other_tie"))
        .and_where(Expr::col(("other", child::Column::Id)).gt(Expr::col(("one", child::Column::Id))))
        .cond_where(
            Condition::any()
                .add(same(child::Column::Name))
                .add(same(child::Column::BirthOn)),
        )
        .and_where(Expr::col(("one", child::Column::MergedInto)).is_null())
        .and_where(Expr::col(("other", child::Column::MergedInto)).is_null())
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
        let mut families = families(db, some).await?;
        let found = child::Entity::find()
            .filter(child::COLUMN.id.is_in(some.iter().copied()))
            .all(db)
            .await?;
        for file in found {
            let (guardians, phone_indexes) = families.remove(&file.id).unwrap_or_default();
            let features = Features {
                identity_kind: file.identity_kind,
                identity_index: file.identity_index,
                name: file.name,
                name_sound: file.name_sound,
                sex: file.sex,
                birth_on: file.birth_on,
                phone_indexes,
                guardians,
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

/// Those who answer for a child, and their phones.
type Family = (Vec<GuardianId>, Vec<String>);

async fn families(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<BTreeMap<ChildId, Family>> {
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
    let mut families: BTreeMap<ChildId, Family> = BTreeMap::new();
    for (child, guardian) in ties {
        let family = families.entry(child).or_default();
        family.0.push(guardian);
        family.1.extend(numbers.get(&guardian).cloned());
    }
    Ok(families)
}

type Known = BTreeMap<(ChildId, ChildId), (DuplicateState, Option<String>, Option<AccountId>)>;

/// What is known of pairs: state, what was compared, and who decided.
async fn known(db: &impl ConnectionTrait) -> Result<Known> {
    let rows = duplicate::Entity::find().all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.first_id, row.second_id), (row.state, row.basis, row.decided_by)))
        .collect())
}
