//! The one table of permissions: which role may do what.

use entities::words::Role;

/// What a route lets somebody do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Can {
    /// No sign-in needed.
    Anyone,
    /// Signed in; nothing more. The only permission while a password or second factor is outstanding.
    OwnAccount,
    /// Home page, inbox, drafts.
    Work,
    /// Find children and open their files.
    ViewChildren,
    /// Register children and correct their files; moves, guardians, consents.
    EditChildren,
    /// See an identity number or phone in full.
    Unmask,
    /// Read a roster in.
    Import,
    /// Decide about duplicates.
    Merge,
    /// Take lists out.
    Export,
    /// Do the initial screen.
    Screen,
    /// Do the re-screen.
    Rescreen,
    /// Record a diagnosis.
    Diagnose,
    /// Fill in instruments.
    Assess,
    /// Read the finished instruments of a child.
    ViewAssessments,
    /// Open the files of a child's file.
    ViewAttachments,
    /// Add files to a child's file, and take them back.
    Attach,
    /// Read what an instrument asks and how it is scored.
    ViewInstruments,
    /// Answer and send referrals, record contact attempts.
    Refer,
    /// Take diagnosed children over at the centre.
    Intake,
    /// Enter applications for enrolment, and what becomes of decisions.
    Enrol,
    /// Read applications for enrolment and decisions.
    ViewEnrolment,
    /// Decide a step of the review of an application.
    Review,
    /// Write the texts that agreements are made from.
    DrawTemplates,
    /// Sign agreements for the legal person that runs a centre.
    SignAgreements,
    /// Let in by a code, without an account: a guardian, to the papers that wait for them. No role holds it.
    Guardian,
    /// Take a child out of the pipeline, and undo it.
    Depart,
    /// See reports as numbers.
    ViewReports,
    /// Open the children behind a number.
    OpenNumbers,
    /// Freeze reports.
    Freeze,
    /// Organisations, divisions, dated rules, calendars, instruments.
    Configure,
    /// Accounts, roles, sessions.
    ManageAccounts,
    /// The audit trail.
    Audit,
    /// Deliveries, sweeps, jobs.
    Operate,
}

impl Can {
    /// Every permission, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Anyone,
        Self::OwnAccount,
        Self::Work,
        Self::ViewChildren,
        Self::EditChildren,
        Self::Unmask,
        Self::Import,
        Self::Merge,
        Self::Export,
        Self::Screen,
        Self::Rescreen,
        Self::Diagnose,
        Self::Assess,
        Self::ViewAssessments,
        Self::ViewAttachments,
        Self::Attach,
        Self::ViewInstruments,
        Self::Refer,
        Self::Intake,
        Self::Enrol,
        Self::ViewEnrolment,
        Self::Review,
        Self::DrawTemplates,
        Self::SignAgreements,
        Self::Guardian,
        Self::Depart,
        Self::ViewReports,
        Self::OpenNumbers,
        Self::Freeze,
        Self::Configure,
        Self::ManageAccounts,
        Self::Audit,
        Self::Operate,
    ];

    /// The roles that hold it.
    pub fn roles(self) -> &'static [Role] {
        use Role::{
            Assessor, AuditAdmin, Diagnostician, EducationOfficer, FederationOfficer, IntakeWorker, Observer,
            Rescreener, Screener, SecurityAdmin, StreetOfficer, Supervisor, SystemAdmin,
        };
        match self {
            Self::Anyone | Self::OwnAccount | Self::Work => Role::ALL,
            Self::ViewChildren => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                StreetOfficer,
                FederationOfficer,
                Assessor,
            ],
            Self::EditChildren => &[Screener, Supervisor, IntakeWorker, StreetOfficer, FederationOfficer],
            Self::Unmask => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                StreetOfficer,
                FederationOfficer,
            ],
            Self::Import => &[Screener, Supervisor, FederationOfficer],
            Self::Merge => &[Supervisor, FederationOfficer],
            Self::Export => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                FederationOfficer,
            ],
            Self::Screen => &[Screener],
            Self::Rescreen => &[Rescreener],
            Self::Diagnose => &[Diagnostician],
            Self::Assess => &[Screener, Rescreener, Diagnostician],
            Self::ViewAssessments => &[Screener, Rescreener, Diagnostician, Supervisor, IntakeWorker, Assessor],
            Self::ViewAttachments => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                StreetOfficer,
                FederationOfficer,
            ],
            Self::Attach => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                FederationOfficer,
            ],
            Self::ViewInstruments => &[
                Screener,
                Rescreener,
                Diagnostician,
                Supervisor,
                IntakeWorker,
                Assessor,
                SystemAdmin,
            ],
            Self::Refer => &[Screener, Rescreener, Diagnostician, IntakeWorker, Supervisor],
            Self::Intake | Self::Enrol => &[IntakeWorker],
            Self::ViewEnrolment => &[
                Supervisor,
                IntakeWorker,
                StreetOfficer,
                FederationOfficer,
                Assessor,
                EducationOfficer,
            ],
            Self::Review => &[
                Supervisor,
                IntakeWorker,
                StreetOfficer,
                FederationOfficer,
                Assessor,
                EducationOfficer,
            ],
            Self::DrawTemplates => &[Supervisor, IntakeWorker, FederationOfficer],
            Self::SignAgreements => &[Supervisor],
            Self::Guardian => &[],
            Self::Depart => &[Screener, Rescreener, Supervisor, FederationOfficer],
            Self::ViewReports => &[
                Screener,
                Rescreener,
                Supervisor,
                StreetOfficer,
                FederationOfficer,
                Observer,
            ],
            Self::OpenNumbers => &[Screener, Rescreener, Supervisor, StreetOfficer, FederationOfficer],
            Self::Freeze => &[FederationOfficer],
            Self::Configure | Self::Operate => &[SystemAdmin],
            Self::ManageAccounts => &[SecurityAdmin],
            Self::Audit => &[AuditAdmin],
        }
    }

    /// What it allows, in words: a locale key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anyone => "permission.anyone",
            Self::OwnAccount => "permission.own_account",
            Self::Work => "permission.work",
            Self::ViewChildren => "permission.view_children",
            Self::EditChildren => "permission.edit_children",
            Self::Unmask => "permission.unmask",
            Self::Import => "permission.import",
            Self::Merge => "permission.merge",
            Self::Export => "permission.export",
            Self::Screen => "permission.screen",
            Self::Rescreen => "permission.rescreen",
            Self::Diagnose => "permission.diagnose",
            Self::Assess => "permission.assess",
            Self::ViewAssessments => "permission.view_assessments",
            Self::ViewAttachments => "permission.view_attachments",
            Self::Attach => "permission.attach",
            Self::ViewInstruments => "permission.view_instruments",
            Self::Refer => "permission.refer",
            Self::Intake => "permission.intake",
            Self::Enrol => "permission.enrol",
            Self::ViewEnrolment => "permission.view_enrolment",
            Self::Review => "permission.review",
            Self::DrawTemplates => "permission.draw_templates",
            Self::SignAgreements => "permission.sign_agreements",
            Self::Guardian => "permission.guardian",
            Self::Depart => "permission.depart",
            Self::ViewReports => "permission.view_reports",
            Self::OpenNumbers => "permission.open_numbers",
            Self::Freeze => "permission.freeze",
            Self::Configure => "permission.configure",
            Self::ManageAccounts => "permission.manage_accounts",
            Self::Audit => "permission.audit",
            Self::Operate => "permission.operate",
        }
    }

    /// The permission that an event names, as its name stood in the code.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|can| format!("{can:?}") == name)
    }

    /// Somebody with these roles may.
    pub fn allows(self, roles: &[Role]) -> bool {
        self.roles().iter().any(|r| roles.contains(r))
    }
}
