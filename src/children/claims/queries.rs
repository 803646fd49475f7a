//! Which claims somebody made, and which wait for them.

use entities::{
    NumberClaimId, OrganisationId,
    child::{child, number_claim},
    words::{OrganisationKind, ProposalState},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::rules::may_decide;
use crate::{
    access::scope,
    children::{forms::ChildForm, new_child::NewChild},
    platform::{Actor, App, Error, Result, condition},
};

/// Claims in a list.
const NEWEST: u64 = 200;

/// A claim with what it is about.
#[derive(Debug)]
pub struct Line {
    /// The row.
    pub row: number_claim::Model,
    /// As typed.
    pub form: ChildForm,
    /// As understood; none when the rules changed so that it is not understood any more.
    pub child: Option<NewChild>,
    /// The file that has the number; none when it is not the reader's to see.
    pub holder: Option<child::Model>,
    /// The reader made it.
    pub mine: bool,
    /// The reader may decide about it.
    pub may_decide: bool,
}

impl Line {
    /// It waits for a second person.
    pub fn waits(&self) -> bool {
        self.row.state == ProposalState::Waiting
    }
}

/// Claims of the actor's own organisation; federations see those of all districts in their division.
fn visible(by: &Actor) -> Select<number_claim::Entity> {
    let all = number_claim::Entity::find();
    match &by.workplace {
        None if by.is_system() => all,
        None => all.filter(condition::nothing()),
        Some(place) if place.kind == OrganisationKind::Federation => {
            all.filter(scope::within(number_claim::Column::District, &place.coverage))
        }
        Some(place) => all.filter(number_claim::COLUMN.organisation_id.eq(place.id)),
    }
}

/// Those that wait for the actor.
fn to_decide(by: &Actor) -> Select<number_claim::Entity> {
    visible(by)
        .filter(number_claim::COLUMN.state.eq(ProposalState::Waiting))
        .filter(number_claim::COLUMN.proposed_by.ne(by.account.unwrap_or_default()))
}

/// Claims that somebody may see, the newest first.
pub async fn all(app: &App, by: &Actor) -> Result<Vec<Line>> {
    let rows = visible(by)
        .order_by_desc(number_claim::COLUMN.id)
        .limit(NEWEST)
        .all(&*app.db)
        .await?;
    lines(app, by, rows).await
}

/// Those that wait for the actor, the oldest first.
pub async fn waiting(app: &App, by: &Actor) -> Result<Vec<Line>> {
    let rows = to_decide(by)
        .order_by_asc(number_claim::COLUMN.id)
        .limit(NEWEST)
        .all(&*app.db)
        .await?;
    lines(app, by, rows).await
}

/// How many wait for the actor.
pub async fn count_waiting(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    Ok(to_decide(by).count(db).await?)
}

/// There is one that the actor may see.
pub async fn are_there(db: &impl ConnectionTrait, by: &Actor) -> Result<bool> {
    Ok(visible(by).limit(1).count(db).await? > 0)
}

/// One of them, or not found.
pub async fn find(app: &App, by: &Actor, id: NumberClaimId) -> Result<Line> {
    let row = visible(by).filter(number_claim::COLUMN.id.eq(id)).one(&*app.db).await?;
    let lines = lines(app, by, Vec::from_iter(row)).await?;
    lines.into_iter().next().ok_or(Error::NotFound)
}

/// The same in a transaction, for a decision.
pub(super) async fn row(db: &impl ConnectionTrait, by: &Actor, id: NumberClaimId) -> Result<number_claim::Model> {
    visible(by)
        .filter(number_claim::COLUMN.id.eq(id))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Where a claim was made.
pub(super) async fn place(
    db: &impl ConnectionTrait,
    id: OrganisationId,
) -> Result<entities::organisation::organisation::Model> {
    entities::organisation::organisation::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

async fn lines(app: &App, by: &Actor, rows: Vec<number_claim::Model>) -> Result<Vec<Line>> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let text = app.keys.open("number_claim", &row.fields)?;
        let form: ChildForm = serde_json::from_str(&text)?;
        let holder = match scope::child(&*app.db, by, row.holder_id).await {
            Ok(file) => Some(file),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        lines.push(Line {
            child: form.registration(by.today()).ok(),
            form,
            holder,
            mine: by.account == Some(row.proposed_by),
            may_decide: may_decide(&row, by).is_ok(),
            row,
        });
    }
    Ok(lines)
}
