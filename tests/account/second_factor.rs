//! The second factor.

use axum::Router;
use chrono::TimeDelta;
use scraper::{Html, Selector};
use starbridge::platform::{App, Config, Keys, Means};

use super::{add_second_factor, code};
use crate::support::{Person, TestApp, people::PASSWORD, story};

#[tokio::test]
async fn a_second_factor_is_asked_for_and_every_code_works_once() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let page = doctor.open("/account/second-factor").await.says("开始添加");
        page.submit_to("/secret", &mut doctor).await.is(303);
        let page = doctor.open("/account/second-factor").await;
        assert!(page.html().contains("otpauth://totp/"));
        let page = page.fill("code", "000000");
        page.submit_to("/account/second-factor?", &mut doctor)
            .await
            .is(422)
            .says("验证码不正确");
        let secret = add_second_factor(&app, &mut doctor).await;

        let mut again = app.stranger();
        let sign_in = again.open("/sign-in?next=/account/password").await;
        let reply = sign_in
            .fill("user_name", "doctor")
            .fill("password", PASSWORD)
            .submit(&mut again)
            .await;
        assert_eq!(
            reply.location.as_deref(),
            Some("/sign-in/second-factor?next=%2Faccount%2Fpassword")
        );
        again.get("/account").await.is(303);
        let page = again.open("/sign-in/second-factor?next=/account/password").await;
        // The code that confirmed it was used.
        let page = page.fill("code", code(&secret, &app)).submit(&mut again).await;
        let page = page.is(422).says("已使用过");
        app.app.clock.advance(TimeDelta::seconds(30));
        let reply = page.fill("code", code(&secret, &app)).submit(&mut again).await;
        assert_eq!(reply.location.as_deref(), Some("/account/password"));
        again.open("/account").await.is(200).says("doctor");
    })
    .await;
}

#[tokio::test]
async fn the_key_can_be_photographed() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let page = doctor.open("/account/second-factor").await;
        page.submit_to("/secret", &mut doctor).await.is(303);
        let page = doctor.open("/account/second-factor").await;
        let html = Html::parse_document(&page.html());
        let picture = html
            .select(&Selector::parse("main svg[role=img]").unwrap())
            .next()
            .unwrap();
        assert!(picture.attr("aria-label").unwrap().contains("二维码"));
        let path = Selector::parse("path").unwrap();
        let path = picture.select(&path).next().unwrap().attr("d").unwrap();
        let link = page
            .links()
            .into_iter()
            .find(|link| link.starts_with("otpauth://"))
            .unwrap();
        // The same link gives the same drawing: what is photographed is what the link says.
        let code = qrcodegen::QrCode::encode_text(&link, qrcodegen::QrCodeEcc::Medium).unwrap();
        let size = code.size();
        let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
        let dark = dark.filter(|(x, y)| code.get_module(*x, *y)).count();
        assert_eq!(path.matches("h1v1h-1z").count(), dark);
        assert_eq!(
            picture.attr("viewbox").or(picture.attr("viewBox")).unwrap(),
            format!("0 0 {0} {0}", size + 8)
        );
    })
    .await;
}

/// The same district where the second factor is required.
fn strict(app: &TestApp, across: bool) -> Router {
    let config = Config {
        require_totp: true,
        require_totp_across: across,
        ..app.app.config.clone()
    };
    let strict = App::new(Means {
        db: app.app.db.clone(),
        config,
        clock: app.app.clock.clone(),
        keys: Keys::ephemeral(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    });
    starbridge::app::router(&strict).0
}

#[tokio::test]
async fn administrators_and_whoever_works_across_districts_add_one_first() {
    story(|app| async move {
        for (user_name, across, asked) in [
            ("system", true, true),
            ("system", false, true),
            ("doctor", true, true),
            ("doctor", false, false),
            ("screener", true, false),
        ] {
            let mut person = Person::new(strict(&app, across));
            person.sign_in(user_name, PASSWORD).await;
            let reply = person.get("/").await;
            let to = reply.location.as_deref() == Some("/account/second-factor");
            assert_eq!(to, asked, "{user_name} {across}: {}", reply.status);
        }
        let mut doctor = Person::new(strict(&app, true));
        doctor.sign_in("doctor", PASSWORD).await;
        doctor.open("/").await.says("跨区县");
        add_second_factor(&app, &mut doctor).await;
        let home = doctor.get("/").await;
        assert_ne!(home.location.as_deref(), Some("/account/second-factor"));
    })
    .await;
}
