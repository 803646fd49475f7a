//! What becomes of a file: corrections, moves, consents, views.

use entities::{
    ChildId,
    child::{guardianship, residence},
    screening::planned_check,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{child, register};
use crate::support::{page::Reply, story};

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
        let shown = page.submit_to("/phone", &mut screener).await.is(303).location.unwrap();
        screener.open(&shown).await.says("13900000001");
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
async fn one_guardian_is_asked_first() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = register(&mut screener, "王小虎").await;
        let first = async || {
            let all = guardianship::Entity::find().order_by_asc(guardianship::COLUMN.id);
            let all = all.all(&*app.app.db).await.unwrap();
            all.iter().map(|tie| (tie.id, tie.is_first)).collect::<Vec<_>>()
        };
        let mother = first().await[0].0;
        let target = format!("/children/{id}/guardians?");
        for (name, is_first) in [("王强", "true"), ("王伯", "")] {
            let page = screener.open(&format!("/children/{id}/guardians/new")).await;
            let page = page
                .fill("name", name)
                .fill("kinship", "father")
                .fill("first", is_first);
            page.submit_to(&target, &mut screener).await.is(303);
        }
        let asked = first().await.into_iter().map(|(_, first)| first).collect::<Vec<_>>();
        assert_eq!(asked, [false, true, false], "whoever is named first takes the place");
        let path = format!("/children/{id}/guardians/{mother}");
        let page = screener.open(&format!("{path}/edit")).await.fill("first", "true");
        page.submit_to(&format!("{path}?"), &mut screener).await.is(303);
        let asked = first().await.into_iter().map(|(_, first)| first).collect::<Vec<_>>();
        assert_eq!(asked, [true, false, false]);
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
