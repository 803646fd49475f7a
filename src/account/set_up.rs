//! What accounts add to the first week of a district: somebody for every role.

use entities::{
    account::{account, account_role},
    organisation::organisation,
    words::Role,
};
use sea_orm::{
    EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, RelationDef, Select,
};

use crate::{
    access::{Can, places::upwards, scope},
    platform::{Actor, App, Result, Say},
    web::home::{SetUp, Standing},
};

/// Accounts of every role.
pub(super) const SET_UP: SetUp = SetUp {
    order: 30,
    name: "accounts",
    href: "/accounts",
    can: Can::ManageAccounts,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

/// Who a district needs before the first child is screened.
const ROLES: [Role; 7] = [
    Role::SecurityAdmin,
    Role::AuditAdmin,
    Role::FederationOfficer,
    Role::Screener,
    Role::Rescreener,
    Role::Diagnostician,
    Role::IntakeWorker,
];

/// Accounts that can sign in, of organisations that work in the district.
fn working(by: &Actor) -> Select<account::Entity> {
    let near = sea_orm::Condition::any()
        .add(scope::within(organisation::Column::Coverage, by.district()))
        .add(organisation::COLUMN.coverage.is_in(upwards(by.district())));
    let on: RelationDef = account::Entity::belongs_to(organisation::Entity)
        .from(account::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    account::Entity::find()
        .join(JoinType::InnerJoin, on)
        .filter(near)
        .filter(account::COLUMN.disabled_at.is_null())
}

async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    let db = &*app.db;
    let roles: RelationDef = account_role::Entity::belongs_to(account::Entity)
        .from(account_role::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let held: Vec<Role> = working(by)
        .join(JoinType::InnerJoin, roles.rev())
        .select_only()
        .column(account_role::Column::Role)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let missing: Vec<Say> = ROLES
        .into_iter()
        .filter(|role| !held.contains(role))
        .map(|role| Say::new("first_week.missing").with_word("what", role.word()))
        .collect();
    if missing.is_empty() {
        let count = working(by).count(db).await?;
        return Ok((true, vec![Say::new("first_week.accounts.told").with("count", count)]));
    }
    Ok((false, missing))
}
