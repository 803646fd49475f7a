//! The document that identifies a child, checked.

use chrono::NaiveDate;
use entities::{
    citizen_id::{BirthCertificateNo, CitizenId, CitizenIdKind},
    half_width::compact,
    mask,
    words::{IdentityKind, Sex},
};

use crate::platform::Say;

/// Kind and number of a document. The number is checked by the rules of its kind and kept in upper case.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    kind: IdentityKind,
    number: Option<String>,
    citizen: Option<CitizenId>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Identity({}, {})",
            self.kind.as_str(),
            self.mask().unwrap_or_default()
        )
    }
}

impl Identity {
    /// A newborn before household registration.
    pub const NONE_YET: Self = Self {
        kind: IdentityKind::NoneYet,
        number: None,
        citizen: None,
    };

    /// Reads a number as people type it.
    ///
    /// # Errors
    /// What is wrong with the number, in words; for no document: that there is a number nevertheless.
    pub fn parse(kind: IdentityKind, text: &str) -> Result<Self, Say> {
        let typed = text.trim();
        if kind == IdentityKind::NoneYet {
            return if typed.is_empty() {
                Ok(Self::NONE_YET)
            } else {
                Err("identity.none_with_number".into())
            };
        }
        if typed.is_empty() {
            return Err("form.required".into());
        }
        match kind {
            IdentityKind::CitizenId => Self::of_citizen(kind, typed, |found| {
                matches!(found, CitizenIdKind::Citizen | CitizenIdKind::ForeignPermanentResident)
            }),
            IdentityKind::ResidencePermit => Self::of_citizen(kind, typed, |found| {
                matches!(
                    found,
                    CitizenIdKind::HongKongPermit | CitizenIdKind::MacauPermit | CitizenIdKind::TaiwanPermit
                )
            }),
            IdentityKind::BirthCertificate => {
                let number = BirthCertificateNo::parse(typed).map_err(|error| Say::new(error.key()))?;
                Ok(Self::plain(kind, number.as_str().to_owned()))
            }
            IdentityKind::Passport => {
                let number = compact(typed);
                let fits = (5..=15).contains(&number.len()) && number.bytes().all(|c| c.is_ascii_alphanumeric());
                if fits {
                    Ok(Self::plain(kind, number))
                } else {
                    Err("identity.passport".into())
                }
            }
            IdentityKind::NoneYet => Ok(Self::NONE_YET),
        }
    }

    fn of_citizen(kind: IdentityKind, typed: &str, fits: impl Fn(CitizenIdKind) -> bool) -> Result<Self, Say> {
        let citizen = CitizenId::parse(typed).map_err(|error| Say::new(error.key()))?;
        if !fits(citizen.kind()) {
            return Err("identity.other_document".into());
        }
        Ok(Self {
            kind,
            number: Some(citizen.as_str().to_owned()),
            citizen: Some(citizen),
        })
    }

    fn plain(kind: IdentityKind, number: String) -> Self {
        Self {
            kind,
            number: Some(number),
            citizen: None,
        }
    }

    /// Which document.
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The number in full, upper case.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// The number when it is one of GB 11643, with a birth date and a sex inside.
    pub fn citizen(&self) -> Option<&CitizenId> {
        self.citizen.as_ref()
    }

    /// What lists may show.
    pub fn mask(&self) -> Option<String> {
        let number = self.number.as_deref()?;
        Some(if self.citizen.is_some() {
            mask::citizen_id(number)
        } else {
            mask::document(number)
        })
    }

    /// In what the number contradicts the sex and birth date entered beside it; field and sentence.
    pub fn contradictions(&self, sex: Sex, birth_on: NaiveDate) -> Vec<Say> {
        let found = self
            .citizen
            .as_ref()
            .map(|citizen| citizen.mismatches(sex, Some(birth_on)));
        found
            .unwrap_or_default()
            .into_iter()
            .map(|mismatch| Say::new(mismatch.key()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: IdentityKind, text: &str) -> Result<String, String> {
        Identity::parse(kind, text)
            .map(|identity| identity.number().unwrap_or_default().to_owned())
            .map_err(|say| say.key().to_owned())
    }

    #[test]
    fn every_kind_has_its_own_check() {
        use IdentityKind::{BirthCertificate, CitizenId, NoneYet, Passport, ResidencePermit};
        let ok = |text: &str| Ok(text.to_owned());
        let no = |text: &str| Err(text.to_owned());
        assert_eq!(key(CitizenId, "33021120180312008x"), ok("33021120180312008X"));
        assert_eq!(key(CitizenId, "330211202002290017"), no("citizen_id.check_digit"));
        assert_eq!(key(CitizenId, " "), no("form.required"));
        assert_eq!(
            key(ResidencePermit, "330211202002290016"),
            no("identity.other_document")
        );
        assert_eq!(key(BirthCertificate, "t330123456"), ok("T330123456"));
        assert_eq!(key(BirthCertificate, "330123456"), no("birth_certificate.shape"));
        assert_eq!(key(Passport, "e1234 5678"), ok("E12345678"));
        assert_eq!(key(Passport, "E<script>"), no("identity.passport"));
        assert_eq!(key(NoneYet, ""), ok(""));
        assert_eq!(key(NoneYet, "1"), no("identity.none_with_number"));
    }

    #[test]
    fn sex_and_birth_date_are_compared() {
        let identity = Identity::parse(IdentityKind::CitizenId, "330211202002290016").unwrap();
        let day = |text: &str| text.parse().unwrap();
        assert!(identity.contradictions(Sex::Male, day("2020-02-29")).is_empty());
        assert_eq!(identity.contradictions(Sex::Female, day("2020-02-28")).len(), 2);
        assert!(identity.contradictions(Sex::Unknown, day("2020-02-29")).is_empty());
    }

    #[test]
    fn a_number_does_not_get_into_a_log() {
        let identity = Identity::parse(IdentityKind::CitizenId, "330211202002290016").unwrap();
        assert_eq!(format!("{identity:?}"), "Identity(citizen_id, 3302**********0016)");
    }
}
