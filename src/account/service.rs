//! Signing in and opening accounts.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId, OrganisationId,
    account::{account, account_role},
    words::{Language, Role, Theme},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{password, queries, rules};
use crate::platform::{
    Actor, App, Error, Errors, Result, Say, Tx,
    event::{self, Subject},
};

/// Failures after which an account is locked (GB/T 22239-2019 8.1.4.1 wants a limit; the figure is assessors' practice).
const FAILURES: i32 = 5;
/// For so long.
const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// What came of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// In.
    Done(AccountId),
    /// The password was right; the second factor is still to come.
    SecondFactor(AccountId),
    /// Not in, for a reason that does not tell whether the name exists.
    Refused(Say),
}

/// Check a user name and password. Every outcome is an event; five failures lock the account for a while.
pub async fn sign_in(app: &App, by: &Actor, user_name: &str, secret: String) -> Result<SignIn> {
    let Some(account) = queries::by_user_name(&*app.db, user_name).await? else {
        return turn_away(app, by, Subject::none(), "unknown", "sign_in.wrong".into()).await;
    };
    let subject = Subject::new("account", account.id.0);
    if account.disabled_at.is_some() {
        return turn_away(app, by, subject, "disabled", "sign_in.wrong".into()).await;
    }
    if let Some(say) = lock_of(&account, by.now) {
        return turn_away(app, by, subject, "locked", say).await;
    }
    if !password::verify(secret, account.password_hash.clone()).await? {
        let tx = app.db.write(&by.without_submission(), "").await?;
        return refuse_in(tx, by, &account, "password", "sign_in.wrong").await;
    }
    if account.totp_confirmed_at.is_some() {
        return Ok(SignIn::SecondFactor(account.id));
    }
    let tx = app.db.write(&by.without_submission(), "").await?;
    welcome_in(&tx, by, &account).await?;
    tx.commit().await?;
    Ok(SignIn::Done(account.id))
}

/// Not even the password is looked at, but it takes as long.
async fn turn_away(app: &App, by: &Actor, subject: Subject, why: &str, say: Say) -> Result<SignIn> {
    password::pretend().await?;
    event::refused(app, by, "account.sign_in_failed", subject, json!({ "why": why })).await?;
    Ok(SignIn::Refused(say))
}

/// What to say while an account is locked.
pub(super) fn lock_of(account: &account::Model, now: DateTime<Utc>) -> Option<Say> {
    account
        .locked_until
        .filter(|until| *until > now)
        .map(|_| Say::new("sign_in.locked").with("minutes", LOCKED_FOR.num_minutes()))
}

/// Count a failure; the fifth locks. Ends the transaction.
pub(super) async fn refuse_in(
    tx: Tx,
    by: &Actor,
    account: &account::Model,
    why: &str,
    wrong: &'static str,
) -> Result<SignIn> {
    let failures = load(&*tx, account.id).await?.failed_sign_ins + 1;
    let locks = failures >= FAILURES;
    let row = account::ActiveModel {
        id: Set(account.id),
        failed_sign_ins: Set(if locks { 0 } else { failures }),
        locked_until: Set(locks.then(|| by.now + LOCKED_FOR)),
        ..Default::default()
    };
    row.update(&*tx).await?;
    let action = if locks {
        "account.locked"
    } else {
        "account.sign_in_failed"
    };
    let details = json!({ "why": why, "failures": failures });
    event::record(&tx, by, action, Subject::new("account", account.id.0), details).await?;
    tx.commit().await?;
    Ok(SignIn::Refused(if locks {
        Say::new("sign_in.locked").with("minutes", LOCKED_FOR.num_minutes())
    } else {
        wrong.into()
    }))
}

/// In: the count of failures starts again.
pub(super) async fn welcome_in(tx: &Tx, by: &Actor, account: &account::Model) -> Result<()> {
    let row = account::ActiveModel {
        id: Set(account.id),
        failed_sign_ins: Set(0),
        locked_until: Set(None),
        ..Default::default()
    };
    row.update(&**tx).await?;
    let actor = Actor {
        account: Some(account.id),
        name: account.user_name.clone(),
        ..by.clone()
    };
    event::record(
        tx,
        &actor,
        "account.signed_in",
        Subject::new("account", account.id.0),
        json!({ "second_factor": account.totp_confirmed_at.is_some() }),
    )
    .await
}

/// An account that must be there.
pub(super) async fn load(db: &impl ConnectionTrait, id: AccountId) -> Result<account::Model> {
    account::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub user_name: String,
    /// Name on the screen.
    pub display_name: String,
    /// E-mail for notices.
    pub email: Option<String>,
    /// Where they work.
    pub organisation: OrganisationId,
    /// What they do there.
    pub roles: Vec<Role>,
    /// First password.
    pub password: String,
    /// It must be changed at the first sign-in.
    pub must_change: bool,
}

/// Open an account. Its roles must fit its organisation, and administration is kept apart (三员分立).
pub async fn open_account(app: &App, by: &Actor, new: NewAccount) -> Result<AccountId> {
    let user_name = new.user_name.trim().to_lowercase();
    let mut errors = Errors::default();
    if let Some(say) = rules::user_name_fault(&user_name) {
        errors.add("user_name", say);
    }
    if let Some(say) = password::weakness(&new.password, &user_name) {
        errors.add("password", say);
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let password_hash = password::hash(new.password).await?;
    let tx = app.db.write(by, "").await?;
    let place = queries::workplace(&*tx, by, new.organisation).await?;
    if let Some(say) = rules::objection(place.kind, &new.roles) {
        return Err(Error::field("roles", say));
    }
    if queries::by_user_name(&*tx, &user_name).await?.is_some() {
        return Err(Error::field("user_name", "account.name_taken"));
    }
    let row = account::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        user_name: Set(user_name),
        display_name: Set(new.display_name),
        email: Set(new.email),
        organisation_id: Set(new.organisation),
        language: Set(Language::Chinese),
        theme: Set(Theme::Auto),
        large_type: Set(false),
        password_hash: Set(password_hash),
        password_changed_at: Set(by.now),
        must_change_password: Set(new.must_change),
        failed_sign_ins: Set(0),
        locked_until: Set(None),
        totp_secret: Set(None),
        totp_confirmed_at: Set(None),
        totp_last_step: Set(None),
        disabled_at: Set(None),
        version: Set(1),
        created_at: Set(by.now),
    };
    let id = row.insert(&*tx).await?.id;
    set_roles_in(&tx, id, &new.roles).await?;
    let details = json!({ "roles": new.roles, "organisation": new.organisation });
    event::record(&tx, by, "account.opened", Subject::new("account", id.0), details).await?;
    tx.commit().await?;
    Ok(id)
}

/// Replace the roles of an account.
pub(super) async fn set_roles_in(tx: &Tx, id: AccountId, roles: &[Role]) -> Result<()> {
    account_role::Entity::delete_many()
        .filter(account_role::COLUMN.account_id.eq(id))
        .exec(&**tx)
        .await?;
    let rows = roles.iter().map(|role| account_role::ActiveModel {
        account_id: Set(id),
        role: Set(*role),
    });
    account_role::Entity::insert_many(rows)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}
