//! A place where something waits and nobody is there who could do it: whoever did it was suspended, left, or the place was
//! closed. That is the federation's task from the same moment, and its end when somebody is there again.

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    ChildId, OrganisationId,
    account::{account, account_role},
    organisation::organisation,
    task::task,
    words::{Focus, OrganisationKind, Role, TaskState, What},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    sea_query::LockType,
};
use serde_json::json;

use super::around::Places;
use crate::{
    notifications::telling::{self, News},
    organisations,
    platform::{Actor, Projection, Result, Touched, Tx},
    task::{
        queries as tasks,
        rules::{self, Due, Term, Wanted, doers},
        service::{self, About, Asked},
    },
};

/// Kept up to date by every write about children with tasks, and about who works where.
pub(super) const PROJECTION: Projection = Projection {
    name: "staffing",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// What waits at a place: what, by which role, in which district.
type Waiting = (What, Role, String);

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    let mut places: BTreeSet<OrganisationId> = touched.places().into_iter().collect();
    let of_children = of_children(tx, by, &touched.children()).await?;
    places.extend(of_children.keys());
    if places.is_empty() {
        return Ok(());
    }
    lock(tx, &places).await?;
    let open = open(&**tx, &places).await?;
    let there = there(&**tx, &places).await?;
    // Most writes are about places that are staffed: what else waits there need not be asked for.
    let settled = |place: &OrganisationId| {
        !touched.places().contains(place)
            && !open.iter().any(|task| task.focus_id == place.0)
            && of_children
                .get(place)
                .is_none_or(|asked| asked.iter().all(|one| is_staffed(there.get(place), *one)))
    };
    places.retain(|place| !settled(place));
    if places.is_empty() {
        return Ok(());
    }
    let waiting = waiting(&**tx, &places).await?;
    let mut federations = Places::default();
    for place in places {
        let lack = waiting
            .get(&place)
            .into_iter()
            .flatten()
            .find(|(what, role, _)| !is_staffed(there.get(&place), (*what, *role)));
        let wanted = match lack {
            Some((_, _, district)) => wanted(tx, place, district).await?,
            None => None,
        };
        let district = lack.map_or("", |(_, _, district)| district.as_str());
        let terms = match wanted {
            Some(_) => Some(federations.terms(&**tx, district, by.today()).await?),
            None => None,
        };
        let asked = Asked {
            about: About { district, child: None },
            focus: place.0,
            wanted: wanted.into_iter().collect(),
            ending: TaskState::Settled,
            terms,
        };
        let written = service::settle_in(tx, by, Focus::Organisation, &[asked]).await?;
        for task in written.opened.iter().chain(&written.handed_over) {
            tell(tx, by, task).await?;
        }
    }
    Ok(())
}

/// Somebody is there who can do it.
fn is_staffed(there: Option<&BTreeSet<Role>>, (what, role): (What, Role)) -> bool {
    there.is_some_and(|roles| doers(what, role).iter().any(|role| roles.contains(role)))
}

/// Two districts may wait at one hospital, and its people come and go meanwhile: one at a time says who is there.
async fn lock(tx: &Tx, places: &BTreeSet<OrganisationId>) -> Result<()> {
    organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::COLUMN.id.is_in(places.iter().copied()))
        .order_by_asc(organisation::COLUMN.id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<OrganisationId>()
        .all(&**tx)
        .await?;
    Ok(())
}

/// The things to be done whose doer has to be there: silence about them climbs, and it is not this very task.
fn needing_somebody() -> Vec<What> {
    let mut all = rules::those(|what| what.climbs);
    all.retain(|what| *what != What::StaffPlace);
    all
}

/// What waits for some children, by place; places where something of theirs ended just now have nothing more of it.
async fn of_children(
    tx: &Tx,
    by: &Actor,
    children: &[ChildId],
) -> Result<BTreeMap<OrganisationId, BTreeSet<(What, Role)>>> {
    let mut found: BTreeMap<OrganisationId, BTreeSet<(What, Role)>> = BTreeMap::new();
    for some in children.chunks(5000) {
        let asked: Vec<(OrganisationId, What, Role, TaskState)> = task::Entity::find()
            .select_only()
            .columns([
                task::Column::OrganisationId,
                task::Column::What,
                task::Column::Role,
                task::Column::State,
            ])
            .distinct()
            .filter(tasks::is_one_of(&needing_somebody()))
            .filter(task::COLUMN.child_id.is_in(some.iter().copied()))
            .filter(
                Condition::any()
                    .add(tasks::is_open())
                    .add(task::COLUMN.ended_at.eq(by.now)),
            )
            .into_tuple()
            .all(&**tx)
            .await?;
        for (place, what, role, state) in asked {
            let waits = found.entry(place).or_default();
            if state == TaskState::Open {
                waits.insert((what, role));
            }
        }
    }
    Ok(found)
}

async fn waiting(
    db: &impl ConnectionTrait,
    places: &BTreeSet<OrganisationId>,
) -> Result<BTreeMap<OrganisationId, Vec<Waiting>>> {
    let rows: Vec<(OrganisationId, What, Role, String)> = task::Entity::find()
        .select_only()
        .columns([
            task::Column::OrganisationId,
            task::Column::What,
            task::Column::Role,
            task::Column::District,
        ])
        .distinct()
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&needing_somebody()))
        .filter(task::COLUMN.organisation_id.is_in(places.iter().copied()))
        .order_by_asc(task::Column::District)
        .order_by_asc(task::Column::Role)
        .order_by_asc(task::Column::What)
        .order_by_asc(task::Column::OrganisationId)
        .into_tuple()
        .all(db)
        .await?;
    let mut waiting: BTreeMap<OrganisationId, Vec<Waiting>> = BTreeMap::new();
    for (place, what, role, district) in rows {
        waiting.entry(place).or_default().push((what, role, district));
    }
    Ok(waiting)
}

/// The federation's open tasks about places.
async fn open(db: &impl ConnectionTrait, places: &BTreeSet<OrganisationId>) -> Result<Vec<task::Model>> {
    Ok(task::Entity::find()
        .filter(tasks::is_open())
        .filter(task::COLUMN.focus.eq(Focus::Organisation))
        .filter(task::COLUMN.focus_id.is_in(places.iter().map(|place| place.0)))
        .all(db)
        .await?)
}

/// The roles of those who can sign in, by organisation; nobody works at a place that is closed.
async fn there(
    db: &impl ConnectionTrait,
    places: &BTreeSet<OrganisationId>,
) -> Result<BTreeMap<OrganisationId, BTreeSet<Role>>> {
    let roles: RelationDef = account::Entity::belongs_to(account_role::Entity)
        .from(account::Column::Id)
        .to(account_role::Column::AccountId)
        .into();
    let place: RelationDef = account::Entity::belongs_to(organisation::Entity)
        .from(account::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    let rows: Vec<(OrganisationId, Role)> = account::Entity::find()
        .join(JoinType::InnerJoin, roles)
        .join(JoinType::InnerJoin, place)
        .select_only()
        .column(account::Column::OrganisationId)
        .column(account_role::Column::Role)
        .distinct()
        .filter(account::COLUMN.organisation_id.is_in(places.iter().copied()))
        .filter(account::COLUMN.disabled_at.is_null())
        .filter(organisation::COLUMN.closed_on.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let mut there: BTreeMap<OrganisationId, BTreeSet<Role>> = BTreeMap::new();
    for (place, role) in rows {
        there.entry(place).or_default().insert(role);
    }
    Ok(there)
}

/// The nearest federation above has somebody found; where the place is one itself, the next.
async fn wanted(tx: &Tx, place: OrganisationId, district: &str) -> Result<Option<Wanted>> {
    let above = organisations::queries::covering(&**tx, OrganisationKind::Federation, district).await?;
    let federation = above.into_iter().map(|one| one.id).find(|id| *id != place);
    Ok(federation.map(|federation| Wanted {
        what: What::StaffPlace,
        focus: (Focus::Organisation, place.0),
        leads: false,
        organisation: federation,
        role: Role::FederationOfficer,
        owner: None,
        due: Due::Within(Term::Answer),
    }))
}

/// The federation hears of it, and whoever answers for the place.
async fn tell(tx: &Tx, by: &Actor, task: &task::Model) -> Result<()> {
    let news = News {
        template: "task.nobody",
        params: json!({ "organisation": task.focus_id, "due_on": task.due_on }),
        link: service::page(task.id),
        child: None,
        cause: format!("task/{}/{}", task.id, task.organisation_id),
    };
    telling::tell_roles(tx, by, task.organisation_id, &[Role::FederationOfficer], &news).await?;
    let place = OrganisationId(task.focus_id);
    telling::tell_roles(tx, by, place, &[Role::Supervisor], &news).await?;
    Ok(())
}
