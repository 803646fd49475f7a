//! Which keys belong to this database. The keys themselves are in the key file.

use sea_orm::entity::prelude::*;

/// A key as it is recognised: nobody serves, imports or repairs with others.
pub mod key_print {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "key_print")]
    pub struct Model {
        /// Its number in the key file; 0 is the key of the blind index and of the seals.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// 32 hexadecimal digits that tell nothing about the key.
        pub print: String,
        pub registered_at: DateTimeUtc,
        /// Nothing is left under it, and it may be missing in the key file.
        pub retired_at: Option<DateTimeUtc>,
        /// Seals of the trail that were there before the first keys were registered, and carry no code.
        pub seals_before: i64,
        /// Code over all of this, so that nobody without the keys adds a row.
        pub mac: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
