//! What rosters add to the first week of a district: the first children.

use entities::child::child;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use crate::{
    access::{Can, scope},
    platform::{Actor, App, Result, Say},
    web::home::{SetUp, Standing},
};

/// The first children.
pub(super) const SET_UP: SetUp = SetUp {
    order: 110,
    name: "roster",
    href: "/imports",
    can: Can::Import,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    let children = child::Entity::find()
        .filter(scope::lives_in(by.district()))
        .filter(child::COLUMN.merged_into.is_null())
        .count(&*app.db)
        .await?;
    Ok((
        children > 0,
        vec![Say::new("first_week.roster.told").with("count", children)],
    ))
}
