//! What a roster brings along of the time before: last results, consents, a code that changed.

use entities::{
    import::parked_row,
    screening::{pathway, planned_check},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{HEAD, children, file, number, row, settled, upload};
use crate::support::story;

const BEFORE: &str = "最近筛查月龄,最近筛查日期,最近筛查结果,同意事项,同意日期";

fn with_history(rows: &[String]) -> Vec<u8> {
    format!("{HEAD},{BEFORE}\n{}\n", rows.join("\n")).into_bytes()
}

#[tokio::test]
async fn a_roster_brings_the_last_results_and_consents_along() {
    use entities::{
        child::consent,
        screening::{referral, screen},
        words::{CheckState, ReferralState, ScreenOutcome, Stage},
    };

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let normal = format!(
            "{},24,2026-05-20,正常,筛查、共享,2026-05-20",
            row("王小雨", "2024-05-14", 22, "13800000001")
        );
        let abnormal = format!("{},,2026-07-10,阳性,,", row("李安", "2025-01-03", 31, "13800000002"));
        let broken = format!(
            "{},12,2026-05-20,还行,飞行,2026-05-20",
            row("赵一", "2024-02-28", 11, "13800000003")
        );
        let alone = format!("{},,,正常,,2026-05-20", row("钱二", "2024-03-01", 12, "13800000004"));
        let rows = [normal.clone(), abnormal.clone(), broken, alone];
        let path = upload(&mut screener, "名册.csv", &with_history(&rows))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .says("I4")
            .says("属于 24 月龄")
            .says("K4")
            .says("还行")
            .says("L4")
            .says("飞行")
            .says("J5")
            .says("要一起填写")
            .says("L5");

        let path = upload(&mut screener, "名册.csv", &with_history(&[normal, abnormal]))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 2");
        let db = &*app.app.db;
        let screens = screen::Entity::find().all(db).await.unwrap();
        let told: Vec<_> = screens.iter().map(|row| (row.age_months, row.outcome)).collect();
        assert_eq!(told, [(24, ScreenOutcome::Normal), (18, ScreenOutcome::Abnormal)]);
        let checks = planned_check::Entity::find().all(db).await.unwrap();
        let done: Vec<_> = checks.iter().filter(|row| row.state == CheckState::Done).collect();
        assert_eq!(done.len(), 2);
        for check in done {
            let screen = screens.iter().find(|row| Some(row.id) == check.screen_id).unwrap();
            assert_eq!(
                (screen.planned_check_id, screen.age_months),
                (Some(check.id), check.age_months)
            );
        }
        assert_eq!(consent::Entity::find().count(db).await.unwrap(), 2);
        // An abnormal result of before waits for its referral like any other; nobody is written to about it.
        let referrals = referral::Entity::find().all(db).await.unwrap();
        assert_eq!(referrals.len(), 1);
        assert_eq!(
            (referrals[0].state, referrals[0].screen_id),
            (ReferralState::Proposed, Some(screens[1].id))
        );
        let places = pathway::Entity::find().all(db).await.unwrap();
        let stages: Vec<Stage> = places.iter().map(|row| row.stage).collect();
        assert_eq!(stages, [Stage::Watching, Stage::RescreenProposed]);
        assert_eq!(
            entities::communication::message::Entity::find()
                .count(db)
                .await
                .unwrap(),
            0
        );
        screener
            .open(&format!("/children/{}/screens", screens[0].child_id))
            .await
            .says("由名册导入");
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_a_child_on_file_completes_its_consents_and_last_result() {
    use entities::{child::consent, screening::screen, words::ScreenOutcome};

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let plain = row("王小雨", "2024-05-14", 22, "13800000001");
        let path = upload(&mut screener, "a.csv", &file(std::slice::from_ref(&plain)))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("新建档案 1");
        let with = format!("{plain},24月龄,2026-05-20,未见异常,诊断,2026-05-20");
        let path = upload(&mut screener, "b.csv", &with_history(&[with]))
            .await
            .location
            .unwrap();
        settled(&mut screener, &path)
            .await
            .fill("take", "all")
            .submit_to("/decision", &mut screener)
            .await;
        settled(&mut screener, &path).await.says("待核对 1");
        let parked = parked_row::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let page = screener.open(&format!("{path}/rows/{}", parked.id)).await;
        page.fill("decision", "match")
            .submit_to("/rows/", &mut screener)
            .await
            .is(303);
        let screens = screen::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!((screens.len(), screens[0].outcome), (1, ScreenOutcome::Normal));
        assert!(screens[0].planned_check_id.is_some());
        assert_eq!(consent::Entity::find().count(&*app.app.db).await.unwrap(), 1);
        assert_eq!(children(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_waited_while_a_code_changed_is_opened_under_the_new_one() {
    use starbridge::{children::carrying, organisations::import::service, platform::Actor};

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let mut last = String::new();
        // The second is heard on the phone, without a number.
        let known = row("王小雨", "2024-05-14", 22, "13800000001");
        let heard = row("王晓雨", "2024-05-14", 22, "13800000001").replace(&number("2024-05-14", 22), "");
        for (name, content, outcome) in [("a", known, "新建档案 1"), ("b", heard, "待核对 1")] {
            last = upload(&mut screener, &format!("{name}.csv"), &file(&[content]))
                .await
                .location
                .unwrap();
            settled(&mut screener, &last)
                .await
                .fill("take", "all")
                .submit_to("/decision", &mut screener)
                .await;
            settled(&mut screener, &last).await.says(outcome);
        }
        let parked = parked_row::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        let list = "区划代码,名称,变更类型,生效日期,新代码\n330211004,,变更代码,2026-11-01,330211009\n";
        let waiting = service::Waiting {
            file: "区划.csv".to_owned(),
            sheet: service::read(list.as_bytes().to_vec()).await.unwrap(),
        };
        let everywhere = Actor::system("divisions", app.app.clock.now());
        service::take(&app.app, &everywhere, &waiting).await.unwrap();
        carrying::sweep(&app.app, &everywhere).await.unwrap();
        let page = screener.open(&format!("{last}/rows/{}", parked.id)).await;
        page.fill("decision", "add")
            .submit_to("/rows/", &mut screener)
            .await
            .is(303);
        let files = children(&app).await;
        assert_eq!(files.len(), 2);
        assert!(
            files
                .iter()
                .all(|file| (file.division.as_str(), file.street.as_str()) == ("330211009", "330211009")),
            "nobody is left under a code that ended"
        );
    })
    .await;
}
