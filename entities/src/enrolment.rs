//! Enrolment (入园): the chain that reviews an application, the application with its papers and steps, and the decision.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, ApplicationId, ApplicationMaterialId, ApplicationOverrideId, ApplicationStepId, ChildId, DiagnosisId,
    EnrolmentDecisionId, GuardianId, OrganisationId, ReviewChainId, Texts, words,
};

/// A version of a chain of review in a district: what is under way keeps the version that it began with.
pub mod review_chain {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_chain")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ReviewChainId,
        /// Division: a district, or the city above it.
        #[sea_orm(unique_key = "number")]
        pub district: String,
        #[sea_orm(unique_key = "number")]
        pub kind: words::ReviewKind,
        #[sea_orm(unique_key = "number")]
        pub number: i32,
        pub state: words::ChainState,
        /// Applications submitted from this day on go by it.
        pub valid_from: Date,
        /// The stages and steps.
        #[sea_orm(column_type = "JsonBinary")]
        pub definition: Json,
        /// The norm or decision that it follows.
        pub source: String,
        pub made_by: Option<AccountId>,
        pub made_at: DateTimeUtc,
        /// Who put it in force, or withdrew it.
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An application for enrolment (入园申请).
pub mod application {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// Where the child lived when it was entered: whose review it is does not change with a move.
        #[sea_orm(indexed)]
        pub district: String,
        pub street: String,
        #[sea_orm(indexed)]
        pub centre_id: OrganisationId,
        pub mode: words::EnrolmentMode,
        pub wanted_from: Date,
        pub economy: words::Economy,
        /// The guardian who applies.
        pub guardian_id: Option<GuardianId>,
        /// What it rests on.
        pub diagnosis_id: Option<DiagnosisId>,
        pub note: Option<String>,
        pub state: words::ApplicationState,
        /// Counts the times that it was submitted; 0 before the first.
        pub round: i32,
        /// The version of the chain that it goes by, from its submission on.
        pub chain_id: Option<ReviewChainId>,
        /// What the chain's conditions ask for, as it was at the last submission.
        #[sea_orm(column_type = "JsonBinary")]
        pub facts: Json,
        /// Who opened it; none where a guardian did.
        pub entered_by: Option<AccountId>,
        pub entered_at: DateTimeUtc,
        /// Who submitted it last.
        pub submitted_by: Option<AccountId>,
        pub submitted_at: Option<DateTimeUtc>,
        /// The day on which it was submitted for the first time: its place among others goes by it.
        pub applied_on: Option<Date>,
        pub closed_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A paper of an application: whether it is there, and from when to when it holds. What was attached hangs on its row.
pub mod application_material {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_material")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ApplicationMaterialId,
        #[sea_orm(indexed)]
        pub application_id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// As the dated rule calls it.
        pub code: String,
        pub state: words::MaterialState,
        pub issuer: Option<words::Issuer>,
        pub issued_on: Option<Date>,
        /// From when it holds, where that is not the day of issue.
        pub valid_from: Option<Date>,
        pub valid_until: Option<Date>,
        /// Why it is not needed.
        pub reason: Option<String>,
        pub recorded_by: Option<AccountId>,
        pub recorded_at: DateTimeUtc,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A step of a review, from the moment at which it waits.
pub mod application_step {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_step")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ApplicationStepId,
        #[sea_orm(unique_key = "once")]
        pub application_id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// Which submission it is about.
        #[sea_orm(unique_key = "once")]
        pub round: i32,
        /// As the chain calls it.
        #[sea_orm(unique_key = "once")]
        pub code: String,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub role: words::Role,
        pub since: Date,
        /// It cannot go on before this day.
        pub not_before: Option<Date>,
        pub due_on: Option<Date>,
        pub outcome: Option<words::ReviewOutcome>,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        pub note: Option<String>,
        /// What was filled in, by field.
        #[sea_orm(column_type = "JsonBinary")]
        pub answers: Json,
        /// Papers that are missing, where it was returned.
        #[sea_orm(column_type = "JsonBinary")]
        pub missing: Texts,
        /// Decided, or not called for any more.
        pub ended_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A test of the person that does not hold, and for which somebody answers.
pub mod application_override {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_override")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ApplicationOverrideId,
        #[sea_orm(indexed)]
        pub application_id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// Which test.
        pub test: String,
        pub reason: String,
        pub by: AccountId,
        pub organisation_id: OrganisationId,
        pub at: DateTimeUtc,
        pub withdrawn_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A decision about enrolment (录取决定): numbered, with its days; everything later hangs on it. Of one child no two that
/// hold share a day: the database refuses that.
pub mod enrolment_decision {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "enrolment_decision")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: EnrolmentDecisionId,
        #[sea_orm(indexed)]
        pub application_id: ApplicationId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub district: String,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        /// The legal person that runs the centre, as it was called then.
        pub legal_person: String,
        #[sea_orm(unique)]
        pub number: String,
        pub outcome: words::ReviewOutcome,
        pub mode: words::EnrolmentMode,
        /// Service in a week, where it was settled.
        pub minutes_per_week: Option<i32>,
        /// The days for which it gives a place; none where it gives none.
        pub valid_from: Option<Date>,
        pub valid_to: Option<Date>,
        /// In words of whoever decided.
        pub grounds: Option<String>,
        pub decided_on: Date,
        pub decided_by: AccountId,
        /// The trial that it concludes.
        pub continues_id: Option<EnrolmentDecisionId>,
        /// The day on which the family read it.
        pub read_on: Option<Date>,
        /// Who read it, by name.
        pub read_by: Option<String>,
        pub read_recorded_by: Option<AccountId>,
        /// Last day on which the family may object.
        pub appeal_until: Option<Date>,
        /// It holds no more from this day on.
        pub revoked_on: Option<Date>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
