//! The initial screen through the real pages: one child, a whole day, corrections, departures.

use chrono::{Days, NaiveDate};
use entities::{
    ChildId, OrganisationId,
    age::GestationalWeeks,
    child::{care, child, consent, departure, guardianship, residence},
    communication::{message, notice},
    screening::{follow_up, pathway, planned_check, referral, screen},
    words::{
        CheckState, ConsentPurpose, Delivery, FollowUpKind, FollowUpState, Kinship, Language, ReferralState,
        ScreenOutcome, Sex, Stage,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use starbridge::{
    children::{
        ethnicity::Ethnicity,
        identity::Identity,
        service::{NewChild, NewGuardian, register_in},
    },
    platform::{
        Actor,
        event::{self, Subject},
    },
    screening::departure::service::{NewDeparture, depart, undo},
};

use crate::support::{TestApp, page::Reply, people::Person, story};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Born<'a> {
    name: &'a str,
    on: &'a str,
    weeks: Option<u8>,
    emails: &'a [Option<&'a str>],
}

fn born<'a>(name: &'a str, on: &'a str) -> Born<'a> {
    Born {
        name,
        on,
        weeks: None,
        emails: &[Some("mother@example.org"), None],
    }
}

async fn register(app: &TestApp, new: Born<'_>) -> ChildId {
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let guardian = |email: Option<&str>| NewGuardian {
        existing: None,
        name: "王芳".into(),
        phone: None,
        email: email.map(str::to_owned),
        language: Language::Chinese,
        kinship: Kinship::Mother,
        has_custody: true,
        may_be_contacted: true,
    };
    let file = NewChild {
        name: new.name.into(),
        sex: Sex::Female,
        birth_on: day(new.on),
        gestational_weeks: new.weeks.map(|w| GestationalWeeks::new(w).unwrap()),
        identity: Identity::parse(entities::words::IdentityKind::NoneYet, "").unwrap(),
        ethnicity: Ethnicity::HAN,
        household_division: None,
        division: "330211004".parse().unwrap(),
        resident_since: None,
        address: None,
        kindergarten: Some("庄市中心幼儿园".into()),
        disability_card: None,
        guardians: new.emails.iter().copied().map(guardian).collect(),
    };
    let id = register_in(&tx, &app.app, &by, &file).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The entry page with every answer given.
fn answered(page: Reply, present: &[&str]) -> Reply {
    ["sign1", "sign2", "sign3", "sign4", "regression"]
        .into_iter()
        .fold(page, |page, field| {
            page.fill(field, if present.contains(&field) { "yes" } else { "no" })
        })
}

/// Fill in, look at the preview, save; the answer to saving.
async fn screen_child(who: &mut Person, id: ChildId, on: &str, present: &[&str]) -> Reply {
    let page = who
        .open(&format!("/children/{id}/screens/new?performed_on={on}"))
        .await
        .is(200);
    let preview = answered(page, present).submit(who).await.is(200).says("保存前请核对");
    preview.submit(who).await
}

async fn screens(app: &TestApp, id: ChildId) -> Vec<screen::Model> {
    screen::Entity::find()
        .filter(screen::COLUMN.child_id.eq(id))
        .order_by_asc(screen::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}
async fn referrals(app: &TestApp, id: ChildId) -> Vec<referral::Model> {
    referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(id))
        .order_by_asc(referral::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}
async fn messages(app: &TestApp, id: ChildId) -> Vec<message::Model> {
    message::Entity::find()
        .filter(message::COLUMN.child_id.eq(id))
        .all(&*app.app.db)
        .await
        .unwrap()
}
async fn checks(app: &TestApp, id: ChildId) -> Vec<planned_check::Model> {
    planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(id))
        .order_by_asc(planned_check::COLUMN.age_months)
        .all(&*app.app.db)
        .await
        .unwrap()
}
async fn stands(app: &TestApp, id: ChildId) -> pathway::Model {
    pathway::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn a_normal_screen_settles_the_check_and_waits_for_the_next() {
    story(|app| async move {
        let id = register(&app, born("李小禾", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let page = page.says("24 月龄").says("说不出三样东西的名称").says("1 岁 11 个月");
        let preview = answered(page, &[]).submit(&mut screener).await.says("未见异常");
        assert!(screens(&app, id).await.is_empty(), "a preview records nothing");
        let saved = preview.submit(&mut screener).await;
        assert_eq!(
            saved.location.as_deref(),
            Some(format!("/children/{id}/screens").as_str())
        );
        let done = &screens(&app, id).await[0];
        assert_eq!(
            (done.outcome, done.age_months, done.entered_late),
            (ScreenOutcome::Normal, 24, false)
        );
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 24).unwrap();
        assert_eq!((check.state, check.screen_id), (CheckState::Done, Some(done.id)));
        let here = stands(&app, id).await;
        assert_eq!((here.stage, here.due_on), (Stage::Watching, Some(day("2027-05-10"))));
        screener
            .open(&format!("/children/{id}/screens"))
            .await
            .says("未见异常")
            .says("24 月龄");
    })
    .await;
}

#[tokio::test]
async fn an_abnormal_screen_tells_the_family_and_is_referred_after_confirmation() {
    story(|app| async move {
        let id = register(&app, born("王一", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let saved = screen_child(&mut screener, id, "2026-11-02", &["sign2", "regression"]).await;
        let proposed = referrals(&app, id).await.remove(0);
        assert_eq!(proposed.state, ReferralState::Proposed);
        assert_eq!(
            saved.location.as_deref(),
            Some(format!("/referrals/{}/sending", proposed.id).as_str())
        );
        assert_eq!(stands(&app, id).await.stage, Stage::RescreenProposed);

        // One guardian has an address, the other has to be called; nobody hears the word.
        let told = messages(&app, id).await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].template.as_str(), told[0].state),
            ("screening.rescreen_needed", Delivery::Pending)
        );
        let page = screener.open(&format!("/referrals/{}/sending", proposed.id)).await;
        let page = page
            .says("请电话告知")
            .says("已安排发送通知")
            .says("征象 2")
            .omits("孤独症");
        let text = starbridge::platform::words::raw(Language::Chinese, "message.screening.rescreen_needed.body");
        assert!(text.contains("不是诊断") && !text.contains("孤独") && !text.contains("自闭"));

        let sent = page
            .fill("reason", "不听从简单指令，语言倒退")
            .submit(&mut screener)
            .await;
        assert_eq!(sent.status, 303);
        let sent = referrals(&app, id).await.remove(0);
        // Three working days after Monday.
        assert_eq!(
            (sent.state, sent.answer_due_on),
            (ReferralState::Sent, day("2026-11-05"))
        );
        assert_eq!(sent.reason, "不听从简单指令，语言倒退");
        let here = stands(&app, id).await;
        assert_eq!(
            (here.stage, here.organisation_id),
            (Stage::AwaitingRescreen, Some(sent.to_organisation_id))
        );
        let tie = care::Entity::find_by_id((sent.to_organisation_id, id))
            .one(&*app.app.db)
            .await
            .unwrap();
        assert!(tie.is_some());
        let notices = notice::Entity::find()
            .filter(notice::COLUMN.child_id.eq(id))
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(notices.len(), 1, "one re-screener works there");
        // The receiver may open the child now.
        let mut hospital = app.person("rescreener").await;
        hospital
            .open(&format!("/children/{id}/screens"))
            .await
            .is(200)
            .says("需复筛");
    })
    .await;
}

#[tokio::test]
async fn submitting_twice_counts_once() {
    story(|app| async move {
        let id = register(&app, born("王二", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let preview = answered(page, &["sign1"]).submit(&mut screener).await;
        let (target, fields) = preview.prepared("");
        let (mut once, mut twice) = (screener.clone(), screener.clone());
        let (a, b) = tokio::join!(once.post(&target, &fields), twice.post(&target, &fields));
        assert_eq!((a.status, b.status), (303, 303));
        assert_eq!(screens(&app, id).await.len(), 1);
        assert_eq!(referrals(&app, id).await.len(), 1);
        // Another page for the same check is refused with a reason, and keeps what was typed.
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let late = answered(page, &["sign3"])
            .submit(&mut screener)
            .await
            .is(409)
            .says("已有结果");
        let (_, kept) = late.prepared("");
        assert!(
            kept.contains(&("sign3".into(), "yes".into())),
            "what was typed is still there"
        );
    })
    .await;
}

#[tokio::test]
async fn work_done_in_time_and_entered_late_counts() {
    story(|app| async move {
        // The window of 18 months closed on 10 August 2026.
        let id = register(&app, born("王三", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        screener.open("/checks?state=missed").await.says("王三").says("18 月龄");
        let page = screener
            .open(&format!("/children/{id}/screens/new?performed_on=2026-05-20"))
            .await;
        let page = page.says("18 月龄").says("与人没有目光对视");
        let preview = answered(page, &[]).submit(&mut screener).await.says("补录");
        assert_eq!(preview.submit(&mut screener).await.status, 303);
        let done = &screens(&app, id).await[0];
        assert_eq!((done.age_months, done.entered_late), (18, true));
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 18).unwrap();
        assert_eq!(check.state, CheckState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_preterm_child_goes_by_the_corrected_age_unless_the_screener_chooses() {
    story(|app| async move {
        let preterm = Born {
            weeks: Some(30),
            ..born("早早", "2026-03-20")
        };
        let id = register(&app, preterm).await;
        let mut screener = app.person("screener").await;
        // Seven months old, five by full term.
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        page.says("矫正年龄").says("7 个月").says("5 个月").says("6 月龄");
        let chosen = screener
            .open(&format!(
                "/children/{id}/screens/new?performed_on=2026-11-02&age_used=chronological"
            ))
            .await
            .says("8 月龄");
        let preview = answered(chosen, &[]).submit(&mut screener).await.says("实际年龄");
        preview.submit(&mut screener).await;
        let done = &screens(&app, id).await[0];
        assert_eq!(done.age_months, 8);
        assert_eq!(done.corrected_age_days, Some(done.age_days - 70));
    })
    .await;
}

#[tokio::test]
async fn wrong_days_and_forgotten_answers_are_named() {
    story(|app| async move {
        let id = register(&app, born("王四", "2024-02-29")).await;
        let mut screener = app.person("screener").await;
        let base = format!("/children/{id}/screens/new?performed_on=");
        screener
            .open(&format!("{base}2026-11-03"))
            .await
            .says("日期不能晚于今天");
        screener
            .open(&format!("{base}2024-02-28"))
            .await
            .says("日期不能早于出生日期");
        screener
            .open(&format!("{base}2024-03-10"))
            .await
            .says("不在筛查年龄范围内");
        screener.open(&format!("{base}nonsense")).await.says("日期");
        let page = screener.open(&format!("{base}2026-11-02")).await;
        let again = page
            .fill("sign1", "yes")
            .fill("note", "<b>哭闹</b>")
            .submit(&mut screener)
            .await
            .is(422);
        assert!(again.html().contains("&#60;b&#62;哭闹") || again.html().contains("&lt;b&gt;哭闹"));
        assert!(screens(&app, id).await.is_empty());
        // Nobody screens a child of another district, and nobody but a screener screens.
        let mut neighbour = app.person("neighbour").await;
        neighbour.get(&format!("/children/{id}/screens/new")).await.is(404);
        let mut federation = app.person("federation").await;
        federation.get(&format!("/children/{id}/screens/new")).await.is(403);
    })
    .await;
}

#[tokio::test]
async fn no_message_without_leave() {
    story(|app| async move {
        let id = register(&app, born("王五", "2024-11-10")).await;
        let by = app.actor("screener").await;
        let db = app.app.db.writer();
        let row = consent::ActiveModel {
            child_id: Set(id),
            purpose: Set(ConsentPurpose::Messages),
            text_version: Set("1".into()),
            signer: Set("王芳".into()),
            kinship: Set(Kinship::Mother),
            signed_on: Set(day("2026-01-01")),
            withdrawn_on: Set(Some(day("2026-06-01"))),
            recorded_by: Set(by.account.unwrap()),
            recorded_at: Set(by.now),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
        let other = register(&app, born("王六", "2024-11-10")).await;
        for tie in guardianship::Entity::find()
            .filter(guardianship::COLUMN.child_id.eq(other))
            .all(db)
            .await
            .unwrap()
        {
            let row = guardianship::ActiveModel {
                id: Set(tie.id),
                may_be_contacted: Set(false),
                ..Default::default()
            };
            row.update(db).await.unwrap();
        }
        let mut screener = app.person("screener").await;
        for id in [id, other] {
            screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
            assert_eq!(referrals(&app, id).await.len(), 1);
            assert!(messages(&app, id).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_correction_takes_back_what_hung_on_the_record() {
    story(|app| async move {
        let id = register(&app, born("王七", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
        let old = screens(&app, id).await.remove(0);
        let page = screener
            .open(&format!("/children/{id}/screens/{}/correction", old.id))
            .await;
        let preview = page
            .fill("sign4", "no")
            .submit_to("correction", &mut screener)
            .await
            .says("原记录撤销");
        preview.submit(&mut screener).await.is(303);
        let all = screens(&app, id).await;
        assert!(all[0].withdrawn_at.is_some());
        assert_eq!((all[1].outcome, all[1].withdrawn_at), (ScreenOutcome::Normal, None));
        assert_eq!(referrals(&app, id).await[0].state, ReferralState::Recalled);
        assert_eq!(messages(&app, id).await[0].state, Delivery::Cancelled);
        assert_eq!(stands(&app, id).await.stage, Stage::Watching);
        let check = checks(&app, id).await.into_iter().find(|c| c.age_months == 24).unwrap();
        assert_eq!(check.screen_id, Some(all[1].id));

        // An accepted referral stands.
        let id = register(&app, born("王八一", "2024-11-10")).await;
        screen_child(&mut screener, id, "2026-11-02", &["sign4"]).await;
        let row = referral::ActiveModel {
            id: Set(referrals(&app, id).await[0].id),
            state: Set(ReferralState::Accepted),
            ..Default::default()
        };
        row.update(app.app.db.writer()).await.unwrap();
        let old = screens(&app, id).await.remove(0);
        let page = screener
            .open(&format!("/children/{id}/screens/{}/correction", old.id))
            .await;
        let preview = page.fill("sign4", "no").submit_to("correction", &mut screener).await;
        preview.submit(&mut screener).await.is(409).says("已接收");
        let withdrawal = format!("/children/{id}/screens/{}/withdrawal", old.id);
        screener.post(&withdrawal, &[]).await.is(409);
        assert!(screens(&app, id).await[0].withdrawn_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn who_moved_leaves_and_can_come_back() {
    story(|app| async move {
        let id = register(&app, born("王九", "2024-11-10")).await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{id}/screens/new")).await;
        let preview = page.fill("not_seen", "moved").submit(&mut screener).await.says("离开");
        let saved = preview.submit(&mut screener).await;
        let to = saved.location.unwrap();
        assert_eq!(
            to,
            format!("/children/{id}/departures?reason=moved_away&left_on=2026-11-02")
        );
        let page = screener.open(&to).await;
        page.submit(&mut screener).await.is(303);
        let page = screener.open(&format!("/children/{id}/departures")).await;
        let page = page.says("24 月龄筛查").says("生效中");
        assert_eq!(stands(&app, id).await.stage, Stage::Left);
        screener.open("/checks").await.omits("王九");
        // Neither the sweep nor anybody revives the checks.
        let by = Actor::system("next-checks", app.app.clock.now());
        starbridge::screening::check::sweep::next_checks(&app.app, &by)
            .await
            .unwrap();
        let states: Vec<_> = checks(&app, id).await.into_iter().map(|c| c.state).collect();
        assert!(states.contains(&CheckState::Cancelled));
        assert_eq!(stands(&app, id).await.due_on, None);
        // A second departure is refused.
        let fields = [
            ("reason".to_owned(), "died".to_owned()),
            ("left_on".to_owned(), "2026-11-02".to_owned()),
        ];
        screener
            .post(&format!("/children/{id}/departures"), &fields)
            .await
            .is(409);
        page.submit_to("undoing", &mut screener).await.is(303);
        assert_eq!(stands(&app, id).await.stage, Stage::Watching);
        screener.open("/checks").await.says("王九");
    })
    .await;
}

#[tokio::test]
async fn a_kindergarten_day_is_saved_at_once_or_not_at_all() {
    story(|app| async move {
        let a = register(&app, born("赵一", "2024-11-10")).await;
        let b = register(&app, born("赵二", "2024-10-10")).await;
        let c = register(&app, born("赵三", "2023-11-10")).await;
        let mut screener = app.person("screener").await;
        let list = "/screening-days/new?performed_on=2026-11-02&kindergarten=庄市中心幼儿园";
        let page = screener.open(list).await.says("赵一").says("赵二").says("赵三");
        let (target, mut fields) = page.prepared("/screening-days");
        let put = |fields: &mut Vec<(String, String)>, name: String, value: &str| {
            fields.retain(|(n, _)| *n != name);
            fields.push((name, value.to_owned()));
        };
        put(&mut fields, format!("result_{a}"), "seen");
        put(&mut fields, format!("result_{b}"), "refused");
        put(&mut fields, format!("sign_{b}"), "2");
        put(&mut fields, format!("note_{a}"), "安静");
        let wrong = screener.post(&target, &fields).await.is(422).says("勾选了征象");
        assert!(wrong.html().contains("安静"), "what was typed is still there");
        assert!(
            screens(&app, a).await.is_empty(),
            "nothing is saved when a row is wrong"
        );
        put(&mut fields, format!("result_{b}"), "seen");
        let (target, _) = wrong.prepared("/screening-days");
        let saved = screener.post(&target, &fields).await;
        assert_eq!(saved.location.as_deref(), Some("/screening-days/2026-11-02"));
        assert_eq!(screens(&app, a).await[0].outcome, ScreenOutcome::Normal);
        assert_eq!(screens(&app, b).await[0].outcome, ScreenOutcome::Abnormal);
        assert!(screens(&app, c).await.is_empty());
        assert_eq!(referrals(&app, b).await.len(), 1);
        screener
            .open("/screening-days/2026-11-02")
            .await
            .says("赵二")
            .says("确认转介");
        // The same list once more from another page: the row that is done is named.
        let token = target.split("once=").nth(1).unwrap();
        let again = screener.post(&target.replace(token, "another"), &fields).await.is(422);
        again.says("已有结果");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_checks_filters_sorts_and_exports() {
    story(|app| async move {
        register(&app, born("钱一", "2024-11-10")).await;
        register(&app, born("钱二", "2025-11-05")).await;
        let mut screener = app.person("screener").await;
        screener.open("/checks").await.says("钱一").says("钱二");
        screener.open("/checks?age=12").await.says("钱二").omits("钱一");
        screener
            .open("/checks?q=%E9%92%B1%E4%B8%80")
            .await
            .says("钱一")
            .omits("钱二");
        screener.open("/checks?q=%25").await.omits("钱一");
        screener.open("/checks?sort=name&dir=desc").await.is(200);
        screener.open("/checks?street=330211003").await.omits("钱一");
        screener
            .open("/checks?kindergarten=%E5%BA%84%E5%B8%82")
            .await
            .says("钱一");
        let book = screener.get("/checks/export?state=due&age=12").await.is(200);
        assert_eq!(&book.body[..2], b"PK");
        let mut neighbour = app.person("neighbour").await;
        neighbour.open("/checks").await.omits("钱一");
    })
    .await;
}

/// Numbers without chance: a history for every seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Checks, referrals, tasks and messages of a child in states that the dice give.
async fn live_through(app: &TestApp, id: ChildId, dice: &mut Dice) {
    let db = app.app.db.writer();
    let by = app.actor("screener").await;
    let place = by.organisation().unwrap();
    for check in checks(app, id).await {
        let row = planned_check::ActiveModel {
            id: Set(check.id),
            state: Set(dice.pick(CheckState::ALL)),
            ..Default::default()
        };
        row.update(db).await.unwrap();
    }
    for _ in 0..dice.below(4) {
        let state = dice.pick(ReferralState::ALL);
        let closed = !starbridge::screening::pathway::is_open(state);
        let row = referral::ActiveModel {
            child_id: Set(id),
            district: Set("330211".into()),
            kind: Set(dice.pick(entities::words::ReferralKind::ALL)),
            state: Set(state),
            from_organisation_id: Set(place),
            to_organisation_id: Set(OrganisationId(5)),
            sender_id: Set(by.account.unwrap()),
            reason: Set("…".into()),
            since: Set(by.now),
            answer_due_on: Set(by.today()),
            due_on: Set(by.today()),
            escalation: Set(0),
            closed_at: Set(closed.then_some(by.now)),
            version: Set(1),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    for _ in 0..dice.below(3) {
        let state = dice.pick(FollowUpState::ALL);
        let row = follow_up::ActiveModel {
            child_id: Set(id),
            kind: Set(dice.pick(FollowUpKind::ALL)),
            state: Set(state),
            organisation_id: Set(place),
            opened_at: Set(by.now),
            due_on: Set(by.today()),
            escalation: Set(0),
            closed_at: Set((state != FollowUpState::Open).then_some(by.now)),
            version: Set(1),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    let tie = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(id))
        .one(db)
        .await
        .unwrap()
        .unwrap();
    for n in 0..dice.below(4) {
        let row = message::ActiveModel {
            dedupe_key: Set(format!("{id}/{n}")),
            channel: Set(entities::words::Channel::Mail),
            guardian_id: Set(Some(tie.guardian_id)),
            child_id: Set(Some(id)),
            template: Set("screening.rescreen_needed".into()),
            params: Set(json!({})),
            state: Set(dice.pick(Delivery::ALL)),
            attempts: Set(0),
            next_attempt_at: Set(by.now),
            created_at: Set(by.now),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
}

/// Everything that a departure may touch, without versions.
async fn picture(app: &TestApp, id: ChildId) -> Vec<Value> {
    let db = &*app.app.db;
    let mut all = Vec::new();
    for c in checks(app, id).await {
        all.push(json!(["check", c.id, c.state, c.screen_id]));
    }
    for r in referrals(app, id).await {
        all.push(json!(["referral", r.id, r.state, r.closed_at, r.due_on]));
    }
    let tasks = follow_up::Entity::find()
        .filter(follow_up::COLUMN.child_id.eq(id))
        .order_by_asc(follow_up::COLUMN.id);
    for f in tasks.all(db).await.unwrap() {
        all.push(json!(["follow_up", f.id, f.state, f.closed_at, f.closed_by]));
    }
    let mut told = messages(app, id).await;
    told.sort_by_key(|m| m.id);
    for m in told {
        all.push(json!(["message", m.id, m.state]));
    }
    let homes = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(id))
        .order_by_asc(residence::COLUMN.id);
    for r in homes.all(db).await.unwrap() {
        all.push(json!(["residence", r.id, r.from_on, r.until_on]));
    }
    let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    all.push(json!(["child", file.departure_id]));
    all
}

#[tokio::test]
async fn undoing_a_departure_restores_exactly_what_it_cancelled() {
    story(|app| async move {
        let by = app.actor("screener").await;
        for seed in 0..60 {
            let mut dice = Dice(seed);
            let id = register(&app, born("孙小川", "2023-05-14")).await;
            live_through(&app, id, &mut dice).await;
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            starbridge::screening::pathway::refresh_in(&tx, id, by.today())
                .await
                .unwrap();
            event::record(&tx, &by, "screen.recorded", Subject::child(id), json!({}))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let stood = stands(&app, id).await;
            let before = picture(&app, id).await;
            let leaving = NewDeparture {
                reason: dice.pick(entities::words::DepartureReason::ALL),
                left_on: by.today() - Days::new(u64::try_from(dice.below(100)).unwrap()),
                note: None,
            };
            let departure = depart(&app.app, &by, id, &leaving).await.unwrap();
            let gone = picture(&app, id).await;
            // Exactly what was pending changed, and the list names every change.
            let changed = before.iter().zip(&gone).filter(|(a, b)| a != b).count();
            let row = departure::Entity::find_by_id(departure)
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(changed, row.effects.as_array().unwrap().len() + 1, "seed {seed}");
            for (a, b) in before
                .iter()
                .zip(&gone)
                .filter(|(a, b)| a != b && a[0] != "child" && a[0] != "residence")
            {
                let was = a[2].as_str().unwrap();
                assert!(
                    [
                        "pending",
                        "proposed",
                        "sent",
                        "accepted",
                        "appointed",
                        "no_show",
                        "open"
                    ]
                    .contains(&was)
                );
                assert_eq!(b[2], "cancelled", "seed {seed}");
            }
            assert!(depart(&app.app, &by, id, &leaving).await.is_err());
            undo(&app.app, &by, id, departure).await.unwrap();
            assert_eq!(picture(&app, id).await, before, "seed {seed}");
            assert_eq!(stands(&app, id).await, stood, "seed {seed}");
            assert!(undo(&app.app, &by, id, departure).await.is_err(), "once is enough");
        }
    })
    .await;
}
