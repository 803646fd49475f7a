//! Signing in with a password: counted first, compared afterwards, told in one sentence whatever was wrong.

use entities::{AccountId, account::account, words::Factor};
use serde_json::json;

use super::{
    places::Origin,
    queries, rules,
    service::load,
    tries::{self, LOCKED_FOR, NOBODY, Try},
};
use crate::platform::{
    Actor, App, Result, Say, Tx,
    event::{self, Subject},
};

/// Whose password was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// Its epoch at that moment: what comes of it is void in another.
    pub epoch: i32,
}

/// What came of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// In.
    Done(SignedIn),
    /// The password was right; the second factor is still to come.
    SecondFactor(SignedIn),
    /// Not in, for a reason that does not tell whether the name exists.
    Refused(Say),
    /// The first half does not count any more: the password was changed meanwhile, or everybody signed out.
    Void,
}

/// Check a user name and password. Whatever comes of it takes as long, writes as often and reads the same for names that
/// exist and names that do not.
pub async fn sign_in(app: &App, by: &Actor, user_name: &str, password: String, from: &Origin) -> Result<SignIn> {
    // Before anything is counted: whoever finds the queue full has not tried.
    let known = from.recognised || by.account.is_some();
    let mut turn = app.passwords().turn_of(known).await?;
    let account = queries::by_user_name(&*app.db, user_name).await?;
    let id = account.as_ref().map_or(NOBODY, |account| account.id);
    let one = Try {
        account: id,
        factor: Factor::Password,
        place: from.place(&*app.db, by, id).await?,
    };
    let admitted = tries::reserve(app, by, &one).await?;
    let why = match &account {
        None => "unknown",
        Some(account) if account.disabled_at.is_some() => "disabled",
        Some(_) if !admitted => "locked",
        Some(account) => {
            let right = turn.verify(password, account.password_hash.clone()).await?;
            drop(turn);
            return if right {
                accept(app, by, account, &one, from).await
            } else {
                refuse(app, by, account, &one).await
            };
        }
    };
    turn.pretend(password).await?;
    drop(turn);
    let (subject, name) = match &account {
        Some(account) => (Subject::new("account", account.id.0), account.user_name.clone()),
        None => (Subject::none(), disguised(app, user_name)?),
    };
    let details = json!({ "account": name, "why": why });
    if !event::refused(app, by, "account.sign_in_failed", subject, details).await? {
        tries::pretend(app, by).await?;
    }
    Ok(SignIn::Refused(wrong()))
}

async fn accept(app: &App, by: &Actor, account: &account::Model, one: &Try, from: &Origin) -> Result<SignIn> {
    let tx = app.db.write(&by.without_submission(), "").await?;
    let present = load(&*tx, account.id).await?;
    if present.epoch != account.epoch || present.disabled_at.is_some() {
        // Changed while it was compared. The try stays counted.
        return Ok(SignIn::Refused(wrong()));
    }
    tries::succeeded_in(&tx, by, one).await?;
    let signed_in = SignedIn {
        account: present.id,
        epoch: present.epoch,
    };
    if present.totp_confirmed_at.is_some() {
        tx.commit_quietly().await?;
        return Ok(SignIn::SecondFactor(signed_in));
    }
    welcome_in(&tx, by, &present, from).await?;
    tx.commit().await?;
    Ok(SignIn::Done(signed_in))
}

async fn refuse(app: &App, by: &Actor, account: &account::Model, one: &Try) -> Result<SignIn> {
    let tx = app.db.write(&by.without_submission(), "").await?;
    tries::failed_in(&tx, by, one, &account.user_name).await?;
    tx.commit().await?;
    Ok(SignIn::Refused(wrong()))
}

/// One sentence for a wrong name, a wrong password, a lock and an account that is closed.
fn wrong() -> Say {
    Say::new("sign_in.wrong").with("minutes", LOCKED_FOR.num_minutes())
}

/// A name that nobody has, for the trail: it may be a password that was typed into the wrong field. The same name gives
/// the same digits, and only the keeper of the keys can look one up.
fn disguised(app: &App, user_name: &str) -> Result<String> {
    let digest = app.keys.index("account.unknown_name", &rules::user_name(user_name))?;
    Ok(format!("#{}", digest.chars().take(12).collect::<String>()))
}

/// In: from here the account is known.
pub(super) async fn welcome_in(tx: &Tx, by: &Actor, account: &account::Model, from: &Origin) -> Result<()> {
    from.learn_in(tx, by, account.id).await?;
    let actor = Actor {
        account: Some(account.id),
        name: account.user_name.clone(),
        ..by.clone()
    };
    let details = json!({ "second_factor": account.totp_confirmed_at.is_some() });
    event::record(
        tx,
        &actor,
        "account.signed_in",
        Subject::new("account", account.id.0),
        details,
    )
    .await
}
