//! A database of its own for every test, copied from one that was migrated and peopled once.

use std::{path::PathBuf, sync::OnceLock};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use starbridge::platform::{Db, chance, db::Open};
use tokio::sync::OnceCell;

use super::people;

/// A database that disappears with the test.
pub(crate) struct Scratch {
    pub(crate) dir: PathBuf,
    /// How the test reaches it.
    pub(crate) url: String,
    /// How it is reached directly.
    pub(super) direct: String,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

pub(crate) fn server() -> Option<&'static str> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    URL.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
        std::env::var("TEST_DATABASE_URL").ok()
    })
    .as_deref()
}

fn unique() -> String {
    format!("t{}", chance::name())
}

/// A name that nobody has, and a folder of that name.
fn place() -> (String, PathBuf) {
    let name = unique();
    let dir = std::env::temp_dir().join(format!("starbridge-{name}"));
    std::fs::create_dir_all(&dir).unwrap();
    (name, dir)
}

impl Scratch {
    pub(crate) async fn new() -> Self {
        let (name, dir) = place();
        let template = TEMPLATE.get_or_init(template).await;
        let url = match server() {
            None => {
                let file = dir.join("test.db");
                std::fs::copy(template, &file).unwrap();
                format!("sqlite://{}", file.display())
            }
            Some(server) => create(server, &name, &format!("TEMPLATE {template}")).await,
        };
        let direct = url.clone();
        Self { dir, url, direct }
    }

    /// A database without anything.
    pub(crate) async fn empty() -> Self {
        let (name, dir) = place();
        let url = match server() {
            None => format!("sqlite://{}?mode=rwc", dir.join("test.db").display()),
            Some(server) => create(server, &name, "").await,
        };
        let direct = url.clone();
        Self { dir, url, direct }
    }

    /// A database with its tables, and nobody in it.
    pub(crate) async fn migrated() -> Self {
        let scratch = Self::empty().await;
        let db = scratch.open().await;
        people::found(&db).await;
        db.close_all().await.unwrap();
        scratch
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        self.url.clone()
    }

    /// A connection of its own, without the pools of the application.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(self.address());
        options.max_connections(1);
        Database::connect(options).await.unwrap()
    }

    pub(crate) async fn open(&self) -> Db {
        open(&self.url).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

pub(super) async fn open(url: &str) -> Db {
    Db::open(Open {
        url,
        readers: 4,
        full_sync: false,
        projections: &starbridge::app::FEATURES.projections(),
    })
    .await
    .unwrap()
}

/// Make a database on the server of the tests, and say where it is.
async fn create(server: &str, name: &str, like: &str) -> String {
    let admin = Database::connect(server).await.unwrap();
    let statement = format!("CREATE DATABASE {name} {like}");
    admin.execute_unprepared(&statement).await.unwrap();
    admin.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Migrate and people one database; every test copies it.
async fn template() -> String {
    let name = unique();
    let (url, template) = match server() {
        None => {
            let file = std::env::temp_dir().join(format!("starbridge-template-{name}.db"));
            (format!("sqlite://{}", file.display()), file.display().to_string())
        }
        Some(server) => (create(server, &name, "").await, name.clone()),
    };
    let db = open(&url).await;
    people::settle(&db).await;
    db.close_all().await.unwrap();
    template
}
