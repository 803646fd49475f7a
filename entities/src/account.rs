//! Who signs in: accounts, their roles, their sessions.

use sea_orm::entity::prelude::*;

use crate::{AccountId, AccountProposalId, OrganisationId, Sealed, words};

/// A person who signs in. Belongs to one organisation and holds roles in it.
pub mod account {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AccountId,
        /// Lower case.
        #[sea_orm(unique)]
        pub user_name: String,
        pub display_name: String,
        pub email: Option<String>,
        pub organisation_id: OrganisationId,
        pub language: words::Language,
        pub theme: words::Theme,
        pub large_type: bool,
        /// PHC string (argon2id).
        pub password_hash: String,
        pub password_changed_at: DateTimeUtc,
        pub must_change_password: bool,
        /// Failures of the count that moved last; see [`super::sign_in_count`].
        pub failed_sign_ins: i32,
        /// One of its counts is full until then: from somewhere, this account cannot be signed in with.
        pub locked_until: Option<DateTimeUtc>,
        pub totp_secret: Option<Sealed>,
        pub totp_confirmed_at: Option<DateTimeUtc>,
        /// Last accepted time step: a code works once.
        pub totp_last_step: Option<i64>,
        pub disabled_at: Option<DateTimeUtc>,
        /// Rises with whatever ends sessions: a new password, new roles, signing out everywhere. Sessions and half-way
        /// sign-ins of another epoch are void.
        pub epoch: i32,
        pub version: i32,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A role that an account holds.
pub mod account_role {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: words::Role,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Earlier passwords, so that they are not used again.
pub mod password_history {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "password_history")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(indexed)]
        pub account_id: AccountId,
        pub password_hash: String,
        pub retired_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A browser that is signed in, or is on its way.
pub mod session {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        /// Digest of the id in the cookie, which lies nowhere.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        #[sea_orm(indexed)]
        pub account_id: Option<AccountId>,
        /// The account's epoch when it was signed in.
        pub epoch: i32,
        /// Everything else that the session holds, as JSON.
        #[sea_orm(column_type = "Text")]
        pub data: String,
        pub user_agent: String,
        pub remote: String,
        pub created_at: DateTimeUtc,
        /// Written at most once a minute; the idle limit counts from here.
        pub seen_at: DateTimeUtc,
        #[sea_orm(indexed)]
        pub expires_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// How many tries failed of late, by account, factor and place.
pub mod sign_in_count {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_count")]
    pub struct Model {
        /// 0 for names that nobody has.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub factor: words::Factor,
        /// A known place; empty for everywhere else together.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        pub failures: i32,
        /// The last that was counted.
        pub counted_at: DateTimeUtc,
        pub locked_until: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Where an account was signed in from: a browser or a network address.
pub mod known_place {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "known_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        pub seen_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Something to be done to an account that reaches further than one district: one administrator proposes it, another of
/// another district does it.
pub mod account_proposal {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_proposal")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AccountProposalId,
        #[sea_orm(indexed)]
        pub account_id: AccountId,
        pub wish: words::AccountWish,
        pub reason: Option<String>,
        /// The first half of a first password, which only its proposer reads.
        pub half: Option<Sealed>,
        /// Division that the proposer's organisation covered.
        pub area: String,
        pub state: words::ProposalState,
        pub proposed_by: AccountId,
        pub proposed_at: DateTimeUtc,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
