//! From a proposed referral to the centre: through the real pages, with everybody who takes part.

use std::sync::Arc;

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, OrganisationId, ReferralId, ScreenId,
    age::GestationalWeeks,
    communication::{message, notice},
    organisation::organisation,
    screening::{diagnosis, follow_up, pathway, referral, referral_step, rescreen, screen},
    words::{
        AgeUsed, FollowUpKind, Kinship, Language, OrganisationKind, ReferralKind, ReferralState, ScreenOutcome, Sex,
        Stage,
    },
    work::draft,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use starbridge::{
    children::{
        ethnicity::Ethnicity,
        identity::Identity,
        service::{NewChild, NewGuardian, register_in},
    },
    platform::{
        event::{self, Subject},
        sweep,
    },
    referral::{escalation, reminder},
    screening::{
        care,
        pathway::refresh_in,
        referral::{Proposal, propose_in},
    },
};

use crate::support::{Person, TestApp, page::Reply, story};

fn toddler(name: &str) -> NewChild {
    NewChild {
        name: name.into(),
        sex: Sex::Male,
        birth_on: "2024-10-20".parse().unwrap(),
        gestational_weeks: Some(GestationalWeeks::new(39).unwrap()),
        identity: Identity::NONE_YET,
        ethnicity: Ethnicity::HAN,
        household_division: None,
        division: "330211004".parse().unwrap(),
        resident_since: None,
        address: None,
        kindergarten: None,
        disability_card: None,
        guardians: vec![NewGuardian {
            existing: None,
            name: "王丽".into(),
            phone: None,
            email: Some("wang@example.org".into()),
            language: Language::Chinese,
            kinship: Kinship::Mother,
            has_custody: true,
            may_be_contacted: true,
        }],
    }
}

/// A child whose screen was abnormal, and nobody referred it yet.
async fn screened(app: &TestApp, name: &str) -> (ChildId, ScreenId) {
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let child = register_in(&tx, &app.app, &by, &toddler(name)).await.unwrap();
    let screen = screen::ActiveModel {
        child_id: Set(child),
        planned_check_id: Set(None),
        organisation_id: Set(by.organisation().unwrap()),
        screener_id: Set(by.person().unwrap()),
        district: Set("330211".into()),
        street: Set("330211004".into()),
        performed_on: Set(by.today()),
        recorded_at: Set(by.now),
        entered_late: Set(false),
        age_months: Set(24),
        age_days: Set(743),
        corrected_age_days: Set(None),
        age_used: Set(AgeUsed::Chronological),
        outcome: Set(ScreenOutcome::Abnormal),
        signs: Set(serde_json::json!([1, 2])),
        regression: Set(false),
        note: Set(None),
        withdrawn_at: Set(None),
        version: Set(1),
        ..Default::default()
    };
    let screen = screen.insert(&*tx).await.unwrap();
    care::tie_in(&tx, &by, by.organisation().unwrap(), child).await.unwrap();
    let subject = Subject::of_child("screen", screen.id.0, child);
    event::record(&tx, &by, "screen.recorded", subject, serde_json::json!({}))
        .await
        .unwrap();
    refresh_in(&tx, child, by.today()).await.unwrap();
    tx.commit().await.unwrap();
    (child, screen.id)
}

/// The same, with the referral that was proposed for it.
async fn proposed(app: &TestApp, name: &str) -> (ChildId, ReferralId) {
    let (child, screen) = screened(app, name).await;
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let proposal = Proposal {
        child,
        kind: ReferralKind::Rescreen,
        to: None,
        reason: "24月龄初筛需复筛".into(),
        screen: Some(screen),
        rescreen: None,
        diagnosis: None,
        continues: None,
    };
    let referral = propose_in(&tx, &app.app, &by, proposal).await.unwrap();
    refresh_in(&tx, child, by.today()).await.unwrap();
    tx.commit().await.unwrap();
    (child, referral)
}

/// The same, confirmed by the screener through the page.
async fn sent(app: &Arc<TestApp>, name: &str) -> (ChildId, ReferralId) {
    let (child, id) = proposed(app, name).await;
    let mut screener = app.person("screener").await;
    let page = screener.open(&format!("/referrals/{id}/sending")).await.is(200);
    page.submit_to("/sending", &mut screener).await.is(303);
    (child, id)
}

async fn row(app: &TestApp, id: ReferralId) -> referral::Model {
    referral::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn stage(app: &TestApp, child: ChildId) -> Stage {
    pathway::Entity::find_by_id(child)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .stage
}

async fn notices(app: &TestApp, user_name: &str) -> Vec<String> {
    let by = app.actor(user_name).await;
    let found = notice::Entity::find()
        .filter(notice::COLUMN.account_id.eq(by.account.unwrap_or(AccountId(0))))
        .all(&*app.app.db)
        .await
        .unwrap();
    found.into_iter().map(|n| n.template).collect()
}

async fn messages(app: &TestApp, child: ChildId) -> Vec<String> {
    let found = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .all(&*app.app.db)
        .await
        .unwrap();
    found.into_iter().map(|m| m.template).collect()
}

async fn post(person: &mut Person, id: ReferralId, action: &str, fields: &[(&str, &str)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    person.post(&format!("/referrals/{id}/{action}"), &fields).await
}

/// One failed call, so many hours after the opening time.
async fn call(person: &mut Person, id: ReferralId, time: &str) -> Reply {
    let fields = [
        ("method", "phone"),
        ("result", "not_reached"),
        ("attempted_on", "2026-11-03"),
        ("attempted_time", time),
    ];
    post(person, id, "contacts", &fields).await
}

#[tokio::test]
async fn a_child_goes_from_the_abnormal_screen_to_the_centre() {
    story(|app| async move {
        let (child, id) = sent(&app, "王小明").await;
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);

        // The hospital finds it at home, accepts it, makes an appointment.
        let mut rescreener = app.person("rescreener").await;
        rescreener.open("/").await.says("待应答的转介1").says("王小明");
        let page = rescreener
            .open(&format!("/referrals/{id}"))
            .await
            .says("轮到本机构处理");
        page.submit_to("/acceptance", &mut rescreener).await.is(303);
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("appointment_on", "2026-11-09")
            .fill("appointment_time", "14:30")
            .submit_to("/appointment", &mut rescreener)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ReferralState::Appointed);
        assert_eq!(messages(&app, child).await, ["referral.appointment"]);

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
        assert!(found.abnormal && found.criteria == serde_json::json!([2]));
        assert_eq!(stage(&app, child).await, Stage::DiagnosisProposed);

        // The sender is told the outcome, not the details, and finds it at home.
        let mut screener = app.person("screener").await;
        screener.open("/").await.says("返回的结果").says("需进一步诊断评估");
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
        page.fill("codes", "F84.0").submit(&mut doctor).await.is(303);
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
        let task = follow_up::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(task.kind, FollowUpKind::RehabilitationContact);
        // Seven working days after Monday 2 November.
        assert_eq!(task.due_on.to_string(), "2026-11-11");
        let mut intake = app.person("intake").await;
        intake.open("/").await.says("随访任务1").says("待应答的转介1");
        let page = intake.open(&format!("/follow-ups/{}", task.id)).await.is(200);
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
        assert_eq!(told, ["referral.appointment", "rescreen.further", "diagnosis.support"]);
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

async fn place(app: &TestApp, name: &str) -> OrganisationId {
    organisation::Entity::find()
        .filter(organisation::COLUMN.name.eq(name))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
        .id
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
        screener.open("/follow-ups").await.says("李小红").says("2027-02-02");
        assert_eq!(messages(&app, child).await, ["rescreen.clear"]);
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
async fn what_the_state_or_the_side_forbids_changes_nothing() {
    story(|app| async move {
        let (_, id) = proposed(&app, "陈小东").await;
        let mut rescreener = app.person("rescreener").await;
        // A proposal is the sender's own business.
        rescreener.open(&format!("/referrals/{id}")).await.is(404);
        post(&mut rescreener, id, "acceptance", &[]).await.is(404);

        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{id}/sending")).await;
        page.submit_to("/sending", &mut screener).await.is(303);
        let due = [
            ("decline_reason", "x"),
            ("recall_reason", "x"),
            ("forward_reason", "x"),
            ("appointment_on", "2026-11-09"),
            ("appointment_time", "09:00"),
        ];
        // The sender cannot answer for the receiver, nor the receiver take it back, nor anybody else do anything.
        for action in ["acceptance", "decline", "appointment", "no-show"] {
            post(&mut screener, id, action, &due).await.is(403);
        }
        post(&mut rescreener, id, "recall", &due).await.is(403);
        post(&mut rescreener, id, "decline", &[]).await.is(422);
        for (user, action) in [
            ("neighbour", "acceptance"),
            ("doctor", "acceptance"),
            ("intake", "decline"),
        ] {
            let mut other = app.person(user).await;
            other.open(&format!("/referrals/{id}")).await.is(404);
            post(&mut other, id, action, &due).await.is(404);
        }
        let mut federation = app.person("federation").await;
        federation.open(&format!("/referrals/{id}")).await.is(200);
        post(&mut federation, id, "acceptance", &due).await.is(403);
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere.open(&format!("/referrals/{id}")).await.is(404);
        // No appointment was missed that was never made; nobody is lost without attempts.
        post(&mut rescreener, id, "no-show", &due).await.is(409);
        post(&mut rescreener, id, "loss", &due).await.is(409).says("须有 3 次");
        assert_eq!(row(&app, id).await.state, ReferralState::Sent);

        // What has ended has ended.
        post(&mut rescreener, id, "decline", &due).await.is(303);
        for action in ["acceptance", "appointment", "decline"] {
            post(&mut rescreener, id, action, &due).await.is(409).says("已退回");
        }
        post(&mut screener, id, "recall", &due).await.is(409);
        let steps = referral_step::Entity::find().count(&*app.app.db).await.unwrap();
        assert_eq!(steps, 3, "proposed, sent, declined");
    })
    .await;
}

#[tokio::test]
async fn a_declined_referral_begins_again() {
    story(|app| async move {
        let (child, id) = sent(&app, "赵小北").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("decline_reason", "本月设备检修")
            .submit_to("/decline", &mut rescreener)
            .await
            .is(303);
        assert!(
            notices(&app, "screener")
                .await
                .contains(&"referral.declined".to_owned())
        );
        assert_eq!(stage(&app, child).await, Stage::RescreenProposed);
        let mut screener = app.person("screener").await;
        screener.open("/referrals?view=returned").await.says("赵小北");
        let page = screener.open(&format!("/referrals/{id}")).await.says("本月设备检修");
        let reply = page.submit_to("/renewal", &mut screener).await.is(303);
        let next: ReferralId = reply.location.unwrap().rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(row(&app, next).await.continues_id, Some(id));
        assert_eq!(row(&app, next).await.state, ReferralState::Proposed);
        // Once.
        post(&mut screener, id, "renewal", &[]).await.is(409);
    })
    .await;
}

#[tokio::test]
async fn a_referral_is_passed_on_and_the_result_comes_home() {
    story(|app| async move {
        let db = app.app.db.writer();
        let other = organisation::ActiveModel {
            kind: Set(OrganisationKind::RescreenHospital),
            name: Set("区第二医院".into()),
            coverage: Set("330211".into()),
            version: Set(1),
            created_at: Set(app.app.clock.now()),
            ..Default::default()
        };
        let other = other.insert(db).await.unwrap();
        let (child, id) = sent(&app, "孙小南").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("forward_to", other.id)
            .fill("forward_reason", "家长就近")
            .submit_to("/forwarding", &mut rescreener)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ReferralState::Forwarded);
        let next = referral::Entity::find()
            .filter(referral::COLUMN.continues_id.eq(id))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((next.state, next.to_organisation_id), (ReferralState::Sent, other.id));
        assert_eq!(next.from_organisation_id, row(&app, id).await.from_organisation_id);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        assert!(
            notices(&app, "screener")
                .await
                .contains(&"referral.forwarded".to_owned())
        );
        // Not to somebody who is no re-screen hospital.
        let page = [("forward_to", "1"), ("forward_reason", "x")];
        post(&mut rescreener, id, "forwarding", &page).await.is(409);
    })
    .await;
}

#[tokio::test]
async fn two_clerks_accept_one_referral() {
    story(|app| async move {
        let (_, id) = sent(&app, "周小一").await;
        let mut first = app.person("rescreener").await;
        let mut second = app.person("rescreen-lead").await;
        let page = format!("/referrals/{id}");
        let (one, two) = (first.open(&page).await, second.open(&page).await);
        let (one, two) = tokio::join!(
            one.submit_to("/acceptance", &mut first),
            two.submit_to("/acceptance", &mut second)
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let late = if one.status == 409 { one } else { two };
        late.says("处理，现在的状态是“已接收”");
        let row = row(&app, id).await;
        assert_eq!((row.state, row.version), (ReferralState::Accepted, 3));
        let accepted = referral_step::Entity::find()
            .filter(referral_step::COLUMN.to_state.eq(ReferralState::Accepted))
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(accepted, 1);
    })
    .await;
}

#[tokio::test]
async fn many_are_accepted_from_the_list_and_the_list_is_taken_out() {
    story(|app| async move {
        let (_, a) = sent(&app, "吴小二").await;
        let (_, b) = sent(&app, "郑小三").await;
        let (_, c) = sent(&app, "冯小四").await;
        let mut rescreener = app.person("rescreener").await;
        let list = rescreener.open("/referrals?view=to_answer").await.says("冯小四");
        // Somebody answers one of them meanwhile.
        let mut lead = app.person("rescreen-lead").await;
        post(&mut lead, b, "acceptance", &[]).await.is(303);
        let list = list.fill("pick", a).fill("pick", b).fill("pick", c);
        list.submit_to("/acceptances", &mut rescreener).await.is(303);
        let owner = row(&app, b).await.owner_id;
        assert_eq!(owner, app.actor("rescreen-lead").await.account);
        assert_eq!(row(&app, a).await.state, ReferralState::Accepted);
        assert_eq!(row(&app, c).await.state, ReferralState::Accepted);
        let file = rescreener.open("/referrals/export?view=ours").await.is(200);
        assert!(file.body.starts_with(b"PK"));
        // A saved filter, shared with colleagues.
        let list = rescreener.open("/referrals?view=ours&kind=rescreen").await;
        list.fill("filter_name", "本周")
            .fill("shared", "true")
            .submit_to("/referrals/filters", &mut rescreener)
            .await
            .is(303);
        let page = lead.open("/referrals").await.says("本周");
        assert!(
            page.links().iter().any(|l| l.contains("kind=rescreen")),
            "{:?}",
            page.links()
        );
    })
    .await;
}

#[tokio::test]
async fn a_family_is_lost_only_after_three_attempts() {
    story(|app| async move {
        let (child, id) = sent(&app, "褚小五").await;
        app.app
            .clock
            .advance(chrono::TimeDelta::days(1) + chrono::TimeDelta::hours(8));
        let mut rescreener = app.person("rescreener").await;
        for time in ["09:10", "11:20"] {
            call(&mut rescreener, id, time).await.is(303);
        }
        // The same call again is not another attempt.
        call(&mut rescreener, id, "11:20").await.is(303);
        post(&mut rescreener, id, "loss", &[]).await.is(409).says("目前 2 次");
        call(&mut rescreener, id, "15:00").await.is(303);
        let page = rescreener.open(&format!("/referrals/{id}")).await.says("记为失访");
        page.submit_to("/loss", &mut rescreener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::Lost);
        assert!(notices(&app, "screener").await.contains(&"referral.lost".to_owned()));
        // They turn up after all.
        post(&mut rescreener, id, "acceptance", &[]).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
    })
    .await;
}

#[tokio::test]
async fn silence_climbs_once_a_rung_and_ends_with_the_referral() {
    story(|app| async move {
        let (_, id) = sent(&app, "卫小六").await;
        let (_, answered) = sent(&app, "蒋小七").await;
        let overdue = |names: &[String]| names.iter().filter(|n| *n == "referral.overdue").count();
        // An answer is due on Thursday 5 November.
        app.app.clock.advance(chrono::TimeDelta::days(3));
        sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        assert_eq!(overdue(&notices(&app, "rescreen-lead").await), 0);
        app.app.clock.advance(chrono::TimeDelta::days(1));
        for _ in 0..2 {
            sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        }
        assert_eq!(overdue(&notices(&app, "rescreen-lead").await), 2);
        assert_eq!(overdue(&notices(&app, "federation").await), 0);
        assert_eq!(row(&app, id).await.escalation, 1);
        let mut rescreener = app.person("rescreener").await;
        post(
            &mut rescreener,
            answered,
            "decline",
            &[("decline_reason", "已在外院就诊")],
        )
        .await
        .is(303);
        // Tuesday 10 November: three working days late.
        app.app.clock.advance(chrono::TimeDelta::days(4));
        for _ in 0..2 {
            sweep::run_once(&app.app, &escalation::SWEEP).await.unwrap();
        }
        assert_eq!(overdue(&notices(&app, "federation").await), 1);
        assert_eq!(
            (row(&app, id).await.escalation, row(&app, answered).await.escalation),
            (2, 1)
        );
        let mut federation = app.person("federation").await;
        federation.open("/").await.says("卫小六").says("已逾期 3 个工作日");
        federation
            .open("/referrals?view=overdue")
            .await
            .says("卫小六")
            .omits("蒋小七");
    })
    .await;
}

#[tokio::test]
async fn tomorrows_appointment_is_remembered_once() {
    story(|app| async move {
        let (child, id) = sent(&app, "沈小八").await;
        let mut rescreener = app.person("rescreener").await;
        let fields = [("appointment_on", "2026-11-04"), ("appointment_time", "09:00")];
        post(&mut rescreener, id, "appointment", &fields).await.is(303);
        sweep::run_once(&app.app, &reminder::SWEEP).await.unwrap();
        assert_eq!(messages(&app, child).await, ["referral.appointment"]);
        app.app.clock.advance(chrono::TimeDelta::days(1));
        for _ in 0..2 {
            sweep::run_once(&app.app, &reminder::SWEEP).await.unwrap();
        }
        assert_eq!(
            messages(&app, child).await,
            ["referral.appointment", "referral.appointment_tomorrow"]
        );
    })
    .await;
}

#[tokio::test]
async fn every_role_has_a_home() {
    story(|app| async move {
        for (user, says) in [
            ("screener", "待确认的转介"),
            ("rescreener", "待应答的转介"),
            ("doctor", "待应答的转介"),
            ("intake", "随访任务"),
            ("lead", "我的工作"),
            ("street", "各环节儿童数"),
            ("federation", "各环节儿童数"),
            ("bureau", "本月"),
            ("system", "缺少日历的年份"),
            ("security", "已锁定"),
            ("audit", "今日事件"),
        ] {
            let mut person = app.person(user).await;
            person.open("/").await.is(200).says(says);
        }
    })
    .await;
}

#[tokio::test]
async fn a_finding_without_a_receiver_is_referred_once_there_is_one() {
    story(|app| async move {
        let hospitals = async |closed: Option<NaiveDate>| {
            organisation::Entity::update_many()
                .col_expr(organisation::Column::ClosedOn, Expr::value(closed))
                .filter(organisation::COLUMN.kind.eq(OrganisationKind::RescreenHospital))
                .exec(app.app.db.writer())
                .await
                .unwrap();
        };
        hospitals(NaiveDate::from_ymd_opt(2026, 1, 1)).await;
        let child = screened(&app, "王小明").await.0;
        assert_eq!(stage(&app, child).await, Stage::RescreenProposed);

        let mut screener = app.person("screener").await;
        let chain = format!("/children/{child}/chain");
        let page = screener.open(&chain).await.says("发起转介");
        page.submit_to("/referrals", &mut screener).await.is(303);
        let page = screener.open(&chain).await.says("没有覆盖该儿童住址的接收机构");

        hospitals(None).await;
        let reply = page.submit_to("/referrals", &mut screener).await.is(303);
        let sending = reply.location.clone().unwrap();
        assert!(sending.ends_with("/sending"), "{sending}");
        let page = screener.open(&sending).await.says("24 月龄");
        page.submit_to("/sending", &mut screener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        screener.open(&chain).await.omits("发起转介");
        // The same button on a page that stayed open.
        screener
            .post(&format!("/children/{child}/referrals"), &[])
            .await
            .is(303);
        let begun = referral::Entity::find().filter(referral::COLUMN.child_id.eq(child));
        assert_eq!(begun.count(&*app.app.db).await.unwrap(), 1);
    })
    .await;
}
