//! The inbox, the messages on their way, the mail of a demonstration.

use askama::Template;
use entities::child::child;

use super::{
    mailbox::Kept,
    queries::{DeliveryLine, FamilyLine, InboxLine},
};
use crate::{
    children::Calls,
    web::{Choice, List, Page, filters},
};

/// Notices for the reader.
#[derive(Template)]
#[template(path = "notifications/inbox.html")]
pub struct InboxPage {
    /// The page that was asked for.
    pub list: List,
    /// Its notices.
    pub page: Page<InboxLine>,
    /// Those that were read, too.
    pub all: bool,
}

impl InboxPage {
    /// Why no notice stands here.
    fn nothing(&self) -> &'static str {
        if self.all {
            "inbox.nothing"
        } else {
            "inbox.nothing_unread"
        }
    }
}

/// Messages to a child's family.
#[derive(Template)]
#[template(path = "notifications/family.html")]
pub struct FamilyPage {
    /// The child.
    pub child: child::Model,
    /// The page that was asked for.
    pub list: List,
    /// Its messages.
    pub page: Page<FamilyLine>,
    /// Whom to call, for those who may.
    pub calls: Option<Calls>,
}

/// Messages on their way.
#[derive(Template)]
#[template(path = "notifications/messages.html")]
pub struct MessagesPage {
    /// The page that was asked for.
    pub list: List,
    /// Its messages.
    pub page: Page<DeliveryLine>,
    /// States to choose from.
    pub states: Vec<Choice>,
    /// How many did not leave and should have.
    pub stuck: u64,
    /// Nobody configured a mail server.
    pub no_server: bool,
}

/// All mail in the box.
#[derive(Template)]
#[template(path = "notifications/mailbox.html")]
pub struct MailboxPage {
    /// The newest first.
    pub mails: Vec<Kept>,
}

/// One mail of the box.
#[derive(Template)]
#[template(path = "notifications/mail.html")]
pub struct MailPage {
    /// The mail.
    pub mail: Kept,
}
