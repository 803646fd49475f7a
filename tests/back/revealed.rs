//! What is shown for a moment: numbers that are masked otherwise, and passwords.

use chrono::TimeDelta;
use entities::{ChildId, child::guardianship, disability_card::DisabilityCardNo, words::IdentityKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use starbridge::person::{DisabilityCard, Identity};

use super::{browser, events, led, reachable};
use crate::support::{TestApp, story};

const NUMBERS: [(&str, &str, &str); 3] = [
    ("/identity", "3302**********0016", "330211202002290016"),
    ("/disability-card", "", "33021120200229001662"),
    ("/phone", "138****5678", "13812345678"),
];

/// A child with every number that is masked.
async fn child(app: &TestApp) -> ChildId {
    let mut new = reachable("曾小明");
    new.birth_on = "2020-02-29".parse().unwrap();
    new.identity = Identity::parse(IdentityKind::CitizenId, "330211202002290016").unwrap();
    let number = DisabilityCardNo::parse("33021120200229001662").unwrap();
    new.disability_card = Some(DisabilityCard {
        number,
        expires_on: None,
    });
    app.file("screener", &new).await
}

#[tokio::test]
async fn a_number_is_shown_where_one_was_for_a_minute_by_one_event() {
    story(|app| async move {
        let id = child(&app).await;
        let file = format!("/children/{id}");
        let mut screener = browser(&app, "screener").await;
        for (nth, (action, masked, number)) in (1..).zip(NUMBERS) {
            let page = screener.open(&file).await.says(masked).omits(number);
            let at = led(&page.submit_to(action, &mut screener).await);
            let (path, place) = at.split_once('#').unwrap();
            assert_eq!(path, file, "{action}");
            let page = screener.open(&at).await.is(200).says(number);
            assert!(page.html().contains(&format!("id=\"{place}\"")), "{place}");
            // Reload, and the same elsewhere on the way back.
            screener.open(&file).await.says(number);
            assert_eq!(events(&app, id, "child.unmasked").await, nth, "{action}");
            // In this session alone.
            browser(&app, "screener").await.open(&file).await.omits(number);
            app.app.clock.advance(TimeDelta::seconds(61));
            screener.open(&file).await.says(masked).omits(number);
            assert_eq!(events(&app, id, "child.unmasked").await, nth, "{action}");
        }
        // One at a time: what is asked for next masks what was shown before.
        for (action, _, _) in &NUMBERS {
            let page = screener.open(&file).await;
            led(&page.submit_to(action, &mut screener).await);
        }
        let page = screener.open(&file).await.says(NUMBERS[2].2);
        page.omits(NUMBERS[0].2).omits(NUMBERS[1].2);
        // The addresses are no pages.
        let tie = guardianship::Entity::find()
            .filter(guardianship::COLUMN.child_id.eq(id))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap()
            .id;
        for address in [
            "/identity".to_owned(),
            "/disability-card".to_owned(),
            format!("/guardians/{tie}/phone"),
        ] {
            assert_eq!(led(&screener.get(&format!("{file}{address}")).await), file, "{address}");
        }
        assert_eq!(events(&app, id, "child.unmasked").await, 6);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_shown_for_a_minute_at_the_page_of_its_account() {
    story(|app| async move {
        let mut security = browser(&app, "security").await;
        let opening = security.open("/accounts/new").await;
        let site = crate::account::option(&opening, "organisation", "庄市街道社区卫生服务中心");
        let opening = opening
            .fill("user_name", "wang.fang")
            .fill("display_name", "王芳")
            .fill("organisation", &site)
            .fill("roles", "screener")
            .submit_to("/accounts?", &mut security)
            .await;
        let opened = led(&opening);
        let account = opened.split('?').next().unwrap().to_owned();
        let resetting = security
            .open(&account)
            .await
            .submit_to("/password", &mut security)
            .await;
        let reset = led(&resetting);
        let mut passwords = Vec::new();
        for at in [&opened, &reset] {
            assert!(at.starts_with(&format!("{account}?answer=")), "{at}");
            let password = crate::account::fact(&security.get(at).await.is(200), "首次密码");
            security.get(at).await.is(200).says(&password);
            passwords.push(password);
        }
        assert_ne!(passwords[0], passwords[1]);
        app.app.clock.advance(TimeDelta::seconds(61));
        for (at, password) in [&opened, &reset].into_iter().zip(&passwords) {
            let page = security.open(at).await.is(200).says("不再保留").says("王芳");
            page.omits(password);
        }
        // A wrong form stays, for it shows no secret.
        let page = security.open("/accounts/new").await.fill("email", "no address");
        let wrong = led(&page.submit_to("/accounts?", &mut security).await);
        app.app.clock.advance(TimeDelta::minutes(5));
        security.get(&wrong).await.is(422).says("电子邮箱格式不正确");
    })
    .await;
}
