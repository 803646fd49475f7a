//! Agreements (协议): the texts that they are made from, agreements with whoever signs them, and signatures.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, AgreementId, AgreementSignerId, AgreementTemplateId, ChildId, EnrolmentDecisionId, FrozenContentId,
    GuardianId, OrganisationId, SignatureId, words,
};

/// A version of a text (协议模板), of a centre or of a whole division.
pub mod agreement_template {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_template")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AgreementTemplateId,
        pub kind: words::AgreementKind,
        /// Division: that of the organisation.
        #[sea_orm(indexed)]
        pub district: String,
        /// The centre whose it is; none where it holds for every centre of the division.
        #[sea_orm(indexed)]
        pub organisation_id: Option<OrganisationId>,
        /// Counts the versions of one kind of one owner.
        pub number: i32,
        pub state: words::TemplateState,
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        /// Every guardian with custody signs.
        pub all_with_custody: bool,
        pub made_by: AccountId,
        pub made_at: DateTimeUtc,
        /// Who took it into use, or gave it up.
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<DateTimeUtc>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An agreement: what stands in it is frozen, and never changes.
pub mod agreement {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AgreementId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        #[sea_orm(indexed)]
        pub decision_id: EnrolmentDecisionId,
        pub template_id: AgreementTemplateId,
        pub kind: words::AgreementKind,
        pub title: String,
        #[sea_orm(unique)]
        pub number: String,
        #[sea_orm(indexed)]
        pub district: String,
        #[sea_orm(indexed)]
        pub organisation_id: OrganisationId,
        pub content_id: FrozenContentId,
        /// Hash of exactly what is shown and signed.
        pub content_hash: String,
        pub state: words::AgreementState,
        /// The one in whose place it is.
        pub amends_id: Option<AgreementId>,
        /// By when it is to be signed.
        pub due_on: Date,
        pub made_by: AccountId,
        pub made_at: DateTimeUtc,
        /// When the last signature was given.
        pub signed_at: Option<DateTimeUtc>,
        pub withdrawn_by: Option<AccountId>,
        pub withdrawn_at: Option<DateTimeUtc>,
        pub reason: Option<String>,
        pub version: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody whose signature an agreement needs.
pub mod agreement_signer {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_signer")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: AgreementSignerId,
        #[sea_orm(indexed)]
        pub agreement_id: AgreementId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        pub party: words::Party,
        /// The guardian; none for the centre.
        #[sea_orm(indexed)]
        pub guardian_id: Option<GuardianId>,
        /// As it was when the agreement was made.
        pub name: String,
        pub kinship: Option<words::Kinship>,
        pub signature_id: Option<SignatureId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A signature over a frozen content: of a guardian or of a colleague. It is never changed.
pub mod signature {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signature")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: SignatureId,
        #[sea_orm(indexed)]
        pub child_id: ChildId,
        /// What was signed.
        #[sea_orm(indexed)]
        pub content_id: FrozenContentId,
        pub content_hash: String,
        /// The table of the row that it was signed for.
        pub subject_kind: String,
        pub subject_id: i64,
        pub party: words::Party,
        pub guardian_id: Option<GuardianId>,
        pub account_id: Option<AccountId>,
        pub name: String,
        pub kinship: Option<words::Kinship>,
        pub method: words::SignatureMethod,
        /// Points as they were drawn.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub ink: Option<Json>,
        /// Fingerprint of the points: nobody draws the same twice.
        #[sea_orm(indexed)]
        pub ink_hash: Option<String>,
        pub identity: words::IdentityCheck,
        /// The telephone or address to which a code went, masked.
        pub identity_to: Option<String>,
        pub document: Option<words::SeenDocument>,
        /// Who looked at the document.
        pub witness_id: Option<AccountId>,
        pub level: words::SignatureLevel,
        pub signed_at: DateTimeUtc,
        /// Browser, shortened.
        pub device: String,
        pub remote: String,
        /// Code over all of it.
        pub mac: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
