//! Instruments: filled in, kept, finished, compared, imported. Through the real pages.

use std::{fmt::Write as _, sync::Arc};

use chrono::TimeDelta;
use entities::{
    AssessmentId, ChildId, ReferralId,
    age::GestationalWeeks,
    event::event,
    screening::{assessment, instrument},
    words::{AssessmentState, Kinship, Language, ReferralKind, Sex},
    work::draft,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use starbridge::{
    children::{
        ethnicity::Ethnicity,
        identity::Identity,
        service::{NewChild, NewGuardian, register_in},
    },
    platform::{event as trail, sweep},
    screening::{
        care,
        pathway::refresh_in,
        referral::{Proposal, propose_in},
    },
};

use crate::support::{Person, TestApp, page::Reply, story};

/// A child of 庄市, 24 months old, whom the screener, the hospital and the doctor may see.
async fn child(app: &TestApp, name: &str) -> ChildId {
    let by = app.actor("screener").await;
    let new = NewChild {
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
            email: None,
            language: Language::Chinese,
            kinship: Kinship::Mother,
            has_custody: true,
            may_be_contacted: true,
        }],
    };
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let id = register_in(&tx, &app.app, &by, &new).await.unwrap();
    for user_name in ["rescreener", "doctor"] {
        let place = app.actor(user_name).await.organisation().unwrap();
        care::tie_in(&tx, &by, place, id).await.unwrap();
    }
    trail::record(
        &tx,
        &by,
        "child.registered",
        trail::Subject::child(id),
        serde_json::json!({}),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// A sheet begun through the page where the instrument is chosen.
async fn begun(person: &mut Person, child: ChildId, code: &str) -> AssessmentId {
    let page = person.open(&format!("/assessments/new?child={child}")).await.is(200);
    let reply = page
        .fill("instrument", code)
        .submit_to("/assessments", person)
        .await
        .is(303);
    id_of(&reply)
}

fn id_of(reply: &Reply) -> AssessmentId {
    let to = reply.location.clone().unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

fn sheet(id: AssessmentId) -> String {
    format!("/assessments/{id}")
}

/// Answers for all items of a list.
fn all<'a>(page: Reply, items: impl IntoIterator<Item = (&'a str, &'a str)>) -> Reply {
    items
        .into_iter()
        .fold(page, |page, (item, value)| page.fill(&format!("item-{item}"), value))
}

fn numbered(count: usize, value: &str) -> Vec<(String, String)> {
    (1..=count).map(|n| (n.to_string(), value.to_owned())).collect()
}

fn of(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(a, b)| (a.as_str(), b.as_str()))
}

async fn row(app: &TestApp, id: AssessmentId) -> assessment::Model {
    assessment::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

/// CABS filled in by one person, item 14 apart.
async fn cabs(person: &mut Person, id: AssessmentId, value: &str, last: &str) -> Reply {
    let page = person.open(&sheet(id)).await.is(200);
    let page = all(page, of(&numbered(13, value))).fill("item-14", last);
    page.submit_to(&sheet(id), person).await
}

/// What the script of a page sends every few seconds: the form as it stands.
async fn save(page: &Reply, id: AssessmentId, typed: &[(&str, &str)], person: &mut Person) -> Reply {
    let (_, mut fields) = page.prepared(&format!("{}?", sheet(id)));
    fields.extend(
        typed
            .iter()
            .map(|(item, value)| (format!("item-{item}"), (*value).to_owned())),
    );
    person.post(&format!("{}/draft", sheet(id)), &fields).await
}

#[tokio::test]
async fn an_instrument_is_chosen_by_age_filled_in_and_finished() {
    story(|app| async move {
        let child = child(&app, "陈一").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener
            .open(&format!("/assessments/new?child={child}"))
            .await
            .is(200);
        // Of 24 months: the M-CHAT is for 16 to 30, CABS from 24; the checklist of the initial screen has its own page.
        let page = page
            .says("克氏行为量表")
            .says("只带编号，不带文字")
            .says("条目文字受版权保护")
            .omits("预警征象");
        assert!(page.html().contains("value=\"chat-23\""));
        let early = format!("/assessments/new?child={child}&performed_on=2025-04-20");
        let early = rescreener.open(&early).await.is(200);
        assert!(!early.html().contains("value=\"cabs\""), "not for six months");
        let nothing = page.submit_to("/assessments", &mut rescreener).await.is(422);
        nothing.says("必填");

        let id = begun(&mut rescreener, child, "cabs").await;
        assert_eq!(
            begun(&mut rescreener, child, "cabs").await,
            id,
            "the begun sheet goes on"
        );
        let page = rescreener.open(&sheet(id)).await.is(200);
        assert!(
            page.html().contains("data-key=\"0\""),
            "the number keys of the instrument"
        );
        let page = page.says("全部答完后才显示得分").says("请对照本机构的正式量表填写");
        // Two items missing: named, with links to them, and no score.
        let most = all(page, of(&numbered(12, "2")));
        let reply = most.submit_to(&sheet(id), &mut rescreener).await.is(422);
        let reply = reply.says("未答：第13项").says("未答：第14项").omits("可能范围");
        assert!(reply.links().contains(&"#item-13".to_owned()));
        assert!(!reply.links().contains(&"#item-12".to_owned()));
        let done = reply.fill("item-13", "1").fill("item-14", "1");
        done.submit_to(&sheet(id), &mut rescreener).await.is(303);

        let result = rescreener.open(&sheet(id)).await.is(200);
        result
            .says("总分 26")
            .says("需进一步评估")
            .says("国内通行版三条件")
            .says("cabs 1969.1")
            .says("不是诊断")
            .says("2 经常（几乎每天）");
        let row = row(&app, id).await;
        assert_eq!(row.state, AssessmentState::Final);
        assert_eq!(row.result["positive"], true);
        assert_eq!(row.cutoffs.as_deref(), Some("three-conditions"));
        assert_eq!((row.age_months, row.rater), (24, 1));
        assert_eq!(row.answers["13"], 1);
        assert_eq!(draft::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        let list = rescreener.open(&format!("/children/{child}/assessments")).await.is(200);
        list.says("26").says("需进一步评估").says("rescreener");
    })
    .await;
}

#[tokio::test]
async fn another_cut_off_set_is_named_in_the_result() {
    story(|app| async move {
        let child = child(&app, "陈二").await;
        let mut doctor = app.person("doctor").await;
        let id = begun(&mut doctor, child, "cabs").await;
        let page = doctor.open(&sheet(id)).await.is(200);
        let page = all(page, of(&numbered(14, "1"))).fill("cutoffs", "nhc2010");
        page.submit_to(&sheet(id), &mut doctor).await.is(303);
        let result = doctor.open(&sheet(id)).await;
        result.says("卫办医政发〔2010〕123号 (2010)").says("需进一步评估");
        assert_eq!(row(&app, id).await.cutoffs.as_deref(), Some("nhc2010"));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_sealed_and_restored_after_another_sign_in() {
    story(|app| async move {
        let child = child(&app, "陈三").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        let page = rescreener.open(&sheet(id)).await.is(200);
        save(&page, id, &[("1", "2"), ("2", "0")], &mut rescreener)
            .await
            .is(204);
        let kept = draft::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&kept.content.0).contains("answers"), "sealed");
        assert_eq!(
            row(&app, id).await.answers,
            serde_json::json!({}),
            "nothing in the open"
        );

        // Another tablet, another sign-in.
        let mut tablet = app.person("rescreener").await;
        let list = tablet.open("/assessments").await.is(200).says("草稿").says("继续填写");
        assert!(list.links().contains(&sheet(id)));
        let page = tablet.open(&sheet(id)).await.is(200).says("未答 12");
        let (_, fields) = page.prepared(&format!("{}?", sheet(id)));
        let kept: Vec<_> = fields.iter().filter(|(name, _)| name.starts_with("item-")).collect();
        assert_eq!(kept.len(), 2);
        assert!(fields.contains(&("item-1".to_owned(), "2".to_owned())));
        assert!(fields.contains(&("item-2".to_owned(), "0".to_owned())));
        // Nobody else finds the sheet, and the score stays hidden until everything is answered.
        app.person("doctor").await.get(&sheet(id)).await.is(404);
        let page = all(page, of(&numbered(13, "1")));
        let (_, fields) = page.prepared(&format!("{}?", sheet(id)));
        let standing = format!("{}/standing", sheet(id));
        let so_far = tablet.post(&standing, &fields).await.is(200);
        so_far.says("第14项").omits("总分");
        let mut complete = fields.clone();
        complete.push(("item-14".to_owned(), "1".to_owned()));
        tablet.post(&standing, &complete).await.is(200).says("总分 14");
    })
    .await;
}

#[tokio::test]
async fn two_windows_never_lose_an_answer_silently() {
    story(|app| async move {
        let child = child(&app, "陈四").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        let one = rescreener.open(&sheet(id)).await.is(200);
        let two = rescreener.open(&sheet(id)).await.is(200);
        save(&one, id, &[("1", "2")], &mut rescreener).await.is(204);
        save(&one, id, &[("1", "2"), ("2", "2")], &mut rescreener).await.is(204);
        // The other window knows nothing of that: refused, and nothing is overwritten.
        save(&two, id, &[("1", "0")], &mut rescreener).await.is(409);
        let answers = all(two, of(&numbered(14, "1")));
        let asked = answers.submit_to(&sheet(id), &mut rescreener).await.is(409);
        let asked = asked.says("另一个窗口").says("2 经常").says("1 偶尔");
        assert_eq!(row(&app, id).await.state, AssessmentState::Draft);
        // What was typed here is still here; submitting again is a decision.
        asked.submit_to(&sheet(id), &mut rescreener).await.is(303);
        assert_eq!(row(&app, id).await.result["total"], 14);
        // The first window comes late, and is told.
        save(&one, id, &[("1", "2")], &mut rescreener).await.is(409);
        let late = all(one, of(&numbered(14, "2")));
        late.submit_to(&sheet(id), &mut rescreener).await.is(303);
        assert_eq!(row(&app, id).await.result["total"], 14);
        rescreener.open(&sheet(id)).await.says("总分 14");
    })
    .await;
}

#[tokio::test]
async fn the_second_stage_asks_only_what_failed() {
    story(|app| async move {
        let child = child(&app, "陈五").await;
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "m-chat-r-f").await;
        let page = rescreener.open(&sheet(id)).await.is(200).omits("第1项随访");
        // 2, 5 and 12 score on "yes", and 7 on "no": four in all.
        let answers = (1..=20).map(|n| (n.to_string(), if n == 7 { "no" } else { "yes" }.to_owned()));
        let answers: Vec<_> = answers.collect();
        let reply = all(page, of(&answers))
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(303);
        assert_eq!(reply.location.as_deref(), Some(sheet(id).as_str()));
        assert_eq!(row(&app, id).await.state, AssessmentState::Draft);
        let page = rescreener.open(&sheet(id)).await.is(200);
        let page = page.says("第二阶段").says("第7项随访").omits("第8项随访");
        let one_open = all(page, [("f2", "pass"), ("f5", "fail"), ("f7", "fail")]);
        let reply = one_open
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(422)
            .says("未答：第12项随访");
        reply
            .fill("item-f12", "pass")
            .submit_to(&sheet(id), &mut rescreener)
            .await
            .is(303);
        let row = row(&app, id).await;
        assert_eq!(row.state, AssessmentState::Final);
        assert_eq!(row.result["band"], "positive");
        assert_eq!(row.answers.as_object().unwrap().len(), 24);
        rescreener
            .open(&sheet(id))
            .await
            .says("随访仍不通过项数")
            .says("© 2009 Diana Robins");
    })
    .await;
}

#[tokio::test]
async fn a_second_rater_works_blind_and_the_two_are_compared() {
    story(|app| async move {
        let child = child(&app, "陈六").await;
        let mut rescreener = app.person("rescreener").await;
        let first = begun(&mut rescreener, child, "cabs").await;
        cabs(&mut rescreener, first, "1", "1").await.is(303);
        rescreener
            .get(&format!("{}/second", sheet(first)))
            .await
            .is(409)
            .says("另一人");

        let mut doctor = app.person("doctor").await;
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let page = page.says("独立评定").omits("总分").omits("偶尔");
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        // While the second sheet is open, the first is hidden from its rater, and from nobody else.
        let refused = doctor.get(&sheet(first)).await.is(303);
        assert_eq!(refused.location.as_deref(), Some(sheet(second).as_str()));
        let list = doctor.open(&format!("/children/{child}/assessments")).await.is(200);
        assert!(!list.links().contains(&sheet(first)));
        list.omits("需进一步评估").omits("未达标准");
        rescreener.open(&sheet(first)).await.is(200).says("总分 14");
        rescreener
            .get(&format!("{}/comparison", sheet(first)))
            .await
            .is(409)
            .says("都完成");
        // The place is taken.
        app.person("screener")
            .await
            .open(&format!("{}/second", sheet(first)))
            .await
            .submit(&mut app.person("screener").await)
            .await
            .is(409);

        app.app.clock.advance(TimeDelta::minutes(5));
        cabs(&mut doctor, second, "1", "2").await.is(303);
        let both = doctor.open(&format!("{}/comparison", sheet(second))).await.is(200);
        let both = both
            .says("13 / 14")
            .says("(93%)")
            .says("事先没有打开第一份")
            .says("2 经常（几乎每天）");
        assert_eq!(
            both.text().matches("不同").count(),
            3,
            "the number of items, the total and one item"
        );
        let row = row(&app, second).await;
        assert_eq!((row.rater, row.round), (2, Some(first)));
        // The first cannot be withdrawn from under the second.
        rescreener
            .post(&format!("{}/withdrawal", sheet(first)), &[])
            .await
            .is(409);
    })
    .await;
}

#[tokio::test]
async fn a_second_rater_who_looked_before_is_not_called_blind() {
    story(|app| async move {
        let child = child(&app, "陈七").await;
        let mut rescreener = app.person("rescreener").await;
        let first = begun(&mut rescreener, child, "cabs").await;
        cabs(&mut rescreener, first, "1", "1").await.is(303);
        let mut doctor = app.person("doctor").await;
        doctor.open(&sheet(first)).await.is(200);
        app.app.clock.advance(TimeDelta::minutes(5));
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        cabs(&mut doctor, second, "1", "1").await.is(303);
        let both = doctor.open(&format!("{}/comparison", sheet(first))).await.is(200);
        both.says("14 / 14").says("事先打开过第一份");
    })
    .await;
}

#[tokio::test]
async fn a_foreign_child_has_no_assessments() {
    story(|app| async move {
        let child = child(&app, "陈八").await;
        let mut screener = app.person("screener").await;
        let id = begun(&mut screener, child, "cabs").await;
        cabs(&mut screener, id, "0", "0").await.is(303);
        let mut neighbour = app.person("neighbour").await;
        for path in [
            sheet(id),
            format!("{}/second", sheet(id)),
            format!("{}/comparison", sheet(id)),
            format!("/children/{child}/assessments"),
            format!("/assessments/new?child={child}"),
        ] {
            neighbour.get(&path).await.is(404);
        }
        let fields = [
            ("child", child.to_string()),
            ("performed_on", "2026-11-02".into()),
            ("instrument", "cabs".into()),
        ];
        let fields: Vec<_> = fields.map(|(k, v)| (k.to_owned(), v)).into();
        neighbour.post("/assessments", &fields).await.is(404);
        neighbour.post(&format!("{}/withdrawal", sheet(id)), &[]).await.is(404);
        // A federation reads outcomes, not sheets.
        app.person("federation").await.get(&sheet(id)).await.is(403);
        app.person("lead").await.get(&sheet(id)).await.is(200);
        // Every opening of a sheet is on the child's record.
        let seen = event::Entity::find()
            .filter(event::COLUMN.child_id.eq(child))
            .filter(event::COLUMN.subject_kind.eq("assessment"))
            .order_by_asc(event::COLUMN.id)
            .all(&*app.app.db)
            .await
            .unwrap();
        let actions: Vec<&str> = seen.iter().map(|e| e.action.as_str()).collect();
        assert_eq!(
            actions,
            [
                "assessment.begun",
                "child.viewed",
                "assessment.finished",
                "child.viewed"
            ]
        );
        // Written by mistake: withdrawn by its rater, once, and it stays on record.
        let page = screener.open(&sheet(id)).await.is(200);
        page.submit_to("/withdrawal", &mut screener).await.is(303);
        assert_eq!(row(&app, id).await.state, AssessmentState::Withdrawn);
        screener.open(&sheet(id)).await.is(200).says("已撤销");
    })
    .await;
}

#[tokio::test]
async fn a_finished_instrument_is_attached_to_the_rescreen() {
    story(|app| async move {
        let child = child(&app, "陈九").await;
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let proposal = Proposal {
            child,
            kind: ReferralKind::Rescreen,
            to: None,
            reason: "24月龄初筛需复筛".into(),
            screen: None,
            rescreen: None,
            diagnosis: None,
            continues: None,
        };
        let referral: ReferralId = propose_in(&tx, &app.app, &by, proposal).await.unwrap();
        refresh_in(&tx, child, by.today()).await.unwrap();
        tx.commit().await.unwrap();
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{referral}/sending")).await.is(200);
        page.submit_to("/sending", &mut screener).await.is(303);
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{referral}")).await.is(200);
        page.submit_to("/acceptance", &mut rescreener).await.is(303);

        let form = rescreener
            .open(&format!("/referrals/{referral}/rescreen"))
            .await
            .is(200);
        let link = format!("/assessments/new?child={child}&referral={referral}");
        assert!(form.links().contains(&link), "{:?}", form.links());
        let page = rescreener.open(&link).await.is(200).fill("instrument", "cabs");
        let id = id_of(&page.submit_to("/assessments", &mut rescreener).await.is(303));
        cabs(&mut rescreener, id, "2", "2").await.is(303);
        let result = rescreener.open(&sheet(id)).await.is(200).says("返回复筛");
        assert!(result.links().contains(&format!("/referrals/{referral}/rescreen")));

        let form = rescreener
            .open(&format!("/referrals/{referral}/rescreen"))
            .await
            .is(200)
            .says("CABS");
        let hospital = app.actor("doctor").await.organisation().unwrap();
        let form = form
            .fill("assessments", id)
            .fill("scale_at_risk", "yes")
            .fill("development_deviates", "no")
            .fill("refer_to", hospital);
        form.submit_to("/rescreen", &mut rescreener).await.is(303);
        let row = row(&app, id).await;
        assert!(row.rescreen_id.is_some());
        assert_eq!(row.referral_id, Some(referral));
        rescreener
            .post(&format!("{}/withdrawal", sheet(id)), &[])
            .await
            .is(409)
            .says("不能撤销");
    })
    .await;
}

/// A small package of our own: three questions, each yes worth a point.
fn package(version: &str, expected: u32) -> String {
    let mut text = format!(
        "code = \"sleep\"\nversion = \"{version}\"\nname = {{ zh = \"睡眠问卷\", en = \"Sleep questionnaire\" }}\n\
         rater = {{ zh = \"家长\", en = \"parent\" }}\nbetter = \"lower\"\nsource = \"Written for a test\"\n\
         item_label = {{ zh = \"第{{id}}项\", en = \"item {{id}}\" }}\n"
    );
    text.push_str(
        "[licence]\nstatus = \"own\"\nitem_text = \"neutral\"\nnotice = { zh = \"自拟\", en = \"our own\" }\n",
    );
    text.push_str("[age]\nfrom_months = 12\nto_months = 48\n[choices]\nyes_no = [\n");
    text.push_str("{ value = \"yes\", key = 1, points = 1, label = { zh = \"是\", en = \"yes\" } },\n");
    text.push_str("{ value = \"no\", key = 0, points = 0, label = { zh = \"否\", en = \"no\" } } ]\n");
    text.push_str("[[parts]]\nid = \"main\"\nname = { zh = \"问题\", en = \"Questions\" }\nchoices = \"yes_no\"\n");
    text.push_str("items = [\"1\", \"2\", \"3\"]\n[total]\nparts = [\"main\"]\nfrom = 0\nto = 3\n");
    text.push_str("[[vectors]]\nname = \"all yes\"\nfill = { main = \"yes\" }\n");
    writeln!(text, "expect = {{ total = {expected} }}").unwrap();
    text.push_str("[[vectors]]\nname = \"one open\"\nfill = { main = \"yes\" }\nwithout = [\"2\"]\n");
    text.push_str("expect = { missing = [\"2\"] }\n");
    text
}

async fn import(person: &mut Person, text: &str) -> Reply {
    let note = [("licence_note", "本中心自用")];
    person
        .upload("/instruments?once=", &note, ("file", "package.toml", text.as_bytes()))
        .await
}

#[tokio::test]
async fn a_package_is_imported_only_when_its_vectors_come_out() {
    story(|app| async move {
        let child = child(&app, "陈十").await;
        let mut system = app.person("system").await;
        system
            .open("/instruments")
            .await
            .is(200)
            .says("系统自带")
            .says("M-CHAT-R/F")
            .says("条目文字须经许可");
        let shipped = system.open("/instruments/cars/1988.1").await.is(200);
        shipped.says("大于 36 为重度").says("测试例").says("通过").says("WPS");

        // A vector that fails, a file that is no TOML, one that is not text, and an empty one: told, and nothing is kept.
        let wrong = import(&mut system, &package("1", 2)).await.is(422);
        wrong.says("all yes").says("total 应为 2，实得 3");
        import(&mut system, "code = ")
            .await
            .is(422)
            .says("1:")
            .says("文件读不懂");
        import(&mut system, &package("1", 3).replace("to = 3\n", "to = 9\n"))
            .await
            .is(422)
            .says("声明却是");
        import(&mut system, "").await.is(422).says("必填");
        let bytes = system
            .upload("/instruments?once=", &[], ("file", "p.toml", &[0xFF, 0xFE, 0x00]))
            .await;
        bytes.is(422).says("不是 UTF-8 文本");
        let checklist = include_str!("../src/screening/instruments/data/wscmbd.toml");
        import(&mut system, checklist).await.is(422).says("不能导入");
        assert_eq!(instrument::Entity::find().count(&*app.app.db).await.unwrap(), 0);

        let done = import(&mut system, &package("1", 3)).await.is(303);
        assert_eq!(done.location.as_deref(), Some("/instruments/sleep/1"));
        system
            .open("/instruments/sleep/1")
            .await
            .is(200)
            .says("本中心自用")
            .says("system（测试）")
            .says("all yes");
        import(&mut system, &package("1", 3)).await.is(303);
        assert_eq!(
            instrument::Entity::find().count(&*app.app.db).await.unwrap(),
            1,
            "known already"
        );
        let changed = package("1", 3).replace("睡眠问卷", "睡眠问卷二");
        import(&mut system, &changed).await.is(422).says("版本号也要改");

        // Offered at once, by the same engine; a sheet stays with the version it was begun with.
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "sleep").await;
        import(&mut system, &package("2", 3)).await.is(303);
        let page = rescreener.open(&sheet(id)).await.is(200);
        let page = all(page, [("1", "yes"), ("2", "no"), ("3", "yes")]);
        page.submit_to(&sheet(id), &mut rescreener).await.is(303);
        let row = row(&app, id).await;
        assert_eq!(
            (row.instrument_version.as_str(), &row.result["total"]),
            ("1", &serde_json::json!(2))
        );

        // Taken back: not offered any more, the result stays.
        for version in ["1", "2"] {
            let page = system.open(&format!("/instruments/sleep/{version}")).await.is(200);
            page.submit_to("/retirement", &mut system).await.is(303);
        }
        let page = rescreener
            .open(&format!("/assessments/new?child={child}"))
            .await
            .is(200);
        page.omits("睡眠问卷");
        rescreener.open(&sheet(id)).await.is(200).says("睡眠问卷");
        // Nobody else imports.
        import(&mut rescreener, &package("3", 3)).await.is(403);
        assert!(
            starbridge::assessment::instruments::service::verify(&app.app.db)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn licensed_texts_take_the_place_of_neutral_names() {
    story(|app| async move {
        let child = child(&app, "林一").await;
        let mut system = app.person("system").await;
        let mut texts =
            "instrument = \"cabs\"\nversion = \"1969.1\"\npermission = \"示例许可 2026-1\"\n[items]\n".to_owned();
        for n in 1..=13 {
            writeln!(texts, "{n} = {{ zh = \"示例条目{n}\", en = \"sample item {n}\" }}").unwrap();
        }
        import(&mut system, &texts).await.is(422).says("缺条目 14 的文字");
        texts.push_str("14 = { zh = \"示例条目14\", en = \"sample item 14\" }\n");
        import(&mut system, &texts).await.is(303);
        system
            .open("/instruments/cabs/1969.1")
            .await
            .is(200)
            .says("示例许可 2026-1")
            .says("示例条目14");
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        rescreener
            .open(&sheet(id))
            .await
            .is(200)
            .says("示例条目7")
            .omits("只显示条目编号");
        let page = system.open("/instruments/cabs/1969.1").await.is(200);
        page.submit_to("/retirement", &mut system).await.is(303);
        rescreener.open(&sheet(id)).await.is(200).omits("示例条目7");
    })
    .await;
}

#[tokio::test]
async fn forgotten_sheets_are_given_up() {
    story(|app: Arc<TestApp>| async move {
        let child = child(&app, "林二").await;
        let mut rescreener = app.person("rescreener").await;
        let old = begun(&mut rescreener, child, "cabs").await;
        app.app.clock.advance(TimeDelta::days(10));
        let mut rescreener = app.person("rescreener").await;
        let busy = begun(&mut rescreener, child, "m-chat-r").await;
        app.app.clock.advance(TimeDelta::days(5));
        sweep::run_once(&app.app, &starbridge::assessment::SWEEP).await.unwrap();
        assert_eq!(row(&app, old).await.state, AssessmentState::Withdrawn);
        assert_eq!(row(&app, busy).await.state, AssessmentState::Draft);
        let mut rescreener = app.person("rescreener").await;
        rescreener.open(&sheet(old)).await.is(200).says("已放弃");
    })
    .await;
}
