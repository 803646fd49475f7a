//! What comes in as a file: the work that it makes, and rows that wait for a decision.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ChildId, FileId, JobId, OrganisationId, ParkedRowId, Sealed, words};

/// Background work with progress: it survives a restart, and can be cancelled.
pub mod job {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: JobId,
        pub kind: words::JobKind,
        #[sea_orm(indexed)]
        pub state: words::JobState,
        pub organisation_id: OrganisationId,
        /// None: started from the command line.
        pub created_by: Option<AccountId>,
        pub created_at: DateTimeUtc,
        pub started_at: Option<DateTimeUtc>,
        pub finished_at: Option<DateTimeUtc>,
        /// A running job says so every few seconds; silence means that its process died.
        pub heartbeat_at: Option<DateTimeUtc>,
        pub cancel_requested_at: Option<DateTimeUtc>,
        pub done: i32,
        pub total: i32,
        /// How often a server took it up and nobody knows how that ended.
        pub attempts: i32,
        /// What is being done, as a locale key.
        pub phase: String,
        pub file_id: Option<FileId>,
        #[sea_orm(column_type = "JsonBinary")]
        pub options: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub result: Json,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An import row that looks like a child who is already there.
pub mod parked_row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "parked_row")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ParkedRowId,
        #[sea_orm(indexed)]
        pub job_id: JobId,
        #[sea_orm(indexed)]
        pub district: String,
        pub row: i32,
        /// The row as it was typed, as sealed JSON.
        pub fields: Sealed,
        /// Whom it looks like.
        pub child_id: ChildId,
        #[sea_orm(column_type = "JsonBinary")]
        pub reasons: Json,
        pub state: words::ParkedState,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
