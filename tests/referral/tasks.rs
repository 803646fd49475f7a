//! No child can fall through: what moves a child on is somebody's by a day, until it was done.

use chrono::TimeDelta;
use entities::{
    ChildId,
    account::account,
    screening::{planned_check, referral},
    task::task,
    words::{CheckState, Focus, ReferralKind, ReferralState, Role, Stage, TaskState, What},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use starbridge::platform::sweep;

use super::{call, notices, place, post, proposed, row, screened, sent, stage};
use crate::support::{Person, TestApp, page::Reply, story};

/// What is to be done for a child, in the order in which it began.
async fn open(app: &TestApp, child: ChildId) -> Vec<task::Model> {
    task::Entity::find()
        .filter(task::COLUMN.child_id.eq(child))
        .filter(task::COLUMN.state.eq(TaskState::Open))
        .filter(task::COLUMN.what.ne(What::Screen))
        .filter(task::COLUMN.what.ne(What::ReadResult))
        .order_by_asc(task::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn whats(app: &TestApp, child: ChildId) -> Vec<What> {
    open(app, child).await.into_iter().map(|task| task.what).collect()
}

/// A re-screen with what was found, through its page.
async fn rescreen(person: &mut Person, id: entities::ReferralId, at_risk: &str) -> Reply {
    let page = person.open(&format!("/referrals/{id}/rescreen")).await.is(200);
    let page = page.fill("scale_at_risk", at_risk).fill("development_deviates", "no");
    page.submit(person).await.is(303)
}

#[tokio::test]
async fn a_referral_that_was_declined_stays_on_the_senders_list_until_another_way_is_found() {
    story(|app| async move {
        let (child, id) = sent(&app, "王小明").await;
        let mut rescreener = app.person("rescreener").await;
        let why = [("decline_reason", "设备检修")];
        post(&mut rescreener, id, "decline", &why).await.is(303);
        assert_eq!(whats(&app, child).await, [What::FindAnotherWay]);
        let task = open(&app, child).await.remove(0);
        assert_eq!(task.organisation_id, place(&app, "庄市街道社区卫生服务中心").await);
        // Three working days, as for any answer.
        assert_eq!(task.due_on.unwrap().to_string(), "2026-11-05");

        // It is the sender's turn, by that day, wherever the sender looks.
        let mut screener = app.person("screener").await;
        screener
            .open("/")
            .await
            .says("待我方办理的转介1")
            .says("被退回的转介1")
            .says("王小明")
            .omits("暂无待办转介");
        screener
            .open("/referrals?view=ours")
            .await
            .says("王小明")
            .says("2026-11-05");
        screener.open("/referrals?view=returned").await.says("王小明");
        let list = screener.open("/tasks").await.says("王小明");
        assert!(list.links().contains(&format!("/referrals/{id}")), "{:?}", list.links());
        screener
            .open(&format!("/children/{child}/chain"))
            .await
            .says("2026-11-05");
        screener
            .open(&format!("/referrals/{id}"))
            .await
            .says("待我方办理")
            .says("2026-11-05");

        // Silence climbs.
        app.app.clock.advance(TimeDelta::days(9));
        sweep::run_once(&app.app, &starbridge::task::escalation::SWEEP)
            .await
            .unwrap();
        let overdue = |names: &[String]| names.iter().filter(|n| *n == "referral.overdue").count();
        assert_eq!(overdue(&notices(&app, "lead").await), 1);
        assert_eq!(overdue(&notices(&app, "federation").await), 1);
        app.person("federation")
            .await
            .open("/referrals?view=overdue")
            .await
            .says("王小明");

        // Another way: proposed anew, and the old one is nobody's any more.
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{id}")).await;
        page.submit_to("/renewal", &mut screener).await.is(303);
        assert_eq!(whats(&app, child).await, [What::ConfirmReferral]);
        screener.open("/").await.says("被退回的转介0").says("待确认的转介1");
        screener.open("/referrals?view=returned").await.omits("王小明");
    })
    .await;
}

#[tokio::test]
async fn a_recheck_is_started_on_its_page_and_settled_by_the_screen() {
    story(|app| async move {
        let (child, id) = sent(&app, "李小红").await;
        rescreen(&mut app.person("rescreener").await, id, "no").await;
        let task = open(&app, child).await.remove(0);
        assert_eq!((task.what, stage(&app, child).await), (What::Recheck, Stage::Recheck));
        // The check of that age was done: by the screen that was abnormal.
        planned_check::Entity::update_many()
            .col_expr(planned_check::Column::State, Expr::value(CheckState::Done))
            .filter(planned_check::COLUMN.child_id.eq(child))
            .filter(planned_check::COLUMN.age_months.eq(24))
            .exec(app.app.db.writer())
            .await
            .unwrap();
        app.app.clock.advance(TimeDelta::days(60));

        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/tasks/{}", task.id)).await.says("开始复查");
        let start = format!("/children/{child}/screens/new");
        assert!(page.links().contains(&start), "{:?}", page.links());
        let mut page = screener.open(&start).await.is(200);
        for sign in ["sign1", "sign2", "sign3", "sign4", "regression"] {
            page = page.fill(sign, "no");
        }
        page.submit(&mut screener).await.submit(&mut screener).await.is(303);
        assert_eq!(whats(&app, child).await, []);
        let ended = task::Entity::find().filter(task::COLUMN.child_id.eq(child));
        let ended = ended.filter(task::COLUMN.state.ne(TaskState::Open)).all(&*app.app.db);
        let leading = ended.await.unwrap().iter().filter(|task| task.leads).count();
        assert!(task.leads && leading == 0, "what ended leads nowhere");
        assert_eq!(stage(&app, child).await, Stage::Watching);
        screener
            .open(&format!("/tasks/{}", task.id))
            .await
            .says("已办结")
            .omits("开始复查");
        // The address that it had as a follow-up leads there.
        let old = screener.get(&format!("/follow-ups/{}", task.id)).await.is(303);
        assert_eq!(old.location, Some(format!("/tasks/{}", task.id)));
    })
    .await;
}

/// A child with a diagnosis of autism, and the intake that the centre was asked for.
async fn diagnosed(app: &std::sync::Arc<TestApp>, name: &str) -> (ChildId, referral::Model) {
    let (child, id) = sent(app, name).await;
    let mut rescreener = app.person("rescreener").await;
    let page = rescreener.open(&format!("/referrals/{id}/rescreen")).await;
    let page = page.fill("scale_at_risk", "yes").fill("development_deviates", "no");
    let to = place(app, "市妇女儿童医院").await;
    let next = page.fill("refer_to", to).submit(&mut rescreener).await.is(303);
    let next = next.location.unwrap();
    let page = rescreener.open(&format!("{next}/sending")).await;
    page.submit_to("/sending", &mut rescreener).await.is(303);
    let mut doctor = app.person("doctor").await;
    let page = doctor.open(&format!("{next}/diagnosis")).await;
    let page = page.fill("conclusion", "结合病史与观察作出").fill("codes", "F84.0");
    let preview = page.submit(&mut doctor).await.is(303).location.unwrap();
    doctor.open(&preview).await.submit(&mut doctor).await.is(303);
    let intake = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .filter(referral::COLUMN.kind.eq(ReferralKind::Intake))
        .one(&*app.app.db)
        .await
        .unwrap();
    (child, intake.unwrap())
}

#[tokio::test]
async fn an_intake_that_is_completed_ends_the_talk_with_the_family() {
    story(|app| async move {
        let (child, intake) = diagnosed(&app, "王小明").await;
        assert_eq!(whats(&app, child).await.len(), 2);
        let mut worker = app.person("intake").await;
        worker.open("/").await.says("随访任务1");
        post(&mut worker, intake.id, "acceptance", &[]).await.is(303);
        let page = worker.open(&format!("/referrals/{}", intake.id)).await;
        page.submit_to("/completion", &mut worker).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::InIntake);
        assert_eq!(whats(&app, child).await, []);
        // Nothing is left to become overdue.
        app.app.clock.advance(TimeDelta::days(30));
        sweep::run_once(&app.app, &starbridge::task::escalation::SWEEP)
            .await
            .unwrap();
        app.person("intake")
            .await
            .open("/")
            .await
            .says("随访任务0")
            .says("逾期随访0");
        assert!(
            !notices(&app, "federation")
                .await
                .contains(&"follow_up.overdue".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn who_was_lost_or_came_back_counts_as_long_as_it_is_not_settled_and_everywhere_the_same() {
    story(|app| async move {
        let (child, id) = sent(&app, "褚小五").await;
        let (_, other) = sent(&app, "卫小六").await;
        app.app.clock.advance(TimeDelta::days(1) + TimeDelta::hours(8));
        let mut rescreener = app.person("rescreener").await;
        for id in [id, other] {
            for time in ["09:10", "11:20", "15:00"] {
                call(&mut rescreener, id, time).await.is(303);
            }
            post(&mut rescreener, id, "loss", &[]).await.is(303);
        }
        let lost = async |n: usize| {
            for user in ["screener", "rescreener"] {
                let mut person = app.person(user).await;
                person.open("/").await.says(&format!("失访{n}"));
                let list = person.open("/referrals?view=lost").await;
                assert_eq!(list.text().matches("卫小六").count().min(1), 1);
            }
            let mut officer = app.person("federation").await;
            officer.open("/").await.says(&format!("失访{n}"));
            let pipeline = officer.open("/pipeline?stage=lost").await.says("卫小六");
            assert_eq!(pipeline.text().contains("褚小五"), n == 2);
            let list = officer.open("/referrals?view=lost").await.says("卫小六");
            assert_eq!(list.text().contains("褚小五"), n == 2);
        };
        lost(2).await;
        // The one is seen again: abnormal as before, so the site has to refer anew; the referral stays lost.
        app.app.clock.advance(TimeDelta::days(200));
        account::Entity::update_many()
            .col_expr(account::Column::PasswordChangedAt, Expr::value(app.app.clock.now()))
            .exec(app.app.db.writer())
            .await
            .unwrap();
        let by = app.actor("screener").await;
        let new = starbridge::screening::screen::service::NewScreen {
            performed_on: by.today(),
            age_used: None,
            finding: starbridge::screening::screen::service::Finding::Seen {
                signs: vec![1],
                regression: false,
            },
            note: None,
        };
        starbridge::screening::screen::service::record(&app.app, &by, child, &new)
            .await
            .unwrap();
        assert_eq!(row(&app, id).await.state, ReferralState::Lost);
        assert_eq!(whats(&app, child).await, [What::ConfirmReferral]);
        lost(1).await;
    })
    .await;
}

#[tokio::test]
async fn a_place_without_anybody_is_known_at_once() {
    story(|app| async move {
        let hospital = place(&app, "区妇幼保健院").await;
        let (child, _) = sent(&app, "王小明").await;
        let mut security = app.person("security").await;
        let account = app.actor("rescreener").await.account.unwrap();
        let page = security.open(&format!("/accounts/{account}")).await;
        let page = page.fill("reason", "离职");
        page.submit_to("/suspension", &mut security).await.is(303);

        // The federation has it as a task of its own, and hears of it; so does whoever answers for the place.
        let mut officer = app.person("federation").await;
        let task = task::Entity::find()
            .filter(task::COLUMN.what.eq(What::StaffPlace))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((task.focus_id, task.state), (hospital.0, TaskState::Open));
        let listed = format!("/tasks/{}", task.id);
        assert!(officer.open("/tasks").await.links().contains(&listed));
        officer
            .open(&format!("/tasks/{}", task.id))
            .await
            .says("区妇幼保健院")
            .says("没有可以办理的在岗人员");
        for user in ["federation", "rescreen-lead"] {
            assert_eq!(notices(&app, user).await, ["task.nobody"], "{user}");
        }
        let mut lead = app.person("rescreen-lead").await;
        lead.open(&format!("/tasks/{}", task.id)).await.is(200);
        officer
            .open("/inbox")
            .await
            .says("“区妇幼保健院”没有可以办理的在岗人员");

        // Whoever sends there now is not told that anybody was told.
        let (_, next) = proposed(&app, "李小红").await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{next}/sending")).await;
        let sent = page
            .submit_to("/sending", &mut screener)
            .await
            .is(303)
            .location
            .unwrap();
        screener
            .open(&sent)
            .await
            .omits("接收机构已收到通知")
            .says("没有人收到通知")
            .says("已列为残联的待办");

        // Somebody is there again.
        let page = security.open(&format!("/accounts/{account}")).await;
        page.submit_to("/reinstatement", &mut security).await.is(303);
        assert_eq!(whats(&app, child).await, [What::AnswerReferral]);
        let task = task::Entity::find_by_id(task.id).one(&*app.app.db).await.unwrap();
        assert_eq!(task.unwrap().state, TaskState::Settled);
        assert!(!officer.open("/tasks").await.links().contains(&listed));
    })
    .await;
}

#[tokio::test]
async fn what_is_still_to_be_done_stands_under_the_district_where_the_child_lives() {
    story(|app| async move {
        let (child, _) = sent(&app, "王小明").await;
        let before = open(&app, child).await;
        assert!(!before.is_empty() && before.iter().all(|task| task.district == "330211"));
        app.moves_to_the_next_district(child).await;
        let after = open(&app, child).await;
        assert!(!after.is_empty() && after.iter().all(|task| task.district == "330206"));
        // What was done before was done where it was.
        let ended = task::Entity::find()
            .filter(task::COLUMN.child_id.eq(child))
            .filter(task::COLUMN.what.eq(What::ConfirmReferral));
        for task in ended.all(&*app.app.db).await.unwrap() {
            assert_eq!((task.state, task.district.as_str()), (TaskState::Settled, "330211"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_once_to_be_done_names_no_child_that_lives_elsewhere_now() {
    story(|app| async move {
        let (child, _) = screened(&app, "王小明").await;
        let neighbour = place(&app, "骆驼街道社区卫生服务中心").await;
        // As it stood at a place where the child lived once: nobody opens a task by hand.
        let row = task::ActiveModel {
            district: Set("330211".into()),
            child_id: Set(Some(child)),
            what: Set(What::Screen),
            focus: Set(Focus::PlannedCheck),
            focus_id: Set(0),
            leads: Set(false),
            organisation_id: Set(neighbour),
            role: Set(Role::Screener),
            since: Set(app.app.clock.now()),
            rung: Set(0),
            state: Set(TaskState::Cancelled),
            ended_at: Set(Some(app.app.clock.now())),
            version: Set(1),
            ..Default::default()
        };
        let id = row.insert(app.app.db.writer()).await.unwrap().id;
        let mut neighbour = app.person("neighbour").await;
        neighbour.open("/tasks?state=all").await.is(200).omits("王小明");
        neighbour
            .open("/tasks/export?format=csv&state=all")
            .await
            .is(200)
            .omits("王小明");
        neighbour.open(&format!("/tasks/{id}")).await.is(404);
        let mut officer = app.person("federation").await;
        officer.open("/tasks?state=all").await.says("王小明");
    })
    .await;
}
