//! An import that is cancelled, dies or is stopped while the rows go in leaves nothing, and is taken up again.

use entities::{
    child::guardian,
    import::{job, parked_row},
    screening::{pathway, planned_check},
    words::JobState,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use starbridge::roster::job as imports;

use super::{children, file, row, settled, upload};
use crate::support::{TestApp, story};

fn many(rows: u32) -> Vec<u8> {
    let names = ["安", "宁", "禾", "朗", "星", "言", "舟", "乐", "可", "然"];
    let rows: Vec<String> = (0..rows)
        .map(|n| {
            let birth = chrono::NaiveDate::from_ymd_opt(2021, 1, 1).unwrap() + chrono::Days::new(u64::from(n % 1900));
            let at = |n: u32| names[usize::try_from(n).unwrap() % names.len()];
            let name = format!("王{}{}", at(n / 1900), at(n));
            row(&name, &birth.to_string(), 100 + n / 1900, &format!("138{n:08}"))
        })
        .collect();
    file(&rows)
}

fn id_of(path: &str) -> entities::JobId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// Wait until rows of a job go in.
async fn half_way(app: &TestApp, id: entities::JobId) {
    for _ in 0..4000 {
        if app.app.jobs().running(id).is_some_and(|watch| {
            let (done, total) = watch.progress();
            // The check before counts its own rows; those that go in come by the hundreds.
            done > 0 && done < total && done.is_multiple_of(500)
        }) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("the rows do not go in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_while_the_rows_go_in_leaves_nothing() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        let page = settled(&mut screener, &path).await;
        let (target, fields) = page.prepared("/cancellation");
        page.fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await
            .is(303);
        half_way(&app, id_of(&path)).await;
        screener.post(&target, &fields).await.is(303);
        settled(&mut screener, &path).await.says("已取消");
        assert!(children(&app).await.is_empty());
        assert_eq!(guardian::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        assert_eq!(planned_check::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}

#[expect(clippy::disallowed_methods, reason = "the test waits for them itself")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_while_the_rows_go_in_leaves_nothing_and_another_finishes() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        settled(&mut screener, &path).await;
        let id = id_of(&path);
        let by = starbridge::platform::Actor::system("test", app.app.clock.now());
        imports::decide(&app.app, &by, id, false).await.unwrap();
        let means = app.app.clone();
        let task = tokio::spawn(async move { imports::run(&means, id).await });
        half_way(&app, id).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(children(&app).await.is_empty());
        assert_eq!(pathway::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        let sweep = starbridge::roster::job::SWEEP;
        starbridge::platform::sweep::run_once(&app.app, &sweep).await.unwrap();
        let job = job::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(job.state, JobState::Done);
        let parked = usize::try_from(parked_row::Entity::find().count(&*app.app.db).await.unwrap()).unwrap();
        assert_eq!(children(&app).await.len() + parked, 6000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_leaves_its_import_and_another_takes_it_up_at_once() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let path = upload(&mut screener, "a.csv", &many(6000))
            .await
            .is(303)
            .location
            .unwrap();
        settled(&mut screener, &path).await;
        let id = id_of(&path);
        let by = starbridge::platform::Actor::system("test", app.app.clock.now());
        imports::decide(&app.app, &by, id, false).await.unwrap();
        imports::start(&app.app, id);
        half_way(&app, id).await;
        app.app.jobs().close().await;
        let left = async || job::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap();
        let job = left().await;
        assert_eq!((job.state, job.attempts, job.heartbeat_at), (JobState::Queued, 0, None));
        assert!(children(&app).await.is_empty(), "all of it or nothing");
        imports::run(&app.app, id).await.unwrap();
        assert_eq!(
            left().await.state,
            JobState::Queued,
            "a server that stops begins nothing"
        );
        let file = app.app.config.key_file();
        app.app.keys.save(&file).unwrap();
        let other = starbridge::platform::App::new(starbridge::platform::Means {
            db: app.app.db.clone(),
            config: app.app.config.clone(),
            clock: app.app.clock.clone(),
            keys: starbridge::platform::Keys::load(&file).unwrap(),
            compartment: starbridge::app::FEATURES.compartment(),
            about: starbridge::app::FEATURES.about(),
        });
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        starbridge::platform::sweep::run_once(&other, &imports::SWEEP)
            .await
            .unwrap();
        assert_eq!(left().await.state, JobState::Done);
        let parked = usize::try_from(parked_row::Entity::find().count(&*app.app.db).await.unwrap()).unwrap();
        assert_eq!(children(&app).await.len() + parked, 6000);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_never_ends_is_given_up() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let sheet = file(&[row("王小雨", "2024-05-14", 22, "13800000001")]);
        let path = upload(&mut screener, "a.csv", &sheet).await.location.unwrap();
        settled(&mut screener, &path).await;
        // As a process leaves it that was killed again and again.
        let left = job::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let mut row = left.into_active_model();
        row.state = Set(JobState::Running);
        row.phase = Set(imports::INSERTING.to_owned());
        row.heartbeat_at = Set(Some(app.app.clock.now()));
        row.attempts = Set(3);
        row.update(app.app.db.writer()).await.unwrap();
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        starbridge::platform::sweep::run_once(&app.app, &imports::SWEEP)
            .await
            .unwrap();
        settled(&mut screener, &path).await.says("导入失败").says("系统出错");
        assert!(children(&app).await.is_empty());
    })
    .await;
}
