//! Closed vocabularies. A value is stored as its short string; `word()` is its key in the locale files.

use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

/// A string that is not in a vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unknown word")
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident($key:literal) { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
        pub enum $name {$(
            $(#[$vdoc])*
            #[sea_orm(string_value = $text)]
            #[serde(rename = $text)]
            $variant,
        )+}

        impl $name {
            /// Every value, in the order in which people expect to see them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored string.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The key of its name in the locale files.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => concat!("word.", $key, ".", $text)),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(s: &str) -> Result<Self, UnknownWord> {
                match s { $($text => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }

        impl Vocabulary for $name {
            const ALL: &'static [Self] = Self::ALL;
            fn as_str(self) -> &'static str { $name::as_str(self) }
            fn word(self) -> &'static str { $name::word(self) }
        }
    )+

    /// The locale keys of every value of every vocabulary, for the test that each has its words.
    pub fn all_words() -> Vec<&'static str> {
        let mut all = Vec::new();
        $(all.extend($name::ALL.iter().map(|w| w.word()));)+
        all
    }};
}

/// What every vocabulary can do; forms and filters are written against it.
pub trait Vocabulary: Copy + Eq + Sized + std::str::FromStr + 'static {
    /// Every value, in display order.
    const ALL: &'static [Self];
    /// The stored string.
    fn as_str(self) -> &'static str;
    /// The locale key.
    fn word(self) -> &'static str;
}

words! {
    /// Sex by GB/T 2261.1 (0 unknown, 1 male, 2 female, 9 unspecified).
    Sex("sex") { Male = "male", Female = "female", Unknown = "unknown", Unspecified = "unspecified" }

    /// What an organisation is in the chain.
    OrganisationKind("organisation_kind") {
        /// District or city Disabled Persons' Federation (残联).
        Federation = "federation",
        /// Street or town federation (镇街残联).
        StreetFederation = "street_federation",
        /// Health centre or hospital that does the initial screen (初筛).
        ScreeningSite = "screening_site",
        /// District maternal-and-child hospital that does the re-screen (复筛).
        RescreenHospital = "rescreen_hospital",
        /// Hospital that diagnoses (诊断).
        DiagnosingHospital = "diagnosing_hospital",
        /// The rehabilitation centre (康复中心).
        RehabilitationCentre = "rehabilitation_centre",
        /// Education bureau (教育局).
        EducationBureau = "education_bureau",
        /// Finance bureau (财政局).
        FinanceBureau = "finance_bureau",
    }

    /// What somebody does in an organisation. The three administrators are separate persons (三员分立, GB/T 22239-2019 8.1.5).
    Role("role") {
        Screener = "screener",
        Rescreener = "rescreener",
        Diagnostician = "diagnostician",
        /// Answers for an organisation's work; silence of its staff climbs here first.
        Supervisor = "supervisor",
        IntakeWorker = "intake_worker",
        StreetOfficer = "street_officer",
        FederationOfficer = "federation_officer",
        /// Assesses children who apply at a centre, and later those who are there.
        Assessor = "assessor",
        /// Decides the education bureau's part of a review: sees applications, never files.
        EducationOfficer = "education_officer",
        /// Sees numbers, never children (education and finance bureaus).
        Observer = "observer",
        SystemAdmin = "system_admin",
        SecurityAdmin = "security_admin",
        AuditAdmin = "audit_admin",
    }

    /// Interface and message language.
    Language("language") { Chinese = "zh-CN", English = "en" }

    /// Light or dark pages.
    Theme("theme") { Auto = "auto", Light = "light", Dark = "dark" }

    /// What somebody signs in with.
    Factor("factor") { Password = "password", SecondFactor = "second_factor" }

    /// Which document identifies a child.
    IdentityKind("identity_kind") {
        CitizenId = "citizen_id",
        BirthCertificate = "birth_certificate",
        ResidencePermit = "residence_permit",
        Passport = "passport",
        /// None yet: a newborn before household registration.
        NoneYet = "none_yet",
    }

    /// A guardian's relation to the child (after GB/T 4761).
    Kinship("kinship") {
        Mother = "mother",
        Father = "father",
        PaternalGrandparent = "paternal_grandparent",
        MaternalGrandparent = "maternal_grandparent",
        OtherRelative = "other_relative",
        WelfareInstitution = "welfare_institution",
        Other = "other",
    }

    /// What a consent is for (PIPL art. 28-31: one consent per purpose).
    ConsentPurpose("consent_purpose") {
        Screening = "screening",
        Sharing = "sharing",
        Diagnosis = "diagnosis",
        Rehabilitation = "rehabilitation",
        Messages = "messages",
    }

    /// Why a child left the pipeline.
    DepartureReason("departure_reason") {
        MovedAway = "moved_away",
        Emigrated = "emigrated",
        Died = "died",
        Refused = "refused",
    }

    /// What became of a possible duplicate.
    DuplicateState("duplicate_state") { Open = "open", Later = "later", KeptBoth = "kept_both", Merged = "merged" }

    /// What a file is, by what it holds: never by its name.
    FileKind("file_kind") { Pdf = "pdf", Jpeg = "jpeg", Png = "png" }

    /// Why a file is not taken.
    FileFault("file_fault") {
        /// Neither of the kinds.
        NotAccepted = "not_accepted",
        /// A picture as telephones keep it by themselves (HEIC).
        Telephone = "telephone",
        /// A ZIP, or what is one inside (Word, Excel).
        Archive = "archive",
        Empty = "empty",
        TooLarge = "too_large",
        /// It asks for a password.
        Encrypted = "encrypted",
        Damaged = "damaged",
        TooManyPages = "too_many_pages",
        /// It takes more memory or time to unpack than anything that people scan.
        Unpacks = "unpacks",
        /// A side of a picture is too long.
        TooWide = "too_wide",
        TooManyPixels = "too_many_pixels",
        Virus = "virus",
    }

    /// Where a file that belongs to something stands.
    AttachmentState("attachment_state") {
        /// Stored, and not looked at yet.
        Preparing = "preparing",
        Ready = "ready",
        /// The virus scanner is not there: nobody opens it before it was.
        SetApart = "set_apart",
        /// Stored, and found to be nothing to open.
        Refused = "refused",
        Withdrawn = "withdrawn",
    }

    /// What families and hospitals bring on paper.
    Material("material") {
        Household = "household",
        Identity = "identity",
        Birth = "birth",
        Diagnosis = "diagnosis",
        DisabilityCard = "disability_card",
        Vaccination = "vaccination",
        Examination = "examination",
        Photo = "photo",
        Residence = "residence",
        Income = "income",
        Deferral = "deferral",
        Custody = "custody",
        Report = "report",
        Other = "other",
    }

    /// What happens to a division on a day.
    DivisionChange("division_change") { Renamed = "renamed", Recoded = "recoded", Merged = "merged", Ended = "ended" }

    /// A check of the eleven, as planned.
    CheckState("check_state") { Pending = "pending", Done = "done", Cancelled = "cancelled", BeforeOpening = "before_opening" }

    /// The result of an initial screen, with the reasons why there may be none.
    ScreenOutcome("screen_outcome") {
        Normal = "normal",
        Abnormal = "abnormal",
        Refused = "refused",
        Unreachable = "unreachable",
        Elsewhere = "elsewhere",
        Moved = "moved",
        Died = "died",
    }

    /// The age by which the check was chosen.
    AgeUsed("age_used") { Chronological = "chronological", Corrected = "corrected" }

    /// What the receiver of a referral is asked for.
    ReferralKind("referral_kind") { Rescreen = "rescreen", Diagnosis = "diagnosis", Intake = "intake" }

    /// Where a referral stands.
    ReferralState("referral_state") {
        /// Proposed by the rule, waiting for the sender's confirmation.
        Proposed = "proposed",
        /// Sent, waiting for the receiver.
        Sent = "sent",
        Accepted = "accepted",
        Appointed = "appointed",
        NoShow = "no_show",
        Completed = "completed",
        Declined = "declined",
        Recalled = "recalled",
        /// Passed on to another receiver by a new referral.
        Forwarded = "forwarded",
        Lost = "lost",
        Cancelled = "cancelled",
    }

    /// What is to be done to an account that takes two administrators.
    AccountWish("account_wish") {
        PasswordReset = "password_reset",
        SecondFactorRemoval = "second_factor_removal",
        Reinstatement = "reinstatement",
        Unlocking = "unlocking",
    }

    /// Where a proposal about an account stands.
    ProposalState("proposal_state") {
        Waiting = "waiting",
        Done = "done",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }

    /// What somebody has to do by a day.
    What("task") {
        /// Confirm a referral that was proposed.
        ConfirmReferral = "confirm_referral",
        /// Answer a referral that was sent here.
        AnswerReferral = "answer_referral",
        /// Do the re-screen that was accepted.
        DoRescreen = "do_rescreen",
        /// Do the diagnosis that was accepted.
        DoDiagnosis = "do_diagnosis",
        /// Take a diagnosed child in at the centre.
        TakeIn = "take_in",
        /// Find another way for a child whose referral came back.
        FindAnotherWay = "find_another_way",
        /// Begin the referral that a finding calls for.
        Refer = "refer",
        /// Find an organisation that can take a child whom nobody covers: the federation's.
        FindReceiver = "find_receiver",
        /// Talk with the family of a diagnosed child about rehabilitation.
        RehabilitationContact = "rehabilitation_contact",
        /// Look again after a clear re-screen that followed an abnormal screen.
        Recheck = "recheck",
        /// Do a check of the eleven whose window is open.
        Screen = "screen",
        /// Read what came back.
        ReadResult = "read_result",
        /// Decide whether two files are one child.
        DecideDuplicate = "decide_duplicate",
        /// See that a place has somebody for what waits there: the federation's.
        StaffPlace = "staff_place",
        /// Decide a step of the review of an application.
        ReviewApplication = "review_application",
        /// Complete an application that was returned.
        CompleteApplication = "complete_application",
        /// Record that the family has read a decision: its time for objections begins.
        DeliverDecision = "deliver_decision",
        /// Say what came of a trial admission before it ends.
        ConcludeTrial = "conclude_trial",
        /// Have a certificate renewed before it runs out (缓学证明).
        RenewCertificate = "renew_certificate",
        /// Look at the vaccination card of a child that entered, or at what had to be caught up.
        CheckVaccination = "check_vaccination",
        /// Sign an agreement for the centre.
        SignAgreement = "sign_agreement",
        /// See that the guardians sign an agreement.
        CollectSignature = "collect_signature",
    }

    /// What a task is about: the table of the row.
    Focus("task_focus") {
        Referral = "referral",
        Screen = "screen",
        Rescreen = "rescreen",
        Diagnosis = "diagnosis",
        PlannedCheck = "planned_check",
        Notice = "notice",
        Duplicate = "duplicate",
        Organisation = "organisation",
        Application = "application",
        ApplicationStep = "application_step",
        ApplicationMaterial = "application_material",
        EnrolmentDecision = "enrolment_decision",
        Agreement = "agreement",
    }

    /// What an agreement is about.
    AgreementKind("agreement_kind") {
        /// What the centre does for the child, when, and for which fee (服务协议).
        Service = "service",
        /// Who answers for what on the way and in the house (安全协议).
        Safety = "safety",
        /// What the guardian allows (知情同意书).
        Consent = "consent",
        Other = "other",
    }

    /// Where a version of a text stands.
    TemplateState("template_state") {
        Draft = "draft",
        /// Agreements are made from it.
        InUse = "in_use",
        /// A later version took its place.
        Replaced = "replaced",
        /// Given up before anybody used it.
        Withdrawn = "withdrawn",
    }

    /// Where an agreement stands.
    AgreementState("agreement_state") {
        /// For signatures.
        Waiting = "waiting",
        /// Everybody signed: it holds.
        Signed = "signed",
        /// An amendment took its place.
        Replaced = "replaced",
        /// Given up before everybody had signed.
        Withdrawn = "withdrawn",
    }

    /// For whom somebody signs.
    Party("party") {
        /// The legal person that runs the centre, by its agent.
        Centre = "centre",
        Guardian = "guardian",
    }

    /// How a signature was given.
    SignatureMethod("signature_method") {
        /// Drawn with a finger or a pen on a screen.
        Strokes = "strokes",
        /// The name, typed.
        Typed = "typed",
        /// On a printed copy, which is kept on file.
        OnPaper = "on_paper",
    }

    /// How it was known who signs.
    IdentityCheck("identity_check") {
        /// Signed in with an account of their own.
        Account = "account",
        /// A code that was sent to the telephone on file.
        PhoneCode = "phone_code",
        /// A code that was sent to the e-mail address on file.
        MailCode = "mail_code",
        /// Staff looked at a document.
        Witness = "witness",
        Unchecked = "unchecked",
    }

    /// A document by which staff know who somebody is.
    SeenDocument("seen_document") {
        IdentityCard = "identity_card",
        HouseholdBook = "household_book",
        Passport = "passport",
        ResidencePermit = "residence_permit",
    }

    /// How far a signature can be relied on (电子签名法 art. 13, 14).
    SignatureLevel("signature_level") {
        Plain = "plain",
        /// Somebody made sure who signs, and what was signed cannot change unnoticed.
        Verified = "verified",
        /// By a certificate of a licensed authority. No such authority is connected; the word is there so that papers tell the
        /// three apart.
        Reliable = "reliable",
    }

    /// How a guardian without an account is let in.
    AccessWay("access_way") {
        /// By a code to the telephone on file.
        Phone = "phone",
        /// By a code to the e-mail address on file.
        Mail = "mail",
        /// By a code that staff read out after looking at a document.
        Counter = "counter",
    }

    /// Where a task stands.
    TaskState("task_state") {
        Open = "open",
        /// Somebody said that it is done, and what came of it.
        Done = "done",
        /// What it asked for happened.
        Settled = "settled",
        /// The family could not be found.
        Lost = "lost",
        /// It is not called for any more.
        Cancelled = "cancelled",
    }

    /// How a family was tried.
    ContactMethod("contact_method") { Phone = "phone", Visit = "visit", Message = "message", Other = "other" }

    /// What came of trying.
    ContactResult("contact_result") {
        Reached = "reached",
        NotReached = "not_reached",
        WrongNumber = "wrong_number",
        Refused = "refused",
    }

    /// Where a child stands in the chain.
    Stage("stage") {
        /// No check is open and nothing is pending.
        Watching = "watching",
        /// Screened abnormal; the referral waits for confirmation.
        RescreenProposed = "rescreen_proposed",
        AwaitingRescreen = "awaiting_rescreen",
        /// Re-screened clear; to be looked at again.
        Recheck = "recheck",
        DiagnosisProposed = "diagnosis_proposed",
        AwaitingDiagnosis = "awaiting_diagnosis",
        /// Diagnosed; the family is to be contacted and the centre to take over.
        Diagnosed = "diagnosed",
        /// The centre took over.
        InIntake = "in_intake",
        /// Assessed, and it is not autism.
        OtherFinding = "other_finding",
        /// Three documented attempts failed.
        Lost = "lost",
        Left = "left",
    }

    /// Progress of an outgoing message.
    Delivery("delivery") {
        Pending = "pending",
        /// Handed to the server at this moment; who dies here leaves it so, and nobody sends it a second time.
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        Cancelled = "cancelled",
    }

    /// How a message leaves.
    Channel("channel") { Mail = "mail", Webhook = "webhook" }

    /// A day that differs from its week (调休).
    DayKind("day_kind") { Off = "off", Work = "work" }

    /// What a background job does.
    JobKind("job_kind") { RosterImport = "roster_import", Resealing = "resealing" }

    /// Where a background job stands.
    JobState("job_state") {
        Queued = "queued",
        Running = "running",
        Done = "done",
        Failed = "failed",
        Cancelled = "cancelled",
    }

    /// A parked import row.
    ParkedState("parked_state") { Open = "open", Added = "added", Matched = "matched", Dropped = "dropped" }

    /// What may come of a step of a review.
    ReviewOutcome("review_outcome") {
        /// On to the next step.
        Approved = "approved",
        /// Admitted (录取).
        Admitted = "admitted",
        /// Admitted on trial (试读): what comes of it is said before it ends.
        Trial = "trial",
        /// On the waiting list (候补).
        Waiting = "waiting",
        /// To be cared for elsewhere (转介).
        ReferredOn = "referred_on",
        /// Whoever entered it completes it (退回补正).
        Returned = "returned",
        /// Not admitted (不予录取): a person's decision with a reason, never a rule's.
        Refused = "refused",
    }

    /// What a chain of review is for.
    ReviewKind("review_kind") { Enrolment = "enrolment" }

    /// Where a version of a chain of review stands.
    ChainState("chain_state") { Draft = "draft", InForce = "in_force", Withdrawn = "withdrawn" }

    /// How a child attends (就读方式).
    EnrolmentMode("enrolment_mode") { FullDay = "full_day", HalfDay = "half_day", Hourly = "hourly" }

    /// Where an application for enrolment stands.
    ApplicationState("application_state") {
        /// Entered, and not submitted yet.
        Draft = "draft",
        /// Submitted; its chain decides.
        InReview = "in_review",
        /// Returned for completion.
        Returned = "returned",
        Admitted = "admitted",
        Trial = "trial",
        Waiting = "waiting",
        ReferredOn = "referred_on",
        Refused = "refused",
        /// The family does not want it any more.
        Withdrawn = "withdrawn",
        /// Called off with everything else, because the child left.
        Cancelled = "cancelled",
    }

    /// Where a paper of an application stands.
    MaterialState("material_state") { Missing = "missing", Received = "received", NotNeeded = "not_needed" }

    /// Who issued a certificate (缓学证明: PL2).
    Issuer("issuer") {
        EducationBureau = "education_bureau",
        Township = "township",
        Hospital = "hospital",
        ExpertCommittee = "expert_committee",
        Federation = "federation",
        Other = "other",
    }

    /// The situation of a family.
    Economy("economy") {
        Ordinary = "ordinary",
        /// 低保.
        Subsistence = "subsistence",
        /// 低收入, 低保边缘.
        LowIncome = "low_income",
        /// 孤儿, 事实无人抚养, 福利机构.
        Orphan = "orphan",
        /// 特困.
        Destitute = "destitute",
    }

    /// An instrument filled in.
    AssessmentState("assessment_state") { Draft = "draft", Final = "final", Withdrawn = "withdrawn" }
}

/// What an outcome of a review does to what is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewEffect {
    /// It goes on.
    On,
    /// It goes back to whoever entered it.
    Return,
    /// It is over.
    End,
}

impl ReviewOutcome {
    /// What it does.
    pub const fn effect(self) -> ReviewEffect {
        match self {
            Self::Approved | Self::Admitted | Self::Trial | Self::Waiting | Self::ReferredOn => ReviewEffect::On,
            Self::Returned => ReviewEffect::Return,
            Self::Refused => ReviewEffect::End,
        }
    }

    /// It goes on.
    pub const fn goes_on(self) -> bool {
        matches!(self.effect(), ReviewEffect::On)
    }
}

impl OrganisationKind {
    /// A federation of the disabled, of a district or of a street: responsible for every child who lives there.
    pub const fn is_federation(self) -> bool {
        matches!(self, Self::Federation | Self::StreetFederation)
    }
}

impl ScreenOutcome {
    /// The child was there, and was looked at.
    pub const fn is_seen(self) -> bool {
        match self {
            Self::Normal | Self::Abnormal => true,
            Self::Refused | Self::Unreachable | Self::Elsewhere | Self::Moved | Self::Died => false,
        }
    }
}

impl DuplicateState {
    /// Somebody still has to decide about the pair.
    pub const fn waits(self) -> bool {
        match self {
            Self::Open | Self::Later => true,
            Self::KeptBoth | Self::Merged => false,
        }
    }
}

impl Sex {
    /// The code of GB/T 2261.1 as it stands in exchanged files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::Unspecified => "9",
        }
    }

    /// Reads the code of GB/T 2261.1.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sex| sex.code() == code)
    }

    /// Male or female.
    pub const fn is_stated(self) -> bool {
        matches!(self, Self::Male | Self::Female)
    }
}
