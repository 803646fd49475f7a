//! Sessions in the database, and the context of every request made from them.

use async_trait::async_trait;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId, OrganisationId,
    account::{account, account_role, session},
    communication::notice,
    organisation::organisation,
    words::{Language, OrganisationKind, Role, Theme},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef,
    Select,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, net::SocketAddr};
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store::{Error as StoreError, Result as StoreResult},
};

use crate::{
    platform::{Actor, App, Error, Result, Submission, Workplace, actor::Fate, chance, clock, remote},
    web::{Ctx, Features, Who, ctx, error, flash, navigation},
};

/// Session key of the signed-in account.
pub const ACCOUNT: &str = "account";
/// Session key of an account whose password was right and whose second factor is still to come.
pub const HALF_WAY: &str = "half_way";
/// Session key of the account's epoch at that moment; another epoch voids the session.
pub const EPOCH: &str = "epoch";
/// Whoever takes longer between password and second factor begins again.
const HALF_WAY_FOR: TimeDelta = TimeDelta::minutes(10);
const AGENT: &str = "agent";
const REMOTE: &str = "remote";
/// Writing at every request would cost more than the minute is worth.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(60);
/// How long the session lasts: looked up by the script of a page, prolonged by a POST.
pub const STANDING: &str = "/account/session";

/// Digits of a district's division code (GB/T 2260).
const DISTRICT: usize = 6;

/// Sessions as rows.
#[derive(Clone)]
pub struct Store(pub App);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

fn backend(e: impl std::fmt::Display) -> StoreError {
    StoreError::Backend(e.to_string())
}

/// The library keeps the words of an error alone; the page needs its kind.
fn database(e: DbErr) -> StoreError {
    StoreError::Backend(format!("{:#}", Error::from(e)))
}

/// A session that could not be read or saved, by what the reader can do about it.
pub fn failed(error: tower_sessions::session::Error) -> Error {
    let kinds = [Error::Busy, Error::Full];
    let of_kind = |kind: &Error| matches!(&error, tower_sessions::session::Error::Store(StoreError::Backend(words)) if *words == kind.to_string());
    kinds
        .into_iter()
        .find(of_kind)
        .unwrap_or_else(|| Error::Internal(error.into()))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let now = self.0.clock.now();
        let text = |key: &str| {
            record
                .data
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let number = |key: &str| record.data.get(key).and_then(Value::as_i64);
        let row = session::ActiveModel {
            id: Set(kept_id(&record.id)),
            account_id: Set(number(ACCOUNT).map(AccountId)),
            // Only written with a new row: a change of the password moves the epoch of the session that stays.
            epoch: Set(number(EPOCH)
                .and_then(|epoch| epoch.try_into().ok())
                .unwrap_or_default()),
            data: Set(serde_json::to_string(&record.data).map_err(|e| StoreError::Encode(e.to_string()))?),
            user_agent: Set(text(AGENT)),
            remote: Set(text(REMOTE)),
            created_at: Set(now),
            seen_at: Set(now),
            expires_at: Set(DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0).unwrap_or_default()),
        };
        session::Entity::insert(row)
            .on_conflict(
                OnConflict::column(session::Column::Id)
                    .update_columns([
                        session::Column::AccountId,
                        session::Column::Data,
                        session::Column::UserAgent,
                        session::Column::Remote,
                        session::Column::SeenAt,
                        session::Column::ExpiresAt,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(self.0.db.alone())
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let now = self.0.clock.now();
        let row = session::Entity::find_by_id(kept_id(id))
            .one(&*self.0.db)
            .await
            .map_err(database)?;
        let idle = self.0.config.session_idle();
        let limit = self.0.config.session_limit();
        let lasts = |s: &session::Model| {
            clock::lasts(s.expires_at, now, limit)
                && s.seen_at + idle > now
                && !clock::is_ahead(s.seen_at, now, TimeDelta::zero())
        };
        let Some(row) = row.filter(lasts) else {
            return Ok(None);
        };
        let data = serde_json::from_str(&row.data).map_err(|e| StoreError::Decode(e.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp()).map_err(backend)?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        session::Entity::delete_by_id(kept_id(id))
            .exec(self.0.db.alone())
            .await
            .map_err(database)?;
        Ok(())
    }
}

/// The id of a session as its row has it: who reads the database or a copy of it cannot use it as a cookie. Ids are 128
/// random bits, so nothing needs to be added to them.
pub fn kept_id(id: &Id) -> String {
    Sha256::digest(id.0.to_le_bytes())
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Begin a session that is signed in or half way there: a new id (against fixation), the account and its epoch, where
/// from, and when it ends.
pub async fn begin(
    app: &App,
    ctx: &Ctx,
    session: &Session,
    headers: &HeaderMap,
    key: &str,
    (id, epoch): (AccountId, i32),
) -> Result<()> {
    session.cycle_id().await.map_err(failed)?;
    session.clear().await;
    let agent: String = headers
        .get(header::USER_AGENT)
        .and_then(|h| h.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect();
    session.insert(AGENT, agent).await.map_err(failed)?;
    session.insert(REMOTE, &ctx.actor.remote).await.map_err(failed)?;
    session.insert(key, id.0).await.map_err(failed)?;
    session.insert(EPOCH, epoch).await.map_err(failed)?;
    let lasts = if key == HALF_WAY {
        HALF_WAY_FOR
    } else {
        app.config.session_limit()
    };
    let end = (app.clock.now() + lasts).timestamp();
    let end = time::OffsetDateTime::from_unix_timestamp(end).map_err(|e| Error::Internal(e.into()))?;
    session.set_expiry(Some(tower_sessions::Expiry::AtDateTime(end)));
    // Now, and not only at the end of the answer: whoever is told that he is in must be in.
    session.save().await.map_err(failed)
}

/// The layer that makes the context. Everything behind it can rely on [`Ctx`] and [`Features`].
pub async fn context(
    State((app, features)): State<(App, Features)>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let mut ctx = anonymous(&app, features, &request);
    let is_post = request.method() == Method::POST;
    if let Err(error) = recognise(&app, &session, &mut ctx, is_post).await {
        return error::at_the_door(&ctx, error, request).await;
    }
    let said = ctx.flash.is_some();
    request.extensions_mut().insert(ctx);
    request.extensions_mut().insert(app);
    request.extensions_mut().insert(features);
    let mut response = next.run(request).await;
    if said && !response.status().is_redirection() {
        flash::clear(&mut response);
    }
    response
}

/// What the request itself tells.
fn anonymous(app: &App, features: Features, request: &Request) -> Ctx {
    let headers = request.headers();
    let request_id = headers
        .get("x-request-id")
        .and_then(|h| h.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut ctx = Ctx {
        locale: Language::Chinese.as_str(),
        language: Language::Chinese,
        theme: flash::cookie(headers, "starbridge_theme")
            .and_then(known_theme)
            .unwrap_or("auto"),
        large_type: flash::cookie(headers, "starbridge_large") == Some("true"),
        who: None,
        ends_at: None,
        actor: Actor {
            account: None,
            guardian: None,
            name: "anonymous".to_owned(),
            workplace: None,
            roles: Vec::new(),
            now: app.clock.now(),
            cause: request_id.clone(),
            submission: submission(request),
            remote: remote(app, request),
            fate: Fate::default(),
        },
        features,
        nav: Vec::new(),
        unread: 0,
        flash: flash::read(headers),
        once: chance::name(),
        path: request.uri().path().to_owned(),
        posted: request.method() == Method::POST,
        back: back(headers),
        session: None,
        request_id,
        htmx: headers.contains_key("hx-request"),
        demo: app.config.demo,
        gate: None,
        visitor: None,
    };
    speak(
        &mut ctx,
        flash::cookie(headers, "starbridge_language").and_then(|l| l.parse().ok()),
    );
    ctx
}

/// Fill the context with the account's rights and wishes; a disabled account is signed out.
async fn recognise(app: &App, session: &Session, ctx: &mut Ctx, is_post: bool) -> Result<()> {
    let Some(key) = session.id() else { return Ok(()) };
    let now = ctx.actor.now;
    let (idle, limit) = (app.config.session_idle(), app.config.session_limit());
    let lines = who(&key, now, idle, limit).into_model::<Line>();
    let lines = lines.all(&*app.db).await?;
    let Some(line) = lines.first() else { return Ok(()) };
    if line.disabled_at.is_some() {
        session.flush().await.map_err(failed)?;
        return Ok(());
    }
    let roles: Vec<Role> = lines.iter().filter_map(|line| line.role).collect();
    // Whoever only looks how long it lasts does not make it last longer.
    let looks = ctx.path == STANDING && !is_post;
    let seen = if looks {
        line.seen_at
    } else {
        touch(app, &key, line.seen_at, now).await?
    };
    ctx.ends_at = Some(std::cmp::min(line.expires_at, seen + idle));
    ctx.session = Some(kept_id(&key));
    ctx.unread = u64::try_from(line.unread).unwrap_or(0);
    ctx.nav = navigation::entries(ctx.features, &roles, line.kind, &ctx.path);
    ctx.theme = ctx::theme_name(line.theme);
    ctx.large_type = line.large_type;
    ctx.gate = gate(app, line, &roles, now);
    ctx.who = Some(Who {
        display_name: line.display_name.clone(),
        organisation: line.place.clone(),
        role_keys: roles.iter().map(|r| r.word()).collect(),
    });
    ctx.actor.account = Some(line.id);
    ctx.actor.name.clone_from(&line.user_name);
    ctx.actor.roles = roles;
    ctx.actor.workplace = Some(Workplace {
        id: line.organisation_id,
        kind: line.kind,
        name: line.place.clone(),
        coverage: line.coverage.clone(),
    });
    speak(ctx, Some(line.language));
    Ok(())
}

/// A session with its account and workplace, once for every role that the account holds.
#[derive(Clone, Debug, FromQueryResult)]
struct Line {
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    id: AccountId,
    user_name: String,
    display_name: String,
    language: Language,
    theme: Theme,
    large_type: bool,
    password_changed_at: DateTime<Utc>,
    must_change_password: bool,
    totp_confirmed_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
    organisation_id: OrganisationId,
    place: String,
    kind: OrganisationKind,
    coverage: String,
    role: Option<Role>,
    unread: i64,
}

/// Everything that every page asks about a session that has not ended, in one query.
fn who(key: &Id, now: DateTime<Utc>, idle: TimeDelta, limit: TimeDelta) -> Select<session::Entity> {
    let mine =
        Expr::col((notice::Entity, notice::Column::AccountId)).equals((session::Entity, session::Column::AccountId));
    let unread = notice::Entity::find()
        .select_only()
        .column_as(notice::Column::Id.count(), "unread")
        .filter(mine)
        .filter(notice::COLUMN.read_at.is_null())
        .into_query();
    let same_epoch =
        Expr::col((account::Entity, account::Column::Epoch)).equals((session::Entity, session::Column::Epoch));
    session::Entity::find_by_id(kept_id(key))
        .filter(session::COLUMN.expires_at.gt(now))
        .filter(session::COLUMN.expires_at.lte(clock::furthest(now, limit)))
        .filter(session::COLUMN.seen_at.gt(now - idle))
        .filter(session::COLUMN.seen_at.lte(clock::furthest(now, TimeDelta::zero())))
        .join(JoinType::InnerJoin, holder())
        .join(JoinType::InnerJoin, workplace())
        .join(JoinType::LeftJoin, roles())
        .filter(same_epoch)
        .select_only()
        .columns([session::Column::SeenAt, session::Column::ExpiresAt])
        .columns([
            account::Column::Id,
            account::Column::UserName,
            account::Column::DisplayName,
            account::Column::Language,
            account::Column::Theme,
            account::Column::LargeType,
            account::Column::PasswordChangedAt,
            account::Column::MustChangePassword,
            account::Column::TotpConfirmedAt,
            account::Column::DisabledAt,
            account::Column::OrganisationId,
        ])
        .column_as(organisation::Column::Name, "place")
        .column_as(organisation::Column::Kind, "kind")
        .column_as(organisation::Column::Coverage, "coverage")
        .column_as(account_role::Column::Role, "role")
        .expr_as(Expr::SubQuery(None, Box::new(unread.into())), "unread")
}

fn holder() -> RelationDef {
    session::Entity::belongs_to(account::Entity)
        .from(session::Column::AccountId)
        .to(account::Column::Id)
        .into()
}

fn workplace() -> RelationDef {
    account::Entity::belongs_to(organisation::Entity)
        .from(account::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into()
}

fn roles() -> RelationDef {
    account::Entity::belongs_to(account_role::Entity)
        .from(account::Column::Id)
        .to(account_role::Column::AccountId)
        .into()
}

/// What must be done before anything else.
fn gate(app: &App, account: &Line, roles: &[Role], now: DateTime<Utc>) -> Option<&'static str> {
    let days = i64::from(app.config.password_days);
    let stale = days > 0 && account.password_changed_at + TimeDelta::days(days) < now;
    let administers = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin]
        .iter()
        .any(|r| roles.contains(r));
    // A demonstration has no children to protect, and its doctors no telephones.
    let across = app.config.require_totp_across && !app.config.demo && reaches_across(&account.coverage);
    let wants_second_factor = app.config.require_totp && (administers || across);
    if account.must_change_password || stale {
        Some("/account/password")
    } else if wants_second_factor && account.totp_confirmed_at.is_none() {
        Some("/account/second-factor")
    } else {
        None
    }
}

/// Covers more than one district: a city, a province, everything.
fn reaches_across(coverage: &str) -> bool {
    coverage.len() < DISTRICT
}

/// Note that the session is in use, at most once a minute. When it was, as noted.
async fn touch(app: &App, key: &Id, seen: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if seen + SEEN_EVERY <= now {
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, now.into())
            .filter(session::COLUMN.id.eq(kept_id(key)))
            .exec(app.db.alone())
            .await?;
        return Ok(now);
    }
    Ok(seen)
}

fn speak(ctx: &mut Ctx, language: Option<Language>) {
    if let Some(language) = language {
        ctx.language = language;
        ctx.locale = language.as_str();
    }
}

fn known_theme(name: &str) -> Option<&'static str> {
    name.parse().ok().map(ctx::theme_name)
}

/// The token of a submitted form: `?once=…` of its action. What was sent with it is read later ([`error::render`]).
fn submission(request: &Request) -> Option<Submission> {
    if request.method() != Method::POST {
        return None;
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(request.uri().query()?).ok()?;
    pairs
        .into_iter()
        .find(|(k, v)| k == "once" && v.len() == 32)
        .map(|(_, token)| Submission {
            token,
            path: request.uri().path().to_owned(),
            content: None,
        })
}

/// Path of the page that the request came from, on this host.
fn back(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = referer.split_once("://")?;
    rest.find('/').and_then(|at| rest.get(at..)).map(str::to_owned)
}

fn remote(app: &App, request: &Request) -> String {
    let forwarded = request.headers().get_all("x-forwarded-for");
    let forwarded = forwarded.iter().map(|header| header.to_str().unwrap_or_default());
    let direct = request.extensions().get::<ConnectInfo<SocketAddr>>();
    remote::client(&app.config, direct.map(|c| c.0.ip()), forwarded).map_or_else(String::new, |a| a.to_string())
}
