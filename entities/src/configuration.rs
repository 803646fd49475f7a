//! Rules of the trade that change with dates and places.

use sea_orm::entity::prelude::*;

use crate::{ParameterId, words};

/// A dated rule: check ages and windows, deadlines, the escalation ladder, report targets.
pub mod parameter {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "parameter")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ParameterId,
        /// Which rule, e.g. `screening.check_ages`.
        #[sea_orm(indexed)]
        pub code: String,
        /// Division prefix it holds in; empty: everywhere. The longest prefix wins.
        pub division: String,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        #[sea_orm(column_type = "JsonBinary")]
        pub value: Json,
        /// Norm or decision it rests on.
        pub source: String,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A year whose days off and adjusted workdays are known.
pub mod calendar_year {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar_year")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        pub source: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A day that is off although a weekday, or worked although a weekend day (调休).
pub mod calendar_day {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar_day")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        pub kind: words::DayKind,
        pub name: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
