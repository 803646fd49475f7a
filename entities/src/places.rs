//! Places (名额): the classes and groups of a centre with their teachers, their room and their children; offers to families
//! that wait; hours of service that a centre has.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, ApplicationId, CareGroupCapacityId, CareGroupId, CareGroupMembershipId, CareGroupTeacherId, ChildId,
    EnrolmentDecisionId, OrganisationId, PlaceOfferId, ServiceCapacityId, words,
};

/// A class or a group of a centre (班级、小组), from one day to another.
pub mod care_group {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "care_group")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: CareGroupId,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub kind: words::GroupKind,
        pub name: String,
        pub valid_from: Date,
        /// Its last day; none while nobody closed it.
        pub valid_to: Option<Date>,
        pub made_by: AccountId,
        pub made_at: DateTimeUtc,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Who leads a class (班主任), from one day to another.
pub mod care_group_teacher {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "care_group_teacher")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: CareGroupTeacherId,
        #[sea_orm(indexed)]
        pub group_id: CareGroupId,
        pub account_id: AccountId,
        pub valid_from: Date,
        /// The last day; none while nobody follows.
        pub valid_to: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// How many children a class takes in a mode, from one day to another.
pub mod care_group_capacity {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "care_group_capacity")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: CareGroupCapacityId,
        #[sea_orm(unique_key = "since")]
        pub group_id: CareGroupId,
        #[sea_orm(unique_key = "since")]
        pub mode: words::EnrolmentMode,
        pub places: i32,
        #[sea_orm(unique_key = "since")]
        pub valid_from: Date,
        /// The last day; none while no other number follows.
        pub valid_to: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A child in a class, from one day to another. At one centre a child is in one class at a time: the database refuses two that
/// share a day.
pub mod care_group_membership {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "care_group_membership")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: CareGroupMembershipId,
        #[sea_orm(indexed)]
        pub group_id: CareGroupId,
        /// The centre of the class, so that the database can keep a child in one class of it.
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// The decision that gives the place.
        pub decision_id: EnrolmentDecisionId,
        pub mode: words::EnrolmentMode,
        pub valid_from: Date,
        /// Its last day.
        pub valid_to: Option<Date>,
        pub made_by: AccountId,
        pub made_at: DateTimeUtc,
        /// It never began: it was ended before its first day.
        pub called_off_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A place offered to a family that waits (录取通知): held for it until an instant, and then free again by itself.
pub mod place_offer {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place_offer")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: PlaceOfferId,
        #[sea_orm(unique)]
        pub number: String,
        #[sea_orm(indexed)]
        pub application_id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub district: String,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        #[sea_orm(indexed)]
        pub group_id: CareGroupId,
        pub mode: words::EnrolmentMode,
        /// Service in a week, where it was settled.
        pub minutes_per_week: Option<i32>,
        /// The first and the last day of the place.
        pub valid_from: Date,
        pub valid_to: Date,
        pub state: words::OfferState,
        /// Where the child stood when it was made: the group, the rule and its day, the range, and why others were passed over.
        #[sea_orm(column_type = "JsonBinary")]
        pub basis: Json,
        pub made_by: AccountId,
        pub made_at: DateTimeUtc,
        /// The instant from which it is not held any more.
        pub expires_at: DateTimeUtc,
        pub reminded_at: Option<DateTimeUtc>,
        pub answered_at: Option<DateTimeUtc>,
        /// Who of the family answered, by name.
        pub answered_by: Option<String>,
        pub answered_how: Option<words::AnswerWay>,
        pub answer_recorded_by: Option<AccountId>,
        /// Why it was declined or taken back.
        pub reason: Option<String>,
        /// The family asks not to be offered anything before this day.
        pub deferred_until: Option<Date>,
        /// After silence: when somebody has called the family.
        pub called_at: Option<DateTimeUtc>,
        /// The decision that followed.
        pub decision_id: Option<EnrolmentDecisionId>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Hours of a service that a centre has in a week, from one day to another: entered here until plans and staff say it.
pub mod service_capacity {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_capacity")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ServiceCapacityId,
        #[sea_orm(unique_key = "since")]
        pub organisation_id: OrganisationId,
        #[sea_orm(unique_key = "since")]
        pub service: words::CareService,
        pub minutes_per_week: i32,
        #[sea_orm(unique_key = "since")]
        pub valid_from: Date,
        /// The last day; none while no other number follows.
        pub valid_to: Option<Date>,
        pub entered_by: AccountId,
        pub entered_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
