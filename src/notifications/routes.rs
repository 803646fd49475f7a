//! Inbox, messages, mail of a demonstration.

use axum::extract::State;
use entities::{ChildId, MessageId, NoticeId, words::Delivery};

use super::{
    mailbox,
    queries::{self, Shown},
    service,
    views::{FamilyPage, InboxPage, MailPage, MailboxPage, MessagesPage},
};
use crate::{
    access::Can,
    children::{calls_for, service::view_page},
    platform::{App, Error, Say},
    web::{Answer, Choice, Ctx, List, Path, Routes, choices},
};

/// The routes of notifications.
pub fn routes() -> Routes {
    Routes::new()
        .get("/inbox", Can::Work, inbox)
        .post("/inbox/reading", Can::Work, read_all)
        .post("/inbox/{id}/reading", Can::Work, read)
        .post("/inbox/{id}/opening", Can::Work, open)
        .get("/children/{id}/messages", Can::ViewChildren, of_child)
        .get("/operations/messages", Can::Operate, messages)
        .post("/operations/messages/sendings", Can::Operate, send_now)
        .post("/operations/messages/{id}/resending", Can::Operate, resend)
        .post("/operations/messages/{id}/cancellation", Can::Operate, cancel)
        .get("/dev/mail", Can::Work, mails)
        .get("/dev/mail/{name}", Can::Work, mail)
}

async fn inbox(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let all = list.filter("state") == "all";
    let page = queries::inbox(&*app.db, &ctx.actor, &list, ctx.language, all).await?;
    ctx.page(&InboxPage { list, page, all })
}

async fn read_all(State(app): State<App>, ctx: Ctx) -> Answer {
    let read = service::read_all(&app, &ctx.actor).await?;
    ctx.go("/inbox")
        .saying(Say::new("inbox.all_read").with("n", read))
        .answer()
}

async fn read(State(app): State<App>, ctx: Ctx, Path(id): Path<NoticeId>) -> Answer {
    service::read(&app, &ctx.actor, id).await?;
    ctx.go("/inbox").answer()
}

async fn open(State(app): State<App>, ctx: Ctx, Path(id): Path<NoticeId>) -> Answer {
    let link = service::read(&app, &ctx.actor, id).await?;
    let local = link.starts_with('/') && !link.starts_with("//");
    ctx.go(if local { &link } else { "/inbox" }).answer()
}

async fn of_child(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, list: List) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "messages").await?;
    let page = queries::to_family(&*app.db, &ctx.actor, child.id, &list, ctx.language).await?;
    // Whom no message reaches somebody has to call.
    let calls = calls_for(&app, &ctx, child.id, None).await?;
    ctx.page(&FamilyPage {
        child,
        list,
        page,
        calls,
    })
}

async fn messages(State(app): State<App>, ctx: Ctx, mut list: List) -> Answer {
    // Without a choice, what needs a person.
    list.filters
        .entry("state".to_owned())
        .or_insert_with(|| Shown::STUCK.to_owned());
    let chosen = list.filter("state");
    let page = queries::shown(&*app.db, &ctx.actor, &list, Shown::of(chosen)).await?;
    let mut states = vec![Choice::new(Shown::STUCK, ctx.say("message.stuck"), chosen)];
    states.extend(choices::<Delivery>(ctx.language, chosen));
    ctx.page(&MessagesPage {
        stuck: queries::stuck(&*app.db, &ctx.actor).await?,
        no_server: !app.config.mails(),
        list,
        page,
        states,
    })
}

async fn send_now(State(app): State<App>, ctx: Ctx) -> Answer {
    let messages = service::send_now(&app, &ctx.actor).await?;
    ctx.go("/operations/messages")
        .saying(Say::new("message.sending_now").with("n", messages))
        .answer()
}

async fn resend(State(app): State<App>, ctx: Ctx, Path(id): Path<MessageId>) -> Answer {
    service::resend(&app, &ctx.actor, id).await?;
    ctx.go("/operations/messages").saying("message.will_be_sent").answer()
}

async fn cancel(State(app): State<App>, ctx: Ctx, Path(id): Path<MessageId>) -> Answer {
    service::cancel(&app, &ctx.actor, id).await?;
    ctx.go("/operations/messages").saying("message.was_cancelled").answer()
}

async fn mails(State(app): State<App>, ctx: Ctx) -> Answer {
    if !mailbox::is_open(&app) {
        return Err(Error::NotFound);
    }
    ctx.page(&MailboxPage {
        mails: mailbox::list(&app).await?,
    })
}

async fn mail(State(app): State<App>, ctx: Ctx, Path(name): Path<String>) -> Answer {
    if !mailbox::is_open(&app) {
        return Err(Error::NotFound);
    }
    ctx.page(&MailPage {
        mail: mailbox::open(&app, &name).await?,
    })
}
