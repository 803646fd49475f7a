//! What makes daily work safe: drafts, submissions, saved filters, sweeps.

use sea_orm::entity::prelude::*;

use crate::{AccountId, OrganisationId, SavedFilterId, Sealed};

/// A half-filled form, saved every few seconds; gone when the form is done, and after some days.
pub mod draft {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "draft")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        /// Path of the form.
        #[sea_orm(primary_key, auto_increment = false)]
        pub form: String,
        /// The form's fields as sealed text.
        pub content: Sealed,
        pub saved_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A form that was submitted: the same one never counts twice, and leads where the first one led.
pub mod submission {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "submission")]
    pub struct Model {
        /// The token that the page carried, and a mark of the form: those of a page share a token.
        #[sea_orm(primary_key, auto_increment = false)]
        pub token: String,
        #[sea_orm(indexed)]
        pub at: DateTimeUtc,
        /// Keyed digest of what was sent; none when it was not read as a form.
        pub content: Option<String>,
        /// The address that it led to.
        pub led_to: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A filter that somebody keeps, for themselves or for the whole organisation.
pub mod saved_filter {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "saved_filter")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: SavedFilterId,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub account_id: AccountId,
        pub shared: bool,
        /// Path of the list, and its query string.
        pub page: String,
        pub query: String,
        pub name: String,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The last run of a sweep; also the lease that keeps two processes from running it at once.
pub mod sweep_run {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sweep_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub started_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
        pub leased_until: DateTimeUtc,
        pub outcome: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The last good backup, and the last one that was restored for a proof.
pub mod backup_mark {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "backup_mark")]
    pub struct Model {
        /// `taken` or `proven`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        /// When it last went well, and with which file.
        pub at: Option<DateTimeUtc>,
        pub file: Option<String>,
        pub bytes: i64,
        /// When it last failed since, and why.
        pub failed_at: Option<DateTimeUtc>,
        pub failure: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Running numbers, e.g. of files in a district and year.
pub mod counter {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
