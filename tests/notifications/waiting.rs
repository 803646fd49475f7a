//! Not sent is not sent: letters without a server, a server that fails, and what leaves when it is back.

use chrono::TimeDelta;
use entities::{
    child::child,
    communication::message,
    event::event,
    screening::{pathway, referral},
    words::{Channel, Delivery, ReferralKind, ReferralState, Stage},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use starbridge::{
    app,
    notifications::{delivery, mail::NO_SERVER, service},
    operations::check::{self, Level},
    platform::{
        App,
        clock::shown,
        outbox::{self, Message, Receiver},
    },
};

use super::{account, by, configured, family, messages, queue, server::SmtpServer};
use crate::support::{Person, TestApp, people::PASSWORD, story};

/// The district as somebody runs it who has configured no mail server.
fn without_server(app: &TestApp) -> App {
    configured(app, |c| c.smtp_url = None)
}

/// One message about a cause, as its feature writes it.
async fn letter(
    app: &App,
    to: Receiver,
    child: entities::ChildId,
    template: &'static str,
    cause: &str,
    params: serde_json::Value,
) {
    let tx = app.db.write(&by(app), "").await.unwrap();
    let message = Message {
        to,
        channel: Channel::Mail,
        child: Some(child),
        template,
        params,
        cause: cause.into(),
    };
    outbox::send(&tx, &by(app), message).await.unwrap();
    tx.commit_quietly().await.unwrap();
}

#[tokio::test]
async fn without_a_server_letters_wait_and_everybody_is_told() {
    Box::pin(story(|app| async move {
        let bare = without_server(&app);
        let (child, [mother, _]) = family(&bare, [Some("a@example.org"), None]).await;
        queue(&bare, Receiver::Guardian(mother), Some(child), "c/1").await;
        for _ in 0..2 {
            delivery::run(&bare, &by(&bare)).await.unwrap();
        }
        let row = &messages(&bare).await[0];
        assert_eq!(
            (row.state, row.attempts, row.last_error.as_deref(), row.sent_at),
            (Delivery::Pending, 0, Some(NO_SERVER), None)
        );
        assert!(std::fs::read_dir(bare.config.mail_dir()).is_err(), "no file either");

        // The family's page, the administrator's pages, `check`.
        let router = app::router(&bare).0;
        let mut screener = Person::new(router.clone());
        screener.sign_in("screener", PASSWORD).await;
        screener
            .open(&format!("/children/{child}/messages"))
            .await
            .says("待发送")
            .says("未寄出：尚未配置邮件服务器");
        let mut system = Person::new(router);
        system.sign_in("system", PASSWORD).await;
        system
            .open("/")
            .await
            .says("尚未配置邮件服务器")
            .says("没有发出的消息1");
        system
            .open("/operations")
            .await
            .says("未寄出：尚未配置邮件服务器")
            .says("1 条消息没有发出");
        let page = system.open("/operations/messages").await;
        page.says("未寄出：尚未配置邮件服务器")
            .says("给家长的信件一封也没有寄出");
        assert_eq!(check::mail(&bare.config).await.level, Level::Warning);

        // It leaves when there is one; nobody has to ask for it.
        let server = SmtpServer::start().await;
        let back = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        delivery::run(&back, &by(&back)).await.unwrap();
        assert_eq!(server.mails().len(), 1);
        let row = &messages(&back).await[0];
        assert_eq!((row.state, row.last_error.as_deref()), (Delivery::Sent, None));
    }))
    .await;
}

#[tokio::test]
async fn what_waited_too_long_to_mean_something_is_not_sent() {
    Box::pin(story(|app| async move {
        let bare = without_server(&app);
        let (child, [mother, _]) = family(&bare, [Some("a@example.org"), None]).await;
        let to = Receiver::Guardian(mother);
        let now = bare.clock.now();
        let set = now + TimeDelta::days(2);
        let place = account(&bare, "rescreener").await.organisation_id;
        let stands = pathway::ActiveModel {
            child_id: Set(child),
            district: Set("330211".into()),
            street: Set("330211004".into()),
            stage: Set(Stage::AwaitingRescreen),
            organisation_id: Set(Some(place)),
            referral_id: Set(None),
            since_on: Set(by(&bare).today()),
            due_on: Set(None),
        };
        pathway::Entity::insert(stands)
            .exec_without_returning(bare.db.writer())
            .await
            .unwrap();
        let appointed = referral::ActiveModel {
            child_id: Set(child),
            district: Set("330211".into()),
            kind: Set(ReferralKind::Rescreen),
            state: Set(ReferralState::Appointed),
            from_organisation_id: Set(account(&bare, "screener").await.organisation_id),
            to_organisation_id: Set(place),
            sender_id: Set(account(&bare, "screener").await.id),
            reason: Set("x".into()),
            since: Set(now),
            answer_due_on: Set(by(&bare).today()),
            due_on: Set(by(&bare).today()),
            appointment_at: Set(Some(set)),
            version: Set(1),
            ..Default::default()
        };
        let id = appointed.insert(bare.db.writer()).await.unwrap().id;
        let at = |at| json!({ "at": shown(at), "place": "某院", "address": "", "phone": "", "note": "" });
        let screen = json!({ "performed_on": "2026-11-02", "site": "某中心" });
        let moved = "referral.appointment_moved";
        letter(
            &bare,
            to,
            child,
            "referral.appointment",
            &format!("referral/{id}/appointment/2"),
            at(now + TimeDelta::days(1)),
        )
        .await;
        letter(
            &bare,
            to,
            child,
            moved,
            &format!("referral/{id}/appointment/3"),
            at(set),
        )
        .await;
        letter(&bare, to, child, "screening.rescreen_needed", "seen/1", screen.clone()).await;
        delivery::run(&bare, &by(&bare)).await.unwrap();

        // A day later the first appointment no longer stands; the second does, and the family still has to come.
        let server = SmtpServer::start().await;
        let back = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        back.clock.advance(TimeDelta::hours(25));
        delivery::run(&back, &by(&back)).await.unwrap();
        let outcome = |rows: Vec<message::Model>| -> Vec<(Delivery, Option<String>)> {
            rows.into_iter().map(|m| (m.state, m.last_error)).collect()
        };
        assert_eq!(
            outcome(messages(&back).await),
            [
                (Delivery::Cancelled, Some("delivery.overtaken".to_owned())),
                (Delivery::Sent, None),
                (Delivery::Sent, None)
            ]
        );

        // Later: the appointment is over, the child was seen, and one letter is simply old.
        letter(
            &bare,
            to,
            child,
            "referral.appointment_tomorrow",
            &format!("referral/{id}/reminder/1"),
            at(set),
        )
        .await;
        letter(&bare, to, child, "screening.rescreen_needed", "seen/2", screen).await;
        letter(&bare, to, child, "delivery.test", "old", json!({ "word": "x" })).await;
        back.clock.advance(TimeDelta::days(2));
        let seen = pathway::ActiveModel {
            child_id: Set(child),
            stage: Set(Stage::Watching),
            ..Default::default()
        };
        seen.update(bare.db.writer()).await.unwrap();
        delivery::run(&without_server(&app), &by(&bare)).await.unwrap();
        let old = message::ActiveModel {
            id: Set(messages(&bare).await[5].id),
            created_at: Set(now - TimeDelta::days(40)),
            ..Default::default()
        };
        old.update(bare.db.writer()).await.unwrap();
        delivery::run(&back, &by(&back)).await.unwrap();
        let reasons: Vec<_> = outcome(messages(&back).await)
            .into_iter()
            .skip(3)
            .map(|(_, why)| why.unwrap())
            .collect();
        assert_eq!(reasons, ["delivery.too_late", "delivery.overtaken", "delivery.too_old"]);
        assert_eq!(server.mails().len(), 2);
    }))
    .await;
}

#[tokio::test]
async fn failing_mail_is_loud_and_leaves_when_somebody_says_so() {
    Box::pin(story(|app| async move {
        let down = app.app.clone();
        let to = account(&down, "screener").await.id;
        for n in 0..3 {
            queue(&down, Receiver::Account(to), None, &format!("test/{n}")).await;
        }
        delivery::run(&down, &by(&down)).await.unwrap();
        let attempts: Vec<i32> = messages(&down).await.iter().map(|m| m.attempts).collect();
        assert_eq!(attempts, [1, 0, 0], "given up after one message");
        // What waits with a reason is on the page that opens, with the reason.
        let mut system = app.person("system").await;
        let page = system
            .open("/operations/messages")
            .await
            .says("待发送")
            .says("下次尝试")
            .says("连接不上邮件服务器")
            .says("技术信息（原文）");
        assert!(page.text().to_lowercase().contains("refused"), "{}", page.text());
        // The server's own words are folded away behind ours.
        for (told, said) in [
            ("permanent error (550): 5.1.1 unknown user", "对方邮件服务器拒收"),
            ("transient error (451): try again later", "对方邮件服务器暂时不收"),
            (
                "permanent error (535): authentication failed",
                "邮件服务器不接受本系统的登录账户",
            ),
        ] {
            let first = messages(&down).await.remove(0);
            let with = |reason: Option<String>| message::ActiveModel {
                id: Set(first.id),
                last_error: Set(reason),
                ..Default::default()
            };
            with(Some(told.to_owned())).update(down.db.writer()).await.unwrap();
            let page = system.open("/operations/messages").await.says(said).says(told);
            assert!(page.html().contains("<details class=\"more\">"));
            with(first.last_error.clone()).update(down.db.writer()).await.unwrap();
        }
        system.open("/").await.says("没有发出的消息1");

        // The server is back: at once, and only by who may.
        let server = SmtpServer::start().await;
        let back = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        app.person("federation")
            .await
            .post("/operations/messages/sendings", &[])
            .await
            .is(403);
        let page = system.open("/operations/messages").await;
        page.submit_to("/sendings", &mut system).await.is(303);
        assert_eq!(messages(&down).await[0].next_attempt_at, down.clock.now());
        let said = event::Entity::find().filter(event::COLUMN.action.eq("message.sent_now"));
        assert_eq!(said.count(&*down.db).await.unwrap(), 1);
        delivery::run(&back, &by(&back)).await.unwrap();
        assert_eq!(server.mails().len(), 3);

        // Given up for want of a server goes again; refused for good, or perhaps arrived, does not.
        for (n, (attempts, error)) in [
            (6, "delivery.silent_server"),
            (1, "550 unknown"),
            (6, "delivery.unknown"),
        ]
        .into_iter()
        .enumerate()
        {
            queue(&down, Receiver::Account(to), None, &format!("again/{n}")).await;
            let row = message::ActiveModel {
                id: Set(messages(&down).await.last().unwrap().id),
                state: Set(Delivery::Failed),
                attempts: Set(attempts),
                last_error: Set(Some(error.to_owned())),
                ..Default::default()
            };
            row.update(down.db.writer()).await.unwrap();
        }
        assert_eq!(
            service::send_now(&down, &app.actor("city-system").await).await.unwrap(),
            1
        );
        let states: Vec<Delivery> = messages(&down).await.iter().skip(3).map(|m| m.state).collect();
        assert_eq!(states, [Delivery::Pending, Delivery::Failed, Delivery::Failed]);
    }))
    .await;
}

#[tokio::test]
async fn a_server_that_falls_silent_after_the_mail_is_given_up_for_the_run() {
    story(|app| async move {
        let server = SmtpServer::closing_after_the_mail().await;
        let hanging = configured(&app, |c| c.smtp_url = Some(server.url().into()));
        let to = account(&hanging, "screener").await.id;
        for n in 0..4 {
            queue(&hanging, Receiver::Account(to), None, &format!("test/{n}")).await;
        }
        delivery::run(&hanging, &by(&hanging)).await.unwrap();
        assert_eq!(server.mails().len(), 1, "one answer was waited for, not four");
        let states: Vec<Delivery> = messages(&hanging).await.iter().map(|m| m.state).collect();
        assert_eq!(
            states,
            [
                Delivery::Failed,
                Delivery::Pending,
                Delivery::Pending,
                Delivery::Pending
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn messages_of_another_district_are_its_own_administrators() {
    story(|app| async move {
        let down = &app.app;
        let (child, [mother, _]) = family(down, [Some("a@example.org"), None]).await;
        queue(down, Receiver::Guardian(mother), Some(child), "c/1").await;
        queue(
            down,
            Receiver::Account(account(down, "elsewhere").await.id),
            None,
            "c/2",
        )
        .await;
        delivery::run(down, &by(down)).await.unwrap();
        let foreign = child::ActiveModel {
            id: Set(child),
            district: Set("330206".into()),
            street: Set("330206001".into()),
            division: Set("330206001".into()),
            ..Default::default()
        };
        foreign.update(down.db.writer()).await.unwrap();
        let mut system = app.person("system").await;
        system.open("/operations/messages?state=").await.says("没有这样的消息");
        for row in messages(down).await {
            for part in ["resending", "cancellation"] {
                system
                    .post(&format!("/operations/messages/{}/{part}", row.id), &[])
                    .await
                    .is(404);
            }
        }
        let mut city = app.person("city-system").await;
        city.open("/operations/messages?state=").await.says("待发送");
    })
    .await;
}

#[tokio::test]
async fn a_mail_authority_of_ones_own_is_read_and_a_wrong_file_is_told() {
    story(|app| async move {
        let file = app.app.config.data_dir.join("ca.pem");
        let config = |path: std::path::PathBuf| {
            let mut config = app.app.config.clone();
            config.smtp_url = Some("smtps://127.0.0.1:9".to_owned().into());
            config.smtp_ca_file = Some(path);
            config
        };
        let missing = check::mail(&config(file.clone())).await;
        assert!(
            missing.level == Level::Error && missing.found.contains("ca.pem"),
            "{missing}"
        );
        std::fs::write(&file, "no certificate").unwrap();
        let wrong = check::mail(&config(file.clone())).await;
        assert!(wrong.found.contains("no certificate in PEM"), "{wrong}");
        std::fs::write(&file, AUTHORITY).unwrap();
        let read = check::mail(&config(file)).await;
        assert!(
            read.level == Level::Error && !read.found.contains("ca.pem"),
            "only the server is missing now: {read}"
        );
    })
    .await;
}

/// A certificate that nobody uses.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBejCCASGgAwIBAgIUcOeSwh29Ht5bjwUIIUOH4+dVRM0wCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjkyMTA3MzFaGA8yMTI2MTEwNTIx
MDczMVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABBi0BynUytghh+ONbMWO5M7Kqd8tqOotmcKAcnlKe+neD+jEifp+aW7fPOKK
t59h/6VBPLZyzZRsa0rPyE8KaMSjUzBRMB0GA1UdDgQWBBTqG+2AtXsxtbhKl8Xu
5t34VoOrQzAfBgNVHSMEGDAWgBTqG+2AtXsxtbhKl8Xu5t34VoOrQzAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCICc+UGVKo4BMMOE3yti6FC+U3qp6
+IP1Xo8jt4JV4ohyAiBr1Z3vsvHG2utWNAqI6lyh6n8YkvY6u2E8ZQAM7ut+Fg==
-----END CERTIFICATE-----
";
