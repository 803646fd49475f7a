//! A child is registered, once.

use entities::{
    ChildId,
    child::{duplicate, guardianship},
    words::DuplicateState,
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use super::{count_children, events, form, id_of, register};
use crate::support::{TestApp, story};

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
            let found = screener.get(&format!("/search?q={term}")).await.is(303);
            assert_eq!(found.location, Some(format!("/children/{id}")), "{term}");
        }
        // The everyday reading of the surname, and a part of the number, find nothing.
        for term in ["cxm", "33021120200229", "%25", "_", "曾%25明"] {
            screener.open(&format!("/children?q={term}")).await.omits("曾小明");
        }
        let shown = page
            .submit_to("/identity", &mut screener)
            .await
            .is(303)
            .location
            .unwrap();
        screener.open(&shown).await.is(200).says("330211202002290016");
        assert_eq!(events(&app, id, "child.unmasked").await, 1);
        assert_eq!(events(&app, id, "child.registered").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_registration_that_is_broken_off_goes_on_where_it_was_until_it_is_done() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let (_, fields) = form(&mut screener, "曾小明").await.prepared("/children");
        screener.post("/children/new/draft", &fields).await.is(204);
        let mut colleague = app.person("neighbour").await;
        assert!(
            !colleague.open("/children/new").await.html().contains("曾小明"),
            "somebody else's"
        );
        assert!(
            !screener
                .open("/children/new?fresh=true")
                .await
                .html()
                .contains("曾小明")
        );
        // On another device.
        let mut there = app.person("screener").await;
        let again = there.open("/children/new").await;
        assert!(again.html().contains("曾小明") && again.html().contains("13812345678"));
        id_of(&again.submit(&mut there).await);
        assert!(!screener.open("/children/new").await.html().contains("曾小明"));
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
            ("gestational_weeks", "99999999999", "20至44周"),
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
async fn of_other_districts_a_clerk_hears_no_more_than_that_there_is_a_file() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "李明").await;
        // The family's file is in the next district.
        app.moves_to_the_next_district(ChildId(id)).await;
        let mut neighbour = app.person("neighbour").await;
        let (_, fields) = form(&mut neighbour, "李明").await.prepared("");
        let part = neighbour.post("/children/similar", &fields).await.is(200);
        let part = part
            .says("已在其他区县建档，请联系残联")
            .omits("330211-2026")
            .omits("李");
        part.omits("2024-05-14").omits("姓名和出生日期相同");
        assert_eq!(events(&app, id, "child.compared").await, 1);
        // Sending the form says the same, and is an event again.
        let page = form(&mut neighbour, "黎鸣").await.submit(&mut neighbour).await.is(409);
        let page = page
            .says("已在其他区县建档")
            .omits("330211-2026-00001")
            .omits("姓名同音");
        assert_eq!(events(&app, id, "child.compared").await, 2);
        page.fill("confirmed", "true").submit(&mut neighbour).await.is(303);
        // Whoever may open the file still reads who asked about it.
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere
            .open(&format!("/children/{id}/views"))
            .await
            .says("登记时提示已有相似档案")
            .says("neighbour");
        // A child whom nobody knows is no event.
        let (_, fields) = form(&mut neighbour, "欧阳无人").await.prepared("");
        neighbour.post("/children/similar", &fields).await.is(200).omits("建档");
        assert_eq!(events(&app, id, "child.compared").await, 2);
    })
    .await;
}

#[tokio::test]
async fn of_a_file_nearby_a_clerk_hears_which_one_it_is() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "李明").await;
        let (_, fields) = form(&mut screener, "李明").await.prepared("");
        // Another street of the district: the number, and no more of the name than its first character.
        let mut neighbour = app.person("neighbour").await;
        let part = neighbour.post("/children/similar", &fields).await.is(200);
        part.says("330211-2026-00001").omits("李明").omits("其他区县");
        // Whoever takes care of it reads it wherever it lives.
        app.moves_to_the_next_district(ChildId(id)).await;
        let part = screener.post("/children/similar", &fields).await.is(200);
        part.says("330211-2026-00001").says("李明").omits("其他区县");
        let part = neighbour.post("/children/similar", &fields).await.is(200);
        part.says("其他区县").omits("330211-2026-00001");
    })
    .await;
}

#[tokio::test]
async fn an_account_is_told_of_so_many_children_a_day() {
    let (app, most) = (TestApp::with(&["--likenesses-per-day", "3"]).await, 3);
    let mut screener = app.person("screener").await;
    let mut neighbour = app.person("neighbour").await;
    let names = ["王一", "李二", "张三", "赵四", "孙五"];
    for name in names {
        register(&mut screener, name).await;
    }
    // The same child twice is one.
    for (n, name) in [
        (0, "王一"),
        (0, "王一"),
        (1, "李二"),
        (2, "张三"),
        (3, "赵四"),
        (4, "孙五"),
    ] {
        let (_, fields) = form(&mut neighbour, name).await.prepared("");
        let part = neighbour.post("/children/similar", &fields).await.is(200);
        if n < most {
            part.says("330211-2026").omits("上限");
        } else {
            part.says("上限").omits("330211-2026");
        }
    }
    // Nothing is compared any more, not even for a child whom nobody knows; whoever insists may register.
    let page = form(&mut neighbour, "欧阳无人").await.submit(&mut neighbour).await;
    let page = page.is(409).says("上限").omits("330211-2026");
    page.fill("confirmed", "true").submit(&mut neighbour).await.is(303);
    let page = form(&mut neighbour, "赵四").await.submit(&mut neighbour).await;
    let page = page.is(409).says("上限").fill("confirmed", "true");
    page.submit(&mut neighbour).await.is(303);
    // The next day is another one.
    app.app.clock.advance(chrono::TimeDelta::days(2));
    let mut neighbour = app.person("neighbour").await;
    let (_, fields) = form(&mut neighbour, "赵四").await.prepared("");
    neighbour
        .post("/children/similar", &fields)
        .await
        .is(200)
        .says("330211-2026");
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
