//! A file as somebody opens it, to read it or to change it.

use entities::{ChildId, child::child};
use serde_json::json;

use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Tx, Version,
        event::{self, Subject},
    },
};

/// A file for a change: visible, not merged away, and as the clerk saw it.
///
/// # Errors
/// [`Error::Stale`] when its version is another by now.
pub async fn open_file_in(tx: &Tx, by: &Actor, id: ChildId, version: Version) -> Result<child::Model> {
    let child = scope::child(&**tx, by, id).await?;
    if child.merged_into.is_some() {
        return Err(Error::refused("child.merged"));
    }
    version.is_still(child.version)?;
    Ok(child)
}

/// The identity number in full; looking is recorded.
pub async fn identity_no(app: &App, by: &Actor, id: ChildId) -> Result<String> {
    let child = survivor(app, by, id).await?;
    let sealed = child.identity_no.ok_or(Error::NotFound)?;
    unmasked(app, by, child.id, "identity_no").await?;
    Ok(app.keys.open("child.identity_no", &sealed)?)
}

/// The disability card number in full; looking is recorded.
pub async fn disability_card_no(app: &App, by: &Actor, id: ChildId) -> Result<String> {
    let child = survivor(app, by, id).await?;
    let sealed = child.disability_card_no.ok_or(Error::NotFound)?;
    unmasked(app, by, child.id, "disability_card_no").await?;
    Ok(app.keys.open("child.disability_card_no", &sealed)?)
}

async fn unmasked(app: &App, by: &Actor, id: ChildId, field: &str) -> Result<()> {
    event::note(app, by, "child.unmasked", Subject::child(id), json!({ "field": field })).await
}

/// A child's file as somebody opens it: found through their scope, and the view recorded. A merged file gives the file
/// that it was merged into.
pub async fn view(app: &App, by: &Actor, id: ChildId) -> Result<child::Model> {
    view_page(app, by, id, "file").await
}

/// The same for another page of the file; `page` is its name in the record.
pub async fn view_page(app: &App, by: &Actor, id: ChildId, page: &str) -> Result<child::Model> {
    let child = survivor(app, by, id).await?;
    event::note(
        app,
        by,
        "child.viewed",
        Subject::child(child.id),
        json!({ "page": page }),
    )
    .await?;
    Ok(child)
}

/// The file itself, or the one that it was merged into, however often.
pub async fn survivor(app: &App, by: &Actor, id: ChildId) -> Result<child::Model> {
    let mut child = scope::child(&*app.db, by, id).await?;
    while let Some(into) = child.merged_into {
        child = scope::child(&*app.db, by, into).await?;
    }
    Ok(child)
}
