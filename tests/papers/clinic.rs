//! The report of a diagnosis (诊断反馈单), and the PDF of it.

use std::process::Command;

use entities::{
    ReferralId,
    screening::{assessment, diagnosis},
    words::AssessmentState,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, QueryOrder as _};
use serde_json::json;
use starbridge::platform::paper::Printer;

use super::{link, opens, prints};
use crate::support::{TestApp, story};

/// The newest diagnosis.
async fn newest(app: &TestApp) -> diagnosis::Model {
    let all = diagnosis::Entity::find().order_by_desc(diagnosis::COLUMN.id);
    all.one(&*app.app.db).await.unwrap().unwrap()
}

/// A child whose diagnosis waits, accepted by the hospital.
async fn waiting(app: &TestApp, name: &str) -> ReferralId {
    let (_, referral) = app.rescreened(name).await;
    app.accepts("doctor", referral).await;
    referral
}

#[tokio::test]
async fn a_report_says_what_was_found_to_those_who_read_it() {
    story(|app| async move {
        let referral = waiting(&app, "王小雨").await;
        let mut doctor = app.person("doctor").await;
        let path = format!("/referrals/{referral}/diagnosis");
        let page = doctor
            .open(&path)
            .await
            .fill("codes", "F84.0")
            .fill("conclusion", "只给经治者看的结论");
        let page = page.fill("advice", "每周五次训练，三个月后复诊");
        let preview = page.submit_to(&path, &mut doctor).await.is(303).location.unwrap();
        let page = doctor.open(&preview).await.says("每周五次训练，三个月后复诊");
        page.submit_to("preview", &mut doctor).await.is(303);
        let found = newest(&app).await;
        let by = app.actor("doctor").await;
        let scale = assessment::ActiveModel {
            child_id: Set(found.child_id),
            instrument: Set("abc".into()),
            instrument_version: Set("none".into()),
            state: Set(AssessmentState::Final),
            rater: Set(1),
            diagnosis_id: Set(Some(found.id)),
            organisation_id: Set(found.organisation_id),
            by: Set(by.account.unwrap()),
            performed_on: Set(by.today()),
            age_months: Set(24),
            answers: Set(json!({})),
            item_scores: Set(json!({})),
            result: Set(json!({ "total": 71, "positive": true })),
            version: Set(1),
            created_at: Set(by.now),
            ..Default::default()
        };
        let clear = assessment::ActiveModel {
            rater: Set(2),
            result: Set(json!({ "total": 12, "positive": false })),
            ..scale.clone()
        };
        let unsaid = assessment::ActiveModel {
            rater: Set(3),
            result: Set(json!({ "total": 13 })),
            ..scale.clone()
        };
        for scale in [scale, clear, unsaid] {
            scale.insert(app.app.db.writer()).await.unwrap();
        }

        let page = opens(&mut doctor, &format!("/referrals/{referral}"), "diagnosis-feedback").await;
        for said in [
            "诊断反馈单",
            "330211-FK-",
            "送达单位",
            "区妇幼保健院",
            "区残联",
            "市妇女儿童医院",
            "doctor（测试）",
            "F84.0",
            "ABC",
            "71",
            "提示风险",
            "每周五次训练，三个月后复诊",
            "已转区孤独症儿童康复中心",
            "医师签名",
            "（公章）",
        ] {
            assert!(page.text().contains(said), "{said} is missing:\n{}", page.text());
        }
        let cells = page.cells();
        for (total, says) in [("71", "提示风险"), ("12", "未提示风险"), ("13", "无界值")] {
            let line = cells.windows(2).any(|two| two[0] == total && two[1] == says);
            assert!(line, "{total} {says}: {cells:?}");
        }
        let page = page.omits("只给经治者看的结论");
        assert!(!page.html().contains("paper-mark"));

        // Whoever sent the child, and the federation; neither the street nor who screened first, nor the centre.
        let address = format!("/papers/diagnosis-feedback?pick={}", found.id);
        for who in ["rescreener", "rescreen-lead", "federation"] {
            let mut reader = app.person(who).await;
            let page = opens(&mut reader, &format!("/referrals/{referral}"), "diagnosis-feedback").await;
            page.says("F84.0").omits("只给经治者看的结论");
        }
        for who in ["screener", "street", "intake", "neighbour", "elsewhere"] {
            app.person(who).await.get(&address).await.is(404);
        }
        assert_eq!(prints(&app, found.child_id).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn without_advice_there_is_room_for_it_and_nothing_found_is_said() {
    story(|app| async move {
        let referral = waiting(&app, "王小雨").await;
        app.diagnoses("doctor", referral, &[]).await;
        let found = newest(&app).await;
        let row = diagnosis::ActiveModel {
            id: Set(found.id),
            advice: Set(None),
            ..Default::default()
        };
        row.update(app.app.db.writer()).await.unwrap();
        let mut doctor = app.person("doctor").await;
        let page = opens(&mut doctor, &format!("/referrals/{referral}"), "diagnosis-feedback").await;
        page.says("未见异常")
            .says("医师建议（由医师填写）")
            .says("未附评估工具")
            .says("不转康复中心");
    })
    .await;
}

#[tokio::test]
async fn what_was_corrected_or_withdrawn_is_written_across_it() {
    story(|app| async move {
        let referral = waiting(&app, "王小雨").await;
        app.diagnoses("doctor", referral, &["F84.0"]).await;
        let first = newest(&app).await;
        let mut doctor = app.person("doctor").await;
        let notice = format!("/papers/diagnosis-notice?pick={}", first.id);
        let report = format!("/papers/diagnosis-feedback?pick={}", first.id);
        doctor.open(&report).await.is(200).says("版次 1").omits("已更正");

        let path = format!("/referrals/{referral}/diagnosis/correction");
        let page = doctor
            .open(&path)
            .await
            .fill("doctor", "孔医生")
            .fill("why", "医师姓名有误");
        let preview = page.submit_to(&path, &mut doctor).await.is(303).location.unwrap();
        doctor.open(&preview).await.submit(&mut doctor).await.is(303);
        doctor
            .open(&report)
            .await
            .is(200)
            .says("已更正")
            .says("请以新单为准")
            .says("版次 2");
        doctor.open(&notice).await.is(200).says("已更正");
        let second = newest(&app).await;
        let report = format!("/papers/diagnosis-feedback?pick={}", second.id);
        doctor.open(&report).await.is(200).says("孔医生").omits("已更正");

        let path = format!("/referrals/{referral}/diagnosis/withdrawal");
        let page = doctor.open(&path).await.fill("why", "记错了儿童");
        page.submit_to(&path, &mut doctor).await.is(303);
        doctor
            .open(&report)
            .await
            .is(200)
            .says("已撤回")
            .says("不再有效")
            .omits("已更正");
        let page = doctor.open(&format!("/referrals/{referral}")).await;
        assert!(link(&page, "diagnosis-feedback").is_none());
        let printed = prints(&app, first.child_id).await;
        assert_eq!(printed[1]["mark"], "paper.mark.corrected");
        assert_eq!(printed.last().unwrap()["mark"], "paper.mark.withdrawn");
    })
    .await;
}

#[tokio::test]
async fn whoever_rates_its_instrument_a_second_time_gets_no_report() {
    story(|app| async move {
        let referral = waiting(&app, "王小雨").await;
        app.diagnoses("doctor", referral, &["F84.0"]).await;
        let found = newest(&app).await;
        let place = found.organisation_id;
        app.hires("second", entities::words::Role::Diagnostician, place).await;
        let (first, second) = (app.actor("doctor").await, app.actor("second").await);
        let scale = |by: &starbridge::platform::Actor, rater, state, round| assessment::ActiveModel {
            child_id: Set(found.child_id),
            instrument: Set("cars".into()),
            instrument_version: Set("1988.1".into()),
            state: Set(state),
            rater: Set(rater),
            round: Set(round),
            diagnosis_id: Set(round.is_none().then_some(found.id)),
            organisation_id: Set(place),
            by: Set(by.account.unwrap()),
            performed_on: Set(by.today()),
            age_months: Set(24),
            answers: Set(json!({})),
            item_scores: Set(json!({})),
            result: Set(json!({ "total": 36, "positive": true })),
            version: Set(1),
            created_at: Set(by.now),
            ..Default::default()
        };
        let db = app.app.db.writer();
        let one = scale(&first, 1, AssessmentState::Final, None).insert(db).await.unwrap();
        let sheet = scale(&second, 2, AssessmentState::Draft, Some(one.id));
        sheet.insert(db).await.unwrap();
        let mut blind = app.person("second").await;
        let report = format!("/papers/diagnosis-feedback?pick={}", found.id);
        blind.get(&report).await.is(409).omits("F84.0");
        app.person("doctor").await.open(&report).await.is(200).says("F84.0");
    })
    .await;
}

#[tokio::test]
async fn without_the_program_the_page_prints_and_the_pdf_says_why_not() {
    let app = TestApp::with(&["--paper-program", "/no/such/program"]).await;
    let referral = waiting(&app, "王小雨").await;
    app.diagnoses("doctor", referral, &["F84.0"]).await;
    let mut doctor = app.person("doctor").await;
    let address = format!("?pick={}", newest(&app).await.id);
    let page = doctor
        .open(&format!("/papers/diagnosis-feedback{address}"))
        .await
        .is(200);
    assert!(!page.links().iter().any(|link| link.contains("/pdf")));
    let reply = doctor.get(&format!("/papers/diagnosis-feedback/pdf{address}")).await;
    reply.is(409).says("没有制作 PDF 的程序");
}

#[tokio::test]
async fn the_pdf_says_the_same_as_the_page() {
    let app = TestApp::new().await;
    if let Err(missing) = Printer::found(&app.app.config) {
        // Whoever runs a test by hand may not have built it; `make test` does.
        assert!(std::env::var_os("STARBRIDGE_TEST_PAPER").is_none(), "{missing}");
        return;
    }
    for name in ["王小雨", "买买提吐尔逊·阿卜杜热合曼"] {
        let referral = waiting(&app, name).await;
        app.diagnoses("doctor", referral, &["F84.0"]).await;
    }
    let mut doctor = app.person("doctor").await;
    let to = doctor
        .get("/diagnoses/papers?paper=all:diagnosis-feedback")
        .await
        .location
        .unwrap();
    let page = doctor.open(&to).await.is(200);
    let pdf = page.links().into_iter().find(|link| link.contains("/pdf?")).unwrap();
    let reply = doctor.get(&pdf).await.is(200);
    assert!(reply.body.starts_with(b"%PDF-"));
    let file = app.app.config.data_dir.join("report.pdf");
    std::fs::write(&file, &reply.body).unwrap();
    let output = Command::new("pdftotext")
        .arg("-layout")
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text: String = text.split_whitespace().collect();
    for said in [
        "诊断反馈单",
        "王小雨",
        "买买提吐尔逊·阿卜杜热合曼",
        "F84.0",
        "林医生",
        "尽早开始康复训练，三个月后复诊",
        "第1页，共1页",
        "（公章）",
    ] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    assert!(!text.contains("结合病史与观察作出"));
    // A page for each, and an event for each: of the page and of the file.
    assert_eq!(text.matches("诊断反馈单").count(), 2);
    let child = newest(&app).await.child_id;
    let formats: Vec<_> = prints(&app, child)
        .await
        .into_iter()
        .map(|one| one["format"].clone())
        .collect();
    assert_eq!(formats, ["page", "pdf"]);
}
