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
fn of_cohort(key: &'static str) -> &'static str {
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

/// A share of one indicator in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Name in files and locale keys.
    pub key: &'static str,
    /// What is counted, for a period and for a cohort.
    numerator: [&'static str; 2],
    /// Of what.
    denominator: &'static str,
    /// Per hundred or per thousand.
    pub per: u16,
    /// One of the three rates of the national norm.
    pub national: bool,
}

impl Share {
    const fn national(key: &'static str, numerator: [&'static str; 2], denominator: &'static str) -> Self {
        Self {
            key,
            numerator,
            denominator,
            per: 100,
            national: true,
        }
    }

    const fn local(key: &'static str, numerator: &'static str, denominator: &'static str) -> Self {
        Self {
            key,
            numerator: [numerator, numerator],
            denominator,
            per: 100,
            national: false,
        }
    }

    /// The indicator on top.
    pub fn numerator(&self, mode: Mode) -> &'static str {
        let [period, cohort] = self.numerator;
        match mode {
            Mode::Both => of_cohort(cohort),
            Mode::Period => period,
            Mode::Cohort => cohort,
        }
    }

    /// The indicator below.
    pub fn denominator(&self, mode: Mode) -> &'static str {
        match mode {
            Mode::Both => of_cohort(self.denominator),
            Mode::Period | Mode::Cohort => self.denominator,
        }
    }
}

/// A column of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A number of children or visits.
    Count(&'static str),
    /// A share.
    Share(Share),
}

impl Column {
    /// Its name.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Count(key) => key,
            Self::Share(rate) => rate.key,
        }
    }
}

/// Columns under a common head.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Locale key of the head, below `reports.group`.
    pub key: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

use Column::Count;

/// The columns of 筛查月报 and 年报.
pub const GROUPS: &[Group] = &[
    Group {
        key: "population",
        columns: &[Count("residents"), Count("due"), Count("due_before_opening")],
    },
    Group {
        key: "screening",
        columns: &[
            Count("visits"),
            Count("late_entries"),
            Count("screened"),
            Count("screened_male"),
            Count("screened_female"),
            Column::Share(Share::national(
                "screening_rate",
                ["screened", "screened_residents"],
                "residents",
            )),
            Count("positive"),
            Column::Share(Share::local("positive_rate", "abnormal", "screened")),
        ],
    },
    Group {
        key: "rescreen",
        columns: &[
            Count("referred"),
            Count("rescreened"),
            Column::Share(Share::national(
                "rescreen_rate",
                ["rescreened", "rescreened"],
                "positive",
            )),
            Count("rescreen_abnormal"),
            Column::Share(Share::local(
                "rescreen_positive_rate",
                "rescreen_abnormal",
                "rescreened",
            )),
        ],
    },
    Group {
        key: "diagnosis",
        columns: &[
            Count("diagnosis_referred"),
            Count("diagnosed"),
            Column::Share(Share::national(
                "diagnosis_rate",
                ["diagnosed", "diagnosed_after_abnormal"],
                "rescreen_abnormal",
            )),
            Count("autism"),
            Count("autism_male"),
            Count("autism_female"),
            Column::Share(Share::local("confirmation_rate", "autism", "diagnosed")),
        ],
    },
    Group {
        key: "other",
        columns: &[
            Count("gdd"),
            Count("language"),
            Count("intellectual"),
            Count("other_finding"),
        ],
    },
    Group {
        key: "intervention",
        columns: &[
            Count("filed"),
            Count("intervened"),
            Column::Share(Share::local("intervention_rate", "intervened", "autism")),
        ],
    },
    Group {
        key: "open",
        columns: &[
            Count("refused"),
            Count("lost"),
            Count("overdue_rescreen"),
            Count("overdue_diagnosis"),
        ],
    },
    Group {
        key: "detection",
        columns: &[Column::Share(Share {
            key: "detection_rate",
            numerator: ["autism", "autism"],
            denominator: "screened",
            per: 1000,
            national: false,
        })],
    },
];

/// Every column, from the left.
pub fn columns() -> impl Iterator<Item = &'static Column> {
    GROUPS.iter().flat_map(|group| group.columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::words::raw;
    use entities::words::Language;

    #[test]
    fn rates_are_made_of_indicators() {
        for column in columns() {
            match column {
                Count(key) => assert!(find(key).is_some(), "{key}"),
                Column::Share(rate) => {
                    for mode in Mode::ALL {
                        assert!(find(rate.numerator(*mode)).is_some(), "{}", rate.key);
                    }
                    for mode in Mode::ALL {
                        assert!(find(rate.denominator(*mode)).is_some(), "{}", rate.key);
                    }
                }
            }
        }
        let national = columns()
            .filter(|c| matches!(c, Column::Share(rate) if rate.national))
            .count();
        assert_eq!(national, 3, "国卫办妇幼发〔2022〕12号 has three");
    }

    #[test]
    fn everything_has_its_words() {
        let keys = all().map(|i| i.key).chain(columns().map(Column::key));
        for key in keys.chain([KNOWN.key]) {
            for language in Language::ALL {
                for kind in ["column", "means"] {
                    let key = format!("reports.{kind}.{key}");
                    assert_ne!(raw(*language, &key), key, "{language:?}");
                }
            }
        }
    }
}
