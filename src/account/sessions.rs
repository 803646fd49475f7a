//! The browsers that an account is signed in with.

use chrono::{DateTime, Utc};
use entities::{
    AccountId,
    account::{account, session},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::service::load;
use crate::platform::{
    Actor, App, Error, Result, Tx, clock,
    event::{self, Subject},
};

/// A signed-in browser as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Names it on pages.
    pub handle: String,
    /// Browser and system.
    pub browser: String,
    /// Network address.
    pub remote: String,
    /// Signed in at.
    pub created_at: DateTime<Utc>,
    /// Last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// The one that asks.
    pub current: bool,
}

/// Open sessions of an account, the latest first. `current` is the kept id of the session that asks.
pub async fn open_sessions(
    app: &App,
    account: AccountId,
    now: DateTime<Utc>,
    current: Option<&str>,
) -> Result<Vec<OpenSession>> {
    let rows = session::Entity::find()
        .filter(session::COLUMN.account_id.eq(account))
        .filter(session::COLUMN.expires_at.gt(now))
        .filter(
            session::COLUMN
                .expires_at
                .lte(clock::furthest(now, app.config.session_limit())),
        )
        .filter(session::COLUMN.seen_at.gt(now - app.config.session_idle()))
        .order_by_desc(session::COLUMN.seen_at)
        .order_by_asc(session::COLUMN.id)
        .all(&*app.db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OpenSession {
                handle: handle(app, &row.id)?,
                browser: browser(&row.user_agent),
                remote: row.remote,
                created_at: row.created_at,
                seen_at: row.seen_at,
                current: current == Some(row.id.as_str()),
            })
        })
        .collect()
}

/// End one session of one's own, by its handle.
pub async fn end_one(app: &App, by: &Actor, wanted: &str) -> Result<()> {
    let account = by.person()?;
    let tx = app.db.write(by, "").await?;
    let rows = session::Entity::find()
        .filter(session::COLUMN.account_id.eq(account))
        .all(&*tx)
        .await?;
    for row in rows {
        if handle(app, &row.id)? == wanted {
            session::Entity::delete_by_id(row.id).exec(&*tx).await?;
            record(&tx, by, account, 1).await?;
            return tx.commit().await;
        }
    }
    Err(Error::NotFound)
}

/// End every session of one's own but the one that asks.
pub async fn end_others(app: &App, by: &Actor, current: Option<&str>) -> Result<u64> {
    let account = by.person()?;
    let tx = app.db.write(by, "").await?;
    let ended = end_in(&tx, account, current).await?;
    record(&tx, by, account, ended).await?;
    tx.commit().await?;
    Ok(ended)
}

/// End the sessions of an account, except one if given, as part of a change that makes them void. So are sign-ins that are
/// half way or under way at this moment: the account has a new epoch.
pub async fn end_in(tx: &Tx, account: AccountId, except: Option<&str>) -> Result<u64> {
    let epoch = load(&**tx, account).await?.epoch + 1;
    let row = account::ActiveModel {
        id: Set(account),
        epoch: Set(epoch),
        ..Default::default()
    };
    row.update(&**tx).await?;
    let mut all = session::Entity::delete_many().filter(session::COLUMN.account_id.eq(account));
    if let Some(id) = except {
        all = all.filter(session::COLUMN.id.ne(id));
        session::Entity::update_many()
            .col_expr(session::Column::Epoch, epoch.into())
            .filter(session::COLUMN.id.eq(id))
            .filter(session::COLUMN.account_id.eq(account))
            .exec(&**tx)
            .await?;
    }
    Ok(all.exec(&**tx).await?.rows_affected)
}

/// The event of ended sessions.
pub(super) async fn record(tx: &Tx, by: &Actor, account: AccountId, ended: u64) -> Result<()> {
    let subject = Subject::new("account", account.0);
    event::record(tx, by, "account.sessions_ended", subject, json!({ "sessions": ended })).await
}

/// A keyed digest, so that a page which names sessions gives none away.
fn handle(app: &App, id: &str) -> Result<String> {
    let digest = app.keys.index("session", id)?;
    Ok(digest.chars().filter(char::is_ascii_alphanumeric).take(16).collect())
}

/// Browser and system out of a user agent string, for people who want to recognise their own.
fn browser(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, n)| *n);
    // Every browser claims to be those it descends from, so the youngest names come first.
    let browser = find(&[
        ("MicroMessenger", "WeChat"),
        ("DingTalk", "DingTalk"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_recognised() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0";
        assert_eq!(browser(edge), "Edge · Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(phone), "Safari · iPhone");
        assert_eq!(browser("curl/8"), "curl/8");
        assert_eq!(browser(""), "");
    }
}
