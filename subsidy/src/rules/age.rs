//! Bands of age, and what they ask of a child.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    calendar::{Count, Leap, Month, Turn, YearStart},
    facts::{Code, Codes, Fact},
};

/// On which day the age counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// The first day of the month.
    #[default]
    MonthStart,
    /// The last day of the month.
    MonthEnd,
    /// The last day of the month before: "from the month after the birthday".
    MonthEve,
    /// The first day of the settlement year.
    YearStart,
    /// The day of the application.
    Application,
}

/// How age is counted, and its bands.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AgeRule {
    /// The day that counts.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// When a year is complete.
    pub turn: Turn,
    /// Where 29 February lies in other years.
    pub leap: Leap,
    /// The bands; the first that fits is used.
    pub bands: Vec<Band>,
}

/// An age that nobody reaches.
pub(super) const OLDEST: u32 = 200;

/// Children from an age to below an age, and what is asked of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenBand")]
pub struct Band {
    /// What rates and reports call it.
    pub id: Code,
    /// The youngest.
    pub from: u32,
    /// The first age that is too old; nobody is where nothing is said.
    pub below: u32,
    /// A paper without which this age is not enough (C2, PL2: 缓学证明).
    pub certificate: Vec<CertificateRule>,
    /// Ways to belong to the place; one is enough.
    pub residence: Vec<Way>,
    /// Proofs of the disability; one is enough.
    pub proof: Codes,
    /// Situations of the family; one is enough.
    pub economy: Codes,
    /// The code of the budget that pays (MA, *two pots by age*).
    pub fund: Option<Code>,
}

/// One way to belong to the place: all of it has to hold. `true` is asked of a fact, or at least so many months.
pub type Way = BTreeMap<String, Fact>;

/// A paper that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenCertificate")]
pub struct CertificateRule {
    /// Which.
    pub kind: Code,
    /// Who may have issued it; anybody where nothing is said.
    pub issuers: Codes,
    /// How long one may run at most.
    pub longest_months: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenCertificate {
    Kind(Code),
    Whole {
        kind: Code,
        #[serde(default)]
        issuers: Codes,
        #[serde(default)]
        longest_months: Option<u32>,
    },
}

impl From<WrittenCertificate> for CertificateRule {
    fn from(written: WrittenCertificate) -> Self {
        match written {
            WrittenCertificate::Kind(kind) => Self {
                kind,
                ..Self::default()
            },
            WrittenCertificate::Whole {
                kind,
                issuers,
                longest_months,
            } => Self {
                kind,
                issuers,
                longest_months,
            },
        }
    }
}

/// One certificate, or several any of which will do.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<CertificateRule>),
    One(CertificateRule),
}

/// A band as it stands in a file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WrittenBand {
    id: Code,
    from: u32,
    below: Option<u32>,
    certificate: Option<OneOrMore>,
    residence: Vec<Way>,
    proof: Codes,
    economy: Codes,
    fund: Option<Code>,
}

impl Band {
    /// Whether an age is inside.
    pub fn holds(&self, age: u32) -> bool {
        self.from <= age && age < self.below
    }
}

impl From<WrittenBand> for Band {
    fn from(written: WrittenBand) -> Self {
        Self {
            id: written.id,
            from: written.from,
            below: written.below.unwrap_or(OLDEST),
            certificate: match written.certificate {
                None => Vec::new(),
                Some(OneOrMore::One(one)) => vec![one],
                Some(OneOrMore::More(more)) => more,
            },
            residence: written.residence,
            proof: written.proof,
            economy: written.economy,
            fund: written.fund,
        }
    }
}

impl AgeRule {
    /// How years are counted.
    pub fn count(&self) -> Count {
        Count {
            turn: self.turn,
            leap: self.leap,
        }
    }

    /// The day on which the age counts for a month; nothing where it is that of an application that nobody dated.
    pub fn day(&self, month: Month, year: YearStart, applied: Option<NaiveDate>) -> Option<NaiveDate> {
        match self.reference {
            Reference::MonthStart => Some(month.first()),
            Reference::MonthEnd => Some(month.last()),
            Reference::MonthEve => Some(month.eve()),
            Reference::YearStart => Some(year.of(month)),
            Reference::Application => applied,
        }
    }

    /// The band of an age: the first that fits.
    pub fn band(&self, age: u32) -> Option<&Band> {
        self.bands.iter().find(|band| band.holds(age))
    }

    /// The band of that name.
    pub fn named(&self, id: &Code) -> Option<&Band> {
        self.bands.iter().find(|band| band.id == *id)
    }
}
