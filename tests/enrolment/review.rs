//! Who may decide, who may not, and what happens when two do at once.

use entities::{
    child::child,
    words::{ApplicationState, ReviewOutcome, Role, What},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use starbridge::{
    enrolment::review::service::{Verdict, decide},
    platform::{Error, approval::Answers},
};

use super::{applies, codes, decides, open_tasks, reviewed_up_to, row, staffed, step_page, waiting};
use crate::support::story;

fn approved() -> Verdict {
    Verdict {
        outcome: ReviewOutcome::Approved,
        note: None,
        answers: Answers::new(),
        missing: Vec::new(),
        placement: None,
    }
}

#[tokio::test]
async fn nobody_reviews_what_he_entered_and_nobody_decides_two_steps() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        let page = step_page(&app, id, "materials").await;
        intake.open(&page).await.says("您登记过该申请");
        let form = [
            ("outcome".to_owned(), "approved".to_owned()),
            ("version".to_owned(), "1".to_owned()),
        ];
        intake
            .post(&format!("{page}/decision"), &form)
            .await
            .is(409)
            .says("应由其他人审核");
        assert_eq!(codes(&app, id).await, ["materials"]);

        reviewed_up_to(&app, id, "publicity").await;
        // The officer who reviewed for the district may not publish as well.
        let mut officer = app.person("federation").await;
        let page = step_page(&app, id, "publicity").await;
        officer.open(&page).await.says("应由其他人审核");
        // The education bureau has no part in what the federation publishes.
        let bureau = app.actor("education").await.workplace.unwrap().id;
        app.hires("education-two", Role::EducationOfficer, bureau).await;
        let mut education = app.person("education-two").await;
        education.open(&page).await.says("该环节由其他机构或其他人员审核");
    })
    .await;
}

#[tokio::test]
async fn two_reviewers_at_once_and_one_is_told_that_the_other_was_quicker() {
    Box::pin(story(|app| async move {
        staffed(&app).await;
        let place = app.actor("intake").await.workplace.unwrap().id;
        app.hires("intake-three", Role::IntakeWorker, place).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        let page = step_page(&app, id, "materials").await;
        let (mut one, mut other) = (app.person("intake-two").await, app.person("intake-three").await);
        let (first, second) = (one.open(&page).await, other.open(&page).await);
        first
            .fill("outcome", "approved")
            .submit_to("/decision", &mut one)
            .await
            .is(303);
        let late = second.fill("outcome", "refused").fill("note", "不同意");
        late.submit_to("/decision", &mut other)
            .await
            .is(409)
            .says("intake-two")
            .says("通过");
        assert_eq!(row(&app, id).await.state, ApplicationState::InReview);
        assert_eq!(codes(&app, id).await, ["assessment"]);

        // Truly at once: one of them is the one, and nothing happens twice.
        let step = waiting(&app, id).await.remove(0);
        app.hires("assessor-two", Role::Assessor, place).await;
        let (a, b) = (app.actor("assessor").await, app.actor("assessor-two").await);
        let version = step.version.into();
        let (one, two) = tokio::join!(
            decide(&app.app, &a, step.id, version, approved()),
            decide(&app.app, &b, step.id, version, approved()),
        );
        assert_eq!([&one, &two].iter().filter(|done| done.is_ok()).count(), 1);
        let lost = one.err().or(two.err()).unwrap();
        assert!(matches!(lost, Error::Stale(_)), "{lost:?}");
        assert_eq!(codes(&app, id).await, ["federation"]);
    }))
    .await;
}

#[tokio::test]
async fn side_by_side_one_no_ends_it_and_the_other_waits_no_more() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        reviewed_up_to(&app, id, "joint_federation").await;
        assert_eq!(open_tasks(&app, child, What::ReviewApplication).await.len(), 2);
        let mut education = app.person("education").await;
        let page = step_page(&app, id, "joint_education").await;
        let open = education.open(&page).await;
        let mut head = app.person("federation-head").await;
        let refused = decides(&app, &mut head, id, "joint_federation", "refused", &[]).await;
        refused.is(422).says("意见");
        let why = [("note", "已在外区入园")];
        decides(&app, &mut head, id, "joint_federation", "refused", &why)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ApplicationState::Refused);
        assert!(open_tasks(&app, child, What::ReviewApplication).await.is_empty());
        open.fill("outcome", "approved")
            .submit_to("/decision", &mut education)
            .await
            .is(409)
            .says("该环节已结束");
        let decided = super::decisions(&app, id).await;
        assert_eq!(decided[0].outcome, ReviewOutcome::Refused);
        assert_eq!(decided[0].grounds.as_deref(), Some("已在外区入园"));
    })
    .await;
}

#[tokio::test]
async fn another_district_and_other_kinds_find_nothing() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let page = intake.open(&format!("/children/{child}/applications/new")).await;
        let kept = page.fill("wanted_from", "2026-12-01").fill("then", "keep");
        let kept = kept
            .submit_to("/applications", &mut intake)
            .await
            .is(303)
            .location
            .unwrap();
        // What was not submitted is no business of the education bureau.
        let mut education = app.person("education").await;
        education.open(&kept).await.is(404);
        let id = kept.rsplit('/').next().unwrap().parse().unwrap();
        let page = super::with_papers(intake.open(&format!("{kept}/edit")).await);
        page.fill("then", "submit")
            .submit_to("/edit", &mut intake)
            .await
            .is(303);
        education.open(&kept).await.is(200);
        let step = step_page(&app, id, "materials").await;
        for who in ["elsewhere", "screener", "doctor", "bureau", "system"] {
            let mut person = app.person(who).await;
            for path in [&kept, &step] {
                let status = person.open(path).await.status;
                assert!(status == 404 || status == 403, "{who} {path}: {status}");
            }
        }
        app.person("federation").await.open(&kept).await.is(200);
        app.person("street").await.open(&kept).await.is(200);
    })
    .await;
}

#[tokio::test]
async fn somebody_answers_for_a_test_with_a_reason() {
    story(|app| async move {
        staffed(&app).await;
        let child = app.diagnosed("张小远").await;
        let elsewhere = child::ActiveModel {
            id: Set(child),
            household_division: Set(Some("420100".to_owned())),
            ..Default::default()
        };
        elsewhere.update(app.app.db.writer()).await.unwrap();
        let mut intake = app.person("intake").await;
        let id = applies(&mut intake, child).await;
        let path = format!("/applications/{id}");
        intake
            .open(&path)
            .await
            .says("未满足")
            .says("居住证")
            .says("《入园年龄与受理条件》");
        let mut reviewer = app.person("intake-two").await;
        let page = reviewer.open(&path).await.fill("test", "residence");
        page.submit_to("/overrides", &mut reviewer).await.is(422);
        let page = reviewer
            .open(&path)
            .await
            .fill("test", "residence")
            .fill("because", "随迁，居住证办理中");
        page.submit_to("/overrides", &mut reviewer).await.is(303);
        reviewer.open(&path).await.says("已说明").says("随迁，居住证办理中");
        // Once answered for, it is not asked again.
        let form = [("test", "residence"), ("because", "再说一次")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let version = ("version".to_owned(), row(&app, id).await.version.to_string());
        let form: Vec<_> = form.into_iter().chain([version]).collect();
        let reply = reviewer.post(&format!("{path}/overrides"), &form).await.is(409);
        reply.says("该条件已满足或已说明");
    })
    .await;
}
