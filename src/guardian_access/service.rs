//! Asking for a code, letting somebody in, and out again. Codes are sent by [`super::looking`].

use chrono::TimeDelta;
use entities::{
    ChildId, GuardianAccessId, GuardianId, GuardianshipId,
    child::guardian,
    guardian_access::guardian_access,
    words::{AccessWay, SeenDocument},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::json;

use super::{
    codes::{Typed, hash, hash_of_counter},
    queries,
    rules::{self, Address},
};
use crate::{
    access::scope,
    children::guardians,
    notifications,
    platform::{
        Actor, App, Error, Result, chance,
        event::{self, Subject},
        remote,
    },
};

/// Longest name of a browser that is kept.
const AGENT: usize = 120;
/// Where somebody comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// As it calls itself.
    pub agent: String,
}

impl Browser {
    /// Shortened: what tells a telephone from a desk, and no more.
    pub fn named(agent: &str) -> Self {
        Self {
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
        }
    }
}

fn subject(id: GuardianAccessId) -> Subject {
    Subject::new("guardian_access", id.0)
}

/// What came of asking for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// A code goes out if this is somebody; the browser is known by this.
    Noted(String),
    /// Too often, by this address or from this network.
    TooOften,
}

/// Somebody asks for a code. The work and the answer are the same whether anybody is on file or not.
pub async fn ask(app: &App, by: &Actor, from: &Browser, name: &str, address: &Address, typed: &str) -> Result<Asking> {
    let network = remote::block(&by.remote);
    let index = app.keys.index(queries::ADDRESS, &address.compared)?;
    let cookie = chance::secret_name();
    let sealed = Typed {
        name: name.to_owned(),
        address: typed.to_owned(),
    }
    .sealed(app)?;
    let tx = app.db.write(&by.without_submission(), "").await?;
    let before = queries::asked(&*tx, &index, &network, by.now).await?;
    if before.is_too_often() {
        drop(tx);
        let why = json!({ "why": "too_often", "way": address.way });
        event::refused(app, by, "guardian_access.refused", Subject::none(), why).await?;
        return Ok(Asking::TooOften);
    }
    let row = guardian_access::ActiveModel {
        address_index: Set(Some(index)),
        asked: Set(Some(sealed)),
        ..row(by, &cookie, address.way, from)
    };
    let row = row.insert(&*tx).await?;
    event::record(
        &tx,
        by,
        "guardian_access.asked",
        subject(row.id),
        json!({ "way": address.way }),
    )
    .await?;
    tx.commit().await?;
    Ok(Asking::Noted(cookie))
}

fn row(by: &Actor, cookie: &str, way: AccessWay, from: &Browser) -> guardian_access::ActiveModel {
    guardian_access::ActiveModel {
        id: NotSet,
        browser: Set(queries::browser(cookie)),
        way: Set(way),
        asked: Set(None),
        address_index: Set(None),
        remote: Set(remote::block(&by.remote)),
        guardian_id: Set(None),
        code: Set(None),
        code_until: Set(None),
        tries: Set(0),
        asked_at: Set(by.now),
        looked_at: Set(None),
        opened_at: Set(None),
        seen_at: Set(None),
        until: Set(None),
        agent: Set(from.agent.clone()),
        witness_id: Set(None),
        document: Set(None),
    }
}

/// Staff looked at a document of a guardian, and read a code out to them. Gives the code.
///
/// # Errors
/// Not found where the child is not theirs to see; refused when the guardian does not answer for the child any more.
pub async fn issue(
    app: &App,
    by: &Actor,
    child: ChildId,
    tie: GuardianshipId,
    document: SeenDocument,
) -> Result<String> {
    let lane = scope::child(&*app.db, by, child).await?.district;
    let code = rules::letters();
    let tx = app.db.write(by, &lane).await?;
    scope::child(&*tx, by, child).await?;
    let (tie, guardian) = guardians::tie(&*tx, child, tie).await?;
    if tie.ended_on.is_some() {
        return Err(Error::refused("guardian.already_ended"));
    }
    let row = guardian_access::ActiveModel {
        guardian_id: Set(Some(guardian.id)),
        code: Set(Some(hash_of_counter(app, &code)?)),
        code_until: Set(Some(by.now + rules::COUNTER_HOLDS)),
        looked_at: Set(Some(by.now)),
        witness_id: Set(Some(by.person()?)),
        document: Set(Some(document)),
        ..row(by, &chance::secret_name(), AccessWay::Counter, &Browser::default())
    };
    let row = row.insert(&*tx).await?;
    let about = Subject::of_child("guardian_access", row.id.0, child);
    let details = json!({ "guardian": guardian.id, "document": document });
    event::record(&tx, by, "guardian_access.issued", about, details).await?;
    tx.commit().await?;
    Ok(code)
}

/// Who was let in: what the browser is known by from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetIn {
    /// The guardian.
    pub guardian: GuardianId,
    /// What the cookie holds.
    pub cookie: String,
}

/// Somebody types the code that was sent. What does not let them in is one answer, whatever it is.
pub async fn enter(app: &App, by: &Actor, cookie: &str, typed: &str) -> Result<Option<LetIn>> {
    let known = guardian_access::Entity::find()
        .filter(guardian_access::COLUMN.browser.eq(queries::browser(cookie)))
        .one(&*app.db)
        .await?;
    // Somebody without a row has as much work made for them.
    let id = known.as_ref().map_or(GuardianAccessId(0), |row| row.id);
    let admitted = reserve(app, by, id).await?;
    let code = hash(app, id, &rules::code(typed))?;
    let right = known.filter(|row| {
        let holds = row.code_until.is_some_and(|until| until > by.now);
        admitted && holds && row.opened_at.is_none() && row.code.as_ref() == Some(&code)
    });
    match right {
        Some(row) => open(app, by, row).await,
        None => refused(app, by, id).await,
    }
}

/// Somebody types a code that staff read out.
pub async fn enter_counter(app: &App, by: &Actor, from: &Browser, typed: &str) -> Result<Option<LetIn>> {
    let code = hash_of_counter(app, &rules::code(typed))?;
    let row = guardian_access::Entity::find()
        .filter(guardian_access::COLUMN.code.eq(code))
        .filter(guardian_access::COLUMN.way.eq(AccessWay::Counter))
        .filter(guardian_access::COLUMN.opened_at.is_null())
        .filter(guardian_access::COLUMN.code_until.gt(by.now))
        .one(&*app.db)
        .await?;
    match row {
        Some(row) => {
            let row = guardian_access::Model {
                agent: from.agent.clone(),
                remote: remote::block(&by.remote),
                ..row
            };
            open(app, by, row).await
        }
        None => refused(app, by, GuardianAccessId(0)).await,
    }
}

/// Count a try before anything is compared; false when there are none left.
async fn reserve(app: &App, by: &Actor, id: GuardianAccessId) -> Result<bool> {
    let tx = app.db.write(&by.without_submission(), "").await?;
    let counted = guardian_access::Entity::update_many()
        .col_expr(
            guardian_access::Column::Tries,
            Expr::col(guardian_access::Column::Tries).add(1),
        )
        .filter(guardian_access::COLUMN.id.eq(id))
        .filter(guardian_access::COLUMN.tries.lt(rules::TRIES))
        .exec(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(counted.rows_affected == 1)
}

async fn refused(app: &App, by: &Actor, id: GuardianAccessId) -> Result<Option<LetIn>> {
    event::refused(
        app,
        by,
        "guardian_access.refused",
        subject(id),
        json!({ "why": "code" }),
    )
    .await?;
    Ok(None)
}

/// Let in: once for each code, under another name of the browser.
async fn open(app: &App, by: &Actor, row: guardian_access::Model) -> Result<Option<LetIn>> {
    let Some(guardian) = row.guardian_id else {
        return Ok(None);
    };
    let cookie = chance::secret_name();
    let by = Actor {
        guardian: Some(guardian),
        name: name(guardian),
        ..by.without_submission()
    };
    let tx = app.db.write(&by, "").await?;
    let opened = guardian_access::Entity::update_many()
        .col_expr(guardian_access::Column::Browser, Expr::value(queries::browser(&cookie)))
        .col_expr(guardian_access::Column::OpenedAt, Expr::value(by.now))
        .col_expr(guardian_access::Column::SeenAt, Expr::value(by.now))
        .col_expr(guardian_access::Column::Until, Expr::value(by.now + rules::LASTS))
        .col_expr(guardian_access::Column::Agent, Expr::value(row.agent))
        .col_expr(guardian_access::Column::Remote, Expr::value(row.remote))
        .filter(guardian_access::COLUMN.id.eq(row.id))
        .filter(guardian_access::COLUMN.opened_at.is_null())
        .exec(&*tx)
        .await?;
    if opened.rows_affected != 1 {
        return Ok(None);
    }
    let details = json!({ "guardian": guardian, "way": row.way });
    event::record(&tx, &by, "guardian_access.opened", subject(row.id), details).await?;
    tx.commit().await?;
    Ok(Some(LetIn { guardian, cookie }))
}

/// What events call a guardian.
pub fn name(guardian: GuardianId) -> String {
    format!("guardian/{guardian}")
}

/// A visit is in use: noted once a minute.
pub(super) async fn touch(app: &App, by: &Actor, row: &guardian_access::Model) -> Result<()> {
    if row.seen_at.is_some_and(|seen| seen + TimeDelta::minutes(1) > by.now) {
        return Ok(());
    }
    guardian_access::Entity::update_many()
        .col_expr(guardian_access::Column::SeenAt, Expr::value(by.now))
        .filter(guardian_access::COLUMN.id.eq(row.id))
        .exec(app.db.alone())
        .await?;
    Ok(())
}

/// Somebody leaves; the visit is over.
pub async fn leave(app: &App, by: &Actor, cookie: &str) -> Result<()> {
    let Some((row, _)) = queries::visit(&*app.db, cookie, by.now).await? else {
        return Ok(());
    };
    let tx = app.db.write(by, "").await?;
    let change = guardian_access::ActiveModel {
        id: Set(row.id),
        until: Set(Some(by.now)),
        ..Default::default()
    };
    change.update(&*tx).await?;
    event::record(&tx, by, "guardian_access.left", subject(row.id), json!({})).await?;
    tx.commit().await
}

/// Whether somebody can be let in by a code that is sent to them; otherwise they come to the counter.
pub async fn reachable(app: &App, db: &impl ConnectionTrait, guardian: GuardianId) -> Result<bool> {
    let row = guardian::Entity::find_by_id(guardian).one(db).await?;
    Ok(row.is_some_and(|row| notifications::way(&app.config, &row).is_some()))
}
