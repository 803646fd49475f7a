//! The indicators of the screening report: one definition each, for the numbers and for the children behind them.
//!
//! The three rates of 国卫办妇幼发〔2022〕12号 (初筛率, 复筛率, 诊断率) and the local ones. An indicator is a [`Milestone`] (a query
//! of children) and a [`Test`] on its rows; counting it and listing it take the same two, so they cannot differ.

use entities::words::Sex;

use super::{
    milestones::{Flag, Milestone},
    request::Mode,
};

/// Which rows of a milestone an indicator counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Every record: visits (人次), not persons.
    Each,
    /// Every record with a flag.
    EachWith(Flag),
    /// Every child once (人数).
    Child,
    /// Every child with a flag, once.
    With(Flag),
    /// Every child of a sex, once.
    Of(Sex),
    /// Every child of a sex with a flag, once.
    OfWith(Sex, Flag),
}

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Name in addresses, files and locale keys.
    pub key: &'static str,
    /// How it is counted for a period.
    period: (Milestone, Test),
    /// How it is counted for a cohort.
    cohort: (Milestone, Test),
}

impl Indicator {
    const fn both(key: &'static str, at: Milestone, test: Test) -> Self {
        Self {
            key,
            period: (at, test),
            cohort: (at, test),
        }
    }

    const fn split(key: &'static str, period: (Milestone, Test), cohort: (Milestone, Test)) -> Self {
        Self { key, period, cohort }
    }

    /// Where its children come from, and which of them count.
    pub const fn source(&self, mode: Mode) -> (Milestone, Test) {
        match mode {
            Mode::Both | Mode::Period => self.period,
            Mode::Cohort => self.cohort,
        }
    }

    /// The same of the cohort, whatever else is counted beside it.
    const fn of_cohort(key: &'static str, at: Milestone, test: Test) -> Self {
        Self::both(key, at, test)
    }
}

use Flag::{
    Abnormal, Autism, Diagnosed, DiagnosedAfterAbnormal, DiagnosisReferred, Filed, Gdd, Intellectual, Intervened,
    Known, Language, Late, Lost, OtherFinding, OverdueDiagnosis, OverdueRescreen, Referred, RescreenAbnormal,
    Rescreened, Screened,
};
use Test::{Child, Each, EachWith, Of, OfWith, With};

/// Every indicator, in the order of the columns.
pub const ALL: &[Indicator] = &[
    Indicator::both("residents", Milestone::Residents, Child),
    Indicator::both("due", Milestone::Due, Child),
    Indicator::both("due_before_opening", Milestone::DueBeforeOpening, Child),
    Indicator::both("visits", Milestone::Screens, Each),
    Indicator::both("late_entries", Milestone::Screens, EachWith(Late)),
    Indicator::both("screened", Milestone::Screens, Child),
    Indicator::both("screened_male", Milestone::Screens, Of(Sex::Male)),
    Indicator::both("screened_female", Milestone::Screens, Of(Sex::Female)),
    Indicator::both("screened_residents", Milestone::Residents, With(Screened)),
    Indicator::both("abnormal", Milestone::Screens, With(Abnormal)),
    Indicator::split(
        "positive",
        (Milestone::Screens, With(Abnormal)),
        (Milestone::Cohort, Child),
    ),
    Indicator::split(
        "referred",
        (Milestone::RescreenReferrals, Child),
        (Milestone::Cohort, With(Referred)),
    ),
    Indicator::split(
        "rescreened",
        (Milestone::Rescreens, Child),
        (Milestone::Cohort, With(Rescreened)),
    ),
    Indicator::split(
        "rescreen_abnormal",
        (Milestone::Rescreens, With(Abnormal)),
        (Milestone::Cohort, With(RescreenAbnormal)),
    ),
    Indicator::split(
        "diagnosis_referred",
        (Milestone::DiagnosisReferrals, Child),
        (Milestone::Cohort, With(DiagnosisReferred)),
    ),
    Indicator::split(
        "diagnosed",
        (Milestone::Diagnoses, Child),
        (Milestone::Cohort, With(Diagnosed)),
    ),
    Indicator::split(
        "diagnosed_after_abnormal",
        (Milestone::Diagnoses, Child),
        (Milestone::Cohort, With(DiagnosedAfterAbnormal)),
    ),
    Indicator::split(
        "autism",
        (Milestone::Diagnoses, With(Autism)),
        (Milestone::Cohort, With(Autism)),
    ),
    Indicator::split(
        "autism_male",
        (Milestone::Diagnoses, OfWith(Sex::Male, Autism)),
        (Milestone::Cohort, OfWith(Sex::Male, Autism)),
    ),
    Indicator::split(
        "autism_female",
        (Milestone::Diagnoses, OfWith(Sex::Female, Autism)),
        (Milestone::Cohort, OfWith(Sex::Female, Autism)),
    ),
    Indicator::split("gdd", (Milestone::Diagnoses, With(Gdd)), (Milestone::Cohort, With(Gdd))),
    Indicator::split(
        "language",
        (Milestone::Diagnoses, With(Language)),
        (Milestone::Cohort, With(Language)),
    ),
    Indicator::split(
        "intellectual",
        (Milestone::Diagnoses, With(Intellectual)),
        (Milestone::Cohort, With(Intellectual)),
    ),
    Indicator::split(
        "other_finding",
        (Milestone::Diagnoses, With(OtherFinding)),
        (Milestone::Cohort, With(OtherFinding)),
    ),
    Indicator::split(
        "filed",
        (Milestone::Diagnoses, With(Filed)),
        (Milestone::Cohort, With(Filed)),
    ),
    Indicator::split(
        "intervened",
        (Milestone::Diagnoses, With(Intervened)),
        (Milestone::Cohort, With(Intervened)),
    ),
    Indicator::both("refused", Milestone::Refusals, Child),
    Indicator::split("lost", (Milestone::Losses, Child), (Milestone::Cohort, With(Lost))),
    Indicator::split(
        "overdue_rescreen",
        (Milestone::OverdueRescreens, Child),
        (Milestone::Cohort, With(OverdueRescreen)),
    ),
    Indicator::split(
        "overdue_diagnosis",
        (Milestone::OverdueDiagnoses, Child),
        (Milestone::Cohort, With(OverdueDiagnosis)),
    ),
];

/// What rates are made of where they stand beside numbers of the period: by the name of the number.
const OF_COHORT: &[(&str, Indicator)] = &[
    (
        "positive",
        Indicator::of_cohort("cohort_positive", Milestone::Cohort, Child),
    ),
    (
        "rescreened",
        Indicator::of_cohort("cohort_rescreened", Milestone::Cohort, With(Rescreened)),
    ),
    (
        "rescreen_abnormal",
        Indicator::of_cohort("cohort_rescreen_abnormal", Milestone::Cohort, With(RescreenAbnormal)),
    ),
    (
        "diagnosed",
        Indicator::of_cohort("cohort_diagnosed", Milestone::Cohort, With(Diagnosed)),
    ),
    (
        "diagnosed_after_abnormal",
        Indicator::of_cohort(
            "cohort_diagnosed_after_abnormal",
            Milestone::Cohort,
            With(DiagnosedAfterAbnormal),
        ),
    ),
    (
        "autism",
        Indicator::of_cohort("cohort_autism", Milestone::Cohort, With(Autism)),
    ),
    (
        "intervened",
        Indicator::of_cohort("cohort_intervened", Milestone::Cohort, With(Intervened)),
    ),
];

/// The number of the cohort that belongs to one; the same where there is no difference.
pub(super) fn of_cohort(key: &'static str) -> &'static str {
    OF_COHORT
        .iter()
        .find(|(plain, _)| *plain == key)
        .map_or(key, |(_, indicator)| indicator.key)
}

/// Every indicator, with those of the cohort.
pub fn all() -> impl Iterator<Item = &'static Indicator> {
    ALL.iter().chain(OF_COHORT.iter().map(|(_, indicator)| indicator))
}

/// Resident children with autism known on the reference day: the numerator of the prevalence estimate. Not a column.
pub const KNOWN: Indicator = Indicator::both("known", Milestone::Residents, With(Known));

/// An indicator by its name.
pub fn find(key: &str) -> Option<&'static Indicator> {
    all().chain([&KNOWN]).find(|indicator| indicator.key == key)
}
