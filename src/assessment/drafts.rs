//! What is kept of a sheet while it is filled in.

use entities::{AccountId, AssessmentId};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::{
    platform::{Actor, App, Result, Tx, draft},
    screening::instruments::Answers,
};

/// A sheet as it was last saved.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Counts the saves. A page that was made from another revision does not overwrite this one unawares.
    pub revision: u32,
    /// The page that saved last, by the token it was made with.
    pub window: String,
    /// The chosen cut-off set.
    pub cutoffs: Option<String>,
    /// The answers so far.
    pub answers: Answers,
}

impl Kept {
    /// Whether a page that was made from a revision knows everything that is kept: nobody saved since, or only itself.
    pub fn is_known_to(&self, base: u32, window: &str) -> bool {
        self.revision == base || (!window.is_empty() && self.window == window)
    }
}

/// The name of a sheet among all forms that can be kept.
pub fn name(id: AssessmentId) -> String {
    format!("/assessments/{id}")
}

/// What is kept of a sheet; an empty one when nothing is.
pub async fn load(app: &App, db: &impl ConnectionTrait, account: AccountId, id: AssessmentId) -> Result<Kept> {
    Ok(draft::load(app, db, account, &name(id)).await?.unwrap_or_default())
}

/// Keep a sheet, in the place of what was kept before.
pub async fn store_in(tx: &Tx, app: &App, by: &Actor, id: AssessmentId, kept: &Kept) -> Result<()> {
    draft::store_in(tx, app, by, &name(id), kept).await
}

/// Nothing is kept of a sheet any more.
pub async fn discard_in(tx: &Tx, account: AccountId, id: AssessmentId) -> Result<()> {
    draft::discard_in(tx, account, &name(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_what_it_was_made_from_and_what_it_saved_itself() {
        let kept = Kept {
            revision: 4,
            window: "one".into(),
            ..Kept::default()
        };
        assert!(kept.is_known_to(4, "two"), "made after the last save");
        assert!(kept.is_known_to(2, "one"), "saved it itself");
        assert!(!kept.is_known_to(3, "two"), "another page saved since");
        assert!(
            !Kept {
                window: String::new(),
                ..kept
            }
            .is_known_to(3, "")
        );
    }
}
