//! One child is screened.

use chrono::TimeDelta;
use entities::{
    child::care,
    communication::notice,
    screening::planned_check,
    words::{CheckState, Delivery, Language, ReferralState, ScreenOutcome, Stage, TaskState, What},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use starbridge::{
    app,
    children::service::{NewChild, NewGuardian},
    platform::{Actor, sweep},
    task::queries as tasks,
};

use super::{Born, answered, born, checks, day, messages, referrals, register, screen_child, screens, stands};
use crate::support::{
    children::{mother, toddler},
    story,
};

#[tokio::test]
async fn a_normal_screen_settles_the_check_and_waits_for_the_next() {
    story(|app| async move {
        let id = register(&app, born("李小禾", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let page = page.says("24 月龄").says("说不出三样东西的名称").says("1 岁 11 个月");
        let preview = answered(page, &[]).submit(&mut screener).await.says("未见异常");
        assert!(screens(&app, id).await.is_empty(), "a preview records nothing");
        let saved = preview.submit(&mut screener).await;
        assert_eq!(
            saved.location.as_deref(),
            Some(format!("/children/{id}/screens").as_str())
        );
        let done = &screens(&app, id).await[0];
        assert_eq!(
            (done.outcome, done.age_months, done.entered_late),
            (ScreenOutcome::Normal, 24, false)
        );
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 24).unwrap();
        assert_eq!((check.state, check.screen_id), (CheckState::Done, Some(done.id)));
        let here = stands(&app, id).await;
        assert_eq!((here.stage, here.due_on), (Stage::Watching, Some(day("2027-05-10"))));
        screener
            .open(&format!("/children/{id}/screens"))
            .await
            .says("未见异常")
            .says("24 月龄");
    })
    .await;
}

/// The sweep that closes windows leaves alone what was done in them.
#[tokio::test]
async fn a_check_that_was_done_stays_done() {
    story(|app| async move {
        let id = app.child("李小禾").await;
        let by = app.actor("screener").await;
        let tasks = async || {
            let all = tasks::of_child(&*app.app.db, id).await.unwrap();
            all.into_iter()
                .filter(|task| task.what == What::Screen)
                .collect::<Vec<_>>()
        };
        assert_eq!(tasks().await[0].state, TaskState::Open);
        app.screen("screener", id, by.today(), &[]).await;
        let done = tasks().await;
        assert_eq!((done.len(), done[0].state), (1, TaskState::Settled));
        app.app.clock.advance(TimeDelta::days(1));
        starbridge::pathway::next_checks::run(&app.app, &Actor::system("next-checks", app.app.clock.now()))
            .await
            .unwrap();
        assert_eq!(tasks().await, done);
        // Nobody else's.
        let other = app.child("李小苗").await;
        assert!(
            tasks::of_child(&*app.app.db, other)
                .await
                .unwrap()
                .iter()
                .all(|task| task.child_id == Some(other))
        );
    })
    .await;
}

#[tokio::test]
async fn an_abnormal_screen_tells_the_family_and_is_referred_after_confirmation() {
    story(|app| async move {
        let id = register(&app, born("王一", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let saved = screen_child(&mut screener, id, "2026-11-02", &["sign2", "regression"]).await;
        let proposed = referrals(&app, id).await.remove(0);
        assert_eq!(proposed.state, ReferralState::Proposed);
        assert_eq!(
            saved.location.as_deref(),
            Some(format!("/referrals/{}/sending", proposed.id).as_str())
        );
        assert_eq!(stands(&app, id).await.stage, Stage::RescreenProposed);

        // One guardian has an address, the other has to be called; nobody hears the word.
        let told = messages(&app, id).await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].template.as_str(), told[0].state),
            ("screening.rescreen_needed", Delivery::Pending)
        );
        let page = screener.open(&format!("/referrals/{}/sending", proposed.id)).await;
        let page = page
            .says("请电话告知")
            .says("已安排发送通知")
            .says("征象 2")
            .omits("孤独症");
        let text = starbridge::platform::words::raw(Language::Chinese, "message.screening.rescreen_needed.body");
        assert!(text.contains("不是诊断") && !text.contains("孤独") && !text.contains("自闭"));

        let sent = page
            .fill("reason", "不听从简单指令，语言倒退")
            .submit_to("/sending", &mut screener)
            .await;
        assert_eq!(sent.status, 303);
        let sent = referrals(&app, id).await.remove(0);
        // Three working days after Monday.
        assert_eq!(
            (sent.state, sent.answer_due_on),
            (ReferralState::Sent, day("2026-11-05"))
        );
        assert_eq!(sent.reason, "不听从简单指令，语言倒退");
        let here = stands(&app, id).await;
        assert_eq!(
            (here.stage, here.organisation_id),
            (Stage::AwaitingRescreen, Some(sent.to_organisation_id))
        );
        let tie = care::Entity::find_by_id((sent.to_organisation_id, id))
            .one(&*app.app.db)
            .await
            .unwrap();
        assert!(tie.is_some());
        let notices = notice::Entity::find()
            .filter(notice::COLUMN.child_id.eq(id))
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(notices.len(), 1, "one re-screener works there");
        // The receiver may open the child now.
        let mut hospital = app.person("rescreener").await;
        hospital
            .open(&format!("/children/{id}/screens"))
            .await
            .is(200)
            .says("需复筛");
    })
    .await;
}

#[tokio::test]
async fn submitting_twice_counts_once() {
    story(|app| async move {
        let id = register(&app, born("王二", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let preview = answered(page, &["sign1"]).submit(&mut screener).await;
        let (target, fields) = preview.prepared("");
        let (mut once, mut twice) = (screener.clone(), screener.clone());
        let (a, b) = tokio::join!(once.post(&target, &fields), twice.post(&target, &fields));
        assert_eq!((a.status, b.status), (303, 303));
        assert_eq!(screens(&app, id).await.len(), 1);
        assert_eq!(referrals(&app, id).await.len(), 1);
        // Another page for the same check is refused with a reason, and keeps what was typed.
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let late = answered(page, &["sign3"])
            .submit(&mut screener)
            .await
            .is(409)
            .says("已有结果");
        let (_, kept) = late.prepared("");
        assert!(
            kept.contains(&("sign3".into(), "yes".into())),
            "what was typed is still there"
        );
    })
    .await;
}

#[tokio::test]
async fn work_done_in_time_and_entered_late_counts() {
    story(|app| async move {
        // The window of 18 months closed on 10 August 2026.
        let id = register(&app, born("王三", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        screener.open("/checks?state=missed").await.says("王三").says("18 月龄");
        let page = screener
            .open(&format!("/children/{id}/screens/new?performed_on=2026-05-20"))
            .await;
        let page = page.says("18 月龄").says("与人没有目光对视");
        let preview = answered(page, &[]).submit(&mut screener).await.says("补录");
        assert_eq!(preview.submit(&mut screener).await.status, 303);
        let done = &screens(&app, id).await[0];
        assert_eq!((done.age_months, done.entered_late), (18, true));
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 18).unwrap();
        assert_eq!(check.state, CheckState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_preterm_child_goes_by_the_corrected_age_unless_the_screener_chooses() {
    story(|app| async move {
        let preterm = Born {
            weeks: Some(30),
            ..born("早早", "2026-03-20")
        };
        let id = register(&app, preterm).await;
        let mut screener = app.person("screener").await;
        // Seven months old, five by full term.
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        page.says("矫正年龄").says("7 个月").says("5 个月").says("6 月龄");
        let chosen = screener
            .open(&format!(
                "/children/{id}/screens/new?performed_on=2026-11-02&age_used=chronological"
            ))
            .await
            .says("8 月龄");
        let preview = answered(chosen, &[]).submit(&mut screener).await.says("实际年龄");
        preview.submit(&mut screener).await;
        let done = &screens(&app, id).await[0];
        assert_eq!(done.age_months, 8);
        assert_eq!(done.corrected_age_days, Some(done.age_days - 70));
    })
    .await;
}

#[tokio::test]
async fn wrong_days_and_forgotten_answers_are_named() {
    story(|app| async move {
        let id = register(&app, born("王四", "2024-02-29")).await;
        let mut screener = app.person("screener").await;
        let base = format!("/children/{id}/screens/new?performed_on=");
        screener
            .open(&format!("{base}2026-11-03"))
            .await
            .says("日期不能晚于今天");
        screener
            .open(&format!("{base}2024-02-28"))
            .await
            .says("日期不能早于出生日期");
        screener
            .open(&format!("{base}2024-03-10"))
            .await
            .says("不在筛查年龄范围内");
        screener.open(&format!("{base}nonsense")).await.says("日期");
        let page = screener.open(&format!("{base}2026-11-02")).await;
        let again = page
            .fill("sign1", "yes")
            .fill("note", "<b>哭闹</b>")
            .submit(&mut screener)
            .await
            .is(422);
        assert!(again.html().contains("&#60;b&#62;哭闹") || again.html().contains("&lt;b&gt;哭闹"));
        assert!(screens(&app, id).await.is_empty());
        // Nobody screens a child of another district, and nobody but a screener screens.
        let mut neighbour = app.person("neighbour").await;
        neighbour.get(&format!("/children/{id}/screens/new")).await.is(404);
        let mut federation = app.person("federation").await;
        federation.get(&format!("/children/{id}/screens/new")).await.is(403);
    })
    .await;
}

#[tokio::test]
async fn no_message_without_leave() {
    story(|app| async move {
        let id = register(&app, born("王五", "2024-11-10")).await;
        app.wants_no_messages("screener", id, day("2026-01-01"), day("2026-06-01"))
            .await;
        let told_nothing = NewGuardian {
            may_be_contacted: false,
            ..mother("王芳")
        };
        let other = NewChild {
            birth_on: day("2024-11-10"),
            guardians: vec![told_nothing],
            ..toddler("王六")
        };
        let other = app.file("screener", &other).await;
        let mut screener = app.person("screener").await;
        for id in [id, other] {
            screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
            assert_eq!(referrals(&app, id).await.len(), 1);
            assert!(messages(&app, id).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_screen_calls_back_what_was_sent_because_of_it() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let positive = app.positive("王七").await;
        let referral = positive.referral.unwrap();
        app.sends("screener", referral).await;
        let withdrawal = format!("/children/{}/screens/{}/withdrawal", positive.child, positive.screen);
        screener.post(&withdrawal, &[]).await.is(303);
        assert_eq!(app.referral(referral).await.state, ReferralState::Recalled);
        assert!(screens(&app, positive.child).await[0].withdrawn_at.is_some());
        // The check is to be done again, and the family hears nothing of what does not hold.
        assert_eq!(stands(&app, positive.child).await.stage, Stage::Watching);
        let told = messages(&app, positive.child).await;
        assert!(told.iter().all(|one| one.state == Delivery::Cancelled), "{told:?}");
        // Once.
        screener.post(&withdrawal, &[]).await.is(404);
    })
    .await;
}

#[tokio::test]
async fn a_correction_takes_back_what_hung_on_the_record() {
    story(|app| async move {
        let id = register(&app, born("王七", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
        let old = screens(&app, id).await.remove(0);
        let page = screener
            .open(&format!("/children/{id}/screens/{}/correction", old.id))
            .await;
        let preview = page
            .fill("sign4", "no")
            .submit_to("correction", &mut screener)
            .await
            .says("原记录撤销");
        preview.submit(&mut screener).await.is(303);
        let all = screens(&app, id).await;
        assert!(all[0].withdrawn_at.is_some());
        assert_eq!((all[1].outcome, all[1].withdrawn_at), (ScreenOutcome::Normal, None));
        assert_eq!(referrals(&app, id).await[0].state, ReferralState::Recalled);
        assert_eq!(messages(&app, id).await[0].state, Delivery::Cancelled);
        assert_eq!(stands(&app, id).await.stage, Stage::Watching);
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 24).unwrap();
        assert_eq!(check.screen_id, Some(all[1].id));

        // An accepted referral stands.
        let id = register(&app, born("王八一", "2024-11-10")).await;
        screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
        let sent = referrals(&app, id).await[0].id;
        app.sends("screener", sent).await;
        app.accepts("rescreener", sent).await;
        let old = screens(&app, id).await.remove(0);
        let page = screener
            .open(&format!("/children/{id}/screens/{}/correction", old.id))
            .await;
        let preview = page.fill("sign4", "no").submit_to("correction", &mut screener).await;
        preview.submit(&mut screener).await.is(409).says("已接收");
        let withdrawal = format!("/children/{id}/screens/{}/withdrawal", old.id);
        screener.post(&withdrawal, &[]).await.is(409);
        assert!(screens(&app, id).await[0].withdrawn_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_child_born_too_early_has_one_clock() {
    story(|app| async move {
        // Born at 28 weeks, 22½ months ago; the corrected age is 19 months. Today is 2026-11-02.
        let child = Born {
            weeks: Some(28),
            ..born("赵早早", "2024-12-18")
        };
        let id = register(&app, child).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await.is(200);
        page.says("1 岁 7 个月").says("18 月龄").omits("24 月龄");
        screener
            .open("/checks")
            .await
            .says("赵早早")
            .says("18 月龄")
            .says("矫正");
        let page = screener.open(&format!("/assessments/new?child={id}")).await.is(200);
        page.says("矫正");
        let open: Vec<i32> = checks(&app, id)
            .await
            .iter()
            .filter(|c| c.opens_on <= day("2026-11-02") && day("2026-11-02") <= c.closes_on)
            .map(|c| c.age_months)
            .collect();
        assert_eq!(open, [18]);
        screen_child(&mut screener, id, "2026-11-02", &[]).await.is(303);
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 18).unwrap();
        assert_eq!(check.state, CheckState::Done);
    })
    .await;
}

#[tokio::test]
async fn windows_that_an_older_rule_made_follow_the_clock() {
    story(|app| async move {
        let child = Born {
            weeks: Some(28),
            ..born("钱早早", "2024-12-18")
        };
        let id = register(&app, child).await;
        let before = checks(&app, id).await;
        // A window as an older rule made it, which nothing makes any more.
        let moved = |age: i32, opens: &str, corrected: bool| {
            let row = before.iter().find(|c| c.age_months == age).unwrap();
            planned_check::ActiveModel {
                id: Set(row.id),
                opens_on: Set(day(opens)),
                corrected: Set(corrected),
                ..Default::default()
            }
        };
        moved(24, "2026-09-18", false).update(&*app.app.db).await.unwrap();
        let windows = app::FEATURES
            .sweeps()
            .into_iter()
            .find(|sweep| sweep.name == "preterm-windows")
            .unwrap();
        for _ in 0..2 {
            sweep::run_once(&app.app, &windows).await.unwrap();
            assert_eq!(checks(&app, id).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_judged_by_a_corrected_birth_date_is_looked_at_again() {
    story(|app| async move {
        // Screened at 18 months; then the birth year turns out to be one earlier.
        let id = register(&app, born("孙小年", "2025-05-05")).await;
        let mut screener = app.person("screener").await;
        screen_child(&mut screener, id, "2026-11-02", &["sign1"]).await.is(303);
        let done = screens(&app, id).await.remove(0);
        assert_eq!(done.age_months, 18);
        let edit = format!("/children/{id}/edit");
        let page = screener.open(&edit).await.is(200).fill("birth_on", "2024-05-05");
        let page = page.submit(&mut screener).await.is(422);
        let page = page
            .says("以下记录是按原来的内容判断的")
            .says("问的是 18 月龄的征象")
            .says("进行中的转介");
        assert_eq!(
            checks(&app, id)
                .await
                .iter()
                .filter(|c| c.state == CheckState::Done)
                .count(),
            1
        );
        let page = page.fill("confirmed", "true");
        page.submit(&mut screener).await.is(303);
        let after = checks(&app, id).await;
        assert!(
            after
                .iter()
                .all(|c| c.state != CheckState::Done && c.screen_id.is_none())
        );
        for pair in after.windows(2) {
            assert!(pair[0].closes_on < pair[1].opens_on, "{pair:?}");
        }
        // The record is what it was, and counts again when the correction is taken back.
        assert_eq!(screens(&app, id).await, std::slice::from_ref(&done));
        let page = screener.open(&edit).await.fill("birth_on", "2025-05-05");
        let page = page.submit(&mut screener).await.is(422).says("更正后适用");
        page.fill("confirmed", "true").submit(&mut screener).await.is(303);
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 18).unwrap();
        assert_eq!((check.state, check.screen_id), (CheckState::Done, Some(done.id)));
    })
    .await;
}

#[tokio::test]
async fn weeks_and_places_are_facts_to_judge_by_as_well() {
    story(|app| async move {
        let id = register(&app, born("李小周", "2025-05-05")).await;
        let mut screener = app.person("screener").await;
        screen_child(&mut screener, id, "2026-11-02", &[]).await.is(303);
        let edit = format!("/children/{id}/edit");
        // Two weeks early changes nothing that was asked; sixteen do.
        let page = screener.open(&edit).await.fill("gestational_weeks", "36");
        let page = page.submit(&mut screener).await.is(422).says("更正后仍适用");
        page.fill("confirmed", "true").submit(&mut screener).await.is(303);
        let page = screener.open(&edit).await.fill("gestational_weeks", "24");
        let page = page.submit(&mut screener).await.is(422).says("应为 12 月龄");
        page.fill("confirmed", "true").submit(&mut screener).await.is(303);
        assert!(checks(&app, id).await.iter().all(|c| c.state != CheckState::Done));
        // A name is nothing that anything was judged by.
        let page = screener.open(&edit).await.fill("kindergarten", "红星幼儿园");
        page.submit(&mut screener).await.is(303);
        // Where the child lived on the day of the screen turns out to be another street.
        let page = screener.open(&format!("/children/{id}/moves")).await;
        let page = page.fill("division", "330211003").fill("moved_on", "2026-10-01");
        let page = page.submit(&mut screener).await.is(422).says("登记在原来的街道");
        page.fill("confirmed", "true").submit(&mut screener).await.is(303);
    })
    .await;
}
