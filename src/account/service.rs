//! Signing in, and what an account's owner or the security administrator changes.

use chrono::TimeDelta;
use entities::{
    AccountId, OrganisationId,
    account::{account, account_role},
    words::{Language, Role, Theme},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::{password, queries};
use crate::platform::{
    Actor, App, Error, Result, Say,
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
        password::pretend().await?;
        event::refused(
            app,
            by,
            "account.sign_in_failed",
            Subject::none(),
            json!({ "why": "unknown" }),
        )
        .await?;
        return Ok(SignIn::Refused("sign_in.wrong".into()));
    };
    let subject = Subject::new("account", account.id.0);
    if account.disabled_at.is_some() {
        password::pretend().await?;
        event::refused(app, by, "account.sign_in_failed", subject, json!({ "why": "disabled" })).await?;
        return Ok(SignIn::Refused("sign_in.wrong".into()));
    }
    if account.locked_until.is_some_and(|until| until > by.now) {
        password::pretend().await?;
        event::refused(app, by, "account.sign_in_failed", subject, json!({ "why": "locked" })).await?;
        return Ok(SignIn::Refused(
            Say::new("sign_in.locked").with("minutes", LOCKED_FOR.num_minutes()),
        ));
    }
    if !password::verify(secret, account.password_hash.clone()).await? {
        return refuse(app, by, &account).await;
    }
    if account.totp_confirmed_at.is_some() {
        return Ok(SignIn::SecondFactor(account.id));
    }
    welcome(app, by, &account).await?;
    Ok(SignIn::Done(account.id))
}

/// Count a failure; the fifth locks.
async fn refuse(app: &App, by: &Actor, account: &account::Model) -> Result<SignIn> {
    let tx = app
        .db
        .write(
            &Actor {
                submission: None,
                ..by.clone()
            },
            "",
        )
        .await?;
    let fresh = account::Entity::find_by_id(account.id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let failures = fresh.failed_sign_ins + 1;
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
    event::record(
        &tx,
        by,
        action,
        Subject::new("account", account.id.0),
        json!({ "failures": failures }),
    )
    .await?;
    tx.commit().await?;
    Ok(SignIn::Refused(if locks {
        Say::new("sign_in.locked").with("minutes", LOCKED_FOR.num_minutes())
    } else {
        "sign_in.wrong".into()
    }))
}

/// In: the count of failures starts again.
pub async fn welcome(app: &App, by: &Actor, account: &account::Model) -> Result<()> {
    let tx = app
        .db
        .write(
            &Actor {
                submission: None,
                ..by.clone()
            },
            "",
        )
        .await?;
    let row = account::ActiveModel {
        id: Set(account.id),
        failed_sign_ins: Set(0),
        locked_until: Set(None),
        ..Default::default()
    };
    row.update(&*tx).await?;
    let actor = Actor {
        account: Some(account.id),
        name: account.user_name.clone(),
        ..by.clone()
    };
    event::record(
        &tx,
        &actor,
        "account.signed_in",
        Subject::new("account", account.id.0),
        json!({}),
    )
    .await?;
    tx.commit().await
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

/// Open an account.
pub async fn open_account(app: &App, by: &Actor, new: NewAccount) -> Result<AccountId> {
    if let Some(say) = password::weakness(&new.password, &new.user_name) {
        return Err(Error::field("password", say));
    }
    let password_hash = password::hash(new.password).await?;
    let tx = app.db.write(by, "").await?;
    if queries::by_user_name(&*tx, &new.user_name).await?.is_some() {
        return Err(Error::field("user_name", "account.name_taken"));
    }
    let row = account::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        user_name: Set(new.user_name.to_lowercase()),
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
    let roles = new.roles.iter().map(|role| account_role::ActiveModel {
        account_id: Set(id),
        role: Set(*role),
    });
    account_role::Entity::insert_many(roles)
        .exec_without_returning(&*tx)
        .await?;
    let details = json!({ "roles": new.roles, "organisation": new.organisation });
    event::record(&tx, by, "account.opened", Subject::new("account", id.0), details).await?;
    tx.commit().await?;
    Ok(id)
}
