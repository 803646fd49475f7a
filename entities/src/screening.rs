//! The chain 初筛 → 复筛 → 诊断, and everything that keeps a child from falling between two of its links.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, AssessmentId, ChildId, ContactId, DiagnosisId, InstrumentId, Numbers, OrganisationId, PlannedCheckId,
    ReferralId, ReferralStepId, RescreenId, ScreenId, Sealed, TaskId, Texts, words,
};

/// One of the eleven checks of a child, planned from the birth date by the rules in force.
pub mod planned_check {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "planned_check")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: PlannedCheckId,
        #[sea_orm(unique_key = "check")]
        pub child_id: ChildId,
        /// 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72.
        #[sea_orm(unique_key = "check")]
        pub age_months: i32,
        pub district: String,
        /// Where the child lives while the check is pending; where it lived when it was done.
        #[sea_orm(indexed)]
        pub street: String,
        pub opens_on: Date,
        pub due_on: Date,
        /// Last day on which the check counts for this age.
        pub closes_on: Date,
        /// Dates were moved by the weeks of prematurity.
        pub corrected: bool,
        pub state: words::CheckState,
        pub screen_id: Option<ScreenId>,
        /// Version of the rules that made it.
        pub rules: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An initial screen (初筛), or the documented reason why there is none.
pub mod screen {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "screen")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ScreenId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        pub planned_check_id: Option<PlannedCheckId>,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub screener_id: AccountId,
        /// Where the child lived on that day: reports count by it.
        #[sea_orm(indexed)]
        pub district: String,
        pub street: String,
        #[sea_orm(indexed)]
        pub performed_on: Date,
        pub recorded_at: DateTimeUtc,
        /// Performed inside its window, recorded after it closed.
        pub entered_late: bool,
        /// Which of the eleven ages' signs were asked.
        pub age_months: i32,
        /// Completed days of life.
        pub age_days: i32,
        /// Days of life less the weeks of prematurity; none for a term child.
        pub corrected_age_days: Option<i32>,
        pub age_used: words::AgeUsed,
        pub outcome: words::ScreenOutcome,
        /// Numbers of the warning signs present: `[1, 3]`.
        #[sea_orm(column_type = "JsonBinary")]
        pub signs: Numbers,
        /// Loss or regression of language or social ability.
        pub regression: bool,
        pub note: Option<String>,
        /// Set when a later record corrects this one; withdrawn records count nowhere.
        pub withdrawn_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A re-screen (复筛).
pub mod rescreen {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rescreen")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: RescreenId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub referral_id: Option<ReferralId>,
        pub organisation_id: OrganisationId,
        pub by: AccountId,
        #[sea_orm(indexed)]
        pub district: String,
        pub street: String,
        #[sea_orm(indexed)]
        pub performed_on: Date,
        pub recorded_at: DateTimeUtc,
        pub age_days: i32,
        /// Seen or reported: `["language", "stereotyped", "narrow_interest"]`.
        #[sea_orm(column_type = "JsonBinary")]
        pub findings: Texts,
        /// A scale shows risk (criterion 2).
        pub scale_at_risk: bool,
        /// The developmental scale shows disorder or deviation (criterion 3).
        pub development_deviates: bool,
        pub development_note: Option<String>,
        /// Any of the three criteria holds.
        pub abnormal: bool,
        /// Numbers of the criteria that hold: `[1, 3]`.
        #[sea_orm(column_type = "JsonBinary")]
        pub criteria: Numbers,
        pub recheck_on: Option<Date>,
        pub note: Option<String>,
        pub withdrawn_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A diagnosis (诊断): the clinician's conclusion, never a score's.
pub mod diagnosis {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "diagnosis")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: DiagnosisId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub referral_id: Option<ReferralId>,
        pub organisation_id: OrganisationId,
        pub by: AccountId,
        #[sea_orm(indexed)]
        pub district: String,
        pub street: String,
        /// The doctor who concludes.
        pub doctor: String,
        #[sea_orm(indexed)]
        pub diagnosed_on: Date,
        pub recorded_at: DateTimeUtc,
        pub age_days: i32,
        /// ICD-10 codes: `["F84.0"]`; empty when nothing was found.
        #[sea_orm(column_type = "JsonBinary")]
        pub codes: Texts,
        /// Any code of F84: the child counts as autistic (ICD-10 F84).
        pub autism: bool,
        pub conclusion: Option<Sealed>,
        /// What the doctor advises, for whoever sent the child and the federation: it stands on the report (诊断反馈单).
        #[sea_orm(column_type = "Text")]
        pub advice: Option<String>,
        pub withdrawn_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An instrument filled in for a child, with everything needed to explain its result for ever.
pub mod assessment {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AssessmentId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        pub instrument: String,
        pub instrument_version: String,
        pub state: words::AssessmentState,
        /// 1 or 2; two raters of one round share `round`.
        pub rater: i32,
        /// The first rater's assessment, on the second's.
        pub round: Option<AssessmentId>,
        pub rescreen_id: Option<RescreenId>,
        pub diagnosis_id: Option<DiagnosisId>,
        pub referral_id: Option<ReferralId>,
        pub organisation_id: OrganisationId,
        pub by: AccountId,
        pub performed_on: Date,
        pub age_months: i32,
        #[sea_orm(column_type = "JsonBinary")]
        pub answers: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub item_scores: Json,
        /// The scorer's output: total, subscales, positive, band, explanation.
        #[sea_orm(column_type = "JsonBinary")]
        pub result: Json,
        pub cutoffs: Option<String>,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An instrument package, or licensed item texts, that an administrator imported. The shipped ones are part of the program.
pub mod instrument {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "instrument")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: InstrumentId,
        #[sea_orm(unique_key = "edition")]
        pub code: String,
        #[sea_orm(unique_key = "edition")]
        pub edition: String,
        /// The package as it was imported (TOML).
        #[sea_orm(column_type = "Text")]
        pub package: String,
        /// SHA-256 of the package: what was verified once is known again by it.
        pub fingerprint: String,
        /// Who may use it and by which licence.
        pub licence_note: Option<String>,
        pub imported_by: AccountId,
        pub imported_at: DateTimeUtc,
        pub retired_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A referral (转介): one organisation asks another to see a child by a day.
pub mod referral {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ReferralId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub district: String,
        pub kind: words::ReferralKind,
        pub state: words::ReferralState,
        #[sea_orm(indexed)]
        pub from_organisation_id: OrganisationId,
        #[sea_orm(indexed)]
        pub to_organisation_id: OrganisationId,
        /// Who sent it.
        pub sender_id: AccountId,
        /// Who took it on at the receiver.
        pub owner_id: Option<AccountId>,
        pub reason: String,
        pub screen_id: Option<ScreenId>,
        pub rescreen_id: Option<RescreenId>,
        pub diagnosis_id: Option<DiagnosisId>,
        /// The referral that this one continues.
        pub continues_id: Option<ReferralId>,
        /// When it was sent (or proposed, before that).
        pub since: DateTimeUtc,
        /// The receiver's answer is due by then.
        pub answer_due_on: Date,
        /// The step is to be completed by then.
        #[sea_orm(indexed)]
        pub due_on: Date,
        pub appointment_at: Option<DateTimeUtc>,
        pub closed_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// One move of a referral: who, when, from, to, why.
pub mod referral_step {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral_step")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ReferralStepId,
        #[sea_orm(indexed)]
        pub referral_id: ReferralId,
        pub from_state: Option<words::ReferralState>,
        pub to_state: words::ReferralState,
        pub at: DateTimeUtc,
        /// None: a sweep.
        pub by: Option<AccountId>,
        pub organisation_id: Option<OrganisationId>,
        pub note: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A documented attempt to reach the family. Three that fail make a child lost.
pub mod contact {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: ContactId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub referral_id: Option<ReferralId>,
        #[sea_orm(indexed)]
        pub task_id: Option<TaskId>,
        pub method: words::ContactMethod,
        pub result: words::ContactResult,
        pub attempted_at: DateTimeUtc,
        pub note: Option<String>,
        pub by: AccountId,
        pub organisation_id: OrganisationId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Where a child stands now: derived from the rows above in the same transaction that changes them.
pub mod pathway {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pathway")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub child_id: ChildId,
        pub district: String,
        pub street: String,
        pub stage: words::Stage,
        /// Whose turn it is; none when nobody's.
        #[sea_orm(indexed)]
        pub organisation_id: Option<OrganisationId>,
        pub referral_id: Option<ReferralId>,
        pub since_on: Date,
        pub due_on: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
