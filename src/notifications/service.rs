//! What people decide about notices and messages.

use entities::{
    MessageId, NoticeId,
    communication::{message, notice},
    task::task,
    words::{Channel, Delivery, TaskState, What},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use serde_json::json;

use super::delivery;
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result,
        event::{self, Subject},
    },
    task::{queries as tasks, service::end_all_of_in},
};

/// Mark one of one's own notices as read; returns the page to act on it.
pub async fn read(app: &App, by: &Actor, id: NoticeId) -> Result<String> {
    let tx = app.db.write(by, "").await?;
    let row = notice::Entity::find_by_id(id)
        .filter(notice::COLUMN.account_id.eq(by.person()?))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let link = row.link.clone();
    if row.read_at.is_none() {
        let change = notice::ActiveModel {
            id: Set(id),
            read_at: Set(Some(by.now)),
            ..Default::default()
        };
        change.update(&*tx).await?;
        was_read(&*tx, by).await?;
    }
    tx.commit_quietly().await?;
    Ok(link)
}

/// Mark all of one's own notices as read.
pub async fn read_all(app: &App, by: &Actor) -> Result<u64> {
    let tx = app.db.write(by, "").await?;
    let done = notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(by.now))
        .filter(notice::COLUMN.account_id.eq(by.person()?))
        .filter(notice::COLUMN.read_at.is_null())
        .exec(&*tx)
        .await?;
    was_read(&*tx, by).await?;
    tx.commit_quietly().await?;
    Ok(done.rows_affected)
}

/// Whatever was read needs to be read no more: the tasks of the actor's notices that are read end. It says the same thing
/// when it is said twice.
pub async fn was_read(db: &impl ConnectionTrait, by: &Actor) -> Result<()> {
    let account = by.person()?;
    let unread = Query::select()
        .column(notice::Column::Id)
        .from(notice::Entity)
        .and_where(notice::COLUMN.account_id.eq(account))
        .and_where(notice::COLUMN.read_at.is_null())
        .to_owned();
    let read = tasks::is_one_of(&[What::ReadResult])
        .add(task::COLUMN.owner_id.eq(account))
        .add(task::Column::FocusId.not_in_subquery(unread));
    end_all_of_in(db, by, read, TaskState::Settled).await?;
    Ok(())
}

/// Send a failed message once more: a person decided so, even where it may have arrived.
pub async fn resend(app: &App, by: &Actor, id: MessageId) -> Result<()> {
    decide(app, by, id, "message.resent", Delivery::Pending).await
}

/// Give a message up that waits or failed.
pub async fn cancel(app: &App, by: &Actor, id: MessageId) -> Result<()> {
    decide(app, by, id, "message.cancelled", Delivery::Cancelled).await
}

/// The servers are in order again: what waits for its next attempt, or ran out of attempts, is due at once. What may have
/// arrived, or was refused for good, stays for a person to decide.
pub async fn send_now(app: &App, by: &Actor) -> Result<u64> {
    let tx = app.db.write(by, "").await?;
    let waiting = Condition::all()
        .add(message::COLUMN.state.eq(Delivery::Pending))
        .add(message::COLUMN.next_attempt_at.gt(by.now));
    let exhausted = Condition::all()
        .add(message::COLUMN.state.eq(Delivery::Failed))
        .add(message::COLUMN.attempts.gt(delivery::attempts()))
        .add(message::COLUMN.last_error.ne("delivery.unknown"));
    let mut due = message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(Delivery::Pending))
        .col_expr(message::Column::Attempts, Expr::value(0))
        .col_expr(message::Column::NextAttemptAt, Expr::value(by.now))
        .filter(scope::messages(by))
        .filter(Condition::any().add(waiting).add(exhausted));
    if !app.config.mails() {
        due = due.filter(message::COLUMN.channel.ne(Channel::Mail));
    }
    let due = due.exec(&*tx).await?.rows_affected;
    let details = json!({ "messages": due });
    event::record(&tx, by, "message.sent_now", Subject::none(), details).await?;
    tx.commit().await?;
    Ok(due)
}

async fn decide(app: &App, by: &Actor, id: MessageId, action: &str, to: Delivery) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let row = message::Entity::find_by_id(id)
        .filter(scope::messages(by))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let allowed = match to {
        Delivery::Pending => row.state == Delivery::Failed,
        Delivery::Sending | Delivery::Sent | Delivery::Failed | Delivery::Cancelled => {
            matches!(row.state, Delivery::Pending | Delivery::Failed)
        }
    };
    if !allowed {
        return Err(Error::refused("message.too_late"));
    }
    let change = message::ActiveModel {
        id: Set(id),
        state: Set(to),
        attempts: Set(0),
        next_attempt_at: Set(by.now),
        last_error: Set((to == Delivery::Cancelled).then(|| "delivery.given_up".to_owned())),
        ..Default::default()
    };
    change.update(&*tx).await?;
    let subject = match row.child_id {
        Some(child) => Subject::of_child("message", id.0, child),
        None => Subject::new("message", id.0),
    };
    let details = json!({ "was": row.state, "attempts": row.attempts, "template": row.template });
    event::record(&tx, by, action, subject, details).await?;
    tx.commit().await
}
