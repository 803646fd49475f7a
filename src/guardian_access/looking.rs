//! Who asked for a code: looked up apart from the request, so that its answer tells nothing.

use std::time::Duration;

use entities::{
    Sealed,
    child::guardian,
    guardian_access::guardian_access,
    words::{AccessWay, Channel},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use super::{
    codes::{Typed, hash},
    queries, rules,
};
use crate::{
    notifications,
    platform::{
        Actor, App, Result, Tx,
        outbox::{self, Message, Receiver},
        sweep::{Outcome, Sweep},
    },
};

/// Questions looked into in one run.
const AT_ONCE: u64 = 200;

/// Looks who asked for codes, and sends them; forgets visits that are long over.
pub(super) const SWEEP: Sweep = Sweep {
    name: "guardian-codes",
    every: Duration::from_secs(5),
    run: |app, by| Box::pin(look(app, by)),
};

/// Look who asked, and send the codes.
async fn look(app: &App, by: &Actor) -> Result<Outcome> {
    let waiting = guardian_access::Entity::find()
        .filter(guardian_access::COLUMN.looked_at.is_null())
        .filter(guardian_access::COLUMN.way.ne(AccessWay::Counter))
        .order_by_asc(guardian_access::COLUMN.id)
        .limit(AT_ONCE)
        .all(&*app.db)
        .await?;
    let mut sent = 0;
    for one in waiting {
        sent += u64::from(answer(app, by, one).await?);
    }
    let tx = app.db.write(by, "").await?;
    guardian_access::Entity::delete_many()
        .filter(guardian_access::COLUMN.asked_at.lt(by.now - rules::KEPT))
        .exec(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(if sent == 0 {
        Outcome::new()
    } else {
        format!("sent={sent}")
    })
}

/// One question: whether a code went out.
async fn answer(app: &App, by: &Actor, one: guardian_access::Model) -> Result<bool> {
    let tx = app.db.write(by, "").await?;
    let mut change = guardian_access::ActiveModel {
        id: Set(one.id),
        asked: Set(None),
        looked_at: Set(Some(by.now)),
        ..Default::default()
    };
    let fresh = one.asked_at + notifications::CODE_HOLDS > by.now;
    let guardian = match one.asked.as_ref().filter(|_| fresh) {
        Some(sealed) => find(app, &tx, by, sealed, one.way).await?,
        None => None,
    };
    let found = guardian.is_some();
    if let Some(guardian) = guardian {
        let code = rules::digits();
        change.guardian_id = Set(Some(guardian.id));
        change.code = Set(Some(hash(app, one.id, &code)?));
        change.code_until = Set(Some(by.now + notifications::CODE_HOLDS));
        let minutes = notifications::CODE_HOLDS.num_minutes();
        let message = Message {
            to: Receiver::Guardian(guardian.id),
            channel: if one.way == AccessWay::Mail {
                Channel::Mail
            } else {
                Channel::Webhook
            },
            child: None,
            template: notifications::CODE,
            params: outbox::with_secret(&app.keys, json!({ "minutes": minutes }), &code)?,
            cause: format!("guardian_access/{}", one.id),
        };
        outbox::send(&tx, by, message).await?;
    }
    change.update(&*tx).await?;
    tx.commit_quietly().await?;
    Ok(found)
}

/// Who asked, where a code can go to them.
async fn find(app: &App, tx: &Tx, by: &Actor, sealed: &Sealed, way: AccessWay) -> Result<Option<guardian::Model>> {
    let typed = Typed::opened(app, sealed)?;
    let can_go = match way {
        AccessWay::Mail => app.config.mails(),
        AccessWay::Phone => app.config.webhook_url.is_some(),
        AccessWay::Counter => false,
    };
    if !can_go {
        return Ok(None);
    }
    let found = queries::at_address(&**tx, &app.keys, &typed.name, &typed.address).await?;
    let Some(guardian) = found.into_iter().next() else {
        return Ok(None);
    };
    let wrong = queries::wrong_of(&**tx, guardian.id, by.now).await?;
    Ok((wrong < rules::WRONG_OF_GUARDIAN_A_DAY).then_some(guardian))
}
