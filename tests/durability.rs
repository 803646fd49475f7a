//! What is acknowledged is there, whatever the disk and the line to the database do.

mod proxy;

use std::time::Duration;

use entities::account::account;
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use starbridge::platform::{
    Error,
    db::Writing,
    event::{self, Subject},
};

use crate::support::{Person, TestApp, database, page::Reply, story};
use proxy::{Cut, Proxy};

/// The page of one's own account, filled in with a name.
async fn renamed(person: &mut Person, name: &str) -> Reply {
    let page = person.open("/account").await;
    page.fill("display_name", name).submit_to("/account?", person).await
}

async fn name_of(app: &TestApp, user_name: &str) -> String {
    account::Entity::find()
        .filter(account::COLUMN.user_name.eq(user_name))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .display_name
}

fn is_sqlite(app: &TestApp) -> bool {
    app.app.db.get_database_backend() == DbBackend::Sqlite
}

/// No page more than there are: what the writing connection meets on a full disk, until it is closed.
async fn fill_the_disk(app: &TestApp) {
    app.app
        .db
        .writer()
        .execute_unprepared("PRAGMA max_page_count = 1")
        .await
        .unwrap();
}

/// So many events that a page more is needed.
async fn fails_on_the_full_disk(app: &TestApp) -> Error {
    let by = app.actor("system").await;
    let tx = app.app.db.write(&by, "").await.unwrap();
    for n in 0..5000 {
        let done = event::record(&tx, &by, "test.filled", Subject::none(), serde_json::json!({ "n": n })).await;
        if let Err(error) = done {
            // Whoever does not listen to an error cannot commit either.
            assert!(matches!(tx.commit().await, Err(Error::Full)));
            return error;
        }
    }
    panic!("the disk was never full");
}

#[tokio::test]
async fn after_a_full_disk_what_is_acknowledged_is_seen_by_others() {
    story(|app| async move {
        if !is_sqlite(&app) {
            return;
        }
        let mut system = app.person("system").await;
        let stale = system.open("/account").await.fill("display_name", "旧的一页");
        fill_the_disk(&app).await;
        assert!(matches!(fails_on_the_full_disk(&app).await, Error::Full));
        // There is room again. A form that goes through, and one that is refused and rolled back.
        renamed(&mut system, "有空间了").await.is(303);
        stale.submit_to("/account?", &mut system).await.is(409);
        renamed(&mut system, "保存了").await.is(303);
        assert_eq!(name_of(&app, "system").await, "保存了");
        let outside = app.outside().await;
        assert_eq!(outside.writing().await, Writing::Works, "somebody holds the lock");
        outside.close_all().await.unwrap();
        assert_eq!(app.app.db.writing().await, Writing::Works);
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_full_disk_says_so_and_brings_back_what_was_typed() {
    story(|app| async move {
        if !is_sqlite(&app) {
            return;
        }
        let mut system = app.person("system").await;
        fill_the_disk(&app).await;
        // Every name leaves an event, and some event needs a page more.
        for n in 0..300 {
            let name = format!("第{n}个名字");
            let reply = renamed(&mut system, &name).await;
            if reply.status == 303 {
                continue;
            }
            let full = reply.is(503).says("磁盘已满").says("没有保存任何内容");
            assert_eq!(full.retry_after.as_deref(), Some("60"));
            assert_ne!(name_of(&app, "system").await, name);
            // There is room again: the page itself sends the form once more.
            full.submit(&mut system).await.is(303);
            assert_eq!(name_of(&app, "system").await, name);
            app.logged_an_error("the disk is full");
            return;
        }
        panic!("the disk was never full");
    })
    .await;
}

#[tokio::test]
async fn a_transaction_in_which_something_failed_is_never_committed() {
    story(|app| async move {
        let by = app.actor("system").await;
        let tx = app.app.db.write(&by, "").await.unwrap();
        event::record(&tx, &by, "test.first", Subject::none(), serde_json::json!({}))
            .await
            .unwrap();
        assert!(tx.execute_unprepared("SELECT nothing FROM nowhere").await.is_err());
        let later = event::record(&tx, &by, "test.second", Subject::none(), serde_json::json!({})).await;
        assert!(later.is_err());
        assert!(tx.commit().await.is_err());
        assert_eq!(noted(&app, "test.first").await + noted(&app, "test.second").await, 0);
        event::note(&app.app, &by, "test.alone", Subject::none(), serde_json::json!({}))
            .await
            .unwrap();
        assert_eq!(noted(&app, "test.alone").await, 1);
    })
    .await;
}

/// Events with this name, as somebody else sees them.
async fn noted(app: &TestApp, action: &str) -> u64 {
    let outside = app.outside().await;
    let found = entities::event::event::Entity::find()
        .filter(entities::event::event::COLUMN.action.eq(action))
        .count(&*outside)
        .await
        .unwrap();
    outside.close_all().await.unwrap();
    found
}

/// A browser that is closed gives up whatever the server is doing for it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_at_any_moment_leaves_no_transaction_behind() {
    story(|app| async move {
        let by = app.actor("system").await;
        let (mut committed, mut unheard) = (0, 0);
        for n in 0..150_u64 {
            let moment = Duration::from_micros(n * 13 % 1500);
            let begun = tokio::time::timeout(moment, app.app.db.write(&by, "")).await;
            if let Ok(Ok(tx)) = begun {
                event::record(&tx, &by, "test.given_up", Subject::none(), serde_json::json!({}))
                    .await
                    .unwrap();
                match tokio::time::timeout(moment, tx.commit()).await {
                    Ok(done) => {
                        done.unwrap();
                        committed += 1;
                    }
                    Err(_) => unheard += 1,
                }
            }
            event::note(&app.app, &by, "test.alone", Subject::none(), serde_json::json!({}))
                .await
                .unwrap();
            assert_eq!(noted(&app, "test.alone").await, n + 1, "after {n} times");
        }
        let found = noted(&app, "test.given_up").await;
        assert!(
            (committed..=committed + unheard).contains(&found),
            "{committed} committed, {unheard} unheard, {found} found"
        );
        assert_eq!(app.app.db.writing().await, Writing::Works);
    })
    .await;
}

/// A district behind a line that can break; none on SQLite.
async fn behind_a_line() -> Option<(Proxy, std::sync::Arc<TestApp>)> {
    let proxy = Proxy::to(database::server()?).await;
    let app = TestApp::reached_by(|url| proxy.url(url)).await;
    Some((proxy, app))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_costs_no_page() {
    let Some((line, app)) = behind_a_line().await else {
        return;
    };
    let mut system = app.person("system").await;
    for n in 0..5 {
        system.open("/account").await.is(200);
        line.break_all();
        // Reads are tried once more, and a form that has not begun yet begins on a fresh connection.
        let page = system.open("/account").await.is(200);
        line.break_all();
        page.fill("display_name", format!("第{n}次"))
            .submit_to("/account?", &mut system)
            .await
            .is(303);
        assert_eq!(name_of(&app, "system").await, format!("第{n}次"));
    }
    let page = system.open("/account").await.fill("display_name", "回来了");
    line.is_away(true);
    let asked = now();
    let away = system.get("/children").await.is(503).says("数据库暂时没有答复");
    assert_eq!(away.retry_after.as_deref(), Some("5"));
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    let kept = page
        .submit_to("/account?", &mut system)
        .await
        .is(503)
        .says("没有保存任何内容");
    system.get("/health/ready").await.is(503);
    line.is_away(false);
    let back = now();
    while system.get("/health/ready").await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(2), "not ready for two seconds");
    }
    kept.submit(&mut system).await.is(303);
    assert_eq!(name_of(&app, "system").await, "回来了");
    app.may_have_logged("not ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_an_answer_is_told_as_neither_saved_nor_not() {
    let Some((line, app)) = behind_a_line().await else {
        return;
    };
    let mut system = app.person("system").await;
    for (cut, name, saved) in [(Cut::Before, "没有到", false), (Cut::After, "到了", true)] {
        let page = system.open("/account").await.fill("display_name", name);
        line.cut(cut);
        let uncertain = page
            .submit_to("/account?", &mut system)
            .await
            .is(503)
            .says("不能确定是否已保存")
            .omits("没有保存任何内容");
        assert_eq!(name_of(&app, "system").await == name, saved);
        // Sent again it counts once, whatever came of it before.
        let before = changes(&app).await;
        uncertain.submit(&mut system).await.is(303);
        assert_eq!(name_of(&app, "system").await, name);
        assert_eq!(changes(&app).await - before, u64::from(!saved));
    }
    app.logged_an_error("nobody knows whether a transaction was committed");
}

async fn changes(app: &TestApp) -> u64 {
    entities::work::submission::Entity::find()
        .count(&*app.app.db)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_ended_between_two_statements_saves_nothing() {
    let Some((_line, app)) = behind_a_line().await else {
        return;
    };
    let by = app.actor("system").await;
    let tx = app.app.db.write(&by, "").await.unwrap();
    event::record(&tx, &by, "test.first", Subject::none(), serde_json::json!({}))
        .await
        .unwrap();
    let outside = app.outside().await;
    outside
        .execute_unprepared(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    let second = event::record(&tx, &by, "test.second", Subject::none(), serde_json::json!({})).await;
    assert!(matches!(second, Err(Error::Busy)), "{second:?}");
    assert!(matches!(tx.commit().await, Err(Error::Busy)));
    assert_eq!(noted(&app, "test.first").await, 0);
    // The others were ended too: whoever comes next notices nothing.
    event::note(&app.app, &by, "test.alone", Subject::none(), serde_json::json!({}))
        .await
        .unwrap();
    assert_eq!(noted(&app, "test.alone").await, 1);
}

fn now() -> std::time::Instant {
    #[expect(clippy::disallowed_methods, reason = "measures how long something takes")]
    std::time::Instant::now()
}
