//! A child whom nobody can take yet is the federation's task until somebody can.

use chrono::{NaiveDate, TimeDelta};
use entities::{
    ChildId,
    organisation::organisation,
    screening::{pathway, referral},
    task::task,
    words::{Focus, OrganisationKind, ReferralKind, ReferralState, Stage, TaskState, What},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use starbridge::{
    children::moves::{self, Move},
    pathway::receiver_found,
    platform::sweep,
    task::escalation,
};

use super::{notices, place, post, screened, sent, stage};
use crate::support::{TestApp, story};

/// Close every organisation of a kind, or open them again.
async fn set(app: &TestApp, kind: OrganisationKind, closed: Option<&str>) {
    let day: Option<NaiveDate> = closed.map(|day| day.parse().unwrap());
    organisation::Entity::update_many()
        .col_expr(organisation::Column::ClosedOn, Expr::value(day))
        .filter(organisation::COLUMN.kind.eq(kind))
        .exec(app.app.db.writer())
        .await
        .unwrap();
}

async fn searches(app: &TestApp, child: ChildId) -> Vec<task::Model> {
    task::Entity::find()
        .filter(task::COLUMN.child_id.eq(child))
        .filter(task::COLUMN.what.eq(What::FindReceiver))
        .order_by_asc(task::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn newest(app: &TestApp, child: ChildId) -> referral::Model {
    referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .order_by_desc(referral::COLUMN.id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn look(app: &TestApp) -> String {
    let done = sweep::run_once(&app.app, &receiver_found::SWEEP).await.unwrap();
    done.unwrap()
}

#[tokio::test]
async fn a_positive_child_without_a_hospital_is_the_federations_at_once_and_referred_when_one_is_entered() {
    story(|app| async move {
        let hospital = place(&app, "区妇幼保健院").await;
        set(&app, OrganisationKind::RescreenHospital, Some("2026-01-01")).await;
        let (child, _) = screened(&app, "王小明").await;
        assert_eq!(stage(&app, child).await, Stage::RescreenProposed);
        let task = searches(&app, child).await.pop().unwrap();
        let federation = place(&app, "区残联").await;
        assert_eq!((task.organisation_id, task.state), (federation, TaskState::Open));
        // Three working days for an answer, as for any referral.
        assert_eq!(task.due_on.unwrap().to_string(), "2026-11-05");

        // On the federation's home page, its list, and the pages of the child.
        let mut officer = app.person("federation").await;
        officer.open("/").await.says("暂无接收机构的儿童1").says("随访任务1");
        officer
            .open("/tasks?what=find_receiver")
            .await
            .says("王小明")
            .says("落实接收机构");
        officer
            .open(&format!("/tasks/{}", task.id))
            .await
            .says("目前没有机构可以接收这名儿童")
            .says("请残联协调落实机构");
        assert_eq!(notices(&app, "federation").await, ["referral.no_receiver"]);
        officer
            .open("/inbox")
            .await
            .says("王小明需要复筛，居住地没有可接收的机构，请在 2026-11-05 前落实");
        let chain = format!("/children/{child}/chain");
        officer
            .open(&chain)
            .await
            .says("已列为区残联的待办")
            .says("交办“落实接收机构”");
        officer
            .open("/pipeline?stage=rescreen_proposed")
            .await
            .says("王小明")
            .says("区残联");
        app.person("screener")
            .await
            .open(&chain)
            .await
            .says("已列为区残联的待办")
            .omits("发起转介");
        // Nothing to do yet; and no other task for the same child.
        assert_eq!(look(&app).await, "");
        assert_eq!(searches(&app, child).await.len(), 1);

        // Silence climbs.
        app.app.clock.advance(TimeDelta::days(9));
        sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        assert!(
            notices(&app, "federation")
                .await
                .contains(&"follow_up.overdue".to_owned())
        );
        app.person("federation").await.open("/").await.says("逾期随访1");

        // The hospital opens: proposed in the finder's name, who confirms.
        let mut system = app.person("system").await;
        let page = system.open(&format!("/organisations/{hospital}")).await;
        page.submit_to("/reopening", &mut system).await.is(303);
        assert_eq!(look(&app).await, "proposed=1, tasks=0");
        assert_eq!(searches(&app, child).await[0].state, TaskState::Settled);
        let begun = newest(&app, child).await;
        let site = place(&app, "庄市街道社区卫生服务中心").await;
        assert_eq!(
            (begun.state, begun.from_organisation_id, begun.to_organisation_id),
            (ReferralState::Proposed, site, hospital)
        );
        assert!(
            notices(&app, "screener")
                .await
                .contains(&"referral.receiver_found".to_owned())
        );
        let mut screener = app.person("screener").await;
        screener.open("/").await.says("王小明");
        let page = screener
            .open(&format!("/referrals/{}/sending", begun.id))
            .await
            .says("24 月龄");
        page.submit_to("/sending", &mut screener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        app.person("federation")
            .await
            .open("/")
            .await
            .says("暂无接收机构的儿童0");
        assert_eq!(look(&app).await, "");
    })
    .await;
}

#[tokio::test]
async fn a_diagnosis_and_a_centre_are_searched_for_alike() {
    story(|app| async move {
        let (child, id) = sent(&app, "李小红").await;
        set(&app, OrganisationKind::DiagnosingHospital, Some("2026-01-01")).await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}/rescreen")).await;
        let page = page.fill("scale_at_risk", "yes").fill("development_deviates", "no");
        page.submit(&mut rescreener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::DiagnosisProposed);
        let task = searches(&app, child).await.pop().unwrap();
        assert!(task.focus == Focus::Rescreen && task.state == TaskState::Open);
        set(&app, OrganisationKind::DiagnosingHospital, None).await;
        set(&app, OrganisationKind::RehabilitationCentre, Some("2026-01-01")).await;
        assert_eq!(look(&app).await, "proposed=1, tasks=0");
        let next = newest(&app, child).await;
        assert_eq!(
            (next.kind, next.state),
            (ReferralKind::Diagnosis, ReferralState::Proposed)
        );

        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{}/sending", next.id)).await;
        page.submit_to("/sending", &mut rescreener).await.is(303);
        let mut doctor = app.person("doctor").await;
        let page = doctor.open(&format!("/referrals/{}/diagnosis", next.id)).await;
        let page = page
            .fill("codes", "F84.0")
            .fill("conclusion", "结合病史与观察作出")
            .fill("doctor", "林医生");
        let preview = page.submit(&mut doctor).await.is(303).location.unwrap();
        doctor
            .open(&preview)
            .await
            .says("由残联寻找")
            .submit(&mut doctor)
            .await
            .is(303);
        let task = searches(&app, child).await.pop().unwrap();
        assert!(task.focus == Focus::Diagnosis && task.state == TaskState::Open);
        assert!(
            notices(&app, "federation")
                .await
                .contains(&"diagnosis.no_centre".to_owned())
        );
        set(&app, OrganisationKind::RehabilitationCentre, None).await;
        assert_eq!(look(&app).await, "proposed=1, tasks=0");
        let intake = newest(&app, child).await;
        assert_eq!((intake.kind, intake.state), (ReferralKind::Intake, ReferralState::Sent));
        let mut worker = app.person("intake").await;
        worker.open("/").await.says("李小红");
        post(&mut worker, intake.id, "acceptance", &[]).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::InIntake);
    })
    .await;
}

#[tokio::test]
async fn the_task_follows_the_child_and_ends_with_its_cause() {
    story(|app| async move {
        set(&app, OrganisationKind::RescreenHospital, Some("2026-01-01")).await;
        // As an older program left it: nobody's task.
        let (child, screen) = screened(&app, "赵小刚").await;
        task::Entity::delete_many().exec(app.app.db.writer()).await.unwrap();
        assert_eq!(look(&app).await, "proposed=0, tasks=1");
        assert_eq!(searches(&app, child).await.len(), 1);
        // The family moves to a district that has no hospital either.
        let by = app.actor("federation").await;
        let to = Move {
            version: 1.into(),
            to: "330206001".parse().unwrap(),
            on: by.today(),
            address: None,
        };
        app.knows_the_next_district().await;
        moves::record(&app.app, &by, child, &to, true).await.unwrap();
        assert_eq!(look(&app).await, "", "the move has handed the task over");
        let tasks = searches(&app, child).await;
        // Handed over, with a day of its own there, and told there.
        assert_eq!(tasks.iter().map(|t| t.state).collect::<Vec<_>>(), [TaskState::Open]);
        assert_eq!(tasks[0].organisation_id, place(&app, "邻区残联").await);
        assert_eq!(notices(&app, "elsewhere").await, ["referral.no_receiver"]);
        let here = pathway::Entity::find_by_id(child)
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (here.organisation_id, here.due_on),
            (Some(tasks[0].organisation_id), tasks[0].due_on)
        );
        // The screen was another child's: nothing is called for any more.
        let mut screener = app.person("screener").await;
        screener
            .post(&format!("/children/{child}/screens/{screen}/withdrawal"), &[])
            .await
            .is(303);
        assert_eq!(searches(&app, child).await[0].state, TaskState::Cancelled);
        assert_eq!(stage(&app, child).await, Stage::Watching);
    })
    .await;
}
