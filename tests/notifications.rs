//! Telling people: once, in their language, whatever happens to the server.

mod server;
mod waiting;

use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use entities::{
    AccountId, ChildId, GuardianId,
    account::account,
    child::{child, consent, guardian, guardianship},
    communication::{message, notice},
    words::{Channel, ConsentPurpose, Delivery, Kinship, Language},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use server::SmtpServer;
use starbridge::{
    access::scope,
    notifications::{delivery, service},
    platform::{
        Actor, App, Means,
        outbox::{self, Message, Notice, Receiver},
    },
};

use crate::support::{Person, TestApp, people::PASSWORD, story};

fn by(app: &App) -> Actor {
    Actor::system("test", app.clock.now())
}

/// The same district with other settings.
fn configured(app: &TestApp, set: impl FnOnce(&mut starbridge::platform::Config)) -> App {
    let mut config = app.app.config.clone();
    set(&mut config);
    App::new(Means {
        db: app.app.db.clone(),
        clock: app.app.clock.clone(),
        keys: starbridge::platform::Keys::ephemeral(),
        config,
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    })
}

/// The same district as a demonstration, whose mail becomes files.
fn in_files(app: &TestApp) -> App {
    configured(app, |c| {
        c.demo = true;
        c.smtp_url = None;
    })
}

async fn account(app: &App, name: &str) -> account::Model {
    account::Entity::find()
        .filter(account::COLUMN.user_name.eq(name))
        .one(&*app.db)
        .await
        .unwrap()
        .unwrap()
}

/// A child with two guardians; bare rows, since most of these tests are about an application of their own beside the
/// test's, and count every letter.
async fn family(app: &App, emails: [Option<&str>; 2]) -> (ChildId, [GuardianId; 2]) {
    let now = app.clock.now();
    let child = child::ActiveModel {
        file_no: Set("330211-2026-00001".into()),
        name: Set("沈小满".into()),
        name_sound: Set("shenxiaoman".into()),
        sex: Set(entities::words::Sex::Female),
        birth_on: Set(NaiveDate::from_ymd_opt(2024, 5, 20).unwrap()),
        identity_kind: Set(entities::words::IdentityKind::NoneYet),
        ethnicity: Set("01".into()),
        division: Set("330211004".into()),
        street: Set("330211004".into()),
        district: Set("330211".into()),
        version: Set(1),
        created_at: Set(now),
        created_by: Set(account(app, "screener").await.organisation_id),
        ..Default::default()
    };
    let child = child.insert(app.db.writer()).await.unwrap().id;
    let mut ids = Vec::new();
    for (n, email) in emails.into_iter().enumerate() {
        let person = guardian::ActiveModel {
            name: Set(format!("监护人{n}")),
            email: Set(email.map(str::to_owned)),
            language: Set(Language::Chinese),
            version: Set(1),
            created_at: Set(now),
            ..Default::default()
        };
        let id = person.insert(app.db.writer()).await.unwrap().id;
        let tie = guardianship::ActiveModel {
            child_id: Set(child),
            guardian_id: Set(id),
            kinship: Set(Kinship::ALL[n]),
            has_custody: Set(true),
            may_be_contacted: Set(true),
            is_first: Set(n == 0),
            ..Default::default()
        };
        tie.insert(app.db.writer()).await.unwrap();
        ids.push(id);
    }
    (child, [ids[0], ids[1]])
}

/// Queue a test message; the text `message.delivery.test` needs `word`.
async fn queue(app: &App, to: Receiver, child: Option<ChildId>, cause: &str) {
    let tx = app.db.write(&by(app), "").await.unwrap();
    let message = Message {
        to,
        channel: Channel::Mail,
        child,
        template: "delivery.test",
        params: json!({ "word": "复筛" }),
        cause: cause.into(),
    };
    outbox::send(&tx, &by(app), message).await.unwrap();
    tx.commit_quietly().await.unwrap();
}

async fn messages(app: &App) -> Vec<message::Model> {
    message::Entity::find()
        .order_by_asc(message::COLUMN.id)
        .all(&*app.db)
        .await
        .unwrap()
}

/// A letter to a colleague about a child is answered for where the child lives, and not where the colleague works.
#[tokio::test]
async fn whose_letters_an_administrator_looks_after() {
    story(|app| async move {
        app.leaves_letters();
        let (child, [mother, _]) = family(&app.app, [Some("a@example.org"), None]).await;
        let colleague = account(&app.app, "screener").await.id;
        queue(&app.app, Receiver::Guardian(mother), Some(child), "c/1").await;
        queue(&app.app, Receiver::Account(colleague), Some(child), "c/2").await;
        queue(&app.app, Receiver::Account(colleague), None, "c/3").await;
        let seen = async |who: &str| {
            let by = app.actor(who).await;
            let found = message::Entity::find().filter(scope::messages(&by));
            let found = found.order_by_asc(message::COLUMN.id).all(&*app.app.db).await.unwrap();
            found
                .into_iter()
                .map(|one| (one.account_id.is_some(), one.child_id.is_some()))
                .collect::<Vec<_>>()
        };
        let (family, of_child, other) = ((false, true), (true, true), (true, false));
        assert_eq!(seen("system").await, [family, of_child, other]);
        assert!(seen("elsewhere").await.is_empty());
        // It lives in the next district from now on.
        let moved = child::ActiveModel {
            id: Set(child),
            division: Set("330206001".into()),
            street: Set("330206001".into()),
            district: Set("330206".into()),
            ..Default::default()
        };
        moved.update(app.app.db.writer()).await.unwrap();
        assert_eq!(seen("system").await, [other]);
        assert_eq!(seen("elsewhere").await, [family, of_child]);
        assert_eq!(seen("city-system").await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn two_processes_send_one_mail() {
    Box::pin(story(|app| async move {
        let server = SmtpServer::start().await;
        let one = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        let other = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        let to = account(&one, "screener").await.id;
        for n in 0..5 {
            queue(&one, Receiver::Account(to), None, &format!("test/{n}")).await;
        }
        let (a, b) = (by(&one), by(&other));
        let (a, b) = tokio::join!(delivery::run(&one, &a), delivery::run(&other, &b));
        a.unwrap();
        b.unwrap();
        let mails = server.mails();
        assert_eq!(mails.len(), 5, "one mail for each message");
        assert!(mails[0].contains("To: "), "{}", mails[0]);
        assert!(mails.iter().all(|m| m.contains("screener@example.org")));
        assert!(
            messages(&one)
                .await
                .iter()
                .all(|m| m.state == Delivery::Sent && m.sent_at.is_some())
        );
        assert_eq!(
            delivery::run(&one, &by(&one)).await.unwrap(),
            "",
            "nothing is sent again"
        );
        assert_eq!(server.mails().len(), 5);
    }))
    .await;
}

#[tokio::test]
async fn a_hanging_server_blocks_nobody_and_is_tried_again() {
    story(|app| async move {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", silent.local_addr().unwrap());
        let hanging = configured(&app, |c| c.smtp_url = Some(url.into()));
        let to = account(&hanging, "screener").await.id;
        queue(&hanging, Receiver::Account(to), None, "test/1").await;
        queue(&hanging, Receiver::Account(to), None, "test/2").await;
        let mut person = app.person("screener").await;
        let sending = by(&hanging);
        let (sent, page) = tokio::join!(
            tokio::time::timeout(Duration::from_secs(30), delivery::run(&hanging, &sending)),
            person.open("/inbox"),
        );
        page.is(200);
        sent.expect("the sweep ends although the server never answers").unwrap();
        let waiting = messages(&hanging).await;
        let first = &waiting[0];
        assert_eq!((first.state, first.attempts), (Delivery::Pending, 1));
        assert_eq!(first.last_error.as_deref(), Some("delivery.silent_server"));
        assert_eq!(first.next_attempt_at, hanging.clock.now() + delivery::PAUSES[0]);
        assert_eq!(waiting[1].attempts, 0, "the others fare no better and are left alone");
        // When it is back, both leave once.
        let server = SmtpServer::start().await;
        let back = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        back.clock.advance(TimeDelta::minutes(2));
        delivery::run(&back, &by(&back)).await.unwrap();
        assert_eq!(server.mails().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn attempts_end_after_the_last_pause() {
    story(|app| async move {
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", gone.local_addr().unwrap());
        drop(gone);
        let down = configured(&app, |c| c.smtp_url = Some(url.into()));
        let to = account(&down, "screener").await.id;
        queue(&down, Receiver::Account(to), None, "test/1").await;
        for pause in delivery::PAUSES {
            delivery::run(&down, &by(&down)).await.unwrap();
            let row = &messages(&down).await[0];
            assert_eq!(
                (row.state, row.next_attempt_at),
                (Delivery::Pending, down.clock.now() + pause)
            );
            delivery::run(&down, &by(&down)).await.unwrap();
            assert_eq!(messages(&down).await[0].attempts, row.attempts, "not before its time");
            down.clock.advance(pause);
        }
        delivery::run(&down, &by(&down)).await.unwrap();
        assert_eq!(messages(&down).await[0].state, Delivery::Failed);
        // The administrator sees it without names, and sends it again.
        let mut system = app.person("system").await;
        let page = system
            .open("/operations/messages")
            .await
            .says("发送失败")
            .omits("screener@");
        page.submit_to("resending", &mut system).await.is(303);
        assert_eq!(messages(&down).await[0].state, Delivery::Pending);
        let page = system.open("/operations/messages?state=pending").await.says("待发送");
        page.submit_to("cancellation", &mut system).await.is(303);
        assert_eq!(messages(&down).await[0].state, Delivery::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_never_comes_after_the_mail_is_not_repeated() {
    story(|app| async move {
        let server = SmtpServer::closing_after_the_mail().await;
        let app_ = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        let to = account(&app_, "screener").await.id;
        queue(&app_, Receiver::Account(to), None, "test/1").await;
        delivery::run(&app_, &by(&app_)).await.unwrap();
        let row = &messages(&app_).await[0];
        assert_eq!(
            (row.state, row.last_error.as_deref()),
            (Delivery::Failed, Some("delivery.unknown"))
        );
        app_.clock.advance(TimeDelta::days(2));
        delivery::run(&app_, &by(&app_)).await.unwrap();
        assert_eq!(server.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_died_while_sending_leaves_it_to_a_person() {
    story(|app| async move {
        let to = account(&app.app, "screener").await.id;
        queue(&app.app, Receiver::Account(to), None, "test/1").await;
        let id = messages(&app.app).await[0].id;
        // As a process leaves it that died in between.
        let died = message::ActiveModel {
            id: Set(id),
            state: Set(Delivery::Sending),
            attempts: Set(1),
            next_attempt_at: Set(app.app.clock.now() + TimeDelta::minutes(10)),
            ..Default::default()
        };
        died.update(app.app.db.writer()).await.unwrap();
        delivery::run(&in_files(&app), &by(&app.app)).await.unwrap();
        assert_eq!(
            messages(&app.app).await[0].state,
            Delivery::Sending,
            "it may still be at work"
        );
        app.app.clock.advance(TimeDelta::minutes(11));
        delivery::run(&in_files(&app), &by(&app.app)).await.unwrap();
        let row = &messages(&app.app).await[0];
        assert_eq!(
            (row.state, row.last_error.as_deref()),
            (Delivery::Failed, Some("delivery.unknown"))
        );
        assert!(
            std::fs::read_dir(app.app.config.mail_dir()).is_err(),
            "no mail was written"
        );
    })
    .await;
}

#[tokio::test]
async fn one_address_hears_of_one_cause_once() {
    story(|app| async move {
        let (child, [mother, father]) = family(&app.app, [Some("Home@example.org"), Some("home@example.org")]).await;
        for to in [mother, father, mother] {
            queue(&app.app, Receiver::Guardian(to), Some(child), "screen-less/1").await;
        }
        delivery::run(&in_files(&app), &by(&app.app)).await.unwrap();
        let states: Vec<_> = messages(&app.app)
            .await
            .iter()
            .map(|m| (m.state, m.last_error.clone()))
            .collect();
        assert_eq!(
            states,
            [
                (Delivery::Sent, None),
                (Delivery::Cancelled, Some("delivery.same_address".to_owned()))
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_is_respected() {
    story(|app| async move {
        let (child, [mother, father]) = family(&app.app, [Some("a@example.org"), None]).await;
        queue(&app.app, Receiver::Guardian(father), Some(child), "c/1").await;
        queue(&app.app, Receiver::Guardian(mother), Some(child), "screen/4711").await;
        queue(&app.app, Receiver::Guardian(mother), Some(child), "c/2").await;
        let withdrawn = consent::ActiveModel {
            child_id: Set(child),
            purpose: Set(ConsentPurpose::Messages),
            text_version: Set("2026-1".into()),
            signer: Set("监护人0".into()),
            kinship: Set(Kinship::ALL[0]),
            signed_on: Set(NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()),
            withdrawn_on: Set(Some(by(&app.app).today())),
            recorded_by: Set(account(&app.app, "screener").await.id),
            recorded_at: Set(app.app.clock.now()),
            ..Default::default()
        };
        withdrawn.insert(app.app.db.writer()).await.unwrap();
        delivery::run(&in_files(&app), &by(&app.app)).await.unwrap();
        let reasons: Vec<_> = messages(&app.app)
            .await
            .into_iter()
            .map(|m| (m.state, m.last_error.unwrap()))
            .collect();
        let why = |state, reason: &str| (state, reason.to_owned());
        assert_eq!(
            reasons,
            [
                why(Delivery::Cancelled, "delivery.consent_withdrawn"),
                why(Delivery::Cancelled, "delivery.cause_gone"),
                why(Delivery::Cancelled, "delivery.consent_withdrawn"),
            ]
        );
        assert!(
            std::fs::read_dir(app.app.config.mail_dir()).is_err(),
            "no mail was written"
        );
    })
    .await;
}

#[tokio::test]
async fn without_a_server_mail_is_read_in_the_browser() {
    story(|app| async move {
        let to = account(&app.app, "screener").await.id;
        queue(&app.app, Receiver::Account(to), None, "test/1").await;
        delivery::run(&in_files(&app), &by(&app.app)).await.unwrap();
        // Letters to families are nobody's reading: only a demonstration, whose people are invented, opens the box.
        assert!(app.app.config.public_url.starts_with("http://127.0.0.1"));
        app.person("screener").await.open("/dev/mail").await.is(404);
        let demo = in_files(&app);
        let mut screener = Person::new(starbridge::app::router(&demo).0);
        screener.sign_in("screener", PASSWORD).await;
        let list = screener
            .open("/dev/mail")
            .await
            .says("screener@example.org")
            .says("测试邮件：复筛");
        let link = list
            .links()
            .into_iter()
            .find(|l| l.starts_with("/dev/mail/m-"))
            .unwrap();
        screener
            .open(&link)
            .await
            .says("这是给screener（测试）的测试邮件：复筛");
        for path in [
            "/dev/mail/..%2Fkeys",
            "/dev/mail/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
            "/dev/mail/m-99",
        ] {
            screener.open(path).await.is(404);
        }
        app.stranger().get("/dev/mail").await.is(303);
        // With a server the page is not there either.
        let real = configured(&app, |c| {
            c.demo = true;
            c.smtp_url = Some("smtp://127.0.0.1".to_owned().into());
        });
        assert!(!starbridge::notifications::mailbox::is_open(&real));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_gets_signed_posts() {
    story(|app| async move {
        let (url, received) = server::gateway(201).await;
        let keys = starbridge::platform::Keys::ephemeral();
        let (child, [mother, _]) = family(&app.app, [None, None]).await;
        let change = guardian::ActiveModel {
            id: Set(mother),
            phone: Set(Some(keys.seal("guardian.phone", "13800000000").unwrap())),
            ..Default::default()
        };
        change.update(app.app.db.writer()).await.unwrap();
        let mut config = app.app.config.clone();
        config.webhook_url = Some(url.into());
        config.webhook_secret = Some("shared".to_owned().into());
        let gated = App::new(Means {
            db: app.app.db.clone(),
            clock: app.app.clock.clone(),
            keys,
            config,
            compartment: starbridge::app::FEATURES.compartment(),
            about: starbridge::app::FEATURES.about(),
        });
        let tx = gated.db.write(&by(&gated), "").await.unwrap();
        let message = Message {
            to: Receiver::Guardian(mother),
            channel: Channel::Webhook,
            child: Some(child),
            template: "delivery.test",
            params: json!({ "word": "复筛" }),
            cause: "c/1".into(),
        };
        outbox::send(&tx, &by(&gated), message).await.unwrap();
        tx.commit_quietly().await.unwrap();
        delivery::run(&gated, &by(&gated)).await.unwrap();
        assert_eq!(messages(&gated).await[0].state, Delivery::Sent);
        let (head, body) = received.await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (json["to"].as_str(), json["template"].as_str()),
            (Some("13800000000"), Some("delivery.test"))
        );
        let signature = starbridge::notifications::gateway::signature("shared", &body).unwrap();
        assert!(
            head.to_lowercase()
                .contains(&format!("x-starbridge-signature: {signature}")),
            "{head}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_inbox_is_ones_own() {
    story(|app| async move {
        let me = account(&app.app, "screener").await.id;
        let tx = app.app.db.write(&by(&app.app), "").await.unwrap();
        for (n, to) in [me, me, AccountId(me.0 + 1)].into_iter().enumerate() {
            let notice = Notice {
                to,
                template: "no_words_for_this",
                params: json!({}),
                link: "/inbox?page=1".into(),
                child: None,
                cause: format!("test/{n}"),
            };
            outbox::notify(&tx, &by(&app.app), notice.clone()).await.unwrap();
            outbox::notify(&tx, &by(&app.app), notice).await.unwrap();
        }
        tx.commit_quietly().await.unwrap();
        let mine: Vec<_> = notice::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(mine.len(), 3, "one for one cause");
        let foreign = mine.iter().find(|n| n.account_id != me).unwrap().id;
        let mut screener = app.person("screener").await;
        let page = screener
            .open("/inbox")
            .await
            .says("未读")
            .says("有一条新消息")
            .omits("no_words");
        let opened = page.submit_to("opening", &mut screener).await;
        assert_eq!(opened.location.as_deref(), Some("/inbox?page=1"));
        // It opens on what was not read; the rest is behind the other tab.
        for (address, notices) in [("/inbox", 1), ("/inbox?state=all", 2)] {
            let page = screener.open(address).await;
            assert_eq!(page.text().matches("有一条新消息").count(), notices, "{address}");
        }
        screener.open("/inbox?state=all").await.says("已读");
        screener.post(&format!("/inbox/{foreign}/reading"), &[]).await.is(404);
        let page = screener.open("/inbox").await;
        page.submit_to("/inbox/reading", &mut screener).await.is(303);
        screener.open("/inbox").await.says("没有未读消息");
        assert!(
            service::resend(&app.app, &by(&app.app), entities::MessageId(1))
                .await
                .is_err()
        );
    })
    .await;
}

/// Whoever was told of a child that is out of sight now still knows which one is meant; the whole name is not for them.
#[tokio::test]
async fn a_notice_names_the_child_as_far_as_its_reader_may_see() {
    story(|app| async move {
        let (child, _) = family(&app.app, [None, None]).await;
        let tx = app.app.db.write(&by(&app.app), "330211").await.unwrap();
        let readers = [("screener", "沈小满的"), ("doctor", "沈*满的"), ("intake", "沈*满的")];
        for (who, _) in readers {
            let notice = Notice {
                to: account(&app.app, who).await.id,
                template: "referral.result",
                params: json!({ "kind": "rescreen", "outcome": "clear" }),
                link: "/inbox".into(),
                child: Some(child),
                cause: format!("test/{who}"),
            };
            outbox::notify(&tx, &by(&app.app), notice).await.unwrap();
        }
        tx.commit_quietly().await.unwrap();
        for (who, named) in readers {
            let page = app.person(who).await.open("/inbox").await;
            page.says(&format!("{named}复筛结果已反馈"));
        }
    })
    .await;
}
