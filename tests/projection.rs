//! What is derived follows every write by itself: for one child and for many, or the write does not happen.

use std::sync::{Mutex, PoisonError};

use entities::{
    ChildId, OrganisationId,
    child::child,
    screening::{pathway, screen},
    words::{AgeUsed, ScreenOutcome, Stage},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::Expr,
};
use serde_json::json;
use starbridge::{
    children::service::register_in,
    platform::{
        Actor, Db, Error, Projection, Touched, Tx,
        db::Open,
        event::{self, Subject},
    },
};

use crate::support::{TestApp, children::toddler, story};

async fn registered(app: &TestApp, by: &Actor, names: &[&str]) -> Vec<ChildId> {
    let tx = app.app.db.write(by, "330211").await.unwrap();
    let mut ids = Vec::new();
    for name in names {
        ids.push(register_in(&tx, &app.app, by, &toddler(name)).await.unwrap());
    }
    tx.commit().await.unwrap();
    ids
}

/// The bare row: whoever writes it thinks of nothing else.
async fn screened_in(tx: &Tx, by: &Actor, child: ChildId) -> i64 {
    let row = screen::ActiveModel {
        id: NotSet,
        child_id: Set(child),
        planned_check_id: Set(None),
        organisation_id: Set(by.organisation().unwrap()),
        screener_id: Set(by.person().unwrap()),
        district: Set("330211".into()),
        street: Set("330211004".into()),
        performed_on: Set(by.today()),
        recorded_at: Set(by.now),
        entered_late: Set(false),
        age_months: Set(24),
        age_days: Set(743),
        corrected_age_days: Set(None),
        age_used: Set(AgeUsed::Chronological),
        outcome: Set(ScreenOutcome::Abnormal),
        signs: Set(entities::Numbers(vec![1, 2])),
        regression: Set(false),
        note: Set(None),
        withdrawn_at: Set(None),
        version: Set(1),
    };
    row.insert(&**tx).await.unwrap().id.0
}

async fn stage(app: &TestApp, id: ChildId) -> Option<Stage> {
    let place = pathway::Entity::find_by_id(id).one(&*app.app.db).await.unwrap();
    place.map(|place| place.stage)
}

#[tokio::test]
async fn a_write_about_a_child_moves_it_on_by_its_event_alone() {
    story(|app| async move {
        let by = app.actor("screener").await;
        let ids = registered(&app, &by, &["孙小川"]).await;
        assert_eq!(stage(&app, ids[0]).await, Some(Stage::Watching));
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let screen = screened_in(&tx, &by, ids[0]).await;
        let subject = Subject::of_child("screen", screen, ids[0]);
        event::record(&tx, &by, "screen.recorded", subject, json!({}))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stage(&app, ids[0]).await, Some(Stage::RescreenProposed));
    })
    .await;
}

#[tokio::test]
async fn a_write_about_many_moves_all_of_them_and_nobody_else() {
    story(|app| async move {
        let by = app.actor("screener").await;
        let ids = registered(&app, &by, &["孙小川", "李小溪", "王小海", "赵小江"]).await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        for id in &ids[..3] {
            screened_in(&tx, &by, *id).await;
        }
        // Two by the rows of their events, one by name, and one whose screen nobody told of.
        let rows = ids[..2].iter().map(|id| {
            let subject = Subject::child(*id);
            event::row(&by, "screen.recorded", subject, json!({}), false)
        });
        event::record_all(&tx, rows.collect()).await.unwrap();
        tx.touches(ids[2]);
        screened_in(&tx, &by, ids[3]).await;
        tx.commit().await.unwrap();
        let mut stages = Vec::new();
        for id in &ids {
            stages.push(stage(&app, *id).await.unwrap());
        }
        let proposed = Stage::RescreenProposed;
        assert_eq!(stages, [proposed, proposed, proposed, Stage::Watching]);
    })
    .await;
}

#[tokio::test]
async fn a_child_that_was_merged_away_stands_nowhere() {
    story(|app| async move {
        let by = app.actor("screener").await;
        let ids = registered(&app, &by, &["孙小川", "孙小川"]).await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        child::Entity::update_many()
            .col_expr(child::Column::MergedInto, Expr::value(ids[0]))
            .filter(child::COLUMN.id.eq(ids[1]))
            .exec(&*tx)
            .await
            .unwrap();
        for id in &ids {
            event::record(&tx, &by, "merge.done", Subject::child(*id), json!({}))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(stage(&app, ids[0]).await, Some(Stage::Watching));
        assert_eq!(stage(&app, ids[1]).await, None);
    })
    .await;
}

/// What ran, by name of the actor: tests run beside one another.
static RAN: Mutex<Vec<(String, &str, Touched)>> = Mutex::new(Vec::new());

fn note(by: &Actor, what: &'static str, touched: &Touched) {
    let mut ran = RAN.lock().unwrap_or_else(PoisonError::into_inner);
    ran.push((by.name.clone(), what, touched.clone()));
}

fn ran(name: &str) -> Vec<(&'static str, Vec<ChildId>, Vec<OrganisationId>)> {
    let ran = RAN.lock().unwrap_or_else(PoisonError::into_inner);
    ran.iter()
        .filter(|(by, ..)| by == name)
        .map(|(_, what, touched)| (*what, touched.children(), touched.places()))
        .collect()
}

const FIRST: Projection = Projection {
    name: "first",
    run: |_, by, touched| {
        note(by, "first", touched);
        Box::pin(async { Ok(()) })
    },
};
const SECOND: Projection = Projection {
    name: "second",
    run: |_, by, touched| {
        note(by, "second", touched);
        Box::pin(async { Ok(()) })
    },
};
const FAILING: Projection = Projection {
    name: "failing",
    run: |_, _, _| Box::pin(async { Err(Error::refused("referral.no_receiver")) }),
};
const STRAYING: Projection = Projection {
    name: "straying",
    run: |tx, _, _| {
        tx.touches(ChildId(999));
        Box::pin(async { Ok(()) })
    },
};

async fn opened(app: &TestApp, projections: &[Projection]) -> Db {
    let open = Open {
        url: &app.address(),
        readers: 1,
        full_sync: false,
        projections,
    };
    Db::open(open).await.unwrap()
}

#[tokio::test]
async fn projections_run_once_and_in_their_order() {
    story(|app| async move {
        let by = Actor::system("in their order", app.app.clock.now());
        let db = opened(&app, &[FIRST, SECOND]).await;
        let tx = db.write(&by, "330211").await.unwrap();
        tx.touch_all([ChildId(3), ChildId(1), ChildId(3)]);
        tx.touches_place(OrganisationId(2));
        tx.commit_quietly().await.unwrap();
        let (children, places) = (vec![ChildId(1), ChildId(3)], vec![OrganisationId(2)]);
        let once = |name| (name, children.clone(), places.clone());
        assert_eq!(ran("in their order"), [once("first"), once("second")]);
        // Nobody is touched, and nothing is taken to be.
        db.write(&by, "330211").await.unwrap().commit_quietly().await.unwrap();
        assert_eq!(ran("in their order").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_derived_is_not_written() {
    story(|app| async move {
        let by = app.actor("screener").await;
        let ids = registered(&app, &by, &["孙小川"]).await;
        for (projections, refused) in [(&[FAILING][..], true), (&[STRAYING][..], false)] {
            let db = opened(&app, projections).await;
            let tx = db.write(&by, "330211").await.unwrap();
            screened_in(&tx, &by, ids[0]).await;
            event::record(&tx, &by, "screen.recorded", Subject::child(ids[0]), json!({}))
                .await
                .unwrap();
            let failed = tx.commit().await.unwrap_err();
            assert_eq!(matches!(failed, Error::Refused(_)), refused, "{failed}");
            assert_eq!(screen::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        }
        assert_eq!(stage(&app, ids[0]).await, Some(Stage::Watching));
    })
    .await;
}
