//! A child moves to another district: what is still to be done goes along, what was done stays where it was.

use entities::{
    ChildId,
    child::{child, child_term, residence},
    screening::{diagnosis, pathway, planned_check, referral, rescreen, screen},
    words::CheckState,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use starbridge::children::{
    moves::{self, Move},
    service::register_in,
};

use crate::support::{TestApp, children::toddler, dice::Dice, life::live_through, story};

/// Where rows of a child lie, with whether they go along.
async fn places(app: &TestApp, id: ChildId) -> Vec<(&'static str, bool, String)> {
    let db = &*app.app.db;
    let mut places = Vec::new();
    macro_rules! add {
        ($module:ident, $goes:expr) => {
            let rows = $module::Entity::find()
                .filter($module::Column::ChildId.eq(id))
                .all(db)
                .await
                .unwrap();
            places.extend(
                rows.into_iter()
                    .map(|row| (stringify!($module), $goes(&row), row.district)),
            );
        };
    }
    add!(child_term, |_: &child_term::Model| true);
    add!(pathway, |_: &pathway::Model| true);
    add!(planned_check, |row: &planned_check::Model| matches!(
        row.state,
        CheckState::Pending | CheckState::BeforeOpening
    ));
    add!(referral, |row: &referral::Model| row.closed_at.is_none());
    add!(screen, |_: &screen::Model| false);
    add!(rescreen, |_: &rescreen::Model| false);
    add!(diagnosis, |_: &diagnosis::Model| false);
    add!(residence, |row: &residence::Model| row.until_on.is_none());
    places
}

#[tokio::test]
async fn what_is_still_to_be_done_goes_along_to_another_district() {
    story(|app| async move {
        let db = app.app.db.writer();
        app.knows_the_next_district().await;
        let by = app.actor("federation").await;
        let (mut went, mut stayed) = (0, 0);
        for seed in 0..12u64 {
            let mut dice = Dice(seed * 31 + 7);
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            let id = register_in(&tx, &app.app, &by, &toddler("王小雨")).await.unwrap();
            tx.commit().await.unwrap();
            live_through(&app, id, &mut dice).await;
            let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
            let to = Move {
                version: file.version.into(),
                to: "330206001".parse().unwrap(),
                on: by.today(),
                address: None,
            };
            moves::record(&app.app, &by, id, &to, true).await.unwrap();
            for (table, goes, district) in places(&app, id).await {
                let expected = if goes { "330206" } else { "330211" };
                assert_eq!(district, expected, "seed {seed}: {table}");
                let count = if goes { &mut went } else { &mut stayed };
                *count += usize::from(table == "referral");
            }
        }
        assert!(went > 3 && stayed > 3, "{went} referrals went, {stayed} stayed");
    })
    .await;
}
