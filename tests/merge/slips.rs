//! One slip hides no duplicate; an answer can be taken back; staff name what no rule finds.

use entities::words::{DuplicateState, Sex};
use serde_json::json;

use super::{Born, born, events, file, merge_of, pairs, register, sweep_duplicates};
use crate::support::{page::Reply, story};

#[tokio::test]
async fn the_sweep_finds_what_is_one_slip_apart() {
    story(|app| async move {
        let at = |name, on| Born { on, ..born(name) };
        let mut expected = Vec::new();
        for (name, one, other) in [
            ("王小雨", "2024-05-14", "2024-05-15"), // a day off
            ("李安", "2024-05-14", "2023-05-14"),   // a year off
            ("赵一鸣", "2024-03-07", "2024-07-03"), // day and month changed
            ("孙好", "2024-12-31", "2025-01-01"),   // the day after
            ("周全", "2024-01-12", "2024-01-21"),   // two digits changed
        ] {
            let one = register(&app, "screener", at(name, one)).await;
            let other = register(&app, "screener", at(name, other)).await;
            expected.push((one, other, json!(["birth_slip"])));
        }
        // Another family, another sex, another name: three children.
        let stranger = Born {
            mother: "李静",
            phone: Some("13900001111"),
            ..at("王小雨", "2024-05-16")
        };
        register(&app, "screener", stranger).await;
        register(
            &app,
            "screener",
            Born {
                sex: Sex::Female,
                ..at("李安", "2024-05-13")
            },
        )
        .await;
        register(&app, "screener", at("赵一飞", "2024-03-08")).await;
        sweep_duplicates(&app).await;
        let found: Vec<_> = pairs(&app).await;
        let found: Vec<_> = found
            .into_iter()
            .map(|p| (p.first_id, p.second_id, p.reasons))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(sweep_duplicates(&app).await, "", "found once");
    })
    .await;
}

#[tokio::test]
async fn the_same_record_of_a_guardian_is_enough_without_a_phone() {
    story(|app| async move {
        let first = register(
            &app,
            "screener",
            Born {
                phone: None,
                ..born("王小雨")
            },
        )
        .await;
        let second = register(
            &app,
            "screener",
            Born {
                phone: None,
                on: "2024-05-15",
                ..born("王小雨")
            },
        )
        .await;
        sweep_duplicates(&app).await;
        assert!(pairs(&app).await.is_empty(), "two mothers, as far as anybody knows");
        let mut screener = app.person("screener").await;
        let number = file(&app, first).await.file_no;
        let page = screener
            .open(&format!("/children/{second}/guardians/new?sibling={number}"))
            .await;
        let (target, mut fields) = page.prepared("/guardians/shared");
        fields.retain(|(name, _)| name != "kinship");
        fields.push(("kinship".to_owned(), "mother".to_owned()));
        screener.post(&target, &fields).await.is(303);
        let found = pairs(&app).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reasons, json!(["birth_slip"]));
    })
    .await;
}

#[tokio::test]
async fn registering_and_correcting_ask_about_a_slip() {
    story(|app| async move {
        register(&app, "screener", born("王小雨")).await;
        let mut screener = app.person("screener").await;
        let form = screener.open("/children/new").await;
        let form = form
            .fill("name", "王小雨")
            .fill("sex", "male")
            .fill("birth_on", "2024-05-13")
            .fill("identity_kind", "none_yet")
            .fill("division", "330211004")
            .fill("guardian1_name", "王芳")
            .fill("guardian1_kinship", "mother")
            .fill("guardian1_phone", "13812345678");
        let page: Reply = form.submit(&mut screener).await.is(409).says("出生日期疑似填写有误");
        page.fill("confirmed", "true").submit(&mut screener).await.is(303);
        assert_eq!(pairs(&app).await[0].state, DuplicateState::KeptBoth);
        // Corrected until it is a slip.
        let far = register(
            &app,
            "screener",
            Born {
                on: "2022-01-30",
                ..born("王小雨")
            },
        )
        .await;
        let page = screener
            .open(&format!("/children/{far}/edit"))
            .await
            .fill("birth_on", "2024-05-24");
        page.submit_to(&format!("/children/{far}"), &mut screener).await.is(303);
        let found = pairs(&app).await;
        let waiting = found.iter().filter(|pair| pair.state == DuplicateState::Open);
        assert!(waiting.clone().any(|pair| pair.second_id == far), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_taken_back_with_a_reason() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        let path = format!("/duplicates/{}", pairs(&app).await[0].id);
        let mut federation = app.person("federation").await;
        let page = federation.open(&path).await.omits("重新核对");
        let page = page.fill("reason", "堂兄弟，分别见过本人");
        page.submit_to("/keeping", &mut federation).await.is(303);
        let page = federation.open(&path).await.says("重新核对");
        let page = page
            .submit_to("/reopening", &mut federation)
            .await
            .is(422)
            .says("请填写此项");
        let page = page.fill("reason", "家长来电：两份档案是同一名儿童");
        page.submit_to("/reopening", &mut federation).await.is(303);
        let pair = pairs(&app).await.remove(0);
        assert_eq!(pair.state, DuplicateState::Open);
        assert_eq!(pair.decided_by, None);
        assert_eq!(events(&app, first, "duplicate.named").await, 1);
        federation.open("/duplicates").await.says("王小雨");
        federation.open(&path).await.says("家长来电");
        // Nobody lets it go by itself, and it can be merged now.
        assert_eq!(sweep_duplicates(&app).await, "");
        let mut federation = app.person("federation").await;
        let reply = federation.open(&path).await.submit_to("/merge", &mut federation).await;
        merge_of(&reply.is(303));
        federation.open(&path).await.omits("重新核对");
    })
    .await;
}

#[tokio::test]
async fn staff_name_two_files_that_no_rule_finds() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let other = Born {
            mother: "李静",
            phone: None,
            on: "2023-01-30",
            ..born("王雨桐")
        };
        let second = register(&app, "screener", other).await;
        sweep_duplicates(&app).await;
        assert!(pairs(&app).await.is_empty());
        let numbers = [file(&app, first).await.file_no, file(&app, second).await.file_no];
        let mut federation = app.person("federation").await;
        let fill = |page: Reply, first: &str, second: &str| page.fill("first", first).fill("second", second);
        let page = federation
            .open(&format!("/duplicates/new?file={}", numbers[1]))
            .await
            .is(200);
        let page = fill(page, &numbers[0], &numbers[0]).fill("reason", "改名");
        let page = page
            .submit_to("/duplicates", &mut federation)
            .await
            .is(422)
            .says("两个档案号相同");
        let page = fill(page, &numbers[0], "330211-2026-99999");
        let page = page
            .submit_to("/duplicates", &mut federation)
            .await
            .is(422)
            .says("没有这个档案号");
        let page = fill(page, &numbers[1], &numbers[0]);
        let path = page
            .submit_to("/duplicates", &mut federation)
            .await
            .is(303)
            .location
            .unwrap();
        let pair = pairs(&app).await.remove(0);
        assert_eq!((pair.first_id, pair.second_id), (first, second));
        assert_eq!(pair.reasons, json!(["named"]));
        federation.open(&path).await.says("由工作人员提出").says("改名");
        // It waits, whatever the sweep finds and whoever corrects a file.
        sweep_duplicates(&app).await;
        let mut screener = app.person("screener").await;
        let page = screener
            .open(&format!("/children/{second}/edit"))
            .await
            .fill("address", "庄市大道");
        page.submit_to(&format!("/children/{second}"), &mut screener)
            .await
            .is(303);
        assert_eq!(pairs(&app).await[0].state, DuplicateState::Open);
        // Whoever may not see a file does not name it.
        let mut elsewhere = app.person("elsewhere").await;
        let page = elsewhere.open("/duplicates/new").await;
        let page = fill(page, &numbers[0], &numbers[1]).fill("reason", "改名");
        page.submit_to("/duplicates", &mut elsewhere).await.is(422);
        let mut federation = app.person("federation").await;
        let reply = federation.open(&path).await.submit_to("/merge", &mut federation).await;
        merge_of(&reply.is(303));
    })
    .await;
}

#[tokio::test]
async fn two_files_with_one_number_stand_first() {
    story(|app| async move {
        register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        app.app.clock.advance(chrono::TimeDelta::days(1));
        let with = |name| Born {
            number: "330211202405140055",
            ..born(name)
        };
        register(&app, "screener", with("李安")).await;
        register(&app, "screener", with("赵一")).await;
        sweep_duplicates(&app).await;
        let mut federation = app.person("federation").await;
        let cells = federation.open("/duplicates").await.is(200).text();
        let (one, other) = (cells.find("李安").unwrap(), cells.find("王小雨").unwrap());
        assert!(one < other, "the later pair with one number stands first");
    })
    .await;
}
