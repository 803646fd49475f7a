//! What people say about a task: that it is done, that the family is lost, how they tried to reach it.

use entities::{TaskId, task::task, words::TaskState};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    contact::{failed_attempts, record_for_task},
    deadlines::Deadlines,
    forms::Attempt,
    queries,
    rules::of,
    service::end_in,
    states::Tasks,
};
use crate::platform::{Actor, App, Error, Result, Say, Tx, Version, states::Machine as _};

/// The task is done; the note says what came of it.
pub async fn complete(app: &App, by: &Actor, id: TaskId, version: Option<Version>, note: String) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, TaskState::Done).await?;
    end_in(&tx, by, &row, TaskState::Done, Some(note)).await?;
    tx.commit().await
}

/// The family cannot be found: only after enough documented attempts that failed.
pub async fn lose(app: &App, by: &Actor, id: TaskId, version: Option<Version>, note: Option<String>) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, TaskState::Lost).await?;
    let (done, needed) = attempts(&*tx, by, &row).await?;
    if done < needed {
        let say = Say::new("referral.loss.too_early")
            .with("done", done)
            .with("needed", needed);
        return Err(Error::refused(say));
    }
    end_in(&tx, by, &row, TaskState::Lost, note).await?;
    tx.commit().await
}

/// Document an attempt to reach the family.
pub async fn contact(app: &App, by: &Actor, id: TaskId, attempt: Attempt) -> Result<()> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !is_theirs(by, &seen) {
        return Err(Error::Forbidden);
    }
    record_for_task(app, by, &seen, attempt).await
}

/// Failed attempts so far, and how many make a child lost.
pub async fn attempts(db: &impl ConnectionTrait, by: &Actor, row: &task::Model) -> Result<(u32, u32)> {
    let deadlines = Deadlines::on(db, &row.district, by.today()).await?;
    let contacts = queries::contacts(db, row.id).await?;
    Ok((failed_attempts(&contacts), deadlines.contact_attempts))
}

/// People of the actor's organisation say what came of it; of other tasks the rows tell.
pub fn is_theirs(by: &Actor, row: &task::Model) -> bool {
    let own = by.workplace.as_ref().is_some_and(|w| w.id == row.organisation_id);
    own && of(row.what).is_said
}

async fn begin(
    app: &App,
    by: &Actor,
    id: TaskId,
    version: Option<Version>,
    to: TaskState,
) -> Result<(Tx, task::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !is_theirs(by, &seen) {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = task::Entity::find_by_id(id).one(&*tx).await?.ok_or(Error::NotFound)?;
    if version.is_some_and(|version| !version.is(row.version)) {
        return Err(Error::stale_as(
            Say::new("task.changed").with_word("state", row.state.word()),
        ));
    }
    Tasks::must(row.state, to, "task.changed")?;
    Ok((tx, row))
}
