//! Pairs and merges that somebody may see.

use std::collections::BTreeMap;

use entities::{
    ChildId, DuplicateId, MergeId,
    child::{child, duplicate, merge},
    words::DuplicateState,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::{
    children::duplicates,
    platform::{Actor, Error, Result, compartment::Effect},
};

/// Which pairs a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Those that wait for a decision.
    Waiting,
    /// Put off.
    Later,
    /// Two children.
    KeptBoth,
    /// One child.
    Merged,
}

impl View {
    /// In the order of the tabs.
    pub const ALL: &'static [Self] = &[Self::Waiting, Self::Later, Self::KeptBoth, Self::Merged];

    /// Its name in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Later => "later",
            Self::KeptBoth => "kept_both",
            Self::Merged => "merged",
        }
    }

    /// Reads the name; anything else is the waiting ones.
    pub fn named(name: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|view| view.as_str() == name)
            .unwrap_or(Self::Waiting)
    }

    /// Its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "merge.view.waiting",
            Self::Later => "merge.view.later",
            Self::KeptBoth => "merge.view.kept_both",
            Self::Merged => "merge.view.merged",
        }
    }

    /// Its pairs: those with one number and then the longest known first while they wait, the last decided first afterwards.
    pub fn select(self, by: &Actor) -> Select<duplicate::Entity> {
        let decided = |state: DuplicateState| {
            duplicates::visible(by)
                .filter(duplicate::COLUMN.state.eq(state))
                .order_by_desc(duplicate::COLUMN.decided_at)
                .order_by_desc(duplicate::COLUMN.id)
        };
        match self {
            Self::Waiting => duplicates::waiting(by)
                .order_by_asc(duplicates::same_number_first())
                .order_by_asc(duplicate::COLUMN.found_at)
                .order_by_asc(duplicate::COLUMN.id),
            Self::Later => duplicates::visible(by)
                .filter(duplicate::COLUMN.state.eq(DuplicateState::Later))
                .filter(duplicate::COLUMN.until_on.gt(by.today()))
                .order_by_asc(duplicate::COLUMN.until_on)
                .order_by_asc(duplicate::COLUMN.id),
            Self::KeptBoth => decided(DuplicateState::KeptBoth),
            Self::Merged => decided(DuplicateState::Merged),
        }
    }
}

/// One pair, or not found.
pub async fn pair(db: &impl ConnectionTrait, by: &Actor, id: DuplicateId) -> Result<duplicate::Model> {
    duplicates::visible(by)
        .filter(duplicate::COLUMN.id.eq(id))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// One merge whose pair the actor may see, or not found.
pub async fn merge(db: &impl ConnectionTrait, by: &Actor, id: MergeId) -> Result<merge::Model> {
    let row = merge::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)?;
    let pair_id = row.duplicate_id.ok_or(Error::NotFound)?;
    pair(db, by, pair_id).await?;
    Ok(row)
}

/// The latest merge of a pair.
pub async fn merge_of(db: &impl ConnectionTrait, pair: DuplicateId) -> Result<Option<merge::Model>> {
    Ok(merge::Entity::find()
        .filter(merge::COLUMN.duplicate_id.eq(pair))
        .order_by_desc(merge::COLUMN.id)
        .one(db)
        .await?)
}

/// What a merge changed, as it stands in its row.
pub fn effects(row: &merge::Model) -> Result<Vec<Effect>> {
    Ok(serde_json::from_value(row.effects.clone()).map_err(anyhow::Error::from)?)
}

/// Files by their ids.
pub async fn files(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChildId>,
) -> Result<BTreeMap<ChildId, child::Model>> {
    let found = child::Entity::find()
        .filter(child::COLUMN.id.is_in(ids))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|file| (file.id, file)).collect())
}
