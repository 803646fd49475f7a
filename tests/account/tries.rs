//! Guessing: what is compared, what locks, whom it locks out, and what it leaves in the trail.

use chrono::TimeDelta;
use entities::account::sign_in_count;
use sea_orm::EntityTrait as _;
use tokio::task::JoinSet;

use super::{add_second_factor, code, events, id_of, stranger_at, try_in};
use crate::support::{people::PASSWORD, story};

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_a_while() {
    story(|app| async move {
        let mut thief = app.stranger();
        for _ in 0..5 {
            let page = thief.open("/sign-in").await;
            page.fill("user_name", "screener")
                .fill("password", "Wrong-One-1")
                .submit(&mut thief)
                .await
                .is(422);
        }
        // More of them neither shorten nor lengthen it.
        for _ in 0..3 {
            app.app.clock.advance(TimeDelta::minutes(4));
            try_in(&mut thief, "screener", "Wrong-One-1").await.is(422);
            try_in(&mut thief, "screener", PASSWORD).await.is(422).says("锁定");
        }
        assert_eq!(events(&app, "account.locked").await.len(), 1);
        app.app.clock.advance(TimeDelta::minutes(4));
        thief.sign_in("screener", PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn of_forty_guesses_at_once_five_are_compared() {
    story(|app| async move {
        let mut guesses = JoinSet::new();
        for n in 0..40 {
            let mut thief = stranger_at(&app, &format!("203.0.113.{}", n + 1));
            guesses.spawn(async move { try_in(&mut thief, "screener", &format!("Wrong-One-{n}")).await.status });
        }
        while let Some(status) = guesses.join_next().await {
            assert_eq!(status.unwrap(), 422);
        }
        let failed = events(&app, "account.sign_in_failed").await;
        let locked = events(&app, "account.locked").await;
        let compared = failed
            .iter()
            .chain(&locked)
            .filter(|e| e.details["why"] == "password")
            .count();
        assert_eq!((compared, locked.len()), (5, 1));
        let mut owner = stranger_at(&app, "198.51.100.1");
        try_in(&mut owner, "screener", PASSWORD).await.is(422);
        // Neither did the guesses of the locked account go unseen.
        let refused: u64 = failed
            .iter()
            .filter(|e| e.details["why"] == "locked")
            .map(|e| e.details["count"].as_u64().unwrap_or(1))
            .sum();
        assert_eq!(refused, 35);
        app.app.clock.advance(TimeDelta::minutes(15));
        owner.sign_in("screener", PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn strangers_do_not_lock_out_whoever_was_in_before() {
    story(|app| async move {
        let mut security = stranger_at(&app, "198.51.100.5");
        security.sign_in("security", PASSWORD).await;
        let mut thief = stranger_at(&app, "203.0.113.7");
        for _ in 0..6 {
            try_in(&mut thief, "security", "Wrong-One-1").await.is(422);
        }
        try_in(&mut thief, "security", PASSWORD).await.is(422);
        // The house's network is known, and so is the browser wherever it goes.
        let mut colleague = stranger_at(&app, "198.51.100.5");
        for _ in 0..5 {
            try_in(&mut colleague, "security", "Wrong-One-1").await.is(422);
        }
        try_in(&mut colleague, "security", PASSWORD).await.is(422);
        for address in ["198.51.100.5:4000", "203.0.113.9:4000"] {
            security.comes_from(address);
            try_in(&mut security, "security", PASSWORD).await.is(303);
        }
        let places: Vec<_> = events(&app, "account.locked").await;
        let places: Vec<_> = places.iter().map(|e| e.details["place"].as_str().unwrap()).collect();
        assert_eq!(places, ["elsewhere", "network"]);
        // Nobody is known by a cookie made up, nor by the one of another account, nor for ever.
        let mut forger = stranger_at(&app, "203.0.113.8");
        forger.brings_cookie(
            "starbridge_browser",
            "0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef",
        );
        try_in(&mut forger, "security", PASSWORD).await.is(422);
        let mut doctor = stranger_at(&app, "203.0.113.8");
        doctor.sign_in("doctor", PASSWORD).await;
        try_in(&mut doctor, "security", PASSWORD).await.is(422);
        app.app.clock.advance(TimeDelta::days(91));
        for _ in 0..5 {
            try_in(&mut thief, "security", "Wrong-One-1").await.is(422);
        }
        try_in(&mut security, "security", PASSWORD).await.is(422);
    })
    .await;
}

#[tokio::test]
async fn a_customer_of_a_network_is_one_address() {
    story(|app| async move {
        let mut doctor = stranger_at(&app, "[2001:db8:1:2::5]");
        doctor.sign_in("doctor", PASSWORD).await;
        let mut thief = stranger_at(&app, "203.0.113.7");
        for _ in 0..5 {
            try_in(&mut thief, "doctor", "Wrong-One-1").await.is(422);
        }
        let mut neighbour = stranger_at(&app, "[2001:db8:1:3::5]");
        try_in(&mut neighbour, "doctor", PASSWORD).await.is(422);
        let mut other_room = stranger_at(&app, "[2001:db8:1:2:ffff::9]");
        try_in(&mut other_room, "doctor", PASSWORD).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn nothing_tells_a_name_that_exists_from_one_that_does_not() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let bureau = id_of(&app, "bureau").await;
        let page = security.open(&format!("/accounts/{bureau}")).await;
        let page = page.fill("reason", "离职");
        page.submit_to("/suspension", &mut security).await.is(303);
        for n in 0..8 {
            let mut said = Vec::new();
            for name in ["screener", "nobody-at-all", "bureau", "no\u{0}body"] {
                let mut thief = stranger_at(&app, &format!("203.0.113.{}", n + 1));
                let reply = try_in(&mut thief, name, "Wrong-One-1").await;
                said.push((reply.status, reply.text()));
            }
            assert!(said.iter().all(|one| *one == said[0]), "try {n}: {said:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_counted_and_never_locked() {
    story(|app| async move {
        for n in 1..=7 {
            let mut thief = stranger_at(&app, &format!("203.0.113.{n}"));
            try_in(&mut thief, "nobody-at-all", "Wrong-One-1").await.is(422);
            let counts = sign_in_count::Entity::find().all(&*app.app.db).await.unwrap();
            assert_eq!(counts.len(), 1);
            assert_eq!((counts[0].account_id.0, counts[0].failures), (0, n.min(5)));
            assert_eq!(counts[0].locked_until, None);
        }
        assert!(events(&app, "account.locked").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_trail_says_whose_password_was_guessed_and_no_name_that_nobody_has() {
    story(|app| async move {
        let mut thief = stranger_at(&app, "203.0.113.7");
        let mistyped = "My-Secret-Word-1";
        try_in(&mut thief, "screener", "Wrong-One-1").await.is(422);
        try_in(&mut thief, mistyped, "").await.is(422);
        let mut again = stranger_at(&app, "203.0.113.8");
        try_in(&mut again, mistyped, "").await.is(422);
        let failed = events(&app, "account.sign_in_failed").await;
        assert_eq!(failed[0].details["account"], "screener");
        assert_eq!(failed[0].subject_id, id_of(&app, "screener").await);
        let names: Vec<_> = failed[1..].iter().map(|e| e.details["account"].clone()).collect();
        assert_eq!(names[0], names[1], "the same mistake is recognised");
        assert!(names[0].as_str().unwrap().starts_with('#'), "{names:?}");
        let written = format!("{failed:?}").to_lowercase();
        assert!(!written.contains(&mistyped.to_lowercase()), "{written}");
        let mut audit = app.person("audit").await;
        audit.open("/events").await.says("账户：screener").says("账户：#");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_by_themselves() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let secret = add_second_factor(&app, &mut doctor).await;
        app.app.clock.advance(TimeDelta::seconds(60));
        let mut thief = stranger_at(&app, "203.0.113.7");
        thief.sign_in("doctor", PASSWORD).await;
        for n in 1..=5 {
            let page = thief.open("/sign-in/second-factor").await;
            let page = page.fill("code", "123").submit(&mut thief).await.is(422);
            page.says(if n < 5 { "验证码不正确" } else { "锁定" });
        }
        let page = thief.open("/sign-in/second-factor").await;
        let right = code(&secret, &app);
        page.fill("code", right).submit(&mut thief).await.is(422).says("锁定");
        thief.get("/account").await.is(303);
        // The password has a count of its own: right ones are still taken, wrong ones still counted.
        let mut other = stranger_at(&app, "203.0.113.8");
        for _ in 0..4 {
            try_in(&mut other, "doctor", "Wrong-One-1").await.is(422);
        }
        let reply = try_in(&mut other, "doctor", PASSWORD).await.is(303);
        assert!(reply.location.unwrap().starts_with("/sign-in/second-factor"));
    })
    .await;
}

#[tokio::test]
async fn of_twenty_codes_at_once_five_are_compared() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let secret = add_second_factor(&app, &mut doctor).await;
        app.app.clock.advance(TimeDelta::seconds(60));
        let mut thief = stranger_at(&app, "203.0.113.7");
        thief.sign_in("doctor", PASSWORD).await;
        let mut guesses = JoinSet::new();
        for n in 0..20 {
            let mut thief = thief.clone();
            guesses.spawn(async move {
                let code = ("code".to_owned(), format!("{n:06}"));
                thief.post("/sign-in/second-factor", &[code]).await.status
            });
        }
        while let Some(status) = guesses.join_next().await {
            assert_eq!(status.unwrap(), 422);
        }
        let mut compared = events(&app, "account.sign_in_failed").await;
        compared.extend(events(&app, "account.locked").await);
        compared.retain(|e| e.details["why"] == "second_factor");
        assert_eq!(compared.len(), 5);
        let right = ("code".to_owned(), code(&secret, &app));
        thief.post("/sign-in/second-factor", &[right]).await.is(422);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_signed_in_has_five_tries_at_the_present_password() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        // Strangers fill the count of everywhere else; that is not the owner's.
        let mut thief = stranger_at(&app, "203.0.113.7");
        for _ in 0..5 {
            try_in(&mut thief, "doctor", "Wrong-One-1").await.is(422);
        }
        for n in 1..=6 {
            let page = doctor.open("/account/password").await;
            let page = page
                .fill("current", "Wrong-One-1")
                .fill("new", "Green-Lamp-77")
                .fill("again", "Green-Lamp-77");
            let page = page.submit(&mut doctor).await.is(422);
            page.says(if n < 5 { "当前密码不正确" } else { "多次输错" });
        }
        let page = doctor.open("/account/password").await;
        let page = page
            .fill("current", PASSWORD)
            .fill("new", "Green-Lamp-77")
            .fill("again", "Green-Lamp-77");
        page.submit(&mut doctor).await.is(422).says("多次输错");
        app.app.clock.advance(TimeDelta::minutes(16));
        let page = doctor.open("/account/password").await;
        let page = page
            .fill("current", PASSWORD)
            .fill("new", "Green-Lamp-77")
            .fill("again", "Green-Lamp-77");
        page.submit(&mut doctor).await.is(303);
        // A new password opens every count.
        doctor.comes_from("198.51.100.1:4000");
        let mut elsewhere = stranger_at(&app, "198.51.100.2");
        try_in(&mut elsewhere, "doctor", "Green-Lamp-77").await.is(303);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_tries_too_often_is_asked_to_wait() {
    story(|app| async move {
        let mut thief = stranger_at(&app, "203.0.113.7");
        for n in 0..60 {
            try_in(&mut thief, &format!("nobody{n}"), "Wrong-One-1").await.is(422);
        }
        let braked = try_in(&mut thief, "nobody", "Wrong-One-1").await;
        braked.is(429).says("过于频繁");
        let mut other = stranger_at(&app, "203.0.113.8");
        other.sign_in("doctor", PASSWORD).await;
        // A browser that somebody signed in with is not slowed down by its neighbours; a cookie made up helps nobody.
        other.comes_from("203.0.113.7:4000");
        try_in(&mut other, "doctor", PASSWORD).await.is(303);
        let mut forger = stranger_at(&app, "203.0.113.7");
        forger.brings_cookie(
            "starbridge_browser",
            "0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef",
        );
        try_in(&mut forger, "doctor", PASSWORD).await.is(429);
        app.app.clock.advance(TimeDelta::seconds(2));
        try_in(&mut thief, "nobody", "Wrong-One-1").await.is(422);
    })
    .await;
}
