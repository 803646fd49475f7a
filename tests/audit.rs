//! The audit trail: append-only, sealed, readable.

use chrono::{NaiveDate, TimeDelta};
use entities::event::{event, event_seal};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::json;
use starbridge::{
    audit::seal::{self, Difference},
    platform::{
        Actor,
        event::{Subject, note},
    },
};

use crate::support::{TestApp, story};

fn by(app: &TestApp) -> Actor {
    Actor::system("test", app.app.clock.now())
}

async fn happens(app: &TestApp, times: i64) {
    for n in 0..times {
        let details = json!({ "n": n, "list": "children", "a": [1, 2.5, null] });
        note(&app.app, &by(app), "list.exported", Subject::new("list", n), details)
            .await
            .unwrap();
    }
}

/// Three finished days: 4, 0 and 3 events (and the one that installed the defaults on the first).
async fn three_days(app: &TestApp) {
    happens(app, 4).await;
    app.app.clock.advance(TimeDelta::days(2));
    happens(app, 3).await;
    app.app.clock.advance(TimeDelta::days(1));
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

pub(crate) async fn past_the_trigger(app: &TestApp, change: &str) {
    let db = app.app.db.writer();
    let postgres = db.get_database_backend() == sea_orm::DbBackend::Postgres;
    for table in ["event", "event_seal"] {
        for change in ["update", "delete"] {
            let of = if postgres {
                format!(" ON {table}")
            } else {
                String::new()
            };
            db.execute_unprepared(&format!("DROP TRIGGER {table}_refuses_{change}{of}"))
                .await
                .unwrap();
        }
    }
    db.execute_unprepared(change).await.unwrap();
}

#[tokio::test]
async fn events_and_seals_can_only_be_added() {
    story(|app| async move {
        three_days(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        for change in [
            "UPDATE event SET actor = 'nobody'",
            "DELETE FROM event",
            "UPDATE event_seal SET hash = ''",
            "DELETE FROM event_seal",
        ] {
            let refused = app.app.db.writer().execute_unprepared(change).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{change}: {refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn finished_days_are_sealed_once() {
    story(|app| async move {
        three_days(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        assert_eq!(seal::run(&app.app, &by(&app)).await.unwrap(), "");
        let seals = event_seal::Entity::find()
            .order_by_asc(event_seal::COLUMN.number)
            .all(&*app.app.db)
            .await
            .unwrap();
        let days: Vec<_> = seals.iter().map(|s| s.day).collect();
        assert_eq!(days, [day(2), day(3), day(4)], "every finished day, the quiet one too");
        let events = event::Entity::find().count(&*app.app.db).await.unwrap();
        let sealed: i64 = seals.iter().map(|s| s.events).sum();
        assert_eq!(u64::try_from(sealed).unwrap(), events);
        assert_eq!((seals[1].events, seals[2].events), (0, 3));
        let verdict = seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
        assert_eq!((verdict.days, verdict.broken), (3, None));
        assert_eq!(verdict.newest.as_ref(), seals.last());
    })
    .await;
}

#[tokio::test]
async fn an_event_of_a_sealed_day_is_sealed_with_the_day_in_which_it_was_written() {
    story(|app| async move {
        three_days(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        let late = Actor {
            now: by(&app).now - TimeDelta::days(2),
            ..by(&app)
        };
        note(&app.app, &late, "list.exported", Subject::none(), json!({}))
            .await
            .unwrap();
        happens(&app, 1).await;
        app.app.clock.advance(TimeDelta::days(1));
        assert_eq!(
            seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap().broken,
            None
        );
        seal::run(&app.app, &by(&app)).await.unwrap();
        let newest = seal::newest(&*app.app.db).await.unwrap().unwrap();
        assert_eq!((newest.day, newest.events), (day(5), 2));
        assert_eq!(
            seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap().broken,
            None
        );
    })
    .await;
}

#[tokio::test]
async fn a_changed_event_breaks_its_day() {
    story(|app| async move {
        three_days(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        past_the_trigger(
            &app,
            "UPDATE event SET actor = 'somebody else' WHERE id = (SELECT max(id) FROM event)",
        )
        .await;
        let broken = seal::verify(&*app.app.db, Some(&app.app.keys))
            .await
            .unwrap()
            .broken
            .unwrap();
        assert_eq!(broken.day, day(4));
        assert!(matches!(broken.what, Difference::Content { .. }), "{broken}");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_event_and_a_deleted_seal_are_found() {
    story(|app| async move {
        three_days(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        past_the_trigger(&app, "DELETE FROM event WHERE id = (SELECT max(id) - 1 FROM event)").await;
        let broken = seal::verify(&*app.app.db, Some(&app.app.keys))
            .await
            .unwrap()
            .broken
            .unwrap();
        assert_eq!(broken.day, day(4));
        assert_eq!(broken.what, Difference::Count { sealed: 3, found: 2 });
        let db = app.app.db.writer();
        db.execute_unprepared("DELETE FROM event_seal WHERE day = '2026-11-03'")
            .await
            .unwrap();
        let broken = seal::verify(&*app.app.db, Some(&app.app.keys))
            .await
            .unwrap()
            .broken
            .unwrap();
        assert_eq!((broken.day, broken.what), (day(3), Difference::SealMissing));
    })
    .await;
}

#[tokio::test]
async fn the_audit_administrator_reads_filters_and_exports() {
    story(|app| async move {
        happens(&app, 60).await;
        let mut screener = app.person("screener").await;
        screener.open("/events").await.is(403);
        let mut audit = app.person("audit").await;
        let first = audit.open("/events").await.is(200).says("审计日志").says("audit");
        let older = first
            .links()
            .into_iter()
            .find(|l| l.contains("before="))
            .expect("a second page");
        audit.open(&format!("/events{older}")).await.is(200).says("回到最新");
        // A refusal, and only that.
        let refused = audit.open("/events?refused=true").await.says("screener");
        refused.omits("list: children");
        audit.open("/events?group=sign_ins&who=screener").await.says("screener");
        audit.open("/events?who=nobody-of-that-name").await.says("没有事件");
        audit.open("/events?file_no=330211-2026-99999").await.says("没有事件");
        audit
            .open("/events?from=2026-11-03&until=2026-11-04")
            .await
            .says("没有事件");
        audit.open("/events?before=x&organisation=abc").await.is(200);
        // A day that cannot be read shows no other days.
        for nonsense in [
            "/events?before=1.x&from=yesterday&organisation=abc",
            "/events?until=99999",
        ] {
            audit.open(nonsense).await.is(422).says("日期不正确");
        }
        let file = audit.get("/events/export?group=exports").await.is(200);
        assert!(file.body.starts_with(b"PK"), "a workbook");
        audit.open("/events?group=exports").await.says("行数：60");
    })
    .await;
}

#[tokio::test]
async fn seals_and_the_year_have_pages() {
    story(|app| async move {
        three_days(&app).await;
        let mut audit = app.person("audit").await;
        audit.open("/events/seals").await.says("封存落后");
        seal::run(&app.app, &by(&app)).await.unwrap();
        let newest = seal::newest(&*app.app.db).await.unwrap().unwrap();
        audit.open("/events/seals").await.says(&newest.hash).omits("封存落后");
        audit
            .open("/events/summary")
            .await
            .says("2026")
            .says("导出7")
            .says("list.exported");
        audit.open("/events/summary?year=2025").await.says("导出0");
        audit.open("/events/summary?year=1066").await.is(404);
    })
    .await;
}
