//! A list of divisions waits as the file that it came as until it is taken, as a whole or not at all.

use std::collections::BTreeSet;

use entities::{
    FileId,
    organisation::{division, division_change, organisation},
    words::DivisionChange,
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    check::{self, Checked, Known},
    columns,
};
use crate::{
    access::scope,
    organisations::{changes, divisions},
    platform::{
        Actor, App, Error, Result, Say, Tx,
        draft::Draft,
        event::{self, Subject},
        file::{self, Arrived},
        workbook::{self, Limits, Sheet},
    },
};

/// What a waiting list is kept under.
const DRAFT: &str = "/divisions/import/preview";
/// Rows of one statement.
const AT_ONCE: usize = 1_000;

/// What is kept of a list until it is taken: the file that it came as.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Kept {
    file: FileId,
}

/// A list that was brought in.
#[derive(Debug)]
pub struct Waiting {
    /// Name of the file, for people only.
    pub file: String,
    /// As it is read.
    pub sheet: Sheet,
}

/// What was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New divisions.
    pub added: usize,
    /// Changes of names and codes, with what follows from them.
    pub changes: usize,
    /// Changes whose day is still to come.
    pub to_come: usize,
}

/// Read the bytes of a list.
///
/// # Errors
/// Why the file as a whole cannot be used, at the field `file`.
pub async fn read(bytes: Vec<u8>) -> Result<Sheet> {
    let limits = Limits {
        rows: 100_000,
        ..Limits::default()
    };
    let read = move || workbook::read(&bytes, &columns::columns(), &limits);
    let sheet = tokio::task::spawn_blocking(read).await?;
    let sheet = sheet.map_err(|error| Error::field("file", &error))?;
    if sheet.rows.is_empty() {
        return Err(Error::field("file", "division_import.no_rows"));
    }
    // The sender does not see them, and a list is taken as a whole: whether they are meant is said in the file.
    if !sheet.hidden_rows.is_empty() {
        let say = Say::new("division_import.hidden_rows").with("rows", workbook::row_list(&sheet.hidden_rows));
        return Err(Error::field("file", say));
    }
    let hidden = sheet.hidden_columns.iter().filter_map(|at| sheet.headers.get(*at));
    let hidden: Vec<String> = hidden
        .map(|header| format!("{} {}", header.letters, header.text))
        .collect();
    if !hidden.is_empty() {
        let say = Say::new("division_import.hidden_columns").with("columns", hidden.join("、"));
        return Err(Error::field("file", say));
    }
    Ok(sheet)
}

/// Keep a list until it is taken or another comes. A file that cannot be read is refused and leaves no trace.
pub async fn keep(app: &App, by: &Actor, arrived: Arrived) -> Result<()> {
    read(arrived.bytes.clone()).await?;
    let packed = file::pack(&app.keys, &arrived)?;
    let tx = app.db.write(by, "").await?;
    let file = file::keep_in(&tx, by, packed).await?;
    Draft::own(by, DRAFT)?
        .store_in(&tx, app, by.now, &Kept { file: file.id })
        .await?;
    let details = json!({ "hash": file.hash });
    event::record(&tx, by, "file.kept", Subject::new("stored_file", file.id.0), details).await?;
    tx.commit().await
}

/// The list that waits for somebody.
pub async fn waiting(app: &App, by: &Actor) -> Result<Waiting> {
    let kept: Option<Kept> = Draft::own(by, DRAFT)?.load(app, &*app.db).await?;
    let file = scope::file(&*app.db, by, kept.ok_or(Error::NotFound)?.file).await?;
    let sheet = read(file::open(app, by, &file).await?).await?;
    Ok(Waiting { file: file.name, sheet })
}

/// What a sheet means today.
pub async fn check(db: &impl ConnectionTrait, by: &Actor, sheet: &Sheet) -> Result<Checked> {
    Ok(check::check(sheet, &known(db).await?, by.coverage(), by.today()))
}

async fn known(db: &impl ConnectionTrait) -> Result<Known> {
    let rows = division::Entity::find().all(db).await?;
    let open = organisation::Entity::find()
        .filter(organisation::COLUMN.closed_on.is_null())
        .all(db)
        .await?;
    // What will end on a day to come has its change written down and takes no other.
    let leaving: BTreeSet<String> = division_change::Entity::find()
        .filter(division_change::COLUMN.applied_at.is_null())
        .filter(division_change::COLUMN.kind.ne(DivisionChange::Renamed))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.code)
        .collect();
    Ok(Known {
        divisions: rows
            .into_iter()
            .map(|row| {
                let open = row.closed_on.is_none() && !leaving.contains(&row.code);
                (row.code, (row.name, open))
            })
            .collect(),
        coverages: open.into_iter().map(|place| place.coverage).collect(),
    })
}

/// Take a sheet over. Everything is checked once more, because divisions may have changed since it was shown.
///
/// # Errors
/// Refused when anything is wrong, or nothing is new; nothing is written then.
pub async fn take(app: &App, by: &Actor, waiting: &Waiting) -> Result<Taken> {
    let tx = app.db.write(by, "").await?;
    let checked = check(&*tx, by, &waiting.sheet).await?;
    if !checked.errors.is_empty() {
        let say = Say::new("division_import.wrong").with("count", checked.errors.len());
        return Err(Error::refused(say));
    }
    if checked.added.is_empty() && checked.changes.is_empty() {
        return Err(Error::refused("division_import.nothing_new"));
    }
    let taken = Taken {
        added: checked.added.len(),
        changes: checked.changes.len(),
        to_come: checked.changes.iter().filter(|change| change.on > by.today()).count(),
    };
    insert(&tx, by, checked).await?;
    if let Ok(draft) = Draft::own(by, DRAFT) {
        draft.discard_in(&tx).await?;
    }
    let details =
        json!({ "file": waiting.file, "added": taken.added, "changes": taken.changes, "to_come": taken.to_come });
    event::record(&tx, by, "division.imported", Subject::none(), details).await?;
    changes::apply_due_in(&tx, by).await?;
    tx.commit().await?;
    Ok(taken)
}

async fn insert(tx: &Tx, by: &Actor, checked: Checked) -> Result<()> {
    let added: Vec<division::ActiveModel> = checked
        .added
        .iter()
        .map(|(code, name)| divisions::row(code, name))
        .collect();
    for some in added.chunks(AT_ONCE) {
        division::Entity::insert_many(some.to_vec())
            .exec_without_returning(&**tx)
            .await?;
    }
    let changes: Vec<division_change::ActiveModel> = checked
        .changes
        .into_iter()
        .map(|change| changes::row(change, by))
        .collect();
    for some in changes.chunks(AT_ONCE) {
        division_change::Entity::insert_many(some.to_vec())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// Organisations that a sheet would leave with a division that ended, and those that would follow it: names and codes.
pub async fn concerned(db: &impl ConnectionTrait, checked: &Checked) -> Result<Vec<(String, String, DivisionChange)>> {
    let mut found = Vec::new();
    let leaving = checked
        .changes
        .iter()
        .filter(|change| change.kind != DivisionChange::Renamed);
    let kinds: std::collections::BTreeMap<&str, DivisionChange> =
        leaving.map(|change| (change.code.as_str(), change.kind)).collect();
    if kinds.is_empty() {
        return Ok(found);
    }
    let places = organisation::Entity::find()
        .filter(scope::within(organisation::COLUMN.coverage.0, ""))
        .filter(organisation::COLUMN.closed_on.is_null())
        .all(db)
        .await?;
    for place in places {
        if let Some(kind) = kinds.get(place.coverage.as_str()) {
            found.push((place.name, place.coverage.clone(), *kind));
        }
    }
    Ok(found)
}
