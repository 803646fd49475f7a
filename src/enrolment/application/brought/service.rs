//! A paper was received.

use chrono::NaiveDate;
use entities::{
    ApplicationMaterialId,
    words::{Issuer, MaterialState},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;

use super::{must_take, owner, queries};
use crate::{
    attachment,
    enrolment::application::about::subject,
    platform::{Actor, App, Error, Result, Version, event},
};

/// What is said of a paper that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// When it was issued.
    pub issued_on: Option<NaiveDate>,
    /// From when it holds.
    pub valid_from: Option<NaiveDate>,
    /// Until when.
    pub valid_until: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: Option<Issuer>,
}

/// A paper was received: a file of it is there that opens. Whoever has the application's form open is told that it changed.
///
/// # Errors
/// Refused while the application is reviewed, where no file is there that was looked into, and where it was received already; stale
/// when somebody changed the paper meanwhile.
pub async fn receive(
    app: &App,
    by: &Actor,
    id: ApplicationMaterialId,
    version: Version,
    received: Received,
) -> Result<()> {
    let (_, seen) = queries::find(&*app.db, by, id).await?;
    must_take(by, &seen)?;
    let tx = app.db.write(by, &seen.district).await?;
    let (paper, row) = queries::find(&*tx, by, id).await?;
    must_take(by, &row)?;
    version.is_still(paper.version)?;
    if paper.state == MaterialState::Received {
        return Err(Error::refused("material.is_received"));
    }
    if attachment::queries::ready(&*tx, &owner(&paper, &row), &paper.code).await? == 0 {
        return Err(Error::refused("material.no_file"));
    }
    let details =
        json!({ "material": paper.code, "issued_on": received.issued_on, "valid_until": received.valid_until });
    let next = paper.version + 1;
    let mut changed = paper.into_active_model();
    changed.state = Set(MaterialState::Received);
    changed.issued_on = Set(received.issued_on);
    changed.valid_from = Set(received.valid_from);
    changed.valid_until = Set(received.valid_until);
    changed.issuer = Set(received.issuer);
    changed.reason = Set(None);
    changed.recorded_by = Set(by.account);
    changed.recorded_at = Set(by.now);
    changed.version = Set(next);
    changed.update(&*tx).await?;
    let (about, next) = (subject(&row), row.version + 1);
    let mut row = row.into_active_model();
    row.version = Set(next);
    row.update(&*tx).await?;
    event::record(&tx, by, "application.paper_received", about, details).await?;
    tx.commit().await
}
