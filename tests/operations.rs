//! Health, the operations page, sweeps, backup and restore, the check.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{account::session, work::submission};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};
use starbridge::{
    app,
    operations::{check, prune, schema, shape},
    platform::{Actor, Config, sweep},
};

use crate::support::{TestApp, story};

fn by(app: &TestApp) -> Actor {
    Actor::system("test", app.app.clock.now())
}

fn is_sqlite(app: &TestApp) -> bool {
    app.app.db.get_database_backend() == DbBackend::Sqlite
}

fn file(app: &TestApp, name: &str) -> PathBuf {
    app.app.config.data_dir.join(name)
}

/// What the check finds in the database.
pub(crate) async fn looked(config: &Config, now: DateTime<Utc>) -> Vec<check::Finding> {
    let looking = check::Looking {
        now,
        sweeps: &app::FEATURES.sweeps(),
        against: None,
        goes_on: &mut |_, _, _| true,
    };
    check::database(config, looking).await
}

#[tokio::test]
async fn health_needs_no_sign_in_and_no_session() {
    story(|app| async move {
        let mut probe = app.stranger();
        let live = probe.get("/health/live").await.is(200);
        assert_eq!(live.body, b"ok\n");
        probe.get("/health/ready").await.is(200).says("ready");
        assert_eq!(session::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        app.stranger().get("/no/such/page").await.is(404).says("没有找到");
        app.app
            .db
            .writer()
            .execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)")
            .await
            .unwrap();
        probe.get("/health/ready").await.is(503);
        let schema = schema::read(&*app.app.db).await.unwrap();
        assert_eq!(schema.unknown, ["m9999_future"]);
    })
    .await;
}

#[tokio::test]
async fn the_system_administrator_sees_what_runs() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let page = system
            .open("/operations")
            .await
            .is(200)
            .says("审计日志封存")
            .omits("seal-events")
            .says("尚未运行");
        page.submit_to("/operations/sweeps/prune/runs", &mut system)
            .await
            .is(303);
        system.open("/operations").await.says("正常");
        app.app.clock.advance(TimeDelta::hours(5));
        let mut system = app.person("system").await;
        system.open("/operations").await.says("逾期未运行");
        system.post("/operations/sweeps/nothing/runs", &[]).await.is(404);
        app.person("screener").await.open("/operations").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn every_sweep_runs_on_an_ordinary_database() {
    story(|app| async move {
        for sweep in app::FEATURES.sweeps() {
            let ran = sweep::run_once(&app.app, &sweep).await;
            assert!(ran.is_ok(), "{}: {ran:?}", sweep.name);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_cleared() {
    story(|app| async move {
        let _signed_in = app.person("screener").await;
        // A form of long ago; the pages only make those of today.
        let row = submission::ActiveModel {
            token: Set("f".repeat(32)),
            at: Set(app.app.clock.now()),
            content: Set(None),
            led_to: Set(None),
        };
        submission::Entity::insert(row)
            .exec_without_returning(app.app.db.writer())
            .await
            .unwrap();
        prune::run(&app.app, &by(&app)).await.unwrap();
        assert_eq!(
            session::Entity::find().count(&*app.app.db).await.unwrap(),
            1,
            "still signed in"
        );
        app.app.clock.advance(TimeDelta::days(8));
        prune::run(&app.app, &by(&app)).await.unwrap();
        assert_eq!(session::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(submission::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(prune::run(&app.app, &by(&app)).await.unwrap(), "");
    })
    .await;
}

#[tokio::test]
async fn what_was_added_to_the_schema_or_taken_away_is_told() {
    story(|app| async move {
        let applied = schema::read(&*app.app.db).await.unwrap().applied.len();
        let expected = shape::expected(&app.app.db, applied).await.unwrap();
        let differences = async || shape::differences(&shape::read(&*app.app.db).await.unwrap(), &expected);
        assert_eq!(differences().await, [""; 0]);
        let (postgres, db) = (!is_sqlite(&app), app.app.db.writer());
        let (trigger, table) = if postgres {
            ("trigger event.event_refuses_delete", " ON event")
        } else {
            ("trigger event_refuses_delete", "")
        };
        for (change, told, back) in [
            (
                "CREATE VIEW spy AS SELECT id FROM child".to_owned(),
                "spy was added",
                "DROP VIEW spy".to_owned(),
            ),
            (
                "CREATE INDEX spy ON child (sex)".to_owned(),
                "index spy was added",
                "DROP INDEX spy".to_owned(),
            ),
            (
                format!("DROP TRIGGER event_refuses_delete{table}"),
                "is missing",
                if postgres {
                    "CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                } else {
                    "CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, \
                     'events are append-only'); END"
                }
                .to_owned(),
            ),
        ] {
            db.execute_unprepared(&change).await.unwrap();
            let found = differences().await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].ends_with(told), "{found:?}");
            if told == "is missing" {
                assert!(found[0].starts_with(trigger), "{found:?}");
            }
            db.execute_unprepared(&back).await.unwrap();
            assert_eq!(differences().await, [""; 0], "{change}");
        }
        let other = if postgres {
            "ALTER TABLE event DISABLE TRIGGER event_refuses_update"
        } else {
            "CREATE TRIGGER quiet AFTER INSERT ON child BEGIN UPDATE child SET name = 'x'; END"
        };
        db.execute_unprepared(other).await.unwrap();
        assert_eq!(differences().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_check_names_what_is_wrong() {
    story(|app| async move {
        let mut config = app.app.config.clone();
        if is_sqlite(&app) {
            config.database_url = Some(format!("sqlite://{}", file(&app, "test.db").display()));
            let found = looked(&config, app.app.clock.now()).await;
            assert!(found.iter().all(|f| f.level < check::Level::Error), "{found:?}");
            app.app
                .db
                .writer()
                .execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)")
                .await
                .unwrap();
            let found = looked(&config, app.app.clock.now()).await;
            let last = found.last().unwrap();
            assert_eq!((last.level, last.what), (check::Level::Error, "migrations"));
        }
        config.public_url = "http://starbridge.example.gov.cn".into();
        config.mail_from = "nobody".into();
        let found = check::configuration(&config);
        assert!(
            found
                .iter()
                .any(|f| f.what == "address" && f.level == check::Level::Warning)
        );
        assert!(found.iter().any(|f| f.what == "mail" && f.level == check::Level::Error));
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.smtp_url = Some(format!("smtp://{}", silent.local_addr().unwrap()).into());
        let mail = check::mail(&config).await;
        assert_eq!(mail.level, check::Level::Error, "{mail}");
    })
    .await;
}
