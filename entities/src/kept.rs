//! What is kept as it was: contents that somebody froze, and files.

use sea_orm::entity::prelude::*;

use crate::{AccountId, FileId, FrozenContentId, OrganisationId, Sealed};

/// A content as somebody froze it: it reads unchanged for ever, and a signature refers to it by its number and its hash.
pub mod frozen_content {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "frozen_content")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: FrozenContentId,
        /// The table of what it is the content of.
        pub kind: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub content: Json,
        /// Hex SHA-256 of the content.
        pub hash: String,
        /// Code over the row and what it is of, made with the key file.
        pub mac: Option<String>,
        pub organisation_id: OrganisationId,
        pub signed_by: AccountId,
        pub signed_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A file that was brought in. It lies in the database, so that several servers see it.
pub mod stored_file {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stored_file")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: FileId,
        pub name: String,
        pub media_type: String,
        /// Hex SHA-256: with the organisation the key of the content.
        #[sea_orm(indexed)]
        pub hash: String,
        /// Bytes.
        pub size: i64,
        pub organisation_id: OrganisationId,
        /// None: brought in from the command line.
        pub created_by: Option<AccountId>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The bytes of files, once for all files of an organisation that hold the same, piece by piece: nobody ever has to hold a
/// whole one.
pub mod file_content {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file_content")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        /// Which piece, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Encrypted content.
        pub content: Sealed,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
