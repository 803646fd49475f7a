//! Files that belong to something: materials of a child's file, of an application, of whatever asks for files.

use sea_orm::entity::prelude::*;

use crate::{AccountId, AttachmentId, ChildId, FileId, OrganisationId, words};

/// One file and what it belongs to. It is there as soon as the file is: no other field of a form decides about it.
pub mod attachment {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attachment")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AttachmentId,
        /// The table of what it belongs to; `child` for the child's file itself.
        pub owner_kind: String,
        /// The row there; none where that is the child itself, who may be merged.
        pub owner_id: Option<i64>,
        /// Whom it is about, once that is known.
        #[sea_orm(indexed)]
        pub child_id: Option<ChildId>,
        /// Who brought it in, and may open it.
        pub organisation_id: OrganisationId,
        /// What it is (户口簿, 诊断证明): a code of whoever asked for it.
        pub kind: String,
        /// In words, where the kind does not say it.
        pub title: Option<String>,
        /// As it came.
        #[sea_orm(indexed)]
        pub file_id: FileId,
        pub media: words::FileKind,
        /// A picture, upright and with nothing but the picture in it.
        pub clean_id: Option<FileId>,
        /// A small picture of it.
        pub thumbnail_id: Option<FileId>,
        pub pages: Option<i32>,
        #[sea_orm(indexed)]
        pub state: words::AttachmentState,
        /// Why it was refused after it was stored.
        pub fault: Option<words::FileFault>,
        /// How often it could not be looked at.
        pub tries: i32,
        /// Who added it; none: somebody without an account.
        pub added_by: Option<AccountId>,
        pub added_at: DateTimeUtc,
        pub withdrawn_by: Option<AccountId>,
        pub withdrawn_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
