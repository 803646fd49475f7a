//! The way in: who is let in and who is not, and that nobody learns anything at the door.

use chrono::TimeDelta;
use entities::{agreement::signature, event::event, guardian_access::guardian_access, words::IdentityCheck};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::{
    MOTHER, admitted, asks, code, codes_go_out, father, ink, let_in, makes, row, signatures, text_in_use, types,
};
use crate::support::{page::Reply, story};

#[tokio::test]
async fn whoever_stands_at_the_door_learns_nothing() {
    story(|app| async move {
        app.child("王小明").await;
        let mut answers = Vec::new();
        for who in [
            MOTHER,
            ("王丽", "nobody@example.org"),
            ("张三", MOTHER.1),
            ("张三", "13800000000"),
        ] {
            let (mut person, reply) = asks(&app, who).await;
            let (status, to) = (reply.status, reply.location.clone());
            codes_go_out(&app).await;
            let page = person.open("/my/code").await;
            let wrong = types(&mut person, "000000").await;
            answers.push((status, to, page.status, page.text(), wrong.status, wrong.text()));
        }
        for other in &answers {
            assert_eq!(*other, answers[0]);
        }
        assert_eq!((answers[0].0, answers[0].4), (303, 422));
        // One letter only, and nothing of what was typed is kept.
        let asked = guardian_access::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(asked.len(), 4);
        assert!(asked.iter().all(|row| row.asked.is_none() && row.looked_at.is_some()));
        assert_eq!(asked.iter().filter(|row| row.guardian_id.is_some()).count(), 1);
        // The page itself names nobody.
        let mut stranger = app.stranger();
        stranger.open("/my").await.omits("王").omits("儿童");
        for bad in [("", MOTHER.1), ("王丽", ""), ("王丽", "王丽")] {
            asks(&app, bad).await.1.is(422);
        }
        for closed in ["/my/papers", "/my/agreements/1", "/my/agreements/1/pdf", "/my/signing"] {
            let reply = stranger.get(closed).await.is(303);
            assert_eq!(reply.location.as_deref(), Some("/my"), "{closed}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_has_five_tries_ten_minutes_and_one_use() {
    story(|app| async move {
        app.child("王小明").await;
        // Five wrong ones: the right one comes too late.
        let (mut person, _) = asks(&app, MOTHER).await;
        codes_go_out(&app).await;
        let right = code(&app).await.unwrap();
        let wrong = if right == "111111" { "222222" } else { "111111" };
        for _ in 0..5 {
            types(&mut person, wrong).await.is(422).says("验证码不正确或已失效");
        }
        types(&mut person, &right).await.is(422).says("验证码不正确或已失效");
        // Too late.
        let (mut person, _) = asks(&app, MOTHER).await;
        codes_go_out(&app).await;
        let right = code(&app).await.unwrap();
        app.app.clock.advance(TimeDelta::minutes(10));
        types(&mut person, &right).await.is(422).says("验证码不正确或已失效");
        // In another browser it is nothing.
        app.app.clock.advance(TimeDelta::minutes(10));
        let (mut person, _) = asks(&app, MOTHER).await;
        codes_go_out(&app).await;
        let right = code(&app).await.unwrap();
        let (mut other, _) = asks(&app, ("王丽", "nobody@example.org")).await;
        types(&mut other, &right).await.is(422);
        // It lets in once, also when it is sent twice at the same moment.
        let mut twin = person.clone();
        let (one, two) = tokio::join!(types(&mut person, &right), types(&mut twin, &right));
        let mut answers = [one.status, two.status];
        answers.sort_unstable();
        assert!([[303, 422], [303, 303]].contains(&answers), "{answers:?}");
        let opened = guardian_access::Entity::find()
            .filter(guardian_access::COLUMN.opened_at.is_not_null())
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(opened, 1);
    })
    .await;
}

#[tokio::test]
async fn codes_are_not_asked_for_without_end() {
    story(|app| async move {
        app.child("王小明").await;
        for who in [MOTHER, ("王丽", "nobody@example.org")] {
            for _ in 0..3 {
                asks(&app, who).await.1.is(303);
            }
            let reply = asks(&app, who).await.1.is(429).says("操作过于频繁");
            assert_eq!(reply.retry_after.as_deref(), Some("900"));
        }
        codes_go_out(&app).await;
        app.app.clock.advance(TimeDelta::minutes(16));
        asks(&app, MOTHER).await.1.is(303);
        // A visit ends by itself.
        app.app.clock.advance(TimeDelta::minutes(16));
        let mut person = let_in(&app, MOTHER).await;
        person.open("/my/papers").await.is(200).says("暂无待签署的文书");
        app.app.clock.advance(TimeDelta::minutes(14));
        person.get("/my/papers").await.is(200);
        app.app.clock.advance(TimeDelta::minutes(16));
        person.get("/my/papers").await.is(303);
        // And when somebody leaves.
        let mut person = let_in(&app, MOTHER).await;
        let page = person.open("/my/papers").await;
        page.submit_to("/my/leaving", &mut person).await.is(303);
        person.get("/my/papers").await.is(303);
    })
    .await;
}

#[tokio::test]
async fn a_guardian_sees_what_waits_for_them_and_nothing_else() {
    story(|app| async move {
        let (child, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        father(&app, child).await;
        // The mother signs this one; the father has no place in it.
        let mut mother = let_in(&app, MOTHER).await;
        let page = mother.open("/my/papers").await.is(200);
        assert!(page.links().contains(&format!("/my/agreements/{id}")));
        let mut father = let_in(&app, ("王强", "father@example.org")).await;
        father
            .open("/my/papers")
            .await
            .is(200)
            .says("暂无待签署的文书")
            .omits("王小明");
        let words = |reply: Reply| {
            reply
                .text()
                .chars()
                .filter(|c| !c.is_ascii_alphanumeric())
                .collect::<String>()
        };
        let nothing = words(father.get("/my/agreements/999999").await.is(404));
        assert_eq!(
            words(father.get(&format!("/my/agreements/{id}")).await.is(404)),
            nothing
        );
        let hash = row(&app, id).await.content_hash;
        let fields = [("hash", hash.as_str()), ("typed", "王强"), ("agreed", "true")];
        let fields = fields.map(|(k, v)| (k.to_owned(), v.to_owned()));
        father
            .post(&format!("/my/agreements/{id}/signature"), &fields)
            .await
            .is(404);
        // Neither of them is somebody with an account.
        for page in [
            "/".to_owned(),
            "/children".to_owned(),
            format!("/children/{child}"),
            format!("/agreements/{id}"),
        ] {
            let reply = mother.get(&page).await.is(303);
            assert!(reply.location.unwrap().starts_with("/sign-in"), "{page}");
        }
        // And nobody with an account is a guardian.
        for who in ["intake", "centre-head", "federation", "security"] {
            let mut colleague = app.person(who).await;
            colleague.get("/my/papers").await.is(403);
            colleague.get(&format!("/my/agreements/{id}")).await.is(403);
        }
        // What they looked at is an event in their name.
        mother.open(&format!("/my/agreements/{id}")).await.is(200);
        let read = event::Entity::find()
            .filter(event::COLUMN.action.eq("agreement.read"))
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(read.len(), 1);
        assert!(read[0].actor.starts_with("guardian/") && read[0].child_id == Some(child));
    })
    .await;
}

#[tokio::test]
async fn staff_let_somebody_in_who_has_no_telephone() {
    story(|app| async move {
        let (_, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        let mut intake = app.person("intake").await;
        let page = intake.open(&format!("/agreements/{id}")).await;
        let to = page
            .links()
            .into_iter()
            .find(|link| link.ends_with("/access-code"))
            .expect("staff can let the guardian in");
        let page = intake.open(&to).await.is(200).says("王丽");
        let page = page.submit_to("/access-code", &mut intake).await.is(422);
        let page = page.fill("document", "identity_card");
        let page = page
            .submit_to("/access-code", &mut intake)
            .await
            .is(200)
            .says("只能使用一次");
        let html = page.html();
        let shown = html
            .split("<span class=\"code\">")
            .find(|rest| rest.get(4..5) == Some("-"));
        let spoken = shown.expect("a code is shown").get(..9).unwrap().to_owned();
        let mut person = app.stranger();
        let page = person.open("/my").await.fill("counter", "ABCD-2345");
        page.submit_to("/my/counter", &mut person)
            .await
            .is(422)
            .says("验证码不正确或已失效");
        let page = person.open("/my").await.fill("counter", spoken.to_lowercase());
        page.submit_to("/my/counter", &mut person).await.is(303);
        // Once.
        let mut other = app.stranger();
        let page = other.open("/my").await.fill("counter", &spoken);
        page.submit_to("/my/counter", &mut other).await.is(422);
        let page = person.open(&format!("/my/agreements/{id}")).await;
        let page = page.fill("ink", ink(1)).fill("agreed", "true");
        page.submit_to("/signature", &mut person).await.is(303);
        let given: signature::Model = signatures(&app, id).await.remove(0);
        assert_eq!(given.identity, IdentityCheck::Witness);
        assert_eq!(given.witness_id, app.actor("intake").await.account);
        let mut head = app.person("centre-head").await;
        head.open(&format!("/agreements/{id}"))
            .await
            .says("居民身份证")
            .says("有身份核验");
        // Whoever does not enrol lets nobody in.
        let mut street = app.person("street").await;
        street.get(&to).await.is(403);
    })
    .await;
}
