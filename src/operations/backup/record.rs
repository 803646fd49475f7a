//! What the database remembers of its backups: pages, metrics and `check` read it.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use entities::work::backup_mark;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, sea_query::OnConflict};
use serde_json::json;

use crate::platform::{
    Actor, Db, Error, Result,
    event::{self, Subject},
};

/// A backup is missed after this long: the nightly one, and half a day for whoever looks in the morning.
pub const LATE_AFTER: TimeDelta = TimeDelta::hours(36);
/// A proof is missed after this long: two Sundays.
pub const UNPROVEN_AFTER: TimeDelta = TimeDelta::days(15);
/// Characters kept of what went wrong.
const FAILURE: usize = 500;

/// What there is to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A backup was taken.
    Taken,
    /// A backup was restored to a scratch place and compared.
    Proven,
}

impl Deed {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Taken, Self::Proven];

    /// As it stands in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Proven => "proven",
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Taken => "database.backed_up",
            Self::Proven => "database.backup_proven",
        }
    }

    /// Longer ago than this is too long.
    pub fn late_after(self) -> TimeDelta {
        match self {
            Self::Taken => LATE_AFTER,
            Self::Proven => UNPROVEN_AFTER,
        }
    }
}

/// How backups stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The last good one.
    pub taken: Option<backup_mark::Model>,
    /// The last proof.
    pub proven: Option<backup_mark::Model>,
}

impl State {
    /// The row of a deed.
    pub fn of(&self, deed: Deed) -> Option<&backup_mark::Model> {
        match deed {
            Deed::Taken => self.taken.as_ref(),
            Deed::Proven => self.proven.as_ref(),
        }
    }

    /// When it last went well.
    pub fn at(&self, deed: Deed) -> Option<DateTime<Utc>> {
        self.of(deed)?.at
    }

    /// It never went well, or too long ago.
    pub fn is_late(&self, deed: Deed, now: DateTime<Utc>) -> bool {
        self.at(deed).is_none_or(|at| at + deed.late_after() < now)
    }

    /// The newest attempt failed, and this is why.
    pub fn failure(&self, deed: Deed) -> Option<&str> {
        self.of(deed)?.failure.as_deref()
    }
}

/// Read it.
pub async fn read(db: &impl ConnectionTrait) -> Result<State> {
    let mut rows = backup_mark::Entity::find().all(db).await?;
    let mut take = |deed: Deed| {
        let place = rows.iter().position(|row| row.kind == deed.as_str());
        place.map(|place| rows.swap_remove(place))
    };
    Ok(State {
        taken: take(Deed::Taken),
        proven: take(Deed::Proven),
    })
}

/// It went well.
pub async fn done(db: &Db, by: &Actor, deed: Deed, file: &Path, bytes: i64) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tx = db.write(by, "").await?;
    let row = backup_mark::ActiveModel {
        kind: Set(deed.as_str().to_owned()),
        at: Set(Some(by.now)),
        file: Set(Some(name.clone())),
        bytes: Set(bytes),
        failed_at: Set(None),
        failure: Set(None),
    };
    let replace = OnConflict::column(backup_mark::Column::Kind)
        .update_columns([
            backup_mark::Column::At,
            backup_mark::Column::File,
            backup_mark::Column::Bytes,
            backup_mark::Column::FailedAt,
            backup_mark::Column::Failure,
        ])
        .to_owned();
    backup_mark::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(&*tx)
        .await?;
    let details = json!({ "file": name, "bytes": bytes });
    event::record(&tx, by, deed.event(), Subject::none(), details).await?;
    tx.commit().await
}

/// It failed; what went well before stays remembered.
pub async fn failed(db: &Db, by: &Actor, deed: Deed, error: &Error) -> Result<()> {
    let tx = db.write(by, "").await?;
    let row = backup_mark::ActiveModel {
        kind: Set(deed.as_str().to_owned()),
        at: Set(None),
        file: Set(None),
        bytes: Set(0),
        failed_at: Set(Some(by.now)),
        failure: Set(Some(error.to_string().chars().take(FAILURE).collect())),
    };
    let keep = OnConflict::column(backup_mark::Column::Kind)
        .update_columns([backup_mark::Column::FailedAt, backup_mark::Column::Failure])
        .to_owned();
    backup_mark::Entity::insert(row)
        .on_conflict(keep)
        .exec_without_returning(&*tx)
        .await?;
    tx.commit_quietly().await
}
