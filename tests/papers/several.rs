//! Papers of several rows at once: those that were ticked, or all of a list, in its order; an event for each child.

use chrono::TimeDelta;
use entities::{ChildId, ReferralId};
use starbridge::web::paper::MOST;

use super::prints;
use crate::support::{Person, TestApp, page::Reply, story};

/// What stands in the number of each paper, in the order of the page.
fn numbers(page: &Reply) -> Vec<String> {
    let text = page.text();
    text.match_indices("编号：")
        .filter_map(|(at, _)| text.get(at..)?.strip_prefix("编号：")?.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn number(id: ReferralId) -> String {
    format!("330211-ZJ-{:06}", id.0)
}

/// What the list of referrals sends when these boxes are ticked.
async fn printed(person: &mut Person, query: &str, paper: &str, picks: &[ReferralId]) -> Reply {
    let ids: Vec<String> = picks.iter().map(ToString::to_string).collect();
    let mut fields = vec![("query", query), ("paper", paper)];
    fields.extend(ids.iter().map(|id| ("pick", id.as_str())));
    let sent = serde_urlencoded::to_string(&fields).unwrap();
    person.get(&format!("/referrals/papers?{sent}")).await
}

async fn three(app: &TestApp) -> Vec<(ChildId, ReferralId)> {
    let mut all = Vec::new();
    for name in ["王小雨", "李小石", "陈小林"] {
        all.push(app.sent(name).await);
    }
    all
}

#[tokio::test]
async fn ticked_rows_are_printed_in_the_order_of_the_list() {
    story(|app| async move {
        let all = three(&app).await;
        let mut screener = app.person("screener").await;
        let page = screener.open("/referrals?view=all").await.says("打印勾选的转介单");
        // Boxes and buttons work as a form does: the browser sends them to the list's own address.
        let html = page.html();
        assert!(
            html.contains("formaction=\"/referrals/papers\" formmethod=\"get\" name=\"paper\" value=\"referral-slip\"")
        );
        for (_, id) in &all {
            assert!(
                html.contains(&format!("name=\"pick\" value=\"{id}\"")),
                "no box for {id}"
            );
        }
        let picks = [all[2].1, all[0].1];
        let reply = printed(&mut screener, "", "referral-slip", &picks).await.is(303);
        let to = reply.location.unwrap();
        assert_eq!(to, format!("/papers/referral-slip?pick={}&pick={}", picks[0], picks[1]));
        let page = screener.open(&to).await.is(200).says("共 2 份");
        assert_eq!(numbers(&page)[..1], [number(picks[0])]);
        assert_eq!(page.html().matches("<article class=\"paper\"").count(), 2);
        assert!(page.text().find("陈小林") < page.text().find("王小雨"));
        let mut seen = Vec::new();
        for (child, _) in &all {
            seen.push(prints(&app, *child).await.len());
        }
        assert_eq!(seen, [1, 0, 1], "an event for each child that was printed");
        // Twice is once.
        let twice = screener.open(&format!("{to}&pick={}", picks[0])).await;
        assert_eq!(twice.html().matches("<article class=\"paper\"").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn all_of_a_list_is_what_its_filters_show() {
    story(|app| async move {
        let first = three(&app).await;
        app.app.clock.advance(TimeDelta::days(1));
        let (_, later) = app.sent("赵小满").await;
        app.proposed("钱小满").await;
        let mut screener = app.person("screener").await;
        screener
            .open("/referrals?on=2026-11-03")
            .await
            .says("赵小满")
            .omits("王小雨");
        let reply = printed(&mut screener, "on=2026-11-03", "all:referral-slip", &[]).await;
        assert_eq!(
            reply.location,
            Some(format!("/papers/referral-slip?pick={later}")),
            "what was not sent has no slip"
        );
        let one = format!("/papers/referral-slip?pick={later}");
        screener.open(&one).await.is(200).says("行还没有这种文书");
        screener.open(&one).await.is(200).omits("行还没有这种文书");
        let reply = printed(&mut screener, "on=2026年11月2日", "all:referral-slip", &[]).await;
        let to = reply.location.unwrap();
        assert_eq!(to.matches("pick=").count(), first.len());
        let page = screener.open(&to).await.is(200);
        assert_eq!(page.html().matches("<article class=\"paper\"").count(), 3);
        // A day that cannot be read is said, and prints nothing.
        screener.open("/referrals?on=2026-13-01").await.is(422).omits("王小雨");
        let reply = printed(&mut screener, "on=2026-13-01", "all:referral-slip", &[]).await;
        assert!(reply.location.unwrap().starts_with("/referrals?"));
    })
    .await;
}

#[tokio::test]
async fn nothing_ticked_and_too_much_are_said_in_words() {
    story(|app| async move {
        let (_, id) = app.sent("王小雨").await;
        let mut screener = app.person("screener").await;
        let reply = printed(&mut screener, "view=waiting", "referral-slip", &[])
            .await
            .is(303);
        assert_eq!(reply.location.as_deref(), Some("/referrals?view=waiting"));
        screener.open("/referrals").await.says("请先勾选要打印的行");
        let many: String = (0..=MOST)
            .map(|n| format!("&pick={}", id.0 + i64::try_from(n).unwrap()))
            .collect();
        let address = format!("/papers/referral-slip?{}", many.trim_start_matches('&'));
        let words = format!("一次最多打印 {MOST} 份");
        screener.get(&address).await.is(409).says(&words);
        screener
            .get(&address.replace("slip?", "slip/pdf?"))
            .await
            .is(409)
            .says(&words);
        // From the list one is led back to it.
        let picks: Vec<ReferralId> = (0..=MOST).map(|n| ReferralId(i64::try_from(n).unwrap() + 1)).collect();
        printed(&mut screener, "", "referral-slip", &picks).await.is(303);
        screener.open("/referrals").await.says(&words);
        // One that is not the reader's is none of it.
        let mut neighbour = app.person("neighbour").await;
        neighbour.get(&format!("/papers/referral-slip?pick={id}")).await.is(404);
    })
    .await;
}

#[tokio::test]
async fn the_results_of_a_hospital_are_printed_from_their_lists() {
    story(|app| async move {
        app.diagnosed("王小雨").await;
        app.diagnosed("李小石").await;
        let mut doctor = app.person("doctor").await;
        let page = doctor
            .open("/diagnoses")
            .await
            .is(200)
            .says("王小雨")
            .says("李小石")
            .says("打印勾选的诊断反馈单")
            .says("打印全部评估情况告知书");
        assert!(page.html().contains("name=\"pick\""));
        let reply = doctor
            .get("/diagnoses/papers?query=&paper=all:diagnosis-feedback")
            .await
            .is(303);
        let to = reply.location.unwrap();
        let page = doctor.open(&to).await.is(200);
        assert_eq!(page.html().matches("<article class=\"paper\"").count(), 2);
        // The newest stands first on the list, and so it is printed.
        assert!(page.text().find("李小石") < page.text().find("王小雨"));
        doctor.open("/diagnoses?from=2026-11-03").await.omits("王小雨");
        doctor.open("/diagnoses?from=20261131").await.is(422);

        let mut hospital = app.person("rescreener").await;
        hospital
            .open("/rescreens")
            .await
            .says("王小雨")
            .says("打印勾选的复筛结果告知书");
        hospital.open("/diagnoses").await.omits("王小雨");
        doctor.open("/rescreens").await.omits("王小雨");

        // Whoever leads a hospital finds the list of its work, and nobody else's.
        for (who, leads) in [
            ("rescreener", [true, false]),
            ("rescreen-lead", [true, false]),
            ("doctor", [false, true]),
            ("lead", [false, false]),
            ("screener", [false, false]),
        ] {
            let links = app.person(who).await.open("/").await.links();
            let found = ["/rescreens", "/diagnoses"].map(|list| links.iter().any(|link| link == list));
            assert_eq!(found, leads, "{who}");
        }
        app.person("rescreen-lead")
            .await
            .open("/rescreens")
            .await
            .says("王小雨");
    })
    .await;
}
