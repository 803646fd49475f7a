//! What every test keeps at its end, whether it says so or not: keys lead somewhere, what waits to be sent can be said and
//! sent, and nothing went wrong that nobody saw. (That a write has an event is seen to by the write itself: it is not
//! committed without one.)

use std::{cell::RefCell, path::PathBuf, sync::Once};

use chrono::{DateTime, Utc};
use entities::{
    communication::message,
    words::{Channel, Delivery},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use starbridge::{
    app as application,
    notifications::delivery,
    platform::{Actor, App, Clock, Keys, Means},
};
use tracing::{Event, Subscriber, field::Visit, level_filters::LevelFilter};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

use super::{TestApp, database};

thread_local! {
    /// What was logged as an error on this thread: a test runs on one of its own.
    static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps errors for the end of the test.
struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut text = Text(format!("{}: ", event.metadata().target()));
        event.record(&mut text);
        ERRORS.with_borrow_mut(|errors| errors.push(text.0));
    }
}

/// From now on errors are heard.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::registry()
            .with(Listener.with_filter(LevelFilter::ERROR))
            .init();
    });
    ERRORS.with_borrow_mut(Vec::clear);
}

impl TestApp {
    /// What went wrong is what the test is about; it did go wrong, and the log says so.
    #[track_caller]
    pub(crate) fn logged_an_error(&self, says: &str) {
        let errors = ERRORS.take();
        assert!(
            errors.iter().any(|error| error.contains(says)),
            "no error says {says:?}: {errors:?}"
        );
    }

    /// What is logged when the moment is unlucky, and not otherwise.
    pub(crate) fn may_have_logged(&self, says: &str) {
        ERRORS.with_borrow_mut(|errors| errors.retain(|error| !error.contains(says)));
    }

    /// The test leaves letters behind that cannot leave: they are what it is about.
    pub(crate) fn leaves_letters(&self) {
        self.leaves_letters.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let errors = ERRORS.take();
        if std::thread::panicking() {
            return;
        }
        assert!(
            errors.is_empty(),
            "errors were logged that the test does not expect: {errors:#?}"
        );
        let letters = !self.leaves_letters.load(std::sync::atomic::Ordering::Relaxed);
        let (url, dir) = (self.database.direct.clone(), self.database.dir.clone());
        let now = self.app.clock.now();
        // The test's own runtime is in the middle of a poll.
        let end = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(look(url, dir, now, letters));
        });
        assert!(end.join().is_ok(), "the test ended as it should not: see above");
    }
}

async fn look(url: String, dir: PathBuf, now: DateTime<Utc>, letters: bool) {
    let db = database::open(&url).await;
    if db.get_database_backend() == DbBackend::Sqlite {
        let check = sea_orm::Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check");
        let loose = db.query_all_raw(check).await.unwrap();
        let tables: Vec<String> = loose.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        assert!(tables.is_empty(), "rows of {tables:?} name rows that do not exist");
    }
    let waits = message::Entity::find().filter(message::Column::State.eq(Delivery::Pending));
    if letters && waits.clone().count(&*db).await.unwrap() > 0 {
        drain(&url, dir, now).await;
    }
    db.close_all().await.unwrap();
}

/// Sends everything that waits, into files, as a demonstration does. Every letter has all of its words.
async fn drain(url: &str, dir: PathBuf, now: DateTime<Utc>) {
    let db = database::open(url).await;
    let mut config = super::config(&["--data-dir", dir.to_str().unwrap(), "--demo", "true"]);
    config.smtp_url = None;
    let app = App::new(Means {
        db: db.clone(),
        config,
        keys: Keys::ephemeral(),
        clock: Clock::fixed(now),
        compartment: application::FEATURES.compartment(),
        about: application::FEATURES.about(),
    });
    delivery::run(&app, &Actor::system("deliver", now)).await.unwrap();
    let dumb = message::Entity::find().filter(message::Column::LastError.eq("delivery.no_text"));
    let dumb: Vec<String> = dumb
        .all(&*db)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.template)
        .collect();
    assert!(dumb.is_empty(), "letters without words: {dumb:?}");
    let due = message::Entity::find()
        .filter(message::Column::State.is_in([Delivery::Pending, Delivery::Sending]))
        .filter(message::Column::NextAttemptAt.lte(now))
        .filter(message::Column::Channel.eq(Channel::Mail));
    let due: Vec<String> = due
        .all(&*db)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.template)
        .collect();
    assert!(due.is_empty(), "letters that do not leave: {due:?}");
}
