//! Streets and villages by file, and what becomes of those who live under a code that changes.

use chrono::TimeDelta;
use entities::{
    ChildId,
    child::{child, child_term, residence},
    organisation::{division, division_change, organisation},
    screening::planned_check,
    words::DepartureReason,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use starbridge::{
    children::{
        carrying,
        departure::service::{NewDeparture, depart, undo},
        service::{NewChild, register_in},
    },
    organisations::{import::service, queries},
    platform::Actor,
};

use crate::support::{Person, TestApp, children::toddler, page::Reply, story};

const HEAD: &str = "区划代码,名称,变更类型,生效日期,新代码";

async fn bring_in(who: &mut Person, rows: &[&str]) -> Reply {
    let form = who.open("/divisions/import").await.is(200);
    let (target, _) = form.prepared("/divisions/import");
    let content = format!("{HEAD}\n{}\n", rows.join("\n"));
    let reply = who
        .upload(&target, &[], ("file", "区划.csv", content.as_bytes()))
        .await
        .is(303);
    who.open(&reply.location.unwrap()).await
}

async fn take(page: Reply, who: &mut Person) {
    page.submit_to("/divisions/import/preview", who).await.is(303);
}

async fn named(app: &TestApp, code: &str) -> Option<(String, bool)> {
    let row = division::Entity::find_by_id(code.to_owned())
        .one(&*app.app.db)
        .await
        .unwrap();
    row.map(|row| (row.name, row.closed_on.is_none()))
}

#[tokio::test]
async fn what_is_wrong_is_told_by_cell_and_nothing_goes_in() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let divisions = division::Entity::find().count(&*app.app.db).await.unwrap();
        let page = bring_in(
            &mut system,
            &[
                "330211003001,朝阳社区,,,",
                "330211004,庄市镇,,,",
                "330206001,外区街道,,,",
                "330211999001,孤村,,,",
                "33021,短,,,",
                "330211003001,朝阳社区,,,",
                "330211005,,更名,,",
                "330211100,,并入,2026-11-01,330211998",
                "330211,,撤销,2026-11-01,",
                "330211001,招宝山街道,合并,2026-11-01,",
            ],
        )
        .await;
        let page = page
            .says("B3")
            .says("此代码现名“庄市街道”")
            .says("A4")
            .says("不在您管理的区划 330211 之内")
            .says("A5")
            .says("没有上级区划 330211999")
            .says("A6")
            .says("A7")
            .says("与第 2 行代码相同")
            .says("D8")
            .says("变更须填生效日期")
            .says("E9")
            .says("没有这个在用区划")
            .says("A10")
            .says("还有 6 个下级区划")
            .says("C11");
        assert!(!page.html().contains("确认导入"));
        let once = [];
        system
            .post("/divisions/import/preview", &once)
            .await
            .is(409)
            .says("没有导入");
        let marked = system.get("/divisions/import/marked").await;
        assert_eq!(&marked.body[..2], b"PK");
        let template = system.get("/divisions/import/template").await.is(200);
        assert_eq!(&template.body[..2], b"PK");
        assert_eq!(division::Entity::find().count(&*app.app.db).await.unwrap(), divisions);
        assert_eq!(division_change::Entity::find().count(&*app.app.db).await.unwrap(), 0);
        // Not theirs to bring in: who does not set the district up.
        app.person("security").await.get("/divisions/import").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn streets_and_villages_come_by_file_and_are_found_by_name() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let page = bring_in(
            &mut system,
            &[
                "330211003001,朝阳社区,,,",
                "330211007001,新村,,,",
                "330211007,新街道,,,",
                "330211004,庄市街道,,,",
            ],
        )
        .await;
        take(page.says("新增区划3").says("已有，不变1"), &mut system).await;
        assert_eq!(named(&app, "330211007001").await, Some(("新村".to_owned(), true)));
        let streets = queries::streets(&*app.app.db, "330211").await.unwrap();
        assert_eq!(streets.len(), 8);
        system
            .open("/divisions?q=朝阳")
            .await
            .says("330211003001")
            .says("骆驼街道 朝阳社区");
        // The same file again has nothing new.
        let page = bring_in(&mut system, &["330211003001,朝阳社区,,,"]).await;
        page.says("都已有");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_changes_takes_residents_and_organisations_along() {
    story(|app| async move {
        let db = &*app.app.db;
        let mut system = app.person("system").await;
        let page = bring_in(&mut system, &["330211004001,光明社区,,,"]).await;
        take(page, &mut system).await;
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let mut villager = toddler("王小雨");
        villager.division = "330211004001".parse().unwrap();
        let id = register_in(&tx, &app.app, &by, &villager).await.unwrap();
        tx.commit().await.unwrap();

        let page = bring_in(
            &mut system,
            &[
                "330211004,,变更代码,2026-11-01,330211009",
                "330211005,贵驷新街道,更名,2026-11-02,",
                "330211101,,并入,2026-12-01,330211100",
            ],
        )
        .await;
        let page = page.says("庄市街道残联").says("将改为新代码").says("330211009001");
        take(page, &mut system).await;
        assert_eq!(named(&app, "330211004").await, Some(("庄市街道".to_owned(), false)));
        assert_eq!(named(&app, "330211009").await, Some(("庄市街道".to_owned(), true)));
        assert_eq!(named(&app, "330211009001").await, Some(("光明社区".to_owned(), true)));
        assert_eq!(named(&app, "330211005").await, Some(("贵驷新街道".to_owned(), true)));
        assert_eq!(
            named(&app, "330211101").await,
            Some(("九龙湖镇".to_owned(), true)),
            "its day is to come"
        );
        let places = organisation::Entity::find().all(db).await.unwrap();
        assert!(places.iter().all(|place| place.coverage != "330211004"));
        assert_eq!(places.iter().filter(|place| place.coverage == "330211009").count(), 2);
        system
            .open("/divisions/330211004")
            .await
            .says("变更代码")
            .says("330211009")
            .says("儿童档案转入中");

        let sweep = Actor::system("divisions", app.app.clock.now());
        for outcome in ["changes=0, children=1", ""] {
            assert_eq!(carrying::sweep(&app.app, &sweep).await.unwrap(), outcome);
        }
        let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!(
            (file.division.as_str(), file.street.as_str()),
            ("330211009001", "330211009")
        );
        let homes = async || {
            let rows = residence::Entity::find()
                .order_by_asc(residence::Column::Id)
                .all(db)
                .await
                .unwrap();
            let told = rows
                .into_iter()
                .map(|home| (home.division, home.until_on.map(|day| day.to_string())));
            told.collect::<Vec<_>>()
        };
        let at = |code: &str, until: Option<&str>| (code.to_owned(), until.map(str::to_owned));
        assert_eq!(
            homes().await,
            [at("330211009001", None)],
            "the same place under another code"
        );
        let checks = planned_check::Entity::find().all(db).await.unwrap();
        assert!(checks.iter().all(|check| check.street == "330211009"));
        // Whoever worked in the street works there still, and finds the child.
        let mut screener = app.person("screener").await;
        screener
            .open("/children?q=王小雨")
            .await
            .says("王小雨")
            .says("庄市街道");
        screener.open(&format!("/children/{id}")).await.says("光明社区");
        system.open("/divisions/330211004").await.says("已生效");

        // A merger waits for its day; the past stays, and no organisation's area grows by it.
        let page = bring_in(
            &mut system,
            &["330211009001,,并入,2026-11-20,330211100001", "330211100001,岚山社区,,,"],
        )
        .await;
        take(page, &mut system).await;
        let later = Actor::system("divisions", app.app.clock.now() + chrono::TimeDelta::days(30));
        assert_eq!(
            carrying::sweep(&app.app, &later).await.unwrap(),
            "changes=2, children=1"
        );
        assert_eq!(named(&app, "330211101").await, Some(("九龙湖镇".to_owned(), false)));
        let past = at("330211009001", Some("2026-11-20"));
        assert_eq!(homes().await, [past, at("330211100001", None)]);
        let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!(
            (file.division.as_str(), file.street.as_str()),
            ("330211100001", "330211100")
        );
        let places = organisation::Entity::find().all(db).await.unwrap();
        assert_eq!(places.iter().filter(|place| place.coverage == "330211100").count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_street_that_goes_over_into_another_district_takes_its_children_along() {
    story(|app| async move {
        let db = &*app.app.db;
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let id = register_in(&tx, &app.app, &by, &toddler("王小雨")).await.unwrap();
        tx.commit().await.unwrap();
        let list = format!("{HEAD}\n330211004,,变更代码,2026-11-01,330205009\n");
        let waiting = service::Waiting {
            file: "区划.csv".to_owned(),
            sheet: service::read(list.into_bytes()).await.unwrap(),
        };
        let everywhere = Actor::system("divisions", app.app.clock.now());
        service::take(&app.app, &everywhere, &waiting).await.unwrap();
        carrying::sweep(&app.app, &everywhere).await.unwrap();
        let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!(
            (file.division.as_str(), file.street.as_str(), file.district.as_str()),
            ("330205009", "330205009", "330205")
        );
        let terms = child_term::Entity::find().all(db).await.unwrap();
        let terms: Vec<_> = terms.iter().filter(|term| term.child_id == id).collect();
        assert!(!terms.is_empty());
        assert!(
            terms.iter().all(|term| term.district == "330205"),
            "found by name there"
        );
    })
    .await;
}

#[tokio::test]
async fn who_returns_lives_where_those_live_who_never_left() {
    story(|app| async move {
        let db = &*app.app.db;
        let there = |name: &str| NewChild {
            division: "330211101".parse().unwrap(),
            ..toddler(name)
        };
        let stayed = app.file("screener", &there("王小雨")).await;
        let left = app.file("screener", &there("孙小川")).await;
        let by = app.actor("federation").await;
        let leaving = NewDeparture {
            reason: DepartureReason::MovedAway,
            left_on: by.today(),
            note: None,
        };
        let departure = depart(&app.app, &by, left, &leaving).await.unwrap();
        app.app.clock.advance(TimeDelta::days(30));
        for change in [
            "330211101,,并入,2026-11-20,330211100",
            "330211100,,变更代码,2026-11-25,330211109",
        ] {
            let waiting = service::Waiting {
                file: "区划.csv".to_owned(),
                sheet: service::read(format!("{HEAD}\n{change}\n").into_bytes()).await.unwrap(),
            };
            let everywhere = Actor::system("divisions", app.app.clock.now());
            service::take(&app.app, &everywhere, &waiting).await.unwrap();
            carrying::sweep(&app.app, &everywhere).await.unwrap();
        }
        let by = app.actor("federation").await;
        undo(&app.app, &by, left, departure).await.unwrap();
        let homes = async |id: ChildId| {
            let rows = residence::Entity::find()
                .filter(residence::COLUMN.child_id.eq(id))
                .order_by_asc(residence::Column::FromOn)
                .all(db)
                .await
                .unwrap();
            let told = rows
                .into_iter()
                .map(|home| (home.division, home.street, home.from_on, home.until_on));
            told.collect::<Vec<_>>()
        };
        let returned = homes(left).await;
        assert_eq!(returned, homes(stayed).await);
        let [then, now] = returned.as_slice() else {
            panic!("{returned:?}")
        };
        let day = "2026-11-20".parse().unwrap();
        assert_eq!((then.0.as_str(), then.3), ("330211101", Some(day)));
        assert_eq!((now.0.as_str(), now.2, now.3), ("330211109", day, None));
        let file = child::Entity::find_by_id(left).one(db).await.unwrap().unwrap();
        assert_eq!(file.division, now.0);
    })
    .await;
}

#[tokio::test]
async fn more_places_than_a_list_holds_are_typed_by_name() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let page = system.open("/organisations/new").await;
        assert!(
            page.html()
                .contains("<select class=\"form-select width-long\" id=\"coverage\"")
        );
        let villages: Vec<String> = (1..=320).map(|n| format!("330211003{n:03},{n}号村,,,")).collect();
        let rows: Vec<&str> = villages.iter().map(String::as_str).collect();
        take(bring_in(&mut system, &rows).await.says("新增区划320"), &mut system).await;
        let page = system.open("/organisations/new").await;
        assert!(page.html().len() < 30_000 && page.html().contains("330211 浙江省 宁波市 镇海区"));
        let page = page.fill("name", "骆驼街道残联").fill("kind", "street_federation");
        let page = page
            .fill("coverage", "月亮街道")
            .submit(&mut system)
            .await
            .is(422)
            .says("没有找到这个区划");
        let page = page.fill("coverage", "北仑区").submit(&mut system).await.is(422);
        let made = page
            .fill("coverage", "镇海区骆驼街道")
            .submit(&mut system)
            .await
            .is(303);
        system
            .open(&made.location.unwrap())
            .await
            .says("浙江省宁波市镇海区骆驼街道");
        // A child is registered by typing, too.
        let mut screener = app.person("screener").await;
        let page = screener.open("/children/new").await;
        assert!(page.html().len() < 60_000);
        let page = page
            .fill("division", "骆驼街道 17号村")
            .submit(&mut screener)
            .await
            .is(422);
        assert!(
            page.html()
                .contains("330211003017 浙江省 宁波市 镇海区 骆驼街道 17号村")
        );
    })
    .await;
}
