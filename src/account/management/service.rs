//! What the security administrator does to the accounts of others.

use entities::{
    AccountId,
    account::{account, account_role},
    words::Role,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};

use super::{forms::AccountInput, queries};
use crate::{
    access::places::Reach,
    account::{
        own, password,
        queries::{reach, workplace},
        rules, service, sessions, tries,
    },
    platform::{
        Actor, App, Error, Result, Tx, Version,
        event::{self, Subject},
    },
};

/// Change the data of an account. New roles or another organisation end its sessions.
pub async fn change(app: &App, by: &Actor, id: AccountId, version: Version, new: AccountInput) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let account = queries::account(&*tx, by, id).await?;
    version.is_still(account.version)?;
    reach(&*tx, by, &account).await?.must_be_inside()?;
    let place = workplace(&*tx, by, new.organisation).await?;
    if let Some(say) = rules::objection(place.kind, &new.roles) {
        return Err(Error::field("roles", say));
    }
    let held = roles_of(&*tx, id).await?;
    let moves = account.organisation_id != new.organisation;
    let same_roles = held.len() == new.roles.len() && held.iter().all(|role| new.roles.contains(role));
    if by.account == Some(id) && (moves || !same_roles) {
        return Err(Error::field("roles", "account.roles.own"));
    }
    let row = account::ActiveModel {
        id: Set(id),
        display_name: Set(new.display_name),
        email: Set(new.email),
        organisation_id: Set(new.organisation),
        version: Set(account.version + 1),
        ..Default::default()
    };
    row.update(&*tx).await?;
    if moves || !same_roles {
        tx.touches_place(account.organisation_id);
        tx.touches_place(new.organisation);
        service::set_roles_in(&tx, id, &new.roles).await?;
        sessions::end_in(&tx, id, None).await?;
        let details = json!({
            "roles_before": held, "roles": new.roles,
            "organisation_before": account.organisation_id, "organisation": new.organisation,
        });
        event::record(&tx, by, "account.roles_changed", Subject::new("account", id.0), details).await?;
    } else {
        event::record(&tx, by, "account.changed", Subject::new("account", id.0), json!({})).await?;
    }
    tx.commit().await
}

/// Roles that an account holds, in the order of the vocabulary.
pub async fn roles_of(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<Role>> {
    let rows = account_role::Entity::find()
        .filter(account_role::COLUMN.account_id.eq(id))
        .all(db)
        .await?;
    let mut roles: Vec<Role> = rows.into_iter().map(|row| row.role).collect();
    roles.sort();
    Ok(roles)
}

/// Disable an account: it cannot sign in, and whoever is signed in with it is not any more. Shutting out opens nothing, so
/// in the administrator's own organisations it waits for nobody, wherever their children live.
pub async fn disable(app: &App, by: &Actor, id: AccountId, reason: String) -> Result<()> {
    let (tx, account) = of_somebody_else(app, by, id).await?;
    if account.disabled_at.is_some() {
        return Err(Error::refused("account.disabled_already"));
    }
    let row = account::ActiveModel {
        disabled_at: Set(Some(by.now)),
        ..next(&account)
    };
    row.update(&*tx).await?;
    sessions::end_in(&tx, id, None).await?;
    tx.touches_place(account.organisation_id);
    record(&tx, by, id, "account.disabled", json!({ "reason": reason })).await?;
    tx.commit().await
}

/// Let a disabled account sign in again, with the password it had.
pub async fn enable(app: &App, by: &Actor, id: AccountId) -> Result<()> {
    let (tx, account) = within_reach(app, by, id).await?;
    enable_in(&tx, by, &account).await?;
    tx.commit().await
}

/// The same, once it is clear that somebody may.
pub(super) async fn enable_in(tx: &Tx, by: &Actor, account: &account::Model) -> Result<()> {
    if account.disabled_at.is_none() {
        return Err(Error::refused("account.enabled_already"));
    }
    let row = account::ActiveModel {
        disabled_at: Set(None),
        ..next(account)
    };
    row.update(&**tx).await?;
    tries::clear_in(tx, account.id).await?;
    tx.touches_place(account.organisation_id);
    record(tx, by, account.id, "account.enabled", json!({})).await
}

/// Open an account that was locked by wrong passwords.
pub async fn unlock(app: &App, by: &Actor, id: AccountId) -> Result<()> {
    let (tx, account) = within_reach(app, by, id).await?;
    unlock_in(&tx, by, &account).await?;
    tx.commit().await
}

/// The same, once it is clear that somebody may.
pub(super) async fn unlock_in(tx: &Tx, by: &Actor, account: &account::Model) -> Result<()> {
    next(account).update(&**tx).await?;
    tries::clear_in(tx, account.id).await?;
    record(tx, by, account.id, "account.unlocked", json!({})).await
}

/// Give an account a new first password, which is told once and must be changed; its sessions end.
pub async fn reset_password(app: &App, by: &Actor, id: AccountId) -> Result<String> {
    let new = password::generate();
    let hash = app.passwords().turn(by).await?.hash(new.clone()).await?;
    let (tx, account) = within_reach(app, by, id).await?;
    reset_in(&tx, by, &account, hash).await?;
    tx.commit().await?;
    Ok(new)
}

/// The same, once it is clear that somebody may.
pub(super) async fn reset_in(tx: &Tx, by: &Actor, account: &account::Model, hash: String) -> Result<()> {
    own::replace_in(tx, by, account.id, hash, true).await?;
    sessions::end_in(tx, account.id, None).await?;
    record(tx, by, account.id, "account.password_reset", json!({})).await
}

/// Sign an account out everywhere.
pub async fn end_sessions(app: &App, by: &Actor, id: AccountId) -> Result<()> {
    let (tx, _) = of_somebody_else(app, by, id).await?;
    let ended = sessions::end_in(&tx, id, None).await?;
    sessions::record(&tx, by, id, ended).await?;
    tx.commit().await
}

/// Take the second factor of an account away: its telephone was lost. Its sessions end; where a second factor is
/// required, the next sign-in adds a new one.
pub async fn remove_second_factor(app: &App, by: &Actor, id: AccountId, reason: String) -> Result<()> {
    let (tx, account) = within_reach(app, by, id).await?;
    remove_second_factor_in(&tx, by, &account, reason).await?;
    tx.commit().await
}

/// The same, once it is clear that somebody may.
pub(super) async fn remove_second_factor_in(
    tx: &Tx,
    by: &Actor,
    account: &account::Model,
    reason: String,
) -> Result<()> {
    if account.totp_secret.is_none() {
        return Err(Error::refused("second_factor.none"));
    }
    let row = account::ActiveModel {
        totp_secret: Set(None),
        totp_confirmed_at: Set(None),
        totp_last_step: Set(None),
        ..next(account)
    };
    row.update(&**tx).await?;
    sessions::end_in(tx, account.id, None).await?;
    record(
        tx,
        by,
        account.id,
        "account.second_factor_removed",
        json!({ "reason": reason }),
    )
    .await
}

/// The account of somebody else, with the transaction that will change it.
async fn of_somebody_else(app: &App, by: &Actor, id: AccountId) -> Result<(Tx, account::Model)> {
    let tx = app.db.write(by, "").await?;
    let account = queries::account(&*tx, by, id).await?;
    if by.account == Some(id) {
        return Err(Error::refused("account.own"));
    }
    let reach = reach(&*tx, by, &account).await?;
    if reach == Reach::Wider {
        reach.must_be_inside()?;
    }
    Ok((tx, account))
}

/// The same for what could open the account to somebody: it must reach no further than the administrator's own area.
async fn within_reach(app: &App, by: &Actor, id: AccountId) -> Result<(Tx, account::Model)> {
    let (tx, account) = of_somebody_else(app, by, id).await?;
    reach(&*tx, by, &account).await?.must_be_inside()?;
    Ok((tx, account))
}

fn next(account: &account::Model) -> account::ActiveModel {
    account::ActiveModel {
        id: Set(account.id),
        version: Set(account.version + 1),
        ..Default::default()
    }
}

async fn record(tx: &Tx, by: &Actor, id: AccountId, action: &str, details: Value) -> Result<()> {
    event::record(tx, by, action, Subject::new("account", id.0), details).await
}
