//! What organisations add to the first week of a district: where its children live, and where they can go to.

use entities::{organisation::division, words::OrganisationKind};
use sea_orm::{
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    sea_query::{Expr, Func},
};

use super::{changes, queries};
use crate::{
    access::{Can, scope},
    platform::{Actor, App, Result, Say},
    web::home::{SetUp, Standing},
};

/// Streets and villages.
pub(super) const DIVISIONS: SetUp = SetUp {
    order: 10,
    name: "divisions",
    href: "/divisions/import",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(divisions(app, by))),
};

/// Organisations of every kind of the chain.
pub(super) const ORGANISATIONS: SetUp = SetUp {
    order: 20,
    name: "organisations",
    href: "/organisations",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(organisations(app, by))),
};

/// Where a child of the district can go to.
const KINDS: [OrganisationKind; 4] = [
    OrganisationKind::ScreeningSite,
    OrganisationKind::RescreenHospital,
    OrganisationKind::DiagnosingHospital,
    OrganisationKind::RehabilitationCentre,
];

async fn divisions(app: &App, by: &Actor) -> Result<Standing> {
    let db = &*app.db;
    let count = async |digits: i32| {
        let length = Func::char_length(Expr::col((division::Entity, division::Column::Code)));
        division::Entity::find()
            .filter(scope::within(division::Column::Code, by.district()))
            .filter(division::COLUMN.closed_on.is_null())
            .filter(sea_orm::ExprTrait::eq(Expr::from(length), digits))
            .count(db)
            .await
    };
    let (streets, villages) = (count(9).await?, count(12).await?);
    let mut told = vec![
        Say::new("first_week.divisions.told")
            .with("streets", streets)
            .with("villages", villages),
    ];
    let left = changes::left_behind(db, by.coverage()).await?;
    if !left.is_empty() {
        told.push(Say::new("first_week.divisions.left").with("count", left.len()));
    }
    Ok((streets > 0 && left.is_empty(), told))
}

async fn organisations(app: &App, by: &Actor) -> Result<Standing> {
    let db = &*app.db;
    let mut missing = Vec::new();
    let mut there = 0;
    for kind in KINDS {
        let found = queries::working_in(db, kind, by.district()).await?.len();
        there += found;
        if found == 0 {
            missing.push(Say::new("first_week.missing").with_word("what", kind.word()));
        }
    }
    if missing.is_empty() {
        return Ok((
            true,
            vec![Say::new("first_week.organisations.told").with("count", there)],
        ));
    }
    Ok((false, missing))
}
