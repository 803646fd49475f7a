//! Proposing, confirming, refusing, withdrawing.

use entities::{
    AccountId, AccountProposalId,
    account::{account, account_proposal},
    words::{AccountWish, ProposalState},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};
use serde_json::json;

use super::{
    super::{queries as managed, service as management},
    queries::{self, Line, waits},
};
use crate::{
    access::places::Reach,
    account::{password, queries::reach},
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
    },
};

/// What the first half of a password is sealed for.
const PURPOSE: &str = "account_proposal.half";

/// Propose what could open an account that reaches further than the administrator's area. One that waits already is
/// the answer.
pub async fn propose(
    app: &App,
    by: &Actor,
    id: AccountId,
    wish: AccountWish,
    reason: Option<String>,
) -> Result<AccountProposalId> {
    let half = match wish {
        AccountWish::PasswordReset => Some(app.keys.seal(PURPOSE, &password::generate())?),
        AccountWish::SecondFactorRemoval | AccountWish::Reinstatement | AccountWish::Unlocking => None,
    };
    let tx = app.db.write(by, "").await?;
    let account = managed::account(&*tx, by, id).await?;
    if by.account == Some(id) {
        return Err(Error::refused("account.own"));
    }
    if reach(&*tx, by, &account).await? == Reach::Inside {
        return Err(Error::stale());
    }
    let waiting = account_proposal::Entity::find()
        .filter(account_proposal::COLUMN.account_id.eq(id))
        .filter(account_proposal::COLUMN.wish.eq(wish))
        .filter(account_proposal::COLUMN.state.eq(ProposalState::Waiting))
        .all(&*tx)
        .await?;
    if let Some(row) = waiting.iter().find(|row| waits(row, by.now)) {
        return if by.account == Some(row.proposed_by) {
            Ok(row.id)
        } else {
            Err(Error::refused("proposal.exists"))
        };
    }
    let row = account_proposal::ActiveModel {
        id: NotSet,
        account_id: Set(id),
        wish: Set(wish),
        reason: Set(reason.clone()),
        half: Set(half),
        area: Set(by.coverage().to_owned()),
        state: Set(ProposalState::Waiting),
        proposed_by: Set(by.person()?),
        proposed_at: Set(by.now),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    let proposal = row.insert(&*tx).await?.id;
    let details = json!({ "proposal": proposal, "wish": wish, "reason": reason });
    event::record(&tx, by, "account.proposed", Subject::new("account", id.0), details).await?;
    tx.commit().await?;
    Ok(proposal)
}

/// The first half of a password, for whoever proposed it; none when the proposal is about something else.
pub fn first_half(app: &App, line: &Line) -> Result<Option<String>> {
    match line.row.half.as_ref().filter(|_| line.mine) {
        Some(sealed) => Ok(Some(app.keys.open(PURPOSE, sealed)?)),
        None => Ok(None),
    }
}

/// The second administrator agrees, and it is done. Gives the second half of a first password.
pub async fn confirm(app: &App, by: &Actor, id: AccountProposalId) -> Result<Option<String>> {
    let seen = decidable(&*app.db, by, id).await?;
    let password = match &seen.row.half {
        Some(sealed) => {
            let second = password::generate();
            let whole = app.keys.open(PURPOSE, sealed)? + &second;
            Some((second, app.passwords().turn(by).await?.hash(whole).await?))
        }
        None => None,
    };
    let tx = app.db.write(by, "").await?;
    let line = decidable(&*tx, by, id).await?;
    let (row, account) = (&line.row, &line.account);
    match row.wish {
        AccountWish::PasswordReset => {
            let (_, hash) = password.as_ref().ok_or_else(Error::stale)?;
            management::reset_in(&tx, by, account, hash.clone()).await?;
        }
        AccountWish::SecondFactorRemoval => {
            let reason = row.reason.clone().unwrap_or_default();
            management::remove_second_factor_in(&tx, by, account, reason).await?;
        }
        AccountWish::Reinstatement => management::enable_in(&tx, by, account).await?,
        AccountWish::Unlocking => management::unlock_in(&tx, by, account).await?,
    }
    decide_in(&tx, by, row, account, ProposalState::Done).await?;
    tx.commit().await?;
    Ok(password.map(|(second, _)| second))
}

/// The second administrator does not agree.
pub async fn refuse(app: &App, by: &Actor, id: AccountProposalId) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let line = decidable(&*tx, by, id).await?;
    decide_in(&tx, by, &line.row, &line.account, ProposalState::Refused).await?;
    tx.commit().await
}

/// The proposer thinks better of it.
pub async fn withdraw(app: &App, by: &Actor, id: AccountProposalId) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let line = queries::find(&*tx, by, id).await?;
    if !line.mine {
        return Err(Error::Forbidden);
    }
    if !line.waits {
        return Err(Error::refused("proposal.over"));
    }
    decide_in(&tx, by, &line.row, &line.account, ProposalState::Withdrawn).await?;
    tx.commit().await
}

async fn decidable(db: &impl sea_orm::ConnectionTrait, by: &Actor, id: AccountProposalId) -> Result<Line> {
    let line = queries::find(db, by, id).await?;
    if line.may_decide {
        Ok(line)
    } else {
        // One's own, or decided meanwhile.
        Err(Error::refused(if line.waits {
            "proposal.another"
        } else {
            "proposal.over"
        }))
    }
}

async fn decide_in(
    tx: &Tx,
    by: &Actor,
    row: &account_proposal::Model,
    account: &account::Model,
    state: ProposalState,
) -> Result<()> {
    let change = account_proposal::ActiveModel {
        id: Set(row.id),
        state: Set(state),
        decided_by: Set(by.account),
        decided_at: Set(Some(by.now)),
        ..Default::default()
    };
    change.update(&**tx).await?;
    let action = match state {
        ProposalState::Done => "account.proposal_confirmed",
        ProposalState::Refused => "account.proposal_refused",
        ProposalState::Withdrawn | ProposalState::Waiting => "account.proposal_withdrawn",
    };
    let details = json!({ "proposal": row.id, "wish": row.wish, "proposed_by": row.proposed_by });
    event::record(tx, by, action, Subject::new("account", account.id.0), details).await
}
