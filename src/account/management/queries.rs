//! Reads for the security administrator's pages: accounts of the organisations they look after, and of the hospitals above
//! them, which are read only.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entities::{
    AccountId, OrganisationId,
    account::{account, account_role, session},
    event::event,
    organisation::organisation,
    words::{OrganisationKind, Role},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use crate::{
    access::places,
    account::tries::LOCKED_FOR,
    platform::{Actor, Error, List, Result, clock, condition},
};

/// One account, or not found.
pub async fn account(db: &impl ConnectionTrait, by: &Actor, id: AccountId) -> Result<account::Model> {
    accounts(by)
        .filter(account::COLUMN.id.eq(id))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The accounts that an administrator knows of.
pub fn accounts(by: &Actor) -> Select<account::Entity> {
    let mine = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(places::known(by))
        .into_query();
    account::Entity::find().filter(account::Column::OrganisationId.in_subquery(mine))
}

/// In which state an account is, as the list filters by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Can sign in.
    Active,
    /// Too many wrong passwords, for a while.
    Locked,
    /// Signs in with a first password that must be changed.
    Waiting,
    /// Cannot sign in.
    Disabled,
}

impl AccountState {
    /// All, as the filter offers them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Locked, Self::Waiting, Self::Disabled];

    /// As in the address of the list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Waiting => "waiting",
            Self::Disabled => "disabled",
        }
    }

    /// Colour and icon.
    pub fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Active => ("success", "check"),
            Self::Locked => ("danger", "lock"),
            Self::Waiting => ("info", "waiting"),
            Self::Disabled => ("neutral", "cancelled"),
        }
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Active => "account.state.active",
            Self::Locked => "account.state.locked",
            Self::Waiting => "account.state.waiting",
            Self::Disabled => "account.state.disabled",
        }
    }

    /// Of an account.
    pub fn of(account: &account::Model, now: DateTime<Utc>) -> Self {
        if account.disabled_at.is_some() {
            Self::Disabled
        } else if account
            .locked_until
            .is_some_and(|until| clock::lasts(until, now, LOCKED_FOR))
        {
            Self::Locked
        } else if account.must_change_password {
            Self::Waiting
        } else {
            Self::Active
        }
    }

    /// The condition that finds them.
    pub fn condition(self, now: DateTime<Utc>) -> Condition {
        let column = account::COLUMN;
        let open = Condition::any()
            .add(column.locked_until.is_null())
            .add(column.locked_until.lte(now))
            .add(column.locked_until.gt(clock::furthest(now, LOCKED_FOR)));
        match self {
            Self::Disabled => Condition::all().add(column.disabled_at.is_not_null()),
            Self::Locked => Condition::all()
                .add(column.disabled_at.is_null())
                .add(column.locked_until.gt(now))
                .add(column.locked_until.lte(clock::furthest(now, LOCKED_FOR))),
            Self::Waiting => Condition::all()
                .add(column.disabled_at.is_null())
                .add(open)
                .add(column.must_change_password.eq(true)),
            Self::Active => Condition::all()
                .add(column.disabled_at.is_null())
                .add(open)
                .add(column.must_change_password.eq(false)),
        }
    }
}

/// In the address of the list: accounts of the reader's own area, without those of the hospitals above it.
pub const OURS: &str = "ours";
/// In the address of the list: every account that was not closed.
pub const OPEN: &str = "open";
/// In the address of the list: those that are signed in somewhere.
pub const ONLINE: &str = "online";

/// The select of the list. Filters: `role`, `organisation`, `state`, `whose`; term: part of the user name or of the name on
/// the screen.
pub fn found(by: &Actor, list: &List) -> Select<account::Entity> {
    let column = account::COLUMN;
    let mut select = accounts(by);
    if !list.term().is_empty() {
        let small = list.term().to_lowercase();
        select = select.filter(
            Condition::any()
                .add(account::Column::UserName.like(condition::holding(&small)))
                .add(account::Column::DisplayName.like(condition::holding(list.term()))),
        );
    }
    if let Ok(role) = list.filter("role").parse::<Role>() {
        let holders = account_role::Entity::find()
            .select_only()
            .column(account_role::Column::AccountId)
            .filter(account_role::COLUMN.role.eq(role))
            .into_query();
        select = select.filter(account::Column::Id.in_subquery(holders));
    }
    if let Ok(place) = list.filter("organisation").parse::<OrganisationId>() {
        select = select.filter(column.organisation_id.eq(place));
    }
    if list.filter("whose") == OURS {
        let ours = organisation::Entity::find()
            .select_only()
            .column(organisation::Column::Id)
            .filter(places::administered(by))
            .into_query();
        select = select.filter(account::Column::OrganisationId.in_subquery(ours));
    }
    match list.filter("state") {
        OPEN => select = select.filter(column.disabled_at.is_null()),
        ONLINE => {
            let signed_in = session::Entity::find()
                .select_only()
                .column(session::Column::AccountId)
                .filter(session::COLUMN.expires_at.gt(by.now))
                .into_query();
            select = select.filter(account::Column::Id.in_subquery(signed_in));
        }
        _ => {}
    }
    if let Some(state) = AccountState::ALL
        .into_iter()
        .find(|state| state.as_str() == list.filter("state"))
    {
        select = select.filter(state.condition(by.now));
    }
    let order = if list.descending() { Order::Desc } else { Order::Asc };
    let by_column = match list.sort.as_str() {
        "name" => account::Column::DisplayName,
        "created" => account::Column::CreatedAt,
        _ => account::Column::UserName,
    };
    select.order_by(by_column, order).order_by_asc(account::Column::Id)
}

/// Roles of several accounts.
pub async fn roles(db: &impl ConnectionTrait, ids: &[AccountId]) -> Result<BTreeMap<AccountId, Vec<Role>>> {
    let rows = account_role::Entity::find()
        .filter(account_role::COLUMN.account_id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut found: BTreeMap<AccountId, Vec<Role>> = BTreeMap::new();
    for row in rows {
        found.entry(row.account_id).or_default().push(row.role);
    }
    for roles in found.values_mut() {
        roles.sort();
    }
    Ok(found)
}

/// An organisation as an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its row.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// It takes no new accounts.
    pub closed: bool,
}

/// Organisations that an administrator looks after, by name.
pub async fn places(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<Place>> {
    let rows = organisation::Entity::find()
        .filter(places::known(by))
        .order_by_asc(organisation::Column::Kind)
        .order_by_asc(organisation::Column::Coverage)
        .order_by_asc(organisation::Column::Id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Place {
            id: row.id,
            name: row.name,
            kind: row.kind,
            closed: row.closed_on.is_some(),
        })
        .collect())
}

/// What was done to an account, the latest first.
pub async fn history(db: &impl ConnectionTrait, id: AccountId, limit: u64) -> Result<Vec<event::Model>> {
    Ok(event::Entity::find()
        .filter(event::COLUMN.subject_kind.eq("account"))
        .filter(event::COLUMN.subject_id.eq(id.0))
        .order_by_desc(event::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// When an account signed in last.
pub async fn last_sign_in(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<DateTime<Utc>>> {
    let last = event::Entity::find()
        .filter(event::COLUMN.account_id.eq(id))
        .filter(event::COLUMN.action.eq("account.signed_in"))
        .order_by_desc(event::Column::Id)
        .one(db)
        .await?;
    Ok(last.map(|event| event.at))
}
