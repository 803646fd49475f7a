//! The screening report: every number worked out by hand, and every number the length of its list.

mod counting;
mod observed;
mod rows;

use calamine::Reader as _;
use chrono::NaiveDate;
use entities::{kept::frozen_content, screening::screen, words::ScreenOutcome};
use rows::{Rows, october};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use starbridge::{
    platform::Actor,
    reports::{
        frozen::service::seal_older_in,
        screening::{
            figures::{self, Figures},
            request::{Asked, By, Mode, Request},
        },
    },
};

use crate::support::{TestApp, opening_time, story};

const ZHUANGSHI: &str = "330211004";

const LUOTUO: &str = "330211003";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn asked(month: &str, mode: Mode, by: By) -> Request {
    let actor = Actor::system("test", opening_time());
    let asked = Asked {
        month: month.into(),
        division: "330211".into(),
        mode: mode.as_str().into(),
        by: by.as_str().into(),
    };
    asked.request(&actor).unwrap()
}

async fn report(app: &TestApp, month: &str, mode: Mode) -> Figures {
    figures::count(&*app.app.db, &asked(month, mode, By::Street))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_federation_opens_a_number_and_finds_the_child() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await
            .is(200);
        let page = page.says("各行之和等于合计").says("45.5%").says("5/11");
        let link = page
            .links()
            .into_iter()
            .find(|link| link.contains("cell=positive") && link.contains(ZHUANGSHI))
            .unwrap();
        let list = federation
            .open(&link)
            .await
            .is(200)
            .says("孩子2")
            .says("孩子3")
            .omits("孩子1 ");
        assert!(list.links().contains(&format!("/children/{}", named["moved"])));
        // A child that lives elsewhere now is counted, and stays unnamed.
        rows.moves(named["twice"], "330206001", "2026-11-01").await;
        federation
            .open(&link)
            .await
            .says("孩子2")
            .omits("孩子3")
            .says("不在您的工作范围");
        federation
            .open("/reports/screening?month=2026&by=age&mode=cohort")
            .await
            .is(200)
            .says("24 月龄");
        // Nothing beyond 100% stands there unasked; by period it does, with its reason beside it and in the file.
        let september = "/reports/screening?month=2026-09";
        federation
            .open(september)
            .await
            .is(200)
            .omits("200.0%")
            .omits("超过100%");
        let page = federation.open(&format!("{september}&mode=period")).await.is(200);
        page.says("200.0%").says("超过100%：分子分母不是同一批儿童");
        let share = federation.open(september).await.links();
        let share = share
            .into_iter()
            .find(|link| link.contains("cell=cohort_rescreened"))
            .unwrap();
        federation.open(&share).await.is(200).says("队列");
        federation
            .open("/reports/screening?month=2026-10&by=site")
            .await
            .is(200)
            .says("不分机构");
        federation
            .open("/reports/screening/trends?month=2026-10")
            .await
            .is(200)
            .says("患病率")
            .says("Wilson");
        federation
            .open("/reports/screening?month=2026-13")
            .await
            .is(422)
            .says("无法识别这个时间段");
        federation.open("/reports/screening?division=330206").await.is(404);
        federation
            .open("/reports/screening/children?month=2026-10&span=period&cell=nonsense")
            .await
            .is(404);
    })
    .await;
}

#[tokio::test]
async fn a_frozen_report_stays_and_says_what_changed() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await;
        let reply = page.submit_to("/reports/frozen", &mut federation).await;
        let address = reply.location.unwrap();
        federation
            .open(&address)
            .await
            .is(200)
            .says("报表已冻结")
            .says("上报版本");
        // Once more is a next version, and says why; before the end of a period is no report, and says why, too.
        let report = "/reports/screening?month=2026-10&division=330211";
        let again = federation
            .open(report)
            .await
            .submit_to("/reports/frozen", &mut federation)
            .await;
        let again = again.is(422).says("本期已冻结的版本").says("上报版本");
        let second = again
            .fill("reason", "漏报一名")
            .submit_to("/reports/frozen", &mut federation)
            .await;
        let second = second.is(303).location.unwrap();
        federation.open(&second).await.says("上报版本").says("漏报一名");
        federation.open(&address).await.says("已被新版本替代");
        for month in ["2026-11", "2026"] {
            let running = federation
                .open(&format!("/reports/screening?month={month}&division=330211"))
                .await;
            let asked = running.submit_to("/reports/frozen", &mut federation).await.is(422);
            let early = asked.says("尚未结束").fill("reason", "提前核对");
            let early = early.submit_to("/reports/frozen", &mut federation).await.is(303);
            federation.open(&early.location.unwrap()).await.says("期末前冻结");
        }
        federation
            .open("/reports/frozen")
            .await
            .says("漏报一名")
            .says("期末前冻结")
            .says("上报版本");
        let frozen = federation.open(&address).await.says("校验一致").text();
        federation.open(&format!("{address}/changes")).await.says("没有变动");
        rows.screen(named["withdrawn"], ZHUANGSHI, "2026-10-30", ScreenOutcome::Normal)
            .await;
        let first = screen::Entity::find()
            .filter(screen::Column::ChildId.eq(named["plain"]))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        rows.change_screen(first.id, |row| row.withdrawn_at = Set(Some(opening_time())))
            .await;
        let again = federation.open(&address).await.text();
        assert_eq!(again, frozen, "the frozen page changed");
        // Its numbers open to the children of that day.
        let behind = format!("{address}/children?span=period&cell=screened");
        let page = federation.open(&address).await;
        assert!(
            page.html().contains(&behind.replace('&', "&#38;")),
            "no number leads to its list"
        );
        federation.open(&behind).await.is(200).says("孩子1").omits("孩子4");
        federation
            .open(&format!("{address}/children?span=period&cell=nothing"))
            .await
            .is(404);
        federation
            .open(&format!("{address}/children?span=never&cell=screened"))
            .await
            .is(404);
        app.person("bureau").await.open(&behind).await.is(403);
        let changes = federation.open(&format!("{address}/changes")).await.says("初筛人数");
        let text = changes.text();
        assert!(
            text.contains("孩子4 330211-2026-00004") && text.contains("孩子1 330211-2026-00001"),
            "{text}"
        );
        federation.open("/reports/frozen").await.says("2026-10").says("镇海区");
        // Whoever holds the file alone reads whether it is what was frozen.
        let file = format!("{address}/export?format=csv");
        federation
            .get(&file)
            .await
            .is(200)
            .says("内容与冻结时相同")
            .omits("被改动");
        for edit in [
            "UPDATE frozen_report SET period = '2026-09'",
            "UPDATE frozen_report SET period = '2026-10'; UPDATE frozen_content SET mac = NULL",
        ] {
            app.app.db.writer().execute_unprepared(edit).await.unwrap();
            federation.get(&file).await.is(200).says("内容在冻结后被改动");
            federation.open(&address).await.says("校验不一致");
        }
        // One from before there were codes gets its code, if it is what its hash says, and once.
        let by = Actor::system("test", app.app.clock.now());
        let gets_codes = async |edit: &str| {
            app.app.db.writer().execute_unprepared(edit).await.unwrap();
            let tx = app.app.db.write(&by, "").await.unwrap();
            let sealed = seal_older_in(&tx, &app.app.keys).await.unwrap();
            tx.commit_quietly().await.unwrap();
            sealed
        };
        let all = frozen_content::Entity::find().count(&*app.app.db).await.unwrap();
        assert_eq!(gets_codes("UPDATE frozen_content SET hash = 'x' || hash").await, 0);
        assert_eq!(
            gets_codes("UPDATE frozen_content SET hash = substr(hash, 2)").await,
            all
        );
        federation.open(&address).await.omits("校验不一致");
        assert_eq!(gets_codes("UPDATE frozen_report SET period = '2026-09'").await, 0);
        federation.open(&address).await.says("校验不一致");
        // Another district's report is not there for them; nobody but the federation submits.
        app.person("elsewhere").await.open(&address).await.is(404);
        let fields = [("month".to_owned(), "2026-10".to_owned())];
        app.person("screener")
            .await
            .post("/reports/frozen", &fields)
            .await
            .is(403);
    })
    .await;
}

#[tokio::test]
async fn the_ledger_traces_every_positive_child() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut federation = app.person("federation").await;
        let page = federation.open("/reports/tracing").await.is(200);
        let page = page.says("孩子2").says("孩子12").says("F84.0").says("1–5");
        page.omits("孩子4");
        federation
            .open("/reports/tracing?month=2026-09")
            .await
            .says("孩子12")
            .omits("孩子2 ");
        let file = federation.get("/reports/tracing/export?month=2026-09").await.is(200);
        assert_eq!(&file.body[..2], b"PK");
        // A street sees its own.
        app.person("street")
            .await
            .open("/reports/tracing")
            .await
            .says("孩子3")
            .omits("孩子12");
    })
    .await;
}

#[tokio::test]
async fn files_hold_what_the_page_shows() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut federation = app.person("federation").await;
        let csv = federation
            .get("/reports/screening/export?month=2026-10&format=csv")
            .await
            .is(200)
            .html();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].contains("服务对象 常住儿童"), "{}", lines[0]);
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("本月,庄市街道,7,5,0,8,1,6,1,5,57.1%")),
            "{csv}"
        );
        assert!(
            lines.iter().any(|line| line.starts_with("本年累计,合计,11,6,")),
            "{csv}"
        );
        let book = federation
            .get("/reports/screening/export?month=2026-10&format=xlsx")
            .await
            .is(200);
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(book.body)).unwrap();
        assert_eq!(book.sheet_names(), ["本月", "本年累计"]);
        let sheet = book.worksheet_range("本月").unwrap();
        let row = sheet.rows().find(|row| row[0] == "庄市街道").unwrap();
        assert_eq!(row[1], calamine::Data::Float(7.0));
        federation
            .get("/reports/screening/export?month=2026-10&format=exe")
            .await
            .is(400);
    })
    .await;
}
