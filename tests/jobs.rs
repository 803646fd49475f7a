//! Work in the background: made, taken up, left to somebody's decision, ended.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use entities::{
    JobId,
    event::event,
    import::job,
    words::{JobKind, JobState},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use starbridge::platform::{
    Actor, App, Error, Result,
    job::{self as jobs, Job, New, Watch},
    sweep::Sweep,
};

use crate::support::{TestApp, story};

/// Work that does what its row says.
struct Errand;

/// It waits for somebody.
const ASKS: &str = "resealing.phase.running";

impl Job for Errand {
    const KIND: JobKind = JobKind::Resealing;
    const NAME: &'static str = "errand";
    const FINISHED: &'static str = "resealing.phase.finished";
    const BROKEN: &'static str = "resealing.failed.internal";
    const OVER: &'static str = "resealing.not_running";
    const CANCELLED: &'static str = "keys.resealing_cancelled";
    const FAILED: &'static str = "keys.resealing_failed";

    fn waits(job: &job::Model) -> bool {
        job.phase == ASKS
    }

    async fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> Result<()> {
        let by = Actor::system(Self::NAME, app.clock.now());
        match job.options["does"].as_str().unwrap() {
            "stays" => loop {
                watch.go_on()?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            },
            "refuses" => Err(Error::refused("resealing.failed.unfinished")),
            "breaks" => Err(anyhow::anyhow!("it broke").into()),
            "asks" => {
                let tx = app.db.write(&by, "").await?;
                jobs::left_in(&tx, job.id, ASKS, json!({ "found": 1 })).await?;
                tx.commit_quietly().await
            }
            "ends" => {
                let tx = app.db.write(&by, "").await?;
                let row = jobs::running_in(&tx, job.id).await?;
                jobs::done_in::<Self>(&tx, &row, by.now, json!({}), watch).await?;
                tx.commit_quietly().await
            }
            other => panic!("{other}"),
        }
    }
}

const SWEEP: Sweep = jobs::sweep::<Errand>("errands");

async fn queued(app: &TestApp, does: &str) -> JobId {
    let by = app.actor("system").await;
    let tx = app.app.db.write(&by, "").await.unwrap();
    let new = New {
        phase: "",
        file: None,
        total: 4,
        options: json!({ "does": does }),
        result: json!({}),
    };
    let id = jobs::queue_in::<Errand>(&tx, &by, new).await.unwrap();
    tx.commit_quietly().await.unwrap();
    id
}

async fn row(app: &TestApp, id: JobId) -> job::Model {
    job::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap()
}

async fn swept(app: &TestApp) -> String {
    let by = Actor::system(SWEEP.name, app.app.clock.now());
    (SWEEP.run)(&app.app, &by).await.unwrap()
}

async fn events(app: &TestApp, action: &str) -> u64 {
    let told = event::Entity::find().filter(event::COLUMN.action.eq(action));
    told.count(&*app.app.db).await.unwrap()
}

#[tokio::test]
async fn a_job_is_made_for_whoever_asks_and_taken_up_when_nobody_begins_it() {
    story(|app| async move {
        let by = app.actor("system").await;
        let id = queued(&app, "ends").await;
        let made = row(&app, id).await;
        assert_eq!((made.kind, made.state), (Errand::KIND, JobState::Queued));
        assert_eq!(
            (made.created_by, made.organisation_id),
            (by.account, by.workplace.unwrap().id)
        );
        assert_eq!((made.done, made.total, made.attempts), (0, 4, 0));
        app.app.clock.advance(TimeDelta::seconds(24));
        assert_eq!(swept(&app).await, "", "whoever made it may still begin with it");
        app.app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(swept(&app).await, "taken_up=1");
        let done = row(&app, id).await;
        assert_eq!((done.state, done.attempts, done.done), (JobState::Done, 1, 4));
        assert_eq!(swept(&app).await, "");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_decides_about_is_left_alone_and_then_begins_with_all_its_attempts() {
    story(|app| async move {
        let id = queued(&app, "asks").await;
        jobs::run::<Errand>(&app.app, id).await.unwrap();
        let left = row(&app, id).await;
        assert_eq!((left.state, left.attempts), (JobState::Queued, 0));
        assert_eq!(left.result, json!({ "found": 1 }));
        app.app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(swept(&app).await, "", "it waits");
        jobs::run::<Errand>(&app.app, id).await.unwrap();
        assert_eq!(row(&app, id).await, left);

        let by = app.actor("system").await;
        let go_on = async |options: Value| {
            let tx = app.app.db.write(&by, "").await.unwrap();
            jobs::go_on_in(&tx, &by, id, "resealing.phase.next", options).await?;
            tx.commit_quietly().await
        };
        go_on(json!({ "does": "ends" })).await.unwrap();
        assert_eq!(swept(&app).await, "", "whoever decided begins with it");
        app.app.clock.advance(TimeDelta::seconds(25));
        assert_eq!(swept(&app).await, "taken_up=1");
        let done = row(&app, id).await;
        assert_eq!((done.state, done.attempts), (JobState::Done, 1));
        assert!(matches!(
            go_on(json!({ "does": "ends" })).await.unwrap_err(),
            Error::Stale(_)
        ));
        assert_eq!(row(&app, id).await, done);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_runs_here_is_not_taken_up_however_silent_it_is() {
    story(|app| async move {
        let id = queued(&app, "stays").await;
        jobs::start::<Errand>(&app.app, id);
        while app.app.jobs().running(id).is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(swept(&app).await, "");
        let running = row(&app, id).await;
        assert_eq!((running.state, running.attempts), (JobState::Running, 1));
        let by = app.actor("system").await;
        jobs::cancel::<Errand>(&app.app, &by, &running).await.unwrap();
        while app.app.jobs().running(id).is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(row(&app, id).await.state, JobState::Cancelled);
        assert_eq!(events(&app, Errand::FAILED).await, 0);
    })
    .await;
}

#[tokio::test]
async fn why_a_job_ended_stands_in_its_row_and_in_the_trail() {
    story(|app| async move {
        let refused = queued(&app, "refuses").await;
        jobs::run::<Errand>(&app.app, refused).await.unwrap();
        let ended = row(&app, refused).await;
        assert_eq!(
            (ended.state, ended.phase.as_str()),
            (JobState::Failed, Errand::FINISHED)
        );
        assert_eq!(jobs::failure(&ended).as_deref(), Some("resealing.failed.unfinished"));
        let broken = queued(&app, "breaks").await;
        let error = jobs::run::<Errand>(&app.app, broken).await.unwrap_err();
        assert!(format!("{error:#}").contains("it broke"));
        assert_eq!(jobs::failure(&row(&app, broken).await).as_deref(), Some(Errand::BROKEN));
        assert_eq!(
            (
                events(&app, Errand::FAILED).await,
                events(&app, Errand::CANCELLED).await
            ),
            (2, 0)
        );
        // Cancelled in memory before anybody wrote it down: it did not fail.
        let stays = queued(&app, "stays").await;
        jobs::start::<Errand>(&app.app, stays);
        let watch = loop {
            match app.app.jobs().running(stays) {
                Some(watch) => break watch,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        watch.cancel();
        while app.app.jobs().running(stays).is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(row(&app, stays).await.state, JobState::Cancelled);
        assert_eq!(
            (
                events(&app, Errand::FAILED).await,
                events(&app, Errand::CANCELLED).await
            ),
            (2, 1)
        );
    })
    .await;
}

#[tokio::test]
async fn a_job_that_its_server_leaves_is_as_if_nobody_had_begun() {
    story(|app| async move {
        let id = queued(&app, "stays").await;
        jobs::start::<Errand>(&app.app, id);
        while app.app.jobs().running(id).is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(
            (row(&app, id).await.state, row(&app, id).await.attempts),
            (JobState::Running, 1)
        );
        app.app.jobs().close().await;
        let left = row(&app, id).await;
        assert_eq!(
            (left.state, left.attempts, left.heartbeat_at),
            (JobState::Queued, 0, None)
        );
        assert!(app.app.jobs().running(id).is_none());
    })
    .await;
}
