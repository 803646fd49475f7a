//! Who may see what an assessment came to. A second rating is independent only if its rater has not seen the first, so
//! until both are finished nothing tells the first result by the way: not a list, not the page of a referral, not a file
//! that is taken out. Whoever could still rate it sees it by opening it, which is noted; whoever is rating it does not see
//! it at all.

use std::collections::{BTreeMap, BTreeSet};

use entities::{AssessmentId, ChildId, screening::assessment, words::AssessmentState};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{queries, service};
use crate::{
    access::Can,
    platform::{Actor, Result},
};

/// Rows at once.
const CHUNK: usize = 500;

/// How far a reader sees the result of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Wherever it stands.
    Told,
    /// Only by opening it: the reader could still be the second rater.
    OnOpening,
    /// Not before their own sheet is finished: the reader is the second rater.
    Hidden,
}

/// How far a reader sees the results of some assessments.
#[derive(Clone, Debug, Default)]
pub struct Sights(BTreeMap<AssessmentId, Sight>);

impl Sights {
    /// That of one of them.
    pub fn of(&self, id: AssessmentId) -> Sight {
        self.0.get(&id).copied().unwrap_or(Sight::Told)
    }

    /// One of them is being rated by the reader.
    pub fn hides_any(&self) -> bool {
        self.0.values().any(|sight| *sight == Sight::Hidden)
    }
}

/// How far the reader sees the results of these.
pub async fn sights(db: &impl ConnectionTrait, by: &Actor, rows: &[assessment::Model]) -> Result<Sights> {
    if !Can::Assess.allows(&by.roles) {
        return Ok(Sights::default());
    }
    let open: Vec<&assessment::Model> = rows
        .iter()
        .filter(|row| service::may_be_rated_again(row, by).is_ok())
        .collect();
    let mut found = Sights::default();
    for some in open.chunks(CHUNK) {
        let seconds = queries::seconds(db, some.iter().map(|row| row.id)).await?;
        for row in some {
            let sight = match seconds.get(&row.id) {
                Some(second) if second.state == AssessmentState::Final => continue,
                Some(second) if Some(second.by) == by.account => Sight::Hidden,
                Some(_) | None => Sight::OnOpening,
            };
            found.0.insert(row.id, sight);
        }
    }
    Ok(found)
}

/// The first ratings that the reader is rating a second time just now, of some children: what rests on them is not told
/// either.
pub async fn hidden_from(
    db: &impl ConnectionTrait,
    by: &Actor,
    children: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<assessment::Model>> {
    let Some(account) = by.account else {
        return Ok(Vec::new());
    };
    let children: BTreeSet<ChildId> = children.into_iter().collect();
    let sheets = assessment::Entity::find()
        .filter(assessment::COLUMN.by.eq(account))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Draft))
        .filter(assessment::COLUMN.round.is_not_null())
        .all(db)
        .await?;
    let first = sheets
        .iter()
        .filter(|sheet| children.contains(&sheet.child_id))
        .filter_map(|sheet| sheet.round);
    Ok(assessment::Entity::find()
        .filter(assessment::Column::Id.is_in(first))
        .all(db)
        .await?)
}
