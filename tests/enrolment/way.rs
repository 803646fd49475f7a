//! The whole way.

use entities::words::{ApplicationState, ReviewOutcome, What};

use super::{ASSESSED, PUBLISHED, applies, codes, decides, decisions, open_tasks, row, staffed, with_papers};
use crate::support::story;

#[tokio::test]
async fn a_diagnosed_child_comes_from_the_counter_to_a_decision() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let file_no = app.child_file(child).await.file_no;
        let mut intake = app.person("intake").await;

        // Found by its number, entered, kept half-way.
        let page = intake.open("/applications/new").await;
        let found = page
            .fill("q", &file_no)
            .submit_to("/applications/new", &mut intake)
            .await
            .is(303);
        let form = found.location.unwrap();
        let page = intake.open(&form).await.says("申请材料").says("入园体检表");
        let kept = page.fill("wanted_from", "2026-12-01").fill("then", "keep");
        let kept = kept
            .submit_to("/applications", &mut intake)
            .await
            .is(303)
            .location
            .unwrap();
        intake
            .open(&kept)
            .await
            .says("未提交")
            .says("提交前还缺")
            .says("近期照片");

        // Submitted: what is missing is said at its paper.
        let edit = format!("{kept}/edit");
        let page = intake.open(&edit).await.fill("then", "submit");
        page.submit_to("/edit", &mut intake).await.is(422).says("还没有收到。");
        let page = with_papers(intake.open(&edit).await).fill("then", "submit");
        page.submit_to("/edit", &mut intake).await.is(303);
        let id = kept.rsplit('/').next().unwrap().parse().unwrap();
        let page = intake.open(&kept).await.says("审核中").says("材料初审");
        page.says("330211").says("满足").omits("未满足");
        assert_eq!(codes(&app, id).await, ["materials"]);
        let tasks = open_tasks(&app, child, What::ReviewApplication).await;
        assert_eq!(tasks.len(), 1);
        assert_eq!(
            tasks[0].due_on,
            Some("2026-11-09".parse().unwrap()),
            "five working days"
        );

        // Stage by stage, each by another person.
        let mut reviewer = app.person("intake-two").await;
        reviewer.open("/").await.says("待我方办理的入园申请1");
        reviewer.open("/applications").await.says("王小明").says("材料初审");
        decides(&app, &mut reviewer, id, "materials", "approved", &[])
            .await
            .is(303);
        let mut assessor = app.person("assessor").await;
        let short = decides(&app, &mut assessor, id, "assessment", "approved", &[])
            .await
            .is(422);
        short.says("访谈与观察");
        decides(&app, &mut assessor, id, "assessment", "approved", ASSESSED)
            .await
            .is(303);
        let mut officer = app.person("federation").await;
        officer
            .open(&super::step_page(&app, id, "federation").await)
            .await
            .says("与家长访谈");
        decides(&app, &mut officer, id, "federation", "approved", &[])
            .await
            .is(303);

        // Side by side: one is not enough.
        assert_eq!(codes(&app, id).await, ["joint_federation", "joint_education"]);
        let mut education = app.person("education").await;
        education
            .open("/applications")
            .await
            .says("王小明")
            .says("会审（教育局）");
        education.open(&format!("/children/{child}")).await.is(403);
        decides(
            &app,
            &mut education,
            id,
            "joint_education",
            "approved",
            &[("f-opinion", "同意")],
        )
        .await
        .is(303);
        assert_eq!(codes(&app, id).await, ["joint_federation"]);
        let mut head = app.person("federation-head").await;
        decides(&app, &mut head, id, "joint_federation", "approved", &[])
            .await
            .is(303);

        // Published for five working days: not before.
        let mut second = app.person("federation-two").await;
        let early = decides(&app, &mut second, id, "publicity", "approved", PUBLISHED).await;
        early.is(409).says("公示未满，2026-11-09 起才能通过");
        app.app.clock.advance(chrono::TimeDelta::days(7));
        let mut second = app.person("federation-two").await;
        decides(&app, &mut second, id, "publicity", "approved", PUBLISHED)
            .await
            .is(303);

        // Decided: numbered, with its days.
        let mut head = app.person("centre-head").await;
        let place = [
            ("mode", "full_day"),
            ("hours", "20"),
            ("valid_from", "2026-12-01"),
            ("valid_to", "2027-11-30"),
        ];
        decides(&app, &mut head, id, "decision", "admitted", &place)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Admitted);
        let decided = decisions(&app, id).await;
        assert_eq!(decided.len(), 1);
        assert_eq!(decided[0].number, "330211-RY-2026-0001");
        assert_eq!(decided[0].outcome, ReviewOutcome::Admitted);
        assert_eq!(decided[0].minutes_per_week, Some(1200));
        assert_eq!(decided[0].legal_person, "区孤独症儿童康复中心");
        assert!(open_tasks(&app, child, What::ReviewApplication).await.is_empty());

        // Read by the family: the time for objections begins.
        assert_eq!(open_tasks(&app, child, What::DeliverDecision).await.len(), 1);
        let mut intake = app.person("intake").await;
        let path = format!("/enrolment-decisions/{}", decided[0].id);
        let page = intake
            .open(&path)
            .await
            .says("330211-RY-2026-0001")
            .says("每周 20 小时");
        page.fill("read_on", "2026-11-09")
            .submit_to("/reading", &mut intake)
            .await
            .is(303);
        assert!(open_tasks(&app, child, What::DeliverDecision).await.is_empty());
        intake.open(&path).await.says("2027-01-08");
        let paper = format!("/papers/enrolment-decision?pick={}", decided[0].id);
        intake.open(&paper).await.says("入园决定书").says("异议").says("王小明");
        intake
            .open(&format!("/children/{child}/enrolment"))
            .await
            .says("330211-RY-2026-0001")
            .says("已录取");
    })
    .await;
}

#[tokio::test]
async fn an_application_is_returned_with_what_is_missing_and_completed() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        super::reviewed_up_to(&app, id, "federation").await;
        let mut officer = app.person("federation").await;
        decides(&app, &mut officer, id, "federation", "returned", &[])
            .await
            .is(422)
            .says("意见");
        let missing = [("x-photo", "true"), ("note", "照片不清晰")];
        decides(&app, &mut officer, id, "federation", "returned", &missing)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Returned);
        assert!(codes(&app, id).await.is_empty());
        let tasks = open_tasks(&app, child, What::CompleteApplication).await;
        assert_eq!(tasks.len(), 1);

        let path = format!("/applications/{id}");
        intake
            .open(&path)
            .await
            .says("待补正")
            .says("照片不清晰")
            .says("近期照片");
        let page = intake.open(&format!("{path}/edit")).await.says("照片不清晰");
        page.fill("then", "submit")
            .submit_to("/edit", &mut intake)
            .await
            .is(303);
        assert!(open_tasks(&app, child, What::CompleteApplication).await.is_empty());
        let now = row(&app, id).await;
        assert_eq!((now.state, now.round), (ApplicationState::InReview, 2));
        assert_eq!(codes(&app, id).await, ["materials"], "it begins again");
        super::reviewed_up_to(&app, id, "decision").await;
        let mut head = app.person("centre-head").await;
        let answer = [("note", "目前没有名额")];
        decides(&app, &mut head, id, "decision", "waiting", &answer)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Waiting);
        let decided = decisions(&app, id).await;
        assert_eq!(decided[0].grounds.as_deref(), Some("目前没有名额"));
        assert_eq!(decided[0].valid_from, None);
    })
    .await;
}
