//! What happened: the append-only audit trail and its seals.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ChildId, EventId, OrganisationId};

/// Something somebody did: a write, a view of a child's file, an unmasking, an export, a sign-in, a refusal.
/// A database trigger refuses changes.
pub mod event {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: EventId,
        #[sea_orm(indexed)]
        pub at: DateTimeUtc,
        /// Dotted verb of the trade, e.g. `referral.accepted`.
        pub action: String,
        /// Who: an account, or a sweep or command by name.
        pub actor: String,
        #[sea_orm(indexed)]
        pub account_id: Option<AccountId>,
        pub organisation_id: Option<OrganisationId>,
        /// Coverage of the actor's organisation when it happened.
        pub coverage: String,
        /// Table and id of what it was done to.
        pub subject_kind: String,
        #[sea_orm(indexed)]
        pub subject_id: i64,
        /// The child whose file it belongs to.
        #[sea_orm(indexed)]
        pub child_id: Option<ChildId>,
        /// The request, or the submission of a form.
        #[sea_orm(indexed)]
        pub cause: String,
        pub remote: String,
        pub refused: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub details: Json,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A day's events under one hash, chained to the day before.
pub mod event_seal {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_seal")]
    pub struct Model {
        /// The chain: 1, 2, 3 …
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        /// Calendar day in Asia/Shanghai.
        pub day: Date,
        pub events: i64,
        pub first_id: i64,
        pub last_id: i64,
        /// Hex SHA-256 over the previous seal and the day's events.
        pub hash: String,
        /// Code over all of this, made with the key file; none on seals from before there were codes.
        pub mac: Option<String>,
        pub sealed_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
