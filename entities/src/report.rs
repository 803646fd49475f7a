//! Reports as they were submitted.

use sea_orm::entity::prelude::*;

use crate::{FrozenContentId, FrozenReportId, PublishedReportId};

/// A report as it was submitted: it opens unchanged for ever.
pub mod frozen_report {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "frozen_report")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: FrozenReportId,
        /// Which report, e.g. `screening`.
        pub report: String,
        /// `2026-10`, or `2026` for a year.
        pub period: String,
        #[sea_orm(indexed)]
        pub division: String,
        /// Numbers, and the children behind each, as they were; and who froze them when.
        #[sea_orm(indexed)]
        pub content_id: FrozenContentId,
        /// Counts how often this period of this division was frozen.
        pub version: i32,
        /// Why it was frozen again, or before its end.
        #[sea_orm(column_type = "Text")]
        pub reason: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The numbers of a closed quarter as everybody may see them who sees no children: rounded, and the same for ever.
pub mod published_report {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_report")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: PublishedReportId,
        /// `2026-Q3`.
        #[sea_orm(unique_key = "once")]
        pub period: String,
        #[sea_orm(unique_key = "once")]
        pub district: String,
        /// Rounded numbers by indicator and row: nothing else was kept.
        #[sea_orm(column_type = "JsonBinary")]
        pub content: Json,
        pub published_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
