//! Classes: opened, changed from a day on, children in them.

use entities::places::care_group_membership;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};

use super::{admitted, day, memberships, opens, with_head};
use crate::{enrolment::decisions, support::story};

#[tokio::test]
async fn a_class_has_room_a_teacher_and_children_from_days_on() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let page = head.open("/groups/new").await.fill("name", "一班");
        page.submit(&mut head).await.is(422).says("至少填写一种方式的名额");
        let group = opens(&mut head, "一班", 2).await;
        let path = format!("/groups/{group}");
        let page = head
            .open("/groups/new")
            .await
            .fill("name", "一班")
            .fill("full_day", "3");
        page.submit(&mut head).await.is(422).says("同名班级");

        // Three places from the new year on, and a teacher.
        let page = head.open(&path).await.fill("mode", "full_day").fill("places", "3");
        page.fill("places_from", "2027-01-01")
            .submit_to("/places", &mut head)
            .await
            .is(303);
        let teacher = app.actor("assessor").await.account.unwrap();
        let page = head.open(&path).await.fill("teacher", teacher);
        page.fill("teacher_from", "2026-11-02")
            .submit_to("/teacher", &mut head)
            .await
            .is(303);
        let cells = head.open("/groups?on=2026-12-31").await.is(200).cells();
        assert!(
            cells.join("|").contains("一班|班级|assessor（测试）|全日制|2|0|0|2"),
            "{cells:?}"
        );
        let cells = head.open("/groups?on=2027-01-01").await.cells().join("|");
        assert!(cells.contains("|3|0|0|3"), "{cells}");
        head.open("/groups?on=2026-10-31").await.says("这一天没有班级");
        head.open("/groups?on=32").await.is(200).says("日期不正确");

        // A child that was admitted comes into it.
        let (child, id) = admitted(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        head.open("/groups").await.says("有 1 名已录取的儿童尚未编班");
        let decision = decisions(&app, id).await[0].id;
        let page = head.open(&path).await;
        let early = page.fill("decision", decision).fill("member_from", "2026-11-30");
        early
            .submit_to("/members", &mut head)
            .await
            .is(422)
            .says("不在入园决定的有效期内");
        let page = head.open(&path).await.fill("decision", decision);
        page.fill("member_from", "2026-12-01")
            .submit_to("/members", &mut head)
            .await
            .is(303);
        let there = memberships(&app, child).await;
        assert_eq!(
            (there[0].valid_from, there[0].valid_to),
            (day("2026-12-01"), Some(day("2027-11-30")))
        );
        head.open(&format!("{path}?on=2026-12-01")).await.says("王小明");
        head.open(&format!("{path}?on=2026-11-30")).await.omits("王小明");

        // Nobody is put out by a smaller number.
        let page = head.open(&path).await.fill("mode", "full_day").fill("places", "0");
        let page = page.fill("places_from", "2026-11-15");
        page.submit_to("/places", &mut head)
            .await
            .is(422)
            .says("2026-12-01 已有 1 个名额被占用");
        let page = head.open(&path).await.fill("last_day", "2027-06-30");
        page.submit_to("/closing", &mut head).await.is(422).says("还有 1 名");
    })
    .await;
}

#[tokio::test]
async fn a_child_moves_to_another_class_from_a_day_on() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let (first, second) = (opens(&mut head, "一班", 2).await, opens(&mut head, "二班", 1).await);
        let (child, id) = admitted(&app, "王小明").await;
        let mut head = app.person("centre-head").await;
        let page = head.open(&format!("/groups/{first}")).await;
        let decision = decisions(&app, id).await[0].id;
        let page = page.fill("decision", decision).fill("member_from", "2026-12-01");
        page.submit_to("/members", &mut head).await.is(303);
        let there = memberships(&app, child).await.remove(0);
        let path = format!("/group-memberships/{}", there.id);

        let page = head
            .open(&path)
            .await
            .says("王小明")
            .fill("group", second)
            .fill("from", "2028-01-01");
        page.submit_to("/transfer", &mut head)
            .await
            .is(422)
            .says("不在在班日期内");
        let page = head.open(&path).await.fill("group", second).fill("from", "2027-03-01");
        page.submit_to("/transfer", &mut head).await.is(303);
        let both = memberships(&app, child).await;
        assert_eq!((both[0].group_id, both[0].valid_to), (first, Some(day("2027-02-28"))));
        assert_eq!((both[1].group_id, both[1].valid_from), (second, day("2027-03-01")));
        assert_eq!(both[1].valid_to, Some(day("2027-11-30")));

        // The database itself refuses two classes on one day.
        let mut copy = both[0].clone().into_active_model();
        copy.id = sea_orm::ActiveValue::NotSet;
        copy.valid_to = Set(Some(day("2027-03-01")));
        let forced = care_group_membership::ActiveModel { ..copy }
            .insert(app.app.db.writer())
            .await;
        let error = forced.unwrap_err().to_string();
        assert!(error.contains("care-group-membership-apart"), "{error}");

        // Taken out before it began, it never was; then it may come back.
        let later = format!("/group-memberships/{}", both[1].id);
        let page = head.open(&later).await.fill("last_day", "2027-02-28");
        page.submit_to("/ending", &mut head).await.is(303);
        assert!(memberships(&app, child).await[1].called_off_at.is_some());
        head.open(&later).await.is(200).says("未曾开始").omits("转班");
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_run_the_places_looks_only() {
    story(|app| async move {
        let mut head = with_head(&app).await;
        let group = opens(&mut head, "一班", 2).await;
        let path = format!("/groups/{group}");
        let mut intake = app.person("intake").await;
        intake.open(&path).await.is(200).omits("调整名额");
        intake.open("/groups/new").await.is(403);
        let mut federation = app.person("federation").await;
        federation.open(&path).await.is(200).omits("调整名额");
        federation.open("/groups").await.is(200).says("一班");
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere.open(&path).await.is(404);
        // Who leads a screening site runs no places.
        let mut lead = app.person("lead").await;
        lead.open(&path).await.is(404);
        lead.open("/groups/new").await.is(403);
    })
    .await;
}
