//! What people are told: messages on their way out, and notices in the inbox.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ChildId, GuardianId, MessageId, NoticeId, words};

/// A message to somebody outside (a guardian) or inside (an account): rendered when it is sent, in the receiver's language.
pub mod message {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: MessageId,
        /// Same cause, same address, same key: sent once.
        #[sea_orm(unique)]
        pub dedupe_key: String,
        pub channel: words::Channel,
        pub account_id: Option<AccountId>,
        #[sea_orm(indexed)]
        pub guardian_id: Option<GuardianId>,
        #[sea_orm(indexed)]
        pub child_id: Option<ChildId>,
        /// Which text, e.g. `screening.rescreen_needed`.
        pub template: String,
        /// Ids and dates for the text; no names.
        #[sea_orm(column_type = "JsonBinary")]
        pub params: Json,
        pub state: words::Delivery,
        pub attempts: i32,
        #[sea_orm(indexed)]
        pub next_attempt_at: DateTimeUtc,
        pub last_error: Option<String>,
        pub created_at: DateTimeUtc,
        pub sent_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A notice in an account's inbox.
pub mod notice {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: NoticeId,
        #[sea_orm(indexed)]
        pub account_id: AccountId,
        #[sea_orm(unique)]
        pub dedupe_key: String,
        pub template: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub params: Json,
        /// Where to act on it.
        pub link: String,
        #[sea_orm(indexed)]
        pub child_id: Option<ChildId>,
        pub created_at: DateTimeUtc,
        pub read_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
