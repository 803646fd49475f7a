//! Children live elsewhere, or where they live is called otherwise.

use entities::ChildId;

use super::{place::Place, tables::Compartment};
use crate::platform::{Result, Tx};

impl Compartment {
    /// Some children live in another division: what is still to be done for them is done there. The file itself, and
    /// where the child lived, are the mover's to write.
    pub async fn follow_in(&self, tx: &Tx, children: &[ChildId], division: &str) -> Result<()> {
        for table in self.tables() {
            if let Place::Now(which) = table.place {
                (table.rows.follow)(tx, children, which(), division).await?;
            }
        }
        Ok(())
    }

    /// A division is the same place under another code: wherever the old one stands, on its level, stands the new one.
    /// What names only the district of a street that goes over into another one is not found by it; it follows the
    /// children who live there ([`Self::follow_in`]).
    pub async fn recode_in(&self, tx: &Tx, from: &str, to: &str) -> Result<()> {
        for table in self.tables() {
            match table.place {
                Place::Nowhere => {}
                Place::Then | Place::Now(_) => (table.rows.recode)(tx, from, to).await?,
            }
        }
        Ok(())
    }
}
