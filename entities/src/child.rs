//! The child's file: who the child is, who answers for it, where it lives and lived.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, ChildId, ConsentId, DepartureId, DuplicateId, GuardianId, GuardianshipId, MergeId, NumberClaimId,
    OrganisationId, ResidenceId, Sealed, words,
};

/// A child: one file each (一人一档). Never deleted; a merged file forwards to the survivor.
pub mod child {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "child")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ChildId,
        /// District code, year of registration, running number: `330211-2026-00001`.
        #[sea_orm(unique)]
        pub file_no: String,
        pub name: String,
        /// Toneless pinyin of the name: homophones are equal.
        #[sea_orm(indexed)]
        pub name_sound: String,
        pub sex: words::Sex,
        pub birth_on: Date,
        /// Completed weeks of gestation at birth; none when not known.
        pub gestational_weeks: Option<i32>,
        pub identity_kind: words::IdentityKind,
        pub identity_no: Option<Sealed>,
        /// Keyed hash of the number, for equality search.
        #[sea_orm(indexed)]
        pub identity_index: Option<String>,
        pub identity_mask: Option<String>,
        /// Ethnicity by GB/T 3304, two digits.
        pub ethnicity: String,
        /// Household registration (户籍) division, any level.
        pub household_division: Option<String>,
        /// Where the child lives now, street or village level; `street` and `district` are its prefixes.
        pub division: String,
        pub street: String,
        pub district: String,
        pub address: Option<String>,
        pub kindergarten: Option<String>,
        pub disability_card_no: Option<Sealed>,
        pub disability_card_mask: Option<String>,
        pub disability_card_expires_on: Option<Date>,
        /// Set while the child is out of the pipeline.
        pub departure_id: Option<DepartureId>,
        /// Set on a file that was merged into another.
        #[sea_orm(indexed)]
        pub merged_into: Option<ChildId>,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub created_by: OrganisationId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a child is found by: every suffix of the name, the initials, the full pinyin, the file number.
/// A prefix search here is a substring search on the name, at the cost of an index.
pub mod child_term {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "child_term")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub district: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub term: String,
        #[sea_orm(primary_key, auto_increment = false, indexed)]
        pub child_id: ChildId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A guardian (监护人). Siblings may share one; a phone number is not a key.
pub mod guardian {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guardian")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: GuardianId,
        #[sea_orm(indexed)]
        pub name: String,
        pub phone: Option<Sealed>,
        #[sea_orm(indexed)]
        pub phone_index: Option<String>,
        pub phone_mask: Option<String>,
        pub email: Option<String>,
        pub language: words::Language,
        pub version: i32,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Who answers for which child, and whether they may be told.
pub mod guardianship {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guardianship")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: GuardianshipId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub guardian_id: GuardianId,
        pub kinship: words::Kinship,
        pub has_custody: bool,
        pub may_be_contacted: bool,
        /// Asked first.
        pub is_first: bool,
        pub ended_on: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A consent of a guardian, for one purpose, to one version of the text.
pub mod consent {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "consent")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ConsentId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        pub purpose: words::ConsentPurpose,
        pub text_version: String,
        pub signer: String,
        pub kinship: words::Kinship,
        pub signed_on: Date,
        pub withdrawn_on: Option<Date>,
        pub recorded_by: AccountId,
        pub recorded_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Where a child lived, and when. Rates of past periods count by these, so they never change.
pub mod residence {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "residence")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ResidenceId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub district: String,
        pub street: String,
        pub division: String,
        pub from_on: Date,
        /// The first day no longer lived there; none while it lasts.
        pub until_on: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A departure from the pipeline, with everything it cancelled, so that it can be undone exactly.
pub mod departure {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "departure")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: DepartureId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        pub reason: words::DepartureReason,
        pub left_on: Date,
        pub note: Option<String>,
        /// What ended, row by row: `[{"table": "referral", "key": "[7]", "was": {…}, "now": {…}}]`.
        #[sea_orm(column_type = "JsonBinary")]
        pub effects: Json,
        pub recorded_by: Option<AccountId>,
        pub recorded_at: DateTimeUtc,
        pub undone_at: Option<DateTimeUtc>,
        pub undone_by: Option<AccountId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Two files that may be one child, and what was decided.
pub mod duplicate {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "duplicate")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: DuplicateId,
        #[sea_orm(indexed)]
        pub district: String,
        /// The smaller id of the two.
        #[sea_orm(unique_key = "pair")]
        pub first_id: ChildId,
        #[sea_orm(unique_key = "pair", indexed)]
        pub second_id: ChildId,
        /// Why: `["identity", "name_birth", "sound_birth_phone"]` (`person::likeness`).
        #[sea_orm(column_type = "JsonBinary")]
        pub reasons: Json,
        pub state: words::DuplicateState,
        pub found_at: DateTimeUtc,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        /// Why they are two, or why it has to wait.
        pub note: Option<String>,
        /// Put off until this day.
        pub until_on: Option<Date>,
        /// Hash of what was compared when somebody said that they are two: they are not asked again unless it changes.
        pub basis: Option<String>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A registration under a citizen number that another file has: a second person decides.
pub mod number_claim {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "number_claim")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: NumberClaimId,
        #[sea_orm(indexed)]
        pub district: String,
        /// The file that has the number.
        pub holder_id: ChildId,
        /// The form as it was typed, as sealed JSON.
        pub fields: Sealed,
        /// Why two children are to share the number.
        pub reason: String,
        pub state: words::ProposalState,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub proposed_by: AccountId,
        pub proposed_at: DateTimeUtc,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        /// Why not.
        pub note: Option<String>,
        /// The file that was opened.
        pub opened_id: Option<ChildId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A merge of two files: one transaction, with its effect list; can be undone.
pub mod merge {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "merge")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: MergeId,
        #[sea_orm(indexed)]
        pub survivor_id: ChildId,
        #[sea_orm(indexed)]
        pub absorbed_id: ChildId,
        pub duplicate_id: Option<DuplicateId>,
        /// Rows that changed hands and values that were taken over.
        #[sea_orm(column_type = "JsonBinary")]
        pub effects: Json,
        pub merged_by: AccountId,
        pub merged_at: DateTimeUtc,
        pub undone_at: Option<DateTimeUtc>,
        pub undone_by: Option<AccountId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An organisation's working tie to a child: the reason why it may open the file (besides where the child lives).
pub mod care {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "care")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        #[sea_orm(primary_key, auto_increment = false, indexed)]
        pub child_id: ChildId,
        pub since: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
