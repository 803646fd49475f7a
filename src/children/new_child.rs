//! What is needed to open a file: a child and those who answer for it, checked by a form, an import row or a generator.

use chrono::NaiveDate;
use entities::{
    GuardianId,
    age::GestationalWeeks,
    division_code::DivisionCode,
    phone::Phone,
    words::{Kinship, Language, Sex},
};

use crate::person::{DisabilityCard, Ethnicity, Identity};

/// A child to be registered, or what its file is to say from now on.
#[derive(Clone, Debug)]
pub struct NewChild {
    /// Name, tidied by [`crate::person::hanzi::tidy_name`].
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Completed weeks of pregnancy; none when not known, which plans as for a term child.
    pub gestational_weeks: Option<GestationalWeeks>,
    /// Document and number.
    pub identity: Identity,
    /// Ethnicity by GB/T 3304.
    pub ethnicity: Ethnicity,
    /// Household registration (户籍), any level.
    pub household_division: Option<DivisionCode>,
    /// Where the child lives: street (9 digits) or village (12).
    pub division: DivisionCode,
    /// First day of living there; none: since birth. Earlier checks are not asked for.
    pub resident_since: Option<NaiveDate>,
    /// Address below the village.
    pub address: Option<String>,
    /// Kindergarten.
    pub kindergarten: Option<String>,
    /// Disability card (残疾人证).
    pub disability_card: Option<DisabilityCard>,
    /// Who answers for the child; the first is asked first.
    pub guardians: Vec<NewGuardian>,
}

/// A guardian of a child.
#[derive(Clone, Debug)]
pub struct NewGuardian {
    /// A guardian who is already on file, of a sibling: shared, not written again. Name, phone, e-mail and language
    /// below are then not used.
    pub existing: Option<GuardianId>,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: Option<Phone>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language of messages.
    pub language: Language,
    /// Relation to the child.
    pub kinship: Kinship,
    /// Has custody.
    pub has_custody: bool,
    /// May be told and asked about the child.
    pub may_be_contacted: bool,
}

impl NewChild {
    /// The district lived in, six digits.
    pub fn district(&self) -> &str {
        self.division.as_str().get(..6).unwrap_or_default()
    }

    /// The street lived in, nine digits.
    pub fn street(&self) -> &str {
        self.division.as_str().get(..9).unwrap_or_default()
    }

    /// First day of the first residence.
    pub fn lives_here_from(&self) -> NaiveDate {
        self.resident_since
            .map_or(self.birth_on, |since| since.max(self.birth_on))
    }
}
