//! What is kept of a form while it is filled in: sealed, by account and by the path of the form, so that it is found again
//! on another device. The sweep `prune` clears what nobody came back to.

use entities::{AccountId, work::draft};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use serde::{Serialize, de::DeserializeOwned};

use super::{Actor, App, Result, Tx};

/// What drafts are sealed for.
const PURPOSE: &str = "draft";

/// What somebody kept of a form.
pub async fn load<T: DeserializeOwned>(
    app: &App,
    db: &impl ConnectionTrait,
    account: AccountId,
    form: &str,
) -> Result<Option<T>> {
    let Some(row) = draft::Entity::find_by_id((account, form.to_owned())).one(db).await? else {
        return Ok(None);
    };
    let text = app.keys.open(PURPOSE, &row.content)?;
    Ok(Some(serde_json::from_str(&text).map_err(anyhow::Error::from)?))
}

/// Keep a form, in the place of what was kept before.
pub async fn store_in(tx: &Tx, app: &App, by: &Actor, form: &str, kept: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(kept).map_err(anyhow::Error::from)?;
    let row = draft::ActiveModel {
        account_id: Set(by.person()?),
        form: Set(form.to_owned()),
        content: Set(app.keys.seal(PURPOSE, &text)?),
        saved_at: Set(by.now),
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

/// Nothing is kept of a form any more.
pub async fn discard_in(tx: &Tx, account: AccountId, form: &str) -> Result<()> {
    draft::Entity::delete_by_id((account, form.to_owned()))
        .exec(&**tx)
        .await?;
    Ok(())
}
