//! Days and periods on the pages: one reader, and an error at the field for what it cannot read.

use crate::{
    children::{child, form, id_of},
    support::story,
};

/// As it stands in an address.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn a_day_is_typed_as_people_write_it() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        for (at, (name, typed)) in (0..).zip([
            ("赵甲", "20240514"),
            ("钱乙", "2024/5/14"),
            ("孙丙", "2024年5月14日"),
            ("周丁", "２０２４．５．１４"),
            ("吴戊", "2024-05-13 23:59:17"),
        ]) {
            let page = form(&mut screener, name)
                .await
                .fill("birth_on", typed)
                .fill("guardian1_name", format!("{name}的家长"))
                .fill("guardian1_phone", format!("1391234567{at}"));
            let id = id_of(&page.submit(&mut screener).await);
            assert_eq!(child(&app, id).await.birth_on.to_string(), "2024-05-14", "{typed}");
        }
        for (typed, words) in [
            ("202305/01/日", "日期不正确"),
            ("14.5.2024", "日期不正确"),
            ("2024-05", "日期不正确"),
            ("2024-05-14 08:30", "带有时刻"),
        ] {
            let page = form(&mut screener, "郑己").await.fill("birth_on", typed);
            let page = page.submit(&mut screener).await.is(422).says(words);
            assert!(
                page.html().contains(&format!("value=\"{typed}\"")),
                "what was typed comes back"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_is_a_field_of_text_that_needs_no_script() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let html = screener.open("/children/new").await.is(200).html();
        assert!(!html.contains("type=\"date\""));
        assert!(html.contains("data-date-of=\"birth_on\""));
        let html = app.person("audit").await.open("/events").await.is(200).html();
        assert!(!html.contains("type=\"date\""));
    })
    .await;
}

#[tokio::test]
async fn a_period_is_read_in_every_spelling_and_another_is_no_other_table() {
    story(|app| async move {
        let mut federation = app.person("federation").await;
        for typed in [
            "2026-10",
            "2026年10月",
            "2026.10",
            "202610",
            "2026/10",
            "２０２６年１０月",
        ]
        .map(encoded)
        {
            for page in ["screening", "screening/trends"] {
                federation
                    .open(&format!("/reports/{page}?month={typed}"))
                    .await
                    .is(200)
                    .says("2026-10");
            }
            federation
                .open(&format!("/reports/tracing?month={typed}"))
                .await
                .is(200);
            federation
                .get(&format!("/reports/screening/export?month={typed}&format=csv"))
                .await
                .is(200);
        }
        for said in ["2026-13", "10月", "本月", "2026-10-01", "x"] {
            let typed = encoded(said);
            for address in [
                "/reports/screening?",
                "/reports/screening/trends?",
                "/reports/screening/export?format=csv&",
                "/reports/tracing?",
                "/reports/tracing/export?",
                "/reports/screening/children?span=period&cell=positive&",
            ] {
                federation
                    .open(&format!("{address}month={typed}"))
                    .await
                    .is(422)
                    .says("无法识别这个时间段");
            }
            // The page gives back what was typed, and shows no figures.
            let page = federation.open(&format!("/reports/screening?month={typed}")).await;
            let html = page.html();
            assert!(html.contains(&format!("value=\"{said}\"")) && html.contains("id=\"month-error\""));
            assert!(!html.contains("table-report"));
        }
    })
    .await;
}

#[tokio::test]
async fn days_of_the_trail_that_cannot_be_read_show_no_other_days() {
    story(|app| async move {
        let mut audit = app.person("audit").await;
        audit
            .open("/events?from=2026年11月1日&until=20261102")
            .await
            .is(200)
            .says("2026");
        for (asked, field, words) in [
            ("from=gestern", "from", "日期不正确"),
            ("until=2026-11", "until", "日期不正确"),
            ("from=2026-11-02&until=2026-11-01", "from", "起始日期不能晚于"),
        ] {
            let page = audit.open(&format!("/events?{asked}")).await.is(422).says(words);
            assert!(page.html().contains(&format!("id=\"{field}-error\"")), "{asked}");
            audit.open(&format!("/events/export?{asked}")).await.is(422).says(words);
        }
    })
    .await;
}
