//! A child leaves, and returns.

use entities::ChildId;

use super::{effect::Effect, ending::Leaving, tables::Compartment};
use crate::platform::{Actor, Result, Say, Tx};

impl Compartment {
    /// End what is still to come for a child that leaves. The answer is everything that changed, in the order of the
    /// tables and their numbers.
    pub async fn leave_in(&self, tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<Vec<Effect>> {
        let children = [leaving.child];
        let before = self.picture(tx, &children).await?;
        for ending in self.tables().iter().filter_map(|table| table.ending.as_ref()) {
            (ending.end)(tx, by, leaving).await?;
        }
        let after = self.picture(tx, &children).await?;
        let mut effects = self.between(&before, &after, false);
        effects.retain(|effect| self.find(&effect.table).is_some_and(|table| !table.trace));
        effects.sort_by_key(|effect| (self.place_of(&effect.table), effect.id()));
        Ok(effects)
    }

    /// The child is back: every row is what it was, unless somebody has dealt with it since.
    pub async fn return_in(&self, tx: &Tx, by: &Actor, child: ChildId, effects: &[Effect]) -> Result<()> {
        let present = self.picture(tx, &[child]).await?;
        let held: Vec<&Effect> = effects.iter().filter(|effect| self.holds(effect, &present)).collect();
        self.put_back_in(tx, &held).await?;
        for effect in held {
            let ending = self.find(&effect.table).and_then(|table| table.ending.as_ref());
            if let Some(returned) = ending.and_then(|ending| ending.returned) {
                returned(tx, by, effect).await?;
            }
        }
        Ok(())
    }

    /// A row that a departure ended, in a sentence. Rows of a table that is no more are told by their number.
    pub fn ended(&self, effect: &Effect) -> Say {
        let table = self.find(&effect.table);
        match table.and_then(|table| table.ending.as_ref()) {
            Some(ending) => (ending.told)(effect),
            None => Say::new("departure.effect.other")
                .with_word("table", self.called(&effect.table))
                .with("id", effect.id().map(|id| id.to_string()).unwrap_or_default()),
        }
    }
}
