//! Slips of referrals (转介单).

use entities::{event::event, phone::Phone};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use starbridge::children::service::NewChild;

use super::{link, opens, prints};
use crate::support::{TestApp, children::toddler, story};

/// A child, by its mother's telephone.
fn reachable(name: &str) -> NewChild {
    let mut new = toddler(name);
    new.guardians[0].phone = Some(Phone::parse("13812345678").unwrap());
    new
}

/// A child referred to the re-screen: the number of the referral.
async fn sent(app: &TestApp, new: &NewChild) -> (entities::ChildId, entities::ReferralId) {
    let child = app.file("screener", new).await;
    let today = app.actor("screener").await.today();
    let done = app.screen("screener", child, today, &[1, 2]).await;
    let referral = done.referral.unwrap();
    app.sends("screener", referral).await;
    (child, referral)
}

#[tokio::test]
async fn a_slip_says_who_why_what_is_asked_and_by_when() {
    story(|app| async move {
        let (child, referral) = sent(&app, &reachable("王小雨")).await;
        let mut screener = app.person("screener").await;
        let page = opens(&mut screener, &format!("/referrals/{referral}"), "referral-slip").await;
        let number = format!("330211-ZJ-{:06}", referral.0);
        for said in [
            "转介单",
            number.as_str(),
            "王小雨",
            "庄市街道社区卫生服务中心",
            "区妇幼保健院",
            "征象 1、2",
            // The signs themselves, not only their numbers.
            "说不出三样东西的名称",
            "王丽（母亲）",
            "138****5678",
            "请于",
            "复筛",
            "沿此线撕下，填好后交回庄市街道社区卫生服务中心",
            "转介回执",
            "（公章）",
            "2026年11月2日",
            "版次",
            "screener（测试）",
        ] {
            assert!(page.text().contains(said), "{said} is missing:\n{}", page.text());
        }
        assert!(!page.html().contains("paper-mark"));
        assert!(!page.text().contains("13812345678"));

        // Both sides and the federation print it; nobody else finds it.
        let address = format!("/papers/referral-slip?pick={referral}");
        for who in ["rescreener", "rescreen-lead", "lead", "federation", "street"] {
            app.person(who).await.open(&address).await.is(200).says("王小雨");
        }
        for who in ["neighbour", "doctor", "intake", "elsewhere"] {
            app.person(who).await.get(&address).await.is(404);
        }
        let printed = prints(&app, child).await;
        assert_eq!(printed.len(), 6);
        assert_eq!(printed[0]["paper"], "referral-slip");
        assert_eq!(printed[0]["number"], number);
        assert_eq!(printed[0]["format"], "page");
        // The file tells who printed what.
        screener.open(&format!("/children/{child}/views")).await.says("转介单");
    })
    .await;
}

#[tokio::test]
async fn numbers_in_full_are_asked_for_and_noted() {
    story(|app| async move {
        let (child, referral) = sent(&app, &reachable("王小雨")).await;
        let mut screener = app.person("screener").await;
        let address = format!("/papers/referral-slip?pick={referral}");
        let page = screener.open(&address).await.says("138****5678");
        let full = page
            .links()
            .into_iter()
            .find(|link| link.contains("phones=full"))
            .unwrap();
        screener.open(&full).await.is(200).says("13812345678");
        let seen = event::Entity::find()
            .filter(event::COLUMN.action.eq("child.unmasked"))
            .filter(event::COLUMN.child_id.eq(child))
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].details["field"], "phone");
        // A paper without numbers has none in full.
        screener
            .get(&format!("/papers/screen-notice?pick={referral}&phones=full"))
            .await
            .is(403);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_sent_has_no_slip_and_what_was_taken_back_says_so() {
    story(|app| async move {
        let (_, referral) = app.proposed("王小雨").await;
        let mut screener = app.person("screener").await;
        let path = format!("/referrals/{referral}");
        let page = screener.open(&path).await;
        assert!(link(&page, "referral-slip").is_none());
        let address = format!("/papers/referral-slip?pick={referral}");
        screener.get(&address).await.is(409).says("尚未发出");

        app.sends("screener", referral).await;
        screener.open(&address).await.is(200).omits("已撤回");
        let page = screener.open(&path).await.fill("recall_reason", "家长另约");
        page.submit_to("recall", &mut screener).await.is(303);
        let page = screener
            .open(&address)
            .await
            .is(200)
            .says("已撤回")
            .says("由转出机构撤回");
        assert!(page.html().contains("paper-mark"));

        let (_, other) = app.sent("王小石").await;
        let mut hospital = app.person("rescreener").await;
        let page = hospital.open(&format!("/referrals/{other}")).await;
        let page = page.fill("decline_reason", "不在服务范围");
        page.submit_to("decline", &mut hospital).await.is(303);
        let address = format!("/papers/referral-slip?pick={other}");
        screener.open(&address).await.is(200).says("已退回");
    })
    .await;
}

#[tokio::test]
async fn long_names_and_nobody_on_file() {
    story(|app| async move {
        let long = "买买提吐尔逊·阿卜杜热合曼·木合塔尔·依力亚斯江";
        let alone = NewChild {
            guardians: Vec::new(),
            ..toddler(long)
        };
        let (_, referral) = sent(&app, &alone).await;
        let mut screener = app.person("screener").await;
        let address = format!("/papers/referral-slip?pick={referral}");
        screener
            .open(&address)
            .await
            .is(200)
            .says(long)
            .says("未登记，请当面填写")
            .says("监护人签名");
        // A guardian without a telephone leaves room to write one.
        let (_, other) = sent(&app, &toddler("王小石")).await;
        screener
            .open(&format!("/papers/referral-slip?pick={other}"))
            .await
            .is(200)
            .says("王丽（母亲）");
    })
    .await;
}

#[tokio::test]
async fn a_slip_speaks_the_language_that_is_asked_for_and_the_page_stays() {
    story(|app| async move {
        let (_, referral) = app.sent("王小雨").await;
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/papers/referral-slip?pick={referral}")).await;
        let other = page
            .links()
            .into_iter()
            .find(|link| link.contains("language=en"))
            .unwrap();
        let page = screener.open(&other).await.is(200);
        assert!(page.html().contains("<html lang=\"zh-CN\""));
        page.says("Referral slip")
            .says("Receipt of the referral")
            .says("王小雨");
    })
    .await;
}

#[tokio::test]
async fn a_referral_to_diagnosis_tells_the_rescreen_that_led_there() {
    story(|app| async move {
        let (_, referral) = app.rescreened("王小雨").await;
        let mut hospital = app.person("rescreener").await;
        let address = format!("/papers/referral-slip?pick={referral}");
        hospital
            .open(&address)
            .await
            .is(200)
            .says("转介依据：复筛")
            .says("语言或交流障碍")
            .says("完成诊断评估");
        // Its own result does not stand on it: that is the report's.
        app.accepts("doctor", referral).await;
        app.diagnoses("doctor", referral, &["F84.0"]).await;
        hospital.open(&address).await.is(200).omits("F84.0");
    })
    .await;
}
