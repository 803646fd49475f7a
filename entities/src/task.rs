//! What somebody has to do by a day.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ChildId, OrganisationId, TaskId, words};

/// What is to be done, about what, by whom, by when, how far the silence has climbed, and how it ended (FHIR Task). Among
/// the open ones there is one for a thing to be done to a row, and at most one that leads for a child.
pub mod task {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "task")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: TaskId,
        pub district: String,
        #[sea_orm(indexed)]
        pub child_id: Option<ChildId>,
        pub what: words::What,
        /// The table and the row that it is about.
        pub focus: words::Focus,
        #[sea_orm(indexed)]
        pub focus_id: i64,
        /// The one of a child's open tasks that moves the child on.
        pub leads: bool,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        /// Who does it there.
        pub role: words::Role,
        /// Whose it is, when it is one person's.
        pub owner_id: Option<AccountId>,
        pub since: DateTimeUtc,
        pub due_on: Option<Date>,
        /// Rungs of the escalation ladder already climbed.
        pub rung: i32,
        pub state: words::TaskState,
        pub ended_at: Option<DateTimeUtc>,
        pub ended_by: Option<AccountId>,
        pub note: Option<String>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
