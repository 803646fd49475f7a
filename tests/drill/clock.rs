//! The machine's clock is weeks ahead for a while and is put right: background work goes on, and what is written then is
//! sealed. Needs the program `faketime`.

use entities::event::{event, event_seal};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};

use super::{
    ALONE,
    process::{self, Place},
};

fn add(place: &Place, days: i64, name: &str) {
    let new = [
        "user",
        "add",
        name,
        "--name",
        "钟",
        "--role",
        "observer",
        "--organisation",
        "镇海区教育局",
    ];
    let (done, said) = place.run_at(days, &new);
    assert!(done, "{said}");
}

/// What lies after the newest seal although its day is over: events of this moment are not meant.
async fn bare(place: &Place, ahead: i64) -> u64 {
    let db = place.open().await;
    let newest = event_seal::Entity::find()
        .order_by_desc(event_seal::COLUMN.number)
        .one(&*db)
        .await
        .unwrap()
        .unwrap();
    let now = starbridge::platform::Clock::default().now() + chrono::TimeDelta::days(ahead);
    let today = starbridge::platform::clock::start_of(starbridge::platform::clock::day_of(now));
    let bare = event::Entity::find()
        .filter(event::COLUMN.id.gt(newest.last_id))
        .filter(event::COLUMN.at.lt(today - chrono::TimeDelta::days(1)))
        .count(&*db)
        .await
        .unwrap();
    db.close_all().await.unwrap();
    bare
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_ran_ahead_stops_nothing() {
    let _alone = ALONE.lock().await;
    let place = Place::new(process::postgres().as_deref()).await;
    place.run(&["demo", "--children", "100"]);
    add(&place, 1, "glocke1");
    place.run_at(2, &["sweep", "--all"]);
    add(&place, 40, "glocke40");
    place.run_at(40, &["sweep", "--all"]);
    place.run_at(41, &["seal", "--by", "钟", "--reason", "drill"]);
    for day in [3, 5] {
        add(&place, day, &format!("glocke{day}"));
    }
    let (_, check) = place.run_at(4, &["check"]);
    assert!(check.contains("a clock ran ahead"), "{check}");
    let (done, said) = place.run_at(7, &["sweep", "--all"]);
    assert!(done && !said.contains("running elsewhere"), "{said}");
    assert_eq!(bare(&place, 7).await, 0);
    let (_, check) = place.run_at(7, &["check"]);
    for line in ["ok       sweeps", "ok       audit trail", "ok       kept seals"] {
        assert!(check.contains(line), "{line}: {check}");
    }
    place.remove().await;
}
