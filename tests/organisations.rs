//! Organisations, divisions, dated rules and calendars, as the system administrator keeps them.

mod divisions;
mod first_week;

use chrono::TimeDelta;
use entities::words::OrganisationKind;
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use starbridge::{
    children::check_ages::CheckAgeRules,
    organisations::{naming, queries},
    platform::{Actor, Calendar, parameter},
};

use crate::support::{TestApp, people::ORGANISATIONS, story};

/// The id of an organisation by its name.
async fn id_of(app: &TestApp, name: &str) -> i64 {
    let (_, kind, coverage) = *ORGANISATIONS.iter().find(|row| row.0 == name).unwrap();
    let found = queries::working_in(&*app.app.db, kind, coverage).await.unwrap();
    found.iter().find(|row| row.name == name).unwrap().id.0
}

#[tokio::test]
async fn what_a_new_database_starts_with_is_there_once() {
    story(|app| async move {
        let again = Actor::system("install", app.app.clock.now());
        starbridge::organisations::service::install(&app.app.db, &again, &starbridge::app::FEATURES.rules())
            .await
            .unwrap();
        let today = again.today();
        let rules: CheckAgeRules = parameter::get(&*app.app.db, "screening.check_ages", "330211", today)
            .await
            .unwrap();
        assert_eq!(rules, CheckAgeRules::default());
        let streets = queries::streets(&*app.app.db, "330211").await.unwrap();
        let names: Vec<&str> = streets.iter().map(|street| street.label.as_str()).collect();
        assert_eq!(
            names,
            [
                "招宝山街道",
                "蛟川街道",
                "骆驼街道",
                "庄市街道",
                "贵驷街道",
                "澥浦镇",
                "九龙湖镇"
            ]
        );
        let calendar = Calendar::load(&*app.app.db).await.unwrap();
        let spring = "2026-02-14".parse().unwrap();
        assert!(
            calendar.is_working_day(spring).working,
            "a Saturday worked for the Spring Festival"
        );
        let path = queries::division_path(&*app.app.db, "330211004").await.unwrap();
        let names: String = path.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, "浙江省宁波市镇海区庄市街道");
    })
    .await;
}

#[tokio::test]
async fn a_place_is_served_by_the_nearest_organisation_first() {
    story(|app| async move {
        let db = &*app.app.db;
        let served = queries::covering(db, OrganisationKind::ScreeningSite, "330211004005")
            .await
            .unwrap();
        let names: Vec<&str> = served.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["庄市街道社区卫生服务中心"]);
        let served = queries::covering(db, OrganisationKind::DiagnosingHospital, "330211004")
            .await
            .unwrap();
        assert_eq!(served.len(), 1);
        let none = queries::covering(db, OrganisationKind::ScreeningSite, "330206")
            .await
            .unwrap();
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_organisation_is_entered_changed_and_closed() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let page = system.open("/organisations/new").await;
        let page = page
            .fill("name", "佩珍医院")
            .fill("kind", "street_federation")
            .fill("credit_code", "91350100M000100Y44")
            .submit(&mut system)
            .await
            .is(422)
            .says("镇街残联对应一个镇街道");
        let page = page
            .fill("kind", "screening_site")
            .fill("coverage", "330211004")
            .submit(&mut system)
            .await
            .is(422)
            .says("校验");
        let reply = page
            .fill("credit_code", "91350100M000100Y43")
            .submit(&mut system)
            .await
            .is(303);
        let path = reply.location.unwrap();
        system.open(&path).await.says("浙江省宁波市镇海区庄市街道").says("初筛");
        system
            .open("/organisations?q=佩珍")
            .await
            .says("佩珍医院")
            .omits("区妇幼保健院");

        let stale = system.open(&format!("{path}/edit")).await;
        let page = system.open(&format!("{path}/edit")).await;
        page.fill("name", "镇海佩珍医院").submit(&mut system).await.is(303);
        stale
            .fill("phone", "0574-1")
            .submit(&mut system)
            .await
            .is(409)
            .says("有人修改了同一条记录");

        let page = system.open(&path).await.says("镇海佩珍医院");
        page.submit_to("/closure", &mut system).await.is(303);
        system.open("/organisations?state=open").await.omits("镇海佩珍医院");
        let page = system.open("/organisations?state=closed").await.says("镇海佩珍医院");
        assert!(page.links().contains(&path));
        let page = system.open(&path).await.says("已停用");
        page.submit_to("/reopening", &mut system).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn an_organisation_with_people_keeps_its_kind_and_is_not_closed() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let site = id_of(&app, "庄市街道社区卫生服务中心").await;
        let page = system.open(&format!("/organisations/{site}/edit")).await;
        page.fill("kind", "rescreen_hospital")
            .submit(&mut system)
            .await
            .is(422)
            .says("不能更改类别");
        let page = system.open(&format!("/organisations/{site}")).await;
        page.submit_to("/closure", &mut system)
            .await
            .is(409)
            .says("2 个可登录账户");
        let neighbour = id_of(&app, "邻区残联").await;
        for path in ["", "/edit"] {
            system.get(&format!("/organisations/{neighbour}{path}")).await.is(404);
        }
        system
            .post(&format!("/organisations/{neighbour}/closure"), &[])
            .await
            .is(404);
        system
            .open("/organisations")
            .await
            .omits("邻区残联")
            .says("市妇女儿童医院");
    })
    .await;
}

#[tokio::test]
async fn villages_are_added_renamed_and_closed() {
    story(|app| async move {
        let mut system = app.person("system").await;
        system.open("/divisions").await.says("镇海区").says("庄市街道");
        let page = system.open("/divisions/330211004").await.says("还没有下级区划");
        let page = page.fill("new_code", "330211003005").fill("new_name", "永旺村");
        let page = page
            .submit_to("/divisions?", &mut system)
            .await
            .is(422)
            .says("代码须在上级区划代码之后");
        let page = page.fill("new_code", "005").fill("new_name", "永旺村");
        page.submit_to("/divisions?", &mut system).await.is(303);
        let residences = queries::residences(&*app.app.db, "330211004").await.unwrap();
        let labels: Vec<&str> = residences.iter().map(|option| option.label.as_str()).collect();
        assert_eq!(labels, ["庄市街道", "庄市街道 永旺村"]);

        let page = system.open("/divisions/330211004005").await;
        page.fill("name", "永旺社区")
            .submit_to("/330211004005?", &mut system)
            .await
            .is(303);
        let page = system.open("/divisions/330211004").await.says("永旺社区");
        page.submit_to("/closure", &mut system)
            .await
            .is(409)
            .says("1 个在用区划");
        let page = system.open("/divisions/330211004005").await;
        page.submit_to("/closure", &mut system).await.is(303);
        let residences = queries::residences(&*app.app.db, "330211004").await.unwrap();
        assert_eq!(residences.len(), 1);
        for foreign in ["330206", "3302", "330211999", "x"] {
            system.get(&format!("/divisions/{foreign}")).await.is(404);
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_version_of_a_rule_ends_the_old_one_and_leaves_it_readable() {
    story(|app| async move {
        let mut system = app.person("system").await;
        system
            .open("/parameters")
            .await
            .says("办理期限")
            .says("催办层级")
            .says("筛查月龄与窗口期");
        let page = system.open("/parameters/screening.deadlines/new").await;
        let page = page
            .fill("valid_from", "2026-11-01")
            .fill("source", "镇残联〔2026〕8号")
            .fill("rescreen_days", "0")
            .submit(&mut system)
            .await
            .is(422)
            .says("1 至 365");
        let page = page
            .fill("rescreen_days", "21")
            .submit(&mut system)
            .await
            .is(422)
            .says("不能早于今天");
        page.fill("valid_from", "2026-12-01").submit(&mut system).await.is(303);
        let days = async |on: &str| {
            let found: serde_json::Value =
                parameter::get(&*app.app.db, "screening.deadlines", "330211", on.parse().unwrap())
                    .await
                    .unwrap();
            found["rescreen_days"].as_i64().unwrap()
        };
        assert_eq!((days("2026-11-30").await, days("2026-12-01").await), (30, 21));
        let page = system.open("/parameters/screening.deadlines/new").await;
        let page = page.fill("valid_from", "2026-12-01").fill("source", "x");
        page.submit(&mut system).await.is(422).says("请选择更晚的日期");
        let page = system.open("/parameters/screening.deadlines/new").await;
        let page = page
            .fill("valid_from", "2027-01-01")
            .fill("source", "x")
            .fill("rescreen_days", "14");
        page.submit(&mut system).await.is(303);
        assert_eq!((days("2026-12-31").await, days("2027-01-01").await), (21, 14));
        // The neighbouring district keeps the default.
        let elsewhere: serde_json::Value = parameter::get(
            &*app.app.db,
            "screening.deadlines",
            "330206",
            "2027-01-01".parse().unwrap(),
        )
        .await
        .unwrap();
        assert_eq!(elsewhere["rescreen_days"], 30);
        let page = system
            .open("/parameters/screening.deadlines")
            .await
            .says("2026-12-01 至 2026-12-31");
        let version = page
            .links()
            .into_iter()
            .find(|link| link.contains("/versions/"))
            .unwrap();
        system.open(&version).await.says("这不是现行版本").says("14 天");
    })
    .await;
}

#[tokio::test]
async fn a_version_in_the_making_is_kept() {
    story(|app| async move {
        let mut system = app.person("system").await;
        for rule in ["screening.deadlines", "screening.check_ages", "screening.appointments"] {
            let form = format!("/parameters/{rule}/new");
            let page = system.open(&form).await.omits("已恢复您上次填写");
            let page = page.fill("source", "还没有文号");
            let (_, typed) = page.prepared(&format!("/parameters/{rule}?"));
            system.post(&format!("{form}/draft"), &typed).await.is(204);
            let page = system.open(&form).await.says("已恢复您上次填写");
            assert!(page.html().contains("还没有文号"), "{rule}");
            let afresh = page.links().into_iter().find(|link| link.contains("fresh=")).unwrap();
            let page = system.open(&afresh).await.omits("已恢复您上次填写");
            assert!(!page.html().contains("还没有文号"));
            // What is typed there is found by whoever goes back to that address.
            app.app.clock.advance(TimeDelta::minutes(1));
            let page = page.fill("source", "区残联〔2026〕9号");
            let (action, typed) = page.prepared(&format!("/parameters/{rule}?"));
            system.post(&format!("{form}/draft"), &typed).await.is(204);
            let page = system.open(&afresh).await.says("已恢复您上次填写");
            assert!(page.html().contains("区残联〔2026〕9号"));
            // Saved, nothing is kept any more.
            system.post(&action, &typed).await.is(303);
            system.open(&form).await.omits("已恢复您上次填写");
        }
    })
    .await;
}

#[tokio::test]
async fn check_ages_are_edited_as_a_table() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let page = system.open("/parameters/screening.check_ages/new").await;
        let (action, mut fields) = page.prepared("");
        assert_eq!(fields.iter().filter(|(name, _)| name == "months").count(), 12);
        let set = |fields: &mut Vec<(String, String)>, name: &str, nth: usize, value: &str| {
            let cell = fields.iter_mut().filter(|(n, _)| n == name).nth(nth).unwrap();
            cell.1 = value.to_owned();
        };
        set(&mut fields, "source", 0, "本地方案");
        set(&mut fields, "opens_months", 4, "19");
        system
            .post(&action, &fields)
            .await
            .is(422)
            .says("18 月龄的窗口期顺序有误");
        set(&mut fields, "opens_months", 4, "1x");
        system
            .post(&action, &fields)
            .await
            .is(422)
            .says("请填写 0 至 215 的整数");
        set(&mut fields, "opens_months", 4, "16");
        system.post(&action, &fields).await.is(303);
        let rules: CheckAgeRules = parameter::get(
            &*app.app.db,
            "screening.check_ages",
            "330211",
            "2026-11-03".parse().unwrap(),
        )
        .await
        .unwrap();
        assert_eq!((rules.ages.len(), rules.ages[4].opens.months), (11, 16));

        let page = system.open("/parameters/screening.escalation/new").await;
        let (action, mut fields) = page.prepared("");
        set(&mut fields, "source", 0, "本地方案");
        set(&mut fields, "after", 1, "0");
        system.post(&action, &fields).await.is(422).says("须大于上一层级");
        set(&mut fields, "after", 1, "5");
        system.post(&action, &fields).await.is(303);
        system.open("/parameters/screening.nothing").await.is(404);
    })
    .await;
}

#[tokio::test]
async fn the_calendar_of_next_year_is_missed_imported_and_corrected() {
    story(|app| async move {
        let mut system = app.person("city-system").await;
        system.open("/calendars").await.says("2027年的放假调休安排尚未录入");
        let table = r#"{"year": 2027, "papers": [], "days": [
            {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
            {"name": "元旦", "date": "2027-01-03", "isOffDay": false}]}"#;
        let file = |content: &'static str| ("file", "2027.json", content.as_bytes());
        let refused = system.upload("/calendars/import", &[("source", "")], file(table)).await;
        refused.is(422).says("请填写依据的通知");
        let notice = [("source", "国办发明电〔2026〕1号")];
        let broken = system.upload("/calendars/import", &notice, file("<html>")).await;
        broken.is(422).says("不是可识别的日历格式");
        system.upload("/calendars/import", &notice, file(table)).await.is(303);
        system
            .open("/calendars")
            .await
            .omits("尚未录入")
            .says("国办发明电〔2026〕1号");
        let again = system.upload("/calendars/import", &notice, file(table)).await;
        again.is(422).says("2027 年的日历已存在");

        let page = system.open("/calendars/2027").await.says("2027-01-03").says("星期日");
        let page = page.fill("day", "2027-02-05").fill("kind", "work").fill("name", "春节");
        let page = page
            .submit_to("/calendars/2027?", &mut system)
            .await
            .is(422)
            .says("只有周末需要标为上班");
        let page = page.fill("kind", "off");
        page.submit_to("/calendars/2027?", &mut system).await.is(303);
        let off = async |on: &str| {
            let calendar = Calendar::load(&*app.app.db).await.unwrap();
            !calendar.is_working_day(on.parse().unwrap()).working
        };
        assert!(off("2027-02-05").await && !off("2027-01-03").await);
        let page = system.open("/calendars/2027").await;
        page.submit_to("/days/2027-02-05/removal", &mut system).await.is(303);
        assert!(!off("2027-02-05").await);
    })
    .await;
}

/// Eleven days are public holidays by law; a table that has no more was begun and not finished.
#[tokio::test]
async fn a_table_of_twelve_days_is_that_of_a_whole_year() {
    use entities::{
        configuration::{calendar_day, calendar_year},
        words::DayKind,
    };
    use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
    story(|app| async move {
        let db = app.app.db.writer();
        let year = calendar_year::ActiveModel {
            year: Set(2031),
            source: Set("test".to_owned()),
        };
        year.insert(db).await.unwrap();
        for n in 1..=13 {
            let day = calendar_day::ActiveModel {
                day: Set(chrono::NaiveDate::from_ymd_opt(2031, 1, n).unwrap()),
                kind: Set(DayKind::Off),
                name: Set("元旦".to_owned()),
            };
            day.insert(db).await.unwrap();
            assert_eq!(Calendar::has_whole_year(db, 2031).await.unwrap(), n >= 12, "{n}");
        }
        assert!(!Calendar::has_whole_year(db, 2032).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_set_up_speaks_english_too() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let english = [("locale".to_owned(), "en".to_owned())];
        system.post("/preferences", &english).await.is(303);
        system
            .open("/organisations")
            .await
            .says("Organisations")
            .says("Screening site");
        system.open("/divisions/330211").await.says("Add a division below");
        system
            .open("/parameters/screening.escalation")
            .await
            .says("Reminder ladder")
            .says("The district federation");
        system
            .open("/calendars/2026")
            .await
            .says("Worked weekends")
            .says("Monday");
        let mut security = app.person("security").await;
        security.post("/preferences", &english).await.is(303);
        security
            .open("/accounts")
            .await
            .says("Accounts")
            .says("Security administrator");
        security.get("/organisations").await.is(403);
        system.get("/accounts").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn any_county_of_the_country_can_begin() {
    let scratch = crate::support::database::Scratch::empty().await;
    let db = scratch.open().await;
    Migrator::up(db.writer(), None).await.unwrap();
    let install = Actor::system("install", crate::support::opening_time());
    for _ in 0..2 {
        starbridge::organisations::service::install(&db, &install, &starbridge::app::FEATURES.rules())
            .await
            .unwrap();
    }
    for (code, name) in [
        ("530127", "云南省昆明市嵩明县"),
        ("110101", "北京市东城区"),
        ("469024", "海南省临高县"),
        ("4419", "广东省东莞市"),
        ("659003", "新疆维吾尔自治区图木舒克市"),
        ("820000", "澳门特别行政区"),
    ] {
        let code = entities::division_code::DivisionCode::parse(code).unwrap();
        let path = queries::division_path(&*db, code.as_str()).await.unwrap();
        let names: String = path.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, name);
    }
    assert!(queries::streets(&*db, "530127").await.unwrap().is_empty());
    let proposed = naming::proposed(&*db, "南京 鼓楼").await.unwrap();
    assert_eq!(
        proposed.iter().map(|place| place.code.as_str()).collect::<Vec<_>>(),
        ["320106"]
    );
    assert!(naming::proposed(&*db, "鼓楼区").await.unwrap().len() >= 4);
    for (text, code) in [
        ("南京市鼓楼区", "320106"),
        ("江苏省 南京市 鼓楼区", "320106"),
        ("鼓楼区", "鼓楼区"),
        ("嵩明县", "530127"),
        ("月亮县", "月亮县"),
        ("530127 云南省", "530127 云南省"),
    ] {
        let mut typed = text.to_owned();
        naming::settle(&*db, &mut typed).await.unwrap();
        assert_eq!(typed, code, "{text}");
    }
}

#[tokio::test]
async fn a_place_is_typed_by_its_name_where_a_list_would_be_the_country() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let page = screener.open("/children/new").await;
        assert!(page.html().len() < 60_000, "the page holds no list of the country");
        let typed = [("household_division".to_owned(), "南京 鼓楼".to_owned())];
        let proposed = screener.post("/places", &typed).await.is(200).html();
        assert_eq!(proposed, r#"<option value="320106 江苏省 南京市 鼓楼区"></option>"#);
        let page = page.fill("household_division", "鼓楼区");
        let page = page.submit(&mut screener).await.is(422).says("有几个同名");
        assert!(page.html().contains(r#"value="鼓楼区""#), "what was typed comes back");
        let page = page.fill("household_division", "南京市鼓楼区");
        let page = page.submit(&mut screener).await.is(422).omits("有几个同名");
        assert!(page.html().contains(r#"value="320106 江苏省 南京市 鼓楼区""#));
        page.submit(&mut screener).await.is(422).omits("有几个同名");
    })
    .await;
}

#[tokio::test]
async fn the_opening_day_is_a_rule_that_the_rows_follow() {
    use entities::{screening::planned_check, words::CheckState};
    use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

    story(|app| async move {
        let mut screener = app.person("screener").await;
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let child = crate::support::children::toddler("王小雨");
        starbridge::children::service::register_in(&tx, &app.app, &by, &child)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let count = async |state: CheckState| {
            let rows = planned_check::Entity::find().filter(planned_check::Column::State.eq(state));
            rows.count(&*app.app.db).await.unwrap()
        };
        let all = count(CheckState::Pending).await;
        let missed = screener.open("/checks?state=missed").await.says("王小雨");
        assert!(missed.text().contains("已漏筛"));

        // The district opened this very day: what was over before is nobody's omission.
        let mut system = app.person("system").await;
        system.open("/parameters").await.says("开办日");
        let rule = "/parameters/screening.opening_day";
        system.open(rule).await.says("尚未确定");
        let page = system.open(&format!("{rule}/new")).await;
        let page = page.fill("opens_on", "2026-11-31").fill("source", "区残联〔2026〕9号");
        let page = page.submit(&mut system).await.is(422);
        page.fill("opens_on", "2026-11-02").submit(&mut system).await.is(303);
        system.open(rule).await.says("2026-11-02");
        let before = count(CheckState::BeforeOpening).await;
        assert!(before > 0 && before + count(CheckState::Pending).await == all);
        screener.open("/checks?state=missed").await.omits("王小雨");
        screener
            .open("/checks?state=before_opening")
            .await
            .says("王小雨")
            .says("开办前")
            .says("不算漏筛");
        screener
            .open("/children/1/screens")
            .await
            .says("开办前")
            .omits("已漏筛");

        // Who is registered afterwards is counted the same way, and a mistyped day is set right on the same day.
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let child = crate::support::children::toddler("李晚");
        starbridge::children::service::register_in(&tx, &app.app, &by, &child)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(CheckState::BeforeOpening).await, 2 * before);
        let page = system.open(&format!("{rule}/new")).await;
        page.clear("opens_on")
            .fill("source", "更正")
            .submit(&mut system)
            .await
            .is(303);
        assert_eq!(count(CheckState::BeforeOpening).await, 0);
        screener.open("/checks?state=missed").await.says("王小雨").says("李晚");
    })
    .await;
}

#[tokio::test]
async fn what_districts_share_is_changed_by_the_city() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let day = [("day", "2026-12-31"), ("kind", "off"), ("name", "盘点")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        system.open("/calendars").await.says("由各区县共用").omits("录入日历");
        system.open("/calendars/new").await.says("由各区县共用");
        let page = system.open("/calendars/2026").await;
        assert!(!page.html().contains("/removal"));
        system.post("/calendars/2026", &day).await.is(409).says("由各区县共用");
        system.post("/calendars/new", &day).await.is(422);
        system
            .post("/calendars/2026/days/2026-02-14/removal", &[])
            .await
            .is(409);
        let table =
            r#"{"year": 2027, "papers": ["x"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}"#;
        let file = ("file", "2027.json", table.as_bytes());
        system
            .upload("/calendars/import", &[("source", "x")], file)
            .await
            .is(409);
        system.open("/instruments").await.omits("导入工具");
        system.upload("/instruments", &[], file).await.is(422);

        // A hospital of several districts is read here and kept by the city.
        let hospital = id_of(&app, "市妇女儿童医院").await;
        let page = system
            .open(&format!("/organisations/{hospital}"))
            .await
            .says("由市级（或省级）系统管理员维护");
        assert!(!page.html().contains("/closure") && !page.html().contains("/edit"));
        for part in ["edit", "closure", "reopening"] {
            system
                .post(&format!("/organisations/{hospital}/{part}"), &[])
                .await
                .is(409);
        }
        system.get(&format!("/organisations/{hospital}/edit")).await.is(409);
        let mut city = app.person("city-system").await;
        let page = city.open(&format!("/organisations/{hospital}/edit")).await;
        page.fill("phone", "0574-87654321").submit(&mut city).await.is(303);
        // Nobody gives an organisation more than they have.
        let own = id_of(&app, "区妇幼保健院").await;
        for (wide, at) in [("3302", own), ("330206", own), ("33", own)] {
            let page = system.open(&format!("/organisations/{at}/edit")).await;
            let (to, mut fields) = page.prepared("");
            for field in &mut fields {
                if field.0 == "coverage" {
                    field.1 = wide.to_owned();
                }
            }
            system.post(&to, &fields).await.is(422).says("不在您的管理范围内");
        }
    })
    .await;
}

#[tokio::test]
async fn where_only_one_district_works_its_administrator_keeps_the_calendar() {
    story(|app| async move {
        for name in ["邻区残联", "市残联"] {
            let alone = entities::organisation::organisation::ActiveModel {
                id: sea_orm::ActiveValue::Set(entities::OrganisationId(id_of(&app, name).await)),
                closed_on: sea_orm::ActiveValue::Set(Some("2026-10-01".parse().unwrap())),
                ..Default::default()
            };
            sea_orm::ActiveModelTrait::update(alone, app.app.db.writer())
                .await
                .unwrap();
        }
        let mut system = app.person("system").await;
        let page = system.open("/calendars/2026").await;
        page.submit_to("/days/2026-02-14/removal", &mut system).await.is(303);
    })
    .await;
}
