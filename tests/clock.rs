//! A clock that ran ahead, and was put right.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    account::{account, session},
    communication::message,
    event::event_seal,
    words::Channel,
    work::sweep_run,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use starbridge::{
    app,
    audit::seal,
    operations::{
        ahead, prune,
        queries::{self, SweepState},
    },
    platform::{
        Actor, App, Error, Result, clock,
        event::{Subject, note},
        outbox::{self, Message, Receiver},
        sweep,
    },
};

use crate::support::{TestApp, opening_time, story};

fn by(app: &TestApp) -> Actor {
    Actor::system("test", app.app.clock.now())
}

async fn happens(app: &TestApp) {
    note(&app.app, &by(app), "list.exported", Subject::none(), json!({}))
        .await
        .unwrap();
}

/// Run every sweep; those that did not run because somebody else seems to.
async fn run_all(app: &TestApp) -> Vec<&'static str> {
    let mut stuck = Vec::new();
    for sweep in app::FEATURES.sweeps() {
        // Sealing may wait for somebody, and says so.
        if let Ok(None) = sweep::run_once(&app.app, &sweep).await {
            stuck.push(sweep.name);
        }
    }
    stuck
}

async fn counted(app: &TestApp, what: &str) -> i64 {
    let counted = ahead::count(&*app.app.db, app.app.clock.now()).await.unwrap();
    counted.iter().find(|(kind, _)| kind.what == what).unwrap().1
}

#[tokio::test]
async fn background_work_goes_on_and_new_events_are_sealed() {
    story(|app| async move {
        happens(&app).await;
        app.app.clock.advance(TimeDelta::days(2));
        assert_eq!(run_all(&app).await, [""; 0]);
        app.app.clock.advance(TimeDelta::days(38));
        happens(&app).await;
        assert_eq!(run_all(&app).await, [""; 0]);
        app.app.clock.advance(TimeDelta::hours(26));
        // What waited while the clock was ahead is confirmed then, so that seals lie ahead in the end.
        let somebody = seal::Confirmation {
            name: "王五".into(),
            reason: "时钟".into(),
        };
        seal::confirm(&app.app, &by(&app), &somebody).await.unwrap();
        let newest = seal::newest(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(newest.day, clock::day_of(opening_time()) + TimeDelta::days(40));

        app.app.clock.advance(-TimeDelta::days(38));
        let sweeps = i64::try_from(app::FEATURES.sweeps().len()).unwrap();
        assert_eq!(counted(&app, "runs of sweeps").await, sweeps);
        assert!(counted(&app, "events").await > 0);
        let lines = queries::sweep_lines(&*app.app.db, &app::FEATURES.sweeps(), app.app.clock.now())
            .await
            .unwrap();
        assert!(lines.iter().all(|line| line.state == SweepState::Late), "{lines:?}");
        happens(&app).await;
        assert!(
            !seal::is_behind(&*app.app.db, app.app.clock.now()).await.unwrap(),
            "the day is not over"
        );
        app.app.clock.advance(TimeDelta::days(2));
        happens(&app).await;
        assert!(seal::is_behind(&*app.app.db, app.app.clock.now()).await.unwrap());
        assert_eq!(run_all(&app).await, [""; 0], "a lease in the future is void");
        let seals = event_seal::Entity::find()
            .order_by_asc(event_seal::COLUMN.number)
            .all(&*app.app.db)
            .await
            .unwrap();
        let last = seals.last().unwrap();
        assert_eq!(last.day, seal::last_finished(app.app.clock.now()));
        assert_eq!(last.first_id, newest.last_id + 1);
        assert!(!seal::is_behind(&*app.app.db, app.app.clock.now()).await.unwrap());
        let verdict = seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
        assert_eq!((verdict.broken, verdict.steps_back), (None, 1));
        // And so it goes on, day by day.
        app.app.clock.advance(TimeDelta::days(1));
        assert_eq!(run_all(&app).await, [""; 0]);
        let verdict = seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
        assert_eq!((verdict.broken, verdict.steps_back), (None, 1));
        assert_eq!(verdict.newest.unwrap().day, seal::last_finished(app.app.clock.now()));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sealed_beyond_the_newest_event() {
    story(|app| async move {
        happens(&app).await;
        app.app.clock.advance(TimeDelta::days(9));
        seal::run(&app.app, &by(&app)).await.unwrap();
        let newest = seal::newest(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(newest.day, clock::day_of(opening_time()));
        assert!(!seal::is_behind(&*app.app.db, app.app.clock.now()).await.unwrap());
        // The quiet days follow with the next event.
        happens(&app).await;
        seal::run(&app.app, &by(&app)).await.unwrap();
        let newest = seal::newest(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(newest.number, 9);
        assert_eq!(
            seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap().broken,
            None
        );
    })
    .await;
}

async fn lease(app: &TestApp, sweep: &sweep::Sweep, started: DateTime<Utc>, until: DateTime<Utc>, ended: bool) {
    // As a process with another clock left it.
    let row = sweep_run::ActiveModel {
        name: Set(sweep.name.to_owned()),
        started_at: Set(started),
        finished_at: Set(ended.then_some(started)),
        leased_until: Set(until),
        outcome: Set(None),
    };
    sweep_run::Entity::delete_by_id(sweep.name.to_owned())
        .exec(app.app.db.writer())
        .await
        .unwrap();
    sweep_run::Entity::insert(row)
        .exec_without_returning(app.app.db.writer())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_lease_holds_to_the_moment() {
    story(|app| async move {
        let sweep = app::FEATURES
            .sweeps()
            .into_iter()
            .find(|sweep| sweep.name == "prune")
            .unwrap();
        let now = app.app.clock.now();
        let moment = TimeDelta::microseconds(1);
        let before = now - TimeDelta::minutes(1);
        for (until, ended, runs) in [
            (now - moment, false, true),
            (now, false, true),
            (now + moment, false, false),
            (now + sweep::LEASE, false, false),
            (now + sweep::LEASE + clock::SKEW, false, false),
            (now + sweep::LEASE + clock::SKEW + moment, false, true),
            (now + TimeDelta::days(38), false, true),
            // A run that ended holds nothing, whatever its instants say.
            (now + moment, true, true),
        ] {
            lease(&app, &sweep, before, until, ended).await;
            let ran = sweep::run_once(&app.app, &sweep).await.unwrap().is_some();
            assert_eq!(ran, runs, "{until} {ended}");
            let row = sweep_run::Entity::find_by_id("prune".to_owned())
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            if runs {
                assert_eq!(
                    (row.started_at, row.finished_at, row.leased_until),
                    (now, Some(now), now)
                );
                assert_eq!(row.outcome.as_deref(), Some(""));
            } else {
                assert_eq!(
                    (row.started_at, row.finished_at, row.leased_until),
                    (before, None, until)
                );
            }
        }
    })
    .await;
}

/// Takes longer than its lease, and is begun again elsewhere meanwhile.
fn slow() -> sweep::Sweep {
    sweep::Sweep {
        name: "prune",
        every: std::time::Duration::from_secs(1),
        run: |app, by| {
            Box::pin(async move {
                let now = by.now + TimeDelta::minutes(11);
                let row = sweep_run::ActiveModel {
                    name: Set("prune".to_owned()),
                    started_at: Set(now),
                    leased_until: Set(now + sweep::LEASE),
                    ..Default::default()
                };
                row.update(app.db.writer()).await?;
                Ok("late".to_owned())
            })
        },
    }
}

#[tokio::test]
async fn a_run_that_outlives_its_lease_does_not_end_the_next_one() {
    story(|app| async move {
        let now = app.app.clock.now();
        sweep::run_once(&app.app, &slow()).await.unwrap();
        let row = sweep_run::Entity::find_by_id("prune".to_owned())
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.finished_at, None, "the other run goes on");
        assert_eq!(row.started_at, now + TimeDelta::minutes(11));
        app.app.clock.advance(TimeDelta::minutes(12));
        assert!(sweep::run_once(&app.app, &slow()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn of_two_sweeps_that_began_at_one_moment_each_has_its_own_end() {
    story(|app| async move {
        let sweep = |name, run: for<'a> fn(&'a App, &'a Actor) -> Run<'a>| sweep::Sweep {
            name,
            every: std::time::Duration::from_secs(1),
            run,
        };
        let first = sweep("prune", |_, _| Box::pin(async { Ok("first".to_owned()) }));
        let second = sweep("deliver", |_, _| Box::pin(async { Ok("second".to_owned()) }));
        for one in [first, second] {
            sweep::run_once(&app.app, &one).await.unwrap();
        }
        for (name, outcome) in [("prune", "first"), ("deliver", "second")] {
            let row = sweep_run::Entity::find_by_id(name.to_owned()).one(&*app.app.db).await;
            assert_eq!(row.unwrap().unwrap().outcome.as_deref(), Some(outcome));
        }
    })
    .await;
}

#[tokio::test]
async fn what_befell_one_row_is_the_end_of_the_run_when_all_had_their_turn() {
    let fails = sweep::Sweep {
        name: "prune",
        every: std::time::Duration::from_secs(1),
        run: |_, _| {
            Box::pin(async {
                let mut failures = sweep::Failures::default();
                assert_eq!(failures.note(Ok(1)), Some(1));
                assert_eq!(failures.note::<()>(Err(Error::Full)), None);
                assert_eq!(failures.note::<()>(Err(Error::Busy)), None);
                assert_eq!(failures.note(Ok(2)), Some(2));
                failures.or("rows=2".to_owned())
            })
        },
    };
    story(|app| async move {
        let end = sweep::run_once(&app.app, &fails).await;
        assert!(matches!(end, Err(Error::Full)), "the first of them: {end:?}");
        let row = sweep_run::Entity::find_by_id("prune".to_owned())
            .one(&*app.app.db)
            .await;
        assert_eq!(
            row.unwrap().unwrap().outcome.as_deref(),
            Some("error: the disk is full")
        );
    })
    .await;
}

type Run<'a> = std::pin::Pin<Box<dyn Future<Output = Result<String>> + Send + 'a>>;

#[tokio::test]
async fn messages_sessions_and_passwords_of_a_clock_that_ran_ahead() {
    story(|app| async move {
        app.app.clock.advance(TimeDelta::days(38));
        let mut screener = app.person("screener").await;
        screener.open("/").await.is(200);
        let account = account::Entity::find()
            .filter(account::COLUMN.user_name.eq("screener"))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let tx = app.app.db.write(&by(&app), "").await.unwrap();
        let message = Message {
            to: Receiver::Account(account.id),
            channel: Channel::Mail,
            child: None,
            template: "delivery.test",
            params: json!({ "word": "钟" }),
            cause: "clock/1".to_owned(),
        };
        outbox::send(&tx, &by(&app), message).await.unwrap();
        tx.commit_quietly().await.unwrap();
        app.app.clock.advance(-TimeDelta::days(38));

        assert_eq!(counted(&app, "waiting messages").await, 1);
        assert!(counted(&app, "sessions").await > 0);
        let tried = message::Entity::find().filter(message::COLUMN.attempts.eq(1));
        assert_eq!(tried.clone().count(&*app.app.db).await.unwrap(), 0);
        starbridge::notifications::delivery::run(&app.app, &by(&app))
            .await
            .unwrap();
        assert_eq!(
            tried.count(&*app.app.db).await.unwrap(),
            1,
            "it does not wait for 38 days"
        );

        screener.open("/").await.says("用户名").omits("工作台");
        prune::run(&app.app, &by(&app)).await.unwrap();
        let ahead = session::Entity::find().filter(session::COLUMN.account_id.eq(account.id));
        assert_eq!(ahead.count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}
