//! The keys of an installation from their first day to their last: made once, registered in the database, changed, retired.
//!
//! Nobody serves, imports or repairs with a key file that does not fit ([`open`]). The first process on an entirely empty
//! database makes one; after that it is a step of its own.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{account::account, key::key_print};
use sea_orm::{ConnectionTrait, EntityTrait as _, PaginatorTrait as _};
use serde_json::json;

use super::sealed::{self, Closed, elsewhere, reseal};
use crate::{
    audit::seal,
    platform::{
        Actor, App, Config, Db, Error, Keys, Result, Tx,
        crypto::{CryptoError, KeyPrint, registry},
        event::{self, Subject},
    },
    reports::frozen::service as frozen,
};

/// A key is retired when every server has had the time to notice that another one seals.
const SETTLED: TimeDelta = TimeDelta::minutes(1);

fn said(text: String) -> Error {
    Error::Internal(anyhow::Error::msg(text))
}

/// The keys of a migrated database: those that are registered, and no others. `upgraded`: its list of keys was made just
/// now, by the migrations of this start.
pub async fn open(db: &Db, config: &Config, upgraded: bool, now: DateTime<Utc>) -> Result<Keys> {
    let rows = registry::registered(&**db).await?;
    if rows.is_empty() {
        let by = Actor::system("keys", now);
        let tx = db.write(&by, "").await?;
        // Another process may have been faster.
        let rows = registry::registered(&*tx).await?;
        if rows.is_empty() {
            return first(tx, &by, config, upgraded).await;
        }
        drop(tx);
        return known(&rows, config);
    }
    known(&rows, config)
}

fn known(rows: &[key_print::Model], config: &Config) -> Result<Keys> {
    let file = config.key_file();
    let keys = match Keys::load(&file) {
        Err(CryptoError::Missing(file)) => {
            let prints = registry::told_rows(rows);
            return Err(wrong_file(registry::Misfit::Missing { file, prints }));
        }
        loaded => loaded?,
    };
    registry::fits(rows, &keys, file)?.map_err(wrong_file)?;
    if let Some(newest) = registry::newest(rows) {
        keys.seal_with(newest)?;
    }
    Ok(keys)
}

/// Starting again would not help: whoever reads the exit code knows by the kind of the error.
fn wrong_file(misfit: registry::Misfit) -> Error {
    Error::Internal(misfit.into())
}

/// No key was ever registered.
async fn first(tx: Tx, by: &Actor, config: &Config, upgraded: bool) -> Result<Keys> {
    let file = config.key_file();
    if is_empty(&*tx).await? {
        let keys = Keys::load_or_create(&file)?;
        register(tx, by, &keys, "keys.registered", json!({})).await?;
        return Ok(keys);
    }
    let keys = match Keys::load(&file) {
        Err(CryptoError::Missing(_)) if !sealed::is_anything(&*tx).await? => {
            return Err(said(format!(
                "there is no key file at {}, and this database has no keys yet: `starbridge keys create` makes them",
                file.display()
            )));
        }
        Err(CryptoError::Missing(_)) => {
            return Err(said(format!(
                "this database holds sealed data, but its key file is not at {}. Put the file back (STARBRIDGE_KEY_FILE \
                 says where it is looked for); new keys would open nothing",
                file.display()
            )));
        }
        loaded => loaded?,
    };
    if !upgraded {
        return Err(said(
            "this database has no list of its keys (table key_print), although it was in use: find out why, then \
             `starbridge keys adopt --by NAME --reason WHY` writes down those of the key file"
                .to_owned(),
        ));
    }
    refuse_closed(&sealed::sample(&*tx, &keys).await?, &file)?;
    register(tx, by, &keys, "keys.registered", json!({})).await?;
    Ok(keys)
}

/// Nobody has worked with it.
async fn is_empty(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(account::Entity::find().count(db).await? == 0
        && seal::newest(db).await?.is_none()
        && !sealed::is_anything(db).await?)
}

fn refuse_closed(closed: &[Closed], file: &Path) -> Result<()> {
    match closed.first() {
        None => Ok(()),
        Some(first) => Err(said(format!(
            "{} does not open what is in the database: {first}. Put the right key file there",
            file.display()
        ))),
    }
}

/// Before a server listens: the oldest and the newest of everything sealed opens.
pub async fn prove(app: &App) -> Result<()> {
    let closed = sealed::sample(&*app.db, &app.keys).await?;
    for one in &closed {
        tracing::error!("does not open: {one}");
    }
    refuse_closed(&closed, &app.config.key_file())
}

/// Write all keys of the file into the list, and a code onto everything that should have had one.
async fn register(tx: Tx, by: &Actor, keys: &Keys, action: &str, mut details: serde_json::Value) -> Result<()> {
    let prints = keys.prints()?;
    let before = registry::newest_without_code(&*tx).await?;
    let told = registry::told(prints.iter().map(|p| (i32::from(p.number), p.print.as_str())));
    registry::register_in(&tx, keys, prints, before, by.now).await?;
    let reports = frozen::seal_older_in(&tx, keys).await?;
    if let Some(details) = details.as_object_mut() {
        details.insert("keys".to_owned(), told.into());
        details.insert("seals_before".to_owned(), before.into());
        details.insert("reports".to_owned(), reports.into());
    }
    event::record(&tx, by, action, Subject::none(), details).await?;
    tx.commit().await
}

/// Make the key file of a database that has none and in which nothing is sealed.
pub async fn create(db: &Db, config: &Config, now: DateTime<Utc>) -> Result<Keys> {
    let by = Actor::system("keys", now);
    let file = config.key_file();
    let tx = db.write(&by, "").await?;
    let rows = registry::registered(&*tx).await?;
    if !rows.is_empty() {
        return Err(said(format!(
            "this database has its keys already ({}); nothing was made",
            registry::told_rows(&rows)
        )));
    }
    if sealed::is_anything(&*tx).await? {
        return Err(said(
            "this database holds sealed data: new keys would open nothing, and are not made".to_owned(),
        ));
    }
    if file.exists() {
        return Err(said(format!(
            "{} is there already; a key file is never replaced",
            file.display()
        )));
    }
    let keys = Keys::load_or_create(&file)?;
    register(tx, &by, &keys, "keys.registered", json!({})).await?;
    Ok(keys)
}

/// Write down the keys of the file in a database that lost its list, because somebody says so.
pub async fn adopt(db: &Db, config: &Config, name: &str, reason: &str, now: DateTime<Utc>) -> Result<Keys> {
    let by = Actor::system("keys", now);
    let file = config.key_file();
    let tx = db.write(&by, "").await?;
    let rows = registry::registered(&*tx).await?;
    if !rows.is_empty() {
        return Err(said(format!(
            "this database has its list of keys ({})",
            registry::told_rows(&rows)
        )));
    }
    let keys = Keys::load(&file)?;
    refuse_closed(&sealed::sample(&*tx, &keys).await?, &file)?;
    let details = json!({ "name": name, "reason": reason });
    register(tx, &by, &keys, "keys.adopted", details).await?;
    Ok(keys)
}

/// Put another key into the file that does not seal yet, so that the file can be copied to the other servers first.
/// Its number, and whether it was made just now.
pub fn add(app: &App, rows: &[key_print::Model]) -> Result<(u8, bool)> {
    let newest = registry::newest(rows).unwrap_or(0);
    if let Some(prepared) = app.keys.numbers().into_iter().find(|number| *number > newest) {
        return Ok((prepared, false));
    }
    let number = app.keys.add_key()?;
    // It seals when it is registered.
    app.keys.seal_with(newest)?;
    app.keys.save(&app.config.key_file())?;
    Ok((number, true))
}

/// Begin to seal with another key: the one that [`add`] prepared, or a new one. None while something is still under an
/// older key than the present one: that comes first.
pub async fn begin(app: &App, by: &Actor) -> Result<Option<u8>> {
    let rows = registry::registered(&*app.db).await?;
    if in_use(&rows) > 1 && is_anything_left(app, by).await? {
        return Ok(None);
    }
    let (number, _) = add(app, &rows)?;
    let tx = app.db.write(by, "").await?;
    let print = print_of(&app.keys, number)?;
    let details = json!({ "key": number, "print": print.print });
    registry::register_in(&tx, &app.keys, [print], 0, by.now).await?;
    event::record(&tx, by, "keys.added", Subject::new("key_print", number.into()), details).await?;
    tx.commit().await?;
    app.keys.seal_with(number)?;
    Ok(Some(number))
}

fn print_of(keys: &Keys, number: u8) -> Result<KeyPrint> {
    let print = keys.prints()?.into_iter().find(|print| print.number == number);
    Ok(print.ok_or(CryptoError::UnknownKey(number))?)
}

/// Sealing keys that are registered and not retired.
fn in_use(rows: &[key_print::Model]) -> usize {
    rows.iter()
        .filter(|row| row.number > 0 && row.retired_at.is_none())
        .count()
}

/// Another key was registered and the older ones are not retired: something may lie under them.
pub async fn is_changing(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(in_use(&registry::registered(db).await?) > 1)
}

/// Something lies under another key than the one that seals.
pub async fn is_anything_left(app: &App, by: &Actor) -> Result<bool> {
    Ok(!reseal::left(&*app.db, app.keys.seals_with()).await?.is_empty() || elsewhere::left(app, by).await? > 0)
}

/// Take the older keys out of the list and out of the file, when nothing is left under them; their numbers.
pub async fn retire(app: &App, by: &Actor) -> Result<Vec<u8>> {
    let rows = registry::registered(&*app.db).await?;
    let newest = registry::newest(&rows).unwrap_or(0);
    let since = rows.iter().find(|row| row.number == i32::from(newest));
    if since.is_some_and(|row| in_use(&rows) > 1 && row.registered_at + SETTLED > by.now) {
        return Err(said(
            "the newest key seals for less than a minute; servers may still use the old one. Try again".to_owned(),
        ));
    }
    if is_anything_left(app, by).await? {
        return Err(said(
            "something still lies under an older key: `starbridge keys rotate` goes on with it, `keys status` says where"
                .to_owned(),
        ));
    }
    let tx = app.db.write(by, "").await?;
    let mut changed = false;
    for row in rows {
        if row.number > 0 && row.number < i32::from(newest) && row.retired_at.is_none() {
            let details = json!({ "key": row.number, "print": row.print });
            let subject = Subject::new("key_print", row.number.into());
            registry::retire_in(&tx, &app.keys, row, by.now).await?;
            event::record(&tx, by, "keys.retired", subject, details).await?;
            changed = true;
        }
    }
    if changed {
        tx.commit().await?;
    }
    // The list first: a file with a key too many does no harm, one with a key too few does.
    let older: Vec<u8> = app
        .keys
        .numbers()
        .into_iter()
        .filter(|number| *number < newest)
        .collect();
    for number in &older {
        app.keys.remove_key(*number);
    }
    if !older.is_empty() {
        app.keys.save(&app.config.key_file())?;
    }
    Ok(older)
}

/// This process has the key that seals now, so it opens what other servers write.
pub async fn can_open_what_is_new(app: &App) -> Result<bool> {
    let newest = registry::newest(&registry::registered(&*app.db).await?);
    Ok(newest.is_none_or(|newest| app.keys.numbers().contains(&newest)))
}

/// A server notices that another process added a key, or that another one seals now.
pub async fn follow(app: &App) -> Result<()> {
    let rows = registry::registered(&*app.db).await?;
    app.keys.refresh()?;
    if let Some(newest) = registry::newest(&rows)
        && newest != app.keys.seals_with()
    {
        app.keys.seal_with(newest)?;
        tracing::info!("seals with key {newest} from now on");
    }
    Ok(())
}
