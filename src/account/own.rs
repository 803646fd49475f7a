//! What somebody changes about their own account: the password, the name on the screen, language and look.

use entities::{
    AccountId,
    account::{account, password_history},
    words::{Factor, Language, Theme},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;

use super::{
    password, places,
    service::load,
    sessions,
    tries::{self, LOCKED_FOR, Try},
};
use crate::platform::{
    Actor, App, Error, Errors, Result, Say, Tx, Version,
    event::{self, Subject},
    passwords::Turn,
};

/// Passwords that do not come back, the present one included (assessors of GB/T 22239-2019 ask for 3 to 5).
const REMEMBERED: u64 = 5;

/// Change one's own password; every other browser is signed out. `session` is the one that stays.
pub async fn change_password(app: &App, by: &Actor, current: String, new: String, session: Option<&str>) -> Result<()> {
    let account = load(&*app.db, by.person()?).await?;
    if let Some(say) = password::weakness(&new, &account.user_name) {
        return Err(Error::field("new", say));
    }
    // One turn for all that is hashed; before anything is counted.
    let mut turn = app.passwords().turn(by).await?;
    check(app, by, &account, &mut turn, current).await?;
    if was_used(&*app.db, &mut turn, &account, &new).await? {
        return Err(Error::field(
            "new",
            Say::new("account.password.used").with("n", REMEMBERED),
        ));
    }
    let hash = turn.hash(new).await?;
    drop(turn);
    let tx = app.db.write(by, "").await?;
    if load(&*tx, account.id).await?.epoch != account.epoch {
        return Err(Error::stale());
    }
    replace_in(&tx, by, account.id, hash, false).await?;
    sessions::end_in(&tx, account.id, session).await?;
    let subject = Subject::new("account", account.id.0);
    event::record(&tx, by, "account.password_changed", subject, json!({})).await?;
    tx.commit().await
}

/// The present password, counted like every other try.
async fn check(app: &App, by: &Actor, account: &account::Model, turn: &mut Turn, current: String) -> Result<()> {
    let one = Try {
        account: account.id,
        factor: Factor::Password,
        place: places::OWN.to_owned(),
    };
    let locked = || Say::new("account.password.locked").with("minutes", LOCKED_FOR.num_minutes());
    if !tries::reserve(app, by, &one).await? {
        return Err(Error::field("current", locked()));
    }
    let right = turn.verify(current, account.password_hash.clone()).await?;
    let tx = app.db.write(&by.without_submission(), "").await?;
    if right {
        tries::succeeded_in(&tx, by, &one).await?;
        return tx.commit_quietly().await;
    }
    let closed = tries::failed_in(&tx, by, &one, &account.user_name).await?;
    tx.commit().await?;
    let wrong = Say::new("account.password.current_wrong");
    Err(Error::field("current", if closed { locked() } else { wrong }))
}

/// Put a new password in the place of the old one, which goes into the history. It opens every count of tries.
pub(super) async fn replace_in(tx: &Tx, by: &Actor, id: AccountId, hash: String, must_change: bool) -> Result<()> {
    let account = load(&**tx, id).await?;
    let retired = password_history::ActiveModel {
        id: NotSet,
        account_id: Set(id),
        password_hash: Set(account.password_hash),
        retired_at: Set(by.now),
    };
    password_history::Entity::insert(retired)
        .exec_without_returning(&**tx)
        .await?;
    let row = account::ActiveModel {
        id: Set(id),
        password_hash: Set(hash),
        password_changed_at: Set(by.now),
        must_change_password: Set(must_change),
        version: Set(account.version + 1),
        ..Default::default()
    };
    row.update(&**tx).await?;
    tries::clear_in(tx, id).await
}

/// One of the last passwords, the present one included.
async fn was_used(db: &impl ConnectionTrait, turn: &mut Turn, account: &account::Model, new: &str) -> Result<bool> {
    let earlier: Vec<String> = password_history::Entity::find()
        .select_only()
        .column(password_history::Column::PasswordHash)
        .filter(password_history::COLUMN.account_id.eq(account.id))
        .order_by_desc(password_history::COLUMN.id)
        .limit(REMEMBERED - 1)
        .into_tuple()
        .all(db)
        .await?;
    for kept in std::iter::once(account.password_hash.clone()).chain(earlier) {
        if turn.verify(new.to_owned(), kept).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the owner says about themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name on the screen.
    pub display_name: String,
    /// E-mail for notices.
    pub email: Option<String>,
    /// Interface and messages.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// 适老化.
    pub large_type: bool,
}

/// Change one's own name, address and look.
pub async fn change_profile(app: &App, by: &Actor, version: Version, new: Profile) -> Result<()> {
    let id = by.person()?;
    let tx = app.db.write(by, "").await?;
    let account = load(&*tx, id).await?;
    version.is_still(account.version)?;
    let row = account::ActiveModel {
        id: Set(id),
        display_name: Set(new.display_name),
        email: Set(new.email),
        language: Set(new.language),
        theme: Set(new.theme),
        large_type: Set(new.large_type),
        version: Set(account.version + 1),
        ..Default::default()
    };
    row.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "account.profile_changed",
        Subject::new("account", id.0),
        json!({}),
    )
    .await?;
    tx.commit().await
}

/// One switch of the page's frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Chinese or English.
    Language(Language),
    /// Light or dark.
    Theme(Theme),
    /// 适老化.
    LargeType(bool),
}

/// Keep a switch with the account. The version stays: a switch of the look is no reason to refuse a form that is open.
pub async fn prefer(app: &App, by: &Actor, wish: Preference) -> Result<()> {
    let id = by.person()?;
    let mut row = account::ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    match wish {
        Preference::Language(language) => row.language = Set(language),
        Preference::Theme(theme) => row.theme = Set(theme),
        Preference::LargeType(large) => row.large_type = Set(large),
    }
    let tx = app.db.write(by, "").await?;
    row.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "account.look_changed",
        Subject::new("account", id.0),
        json!({}),
    )
    .await?;
    tx.commit().await
}

/// An e-mail address, or nothing; what cannot be one is an error of the field.
pub(super) fn email(check: &mut crate::platform::Check, value: &str) -> Option<String> {
    use validator::ValidateEmail as _;
    let address = check.optional_code("email", value, 120)?;
    if address.validate_email() {
        return Some(address);
    }
    check.wrong("email", "account.email.form");
    None
}

/// The two copies of a new password that is typed blind.
pub(super) fn repeated(new: &str, again: &str) -> Result<(), Errors> {
    let mut errors = Errors::default();
    if new != again {
        errors.add("again", "account.password.differs");
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
