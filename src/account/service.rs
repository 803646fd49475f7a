//! Opening accounts, and what is common to those that change them.

use entities::{
    AccountId, OrganisationId,
    account::{account, account_role},
    words::{Language, Role, Theme},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{password, queries, rules};
use crate::platform::{
    Actor, App, Error, Errors, Result, Tx,
    event::{self, Subject},
};

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
    let user_name = rules::user_name(&new.user_name);
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
    let password_hash = app.passwords().turn(by).await?.hash(new.password).await?;
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
        epoch: Set(1),
        version: Set(1),
        created_at: Set(by.now),
    };
    let id = row.insert(&*tx).await?.id;
    set_roles_in(&tx, id, &new.roles).await?;
    tx.touches_place(new.organisation);
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
