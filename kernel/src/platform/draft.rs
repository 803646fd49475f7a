//! What is kept of a form while it is filled in: sealed, by account and by the path of the form, so that it is found again
//! on another device. The sweep `prune` clears what nobody came back to.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use entities::{AccountId, work::draft};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Actor, App, Result, Tx};

/// What drafts are sealed for.
const PURPOSE: &str = "draft";

/// What somebody keeps of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    account: AccountId,
    form: String,
}

impl Draft {
    /// That of an account, by the path of the form.
    pub fn of(account: AccountId, form: impl Into<String>) -> Self {
        Self {
            account,
            form: form.into(),
        }
    }

    /// One's own.
    pub fn own(by: &Actor, form: impl Into<String>) -> Result<Self> {
        Ok(Self::of(by.person()?, form))
    }

    fn key(&self) -> (AccountId, String) {
        (self.account, self.form.clone())
    }

    /// What is kept.
    pub async fn load<T: DeserializeOwned>(&self, app: &App, db: &impl ConnectionTrait) -> Result<Option<T>> {
        let Some(row) = draft::Entity::find_by_id(self.key()).one(db).await? else {
            return Ok(None);
        };
        let text = app.keys.open(PURPOSE, &row.content)?;
        Ok(Some(serde_json::from_str(&text)?))
    }

    /// Somebody kept something since.
    pub async fn is_kept_since(&self, db: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<bool> {
        let kept = draft::Entity::find_by_id(self.key()).filter(draft::COLUMN.saved_at.gte(at));
        Ok(kept.count(db).await? > 0)
    }

    /// Somebody kept something later than this.
    pub async fn is_kept_after(&self, db: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<bool> {
        let kept = draft::Entity::find_by_id(self.key()).filter(draft::COLUMN.saved_at.gt(at));
        Ok(kept.count(db).await? > 0)
    }

    /// Keep this, in the place of what was kept before.
    pub async fn store_in(&self, tx: &Tx, app: &App, now: DateTime<Utc>, kept: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(kept)?;
        let row = draft::ActiveModel {
            account_id: Set(self.account),
            form: Set(self.form.clone()),
            content: Set(app.keys.seal(PURPOSE, &text)?),
            saved_at: Set(now),
        };
        draft::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([draft::Column::AccountId, draft::Column::Form])
                    .update_columns([draft::Column::Content, draft::Column::SavedAt])
                    .to_owned(),
            )
            .exec_without_returning(&**tx)
            .await?;
        Ok(())
    }

    /// What somebody kept of a form is done; sweeps and commands keep nothing.
    pub async fn discard_own_in(tx: &Tx, by: &Actor, form: impl Into<String>) -> Result<()> {
        match by.account {
            Some(account) => Self::of(account, form).discard_in(tx).await,
            None => Ok(()),
        }
    }

    /// Nothing of one's own is kept that was kept before a time, under names that begin so.
    pub async fn forget_own_before_in(tx: &Tx, by: &Actor, begins: &str, at: DateTime<Utc>) -> Result<()> {
        draft::Entity::delete_many()
            .filter(draft::COLUMN.account_id.eq(by.person()?))
            .filter(draft::COLUMN.form.starts_with(begins))
            .filter(draft::COLUMN.saved_at.lt(at))
            .exec(&**tx)
            .await?;
        Ok(())
    }

    /// Nothing is kept any more.
    pub async fn discard_in(&self, tx: &Tx) -> Result<()> {
        draft::Entity::delete_by_id(self.key()).exec(&**tx).await?;
        Ok(())
    }
}

/// A draft that the script of a page saves by itself, so that two pages of one form would overwrite each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revised<T> {
    /// Counts the saves. A page that was made from another revision does not overwrite this one unawares.
    pub revision: u32,
    /// The page that saved last, by the token it was made with.
    pub window: String,
    /// What is kept.
    #[serde(flatten)]
    pub kept: T,
}

impl<T> Revised<T> {
    /// Whether a page that was made from a revision knows everything that is kept: nobody saved since, or only itself.
    pub fn is_known_to(&self, base: u32, window: &str) -> bool {
        self.revision == base || (!window.is_empty() && self.window == window)
    }

    /// The next revision, as a page saves it.
    #[must_use]
    pub fn next(&self, window: &str, kept: T) -> Self {
        Self {
            revision: self.revision + 1,
            window: window.to_owned(),
            kept,
        }
    }
}

impl<T> Deref for Revised<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.kept
    }
}

impl<T> DerefMut for Revised<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_what_it_was_made_from_and_what_it_saved_itself() {
        let kept = Revised {
            revision: 4,
            window: "one".into(),
            kept: (),
        };
        assert!(kept.is_known_to(4, "two"), "made after the last save");
        assert!(kept.is_known_to(2, "one"), "saved it itself");
        assert!(!kept.is_known_to(3, "two"), "another page saved since");
        assert!(
            !Revised {
                window: String::new(),
                ..kept
            }
            .is_known_to(3, "")
        );
    }
}
