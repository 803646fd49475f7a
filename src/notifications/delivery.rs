//! The sweep that sends what waits in the outbox.
//!
//! Claim, send, settle. Claiming turns `pending` into `sending` in a transaction of its own, so two processes never send
//! one message, and it is committed before the first byte leaves. A process that dies after that leaves `sending`; nobody
//! knows then whether the mail left, so the next run makes it `failed` with that reason, for a person to decide. We err on
//! the side of silence: a family is never told the same thing twice, and the silence is on the list of failed messages.
//! Whatever failed for certain before the server took it is tried again: see [`PAUSES`]. A server that cannot be reached or
//! falls silent is given up for the run: the other letters would wait for it just as long.
//!
//! Without a mail server letters wait and say why; they leave when one is configured, if they still mean something
//! ([`super::meaning`]).
//!
//! One address hears of one cause once, also when two guardians share it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    MessageId,
    account::account,
    child::guardian,
    communication::message,
    words::{Channel, Delivery, Language},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    cause, gateway,
    handover::Handover,
    mail::{self, Letter},
    receiver::{self, Found, Receiver},
    text::{Names, Text},
};
use crate::platform::{
    Actor, App, Result, Tx, clock, outbox,
    sweep::{Outcome, Sweep},
    words,
};

/// Between the attempts: 1, 5, 30 minutes, 2 and 12 hours; then a person has to look.
pub const PAUSES: [TimeDelta; 5] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(12),
];
/// The furthest that a next attempt lies ahead. One beyond it was written by a clock that ran ahead, and is due.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// A message that is still `sending` after this long belongs to a process that died.
const PRESUMED_DEAD: TimeDelta = TimeDelta::minutes(10);
/// Messages in one run: it must end before its lease does.
const AT_ONCE: u64 = 200;
/// A run ends well before its lease does, however slow the servers are.
const LONGEST_RUN: TimeDelta = TimeDelta::minutes(4);
/// Longest text of an error that is kept.
const ERROR_CHARS: usize = 200;

/// Attempts after which a message is given up, less one.
pub(super) fn attempts() -> i32 {
    i32::try_from(PAUSES.len()).unwrap_or(i32::MAX)
}

/// Sends what is due.
pub const SWEEP: Sweep = Sweep {
    name: "deliver",
    every: Duration::from_secs(20),
    run: |app, by| Box::pin(run(app, by)),
};

/// Send everything that is due, each way by itself.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let given_up = give_up_on_the_dead(app, by).await?;
    let mut count = Count {
        sent: 0,
        others: given_up,
    };
    for channel in Channel::ALL {
        if *channel == Channel::Mail && !app.config.mails() {
            hold_back(app).await?;
        } else {
            deliver(app, by, *channel, &mut count).await?;
        }
    }
    Ok(match (count.sent, count.others) {
        (0, 0) => Outcome::new(),
        (sent, others) => format!("sent={sent}, not_sent={others}"),
    })
}

/// What came of a run.
struct Count {
    sent: u64,
    others: u64,
}

/// Send what is due by one way.
async fn deliver(app: &App, by: &Actor, channel: Channel, count: &mut Count) -> Result<()> {
    let due: Vec<MessageId> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .filter(message::COLUMN.channel.eq(channel))
        .filter(is_over(by.now, LONGEST))
        .order_by_asc(message::COLUMN.next_attempt_at)
        .order_by_asc(message::COLUMN.id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(&*app.db)
        .await?;
    for id in due {
        let now = app.clock.now();
        if now - by.now > LONGEST_RUN {
            return Ok(());
        }
        let Some(claimed) = claim(app, &Actor { now, ..by.clone() }, id).await? else {
            continue;
        };
        let Claimed::Letter { row, letter } = claimed else {
            count.others += 1;
            continue;
        };
        let address = letter.to.address.clone();
        let handover = match channel {
            Channel::Mail => mail::send(app, letter).await,
            Channel::Webhook => gateway::send(app, &letter, &row.template).await,
        };
        // A setting that cannot be read is no reason to lose the claim.
        let handover = handover.unwrap_or_else(|error| Handover::Unreachable(error.to_string()));
        settle(app, &row, &handover, &address).await?;
        match handover {
            Handover::Done => count.sent += 1,
            Handover::Later(_) | Handover::Never(_) => count.others += 1,
            // It cannot be reached, or fell silent after taking the mail: the next one would wait for it as long.
            Handover::Unreachable(_) | Handover::Unknown => {
                count.others += 1;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Nobody configured a mail server: letters say why they wait.
async fn hold_back(app: &App) -> Result<()> {
    let untold = Condition::any()
        .add(message::COLUMN.last_error.is_null())
        .add(message::COLUMN.last_error.ne(mail::NO_SERVER));
    let held = message::Entity::update_many()
        .col_expr(message::Column::LastError, Expr::value(mail::NO_SERVER))
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .filter(message::COLUMN.channel.eq(Channel::Mail))
        .filter(untold)
        .exec(app.db.alone())
        .await?;
    if held.rows_affected > 0 {
        tracing::warn!(
            letters = held.rows_affected,
            "not sent: no mail server is configured (STARBRIDGE_SMTP_URL)"
        );
    }
    Ok(())
}

enum Claimed {
    /// To be sent now.
    Letter { row: Box<message::Model>, letter: Letter },
    /// Closed without sending.
    Closed,
}

/// Take a message, or close it because it should not be sent any more.
async fn claim(app: &App, by: &Actor, id: MessageId) -> Result<Option<Claimed>> {
    let tx = app.db.write(by, "").await?;
    let Some(row) = message::Entity::find_by_id(id).one(&*tx).await? else {
        return Ok(None);
    };
    if row.state != Delivery::Pending || clock::lasts(row.next_attempt_at, by.now, LONGEST) {
        return Ok(None);
    }
    let claimed = match written(app, &tx, by, &row).await? {
        Ok(letter) => {
            set(
                &*tx,
                &row,
                Delivery::Sending,
                None,
                by.now + PRESUMED_DEAD,
                row.attempts + 1,
            )
            .await?;
            let row = message::Model {
                state: Delivery::Sending,
                attempts: row.attempts + 1,
                ..row
            };
            Claimed::Letter {
                row: Box::new(row),
                letter,
            }
        }
        Err((state, reason)) => {
            set(&*tx, &row, state, Some(reason.to_owned()), by.now, row.attempts).await?;
            Claimed::Closed
        }
    };
    tx.commit_quietly().await?;
    Ok(Some(claimed))
}

/// The letter as it would leave now, or why it does not leave.
async fn written(
    app: &App,
    tx: &Tx,
    by: &Actor,
    row: &message::Model,
) -> Result<Result<Letter, (Delivery, &'static str)>> {
    let to = match receiver::find(&**tx, app, row, by).await? {
        Found::Receiver(to) => to,
        Found::Not(state, reason) => return Ok(Err((state, reason))),
    };
    if was_told(app, tx, row, &to).await? {
        return Ok(Err((Delivery::Cancelled, "delivery.same_address")));
    }
    let mut params = row.params.clone();
    let secret = match outbox::take_secret(&app.keys, &mut params) {
        Some(Some(secret)) => secret,
        Some(None) => return Ok(Err((Delivery::Failed, "delivery.secret_lost"))),
        None => String::new(),
    };
    let names = Names::find(&**tx, by, std::iter::once((&params, row.child_id))).await?;
    let text = Text {
        template: &row.template,
        params: &params,
        child: row.child_id,
    };
    let more = [
        ("receiver", to.name.as_str()),
        ("address", app.config.public_url.as_str()),
        (outbox::SECRET, secret.as_str()),
    ];
    let words = |part: &str| {
        let key = format!("message.{}.{part}", row.template);
        text.words(to.language, &key, &names, &more)
    };
    let (Some(subject), Some(body)) = (words("subject"), words("body")) else {
        return Ok(Err((Delivery::Failed, "delivery.no_text")));
    };
    Ok(Ok(Letter {
        name: format!("m-{:08}", row.id.0),
        key: row.dedupe_key.clone(),
        to,
        // A line break in a name must not begin a header.
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        body,
        at: by.now,
    }))
}

/// Another message about the same cause went, or is going, to the same address.
async fn was_told(app: &App, tx: &Tx, row: &message::Model, to: &Receiver) -> Result<bool> {
    let cause = cause::same_cause(row);
    let others = message::Entity::find()
        .filter(message::COLUMN.dedupe_key.gte(format!("{cause}:")))
        // ';' is the character after ':'.
        .filter(message::COLUMN.dedupe_key.lt(format!("{cause};")))
        .filter(message::COLUMN.id.ne(row.id))
        .filter(message::Column::State.is_in([Delivery::Sent, Delivery::Sending]))
        .all(&**tx)
        .await?;
    for other in others {
        let address = match (other.guardian_id, other.account_id) {
            (Some(id), _) => guardian::Entity::find_by_id(id)
                .one(&**tx)
                .await?
                .map(|g| match (row.channel, &g.phone) {
                    (Channel::Mail, _) => Ok(g.email),
                    (Channel::Webhook, Some(phone)) => app.keys.open("guardian.phone", phone).map(Some),
                    (Channel::Webhook, None) => Ok(None),
                })
                .transpose()?
                .flatten(),
            (None, Some(id)) => account::Entity::find_by_id(id).one(&**tx).await?.and_then(|a| a.email),
            (None, None) => None,
        };
        if address.is_some_and(|a| a.trim().eq_ignore_ascii_case(&to.address)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Write down what came of it.
async fn settle(app: &App, row: &message::Model, handover: &Handover, address: &str) -> Result<()> {
    let now = app.clock.now();
    let pause = usize::try_from(row.attempts - 1).ok().and_then(|n| PAUSES.get(n));
    let (state, error, next) = match handover {
        Handover::Done => (Delivery::Sent, None, now),
        Handover::Unknown => (Delivery::Failed, Some("delivery.unknown".to_owned()), now),
        Handover::Never(error) => (Delivery::Failed, Some(short(error, address)), now),
        Handover::Later(error) | Handover::Unreachable(error) => match pause {
            Some(pause) => (Delivery::Pending, Some(short(error, address)), now + *pause),
            None => (Delivery::Failed, Some(short(error, address)), now),
        },
    };
    if let Some(reason) = &error {
        tracing::warn!(
            message = row.id.0,
            channel = row.channel.as_str(),
            attempt = row.attempts,
            given_up = state == Delivery::Failed,
            "not sent: {}",
            words::raw(Language::English, reason)
        );
    }
    if !set(app.db.alone(), row, state, error, next, row.attempts).await? {
        tracing::warn!(message = row.id.0, "a message was settled by somebody else");
    }
    Ok(())
}

/// One line, not too long, without the addresses that servers like to quote, whole or by the part before the `@`.
fn short(error: &str, address: &str) -> String {
    let name = address.split('@').next().unwrap_or_default().to_lowercase();
    let tells = |word: &str| word.contains('@') || (!name.is_empty() && word.to_lowercase().contains(&name));
    let words = error
        .split_whitespace()
        .map(|word| if tells(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(ERROR_CHARS).collect()
}

/// Change a message that is still as it was read; false when somebody else was faster.
async fn set(
    db: &impl ConnectionTrait,
    was: &message::Model,
    state: Delivery,
    error: Option<String>,
    next: DateTime<Utc>,
    attempts: i32,
) -> Result<bool> {
    let mut change = message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(state))
        .col_expr(message::Column::LastError, Expr::value(error))
        .col_expr(message::Column::NextAttemptAt, Expr::value(next))
        .col_expr(message::Column::Attempts, Expr::value(attempts))
        .filter(message::COLUMN.id.eq(was.id))
        .filter(message::COLUMN.state.eq(was.state))
        .filter(message::COLUMN.attempts.eq(was.attempts));
    if state == Delivery::Sent {
        change = change.col_expr(message::Column::SentAt, Expr::value(next));
    }
    Ok(change.exec(db).await?.rows_affected == 1)
}

/// Messages whose process died while it sent them.
async fn give_up_on_the_dead(app: &App, by: &Actor) -> Result<u64> {
    let given_up = message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(Delivery::Failed))
        .col_expr(message::Column::LastError, Expr::value("delivery.unknown"))
        .filter(message::COLUMN.state.eq(Delivery::Sending))
        .filter(is_over(by.now, PRESUMED_DEAD))
        .exec(app.db.alone())
        .await?;
    Ok(given_up.rows_affected)
}

/// A wait is over, or cannot be.
fn is_over(now: DateTime<Utc>, longest: TimeDelta) -> Condition {
    Condition::any()
        .add(message::COLUMN.next_attempt_at.lte(now))
        .add(message::COLUMN.next_attempt_at.gt(clock::furthest(now, longest)))
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn errors_are_short_and_name_no_address() {
        assert_eq!(
            short("550 5.1.1 <a@b.cn>: unknown\r\n user", "wang.li@b.cn"),
            "550 5.1.1 … unknown user"
        );
        assert_eq!(
            short("550 no mailbox Wang.Li here", "wang.li@b.cn"),
            "550 no mailbox … here"
        );
        assert_eq!(short(&"x".repeat(500), "").len(), 200);
    }
}
