//! Filters of a list that somebody keeps, for themselves or for colleagues.

use entities::{SavedFilterId, words::Role, work::saved_filter};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use crate::platform::{
    Actor, App, Check, Db, Error, Errors, Result,
    event::{self, Subject},
};

/// Longest name, in characters.
const NAME: usize = 40;
/// Longest query string that is kept.
const QUERY: usize = 1000;

/// A filter to be kept.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct FilterForm {
    /// Name.
    pub filter_name: String,
    /// The list's query string.
    pub query: String,
    /// `true`: colleagues see it too.
    pub shared: String,
}

/// A filter to be kept, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFilter {
    /// Name.
    pub name: String,
    /// The list's query string.
    pub query: String,
    /// Colleagues see it too.
    pub shared: bool,
}

impl FilterForm {
    /// The checked filter, or what is wrong.
    pub fn input(&self) -> Result<NewFilter, Errors> {
        let mut check = Check::default();
        let name = check.text_within("filter_name", &self.filter_name, NAME);
        // Nobody types the query: what is wrong with it is told at the name.
        let mut hidden = Check::default();
        let query = hidden.optional_text("query", self.query.trim_start_matches('?'), QUERY);
        if !hidden.is_clean() {
            check.wrong("filter_name", "form.unreadable");
        }
        check.done(name.map(|name| NewFilter {
            name,
            query: query.unwrap_or_default(),
            shared: self.shared == "true",
        }))
    }
}

/// Filters of a list that the actor may use: their own, and the organisation's shared ones. Every look at a list asks for
/// them, and hardly anybody keeps one.
pub async fn of(db: &Db, by: &Actor, page: &str) -> Result<Vec<saved_filter::Model>> {
    let (Some(account), Ok(place)) = (by.account, by.organisation()) else {
        return Ok(Vec::new());
    };
    let of_colleagues = db
        .known(&format!("filters/{place}/{page}"), async {
            Ok(saved_filter::Entity::find()
                .filter(saved_filter::COLUMN.page.eq(page))
                .filter(saved_filter::COLUMN.organisation_id.eq(place))
                .order_by_asc(saved_filter::Column::Name)
                .order_by_asc(saved_filter::Column::Id)
                .all(&**db)
                .await?)
        })
        .await?;
    let usable = |row: &&saved_filter::Model| row.shared || row.account_id == account;
    Ok(of_colleagues.iter().filter(usable).cloned().collect())
}

/// Keep a filter.
pub async fn keep(app: &App, by: &Actor, page: &str, new: NewFilter) -> Result<SavedFilterId> {
    let tx = app.db.write(by, "").await?;
    let row = saved_filter::ActiveModel {
        id: NotSet,
        organisation_id: Set(by.organisation()?),
        account_id: Set(by.person()?),
        shared: Set(new.shared),
        page: Set(page.to_owned()),
        query: Set(new.query),
        name: Set(new.name),
        created_at: Set(by.now),
    };
    let id = row.insert(&*tx).await?.id;
    let subject = Subject::new("saved_filter", id.0);
    event::record(
        &tx,
        by,
        "filter.saved",
        subject,
        json!({ "page": page, "shared": new.shared }),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Whether the actor may remove a filter: its owner, or a supervisor for a shared one.
pub fn may_remove(by: &Actor, row: &saved_filter::Model) -> bool {
    let own = by.account == Some(row.account_id);
    let house = by.organisation().is_ok_and(|place| place == row.organisation_id);
    own || (house && row.shared && by.is(Role::Supervisor))
}

/// Remove a filter of a list.
pub async fn remove(app: &App, by: &Actor, page: &str, id: SavedFilterId) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let row = saved_filter::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .filter(|row| row.page == page && may_remove(by, row))
        .ok_or(Error::NotFound)?;
    saved_filter::Entity::delete_by_id(id).exec(&*tx).await?;
    let subject = Subject::new("saved_filter", id.0);
    event::record(&tx, by, "filter.removed", subject, json!({ "page": row.page })).await?;
    tx.commit().await
}
