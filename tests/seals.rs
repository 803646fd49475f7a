//! Seals that only the keeper of the key file can make, and that are kept elsewhere.

use chrono::TimeDelta;
use entities::{
    EventId,
    communication::message,
    event::{event, event_seal},
    work::counter,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel as _, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::json;
use starbridge::{
    audit::seal::{self, Confirmation, Difference, kept, verify},
    platform::{
        Actor, App, Keys, Means, clock,
        crypto::registry,
        event::{Subject, note},
    },
};

use crate::{
    audit::past_the_trigger,
    support::{TestApp, story},
};

fn by(app: &TestApp) -> Actor {
    Actor::system("test", app.app.clock.now())
}

async fn days(app: &TestApp, days: i64) {
    for day in 0..days {
        let details = json!({ "day": day });
        note(&app.app, &by(app), "list.exported", Subject::none(), details)
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(1));
        seal::run(&app.app, &by(app)).await.unwrap();
    }
}

async fn broken(app: &TestApp) -> Option<Difference> {
    let verdict = seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
    verdict.broken.map(|broken| broken.what)
}

async fn newest(app: &TestApp) -> event_seal::Model {
    seal::newest(&*app.app.db).await.unwrap().unwrap()
}

fn somebody() -> Confirmation {
    Confirmation {
        name: "王五".into(),
        reason: "恢复备份".into(),
    }
}

/// Somebody who writes to the database and has the program, but not the key file.
fn attacker(app: &TestApp) -> App {
    let mut config = app.app.config.clone();
    config.seal_file = Some(app.app.config.data_dir.join("nowhere.txt"));
    App::new(Means {
        db: app.app.db.clone(),
        clock: app.app.clock.clone(),
        config,
        keys: Keys::ephemeral(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    })
}

#[tokio::test]
async fn whoever_writes_to_the_database_cannot_seal_what_they_changed() {
    story(|app| async move {
        days(&app, 3).await;
        assert_eq!(broken(&app).await, None);
        past_the_trigger(&app, "UPDATE event SET actor = 'nobody' WHERE id = 2").await;
        for sql in [
            "DELETE FROM event_seal",
            "DELETE FROM counter WHERE name = 'event_seal'",
        ] {
            app.app.db.writer().execute_unprepared(sql).await.unwrap();
        }
        seal::run(&attacker(&app), &by(&app)).await.unwrap();
        // Every hash is right; the codes are not.
        assert_eq!(seal::verify(&*app.app.db, None).await.unwrap().broken, None);
        assert_eq!(broken(&app).await, Some(Difference::Code));
        app.app
            .db
            .writer()
            .execute_unprepared("UPDATE event_seal SET mac = NULL")
            .await
            .unwrap();
        assert_eq!(broken(&app).await, Some(Difference::NoCode));
        // The file of this machine tells, too, and nothing is sealed on top of it.
        let file = kept::of_file(&app.app.config.seal_file()).unwrap();
        assert_eq!(file.len(), 3);
        assert!(!kept::differences(&*app.app.db, &file).await.unwrap().is_empty());
        days_fail(&app, "seal 3 is not the one that was kept").await;
    })
    .await;
}

#[tokio::test]
async fn a_seal_stands_on_the_one_before_it_by_number_and_by_day() {
    for (change, first_wrong) in [
        ("UPDATE event_seal SET number = 7 WHERE number = 3", 3),
        ("UPDATE event_seal SET day = '2026-11-09' WHERE number = 2", 2),
    ] {
        story(|app| async move {
            days(&app, 3).await;
            let before = event_seal::Entity::find()
                .filter(event_seal::COLUMN.number.eq(first_wrong))
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            past_the_trigger(&app, change).await;
            let broken = seal::verify(&*app.app.db, None).await.unwrap().broken.unwrap();
            assert_eq!(
                (broken.day, broken.what),
                (before.day, Difference::SealMissing),
                "{change}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn the_check_counts_what_is_sealed_and_says_where_a_seal_should_have_begun() {
    story(|app| async move {
        days(&app, 3).await;
        let last = newest(&app).await;
        let sealed = event::Entity::find()
            .filter(event::COLUMN.id.lte(last.last_id))
            .count(&*app.app.db)
            .await
            .unwrap();
        let verdict = seal::verify(&*app.app.db, None).await.unwrap();
        assert_eq!((verdict.days, u64::try_from(verdict.events)), (3, Ok(sealed)));
        past_the_trigger(&app, "UPDATE event_seal SET first_id = first_id + 1 WHERE number = 3").await;
        let gap = Difference::Gap {
            expected: last.first_id,
            found: last.first_id + 1,
        };
        assert_eq!(broken(&app).await, Some(gap));
    })
    .await;
}

async fn days_fail(app: &TestApp, says: &str) {
    note(&app.app, &by(app), "list.exported", Subject::none(), json!({}))
        .await
        .unwrap();
    app.app.clock.advance(TimeDelta::days(1));
    let error = seal::run(&app.app, &by(app)).await.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
    // What was given up has let go of its lock before the test ends.
    app.app
        .db
        .write(&by(app), "")
        .await
        .unwrap()
        .commit_quietly()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_day_is_sealed_again_only_when_somebody_says_so() {
    story(|app| async move {
        days(&app, 3).await;
        let kept = newest(&app).await;
        past_the_trigger(&app, "DELETE FROM event_seal WHERE number = 3").await;
        assert_eq!(broken(&app).await, Some(Difference::SealMissing));
        // The file is gone as well: the running number remembers.
        std::fs::remove_file(app.app.config.seal_file()).unwrap();
        let error = seal::run(&app.app, &by(&app)).await.unwrap_err().to_string();
        assert!(error.contains("was made before"), "{error}");
        let nameless = Confirmation {
            name: " ".into(),
            ..somebody()
        };
        assert!(seal::confirm(&app.app, &by(&app), &nameless).await.is_err());
        seal::confirm(&app.app, &by(&app), &somebody()).await.unwrap();
        assert_eq!(broken(&app).await, None);
        assert_eq!(newest(&app).await.hash, kept.hash, "nothing was changed");
        let told = event::Entity::find()
            .filter(event::COLUMN.action.eq("trail.sealed_again"))
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].details["name"], "王五");
        assert_eq!(told[0].details["reason"], "恢复备份");
        days(&app, 1).await;
        assert_eq!(broken(&app).await, None);
    })
    .await;
}

#[tokio::test]
async fn days_that_are_long_over_wait_for_somebody() {
    story(|app| async move {
        days(&app, 1).await;
        note(&app.app, &by(&app), "list.exported", Subject::none(), json!({}))
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(15));
        seal::run(&app.app, &by(&app)).await.unwrap();
        assert_eq!(newest(&app).await.number, 2, "fourteen days are a holiday");
        note(&app.app, &by(&app), "list.exported", Subject::none(), json!({}))
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(16));
        let number = newest(&app).await.number;
        let error = seal::run(&app.app, &by(&app)).await.unwrap_err().to_string();
        assert!(error.contains("over for more than 14 days"), "{error}");
        assert_eq!(newest(&app).await.number, number);
        seal::confirm(&app.app, &by(&app), &somebody()).await.unwrap();
        assert!(newest(&app).await.number > number);
        assert_eq!(broken(&app).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_older_database_in_the_place_of_the_newer_is_told_by_what_was_kept() {
    story(|app| async move {
        days(&app, 2).await;
        let mail: Vec<kept::Kept> = event_seal::Entity::find()
            .all(&*app.app.db)
            .await
            .unwrap()
            .iter()
            .map(kept::Kept::of)
            .collect();
        assert_eq!(kept::differences(&*app.app.db, &mail).await.unwrap(), []);
        past_the_trigger(&app, "DELETE FROM event_seal WHERE number = 2").await;
        let last = newest(&app).await.last_id;
        let take_away = format!("DELETE FROM event WHERE id > {last}");
        let db = app.app.db.writer();
        db.execute_unprepared(&take_away).await.unwrap();
        counter::Entity::update_many()
            .col_expr(counter::Column::Value, sea_orm::sea_query::Expr::value(1))
            .filter(counter::COLUMN.name.eq("event_seal"))
            .exec(db)
            .await
            .unwrap();
        assert_eq!(broken(&app).await, None, "the rest of the chain is whole");
        let differing = kept::differences(&*app.app.db, &mail).await.unwrap();
        assert_eq!(differing, mail[1..]);
        if db.get_database_backend() == DbBackend::Sqlite {
            assert_eq!(verify::missing(&*app.app.db).await.unwrap(), 1);
        }
        days_fail(&app, "is not the one that was kept").await;
        seal::confirm(&app.app, &by(&app), &somebody()).await.unwrap();
        days(&app, 1).await;
        assert_eq!(
            kept::differences(&*app.app.db, &kept::of_file(&app.app.config.seal_file()).unwrap())
                .await
                .unwrap(),
            []
        );
        assert_eq!(
            kept::differences(&*app.app.db, &mail).await.unwrap().len(),
            1,
            "the mail still tells"
        );
    })
    .await;
}

#[tokio::test]
async fn the_file_of_another_server_is_put_right_when_somebody_says_so() {
    story(|app| async move {
        days(&app, 3).await;
        // The other server's file, from before the last two seals were made again here.
        let other = app.app.config.data_dir.join("other.txt");
        std::fs::copy(app.app.config.seal_file(), &other).unwrap();
        past_the_trigger(&app, "DELETE FROM event_seal WHERE number > 1").await;
        app.app
            .db
            .writer()
            .execute_unprepared("UPDATE event SET cause = 'restored' WHERE id > 1")
            .await
            .unwrap();
        seal::confirm(&app.app, &by(&app), &somebody()).await.unwrap();
        let mut config = app.app.config.clone();
        config.seal_file = Some(other.clone());
        let server = App::new(Means {
            db: app.app.db.clone(),
            clock: app.app.clock.clone(),
            config,
            keys: Keys::ephemeral(),
            compartment: starbridge::app::FEATURES.compartment(),
            about: starbridge::app::FEATURES.about(),
        });
        let stale = kept::of_file(&other).unwrap();
        assert_eq!(kept::differences(&*app.app.db, &stale).await.unwrap().len(), 2);
        assert_eq!(seal::confirm(&server, &by(&app), &somebody()).await.unwrap(), "");
        let right = kept::of_file(&other).unwrap();
        assert_eq!(right.len(), 3);
        assert_eq!(kept::differences(&*app.app.db, &right).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn events_with_numbers_that_the_database_does_not_give_are_told() {
    story(|app| async move {
        days(&app, 2).await;
        assert_eq!(verify::missing(&*app.app.db).await.unwrap(), 0);
        let columns = "at, action, actor, coverage, subject_kind, subject_id, cause, remote, refused, details";
        let insert = format!(
            "INSERT INTO event (id, {columns}) SELECT -1, {columns} FROM event WHERE id = (SELECT min(id) FROM event)"
        );
        app.app.db.writer().execute_unprepared(&insert).await.unwrap();
        let verdict = seal::verify(&*app.app.db, Some(&app.app.keys)).await.unwrap();
        assert_eq!((verdict.strangers, verdict.broken), (1, None));
        // And they do not make up for one that is gone.
        past_the_trigger(&app, "DELETE FROM event WHERE id = 1").await;
        assert_eq!(verify::missing(&*app.app.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_event_with_a_number_that_the_database_does_not_give_is_no_day_to_begin_with() {
    story(|app| async move {
        note(&app.app, &by(&app), "list.exported", Subject::none(), json!({}))
            .await
            .unwrap();
        let first = event::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let stranger = event::ActiveModel {
            id: Set(EventId(-1)),
            at: Set(first.at - TimeDelta::days(40)),
            ..first.clone().into_active_model().reset_all()
        };
        event::Entity::insert(stranger)
            .exec_without_returning(app.app.db.writer())
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(1));
        seal::run(&app.app, &by(&app)).await.unwrap();
        let seal = newest(&app).await;
        assert_eq!((seal.number, seal.day), (1, clock::day_of(first.at)));
    })
    .await;
}

#[tokio::test]
async fn of_older_seals_as_many_go_without_a_code_as_there_were() {
    story(|app| async move {
        days(&app, 3).await;
        past_the_trigger(&app, "UPDATE event_seal SET mac = NULL WHERE number <= 2").await;
        for (before, what) in [(2, None), (3, None), (1, Some(Difference::NoCode))] {
            let tx = app.app.db.write(&by(&app), "").await.unwrap();
            tx.execute_unprepared("DELETE FROM key_print").await.unwrap();
            let (keys, now) = (&app.app.keys, app.app.clock.now());
            registry::register_in(&tx, keys, keys.prints().unwrap(), before, now)
                .await
                .unwrap();
            tx.commit_quietly().await.unwrap();
            assert_eq!(broken(&app).await, what, "{before}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_confirms_says_a_name_and_a_reason() {
    story(|app| async move {
        days(&app, 2).await;
        past_the_trigger(&app, "DELETE FROM event_seal WHERE number = 2").await;
        for (name, reason) in [(" ", "恢复备份"), ("王五", "\t"), ("", "")] {
            let nobody = Confirmation {
                name: name.to_owned(),
                reason: reason.to_owned(),
            };
            let told = seal::confirm(&app.app, &by(&app), &nobody)
                .await
                .unwrap_err()
                .to_string();
            assert!(told.contains("a name and a reason"), "{told}");
            assert_eq!(newest(&app).await.number, 1);
        }
        seal::confirm(&app.app, &by(&app), &somebody()).await.unwrap();
        assert_eq!(newest(&app).await.number, 2);
    })
    .await;
}

#[tokio::test]
async fn the_newest_seal_goes_to_the_audit_administrators_by_mail() {
    story(|app| async move {
        let mut config = app.app.config.clone();
        config.smtp_url = Some("smtp://127.0.0.1:1".to_owned().into());
        let with_mail = App::new(Means {
            db: app.app.db.clone(),
            clock: app.app.clock.clone(),
            config,
            keys: Keys::ephemeral(),
            compartment: starbridge::app::FEATURES.compartment(),
            about: starbridge::app::FEATURES.about(),
        });
        for _ in 0..3 {
            note(&app.app, &by(&app), "list.exported", Subject::none(), json!({}))
                .await
                .unwrap();
            app.app.clock.advance(TimeDelta::days(1));
        }
        seal::run(&with_mail, &by(&app)).await.unwrap();
        assert_eq!(seal::run(&with_mail, &by(&app)).await.unwrap(), "");
        let mails = message::Entity::find()
            .order_by_asc(message::COLUMN.id)
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(mails.len(), 1, "one audit administrator, one mail for three days");
        let text = mails[0].params["seal"].as_str().unwrap();
        assert_eq!(kept::read(text), [kept::Kept::of(&newest(&app).await)]);
        assert_eq!(message::Entity::find().count(&*app.app.db).await.unwrap(), 1);
    })
    .await;
}
