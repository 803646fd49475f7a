//! Which proposals an administrator made, and which wait for one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId, AccountProposalId, OrganisationId,
    account::{account, account_proposal},
    organisation::organisation,
    words::{ProposalState, ReviewOutcome, Role},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};

use crate::{
    access::{places, scope},
    platform::{
        Actor, Error, Result,
        approval::{Chain, Decision, Entry, Facts},
        clock, condition,
    },
};

/// A proposal waits for so long.
pub const LASTS: TimeDelta = TimeDelta::days(7);
/// Proposals in a list.
const NEWEST: u64 = 200;

/// The one step of a proposal: another security administrator decides, and it is done or refused.
const SECOND: &str = "second_administrator";
/// Who that is.
const DECIDES: Role = Role::SecurityAdmin;

/// A proposal as something that was entered, with what was decided about it.
fn entered(row: &account_proposal::Model) -> Entry {
    let outcome = match row.state {
        ProposalState::Done => Some(ReviewOutcome::Approved),
        ProposalState::Refused | ProposalState::Withdrawn => Some(ReviewOutcome::Refused),
        ProposalState::Waiting => None,
    };
    let decision = outcome.zip(row.decided_by).map(|(outcome, by)| Decision {
        by,
        version: 1,
        step: SECOND.to_owned(),
        outcome,
        on: clock::day_of(row.decided_at.unwrap_or(row.proposed_at)),
    });
    Entry {
        by: row.proposed_by,
        version: 1,
        since: clock::day_of(row.proposed_at),
        decisions: decision.into_iter().collect(),
    }
}

/// A proposal with what it is about.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub row: account_proposal::Model,
    /// The account.
    pub account: account::Model,
    /// Where its owner works.
    pub place: organisation::Model,
    /// The reader proposed it.
    pub mine: bool,
    /// The reader may decide about it.
    pub may_decide: bool,
    /// It waits, and not for too long.
    pub waits: bool,
}

/// It waits for a second administrator.
pub fn waits(row: &account_proposal::Model, now: DateTime<Utc>) -> bool {
    row.state == ProposalState::Waiting && row.proposed_at + LASTS > now
}

/// Proposals that the administrator made or may decide about, the newest first.
pub async fn all(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<Line>> {
    let rows = seen(by)?
        .filter(account_proposal::COLUMN.proposed_at.gt(by.now - LASTS * 4))
        .order_by_desc(account_proposal::COLUMN.id)
        .limit(NEWEST)
        .all(db)
        .await?;
    lines(db, by, rows).await
}

/// Those that wait for the administrator, the one that lapses next first.
pub async fn waiting(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<Line>> {
    let rows = placed()
        .filter(to_decide(by)?)
        .order_by_asc(account_proposal::COLUMN.proposed_at)
        .order_by_asc(account_proposal::COLUMN.id)
        .all(db)
        .await?;
    lines(db, by, rows).await
}

/// How many wait for the administrator.
pub async fn waiting_for(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    Ok(placed().filter(to_decide(by)?).count(db).await?)
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: AccountProposalId) -> Result<Line> {
    let row = seen(by)?.filter(account_proposal::COLUMN.id.eq(id)).one(db).await?;
    let lines = lines(db, by, Vec::from_iter(row)).await?;
    lines.into_iter().next().ok_or(Error::NotFound)
}

/// Proposals, each beside its account and where its owner works.
fn placed() -> Select<account_proposal::Entity> {
    let to_account = account_proposal::Entity::belongs_to(account::Entity)
        .from(account_proposal::Column::AccountId)
        .to(account::Column::Id);
    let to_place = account::Entity::belongs_to(organisation::Entity)
        .from(account::Column::OrganisationId)
        .to(organisation::Column::Id);
    account_proposal::Entity::find()
        .join(JoinType::InnerJoin, to_account.into())
        .join(JoinType::InnerJoin, to_place.into())
}

fn seen(by: &Actor) -> Result<Select<account_proposal::Entity>> {
    let mine = account_proposal::COLUMN.proposed_by.eq(by.person()?);
    Ok(placed().filter(Condition::any().add(mine).add(to_decide(by)?)))
}

/// Those that somebody may decide about: of somebody else, about a third one's account, of another district that the
/// organisation serves, or of a wider area that it stays inside.
fn to_decide(by: &Actor) -> Result<Condition> {
    if !by.is(DECIDES) {
        return Ok(condition::nothing());
    }
    let (me, own) = (by.person()?, by.coverage());
    let column = account_proposal::COLUMN;
    let above = (0..own.len()).filter_map(|n| own.get(..n));
    let nested = Condition::any()
        .add(column.area.is_in(above))
        .add(scope::within(column.area.0, own));
    let another_district = Condition::all().add(places::serving(by)).add(nested.not());
    Ok(Condition::all()
        .add(column.state.eq(ProposalState::Waiting))
        .add(column.proposed_at.gt(by.now - LASTS))
        .add(column.proposed_by.ne(me))
        .add(column.account_id.ne(me))
        .add(Condition::any().add(places::inside(by)).add(another_district)))
}

async fn lines(db: &impl ConnectionTrait, by: &Actor, rows: Vec<account_proposal::Model>) -> Result<Vec<Line>> {
    let accounts: BTreeSet<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let accounts = account::Entity::find()
        .filter(account::COLUMN.id.is_in(accounts))
        .all(db)
        .await?;
    let places: BTreeSet<OrganisationId> = accounts.iter().map(|account| account.organisation_id).collect();
    let places = organisation::Entity::find()
        .filter(organisation::COLUMN.id.is_in(places))
        .all(db)
        .await?;
    let theirs: BTreeSet<AccountProposalId> = placed()
        .filter(to_decide(by)?)
        .filter(account_proposal::COLUMN.id.is_in(rows.iter().map(|row| row.id)))
        .select_only()
        .column(account_proposal::Column::Id)
        .into_tuple::<AccountProposalId>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let approval = Chain::second_person(SECOND, &[DECIDES]);
    let line = |row: account_proposal::Model| {
        let account = accounts.iter().find(|account| account.id == row.account_id)?.clone();
        let place = places.iter().find(|place| place.id == account.organisation_id)?.clone();
        Some(Line {
            mine: by.account == Some(row.proposed_by),
            may_decide: theirs.contains(&row.id) && approval.decidable(&entered(&row), &Facts::default(), by).is_ok(),
            waits: waits(&row, by.now),
            row,
            account,
            place,
        })
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// Names of those who proposed and decided.
pub async fn people(db: &impl ConnectionTrait, lines: &[Line]) -> Result<BTreeMap<AccountId, String>> {
    let mut ids = Vec::new();
    for line in lines {
        ids.push(line.row.proposed_by);
        ids.extend(line.row.decided_by);
    }
    crate::account::queries::names(db, ids).await
}
