//! Who leaves the chain, and comes back.

use chrono::Days;
use entities::{
    ChildId,
    attachment::attachment,
    child::{child, departure, residence},
    enrolment::{application, application_step},
    kept::stored_file,
    task::task,
    words::{CheckState, DepartureReason, Stage, What},
};
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait as _, EntityTrait, IntoActiveModel as _,
    ModelTrait as _, QueryFilter, QueryOrder,
};
use serde_json::{Value, json};
use starbridge::{
    children::{
        departure::service::{NewDeparture, depart, undo},
        moves::{self, Move},
    },
    platform::{
        Actor,
        event::{self, Subject},
    },
};

use super::{born, checks, messages, referrals, register, stands};
use crate::support::{TestApp, dice::Dice, life::live_through, story};

#[tokio::test]
async fn who_moved_leaves_and_can_come_back() {
    story(|app| async move {
        let id = register(&app, born("王九", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let preview = page.fill("not_seen", "moved").submit(&mut screener).await.says("退出");
        let saved = preview.submit(&mut screener).await;
        let to = saved.location.unwrap();
        assert_eq!(
            to,
            format!("/children/{id}/departures?reason=moved_away&left_on=2026-11-02")
        );
        let page = screener.open(&to).await;
        page.submit(&mut screener).await.is(303);
        let page = screener.open(&format!("/children/{id}/departures")).await;
        let page = page.says("筛查（24 月龄）").says("生效中");
        assert_eq!(stands(&app, id).await.stage, Stage::Left);
        screener.open("/checks").await.omits("王九");
        // Neither the sweep nor anybody revives the checks.
        let by = Actor::system("next-checks", app.app.clock.now());
        starbridge::pathway::next_checks::run(&app.app, &by).await.unwrap();
        let states: Vec<_> = checks(&app, id).await.into_iter().map(|c| c.state).collect();
        assert!(states.contains(&CheckState::Cancelled));
        assert_eq!(stands(&app, id).await.due_on, None);
        // A second departure is refused.
        let fields = [
            ("reason".to_owned(), "died".to_owned()),
            ("left_on".to_owned(), "2026-11-02".to_owned()),
        ];
        screener
            .post(&format!("/children/{id}/departures"), &fields)
            .await
            .is(409);
        page.submit_to("undoing", &mut screener).await.is(303);
        assert_eq!(stands(&app, id).await.stage, Stage::Watching);
        screener.open("/checks").await.says("王九");
    })
    .await;
}

/// A page that was opened while the child was away does not know what came back.
#[tokio::test]
async fn what_returns_is_newer_than_every_page_of_before() {
    story(|app| async move {
        let (child, referral) = app.sent("王九").await;
        let here = app.referral(referral).await.version;
        let by = app.actor("screener").await;
        let leaving = NewDeparture {
            reason: DepartureReason::MovedAway,
            left_on: by.today(),
            note: None,
        };
        let departure = depart(&app.app, &by, child, &leaving).await.unwrap();
        let away = app.referral(referral).await.version;
        undo(&app.app, &by, child, departure).await.unwrap();
        let back = app.referral(referral).await.version;
        assert!(here < away && away < back, "{here} {away} {back}");
    })
    .await;
}

/// Everything that a departure may touch, without versions.
async fn picture(app: &TestApp, id: ChildId) -> Vec<Value> {
    let db = &*app.app.db;
    let mut all = Vec::new();
    for c in checks(app, id).await {
        all.push(json!(["check", c.id, c.state, c.screen_id]));
    }
    for r in referrals(app, id).await {
        all.push(json!(["referral", r.id, r.state, r.closed_at, r.due_on]));
    }
    // The tasks of referrals and checks follow what they are about.
    let tasks = task::Entity::find()
        .filter(task::COLUMN.child_id.eq(id))
        .filter(task::COLUMN.what.eq(What::Recheck))
        .order_by_asc(task::COLUMN.id);
    for t in tasks.all(db).await.unwrap() {
        all.push(json!(["task", t.id, t.state, t.ended_at, t.ended_by, t.due_on]));
    }
    let applications = application::Entity::find()
        .filter(application::COLUMN.child_id.eq(id))
        .order_by_asc(application::COLUMN.id);
    for one in applications.all(db).await.unwrap() {
        all.push(json!(["application", one.id, one.state, one.closed_at]));
    }
    let steps = application_step::Entity::find()
        .filter(application_step::COLUMN.child_id.eq(id))
        .order_by_asc(application_step::COLUMN.id);
    for one in steps.all(db).await.unwrap() {
        all.push(json!(["application_step", one.id, one.ended_at]));
    }
    let mut told = messages(app, id).await;
    told.sort_by_key(|m| m.id);
    for m in told {
        all.push(json!(["message", m.id, m.state]));
    }
    let homes = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(id))
        .order_by_asc(residence::COLUMN.id);
    for r in homes.all(db).await.unwrap() {
        all.push(json!(["residence", r.id, r.from_on, r.until_on]));
    }
    let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    all.push(json!(["child", file.departure_id]));
    all
}

#[tokio::test]
async fn undoing_a_departure_restores_exactly_what_it_cancelled() {
    story(|app| async move {
        // Letters of any kind, whatever they say.
        app.leaves_letters();
        let by = app.actor("screener").await;
        for seed in 0..60 {
            let mut dice = Dice(seed);
            let id = register(&app, born("孙小川", "2023-05-14")).await;
            live_through(&app, id, &mut dice).await;
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            event::record(&tx, &by, "screen.recorded", Subject::child(id), json!({}))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let stood = stands(&app, id).await;
            let before = picture(&app, id).await;
            let leaving = NewDeparture {
                reason: dice.pick(entities::words::DepartureReason::ALL),
                left_on: by.today() - Days::new(u64::try_from(dice.below(100)).unwrap()),
                note: None,
            };
            let departure = depart(&app.app, &by, id, &leaving).await.unwrap();
            let gone = picture(&app, id).await;
            // Exactly what was pending changed, and the list names every change.
            // Tasks follow from the rest, and nobody writes them down.
            let changed = before.iter().zip(&gone);
            let changed = changed.filter(|(a, b)| a != b && a[0] != "task").count();
            let row = departure::Entity::find_by_id(departure)
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(changed, row.effects.as_array().unwrap().len() + 1, "seed {seed}");
            for (a, b) in before.iter().zip(&gone).filter(|(a, b)| {
                a != b
                    && !["child", "residence", "application_step"]
                        .iter()
                        .any(|own| a[0] == *own)
            }) {
                let was = a[2].as_str().unwrap();
                assert!(
                    [
                        "pending",
                        "proposed",
                        "sent",
                        "accepted",
                        "appointed",
                        "no_show",
                        "open",
                        "draft",
                        "in_review",
                        "returned",
                        "waiting"
                    ]
                    .contains(&was)
                );
                assert_eq!(b[2], "cancelled", "seed {seed}");
            }
            assert!(depart(&app.app, &by, id, &leaving).await.is_err());
            undo(&app.app, &by, id, departure).await.unwrap();
            assert_eq!(picture(&app, id).await, before, "seed {seed}");
            assert_eq!(stands(&app, id).await, stood, "seed {seed}");
            assert!(undo(&app.app, &by, id, departure).await.is_err(), "once is enough");
        }
    })
    .await;
}

/// What the program before this one had no tables for.
async fn forget_what_is_newer(app: &TestApp, id: ChildId) {
    let db = app.app.db.writer();
    let files = attachment::Entity::find().filter(attachment::COLUMN.child_id.eq(id));
    for one in files.all(db).await.unwrap() {
        let file = one.file_id;
        one.delete(db).await.unwrap();
        stored_file::Entity::delete_by_id(file).exec(db).await.unwrap();
    }
    for table in [
        "enrolment_decision",
        "application_override",
        "application_step",
        "application_material",
        "application",
    ] {
        db.execute_unprepared(&format!("DELETE FROM {table} WHERE child_id = {id}"))
            .await
            .unwrap();
    }
}

/// What the program before this one wrote down about a departure.
async fn as_it_was_written(app: &TestApp, id: ChildId, before: &[Value], gone: &[Value]) -> Vec<Value> {
    let ages: std::collections::BTreeMap<_, _> = checks(app, id)
        .await
        .into_iter()
        .map(|check| (check.id.0, check.age_months))
        .collect();
    let changed = before.iter().zip(gone).filter(|(a, b)| a != b).map(|(a, _)| a);
    changed
        .filter_map(|row| {
            let id = row[1].clone();
            match row[0].as_str().unwrap() {
                "check" => {
                    Some(json!({ "table": "planned_check", "id": id, "age_months": ages[&id.as_i64().unwrap()] }))
                }
                "referral" => Some(json!({ "table": "referral", "id": id, "was": row[2] })),
                // Tasks follow what they are about.
                "child" | "task" => None,
                table => Some(json!({ "table": table, "id": id })),
            }
        })
        .collect()
}

#[tokio::test]
async fn a_departure_that_an_older_program_wrote_down_is_undone_all_the_same() {
    story(|app| async move {
        let db = app.app.db.writer();
        let by = app.actor("screener").await;
        let mut left = Vec::new();
        for seed in 100..112 {
            let mut dice = Dice(seed);
            let id = register(&app, born("孙小川", "2023-05-14")).await;
            live_through(&app, id, &mut dice).await;
            // The older program knew no files of a child and no enrolment.
            forget_what_is_newer(&app, id).await;
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            tx.touches(id);
            tx.commit_quietly().await.unwrap();
            let before = picture(&app, id).await;
            let leaving = NewDeparture {
                reason: dice.pick(entities::words::DepartureReason::ALL),
                left_on: by.today() - Days::new(u64::try_from(dice.below(100)).unwrap()),
                note: None,
            };
            let departure = depart(&app.app, &by, id, &leaving).await.unwrap();
            let old = as_it_was_written(&app, id, &before, &picture(&app, id).await).await;
            left.push((id, departure, before, old));
        }
        let since = Migrator::migrations()
            .iter()
            .rev()
            .position(|migration| migration.name() == "m0020_departure")
            .unwrap();
        let since = u32::try_from(since + 1).unwrap();
        Migrator::down(db, Some(since)).await.unwrap();
        for (_, departure, _, old) in &left {
            let row = departure::Entity::find_by_id(*departure)
                .one(db)
                .await
                .unwrap()
                .unwrap();
            let mut kept: Vec<String> = row.effects.as_array().unwrap().iter().map(Value::to_string).collect();
            let mut told: Vec<String> = old.iter().map(Value::to_string).collect();
            kept.sort();
            told.sort();
            assert_eq!(kept, told, "the way back writes what the older program reads");
            let mut row = row.into_active_model();
            row.effects = Set(json!(old));
            row.update(db).await.unwrap();
        }
        Migrator::up(db, None).await.unwrap();
        let mut screener = app.person("screener").await;
        for (id, departure, before, old) in left {
            let mut page = screener.open(&format!("/children/{id}/departures")).await.is(200);
            for effect in &old {
                let told = match effect["table"].as_str().unwrap() {
                    "planned_check" => match effect["age_months"].as_i64().unwrap() {
                        years @ (48 | 60 | 72) => format!("筛查（{} 岁）", years / 12),
                        months => format!("筛查（{months} 月龄）"),
                    },
                    "referral" => format!("转介 {}（原状态：", effect["id"]),
                    "message" => "一条未发出的通知".to_owned(),
                    _ => "居住记录截止到退出日期".to_owned(),
                };
                page = page.says(&told);
            }
            undo(&app.app, &by, id, departure).await.unwrap();
            assert_eq!(picture(&app, id).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn what_returns_is_to_be_done_where_the_child_lives_by_now() {
    story(|app| async move {
        let by = app.actor("federation").await;
        let id = register(&app, born("王九", "2024-11-10")).await;
        let leaving = NewDeparture {
            reason: entities::words::DepartureReason::Refused,
            left_on: by.today(),
            note: None,
        };
        let departure = depart(&app.app, &by, id, &leaving).await.unwrap();
        let file = child::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap();
        let to = Move {
            version: file.version.into(),
            to: "330211003".parse().unwrap(),
            on: by.today(),
            address: None,
        };
        moves::record(&app.app, &by, id, &to, true).await.unwrap();
        undo(&app.app, &by, id, departure).await.unwrap();
        let to_come = checks(&app, id)
            .await
            .into_iter()
            .filter(|c| c.state == CheckState::Pending);
        let streets: Vec<_> = to_come.map(|check| check.street).collect();
        assert!(!streets.is_empty() && streets.iter().all(|street| street == "330211003"));
    })
    .await;
}

#[tokio::test]
async fn whoever_left_moves_nowhere_until_it_is_back() {
    story(|app| async move {
        let by = app.actor("screener").await;
        let id = register(&app, born("王九", "2024-11-10")).await;
        let leaving = NewDeparture {
            reason: entities::words::DepartureReason::MovedAway,
            left_on: by.today(),
            note: None,
        };
        let departure = depart(&app.app, &by, id, &leaving).await.unwrap();
        let before = picture(&app, id).await;
        let mut screener = app.person("screener").await;
        for (language, says) in [
            ("zh-CN", "该儿童已退出筛查管理，不能登记迁移"),
            ("en", "The child has left"),
        ] {
            let speaks = [("locale".to_owned(), language.to_owned())];
            screener.post("/preferences", &speaks).await.is(303);
            let page = screener.open(&format!("/children/{id}/moves")).await;
            let page = page.fill("division", "330211003").fill("moved_on", "2026-11-02");
            page.submit(&mut screener).await.is(409).says(says);
        }
        assert_eq!(picture(&app, id).await, before);
        undo(&app.app, &by, id, departure).await.unwrap();
        let page = screener.open(&format!("/children/{id}/moves")).await;
        let page = page.fill("division", "330211003").fill("moved_on", "2026-11-02");
        page.submit(&mut screener).await.is(303);
    })
    .await;
}
