//! One file out of a database and back into another, on SQLite and on PostgreSQL; and the command line around it.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use starbridge::{
    operations::{
        backup::{self, Genuine, Manifest, Reading, Store, Tools, Writing, record},
        fingerprint::{self, Prints},
    },
    platform::{Actor, Keys},
};

use crate::support::{TestApp, database::Scratch, story};

fn is_sqlite(app: &TestApp) -> bool {
    app.app.db.get_database_backend() == DbBackend::Sqlite
}

fn store(address: &str) -> Store {
    Store::of(address, Tools::default()).unwrap()
}

fn writing(keys: Option<&Keys>) -> Writing<'_> {
    Writing { keys, recipient: None }
}

fn reading(keys: Option<&Keys>) -> Reading<'_> {
    Reading {
        keys,
        ..Reading::default()
    }
}

/// A file in the folder of the test.
fn file(app: &TestApp, name: &str) -> PathBuf {
    app.app.config.data_dir.join(name)
}

async fn taken(app: &TestApp, name: &str) -> (PathBuf, Manifest) {
    let target = file(app, name);
    let manifest = backup::take(
        &store(&app.address()),
        &target,
        writing(Some(&app.app.keys)),
        app.app.clock.now(),
    )
    .await;
    (target, manifest.unwrap())
}

async fn prints(address: &str) -> Prints {
    let mut options = sea_orm::ConnectOptions::new(address);
    options.max_connections(1);
    let db = Database::connect(options).await.unwrap();
    db.execute_unprepared("BEGIN").await.unwrap();
    let prints = fingerprint::of(&db).await.unwrap();
    db.close().await.unwrap();
    prints
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// An SQLite address of a file that is not there yet, or an empty PostgreSQL database.
async fn elsewhere(app: &TestApp) -> (Scratch, String) {
    let scratch = Scratch::empty().await;
    let address = if is_sqlite(app) {
        format!("sqlite://{}", scratch.dir.join("restored.db").display())
    } else {
        scratch.address()
    };
    (scratch, address)
}

#[tokio::test]
async fn a_backup_comes_back_as_it_was() {
    story(|app| async move {
        let now = app.app.clock.now();
        let (copy, taken) = taken(&app, "copy.zip").await;
        assert!(taken.tables["account"].rows > 10, "{:?}", taken.tables["account"]);
        assert_eq!(taken.tables, prints(&app.address()).await);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let left: Vec<_> = fs::read_dir(copy.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("copy.") && name != "copy.zip")
            .collect();
        assert!(left.is_empty(), "{left:?}");
        let again = backup::take(&store(&app.address()), &copy, writing(None), now).await;
        let again = again.unwrap_err().to_string();
        assert!(again.contains("is there already"), "{again}");

        // A server has it open.
        let open = Reading {
            force: true,
            ..reading(Some(&app.app.keys))
        };
        let busy = backup::restore(&copy, &store(&app.address()), open, now).await;
        let busy = busy.unwrap_err().to_string();
        assert!(busy.contains("first"), "{busy}");

        let (_scratch, address) = elsewhere(&app).await;
        let target = store(&address);
        let restored = backup::restore(&copy, &target, reading(Some(&app.app.keys)), now)
            .await
            .unwrap();
        assert_eq!(restored.manifest, taken);
        assert_eq!((restored.genuine, restored.kept), (Genuine::Yes, None));
        assert_eq!(prints(&address).await, taken.tables);

        // Over another database only when told to, and that one is kept.
        let refused = backup::restore(&copy, &target, reading(None), now).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("--force"), "{refused}");
        let forced = Reading {
            force: true,
            ..reading(None)
        };
        let forced = backup::restore(&copy, &target, forced, now).await.unwrap();
        assert_eq!(prints(&address).await, taken.tables);
        let kept = forced.kept.unwrap();
        if is_sqlite(&app) {
            assert_eq!(prints(&format!("sqlite://{kept}")).await, taken.tables);
        } else {
            let db = Database::connect(&address).await.unwrap();
            let (_, schema) = kept.split_once(' ').unwrap();
            let accounts = count(&db, &format!("SELECT count(*) FROM {schema}.account")).await;
            assert_eq!(u64::try_from(accounts).unwrap(), taken.tables["account"].rows);
            db.close().await.unwrap();
        }
    })
    .await;
}

/// The same backup with another manifest.
fn with_manifest(file: &Path, into: &Path, change: impl FnOnce(&mut Manifest)) {
    let mut zip = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut made = zip::ZipWriter::new(fs::File::create(into).unwrap());
    let mut change = Some(change);
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let (name, mut content) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut content).unwrap();
        if name == "manifest.json" {
            let mut manifest: Manifest = serde_json::from_slice(&content).unwrap();
            change.take().unwrap()(&mut manifest);
            content = serde_json::to_vec(&manifest).unwrap();
        }
        made.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        made.write_all(&content).unwrap();
    }
    made.finish().unwrap();
}

#[tokio::test]
async fn a_backup_that_was_changed_is_refused_and_nothing_is_touched() {
    story(|app| async move {
        let now = app.app.clock.now();
        let (copy, _) = taken(&app, "copy.zip").await;
        let (_scratch, address) = elsewhere(&app).await;
        let target = store(&address);
        let refused = async |file: &Path, keys: Option<&Keys>| {
            let done = backup::restore(file, &target, reading(keys), now).await;
            done.unwrap_err().to_string()
        };
        // Whoever changes a row changes the manifest as well, but has no key.
        let changed = file(&app, "changed.zip");
        with_manifest(&copy, &changed, |manifest| {
            manifest.tables.get_mut("account").unwrap().rows += 1;
        });
        let told = refused(&changed, Some(&app.app.keys)).await;
        assert!(told.contains("was not made with this key file"), "{told}");
        let told = refused(&changed, None).await;
        assert!(
            told.contains("not what its manifest says") && told.contains("account"),
            "{told}"
        );
        let told = refused(&copy, Some(&Keys::ephemeral())).await;
        assert!(told.contains("STARBRIDGE_KEY_FILE"), "{told}");
        let newer = file(&app, "newer.zip");
        with_manifest(&copy, &newer, |manifest| {
            manifest.migration = Some("m9999_future".into())
        });
        let told = refused(&newer, None).await;
        assert!(told.contains("newer program"), "{told}");
        let other = file(&app, "other.zip");
        with_manifest(&copy, &other, |manifest| {
            manifest.kind = match manifest.kind {
                backup::Kind::Sqlite => backup::Kind::Postgres,
                backup::Kind::Postgres => backup::Kind::Sqlite,
            };
        });
        assert!(backup::restore(&other, &target, reading(None), now).await.is_err());

        // Half of it, a byte of it, none of it.
        let whole = fs::read(&copy).unwrap();
        let broken = file(&app, "broken.zip");
        for damage in [&whole[..whole.len() / 2], b"", b"hello", b"PK\x03\x04 and no more"] {
            fs::write(&broken, damage).unwrap();
            let told = refused(&broken, None).await;
            assert!(told.contains("backup of this program"), "{told}");
        }
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x40;
        fs::write(&broken, &bytes).unwrap();
        assert!(backup::restore(&broken, &target, reading(None), now).await.is_err());
        let told = refused(&file(&app, "no.zip"), None).await;
        assert!(told.contains("there is no backup at"), "{told}");

        let nowhere = file(&app, "no/such/folder/copy.zip");
        assert!(
            backup::take(&store(&app.address()), &nowhere, writing(None), now)
                .await
                .is_err()
        );
        // What all of that left: nothing.
        backup::restore(&copy, &target, reading(None), now).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_backup_of_a_database_with_something_added_is_refused() {
    story(|app| async move {
        let now = app.app.clock.now();
        // Whoever may write to the database can leave something that goes on writing.
        let spy = if is_sqlite(&app) {
            "CREATE TRIGGER quiet AFTER INSERT ON child BEGIN UPDATE child SET name = 'x'; END"
        } else {
            "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
             CREATE TRIGGER quiet AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION quiet()"
        };
        app.app.db.writer().execute_unprepared(spy).await.unwrap();
        let (copy, _) = taken(&app, "copy.zip").await;
        let (_scratch, address) = elsewhere(&app).await;
        let told = backup::restore(&copy, &store(&address), reading(Some(&app.app.keys)), now).await;
        let told = told.unwrap_err().to_string();
        assert!(told.contains("quiet was added"), "{told}");
        app.app
            .db
            .writer()
            .execute_unprepared(if is_sqlite(&app) {
                "DROP TRIGGER quiet"
            } else {
                "DROP FUNCTION quiet CASCADE"
            })
            .await
            .unwrap();
        // Nothing was left there: another one goes into the same place without force.
        let (good, _) = self::taken(&app, "good.zip").await;
        backup::restore(&good, &store(&address), reading(Some(&app.app.keys)), now)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_two_files_of_earlier_versions_can_be_restored() {
    story(|app| async move {
        if !is_sqlite(&app) {
            return;
        }
        let now = app.app.clock.now();
        let (copy, mut manifest) = taken(&app, "copy.zip").await;
        let old = file(&app, "2026-11-01.db");
        let mut zip = zip::ZipArchive::new(fs::File::open(&copy).unwrap()).unwrap();
        let mut database = Vec::new();
        zip.by_name("database.db").unwrap().read_to_end(&mut database).unwrap();
        fs::write(&old, database).unwrap();
        let (_scratch, address) = elsewhere(&app).await;
        let target = store(&address);
        let alone = backup::restore(&old, &target, reading(None), now).await;
        let alone = alone.unwrap_err().to_string();
        assert!(alone.contains("2026-11-01.db.json"), "{alone}");
        manifest.code = None;
        fs::write(file(&app, "2026-11-01.db.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
        let unsure = backup::restore(&old, &target, reading(Some(&app.app.keys)), now).await;
        let unsure = unsure.unwrap_err().to_string();
        assert!(
            unsure.contains("--without-code"),
            "the code may have been taken out: {unsure}"
        );
        let known = Reading {
            without_code: true,
            ..reading(Some(&app.app.keys))
        };
        let restored = backup::restore(&old, &target, known, now).await.unwrap();
        assert_eq!(restored.genuine, Genuine::Unknown);
        assert_eq!(prints(&address).await, manifest.tables);
        assert!(old.exists(), "the backup itself stays");
    })
    .await;
}

/// A pair of keys: the file of the private one, and the public one.
fn pair(app: &TestApp, name: &str) -> (PathBuf, String) {
    let private = file(app, name);
    let made = Command::new("age-keygen").arg("-o").arg(&private).output().unwrap();
    let told = String::from_utf8(made.stderr).unwrap();
    (private, told.trim().rsplit_once(' ').unwrap().1.to_owned())
}

#[tokio::test]
async fn an_encrypted_backup_opens_with_its_private_key_only() {
    story(|app| async move {
        let now = app.app.clock.now();
        let (private, public) = pair(&app, "private.txt");
        let (stranger, _) = pair(&app, "stranger.txt");
        let target = file(&app, "copy.zip.age");
        let encrypted = Writing {
            recipient: Some(&public),
            ..writing(Some(&app.app.keys))
        };
        let manifest = backup::take(&store(&app.address()), &target, encrypted, now)
            .await
            .unwrap();
        let bytes = fs::read(&target).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
        assert!(!bytes.windows(8).any(|w| w == b"manifest"), "it can be read");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);

        let (_scratch, address) = elsewhere(&app).await;
        let place = store(&address);
        for (identity, expected) in [(None, "--backup-identity"), (Some(stranger.as_path()), "age failed")] {
            let with = Reading {
                identity,
                ..reading(None)
            };
            let told = backup::restore(&target, &place, with, now)
                .await
                .unwrap_err()
                .to_string();
            assert!(told.contains(expected), "{told}");
        }
        let with = Reading {
            identity: Some(&private),
            ..reading(Some(&app.app.keys))
        };
        backup::restore(&target, &place, with, now).await.unwrap();
        assert_eq!(prints(&address).await, manifest.tables);

        // The private key in place of the public one would be written into a settings file.
        let secret = fs::read_to_string(&private).unwrap();
        let secret = secret.lines().last().unwrap();
        let wrong = Writing {
            recipient: Some(secret),
            ..writing(None)
        };
        let told = backup::take(&store(&app.address()), &file(&app, "other"), wrong, now).await;
        let told = told.unwrap_err().to_string();
        assert!(told.contains("no public key") && !told.contains(secret), "{told}");
    })
    .await;
}

/// Databases of the server, or files of the folder.
async fn places(app: &TestApp) -> i64 {
    if is_sqlite(app) {
        return i64::try_from(fs::read_dir(&app.app.config.data_dir).unwrap().count()).unwrap();
    }
    let (_, own) = app
        .address()
        .rsplit_once('/')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let db = Database::connect(&app.address()).await.unwrap();
    let places = count(
        &db,
        &format!("SELECT count(*) FROM pg_database WHERE datname LIKE '{own}%'"),
    )
    .await;
    db.close().await.unwrap();
    places
}

#[tokio::test]
async fn a_drill_restores_compares_and_leaves_nothing() {
    story(|app| async move {
        let now = app.app.clock.now();
        app.app.keys.save(&app.app.config.key_file()).unwrap();
        let (copy, taken) = taken(&app, "copy.zip").await;
        let here = store(&app.address());
        let before = places(&app).await;
        let with = reading(Some(&app.app.keys));
        let (manifest, genuine) = backup::prove(&copy, &here, with, &app.app.config, now).await.unwrap();
        assert_eq!((manifest, genuine), (taken, Genuine::Yes));
        let changed = file(&app, "changed.zip");
        with_manifest(&copy, &changed, |manifest| {
            manifest.tables.get_mut("account").unwrap().hash = "0".repeat(64);
        });
        let told = backup::prove(&changed, &here, reading(None), &app.app.config, now).await;
        let told = told.unwrap_err().to_string();
        assert!(told.contains("account"), "{told}");
        fs::remove_file(&changed).unwrap();
        assert_eq!(places(&app).await, before);

        if is_sqlite(&app) {
            return;
        }
        // Where the role may make no databases, one stands ready for it. A strange one is left alone.
        let (server, own) = app
            .address()
            .rsplit_once('/')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let admin = Database::connect(&app.address()).await.unwrap();
        admin
            .execute_unprepared(&format!("CREATE DATABASE {own}_drill TEMPLATE template0"))
            .await
            .unwrap();
        admin.close().await.unwrap();
        let drill = format!("{server}/{own}_drill");
        let db = Database::connect(&drill).await.unwrap();
        db.execute_unprepared("CREATE TABLE precious (id int)").await.unwrap();
        let told = backup::prove(&copy, &here, reading(None), &app.app.config, now).await;
        let told = told.unwrap_err().to_string();
        assert!(told.contains("it is left alone"), "{told}");
        db.execute_unprepared("DROP TABLE precious").await.unwrap();
        for _ in 0..2 {
            backup::prove(&copy, &here, reading(None), &app.app.config, now)
                .await
                .unwrap();
            let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
            assert_eq!(count(&db, tables).await, 0);
        }
        db.close().await.unwrap();
    })
    .await;
}

/// The program itself, with the settings of the test.
fn program(app: &TestApp, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_starbridge"))
        .args(arguments)
        .env("STARBRIDGE_DATA_DIR", &app.app.config.data_dir)
        .env("STARBRIDGE_DATABASE_URL", app.address())
        .envs(settings.iter().copied())
        .output()
        .unwrap()
}

/// A server that takes a connection and says nothing more.
fn hanging_up() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    address
}

fn words(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[tokio::test]
async fn one_command_backs_up_clears_away_proves_and_tells() {
    story(|app| async move {
        app.app.keys.save(&app.app.config.key_file()).unwrap();
        let mut system = app.person("system").await;
        system
            .open("/operations")
            .await
            .is(200)
            .says("超过 36 小时没有成功备份");
        let folder = file(&app, "backups");
        for day in 1..=9 {
            fs::create_dir_all(&folder).unwrap();
            let old = folder.join(format!("starbridge-202410{day:02}T010000Z.zip"));
            // An old good one: any backup does.
            let (copy, _) = taken(&app, &format!("{day}.zip")).await;
            fs::rename(copy, old).unwrap();
        }
        let keep = [
            ("STARBRIDGE_BACKUP_KEEP_DAYS", "3"),
            ("STARBRIDGE_BACKUP_KEEP_WEEKS", "0"),
            ("STARBRIDGE_BACKUP_KEEP_MONTHS", "0"),
        ];
        let done = program(&app, &["backup"], &keep);
        assert!(done.status.success(), "{}", words(&done));
        assert_eq!(words(&done).matches("no longer kept").count(), 7, "{}", words(&done));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
        let proven = program(&app, &["backup", "--verify"], &[]);
        assert!(proven.status.success(), "{}", words(&proven));
        assert!(
            words(&proven).contains("is what its manifest says"),
            "{}",
            words(&proven)
        );

        let state = record::read(&*app.app.db).await.unwrap();
        assert!(state.taken.unwrap().bytes > 1000);
        assert_eq!(state.proven.unwrap().failure, None);
        let found = program(&app, &["check"], &[]);
        assert!(words(&found).contains("the last good one is of"), "{}", words(&found));

        // It fails: that is remembered beside the last good one.
        let failed = program(&app, &["backup", "/no/such/folder/x.zip"], &[]);
        assert!(!failed.status.success());
        let state = record::read(&*app.app.db).await.unwrap();
        assert!(state.taken.as_ref().unwrap().at.is_some());
        let mut system = app.person("system").await;
        system.open("/operations").await.says("/no/such/folder");
    })
    .await;
}

#[tokio::test]
async fn a_late_backup_is_told() {
    story(|app| async move {
        let by = Actor::system("backup", app.app.clock.now());
        for deed in record::Deed::ALL {
            record::done(&app.app.db, &by, deed, Path::new("a.zip"), 5 << 20)
                .await
                .unwrap();
        }
        let mut system = app.person("system").await;
        let page = system.open("/operations").await.says("5 MB");
        assert!(!page.text().contains("超过"), "{}", page.text());
        app.app.clock.advance(TimeDelta::hours(37));
        let mut system = app.person("system").await;
        system.open("/operations").await.says("超过 36 小时没有成功备份");
        let now = Actor::system("backup", app.app.clock.now());
        record::done(&app.app.db, &now, record::Deed::Taken, Path::new("b.zip"), 1)
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(15) - TimeDelta::hours(37));
        let later = Actor::system("backup", app.app.clock.now());
        record::done(&app.app.db, &later, record::Deed::Taken, Path::new("c.zip"), 1)
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::hours(1));
        let mut system = app.person("system").await;
        system.open("/operations").await.says("超过 15 天没有做过备份恢复验证");
    })
    .await;
}

#[tokio::test]
async fn no_password_stands_in_what_the_program_says() {
    story(|app| async move {
        let secret = "geheim%2Fgeheim-71";
        let plain = "geheim/geheim-71";
        let refused = hanging_up();
        let database = |scheme: &str| format!("{scheme}://me:{secret}@{refused}/centre");
        let wrong = [
            ("STARBRIDGE_DATABASE_URL", database("postgres")),
            ("STARBRIDGE_DATABASE_URL", database("postgre")),
            (
                "STARBRIDGE_DATABASE_URL",
                format!("postgres://me:{secret}@:::1:x/centre"),
            ),
            (
                "STARBRIDGE_DATABASE_URL",
                format!("sqlite://me:{secret}@nowhere/none/x.db"),
            ),
            ("STARBRIDGE_SMTP_URL", format!("smtps://me:{secret}@{refused}")),
            ("STARBRIDGE_SMTP_URL", format!("smtp://me:{secret}@:no:port?x")),
            ("STARBRIDGE_SMTP_URL", format!("imap://me:{secret}@{refused}")),
            (
                "STARBRIDGE_WEBHOOK_URL",
                format!("http://me:{secret}@{refused}/?key={secret}"),
            ),
        ];
        for (name, value) in &wrong {
            for json in ["true", "false"] {
                let settings = [
                    (*name, value.as_str()),
                    ("STARBRIDGE_LOG_JSON", json),
                    ("STARBRIDGE_LOG", "debug"),
                ];
                let commands = if name.contains("DATABASE") {
                    &["check", "migrate", "backup"][..]
                } else {
                    &["check"]
                };
                for command in commands {
                    let said = words(&program(&app, &[command], &settings));
                    assert!(
                        !said.contains(secret) && !said.contains(plain),
                        "{command} {name}: {said}"
                    );
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_collects_json_gets_json_from_the_first_line() {
    story(|app| async move {
        let json = ("STARBRIDGE_LOG_JSON", "true");
        let gone = format!("postgres://{}/none", hanging_up());
        let wrong = [
            (("STARBRIDGE_LISTEN", "nonsense"), Some(78)),
            (("STARBRIDGE_DATABASE_URL", gone.as_str()), Some(1)),
        ];
        for (setting, code) in wrong {
            let output = program(&app, &["serve"], &[setting, json]);
            assert_eq!(output.status.code(), code, "{}", words(&output));
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.lines().count() > 0);
            for line in said.lines() {
                let line: serde_json::Value = serde_json::from_str(line).expect(line);
                assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
            }
        }
        // A newer program was here: starting again would not help.
        app.app
            .db
            .writer()
            .execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)")
            .await
            .unwrap();
        let output = program(&app, &["serve"], &[]);
        assert_eq!(output.status.code(), Some(78), "{}", words(&output));
        // A misspelt setting is an error of `check`, with the right name.
        let output = program(&app, &["check"], &[("STARBRIDGE_SMPT_URL", "smtp://x")]);
        assert!(!output.status.success());
        assert!(
            words(&output).contains("is STARBRIDGE_SMTP_URL meant?"),
            "{}",
            words(&output)
        );
    })
    .await;
}
