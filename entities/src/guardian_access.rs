//! Guardians who are let in without an account.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuardianAccessId, GuardianId, Sealed, words};

/// Somebody who asked to be let in, and what became of it: one row from the first question to the end of the visit. Of
/// addresses that nobody has on file there are rows like all others, so that an answer tells nothing.
pub mod guardian_access {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guardian_access")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: GuardianAccessId,
        /// Hash of what the browser's cookie holds. It is another one when somebody was let in.
        #[sea_orm(unique)]
        pub browser: String,
        pub way: words::AccessWay,
        /// Name and address as they were typed, until somebody looked for them.
        pub asked: Option<Sealed>,
        /// Blind index of the address: how often it is asked for.
        #[sea_orm(indexed)]
        pub address_index: Option<String>,
        /// The network that it came from.
        #[sea_orm(indexed)]
        pub remote: String,
        #[sea_orm(indexed)]
        pub guardian_id: Option<GuardianId>,
        /// Blind index of the code.
        #[sea_orm(indexed)]
        pub code: Option<String>,
        pub code_until: Option<DateTimeUtc>,
        /// Codes that were tried, counted before they are compared.
        pub tries: i32,
        #[sea_orm(indexed)]
        pub asked_at: DateTimeUtc,
        /// Somebody was looked for; a code went out where there is a guardian.
        pub looked_at: Option<DateTimeUtc>,
        pub opened_at: Option<DateTimeUtc>,
        pub seen_at: Option<DateTimeUtc>,
        /// The visit ends at the latest.
        pub until: Option<DateTimeUtc>,
        pub agent: String,
        /// Who looked at which document, and read the code out.
        pub witness_id: Option<AccountId>,
        pub document: Option<words::SeenDocument>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
