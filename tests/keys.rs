//! Keys belong to a database: nobody works with others, and they can be changed while people work.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use chrono::TimeDelta;
use entities::{
    Sealed,
    child::{child, guardian},
    event::event,
    key::key_print,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use starbridge::{
    operations::{keyring, sealed},
    platform::{Actor, Config, Keys, crypto::registry, draft::Draft},
};

use crate::support::{TestApp, database::Scratch, opening_time, story};

/// Settings of a server with a key file of its own.
fn server(of: &Config, name: &str) -> Config {
    Config {
        key_file: Some(key_file(of, name)),
        ..of.clone()
    }
}

fn key_file(of: &Config, name: &str) -> PathBuf {
    of.data_dir.join(format!("{name}.json"))
}

async fn settings() -> (Arc<TestApp>, Config) {
    let app = TestApp::new().await;
    let config = app.app.config.clone();
    (app, config)
}

#[tokio::test]
async fn the_first_start_makes_the_keys_and_a_second_server_none() {
    let (_app, config) = settings().await;
    let empty = Scratch::migrated().await;
    let db = empty.open().await;
    let open = async |name: &str| keyring::open(&db, &server(&config, name), false, opening_time()).await;
    open("first").await.unwrap();
    assert_eq!(key_print::Entity::find().count(&*db).await.unwrap(), 2);
    let registered = event::Entity::find().filter(event::COLUMN.action.eq("keys.registered"));
    assert_eq!(registered.count(&*db).await.unwrap(), 1);
    open("first").await.unwrap();

    let missing = open("second").await.unwrap_err().to_string();
    assert!(
        missing.contains("is not at") && missing.contains("second.json"),
        "{missing}"
    );
    assert!(!key_file(&config, "second").exists(), "no second key file is made");
    Keys::load_or_create(&key_file(&config, "other")).unwrap();
    let other = open("other").await.unwrap_err().to_string();
    assert!(other.contains("the key file of another database"), "{other}");
    std::fs::copy(key_file(&config, "first"), key_file(&config, "second")).unwrap();
    open("second").await.unwrap();
    let again = keyring::create(&db, &server(&config, "new"), opening_time()).await;
    assert!(again.unwrap_err().to_string().contains("has its keys already"));
}

#[tokio::test]
async fn of_two_first_starts_at_once_one_makes_the_keys() {
    let (_app, config) = settings().await;
    let empty = Scratch::migrated().await;
    let (one, other) = (empty.open().await, empty.open().await);
    let (a, b) = (server(&config, "a"), server(&config, "b"));
    let (first, second) = tokio::join!(
        keyring::open(&one, &a, false, opening_time()),
        keyring::open(&other, &b, false, opening_time())
    );
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    let files = [key_file(&config, "a"), key_file(&config, "b")];
    assert_eq!(files.iter().filter(|file| file.exists()).count(), 1);
    // With one file for both, both live.
    let shared = Scratch::migrated().await;
    let (one, other) = (shared.open().await, shared.open().await);
    let c = server(&config, "c");
    let (first, second) = tokio::join!(
        keyring::open(&one, &c, false, opening_time()),
        keyring::open(&other, &c, false, opening_time())
    );
    first.unwrap();
    second.unwrap();
}

#[tokio::test]
async fn a_database_in_use_never_gets_keys_by_itself() {
    story(|app| async move {
        let config = server(&app.app.config, "keys");
        let open = async |upgraded| keyring::open(&app.app.db, &config, upgraded, opening_time()).await;
        for upgraded in [false, true] {
            let refused = open(upgraded).await.unwrap_err().to_string();
            assert!(refused.contains("`starbridge keys create`"), "{refused}");
        }
        assert!(!config.key_file().exists());
        keyring::create(&app.app.db, &config, opening_time()).await.unwrap();
        open(false).await.unwrap();
        // Somebody takes the list away.
        let db = app.app.db.writer();
        db.execute_unprepared("DELETE FROM key_print").await.unwrap();
        let refused = open(false).await.unwrap_err().to_string();
        assert!(refused.contains("keys adopt"), "{refused}");
        keyring::adopt(&app.app.db, &config, "王五", "清单丢失", opening_time())
            .await
            .unwrap();
        open(false).await.unwrap();
        let told = event::Entity::find().filter(event::COLUMN.action.eq("keys.adopted"));
        assert_eq!(told.one(&*app.app.db).await.unwrap().unwrap().details["name"], "王五");
        // Or writes into it.
        db.execute_unprepared("UPDATE key_print SET seals_before = 99 WHERE number = 0")
            .await
            .unwrap();
        let refused = open(false).await.unwrap_err().to_string();
        assert!(
            refused.contains("was changed by somebody without the key file"),
            "{refused}"
        );
    })
    .await;
}

async fn register(app: &TestApp) {
    let tx = app.app.db.write(&by(app), "").await.unwrap();
    let keys = &app.app.keys;
    registry::register_in(&tx, keys, keys.prints().unwrap(), 0, app.app.clock.now())
        .await
        .unwrap();
    tx.commit_quietly().await.unwrap();
}

fn by(app: &TestApp) -> Actor {
    Actor::system("test", app.app.clock.now())
}

#[tokio::test]
async fn what_does_not_open_is_found_before_anybody_listens() {
    let (app, _) = TestApp::demonstration(60, 3).await;
    keyring::prove(&app.app).await.unwrap();
    let opened = sealed::open_all(&*app.app.db, &app.app.keys, |_, _, _| true)
        .await
        .unwrap();
    assert!(opened.whole && opened.failed == 0 && opened.rows > 60, "{opened:?}");
    let stopped = sealed::open_all(&*app.app.db, &app.app.keys, |_, _, _| false)
        .await
        .unwrap();
    assert!(!stopped.whole && stopped.rows < opened.rows);
    // A row in the middle: only opening all of them finds it.
    let numbers = child::Entity::find().filter(child::COLUMN.identity_no.is_not_null());
    let files = numbers.order_by_asc(child::COLUMN.id).all(&*app.app.db).await.unwrap();
    let change = |id, sealed| child::ActiveModel {
        id: Set(id),
        identity_no: Set(Some(sealed)),
        ..Default::default()
    };
    let foreign = Keys::ephemeral()
        .seal("child.identity_no", "33021120190101001X")
        .unwrap();
    let middle = &files[files.len() / 2];
    change(middle.id, foreign.clone())
        .update(app.app.db.writer())
        .await
        .unwrap();
    keyring::prove(&app.app).await.unwrap();
    let opened = sealed::open_all(&*app.app.db, &app.app.keys, |_, _, _| true)
        .await
        .unwrap();
    assert_eq!(opened.failed, 1);
    assert_eq!(
        opened.closed[0].to_string().split(':').next().unwrap(),
        format!("child.identity_no of row {}", middle.id)
    );
    // The oldest or the newest: the start finds it.
    for file in [&files[0], files.last().unwrap()] {
        let right = file.identity_no.clone().unwrap();
        change(file.id, foreign.clone())
            .update(app.app.db.writer())
            .await
            .unwrap();
        let refused = keyring::prove(&app.app).await.unwrap_err().to_string();
        assert!(refused.contains("does not open what is in the database"), "{refused}");
        change(file.id, right).update(app.app.db.writer()).await.unwrap();
        keyring::prove(&app.app).await.unwrap();
    }
    app.logged_an_error("does not open: child.identity_no");
}

async fn reseal(app: &TestApp) -> sealed::reseal::Resealed {
    let goes_on = |_: &str, _, _| true;
    sealed::reseal::reseal(&app.app, &by(app), Duration::ZERO, goes_on)
        .await
        .unwrap()
}

#[tokio::test]
async fn keys_are_changed_piece_by_piece_while_people_work() {
    let (app, _) = TestApp::demonstration(60, 4).await;
    register(&app).await;
    let before: Vec<_> = child::Entity::find()
        .order_by_asc(child::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap();
    let plain = |file: &child::Model| {
        let number = file.identity_no.as_ref()?;
        Some(app.app.keys.open("child.identity_no", number).unwrap())
    };
    let numbers: Vec<_> = before.iter().map(plain).collect();
    assert!(app.app.config.key_file().metadata().is_err());
    assert_eq!(keyring::begin(&app.app, &by(&app)).await.unwrap(), Some(2));

    // Stopped after the first page, and another key is not begun before this one is everywhere.
    let stopped = sealed::reseal::reseal(&app.app, &by(&app), Duration::ZERO, |_, _, _| false)
        .await
        .unwrap();
    assert!(!stopped.whole);
    assert_eq!(keyring::begin(&app.app, &by(&app)).await.unwrap(), None);
    let left = keyring::retire(&app.app, &by(&app)).await.unwrap_err().to_string();
    assert!(left.contains("less than a minute"), "{left}");
    app.app.clock.advance(TimeDelta::minutes(2));
    let left = keyring::retire(&app.app, &by(&app)).await.unwrap_err().to_string();
    assert!(left.contains("still lies under an older key"), "{left}");

    let done = reseal(&app).await;
    assert!(done.whole && done.rows > 0 && done.closed.is_empty(), "{done:?}");
    assert_eq!(reseal(&app).await.rows, 0);
    let after: Vec<_> = child::Entity::find()
        .order_by_asc(child::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap();
    assert_eq!(after.iter().map(plain).collect::<Vec<_>>(), numbers);
    let indexes = |files: &[child::Model]| files.iter().map(|f| f.identity_index.clone()).collect::<Vec<_>>();
    assert_eq!(indexes(&after), indexes(&before), "numbers are found as before");
    let under = |file: &child::Model| file.identity_no.as_ref().is_none_or(|number| number.0[1] == 2);
    assert!(after.iter().all(under));

    let file = app.app.config.key_file();
    let older = Keys::load(&file).unwrap();
    assert_eq!(keyring::retire(&app.app, &by(&app)).await.unwrap(), [1]);
    assert_eq!(Keys::load(&file).unwrap().numbers(), [2]);
    assert_eq!(keyring::retire(&app.app, &by(&app)).await.unwrap(), [0; 0]);
    keyring::open(&app.app.db, &app.app.config, false, app.app.clock.now())
        .await
        .unwrap();
    keyring::prove(&app.app).await.unwrap();
    let actions = ["keys.added", "keys.retired"];
    for action in actions {
        let told = event::Entity::find().filter(event::COLUMN.action.eq(action));
        assert_eq!(told.count(&*app.app.db).await.unwrap(), 1, "{action}");
    }
    // A copy that still has the old key, too, does no harm.
    older.save(&file).unwrap();
    keyring::open(&app.app.db, &app.app.config, false, app.app.clock.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_lies_under_an_older_key_is_sealed_anew_from_the_page_of_operations() {
    story(|app| async move {
        register(&app).await;
        let screener = app.actor("screener").await;
        let tx = app.app.db.write(&screener, "330211").await.unwrap();
        let draft = Draft::own(&screener, "/referrals/1/rescreen").unwrap();
        draft.store_in(&tx, &app.app, screener.now, &["可疑"]).await.unwrap();
        tx.commit_quietly().await.unwrap();
        let mut system = app.person("system").await;
        system.open("/operations").await.omits("用新密钥重新加密");
        assert_eq!(keyring::begin(&app.app, &by(&app)).await.unwrap(), Some(2));
        assert!(keyring::is_anything_left(&app.app, &by(&app)).await.unwrap());
        app.app.clock.advance(TimeDelta::minutes(2));
        let page = system.open("/operations").await.says("用新密钥重新加密");
        let reply = page.submit_to("/operations/resealings", &mut system).await.is(303);
        let path = reply.location.unwrap();
        let mut page = system.open(&path).await;
        for _ in 0..400 {
            if !page.html().contains("hx-trigger=\"every") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
            page = system.open(&path).await;
        }
        page.says("已重新加密").says("已完成");
        assert!(!keyring::is_anything_left(&app.app, &by(&app)).await.unwrap());
        let kept: Option<Vec<String>> = draft.load(&app.app, &*app.app.db).await.unwrap();
        assert_eq!(kept.unwrap(), ["可疑"]);
        let told = event::Entity::find().filter(event::COLUMN.action.eq("keys.resealed"));
        assert_eq!(told.one(&*app.app.db).await.unwrap().unwrap().details["whole"], true);
        // It is over; a roster is none of these pages, and this is no roster.
        system.post(&format!("{path}/cancellation"), &[]).await.is(409);
        let mut screener = app.person("screener").await;
        let roster = path.replace("/operations/resealings", "/imports");
        screener.open(&roster).await.is(404);
        screener.open(&path).await.is(403);
        system.open("/operations/resealings/999").await.is(404);
    })
    .await;
}

#[tokio::test]
async fn a_server_with_the_file_from_before_a_change_does_not_start() {
    let (_app, config) = settings().await;
    let scratch = Scratch::migrated().await;
    let db = scratch.open().await;
    keyring::open(&db, &server(&config, "one"), false, opening_time())
        .await
        .unwrap();
    std::fs::copy(key_file(&config, "one"), key_file(&config, "two")).unwrap();
    let app = starbridge::platform::App::new(starbridge::platform::Means {
        db: db.clone(),
        clock: starbridge::platform::Clock::fixed(opening_time()),
        config: server(&config, "one"),
        keys: Keys::load(&key_file(&config, "one")).unwrap(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    });
    let running = starbridge::platform::App::new(starbridge::platform::Means {
        db: db.clone(),
        clock: starbridge::platform::Clock::fixed(opening_time()),
        config: server(&config, "one"),
        keys: Keys::load(&key_file(&config, "one")).unwrap(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    });
    let by = Actor::system("test", opening_time());
    // Prepared, it seals nothing, here or elsewhere.
    let rows = registry::registered(&*db).await.unwrap();
    assert_eq!(keyring::add(&app, &rows).unwrap(), (2, true));
    assert_eq!(keyring::add(&app, &rows).unwrap(), (2, false));
    assert_eq!(app.keys.seals_with(), 1);
    keyring::follow(&running).await.unwrap();
    assert_eq!((running.keys.seals_with(), running.keys.numbers()), (1, vec![1, 2]));
    keyring::open(&db, &server(&config, "two"), false, opening_time())
        .await
        .unwrap();

    assert_eq!(keyring::begin(&app, &by).await.unwrap(), Some(2));
    keyring::follow(&running).await.unwrap();
    assert_eq!(running.keys.seals_with(), 2);
    let refused = keyring::open(&db, &server(&config, "two"), false, opening_time()).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("lacks key 2"), "{refused}");
    let behind = starbridge::platform::App::new(starbridge::platform::Means {
        db: db.clone(),
        clock: starbridge::platform::Clock::fixed(opening_time()),
        config: server(&config, "two"),
        keys: Keys::load(&key_file(&config, "two")).unwrap(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    });
    assert!(keyring::can_open_what_is_new(&running).await.unwrap());
    assert!(
        !keyring::can_open_what_is_new(&behind).await.unwrap(),
        "not ready until it has the file"
    );
    let right = keyring::open(&db, &server(&config, "one"), false, opening_time())
        .await
        .unwrap();
    assert_eq!(right.seals_with(), 2);
}

/// Every `Sealed` column of the entities stands in the one list.
#[test]
fn the_list_of_sealed_columns_is_complete() {
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir("entities/src").unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let mut table = String::new();
        for line in text.lines().map(str::trim) {
            if let Some((_, rest)) = line.split_once("table_name = \"") {
                table = rest.split('"').next().unwrap().to_owned();
            }
            let Some((name, kind)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")) else {
                continue;
            };
            if kind.contains("Sealed") && !table.is_empty() {
                found.insert(format!("{table}.{name}"));
            }
        }
    }
    let listed: BTreeSet<String> = sealed::COLUMNS.iter().map(ToString::to_string).collect();
    assert_eq!(listed, found);
    assert!(found.len() > 5);
}

/// What the code seals for is what the list says.
#[tokio::test]
async fn the_purposes_are_those_of_the_columns() {
    let (app, _) = TestApp::demonstration(60, 5).await;
    let phones = guardian::Entity::find().filter(guardian::COLUMN.phone.is_not_null());
    let phone: Sealed = phones.one(&*app.app.db).await.unwrap().unwrap().phone.unwrap();
    app.app.keys.open("guardian.phone", &phone).unwrap();
    for column in sealed::COLUMNS {
        for found in column.ends(&*app.app.db).await.unwrap() {
            app.app.keys.open_bytes(column.purpose, &found.sealed).unwrap();
        }
    }
}
