//! Adding, renaming, closing administrative divisions.

use entities::{
    division_code::DivisionCode,
    organisation::{division, organisation},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde_json::json;

use crate::access::places::upwards;
use crate::platform::{
    Actor, App, Error, Result, Say, Tx, Version,
    event::{self, Subject},
};

/// A division that an administrator looks after, or not found.
pub async fn division(db: &impl ConnectionTrait, by: &Actor, code: &str) -> Result<division::Model> {
    if !code.starts_with(by.coverage()) {
        return Err(Error::NotFound);
    }
    division::Entity::find_by_id(code.to_owned())
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Divisions right under another, by code; the provinces under none.
pub async fn children_of(db: &impl ConnectionTrait, parent: &str) -> Result<Vec<division::Model>> {
    let column = division::COLUMN;
    let under = if parent.is_empty() {
        column.parent.is_null()
    } else {
        column.parent.eq(parent)
    };
    Ok(division::Entity::find()
        .filter(under)
        .order_by_asc(division::Column::Code)
        .all(db)
        .await?)
}

/// A new open division.
pub(super) fn row(code: &str, name: &str) -> division::ActiveModel {
    division::ActiveModel {
        parent: Set(parent_of(code)),
        code: Set(code.to_owned()),
        name: Set(name.to_owned()),
        closed_on: Set(None),
        version: Set(1),
    }
}

/// Add a division under an open one.
pub async fn add(app: &App, by: &Actor, code: &DivisionCode, name: String) -> Result<()> {
    let code = code.as_str().to_owned();
    let tx = app.db.write(by, "").await?;
    let parent = parent_of(&code);
    if let Some(parent) = &parent {
        refuse_closed(&division(&*tx, by, parent).await?)?;
    }
    if division::Entity::find_by_id(code.clone()).one(&*tx).await?.is_some() {
        return Err(Error::field("new_code", "division.code_taken"));
    }
    division::Entity::insert(row(&code, &name))
        .exec_without_returning(&*tx)
        .await?;
    done(tx, by, "division.added", &code, json!({ "code": code, "name": name })).await
}

/// Give a division another name. Its code stays, and so does what was reported under it.
pub async fn rename(app: &App, by: &Actor, code: &str, version: Version, name: String) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let before = division(&*tx, by, code).await?;
    version.is_still(before.version)?;
    let row = division::ActiveModel {
        code: Set(code.to_owned()),
        name: Set(name.clone()),
        version: Set(before.version + 1),
        ..Default::default()
    };
    row.update(&*tx).await?;
    let details = json!({ "code": code, "before": before.name, "name": name });
    done(tx, by, "division.renamed", code, details).await
}

/// Close a division: it is offered no longer, and what refers to it stays.
pub async fn close(app: &App, by: &Actor, code: &str) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let row = division(&*tx, by, code).await?;
    refuse_closed(&row)?;
    let below = division::Entity::find()
        .filter(division::COLUMN.parent.eq(code))
        .filter(division::COLUMN.closed_on.is_null())
        .count(&*tx)
        .await?;
    let places = organisation::Entity::find()
        .filter(organisation::COLUMN.coverage.eq(code))
        .filter(organisation::COLUMN.closed_on.is_null())
        .count(&*tx)
        .await?;
    if below + places > 0 {
        let say = Say::new("division.in_use")
            .with("divisions", below)
            .with("organisations", places);
        return Err(Error::refused(say));
    }
    let closed = division::ActiveModel {
        code: Set(code.to_owned()),
        closed_on: Set(Some(by.today())),
        version: Set(row.version + 1),
        ..Default::default()
    };
    closed.update(&*tx).await?;
    done(tx, by, "division.closed", code, json!({ "code": code })).await
}

/// Offer a closed division again.
pub async fn reopen(app: &App, by: &Actor, code: &str) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let row = division(&*tx, by, code).await?;
    if let Some(parent) = &row.parent {
        let above = division::Entity::find_by_id(parent.clone()).one(&*tx).await?;
        refuse_closed(&above.ok_or(Error::NotFound)?)?;
    }
    let open = division::ActiveModel {
        code: Set(code.to_owned()),
        closed_on: Set(None),
        version: Set(row.version + 1),
        ..Default::default()
    };
    open.update(&*tx).await?;
    done(tx, by, "division.reopened", code, json!({ "code": code })).await
}

fn refuse_closed(row: &division::Model) -> Result<()> {
    match row.closed_on {
        Some(on) => Err(Error::refused(
            Say::new("division.closed").with("name", &row.name).with("on", on),
        )),
        None => Ok(()),
    }
}

async fn done(tx: Tx, by: &Actor, action: &str, code: &str, details: serde_json::Value) -> Result<()> {
    // Codes are digits, so that they can stand where ids stand.
    let id = code.parse().unwrap_or_default();
    event::record(&tx, by, action, Subject::new("division", id), details).await?;
    tx.commit().await
}

/// The division that a division lies in; none above a province.
fn parent_of(code: &str) -> Option<String> {
    upwards(code).into_iter().rev().nth(1)
}
