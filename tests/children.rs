//! Children's files: registering, finding, correcting, moving; guardians and consents.

use entities::{
    ChildId,
    child::{child, duplicate, guardianship, residence},
    event::event,
    screening::planned_check,
    words::DuplicateState,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::{Person, TestApp, page::Reply, story};

/// The form of a child who was born in time and lives in 庄市街道, ready to be sent.
async fn form(by: &mut Person, name: &str) -> Reply {
    by.open("/children/new")
        .await
        .fill("name", name)
        .fill("sex", "male")
        .fill("birth_on", "2024-05-14")
        .fill("identity_kind", "none_yet")
        .fill("division", "330211004")
        .fill("guardian1_name", "王芳")
        .fill("guardian1_kinship", "mother")
        .fill("guardian1_phone", "13812345678")
}

fn id_of(reply: &Reply) -> i64 {
    let to = reply
        .location
        .as_deref()
        .unwrap_or_else(|| panic!("not registered: {}", reply.text()));
    to.rsplit('/').next().unwrap().parse().unwrap()
}

async fn register(by: &mut Person, name: &str) -> i64 {
    let reply = form(by, name).await.submit(by).await;
    id_of(&reply)
}

async fn child(app: &TestApp, id: i64) -> child::Model {
    child::Entity::find_by_id(ChildId(id))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn count_children(app: &TestApp) -> u64 {
    child::Entity::find().count(&*app.app.db).await.unwrap()
}

async fn events(app: &TestApp, id: i64, action: &str) -> u64 {
    event::Entity::find()
        .filter(event::COLUMN.child_id.eq(ChildId(id)))
        .filter(event::COLUMN.action.eq(action))
        .count(&*app.app.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_child_is_registered_with_everything_and_found_in_every_way() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let reply = form(&mut screener, "曾小明")
            .await
            .fill("birth_on", "2020-02-29")
            .fill("identity_kind", "citizen_id")
            .fill("identity_no", "330211202002290016")
            .fill("gestational_weeks", "34")
            .fill("household_division", "34")
            .fill("kindergarten", "庄市中心幼儿园")
            .fill("disability_card_no", "33021120200229001662")
            .fill("disability_card_expires_on", "2026-10-01")
            .fill("guardian2_name", "曾强")
            .fill("guardian2_kinship", "father")
            .submit(&mut screener)
            .await;
        let id = id_of(&reply);
        let page = screener
            .open(&format!("/children/{id}"))
            .await
            .says("330211-2026-00001")
            .says("3302**********0016")
            .says("安徽省")
            .says("138****5678")
            .says("曾强")
            .says("已到期")
            .omits("330211202002290016")
            .omits("13812345678");
        for term in ["小明", "zxm", "zengxiaoming", "330211-2026-00001", "330211202002290016"] {
            screener.open(&format!("/children?q={term}")).await.says("曾小明");
            screener.open(&format!("/search?q={term}")).await.says("曾小明");
        }
        // The everyday reading of the surname, and a part of the number, find nothing.
        for term in ["cxm", "33021120200229", "%25", "_", "曾%25明"] {
            screener.open(&format!("/children?q={term}")).await.omits("曾小明");
        }
        let shown = page.submit_to("/identity", &mut screener).await;
        shown.is(200).says("330211202002290016");
        assert_eq!(events(&app, id, "child.unmasked").await, 1);
        assert_eq!(events(&app, id, "child.registered").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_written() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let before = count_children(&app).await;
        for (field, value, words) in [
            ("name", "", "请填写此项"),
            ("name", "<script>alert(1)</script>", "姓名只能包含"),
            ("birth_on", "2023-02-29", "日期不正确"),
            ("birth_on", "2026-11-03", "不能晚于今天"),
            ("birth_on", "1924-05-14", "请核对年份"),
            ("gestational_weeks", "50", "20至44周"),
            ("gestational_weeks", "99999999999", "无法识别"),
            ("identity_no", "330211202002290016", "请选择对应的证件类型"),
            ("division", "330299001", "没有这个地方"),
            ("guardian1_phone", "12345", "手机号"),
            ("guardian1_email", "no address", "邮箱地址不正确"),
            ("disability_card_no", "33021120200229001699", "残疾人证号第19位"),
        ] {
            let page = form(&mut screener, "王小虎").await.fill(field, value);
            page.submit(&mut screener).await.is(422).says(words);
        }
        for (number, words) in [
            ("330211202405140017", "校验位不符"),
            ("330211202002290016", "出生日期与身份证号不一致"),
            ("", "请填写此项"),
        ] {
            let page = form(&mut screener, "王小虎").await.fill("identity_kind", "citizen_id");
            let page = page
                .fill("identity_no", number)
                .submit(&mut screener)
                .await
                .is(422)
                .says(words);
            // What was typed is still there.
            assert!(page.html().contains("value=\"王小虎\""));
        }
        assert_eq!(count_children(&app).await, before);
    })
    .await;
}

#[tokio::test]
async fn markup_in_a_text_stays_text() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let page = form(&mut screener, "王小虎")
            .await
            .fill("address", "<b>1'; DROP TABLE child;--</b>");
        let id = id_of(&page.submit(&mut screener).await);
        let page = screener.open(&format!("/children/{id}")).await;
        assert!(!page.html().contains("<b>1"));
        page.says("<b>1'; DROP TABLE child;--</b>");
    })
    .await;
}

#[tokio::test]
async fn the_same_form_sent_twice_opens_one_file() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let (target, fields) = form(&mut screener, "王小虎").await.prepared("");
        let first = screener.post(&target, &fields).await;
        let second = screener.post(&target, &fields).await;
        assert_eq!(second.location, first.location);
        assert_eq!(count_children(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_like_another_one_is_opened_only_when_the_clerk_insists() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let first = register(&mut screener, "李明").await;
        // Heard on the phone: another way to write it, the same mother.
        let page = form(&mut screener, "黎鸣").await.submit(&mut screener).await;
        let page = page.is(409).says("姓名同音").says("330211-2026-00001");
        assert_eq!(count_children(&app).await, 1);
        let second = id_of(&page.fill("confirmed", "true").submit(&mut screener).await);
        let pair = duplicate::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!((pair.first_id.0, pair.second_id.0), (first, second));
        assert_eq!(pair.state, DuplicateState::KeptBoth);
        // The warning while typing says the same.
        let (_, fields) = form(&mut screener, "李明").await.prepared("");
        screener
            .post("/children/similar", &fields)
            .await
            .is(200)
            .says("姓名和出生日期相同");
        // A twin sister is another child: no question.
        let page = form(&mut screener, "李亮").await.fill("sex", "female");
        page.submit(&mut screener).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn the_same_identity_number_goes_to_the_review() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let with_number = |page: Reply| {
            page.fill("birth_on", "2021-08-01")
                .fill("sex", "female")
                .fill("identity_kind", "citizen_id")
                .fill("identity_no", "330211202108010027")
        };
        with_number(form(&mut screener, "陈一诺").await)
            .submit(&mut screener)
            .await
            .is(303);
        let mut neighbour = app.person("neighbour").await;
        let page = with_number(form(&mut neighbour, "陈诺").await)
            .submit(&mut neighbour)
            .await;
        // Another site's child: enough to ask there, no more.
        let page = page.is(409).says("证件号码相同").says("陈*诺").omits("陈一诺");
        page.fill("confirmed", "true").submit(&mut neighbour).await.is(303);
        let pair = duplicate::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(pair.state, DuplicateState::Open);
    })
    .await;
}

#[tokio::test]
async fn siblings_share_their_mother() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let elder = register(&mut screener, "王一一").await;
        let younger = register(&mut screener, "王二二").await;
        let ties = guardianship::Entity::find()
            .order_by_asc(guardianship::COLUMN.id)
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(ties[0].guardian_id, ties[1].guardian_id);
        screener.open(&format!("/children/{younger}")).await.says("王一一");
        // A grandfather without a phone is shared by hand.
        let page = screener.open(&format!("/children/{elder}/guardians/new")).await;
        let page = page.fill("name", "王大山").fill("kinship", "paternal_grandparent");
        page.submit_to("/guardians?", &mut screener).await.is(303);
        let page = screener
            .open(&format!("/children/{younger}/guardians/new?sibling=330211-2026-00001"))
            .await
            .says("王大山");
        let offered = guardianship::Entity::find().count(&*app.app.db).await.unwrap();
        let grandfather = guardianship::Entity::find()
            .order_by_desc(guardianship::COLUMN.id)
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let (target, _) = page.prepared("/guardians/shared");
        let fields = [
            ("guardian_id".to_owned(), grandfather.guardian_id.to_string()),
            ("kinship".to_owned(), "paternal_grandparent".to_owned()),
        ];
        screener.post(&target, &fields).await.is(303);
        assert_eq!(
            guardianship::Entity::find().count(&*app.app.db).await.unwrap(),
            offered + 1
        );
        screener.open(&format!("/children/{younger}")).await.says("王大山");
    })
    .await;
}

#[tokio::test]
async fn a_guardian_is_corrected_and_ends() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        let tie = guardianship::Entity::find()
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap()
            .id;
        let path = format!("/children/{id}/guardians/{tie}");
        let stale = screener.open(&format!("{path}/edit")).await.fill("name", "王方");
        let page = screener.open(&format!("{path}/edit")).await;
        let page = page.fill("phone", "13900000001").clear("contact");
        page.submit_to(&format!("{path}?"), &mut screener).await.is(303);
        screener
            .open(&format!("/children/{id}"))
            .await
            .says("139****0001")
            .says("不可联系");
        stale
            .submit_to(&format!("{path}?"), &mut screener)
            .await
            .is(409)
            .says("已修改");
        let page = screener.open(&format!("/children/{id}")).await;
        page.submit_to("/phone", &mut screener).await.says("13900000001");
        let page = screener.open(&format!("{path}/edit")).await.fill("on", "2026-11-03");
        page.submit_to("/ending", &mut screener)
            .await
            .is(422)
            .says("不能晚于今天");
        let page = screener.open(&format!("{path}/edit")).await.fill("on", "2026-11-01");
        page.submit_to("/ending", &mut screener).await.is(303);
        screener
            .open(&format!("/children/{id}"))
            .await
            .says("2026-11-01 起不再担任");
    })
    .await;
}

#[tokio::test]
async fn a_stale_correction_shows_what_was_typed_and_what_differs() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let mut lead = app.person("lead").await;
        let id = register(&mut screener, "王小虎").await;
        let late = screener
            .open(&format!("/children/{id}/edit"))
            .await
            .fill("name", "王晓虎");
        let page = lead
            .open(&format!("/children/{id}/edit"))
            .await
            .fill("kindergarten", "红星幼儿园");
        page.submit(&mut lead).await.is(303);
        let page = late.submit(&mut screener).await.is(409).says("红星幼儿园");
        assert!(page.html().contains("value=\"王晓虎\""));
        assert_eq!(child(&app, id).await.name, "王小虎");
        page.submit(&mut screener).await.is(303);
        assert_eq!(child(&app, id).await.name, "王晓虎");
        screener.open("/children?q=晓虎").await.says("王晓虎");
        screener.open("/children?q=小虎").await.omits("王");
    })
    .await;
}

#[tokio::test]
async fn a_corrected_birth_date_plans_again_and_must_fit_the_number() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        let due = async || {
            planned_check::Entity::find()
                .filter(planned_check::COLUMN.child_id.eq(ChildId(id)))
                .filter(planned_check::Column::AgeMonths.eq(36))
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap()
                .due_on
                .to_string()
        };
        assert_eq!(due().await, "2027-05-14");
        let page = screener.open(&format!("/children/{id}/edit")).await;
        page.fill("birth_on", "2024-08-01").submit(&mut screener).await.is(303);
        assert_eq!(due().await, "2027-08-01");
        let first = residence::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(first.from_on.to_string(), "2024-08-01");
        let page = screener.open(&format!("/children/{id}/edit")).await;
        let page = page
            .fill("identity_kind", "citizen_id")
            .fill("identity_no", "330211202108010027");
        page.submit(&mut screener).await.is(422).says("不一致");
    })
    .await;
}

#[tokio::test]
async fn a_move_is_a_dated_fact() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let mut neighbour = app.person("neighbour").await;
        let id = register(&mut screener, "王小虎").await;
        neighbour.open(&format!("/children/{id}")).await.is(404);
        let path = format!("/children/{id}/moves");
        let page = screener
            .open(&path)
            .await
            .fill("division", "330211004")
            .fill("moved_on", "2026-10-01");
        page.submit(&mut screener).await.is(422).says("现在就住在这里");
        let page = screener
            .open(&path)
            .await
            .fill("division", "330211003")
            .fill("moved_on", "2020-01-01");
        page.submit(&mut screener).await.is(422).says("2024-05-14");
        let page = screener
            .open(&path)
            .await
            .fill("division", "330211003")
            .fill("moved_on", "2026-10-01");
        page.submit(&mut screener).await.is(303);
        let places: Vec<(String, String, Option<String>)> = residence::Entity::find()
            .order_by_asc(residence::COLUMN.id)
            .all(&*app.app.db)
            .await
            .unwrap()
            .into_iter()
            .map(|r| (r.street, r.from_on.to_string(), r.until_on.map(|d| d.to_string())))
            .collect();
        assert_eq!(
            places,
            [
                (
                    "330211004".to_owned(),
                    "2024-05-14".to_owned(),
                    Some("2026-10-01".to_owned())
                ),
                ("330211003".to_owned(), "2026-10-01".to_owned(), None),
            ]
        );
        let checks = planned_check::Entity::find().all(&*app.app.db).await.unwrap();
        assert!(checks.iter().all(|check| check.street == "330211003"));
        neighbour.open(&format!("/children/{id}")).await.says("骆驼街道");
        // To another district: found there, by its name, and no longer here.
        let mut federation = app.person("federation").await;
        let page = federation.open(&path).await;
        assert!(page.html().contains("330211100"));
        let (target, mut fields) = page.prepared("/moves");
        fields.retain(|(name, _)| name != "division" && name != "moved_on");
        fields.push(("division".to_owned(), "330206001".to_owned()));
        fields.push(("moved_on".to_owned(), "2026-11-01".to_owned()));
        federation.post(&target, &fields).await.is(422).says("没有这个地方");
    })
    .await;
}

#[tokio::test]
async fn consents_are_recorded_and_withdrawn() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        let path = format!("/children/{id}/consents");
        let filled = |page: Reply| {
            page.fill("purpose", "sharing")
                .fill("text_version", "2026-01")
                .fill("signer", "王芳")
                .fill("kinship", "mother")
        };
        let page = filled(screener.open(&path).await).fill("signed_on", "2020-01-01");
        page.submit(&mut screener).await.is(422).says("不能早于儿童出生日期");
        let page = filled(screener.open(&path).await).fill("signed_on", "2026-10-01");
        page.submit(&mut screener).await.is(303);
        let page = screener
            .open(&path)
            .await
            .says("机构间信息共享")
            .fill("on", "2026-09-01");
        page.submit_to("/withdrawal", &mut screener)
            .await
            .is(422)
            .says("不能早于签署日期");
        let page = screener.open(&path).await.fill("on", "2026-10-15");
        page.submit_to("/withdrawal", &mut screener).await.is(303);
        screener
            .open(&format!("/children/{id}"))
            .await
            .says("撤回日期 2026-10-15");
    })
    .await;
}

#[tokio::test]
async fn a_file_tells_who_opened_it() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let mut federation = app.person("federation").await;
        let id = register(&mut screener, "王小虎").await;
        federation.open(&format!("/children/{id}")).await.says("王小虎");
        screener
            .open(&format!("/children/{id}/views"))
            .await
            .says("federation")
            .says("区残联")
            .says("基本档案");
    })
    .await;
}

#[tokio::test]
async fn a_foreign_child_is_not_found() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        for user in ["neighbour", "elsewhere", "rescreener", "doctor", "intake"] {
            let mut stranger = app.person(user).await;
            stranger.open(&format!("/children/{id}")).await.is(404);
            stranger.open("/children?q=王小虎").await.omits("王小虎");
            stranger.post(&format!("/children/{id}/identity"), &[]).await.is(404);
        }
        let mut neighbour = app.person("neighbour").await;
        for page in ["edit", "moves", "consents", "views", "guardians/new"] {
            neighbour.open(&format!("/children/{id}/{page}")).await.is(404);
        }
        for action in ["", "/moves", "/consents", "/guardians", "/guardians/shared"] {
            neighbour.post(&format!("/children/{id}{action}"), &[]).await.is(404);
        }
        let mut bureau = app.person("bureau").await;
        bureau.open(&format!("/children/{id}")).await.is(403);
        assert_eq!(events(&app, id, "child.viewed").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_merged_file_forwards_to_the_survivor() {
    story(|app| async move {
        use sea_orm::{ActiveModelTrait, ActiveValue::Set};
        let mut screener = app.person("screener").await;
        let first = register(&mut screener, "王小虎").await;
        let second = register(&mut screener, "王大虎").await;
        let row = child::ActiveModel {
            id: Set(ChildId(second)),
            merged_into: Set(Some(ChildId(first))),
            ..Default::default()
        };
        row.update(app.app.db.writer()).await.unwrap();
        let reply = screener.get(&format!("/children/{second}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{first}")));
        screener
            .open(&format!("/children/{first}"))
            .await
            .says("330211-2026-00002");
        screener.open("/children?q=大虎").await.omits("王大虎");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_taken_out() {
    story(|app| async move {
        let mut federation = app.person("federation").await;
        for name in ["赵一", "钱二", "安三"] {
            register(&mut federation, name).await;
        }
        let page = federation.open("/children?sort=name&dir=asc").await;
        let text = page.text();
        assert!(
            text.find("安三") < text.find("钱二") && text.find("钱二") < text.find("赵一"),
            "{text}"
        );
        federation.open("/children?street=330211003").await.says("没有找到");
        federation.open("/children?year=2024&stage=watching").await.says("赵一");
        federation.open("/children?year=2023").await.says("没有找到");
        federation.open("/children?page=99").await.says("赵一");
        let file = federation.get("/children/export?q=钱").await.is(200);
        assert!(file.body.starts_with(b"PK"));
        let exported = event::Entity::find()
            .filter(event::COLUMN.action.eq("list.exported"))
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(exported, 1);
    })
    .await;
}
