//! Typed row ids: a child's id cannot be passed where a referral's is wanted.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )+};
}

ids!(
    /// A person who signs in.
    AccountId,
    /// Something to be done to an account that takes two districts.
    AccountProposalId,
    /// An organisation that takes part in screening, rehabilitation or oversight.
    OrganisationId,
    /// A child: one file each (一人一档).
    ChildId,
    /// A guardian (监护人), possibly of several children.
    GuardianId,
    /// The tie between one child and one guardian.
    GuardianshipId,
    /// A consent given or withdrawn.
    ConsentId,
    /// A stretch of time that a child lived in one place.
    ResidenceId,
    /// A pair of files that may be one child.
    DuplicateId,
    /// A registration under a number that another file has.
    NumberClaimId,
    /// A merge of two files.
    MergeId,
    /// A departure from the pipeline.
    DepartureId,
    /// One of the eleven checks of one child.
    PlannedCheckId,
    /// An initial screen (初筛).
    ScreenId,
    /// A re-screen (复筛).
    RescreenId,
    /// A diagnosis (诊断).
    DiagnosisId,
    /// An instrument filled in for a child.
    AssessmentId,
    /// An instrument package, by version.
    InstrumentId,
    /// A referral (转介).
    ReferralId,
    /// One move of a referral from state to state.
    ReferralStepId,
    /// An attempt to reach a family.
    ContactId,
    /// Something that somebody has to do by a day.
    TaskId,
    /// An event of the audit trail.
    EventId,
    /// A message on its way out.
    MessageId,
    /// A notice in somebody's inbox.
    NoticeId,
    /// A change of a division's name or code.
    DivisionChangeId,
    /// A dated parameter.
    ParameterId,
    /// A background job.
    JobId,
    /// A file kept in the database.
    FileId,
    /// A file that belongs to something: a child's file, an application.
    AttachmentId,
    /// A parked import row.
    ParkedRowId,
    /// A content that was frozen.
    FrozenContentId,
    /// A report that was frozen.
    FrozenReportId,
    /// Numbers of a quarter that were published.
    PublishedReportId,
    /// A saved filter.
    SavedFilterId,
    /// A version of a chain of review.
    ReviewChainId,
    /// An application for enrolment (入园申请).
    ApplicationId,
    /// A step of the review of an application.
    ApplicationStepId,
    /// A paper of an application.
    ApplicationMaterialId,
    /// A test of an application that somebody answers for.
    ApplicationOverrideId,
    /// A decision about enrolment (录取决定).
    EnrolmentDecisionId,
    /// A version of the text that agreements are made from (协议模板).
    AgreementTemplateId,
    /// An agreement (协议).
    AgreementId,
    /// Somebody whose signature an agreement needs.
    AgreementSignerId,
    /// A signature (签名).
    SignatureId,
    /// A guardian who was let in without an account.
    GuardianAccessId,
);
