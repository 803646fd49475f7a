//! Everything that lies sealed comes under the key that seals now, piece by piece, while people work.
//!
//! There is nothing to remember between two runs: what is left is what lies under another key. So a run can be stopped at
//! any moment, and the next one goes on.

use std::time::Duration;

use entities::Sealed;
use sea_orm::ConnectionTrait;

use super::{COLUMNS, Closed, Column, Found, elsewhere};
use crate::platform::{Actor, App, Result, crypto};

/// Servers notice within this time that another key seals: a run begins anew as long as they may have sealed with the old one.
pub const NOTICED: Duration = Duration::from_secs(15);
/// Runs over everything, before somebody has to look why there is always something left.
const RUNS: u32 = 20;

/// What came of it.
#[derive(Debug, Default)]
pub struct Resealed {
    /// Contents that came under the new key.
    pub rows: u64,
    /// Contents that no key opens: they stay as they are.
    pub closed: Vec<Closed>,
    /// Nothing but those is left under another key.
    pub whole: bool,
}

/// Bring everything under the key that seals now; after `noticed` no server seals with an older one. `goes_on` hears of the column, of the rows looked at and of all rows,
/// and says whether to go on.
pub async fn reseal(
    app: &App,
    by: &Actor,
    noticed: Duration,
    mut goes_on: impl FnMut(&str, u64, u64) -> bool,
) -> Result<Resealed> {
    let mut done = Resealed::default();
    let mut all = 0;
    for column in COLUMNS {
        all += column.count(&*app.db).await?;
    }
    for run in 0..RUNS {
        let mut changed = 0;
        let mut looked_at = 0;
        done.closed.clear();
        for column in COLUMNS {
            let mut last: Option<Found> = None;
            loop {
                let page = column.page(&*app.db, last.as_ref()).await?;
                looked_at += u64::try_from(page.len()).unwrap_or(0);
                let (sealed, closed) = reseal_page(app, by, *column, &page).await?;
                changed += sealed;
                done.closed.extend(closed);
                let Some(end) = page.into_iter().next_back() else { break };
                last = Some(end);
                if !goes_on(&column.to_string(), looked_at, all) {
                    done.rows += changed;
                    return Ok(done);
                }
            }
        }
        changed += elsewhere::reseal(app, by, true).await?;
        done.rows += changed;
        if changed == 0 && run > 0 {
            done.whole = true;
            return Ok(done);
        }
        if !goes_on("", all, all) {
            return Ok(done);
        }
        if run == 0 {
            tokio::time::sleep(noticed).await;
        }
    }
    Ok(done)
}

/// One page in one transaction.
async fn reseal_page(app: &App, by: &Actor, column: Column, page: &[Found]) -> Result<(u64, Vec<Closed>)> {
    let mut closed = Vec::new();
    let mut anew: Vec<(&Found, Sealed)> = Vec::new();
    for found in page {
        match app.keys.reseal(column.purpose, &found.sealed) {
            Ok(Some(sealed)) => anew.push((found, sealed)),
            Ok(None) => {}
            Err(error) => closed.push(Closed {
                column,
                place: found.place(),
                error,
            }),
        }
    }
    if anew.is_empty() {
        return Ok((0, closed));
    }
    let tx = app.db.write(by, "").await?;
    let mut sealed = 0;
    for (found, new) in anew {
        // Whoever changed it meanwhile sealed it anew; the next run looks at it again.
        sealed += u64::from(column.replace(&*tx, found, &new).await?);
    }
    tx.commit_quietly().await?;
    Ok((sealed, closed))
}

/// Rows that lie under another key than the one that seals now, by column.
pub async fn left(db: &impl ConnectionTrait, seals_with: u8) -> Result<Vec<(Column, u64)>> {
    let mut left = Vec::new();
    for column in COLUMNS {
        let mut last: Option<Found> = None;
        let mut number = 0;
        loop {
            let page = column.page(db, last.as_ref()).await?;
            let other = page.iter().filter(|found| !crypto::is_under(&found.sealed, seals_with));
            number += u64::try_from(other.count()).unwrap_or(0);
            let Some(end) = page.into_iter().next_back() else { break };
            last = Some(end);
        }
        if number > 0 {
            left.push((*column, number));
        }
    }
    Ok(left)
}
