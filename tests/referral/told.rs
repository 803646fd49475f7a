//! What is told of a referral: histories say what was done, badges how it stands, notices whom it is about.

use entities::words::ReferralState;
use starbridge::platform::words::raw;

use super::{post, sent};
use crate::support::story;

/// The verb, what for, when, why.
#[tokio::test]
async fn a_history_says_what_was_done_and_a_badge_how_it_stands() {
    story(|app| async move {
        let (child, id) = app.accepted("王小明").await;
        let mut rescreener = app.person("rescreener").await;
        let page = async |person: &mut crate::support::Person| person.open(&format!("/referrals/{id}")).await;
        let set = async |person: &mut crate::support::Person, on: &str, time: &str| {
            let fields = [("appointment_on", on), ("appointment_time", time)];
            post(person, id, "appointment", &fields).await.is(303);
        };
        set(&mut rescreener, "2026-11-09", "14:30").await;
        page(&mut rescreener).await.says("发出").says("预约到 2026-11-09 14:30");
        set(&mut rescreener, "2026-11-10", "09:00").await;
        let page = page(&mut rescreener).await.says("改约到 2026-11-10 09:00");
        let html = scraper::Html::parse_document(&page.html());
        let text = |css: &str| -> Vec<String> {
            let all = scraper::Selector::parse(css).unwrap();
            html.select(&all)
                .map(|one| one.text().collect::<String>().trim().to_owned())
                .collect()
        };
        assert_eq!(text(".page-head .state"), ["已预约"]);
        let states: Vec<String> = ReferralState::ALL
            .iter()
            .map(|state| raw(entities::words::Language::Chinese, state.word()).into_owned())
            .collect();
        let titles = text(".history-title");
        assert!(titles.len() >= 4, "{titles:?}");
        assert!(!titles.iter().any(|title| states.contains(title)), "{titles:?}");
        // Among everything else of the child, with what it was for; and why.
        let mut screener = app.person("screener").await;
        screener
            .open(&format!("/children/{child}/chain"))
            .await
            .says("复筛转介：改约到 2026-11-10 09:00")
            .says("登记初筛（24 月龄）：需复筛");
        let (_, other) = sent(&app, "李小红").await;
        post(&mut rescreener, other, "decline", &[("decline_reason", "不在服务范围")])
            .await
            .is(303);
        rescreener
            .open(&format!("/referrals/{other}"))
            .await
            .says("退回：不在服务范围")
            .says("已退回");
    })
    .await;
}

/// As much of the name as the reader may see, in every notice.
#[tokio::test]
async fn notices_name_the_child() {
    story(|app| async move {
        let (_, id) = sent(&app, "王小明").await;
        let mut rescreener = app.person("rescreener").await;
        rescreener
            .open("/inbox")
            .await
            .says("收到王小明的复筛转介，请在 2026-11-05 前接收或退回。");
        post(&mut rescreener, id, "acceptance", &[]).await.is(303);
        app.rescreens("rescreener", id, false).await;
        let mut screener = app.person("screener").await;
        screener
            .open("/inbox")
            .await
            .says("王小明的复筛转介已被接收。")
            .says("王小明的复筛结果已反馈。");
    })
    .await;
}
