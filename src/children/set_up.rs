//! What children's files add to the first week of a district: the day from which they count.

use super::opening;
use crate::{
    access::Can,
    platform::{Actor, App, Result, Say},
    web::home::{SetUp, Standing},
};

/// The opening day.
pub(super) const SET_UP: SetUp = SetUp {
    order: 50,
    name: "opening_day",
    href: "/parameters/screening.opening_day",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    let day = opening::day(&*app.db, by.district(), by).await?;
    Ok(match day {
        Some(day) => (true, vec![Say::new("first_week.opening_day.told").with("on", day)]),
        None => (false, vec![Say::new("rule.opens_on.none")]),
    })
}
