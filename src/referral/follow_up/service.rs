//! Follow-up tasks: opened by a finding, ended when they are done or the family is lost.

use chrono::NaiveDate;
use entities::{
    DiagnosisId, FollowUpId, OrganisationId, RescreenId,
    child::child,
    screening::follow_up,
    words::{FollowUpKind, FollowUpState, OrganisationKind},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr,
};
use serde_json::json;

use super::queries;
use crate::{
    children::care,
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        event::{self, Subject},
    },
    referral::{Deadlines, contact, forms::Attempt, queries::follow_up_contacts, rules},
};

/// A task for an organisation.
#[derive(Clone, Copy, Debug)]
pub struct NewTask {
    /// What is to be done.
    pub kind: FollowUpKind,
    /// By whom.
    pub place: OrganisationId,
    /// By when.
    pub due_on: NaiveDate,
    /// The re-screen that it follows from.
    pub rescreen: Option<RescreenId>,
    /// The diagnosis that it follows from.
    pub diagnosis: Option<DiagnosisId>,
}

/// Open a follow-up task; its organisation may open the file from now on. An open task of the same kind is replaced.
pub async fn open_in(tx: &Tx, by: &Actor, file: &child::Model, task: NewTask) -> Result<FollowUpId> {
    follow_up::Entity::update_many()
        .col_expr(follow_up::Column::State, Expr::value(FollowUpState::Cancelled))
        .col_expr(follow_up::Column::ClosedAt, Expr::value(Some(by.now)))
        .filter(follow_up::COLUMN.child_id.eq(file.id))
        .filter(follow_up::COLUMN.kind.eq(task.kind))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .exec(&**tx)
        .await?;
    let row = follow_up::ActiveModel {
        id: NotSet,
        child_id: Set(file.id),
        kind: Set(task.kind),
        state: Set(FollowUpState::Open),
        organisation_id: Set(task.place),
        opened_at: Set(by.now),
        due_on: Set(task.due_on),
        rescreen_id: Set(task.rescreen),
        diagnosis_id: Set(task.diagnosis),
        escalation: Set(0),
        closed_at: Set(None),
        closed_by: Set(None),
        note: Set(None),
        version: Set(1),
    };
    let id = row.insert(&**tx).await?.id;
    care::tie_in(tx, by, task.place, file.id).await?;
    let subject = Subject::of_child("follow_up", id.0, file.id);
    let details = json!({ "kind": task.kind, "due_on": task.due_on, "organisation": task.place });
    event::record(tx, by, "follow_up.opened", subject, details).await?;
    Ok(id)
}

/// The task is done; the note says what came of it.
pub async fn complete(app: &App, by: &Actor, id: FollowUpId, version: Option<Version>, note: String) -> Result<()> {
    let (tx, row) = begin(app, by, id, version).await?;
    close(&tx, by, &row, FollowUpState::Done, Some(note)).await?;
    tx.commit().await
}

/// The family cannot be found: only after enough documented attempts that failed.
pub async fn lose(app: &App, by: &Actor, id: FollowUpId, version: Option<Version>, note: Option<String>) -> Result<()> {
    let (tx, row) = begin(app, by, id, version).await?;
    let (done, needed) = attempts(&*tx, by, &row).await?;
    if done < needed {
        let say = Say::new("referral.loss.too_early")
            .with("done", done)
            .with("needed", needed);
        return Err(Error::refused(say));
    }
    close(&tx, by, &row, FollowUpState::Lost, note).await?;
    tx.commit().await
}

/// Document an attempt to reach the family.
pub async fn contact(app: &App, by: &Actor, id: FollowUpId, attempt: Attempt) -> Result<()> {
    let row = queries::find(&*app.db, by, id).await?;
    if !is_theirs(by, &row) {
        return Err(Error::Forbidden);
    }
    let file = child::Entity::find_by_id(row.child_id)
        .one(&*app.db)
        .await?
        .ok_or(Error::NotFound)?;
    contact::record_for_follow_up(app, by, &row, &file.district, attempt).await
}

/// Failed attempts so far, and how many make a child lost.
pub async fn attempts(db: &impl sea_orm::ConnectionTrait, by: &Actor, row: &follow_up::Model) -> Result<(u32, u32)> {
    let file = child::Entity::find_by_id(row.child_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let deadlines = Deadlines::on(db, &file.district, by.today()).await?;
    let contacts = follow_up_contacts(db, row.id).await?;
    Ok((rules::failed_attempts(&contacts), deadlines.contact_attempts))
}

/// The task belongs to the actor's organisation; federations look on.
pub fn is_theirs(by: &Actor, row: &follow_up::Model) -> bool {
    by.workplace.as_ref().is_some_and(|w| {
        w.id == row.organisation_id
            && !matches!(
                w.kind,
                OrganisationKind::Federation | OrganisationKind::StreetFederation
            )
    })
}

async fn begin(app: &App, by: &Actor, id: FollowUpId, version: Option<Version>) -> Result<(Tx, follow_up::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !is_theirs(by, &seen) {
        return Err(Error::Forbidden);
    }
    let file = child::Entity::find_by_id(seen.child_id)
        .one(&*app.db)
        .await?
        .ok_or(Error::NotFound)?;
    let tx = app.db.write(by, &file.district).await?;
    let row = follow_up::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let say = Say::new("follow_up.changed").with_word("state", row.state.word());
    if version.is_some_and(|version| !version.is(row.version)) {
        return Err(Error::stale_as(say));
    }
    if row.state != FollowUpState::Open {
        return Err(Error::refused(say));
    }
    Ok((tx, row))
}

async fn close(tx: &Tx, by: &Actor, row: &follow_up::Model, state: FollowUpState, note: Option<String>) -> Result<()> {
    let change = follow_up::ActiveModel {
        id: Set(row.id),
        state: Set(state),
        closed_at: Set(Some(by.now)),
        closed_by: Set(by.account),
        note: Set(note),
        version: Set(row.version + 1),
        ..Default::default()
    };
    change.update(&**tx).await?;
    let action = if state == FollowUpState::Lost {
        "follow_up.lost"
    } else {
        "follow_up.done"
    };
    let subject = Subject::of_child("follow_up", row.id.0, row.child_id);
    event::record(tx, by, action, subject, json!({ "kind": row.kind })).await
}
