//! One sheet: chosen, filled in, kept, finished.

use std::sync::Arc;

use chrono::TimeDelta;
use entities::{words::AssessmentState, work::draft};
use sea_orm::{EntityTrait, PaginatorTrait};
use starbridge::platform::sweep;

use super::{all, begun, child, numbered, of, row, save, sheet};
use crate::support::{TestApp, story};

#[tokio::test]
async fn an_instrument_is_chosen_by_age_filled_in_and_finished() {
    story(|app| async move {
        let child = child(&app, "陈一").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener
            .open(&format!("/assessments/new?child={child}"))
            .await
            .is(200);
        // Of 24 months: the M-CHAT is for 16 to 30, CABS from 24; the checklist of the initial screen has its own page.
        let page = page
            .says("克氏行为量表")
            .says("只带编号，不带文字")
            .says("条目文字受版权保护")
            .omits("预警征象");
        assert!(page.html().contains("value=\"chat-23\""));
        let early = format!("/assessments/new?child={child}&performed_on=2025-04-20");
        let early = rescreener.open(&early).await.is(200);
        assert!(!early.html().contains("value=\"cabs\""), "not for six months");
        let nothing = page.submit_to("/assessments", &mut rescreener).await.is(422);
        nothing.says("必填");

        let id = begun(&mut rescreener, child, "cabs").await;
        assert_eq!(
            begun(&mut rescreener, child, "cabs").await,
            id,
            "the begun sheet goes on"
        );
        let page = rescreener.open(&sheet(id)).await.is(200);
        assert!(
            page.html().contains("data-key=\"0\""),
            "the number keys of the instrument"
        );
        let page = page.says("全部答完后才显示得分").says("请对照本机构的正式量表填写");
        // Two items missing: named, with links to them, and no score.
        let most = all(page, of(&numbered(12, "2")));
        let reply = most.submit_to(&sheet(id), &mut rescreener).await.is(422);
        let reply = reply.says("第13项：未作答").says("第14项：未作答").omits("可能范围");
        assert!(reply.links().contains(&"#item-13".to_owned()));
        assert!(!reply.links().contains(&"#item-12".to_owned()));
        let done = reply.fill("item-13", "1").fill("item-14", "1");
        done.submit_to(&sheet(id), &mut rescreener).await.is(303);

        let result = rescreener.open(&sheet(id)).await.is(200);
        result
            .says("总分 26")
            .says("需进一步评估")
            .says("国内通行版三条件")
            .says("克氏行为量表（CABS） 1969.1")
            .omits("three-conditions")
            .says("不是诊断")
            .says("2 经常（几乎每天）");
        let row = row(&app, id).await;
        assert_eq!(row.state, AssessmentState::Final);
        assert_eq!(row.result["positive"], true);
        assert_eq!(row.cutoffs.as_deref(), Some("three-conditions"));
        assert_eq!((row.age_months, row.rater), (24, 1));
        assert_eq!(row.answers["13"], 1);
        assert_eq!(draft::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        let list = rescreener.open(&format!("/children/{child}/assessments")).await.is(200);
        list.says("26").says("需进一步评估").says("rescreener");
    })
    .await;
}

#[tokio::test]
async fn another_cut_off_set_is_named_in_the_result() {
    story(|app| async move {
        let child = child(&app, "陈二").await;
        let mut doctor = app.person("doctor").await;
        let id = begun(&mut doctor, child, "cabs").await;
        let page = doctor.open(&sheet(id)).await.is(200);
        let page = all(page, of(&numbered(14, "1"))).fill("cutoffs", "nhc2010");
        page.submit_to(&sheet(id), &mut doctor).await.is(303);
        let result = doctor.open(&sheet(id)).await;
        result.says("卫办医政发〔2010〕123号 (2010)").says("需进一步评估");
        assert_eq!(row(&app, id).await.cutoffs.as_deref(), Some("nhc2010"));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_sealed_and_restored_after_another_sign_in() {
    story(|app| async move {
        let child = child(&app, "陈三").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        let page = rescreener.open(&sheet(id)).await.is(200);
        save(&page, id, &[("1", "2"), ("2", "0")], &mut rescreener)
            .await
            .is(204);
        let kept = draft::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&kept.content.0).contains("answers"), "sealed");
        assert_eq!(
            row(&app, id).await.answers,
            serde_json::json!({}),
            "nothing in the open"
        );

        // Another tablet, another sign-in.
        let mut tablet = app.person("rescreener").await;
        let list = tablet.open("/assessments").await.is(200).says("草稿").says("继续填写");
        assert!(list.links().contains(&sheet(id)));
        let page = tablet.open(&sheet(id)).await.is(200).says("未答 12");
        let (_, fields) = page.prepared(&format!("{}?", sheet(id)));
        let kept: Vec<_> = fields.iter().filter(|(name, _)| name.starts_with("item-")).collect();
        assert_eq!(kept.len(), 2);
        assert!(fields.contains(&("item-1".to_owned(), "2".to_owned())));
        assert!(fields.contains(&("item-2".to_owned(), "0".to_owned())));
        // Nobody else finds the sheet, and the score stays hidden until everything is answered.
        app.person("doctor").await.get(&sheet(id)).await.is(404);
        let page = all(page, of(&numbered(13, "1")));
        let (_, fields) = page.prepared(&format!("{}?", sheet(id)));
        let standing = format!("{}/standing", sheet(id));
        let so_far = tablet.post(&standing, &fields).await.is(200);
        so_far.says("第14项").omits("总分");
        let mut complete = fields.clone();
        complete.push(("item-14".to_owned(), "1".to_owned()));
        tablet.post(&standing, &complete).await.is(200).says("总分 14");
    })
    .await;
}

#[tokio::test]
async fn two_windows_never_lose_an_answer_silently() {
    story(|app| async move {
        let child = child(&app, "陈四").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        let one = rescreener.open(&sheet(id)).await.is(200);
        let two = rescreener.open(&sheet(id)).await.is(200);
        save(&one, id, &[("1", "2")], &mut rescreener).await.is(204);
        save(&one, id, &[("1", "2"), ("2", "2")], &mut rescreener).await.is(204);
        // The other window knows nothing of that: refused, and nothing is overwritten.
        save(&two, id, &[("1", "0")], &mut rescreener).await.is(409);
        let answers = all(two, of(&numbered(14, "1")));
        let asked = answers.submit_to(&sheet(id), &mut rescreener).await.is(409);
        let asked = asked.says("另一个窗口").says("2 经常").says("1 偶尔");
        assert_eq!(row(&app, id).await.state, AssessmentState::Draft);
        // What was typed here is still here; submitting again is a decision.
        asked.submit_to(&sheet(id), &mut rescreener).await.is(303);
        assert_eq!(row(&app, id).await.result["total"], 14);
        // The first window comes late, and is told.
        save(&one, id, &[("1", "2")], &mut rescreener).await.is(409);
        let late = all(one, of(&numbered(14, "2")));
        late.submit_to(&sheet(id), &mut rescreener).await.is(303);
        assert_eq!(row(&app, id).await.result["total"], 14);
        rescreener.open(&sheet(id)).await.says("总分 14");
    })
    .await;
}

#[tokio::test]
async fn the_second_stage_asks_only_what_failed() {
    story(|app| async move {
        let child = child(&app, "陈五").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "m-chat-r-f").await;
        let page = rescreener.open(&sheet(id)).await.is(200).omits("第1项随访");
        // 2, 5 and 12 score on "yes", and 7 on "no": four in all.
        let answers = (1..=20).map(|n| (n.to_string(), if n == 7 { "no" } else { "yes" }.to_owned()));
        let answers: Vec<_> = answers.collect();
        let reply = all(page, of(&answers))
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(303);
        assert_eq!(reply.location.as_deref(), Some(sheet(id).as_str()));
        assert_eq!(row(&app, id).await.state, AssessmentState::Draft);
        let page = rescreener.open(&sheet(id)).await.is(200);
        let page = page.says("第二阶段").says("第7项随访").omits("第8项随访");
        let one_open = all(page, [("f2", "pass"), ("f5", "fail"), ("f7", "fail")]);
        let reply = one_open
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(422)
            .says("第12项随访：未作答");
        reply
            .fill("item-f12", "pass")
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(303);
        let row = row(&app, id).await;
        assert_eq!(row.state, AssessmentState::Final);
        assert_eq!(row.result["band"], "positive");
        assert_eq!(row.answers.as_object().unwrap().len(), 24);
        rescreener
            .open(&sheet(id))
            .await
            .says("随访仍不通过项数")
            .says("© 2009 Diana Robins");
    })
    .await;
}

#[tokio::test]
async fn forgotten_sheets_are_given_up() {
    story(|app: Arc<TestApp>| async move {
        let child = child(&app, "林二").await;
        let mut rescreener = app.person("rescreener").await;
        let old = begun(&mut rescreener, child, "cabs").await;
        app.app.clock.advance(TimeDelta::days(10));
        let mut rescreener = app.person("rescreener").await;
        let busy = begun(&mut rescreener, child, "m-chat-r").await;
        app.app.clock.advance(TimeDelta::days(5));
        sweep::run_once(&app.app, &starbridge::assessment::service::SWEEP)
            .await
            .unwrap();
        assert_eq!(row(&app, old).await.state, AssessmentState::Withdrawn);
        assert_eq!(row(&app, busy).await.state, AssessmentState::Draft);
        let mut rescreener = app.person("rescreener").await;
        rescreener.open(&sheet(old)).await.is(200).says("已放弃");
    })
    .await;
}

#[tokio::test]
async fn a_sheet_of_which_something_is_kept_waits_for_fourteen_days_to_the_moment() {
    story(|app: Arc<TestApp>| async move {
        let child = child(&app, "林二").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        app.app.clock.advance(TimeDelta::days(1));
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&sheet(id)).await.is(200);
        save(&page, id, &[("1", "2")], &mut rescreener).await.is(204);
        for (later, state) in [
            (TimeDelta::days(14), AssessmentState::Draft),
            (TimeDelta::milliseconds(1), AssessmentState::Withdrawn),
        ] {
            app.app.clock.advance(later);
            sweep::run_once(&app.app, &starbridge::assessment::service::SWEEP)
                .await
                .unwrap();
            assert_eq!(row(&app, id).await.state, state);
        }
    })
    .await;
}
