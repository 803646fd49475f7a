//! A pair of files that may be one child is somebody's to decide: its own organisation's where both were opened there, else
//! the federation's. What was put off is due on its day.

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    ChildId, OrganisationId,
    child::{child, duplicate},
    organisation::organisation,
    words::{DuplicateState, Focus, OrganisationKind, Role, TaskState, What},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    organisations,
    platform::{Actor, Projection, Result, Touched, Tx},
    task::{
        rules::{Due, Wanted},
        service::{self, About, Asked},
    },
};

/// Kept up to date by every write about a child that is like another.
pub(super) const PROJECTION: Projection = Projection {
    name: "duplicates",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// Children asked about at once.
const AT_ONCE: usize = 1000;

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    for some in touched.children().chunks(AT_ONCE) {
        let pairs = duplicate::Entity::find()
            .filter(
                Condition::any()
                    .add(duplicate::COLUMN.first_id.is_in(some.iter().copied()))
                    .add(duplicate::COLUMN.second_id.is_in(some.iter().copied())),
            )
            .order_by_asc(duplicate::COLUMN.id)
            .all(&**tx)
            .await?;
        if !pairs.is_empty() {
            settle(tx, by, &pairs).await?;
        }
    }
    Ok(())
}

async fn settle(tx: &Tx, by: &Actor, pairs: &[duplicate::Model]) -> Result<()> {
    let waiting = |pair: &&duplicate::Model| pair.state.waits();
    let ids: BTreeSet<ChildId> = pairs
        .iter()
        .filter(waiting)
        .flat_map(|pair| [pair.first_id, pair.second_id])
        .collect();
    let files = files(&**tx, ids).await?;
    let mut whose = Whose::default();
    let mut asked = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let both = files.get(&pair.first_id).zip(files.get(&pair.second_id));
        let wanted = match both.filter(|_| waiting(&pair)) {
            Some((first, second)) => whose.wanted(tx, pair, first, second).await?,
            None => None,
        };
        asked.push(Asked {
            about: About {
                district: &pair.district,
                child: Some(pair.first_id),
            },
            focus: pair.id.0,
            wanted: wanted.into_iter().collect(),
            ending: TaskState::Settled,
            terms: None,
        });
    }
    service::settle_in(tx, by, Focus::Duplicate, &asked).await?;
    Ok(())
}

/// Files that stand by themselves.
async fn files(db: &impl ConnectionTrait, ids: BTreeSet<ChildId>) -> Result<BTreeMap<ChildId, child::Model>> {
    let rows = child::Entity::find()
        .filter(child::COLUMN.id.is_in(ids))
        .filter(child::COLUMN.merged_into.is_null())
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Whose pairs are, looked up once.
#[derive(Default)]
struct Whose {
    federations: BTreeMap<String, Option<OrganisationId>>,
}

impl Whose {
    async fn wanted(
        &mut self,
        tx: &Tx,
        pair: &duplicate::Model,
        first: &child::Model,
        second: &child::Model,
    ) -> Result<Option<Wanted>> {
        let own = (first.created_by == second.created_by).then_some(first.created_by);
        let own = match own {
            Some(id) => organisation::Entity::find_by_id(id).one(&**tx).await?,
            None => None,
        };
        let own = own.filter(|place| !place.kind.is_federation() && place.closed_on.is_none());
        let (organisation, role) = match own {
            Some(place) => (place.id, Role::Supervisor),
            None => match self.federation(tx, &pair.district).await? {
                Some(federation) => (federation, Role::FederationOfficer),
                None => return Ok(None),
            },
        };
        Ok(Some(Wanted {
            what: What::DecideDuplicate,
            focus: (Focus::Duplicate, pair.id.0),
            leads: false,
            organisation,
            role,
            owner: None,
            due: pair
                .until_on
                .filter(|_| pair.state == DuplicateState::Later)
                .map_or(Due::Never, Due::On),
        }))
    }

    async fn federation(&mut self, tx: &Tx, district: &str) -> Result<Option<OrganisationId>> {
        if let Some(known) = self.federations.get(district) {
            return Ok(*known);
        }
        let found = organisations::queries::covering(&**tx, OrganisationKind::Federation, district).await?;
        let first = found.first().map(|place| place.id);
        self.federations.insert(district.to_owned(), first);
        Ok(first)
    }
}
