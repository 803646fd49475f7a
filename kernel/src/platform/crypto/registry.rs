//! Which keys belong to a database: by what they are recognised by, under a code that only they can make.
//!
//! Two servers that each make a key file would seal what the other cannot open, and an identity number would be
//! registered twice, because each looks for it under an index of its own. So a key seals only after it was registered.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use entities::{event::event_seal, key::key_print};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{KeyPrint, Keys};
use crate::platform::{Result, Tx};

/// What the codes of registered keys are made for.
const MAC: &str = "key_print";

/// Why a key file does not belong to a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// There is no file.
    #[error(
        "the key file of this database is not at {} (STARBRIDGE_KEY_FILE says where it is looked for). Put it there: its \
         keys have the prints {prints}; other keys would open nothing, and are not made", .file.display()
    )]
    Missing {
        /// Where it was looked for.
        file: PathBuf,
        /// What the right one is recognised by.
        prints: String,
    },
    /// It holds other keys.
    #[error(
        "{} is the key file of another database: this one has the keys {expected}, the file has {found}. Put the right \
         file there (STARBRIDGE_KEY_FILE says where it is looked for)", .file.display()
    )]
    Others {
        /// Where it was looked for.
        file: PathBuf,
        /// What the right one is recognised by.
        expected: String,
        /// What this one is recognised by.
        found: String,
    },
    /// A key is missing.
    #[error(
        "{} lacks key {number} ({print}) of this database: it is older than the last change of keys. Put the newest copy \
         there", .file.display()
    )]
    Older {
        /// Where it was looked for.
        file: PathBuf,
        /// The missing key.
        number: i32,
        /// What it is recognised by.
        print: String,
    },
    /// Somebody without the keys wrote to the list.
    #[error("the list of keys in the database (key_print) was changed by somebody without the key file: key {number}")]
    Forged {
        /// The row.
        number: i32,
    },
}

/// The keys of a database, by number.
pub async fn registered(db: &impl ConnectionTrait) -> Result<Vec<key_print::Model>> {
    Ok(key_print::Entity::find()
        .order_by_asc(key_print::COLUMN.number)
        .all(db)
        .await?)
}

/// Prints as a person compares them.
pub fn told<'a>(prints: impl Iterator<Item = (i32, &'a str)>) -> String {
    let told: Vec<String> = prints
        .map(|(number, print)| match number {
            0 => format!("index {print}"),
            _ => format!("{number} {print}"),
        })
        .collect();
    told.join(", ")
}

/// The registered keys that are in use, as a person compares them.
pub fn told_rows(rows: &[key_print::Model]) -> String {
    let in_use = rows.iter().filter(|row| row.retired_at.is_none());
    told(in_use.map(|row| (row.number, row.print.as_str())))
}

/// The file's keys are those of the database: every registered key that is in use is there.
pub fn fits(rows: &[key_print::Model], keys: &Keys, file: PathBuf) -> Result<Result<(), Misfit>> {
    let prints = keys.prints()?;
    for row in rows.iter().filter(|row| row.retired_at.is_none()) {
        let same_number = prints.iter().find(|print| i32::from(print.number) == row.number);
        match same_number {
            Some(print) if print.print == row.print => {}
            None if row.number > 0 => {
                return Ok(Err(Misfit::Older {
                    file,
                    number: row.number,
                    print: row.print.clone(),
                }));
            }
            _ => {
                return Ok(Err(Misfit::Others {
                    file,
                    expected: told_rows(rows),
                    found: told(prints.iter().map(|p| (i32::from(p.number), p.print.as_str()))),
                }));
            }
        }
    }
    for row in rows {
        if !keys.verify_mac(MAC, text(row).as_bytes(), &row.mac)? {
            return Ok(Err(Misfit::Forged { number: row.number }));
        }
    }
    Ok(Ok(()))
}

/// The key that seals: the newest that is registered and in use.
pub fn newest(rows: &[key_print::Model]) -> Option<u8> {
    let in_use = rows.iter().filter(|row| row.retired_at.is_none() && row.number > 0);
    u8::try_from(in_use.map(|row| row.number).max()?).ok()
}

/// Write keys into the list, with how many seals of the trail there were before.
pub async fn register_in(
    tx: &Tx,
    keys: &Keys,
    prints: impl IntoIterator<Item = KeyPrint>,
    seals_before: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    for print in prints {
        let mut row = key_print::Model {
            number: print.number.into(),
            print: print.print,
            registered_at: now,
            retired_at: None,
            seals_before,
            mac: String::new(),
        };
        row.mac = keys.seal_mac(MAC, text(&row).as_bytes())?;
        let row = key_print::ActiveModel {
            number: Set(row.number),
            print: Set(row.print),
            registered_at: Set(row.registered_at),
            retired_at: Set(None),
            seals_before: Set(row.seals_before),
            mac: Set(row.mac),
        };
        key_print::Entity::insert(row).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Nothing is left under a key.
pub async fn retire_in(tx: &Tx, keys: &Keys, mut row: key_print::Model, now: DateTime<Utc>) -> Result<()> {
    row.retired_at = Some(now);
    let change = key_print::ActiveModel {
        number: Set(row.number),
        retired_at: Set(row.retired_at),
        mac: Set(keys.seal_mac(MAC, text(&row).as_bytes())?),
        ..Default::default()
    };
    change.update(&**tx).await?;
    Ok(())
}

/// The number of the newest seal of the trail that carries no code because it is older than the codes.
pub async fn newest_without_code(db: &impl ConnectionTrait) -> Result<i64> {
    let newest: Option<i64> = event_seal::Entity::find()
        .select_only()
        .column_as(event_seal::Column::Number.max(), "number")
        .filter(event_seal::COLUMN.mac.is_null())
        .into_tuple()
        .one(db)
        .await?
        .flatten();
    Ok(newest.unwrap_or(0))
}

/// Up to which seal of the trail there are none with codes; none when the list says so without its own code.
pub async fn seals_before(db: &impl ConnectionTrait, keys: &Keys) -> Result<i64> {
    let Some(row) = key_print::Entity::find_by_id(0).one(db).await? else {
        return Ok(0);
    };
    let sound = keys.verify_mac(MAC, text(&row).as_bytes(), &row.mac)?;
    Ok(if sound { row.seals_before } else { 0 })
}

/// What the code of a row is over: everything that it says.
fn text(row: &key_print::Model) -> String {
    let retired = row.retired_at.map_or(0, |at| at.timestamp_micros());
    let registered = row.registered_at.timestamp_micros();
    format!(
        "{}\n{}\n{registered}\n{retired}\n{}",
        row.number, row.print, row.seals_before
    )
}
