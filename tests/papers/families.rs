//! What families are given in writing (告知书): plain words, nothing that frightens or labels, what comes next and by when.

use entities::words::ScreenOutcome;
use starbridge::{
    children::service::NewChild,
    screening::screen::service::{self as screens, Finding, NewScreen},
};

use super::{link, opens, prints};
use crate::support::{children::toddler, page::Reply, story};

/// Words that no family reads before a doctor has spoken with it, nor after.
fn frightens_nobody(page: &Reply) {
    let text = page.text();
    for word in ["阳性", "孤独症", "自闭", "F84", "异常", "疑似", "风险", "患", "残"] {
        assert!(!text.contains(word), "{word} stands in\n{text}");
    }
}

#[tokio::test]
async fn after_a_screen_that_calls_for_another_look() {
    story(|app| async move {
        let (child, referral) = app.sent("王小雨").await;
        let mut screener = app.person("screener").await;
        let page = opens(&mut screener, &format!("/children/{child}/screens"), "screen-notice").await;
        frightens_nobody(&page);
        for said in [
            "初筛结果告知书",
            "尊敬的王小雨的家长：",
            "2026年11月2日",
            "需复筛",
            "这不是诊断",
            "请带孩子到区妇幼保健院再看一次",
            "前完成",
            "有疑问可以问谁",
            "监护人签名",
            "存档联",
        ] {
            assert!(page.text().contains(said), "{said} is missing:\n{}", page.text());
        }
        let due = app.referral(referral).await.due_on;
        let due = due.format("%Y年%-m月%-d日").to_string();
        assert!(page.text().contains(&due), "{due} is missing:\n{}", page.text());
        assert_eq!(prints(&app, child).await[0]["paper"], "screen-notice");
        // Whoever did it tells it.
        let address = link(
            &screener.open(&format!("/children/{child}/screens")).await,
            "screen-notice",
        )
        .unwrap();
        app.person("lead").await.open(&address).await.is(200);
        for who in ["rescreener", "federation", "neighbour"] {
            app.person(who).await.get(&address).await.is(404);
        }
    })
    .await;
}

#[tokio::test]
async fn after_a_screen_with_nothing_to_look_at() {
    story(|app| async move {
        let child = app.child("王小雨").await;
        let today = app.actor("screener").await.today();
        app.screen("screener", child, today, &[]).await;
        let mut screener = app.person("screener").await;
        let page = opens(&mut screener, &format!("/children/{child}/screens"), "screen-notice").await;
        frightens_nobody(&page);
        page.says("没有看到需要再仔细看的表现")
            .says("下一次检查是")
            .says("随时联系");
    })
    .await;
}

#[tokio::test]
async fn a_corrected_screen_and_a_withdrawn_one_say_so() {
    story(|app| async move {
        let (child, _) = app.proposed("王小雨").await;
        let mut screener = app.person("screener").await;
        let screens_page = format!("/children/{child}/screens");
        let address = link(&screener.open(&screens_page).await, "screen-notice").unwrap();
        let by = app.actor("screener").await;
        let old = entities::ScreenId(address.rsplit('=').next().unwrap().parse().unwrap());
        let new = NewScreen {
            performed_on: by.today(),
            age_used: None,
            finding: Finding::Seen {
                signs: Vec::new(),
                regression: false,
            },
            note: None,
        };
        let done = starbridge::screening::screen::correction::correct(&app.app, &by, child, old, &new)
            .await
            .unwrap();
        assert_eq!(done.outcome, ScreenOutcome::Normal);
        screener
            .open(&address)
            .await
            .is(200)
            .says("已更正")
            .says("请以新单为准");
        let later = format!("/papers/screen-notice?pick={}", done.screen);
        screener.open(&later).await.is(200).omits("已更正");
        starbridge::screening::screen::correction::withdraw(&app.app, &by, child, done.screen)
            .await
            .unwrap();
        screener.open(&later).await.is(200).says("已撤回").omits("已更正");
    })
    .await;
}

#[tokio::test]
async fn a_child_that_was_not_seen_has_nothing_to_be_told() {
    story(|app| async move {
        let child = app.child("王小雨").await;
        let by = app.actor("screener").await;
        let new = NewScreen {
            performed_on: by.today(),
            age_used: None,
            finding: Finding::NotSeen(ScreenOutcome::Unreachable),
            note: None,
        };
        let done = screens::record(&app.app, &by, child, &new).await.unwrap();
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{child}/screens")).await;
        assert!(link(&page, "screen-notice").is_none());
        let address = format!("/papers/screen-notice?pick={}", done.screen);
        screener.get(&address).await.is(409).says("没有看到孩子");
    })
    .await;
}

#[tokio::test]
async fn a_whole_day_is_told_in_the_order_of_the_list() {
    story(|app| async move {
        for (name, signs) in [("王小雨", &[1, 2][..]), ("李小石", &[]), ("陈小林", &[3])] {
            let child = app
                .file(
                    "screener",
                    &NewChild {
                        guardians: Vec::new(),
                        ..toddler(name)
                    },
                )
                .await;
            let today = app.actor("screener").await.today();
            app.screen("screener", child, today, signs).await;
        }
        let mut screener = app.person("screener").await;
        let page = screener.open("/screening-days/2026-11-02").await.is(200);
        let page = page.says("打印勾选的初筛结果告知书");
        assert_eq!(page.html().matches("name=\"pick\"").count(), 3);
        let all = link(&page, "screen-notice").unwrap();
        let page = screener.open(&all).await.is(200);
        assert_eq!(page.html().matches("<article class=\"paper\"").count(), 3);
        let text = page.text();
        assert!(text.find("王小雨") < text.find("李小石") && text.find("李小石") < text.find("陈小林"));
        frightens_nobody(&page);
    })
    .await;
}

#[tokio::test]
async fn after_a_rescreen_and_after_a_diagnosis() {
    story(|app| async move {
        let (_, first) = app.accepted("王小雨").await;
        app.rescreens("rescreener", first, true).await;
        let mut hospital = app.person("rescreener").await;
        let page = opens(&mut hospital, &format!("/referrals/{first}"), "rescreen-notice").await;
        frightens_nobody(&page);
        page.says("复筛结果告知书")
            .says("更详细的发育评估")
            .says("这不是诊断，也不是结论");

        let (_, clear) = app.accepted("李小石").await;
        app.rescreens("rescreener", clear, false).await;
        let page = opens(&mut hospital, &format!("/referrals/{clear}"), "rescreen-notice").await;
        frightens_nobody(&page);
        page.says("为了放心，请在").says("庄市街道社区卫生服务中心再看一次");

        let (_, next) = app.rescreened("陈小林").await;
        app.accepts("doctor", next).await;
        app.diagnoses("doctor", next, &["F84.0"]).await;
        let mut doctor = app.person("doctor").await;
        let page = opens(&mut doctor, &format!("/referrals/{next}"), "diagnosis-notice").await;
        frightens_nobody(&page);
        page.says("评估情况告知书")
            .says("由医生当面向您说明")
            .says("康复中心的老师会与您联系")
            .says("医生的建议（由医生填写）")
            .omits("尽早开始康复训练");
        // The sender is not the one who tells it.
        let address = link(&doctor.open(&format!("/referrals/{next}")).await, "diagnosis-notice").unwrap();
        hospital.get(&address).await.is(404);
    })
    .await;
}
