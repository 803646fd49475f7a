//! Whether a child may be enrolled by the dated rule: window, age, certificate, residence, proof, and no place elsewhere. The tests
//! of the person are those of the crate `subsidy`, which settlement asks as well; what they came to is told in words that name
//! the rule, its date and the figures. Nothing is refused by a verdict: a person decides, and may answer for one that fails.

pub mod judged;
pub mod rule;

pub use self::{
    judged::{Judged, Line, Told},
    rule::{Applicant, Certificate, Elsewhere, judge, reference_day},
};

/// What is asked, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Applications are taken on that day.
    Window,
    /// The age on the day that counts.
    Age,
    /// A certificate that this age needs.
    Certificate,
    /// Household or permit.
    Residence,
    /// A proof of the disability.
    Proof,
    /// No place elsewhere on the day on which the child is to begin.
    Transfer,
}

impl Test {
    /// Every test, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::Window,
        Self::Age,
        Self::Certificate,
        Self::Residence,
        Self::Proof,
        Self::Transfer,
    ];

    /// As it is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Age => "age",
            Self::Certificate => "certificate",
            Self::Residence => "residence",
            Self::Proof => "proof",
            Self::Transfer => "transfer",
        }
    }

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Window => "eligibility.window",
            Self::Age => "eligibility.age",
            Self::Certificate => "eligibility.certificate",
            Self::Residence => "eligibility.residence",
            Self::Proof => "eligibility.proof",
            Self::Transfer => "eligibility.transfer",
        }
    }

    /// By its name in rows and forms.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.as_str() == text)
    }
}
