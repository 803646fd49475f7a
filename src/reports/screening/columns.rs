//! The columns of the screening report, group by group: numbers of indicators, and shares of one in another.

use super::{indicators::of_cohort, request::Mode};

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
    use super::{
        super::indicators::{KNOWN, all, find},
        *,
    };
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
