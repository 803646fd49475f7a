//! What people decide about notices and messages.

use entities::{
    ChildId, MessageId, NoticeId,
    communication::{message, notice},
    words::{Channel, Delivery},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, IntoCondition},
};
use serde_json::json;

use super::{RESULTS, delivery};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
    },
};

/// Mark one of one's own notices as read; returns the page to act on it.
pub async fn read(app: &App, by: &Actor, id: NoticeId) -> Result<String> {
    let tx = app.db.write(by, "").await?;
    let row = notice::Entity::find_by_id(id)
        .filter(notice::COLUMN.account_id.eq(by.person()?))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    mark_in(&tx, by, notice::COLUMN.id.eq(id).into_condition()).await?;
    tx.commit_quietly().await?;
    Ok(row.link)
}

/// Mark all of one's own notices as read.
pub async fn read_all(app: &App, by: &Actor) -> Result<u64> {
    let tx = app.db.write(by, "").await?;
    let read = mark_in(&tx, by, Condition::all()).await?;
    tx.commit_quietly().await?;
    Ok(read)
}

/// Notices that lead to a page are read when it is opened.
pub async fn read_behind(app: &App, by: &Actor, link: &str) -> Result<()> {
    if by.account.is_none() {
        return Ok(());
    }
    let behind = notice::COLUMN.link.eq(link).into_condition();
    let waiting = notice::Entity::find().filter(unread(by)?).filter(behind.clone());
    if waiting.count(&*app.db).await? == 0 {
        return Ok(());
    }
    let tx = app.db.write(by, "").await?;
    mark_in(&tx, by, behind).await?;
    tx.commit_quietly().await
}

/// One's own that are unread.
fn unread(by: &Actor) -> Result<Condition> {
    Ok(Condition::all()
        .add(notice::COLUMN.account_id.eq(by.person()?))
        .add(notice::COLUMN.read_at.is_null()))
}

/// They are read. A result was somebody's to read: what is to be done for its child is worked out anew.
async fn mark_in(tx: &Tx, by: &Actor, which: Condition) -> Result<u64> {
    let which = unread(by)?.add(which);
    let of_results: Vec<Option<ChildId>> = notice::Entity::find()
        .filter(which.clone())
        .filter(notice::COLUMN.template.is_in(RESULTS.iter().copied()))
        .select_only()
        .column(notice::Column::ChildId)
        .into_tuple()
        .all(&**tx)
        .await?;
    let done = notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(by.now))
        .filter(which)
        .exec(&**tx)
        .await?;
    tx.touch_all(of_results.into_iter().flatten());
    Ok(done.rows_affected)
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
