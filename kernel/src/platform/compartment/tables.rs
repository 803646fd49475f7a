//! All tables together, and what is done with them at once.

use std::{collections::BTreeSet, sync::Arc};

use entities::ChildId;

use super::{
    effect::{self, Effect, Kind, Picture},
    hands::Handover,
    judged::Corrected,
    table::{Hands, Table},
};
use crate::platform::{Actor, Result, Say, Tx};

/// Every table that hangs on children, each behind those that its rows refer to. Where two refer to each other, the one
/// that was named first stands first.
#[derive(Clone, Debug)]
pub struct Compartment(Arc<[Table]>);

impl Compartment {
    /// The tables of all features.
    pub fn of(features: impl IntoIterator<Item = &'static [Table]>) -> Self {
        let mut rest: Vec<Table> = features.into_iter().flatten().copied().collect();
        let mut placed = Vec::with_capacity(rest.len());
        let mut waiting: BTreeSet<&str> = rest.iter().map(Table::name).collect();
        while !rest.is_empty() {
            let free = rest.iter().position(|table| {
                let mut targets = table.refers.iter().map(|(_, target)| *target);
                targets.all(|target| target == table.name() || !waiting.contains(target))
            });
            let next = rest.remove(free.unwrap_or_default());
            waiting.remove(next.name());
            placed.push(next);
        }
        Self(placed.into())
    }

    /// All of them.
    pub fn tables(&self) -> &[Table] {
        &self.0
    }

    /// One by its name in the database.
    pub fn find(&self, name: &str) -> Option<&Table> {
        self.0.iter().find(|table| table.name() == name)
    }

    /// The locale key of what a row of a table is called; tables that were there once have a common one.
    pub fn called(&self, name: &str) -> &'static str {
        self.find(name).map_or("merge.table.former", Table::called)
    }

    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|table| table.name() == name)
    }

    /// Everything that is part of some children's files.
    pub async fn picture(&self, tx: &Tx, children: &[ChildId]) -> Result<Picture> {
        let mut picture = Picture::new();
        for table in self.0.iter().filter(|table| table.is_of_file()) {
            let rows = (table.rows.load)(tx, table.rows_of(children)?).await?;
            picture.extend(rows.into_iter().map(|(key, row)| ((table.name(), key), row)));
        }
        Ok(picture)
    }

    pub(super) fn between(&self, before: &Picture, after: &Picture, merging: bool) -> Vec<Effect> {
        effect::between(before, after, |name| {
            self.find(name)
                .map_or(effect::Besides::All, |table| table.besides(merging))
        })
    }

    /// What a merge changed between two pictures.
    pub fn merged(&self, before: &Picture, after: &Picture) -> Vec<Effect> {
        self.between(before, after, true)
    }

    /// Everything that was judged by the old value of a fact, in the order of the tables.
    pub async fn look_again_in(&self, tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
        let mut told = Vec::new();
        for look in self.0.iter().filter_map(|table| table.judged) {
            told.extend(look(tx, corrected).await?);
        }
        Ok(told)
    }

    /// Everything of one file goes over to the other, but the file's own row.
    pub async fn hand_over_in(&self, tx: &Tx, by: &Actor, hands: Handover) -> Result<()> {
        for table in self.tables() {
            match table.hands {
                Hands::Renamed => (table.rows.rename)(tx, hands).await?,
                Hands::Left => {}
                Hands::By(how) => how(tx, by, hands).await?,
            }
        }
        Ok(())
    }

    /// Whether a row is still as it was left. Rows of a table that is no more are not.
    pub fn holds(&self, effect: &Effect, present: &Picture) -> bool {
        self.find(&effect.table)
            .is_some_and(|table| effect.holds(present.get(&(table.name(), effect.key.clone()))))
    }

    /// Every row becomes what it was. What came goes first, what refers before what it refers to; then what changed; then
    /// what went comes back.
    pub async fn put_back_in(&self, tx: &Tx, effects: &[&Effect]) -> Result<()> {
        let behind_first = self.0.iter().rev();
        self.turn_back_in(tx, effects, behind_first, &[Kind::Added]).await?;
        self.turn_back_in(tx, effects, self.0.iter(), &[Kind::Moved, Kind::Changed])
            .await?;
        self.turn_back_in(tx, effects, self.0.iter(), &[Kind::Removed]).await
    }

    async fn turn_back_in<'t>(
        &self,
        tx: &Tx,
        effects: &[&Effect],
        tables: impl Iterator<Item = &'t Table>,
        kinds: &[Kind],
    ) -> Result<()> {
        for table in tables {
            let its = |effect: &&&Effect| effect.table == table.name() && kinds.contains(&effect.kind());
            for effect in effects.iter().filter(its) {
                (table.rows.put_back)(tx, effect).await?;
            }
        }
        Ok(())
    }
}
