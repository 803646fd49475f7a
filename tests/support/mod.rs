//! Tests read like stories: people open pages, fill in the forms that they find there, and submit them.

mod chain;
pub(crate) mod children;
pub(crate) mod database;
pub(crate) mod dice;
pub(crate) mod dump;
mod ending;
mod fields;
pub(crate) mod life;
pub(crate) mod page;
pub(crate) mod people;

use std::{
    future::Future,
    sync::{Arc, atomic::AtomicBool},
};

use axum::Router;
use chrono::{DateTime, TimeZone, Utc};
use clap::Parser;
use starbridge::{
    app,
    demo::{self, Plan, SignIn},
    platform::{Actor, App, Clock, Config, Db, Keys, Means},
    web::routes::RouteInfo,
};

pub(crate) use people::Person;

/// A district of its own: fresh database, standing clock, organisations and people of every role.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) table: Vec<RouteInfo>,
    database: database::Scratch,
    /// Letters that cannot leave are what the test is about.
    leaves_letters: AtomicBool,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

/// Settings as the command line reads them.
fn config(settings: &[&str]) -> Config {
    let usual = ["test", "--require-totp", "false"];
    Flags::parse_from(usual.iter().chain(settings)).config
}

/// Monday 2026-11-02, 09:00 in Zhenhai: a working day in a year whose calendar is known.
pub(crate) fn opening_time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 2, 1, 0, 0).unwrap()
}

impl TestApp {
    /// A district at [`opening_time`].
    pub(crate) async fn new() -> Arc<Self> {
        Self::on(database::Scratch::new().await, false).await
    }

    /// The demonstration at [`opening_time`], and who may sign in.
    pub(crate) async fn demonstration(children: usize, seed: u64) -> (Arc<Self>, Vec<SignIn>) {
        let app = Self::on(database::Scratch::migrated().await, true).await;
        let by = Actor::system("demo", opening_time());
        let plan = Plan {
            children,
            seed,
            today: by.today(),
        };
        let sign_ins = demo::fill(&app.app, app::FEATURES, &by, plan).await.unwrap();
        (app, sign_ins)
    }

    /// A district whose database is reached by another address.
    pub(crate) async fn reached_by(address: impl FnOnce(&str) -> String) -> Arc<Self> {
        let mut scratch = database::Scratch::new().await;
        scratch.url = address(&scratch.url);
        Self::on(scratch, false).await
    }

    /// The same database from outside.
    pub(crate) async fn outside(&self) -> Db {
        self.database.open().await
    }

    /// A district with other settings.
    pub(crate) async fn with(settings: &[&str]) -> Arc<Self> {
        Self::set(database::Scratch::new().await, settings).await
    }

    async fn on(scratch: database::Scratch, demo: bool) -> Arc<Self> {
        Self::set(scratch, &["--demo", &demo.to_string()]).await
    }

    async fn set(scratch: database::Scratch, settings: &[&str]) -> Arc<Self> {
        let clock = Clock::fixed(opening_time());
        Self::put_together(scratch, settings, Keys::ephemeral(), clock).await
    }

    /// A database that comes with keys and a time of its own, as a demonstration.
    pub(crate) async fn with_keys(scratch: database::Scratch, keys: Keys, clock: Clock) -> Arc<Self> {
        Self::put_together(scratch, &["--demo", "true"], keys, clock).await
    }

    async fn put_together(scratch: database::Scratch, settings: &[&str], keys: Keys, clock: Clock) -> Arc<Self> {
        ending::listen();
        let place = ["--data-dir", scratch.dir.to_str().unwrap()];
        let mut config = config(&[place.as_slice(), settings].concat());
        // A mail server is configured, and nobody listens there.
        config.smtp_url = (!config.demo).then(|| "smtp://127.0.0.1:9".to_owned().into());
        let db = scratch.open().await;
        let app = App::new(Means {
            db,
            config,
            keys,
            clock,
            compartment: app::FEATURES.compartment(),
            about: app::FEATURES.about(),
        });
        let (router, table) = app::router(&app);
        Arc::new(Self {
            app,
            router,
            table,
            database: scratch,
            leaves_letters: AtomicBool::new(false),
        })
    }

    /// Where its database is.
    pub(crate) fn address(&self) -> String {
        self.database.address()
    }

    /// Whoever is not signed in.
    pub(crate) fn stranger(self: &Arc<Self>) -> Person {
        Person::new(self.router.clone())
    }

    /// Somebody of the district, signed in through the real page.
    pub(crate) async fn person(self: &Arc<Self>, user_name: &str) -> Person {
        let mut person = self.stranger();
        person.sign_in(user_name, people::PASSWORD).await;
        person
    }
}

/// A test: a district, and what happens in it.
pub(crate) async fn story<F: Future<Output = ()>>(happens: impl FnOnce(Arc<TestApp>) -> F) {
    let app = TestApp::new().await;
    happens(Arc::clone(&app)).await;
}
