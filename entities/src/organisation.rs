//! Who takes part, and where.

use sea_orm::entity::prelude::*;

use crate::{AccountId, DivisionChangeId, OrganisationId, words};

/// An administrative division (GB/T 2260 and its street and village extensions). The office edits them.
pub mod division {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "division")]
    pub struct Model {
        /// 2, 4, 6, 9 or 12 digits: province, city, district, street or town, village or community.
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        #[sea_orm(indexed)]
        pub parent: Option<String>,
        pub name: String,
        pub closed_on: Option<Date>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A change of a division: another name, another code, merged into another, or ended. What lies in the future waits for
/// its day.
pub mod division_change {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "division_change")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: DivisionChangeId,
        /// The division that changes, by its code until then.
        #[sea_orm(indexed)]
        pub code: String,
        pub kind: words::DivisionChange,
        /// First day on which it holds.
        pub changes_on: Date,
        pub name_before: String,
        /// The name from then on: its own, or that of the successor.
        pub name_after: Option<String>,
        /// Where it goes on, under another code.
        pub successor: Option<String>,
        /// When the divisions followed; none while its day is to come.
        pub applied_at: Option<DateTimeUtc>,
        /// When those who live there followed.
        pub carried_at: Option<DateTimeUtc>,
        pub recorded_at: DateTimeUtc,
        pub recorded_by: Option<AccountId>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An organisation: who it is, what it does in the chain, and which divisions it covers.
pub mod organisation {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: OrganisationId,
        pub kind: words::OrganisationKind,
        pub name: String,
        /// Division code prefix: it covers this division and everything below.
        #[sea_orm(indexed)]
        pub coverage: String,
        /// Unified social credit code (GB 32100).
        pub credit_code: Option<String>,
        pub phone: Option<String>,
        pub address: Option<String>,
        /// The legal person that runs it (举办单位), where that is another: decisions hang on it.
        pub legal_person: Option<String>,
        pub closed_on: Option<Date>,
        pub version: i32,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
