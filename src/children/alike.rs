//! What somebody is told of files that are like the one they are about to open. That a child has a file is already
//! something about the child: each one that is told is an event of its file, an account is told of so many different
//! children a day, and of other districts no more than that somebody there knows the child.

use chrono::{NaiveDate, TimeDelta};
use entities::{ChildId, event::event, words::Sex};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::json;

use super::similar::Similar;
use crate::{
    access::scope,
    person::likeness::Reason,
    platform::{
        Actor, App, Error, Result,
        event::{self as trail, Subject},
    },
};

/// The event of a file that somebody was told of.
const TOLD: &str = "child.compared";

/// What is told.
#[derive(Debug, Default)]
pub struct Alike {
    /// Files of one's own district, and those that one may open.
    pub files: Vec<Told>,
    /// There are files in other districts.
    pub elsewhere: bool,
    /// Nothing was compared: this account was told of enough children today.
    pub spent: bool,
}

/// A file, as little of it as tells it apart.
#[derive(Debug)]
pub struct Told {
    /// The file.
    pub id: ChildId,
    /// The reader may open it.
    pub visible: bool,
    /// Its number.
    pub file_no: String,
    /// In full when the reader may open the file.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Alike {
    /// Nobody is asked anything.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.elsewhere && !self.spent
    }

    /// What it is about, as a locale key.
    pub const fn title(&self) -> &'static str {
        if self.spent {
            "child.similar.unknown"
        } else {
            "child.similar.title"
        }
    }

    /// Nothing was compared.
    pub fn spent() -> Self {
        Self {
            spent: true,
            ..Self::default()
        }
    }
}

/// Tell of some files, and record of each that it was told.
pub async fn tell(app: &App, by: &Actor, similar: Vec<Similar>) -> Result<Alike> {
    let mut alike = Alike::default();
    if similar.is_empty() {
        return Ok(alike);
    }
    // The form may come again: that it was compared is no submission.
    let by = &by.without_submission();
    let tx = app.db.write(by, by.coverage().get(..6).unwrap_or_default()).await?;
    // Many that ask at once come here one after the other.
    if is_spent(&*tx, by, app.config.likenesses_per_day).await? {
        return Ok(Alike::spent());
    }
    for one in similar {
        let child = one.child;
        let visible = match scope::child(&*tx, by, child.id).await {
            Ok(_) => true,
            Err(Error::NotFound) => false,
            Err(error) => return Err(error),
        };
        let near = visible || by.coverage().get(..6) == Some(child.district.as_str());
        let details = json!({ "reasons": one.reasons, "elsewhere": !near });
        trail::record(&tx, by, TOLD, Subject::child(child.id), details).await?;
        if !near {
            alike.elsewhere = true;
            continue;
        }
        alike.files.push(Told {
            id: child.id,
            visible,
            name: if visible {
                child.name
            } else {
                entities::mask::name(&child.name)
            },
            file_no: child.file_no,
            sex: child.sex,
            birth_on: child.birth_on,
            reasons: one.reasons,
        });
    }
    tx.commit().await?;
    Ok(alike)
}

/// The account was told of as many different children within a day as the settings allow.
pub async fn is_spent(db: &impl ConnectionTrait, by: &Actor, most: u32) -> Result<bool> {
    let Some(account) = by.account else { return Ok(false) };
    let told: Option<i64> = event::Entity::find()
        .filter(event::COLUMN.account_id.eq(account))
        .filter(event::COLUMN.at.gt(by.now - TimeDelta::days(1)))
        .filter(event::COLUMN.action.eq(TOLD))
        .select_only()
        .expr_as(Expr::col(event::Column::ChildId).count_distinct(), "told")
        .into_tuple()
        .one(db)
        .await?;
    Ok(told.unwrap_or(0) >= i64::from(most))
}
