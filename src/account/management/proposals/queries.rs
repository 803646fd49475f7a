//! Which proposals an administrator made, and which wait for one.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId, AccountProposalId,
    account::{account, account_proposal},
    organisation::organisation,
    words::{ProposalState, Role},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::{
    access::places::{self, Reach},
    platform::{
        Actor, Error, Result,
        approval::{Chain, Decision, Entry, Outcome, Step},
    },
};

/// A proposal waits for so long.
pub const LASTS: TimeDelta = TimeDelta::days(7);
/// Proposals looked at for a list.
const NEWEST: u64 = 200;

/// Another security administrator decides, and it is done or refused.
const APPROVAL: Chain = Chain(&[Step {
    name: "second_administrator",
    kind: None,
    role: Role::SecurityAdmin,
    working_days: None,
    outcomes: &[Outcome::Approved, Outcome::Refused],
}]);

/// A proposal as something that was entered, with what was decided about it.
fn entered(row: &account_proposal::Model) -> Entry {
    let outcome = match row.state {
        ProposalState::Done => Some(Outcome::Approved),
        ProposalState::Refused | ProposalState::Withdrawn => Some(Outcome::Refused),
        ProposalState::Waiting => None,
    };
    let decision = outcome.zip(row.decided_by).map(|(outcome, by)| Decision {
        by,
        version: 1,
        outcome,
    });
    Entry {
        by: row.proposed_by,
        version: 1,
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
    let me = by.person()?;
    let interesting = Condition::any()
        .add(account_proposal::COLUMN.proposed_by.eq(me))
        .add(account_proposal::COLUMN.state.eq(ProposalState::Waiting));
    let rows = account_proposal::Entity::find()
        .filter(interesting)
        .filter(account_proposal::COLUMN.proposed_at.gt(by.now - LASTS * 4))
        .order_by_desc(account_proposal::COLUMN.id)
        .limit(NEWEST)
        .all(db)
        .await?;
    let mut lines = Vec::new();
    for row in rows {
        let line = line(db, by, row).await?;
        if line.mine || line.may_decide {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// How many wait for the administrator.
pub async fn waiting_for(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let lines = all(db, by).await?;
    let waiting = lines.iter().filter(|line| line.may_decide).count();
    u64::try_from(waiting).map_err(|e| Error::Internal(e.into()))
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: AccountProposalId) -> Result<Line> {
    let row = account_proposal::Entity::find_by_id(id).one(db).await?;
    let line = line(db, by, row.ok_or(Error::NotFound)?).await?;
    if line.mine || line.may_decide {
        Ok(line)
    } else {
        Err(Error::NotFound)
    }
}

async fn line(db: &impl ConnectionTrait, by: &Actor, row: account_proposal::Model) -> Result<Line> {
    let account = account::Entity::find_by_id(row.account_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let place = organisation::Entity::find_by_id(account.organisation_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let waits = waits(&row, by.now);
    Ok(Line {
        mine: by.account == Some(row.proposed_by),
        may_decide: waits && may_decide(db, by, &row, &place).await?,
        waits,
        row,
        account,
        place,
    })
}

/// Somebody else, of another district that the organisation serves, or of a wider area that it stays inside.
async fn may_decide(
    db: &impl ConnectionTrait,
    by: &Actor,
    row: &account_proposal::Model,
    place: &organisation::Model,
) -> Result<bool> {
    if APPROVAL.decidable(&entered(row), by).is_err() || by.account == Some(row.account_id) {
        return Ok(false);
    }
    let own = by.coverage();
    if places::reach(db, by, place).await? == Reach::Inside {
        return Ok(true);
    }
    let nested = own.starts_with(&row.area) || row.area.starts_with(own);
    Ok(!nested && places::serves(db, by, place).await?)
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
