//! Files are added, prepared, taken back.

use entities::{
    AttachmentId, ChildId,
    attachment::attachment,
    kept::stored_file,
    words::{AttachmentState, FileKind},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::json;

use super::{
    examining::{Examined, Standing},
    owner::{Owner, subject},
    queries,
    states::{Attachments, is_there},
};
use crate::platform::{
    Actor, App, Error, Result, Tx, Version, event,
    file::{self, kind},
    paper::look::Looked,
    states::Machine as _,
};

/// What a file is to its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// A code of whoever asked for it.
    pub kind: String,
    /// In words.
    pub title: Option<String>,
}

/// Add files to their owner: all of them or none. The same bytes are added once: whoever sends a file again, because the
/// answer was lost, finds the first.
pub async fn attach(
    app: &App,
    by: &Actor,
    owner: &Owner,
    label: &Label,
    files: Vec<Examined>,
) -> Result<Vec<attachment::Model>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let tx = app.db.write(by, &owner.district).await?;
    let (rows, new) = attach_all_in(&tx, by, owner, label, files).await?;
    if new {
        tx.commit().await?;
    }
    Ok(rows)
}

/// The same inside a caller's transaction.
pub async fn attach_in(
    tx: &Tx,
    by: &Actor,
    owner: &Owner,
    label: &Label,
    files: Vec<Examined>,
) -> Result<Vec<attachment::Model>> {
    Ok(attach_all_in(tx, by, owner, label, files).await?.0)
}

/// The rows, and whether one of them is new.
async fn attach_all_in(
    tx: &Tx,
    by: &Actor,
    owner: &Owner,
    label: &Label,
    files: Vec<Examined>,
) -> Result<(Vec<attachment::Model>, bool)> {
    let (mut rows, mut new) = (Vec::with_capacity(files.len()), false);
    for file in files {
        rows.push(match known_in(tx, owner, file.spooled.hash()).await? {
            Some(known) => known,
            None => {
                new = true;
                add_in(tx, by, owner, label, file).await?
            }
        });
    }
    Ok((rows, new))
}

async fn known_in(tx: &Tx, owner: &Owner, hash: &str) -> Result<Option<attachment::Model>> {
    let same = stored_file::Entity::find()
        .filter(stored_file::COLUMN.hash.eq(hash))
        .filter(stored_file::COLUMN.organisation_id.eq(owner.place))
        .select_only()
        .column(stored_file::Column::Id)
        .into_query();
    let of_owner = queries::of_owner(owner)
        .filter(attachment::COLUMN.file_id.in_subquery(same))
        .all(&**tx)
        .await?;
    Ok(of_owner.into_iter().find(|one| is_there(one.state)))
}

async fn add_in(tx: &Tx, by: &Actor, owner: &Owner, label: &Label, mut file: Examined) -> Result<attachment::Model> {
    let called = (file.name.as_str(), kind::media_type(file.kind));
    let stored = file::keep_spooled_in(tx, by, owner.place, called, &mut file.spooled).await?;
    let state = file.standing.state();
    let mut row = attachment::ActiveModel {
        id: NotSet,
        owner_kind: Set(owner.kind.to_owned()),
        owner_id: Set(owner.id),
        child_id: Set(owner.child),
        organisation_id: Set(owner.place),
        kind: Set(label.kind.clone()),
        title: Set(label.title.clone()),
        file_id: Set(stored.id),
        media: Set(file.kind),
        clean_id: Set(None),
        thumbnail_id: Set(None),
        pages: Set(None),
        state: Set(state),
        fault: Set(None),
        tries: Set(0),
        added_by: Set(by.account),
        added_at: Set(by.now),
        withdrawn_by: Set(None),
        withdrawn_at: Set(None),
        version: Set(1),
    };
    if let Standing::Ready(looked) = file.standing {
        made_in(tx, by, owner.place, &file.name, *looked, &mut row).await?;
    }
    let added = row.insert(&**tx).await?;
    let details = json!({
        "owner": owner.kind, "owner_id": owner.id, "kind": label.kind, "file": stored.id, "hash": stored.hash,
        "media": file.kind, "state": state,
    });
    event::record(tx, by, "attachment.added", subject(added.id, owner.child), details).await?;
    Ok(added)
}

/// What was made of it when it was looked into.
async fn made_in(
    tx: &Tx,
    by: &Actor,
    place: entities::OrganisationId,
    name: &str,
    looked: Looked,
    row: &mut attachment::ActiveModel,
) -> Result<()> {
    if let Some((media, mut clean)) = looked.clean {
        let name = kind::name(name, media);
        let called = (name.as_str(), kind::media_type(media));
        row.clean_id = Set(Some(file::keep_spooled_in(tx, by, place, called, &mut clean).await?.id));
    }
    if let Some(mut small) = looked.thumbnail {
        let called = (name, kind::media_type(FileKind::Jpeg));
        row.thumbnail_id = Set(Some(file::keep_spooled_in(tx, by, place, called, &mut small).await?.id));
    }
    row.pages = Set(looked.pages);
    Ok(())
}

/// Take a file back that the actor found: it stays on record, and nobody opens it any more.
pub async fn withdraw(app: &App, by: &Actor, owner: &Owner, id: AttachmentId, version: Version) -> Result<()> {
    let tx = app.db.write(by, &owner.district).await?;
    let found = queries::of_owner(owner)
        .filter(attachment::COLUMN.id.eq(id))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    version.is_still(found.version)?;
    Attachments::must(found.state, AttachmentState::Withdrawn, "attachment.cannot_withdraw")?;
    let details = json!({ "state": found.state, "kind": found.kind });
    let (child, next) = (found.child_id, found.version + 1);
    let mut row = found.into_active_model();
    row.state = Set(AttachmentState::Withdrawn);
    row.withdrawn_by = Set(by.account);
    row.withdrawn_at = Set(Some(by.now));
    row.version = Set(next);
    row.update(&*tx).await?;
    event::record(&tx, by, "attachment.withdrawn", subject(id, child), details).await?;
    tx.commit().await
}

/// What came of looking at a file that waited. Somebody who took it back meanwhile was quicker.
pub(super) async fn prepared(
    app: &App,
    by: &Actor,
    waited: &attachment::Model,
    name: &str,
    standing: Standing,
) -> Result<bool> {
    let tx = app.db.write(by, "").await?;
    let found = attachment::Entity::find_by_id(waited.id).one(&*tx).await?;
    let Some(found) = found.filter(|found| found.version == waited.version) else {
        return Ok(false);
    };
    let (state, child, place) = (standing.state(), found.child_id, found.organisation_id);
    if state == found.state {
        // Nothing new but that it was tried.
        attachment::Entity::update_many()
            .col_expr(attachment::Column::Tries, Expr::col(attachment::Column::Tries).add(1))
            .filter(attachment::COLUMN.id.eq(waited.id))
            .exec(&*tx)
            .await?;
        tx.commit_quietly().await?;
        return Ok(false);
    }
    Attachments::must(found.state, state, "attachment.cannot_prepare")?;
    let (was, next) = (found.state, found.version + 1);
    let mut row = found.into_active_model();
    row.state = Set(state);
    row.tries = Set(0);
    row.version = Set(next);
    let mut fault = None;
    match standing {
        Standing::Ready(looked) => made_in(&tx, by, place, name, *looked, &mut row).await?,
        Standing::Wrong(why) => fault = Some(why),
        Standing::Preparing | Standing::SetApart => {}
    }
    row.fault = Set(fault);
    row.update(&*tx).await?;
    let action = if state == AttachmentState::Refused {
        "attachment.refused"
    } else {
        "attachment.prepared"
    };
    let details = json!({ "from": was, "state": state, "fault": fault });
    event::record(&tx, by, action, subject(waited.id, child), details).await?;
    tx.commit().await?;
    Ok(true)
}

/// The row that files belong to is about this child from now on.
pub async fn belongs_to_in(tx: &Tx, owner: &Owner, child: ChildId) -> Result<()> {
    let rows = attachment::Entity::update_many()
        .col_expr(attachment::Column::ChildId, Expr::value(child))
        .col_expr(
            attachment::Column::Version,
            Expr::col(attachment::Column::Version).add(1),
        )
        .filter(queries::is_of(owner))
        .exec(&**tx)
        .await?;
    if rows.rows_affected > 0 {
        tx.touches(child);
    }
    Ok(())
}
