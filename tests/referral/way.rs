//! The way of a child from the abnormal screen to the centre.

use entities::{
    ReferralId,
    screening::{diagnosis, referral, rescreen},
    task::task,
    words::{ReferralKind, ReferralState, Stage, What},
    work::draft,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{messages, place, post, row, sent, stage};
use crate::support::story;

#[tokio::test]
async fn a_child_goes_from_the_abnormal_screen_to_the_centre() {
    story(|app| async move {
        let (child, id) = sent(&app, "王小明").await;
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);

        // The hospital finds it at home, accepts it, makes an appointment.
        let mut rescreener = app.person("rescreener").await;
        rescreener.open("/").await.says("待接收的转介1").says("王小明");
        let page = rescreener.open(&format!("/referrals/{id}")).await.says("待我方办理");
        page.submit_to("/acceptance", &mut rescreener).await.is(303);
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("appointment_on", "2026-11-09")
            .fill("appointment_time", "14:30")
            .submit_to("/appointment", &mut rescreener)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ReferralState::Appointed);
        assert_eq!(
            messages(&app, child).await,
            ["screening.rescreen_needed", "referral.appointment"]
        );

        // The re-screen is abnormal by its second criterion.
        let page = rescreener
            .open(&format!("/referrals/{id}/rescreen"))
            .await
            .says("符合任何一条即为复筛异常");
        let page = page
            .fill("scale_at_risk", "yes")
            .fill("development_deviates", "no")
            .submit(&mut rescreener)
            .await
            .is(422)
            .says("请选择诊断机构");
        let hospital = place(&app, "市妇女儿童医院").await;
        let reply = page.fill("refer_to", hospital).submit(&mut rescreener).await.is(303);
        let found = rescreen::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert!(found.abnormal && found.criteria.0 == [2]);
        assert_eq!(stage(&app, child).await, Stage::DiagnosisProposed);

        // The sender is told the outcome, not the details, and finds it at home.
        let mut screener = app.person("screener").await;
        screener.open("/").await.says("结果反馈").says("需进一步诊断评估");
        screener
            .open(&format!("/referrals/{id}"))
            .await
            .says("需进一步诊断评估")
            .omits("筛查量表提示有风险");
        screener.open("/").await.says("没有未读的结果");

        // Confirmed, and concluded by the doctor.
        let next = reply.location.clone().unwrap();
        rescreener.open(&next).await.says("确认转介");
        let page = rescreener.open(&format!("{next}/sending")).await.is(200);
        page.submit_to("/sending", &mut rescreener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::AwaitingDiagnosis);
        let mut doctor = app.person("doctor").await;
        let page = doctor.open(&format!("{next}/diagnosis")).await.is(200);
        let page = page
            .fill("conclusion", "结合病史与观察作出")
            .submit(&mut doctor)
            .await
            .is(422);
        let page = page.says("请选择诊断");
        // Nothing is sent on before it was read once more.
        let preview = page.fill("codes", "F84.0").submit(&mut doctor).await.is(303);
        assert!(diagnosis::Entity::find().one(&*app.app.db).await.unwrap().is_none());
        let preview = doctor.open(&preview.location.unwrap()).await.is(200);
        let preview = preview.says("童年孤独症").says("康复中心").says("结合病史与观察作出");
        preview.submit(&mut doctor).await.is(303);
        doctor.open(&next).await.says("童年孤独症").says("结合病史与观察作出");
        rescreener
            .open(&next)
            .await
            .says("童年孤独症")
            .omits("结合病史与观察作出");
        assert_eq!(stage(&app, child).await, Stage::Diagnosed);
        let stored = diagnosis::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert!(stored.autism);

        // The centre contacts the family and takes over.
        let talk = || task::Entity::find().filter(task::COLUMN.what.eq(What::RehabilitationContact));
        let task = talk().one(&*app.app.db).await.unwrap().unwrap();
        // Seven working days after Monday 2 November.
        assert_eq!(task.due_on.unwrap().to_string(), "2026-11-11");
        let mut intake = app.person("intake").await;
        intake.open("/").await.says("随访任务1").says("待接收的转介1");
        let page = intake.open(&format!("/tasks/{}", task.id)).await.is(200);
        page.fill("completion_note", "家长同意周四来中心面谈")
            .submit_to("/completion", &mut intake)
            .await
            .is(303);
        let intake_row = referral::Entity::find()
            .filter(referral::COLUMN.kind.eq(ReferralKind::Intake))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let page = intake.open(&format!("/referrals/{}", intake_row.id)).await;
        page.submit_to("/acceptance", &mut intake).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::InIntake);
        let page = intake.open(&format!("/referrals/{}", intake_row.id)).await;
        page.submit_to("/completion", &mut intake).await.is(303);

        // Nobody wrote the word to the family before the diagnosis, and everybody was told once.
        let told = messages(&app, child).await;
        assert_eq!(
            told,
            [
                "screening.rescreen_needed",
                "referral.appointment",
                "rescreen.further",
                "diagnosis.support"
            ]
        );
        let mut federation = app.person("federation").await;
        federation
            .open(&format!("/children/{child}/chain"))
            .await
            .says("已明确诊断")
            .omits("F84.0");
        federation.open("/pipeline?stage=in_intake").await.says("王小明");
    })
    .await;
}

#[tokio::test]
async fn a_clear_rescreen_is_looked_at_again_by_the_sender() {
    story(|app| async move {
        let (child, id) = sent(&app, "李小红").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}/rescreen")).await;
        page.fill("scale_at_risk", "no")
            .fill("development_deviates", "no")
            .submit(&mut rescreener)
            .await
            .is(303);
        assert_eq!(stage(&app, child).await, Stage::Recheck);
        let mut screener = app.person("screener").await;
        screener.open("/tasks").await.says("李小红").says("2027-02-02");
        assert_eq!(
            messages(&app, child).await,
            ["screening.rescreen_needed", "rescreen.clear"]
        );
        // A result is recorded once.
        let again = [
            ("performed_on", "2026-11-02"),
            ("scale_at_risk", "no"),
            ("development_deviates", "no"),
        ];
        post(&mut rescreener, id, "rescreen", &again).await.is(409);
        assert_eq!(rescreen::Entity::find().count(&*app.app.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_of_a_finding_is_kept_until_it_is_submitted() {
    story(|app| async move {
        let (_, id) = sent(&app, "陈草草").await;
        let form = format!("/referrals/{id}/rescreen");
        let (kept, drafts) = (format!("{form}/draft"), || draft::Entity::find().count(&*app.app.db));
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&form).await.omits("已恢复");
        let page = page.fill("note", "目光不追随").fill("development_deviates", "no");
        let (_, typed) = page.prepared("/rescreen");
        // The script wants no answer, the button wants the form back.
        rescreener.post(&kept, &typed).await.is(204);
        rescreener.post(&format!("{kept}?back=true"), &typed).await.is(303);
        assert_eq!(drafts().await.unwrap(), 1);
        let page = rescreener.open(&form).await.says("已恢复您上次填写").says("目光不追随");
        rescreener.open(&format!("{form}?fresh=true")).await.omits("目光不追随");
        // Only of what their hospital has to do.
        app.person("doctor").await.post(&kept, &typed).await.is(403);
        app.person("elsewhere").await.post(&kept, &typed).await.is(403);
        page.fill("scale_at_risk", "no").submit(&mut rescreener).await.is(303);
        assert_eq!(drafts().await.unwrap(), 0);
        rescreener.post(&kept, &typed).await.is(409);
    })
    .await;
}

#[tokio::test]
async fn the_history_leads_to_ones_own_referrals_and_only_tells_of_the_others() {
    story(|app| async move {
        let (child, to_doctor) = app.rescreened("王小明").await;
        let to_hospital = referral::Entity::find()
            .filter(referral::COLUMN.kind.eq(ReferralKind::Rescreen))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap()
            .id;
        for (who, own, other) in [("screener", to_hospital, to_doctor), ("doctor", to_doctor, to_hospital)] {
            let mut person = app.person(who).await;
            let links = person.open(&format!("/children/{child}/chain")).await.is(200).links();
            let leads = |id: ReferralId| links.contains(&format!("/referrals/{id}"));
            assert!(leads(own) && !leads(other), "{who}: {links:?}");
        }
    })
    .await;
}
