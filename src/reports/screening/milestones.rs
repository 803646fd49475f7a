//! The steps of the chain that the indicators count, and what can hold for a row of each.

use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};

use super::{indicators::Test, request::Span};

/// A step of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// Children not yet seven who live here on the reference day.
    Residents,
    /// Children with a check of the eleven due in the span.
    Due,
    /// Children with a check due in the span whose window ended undone before the district's opening day.
    DueBeforeOpening,
    /// Initial screens done in the span.
    Screens,
    /// Initial screens refused in the span.
    Refusals,
    /// Referrals to the re-screen sent in the span.
    RescreenReferrals,
    /// Re-screens in the span.
    Rescreens,
    /// Referrals to the diagnosis sent in the span.
    DiagnosisReferrals,
    /// Diagnostic assessments in the span; the latest of a child counts.
    Diagnoses,
    /// Children who were given up after three attempts in the span.
    Losses,
    /// Children whose re-screen was overdue at the end.
    OverdueRescreens,
    /// Children whose diagnosis was overdue at the end.
    OverdueDiagnoses,
    /// Children whose first abnormal screen lies in the span, followed until now.
    Cohort,
}

/// Something that is true of a child in a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Resident: screened in the span.
    Screened,
    /// Resident: screened in the year so far.
    ScreenedThisYear,
    /// Resident: known to be autistic on the reference day.
    Known,
    /// Screened in time, recorded late.
    Late,
    /// Abnormal at any screen (or re-screen) of the span.
    Abnormal,
    /// Cohort: referred to the re-screen.
    Referred,
    /// Cohort: re-screened.
    Rescreened,
    /// Cohort: abnormal at a re-screen.
    RescreenAbnormal,
    /// Cohort: referred to the diagnosis.
    DiagnosisReferred,
    /// Cohort: assessed.
    Diagnosed,
    /// Cohort: abnormal at a re-screen and assessed.
    DiagnosedAfterAbnormal,
    /// Diagnosed as autistic (ICD-10 F84).
    Autism,
    /// Global developmental delay or an unspecified disorder of development (F88, F89), no autism.
    Gdd,
    /// A disorder of language (F80), no autism.
    Language,
    /// An intellectual disability (F70 to F79), no autism.
    Intellectual,
    /// Another code, no autism.
    OtherFinding,
    /// Autistic, and referred to the centre.
    Filed,
    /// Autistic, and the centre took over.
    Intervened,
    /// Cohort: given up after three attempts.
    Lost,
    /// Cohort: the re-screen is overdue.
    OverdueRescreen,
    /// Cohort: the diagnosis is overdue.
    OverdueDiagnosis,
}

impl Flag {
    /// The column of the milestone's query.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Screened => "screened",
            Self::ScreenedThisYear => "screened_this_year",
            Self::Known => "known",
            Self::Late => "late",
            Self::Abnormal => "abnormal",
            Self::Referred => "referred",
            Self::Rescreened => "rescreened",
            Self::RescreenAbnormal => "rescreen_abnormal",
            Self::DiagnosisReferred => "diagnosis_referred",
            Self::Diagnosed => "diagnosed",
            Self::DiagnosedAfterAbnormal => "diagnosed_after_abnormal",
            Self::Autism => "autism",
            Self::Gdd => "gdd",
            Self::Language => "language",
            Self::Intellectual => "intellectual",
            Self::OtherFinding => "other_finding",
            Self::Filed => "filed",
            Self::Intervened => "intervened",
            Self::Lost => "lost",
            Self::OverdueRescreen => "overdue_rescreen",
            Self::OverdueDiagnosis => "overdue_diagnosis",
        }
    }
}

/// The milestone's rows are read under this name.
pub const ROWS: &str = "e";

/// The condition of a test on the rows of a milestone.
pub fn passes(test: Test) -> Condition {
    let own = |name: &'static str| Expr::col((ROWS, name));
    let once = Condition::all().add(own("n").eq(1));
    match test {
        Test::Each => Condition::all().add(own("n").gte(1)),
        Test::EachWith(flag) => Condition::all().add(own(flag.column()).eq(1)),
        Test::Child => once,
        Test::With(flag) => once.add(own(flag.column()).eq(1)),
        Test::Of(sex) => once.add(own("sex").eq(sex.as_str())),
        Test::OfWith(sex, flag) => once.add(own("sex").eq(sex.as_str())).add(own(flag.column()).eq(1)),
    }
}

impl Test {
    /// The same test in a query that knows two spans: who was screened in the year so far has a flag of its own.
    pub fn within(self, span: Span) -> Self {
        if self == Self::With(Flag::Screened) && span == Span::YearToDate {
            Self::With(Flag::ScreenedThisYear)
        } else {
            self
        }
    }

    /// The flag it looks at.
    pub fn flag(self) -> Option<Flag> {
        match self {
            Self::EachWith(flag) | Self::With(flag) | Self::OfWith(_, flag) => Some(flag),
            Self::Each | Self::Child | Self::Of(_) => None,
        }
    }
}
