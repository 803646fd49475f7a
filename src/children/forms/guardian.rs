//! Guardians.

use entities::{
    GuardianId,
    child::{guardian, guardianship},
    phone::Phone,
    words::{Kinship, Language},
};
use serde::Deserialize;

use super::{Difference, LINE, is_address, person_name};
use crate::{
    children::{guardians::GuardianCorrection, new_child::NewGuardian},
    platform::{Check, Errors, Say, Version, words},
};

/// Names of a guardian's fields in a form: there may be two guardians on a page.
#[derive(Debug)]
pub(super) struct GuardianFields {
    name: &'static str,
    kinship: &'static str,
    phone: &'static str,
    email: &'static str,
    language: &'static str,
}

const ALONE: GuardianFields = GuardianFields {
    name: "name",
    kinship: "kinship",
    phone: "phone",
    email: "email",
    language: "language",
};
pub(super) const FIRST: GuardianFields = GuardianFields {
    name: "guardian1_name",
    kinship: "guardian1_kinship",
    phone: "guardian1_phone",
    email: "guardian1_email",
    language: "guardian1_language",
};
pub(super) const SECOND: GuardianFields = GuardianFields {
    name: "guardian2_name",
    kinship: "guardian2_kinship",
    phone: "guardian2_phone",
    email: "guardian2_email",
    language: "guardian2_language",
};

/// A guardian.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GuardianForm {
    pub version: String,
    pub name: String,
    pub kinship: String,
    pub phone: String,
    pub email: String,
    pub language: String,
    pub custody: String,
    pub contact: String,
    pub first: String,
    pub remove_phone: String,
    pub differing: String,
}

impl GuardianForm {
    /// What a page offers before anything is typed.
    pub fn blank() -> Self {
        Self {
            language: Language::Chinese.as_str().to_owned(),
            custody: "true".to_owned(),
            contact: "true".to_owned(),
            ..Self::default()
        }
    }

    /// What the page of a correction shows: everything but the phone.
    pub fn of(tie: &guardianship::Model, person: &guardian::Model) -> Self {
        let flag = |holds: bool| if holds { "true".to_owned() } else { String::new() };
        Self {
            version: person.version.to_string(),
            name: person.name.clone(),
            kinship: tie.kinship.as_str().to_owned(),
            phone: String::new(),
            email: person.email.clone().unwrap_or_default(),
            language: person.language.as_str().to_owned(),
            custody: flag(tie.has_custody),
            contact: flag(tie.may_be_contacted),
            first: flag(tie.is_first),
            remove_phone: String::new(),
            differing: String::new(),
        }
    }

    /// A correction. A phone that stays empty stays as it is: the page never shows it.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn correction(&self) -> Result<GuardianCorrection, Errors> {
        let mut check = Check::default();
        let to = self.input(&mut check, &ALONE);
        let input = to.map(|to| GuardianCorrection {
            version: Version::typed(&self.version),
            to,
            remove_phone: self.remove_phone == "true",
            first: self.first == "true",
        });
        check.done(input)
    }

    /// Where this says something else than what is there now, and what that is; the phone is not shown.
    pub fn differing(&self, present: &Self, language: Language) -> Vec<Difference> {
        let word =
            |key: Option<&'static str>| key.map_or_else(String::new, |key| words::raw(language, key).into_owned());
        let kinship = word(present.kinship.parse().ok().map(Kinship::word));
        let tongue = word(present.language.parse().ok().map(Language::word));
        let flag = |text: &str| word(Some(if text == "true" { "referral.yes" } else { "referral.no" }));
        [
            ("guardian.name", &self.name, &present.name, present.name.clone()),
            ("guardian.kinship", &self.kinship, &present.kinship, kinship),
            ("guardian.email", &self.email, &present.email, present.email.clone()),
            ("guardian.language", &self.language, &present.language, tongue),
            (
                "guardian.custody",
                &self.custody,
                &present.custody,
                flag(&present.custody),
            ),
            (
                "guardian.contact",
                &self.contact,
                &present.contact,
                flag(&present.contact),
            ),
            ("guardian.first", &self.first, &present.first, flag(&present.first)),
        ]
        .into_iter()
        .filter(|(_, typed, there, _)| typed.trim() != there.as_str())
        .map(|(label, _, _, says)| (label, says))
        .collect()
    }

    pub(super) fn is_untouched(&self) -> bool {
        [&self.name, &self.kinship, &self.phone, &self.email]
            .iter()
            .all(|field| field.trim().is_empty())
    }

    /// A guardian on a page of their own.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn alone(&self) -> Result<NewGuardian, Errors> {
        let mut check = Check::default();
        let input = self.input(&mut check, &ALONE);
        check.done(input)
    }

    pub(super) fn input(&self, check: &mut Check, fields: &GuardianFields) -> Option<NewGuardian> {
        let name = person_name(check, fields.name, &self.name);
        let kinship = check.word::<Kinship>(fields.kinship, &self.kinship);
        let language = check.word::<Language>(fields.language, &self.language);
        let phone = check
            .optional_text(fields.phone, &self.phone, LINE)
            .and_then(|text| check.take(fields.phone, Phone::parse(&text).map_err(|error| Say::new(error.key()))));
        let email = check.optional_code(fields.email, &self.email, LINE);
        if email.as_ref().is_some_and(|text| !is_address(text)) {
            check.wrong(fields.email, "form.email");
        }
        Some(NewGuardian {
            existing: None,
            name: name?,
            phone,
            email,
            language: language?,
            kinship: kinship?,
            has_custody: self.custody == "true",
            may_be_contacted: self.contact == "true",
        })
    }
}

/// A guardian of a sibling, taken over for this child.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SharedGuardianForm {
    pub guardian_id: String,
    pub kinship: String,
}

impl SharedGuardianForm {
    /// Who, and as what.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn input(&self) -> Result<(GuardianId, Kinship), Errors> {
        let mut check = Check::default();
        let guardian = check.parse("guardian_id", &self.guardian_id);
        let kinship = check.word("kinship", &self.kinship);
        check.done(guardian.zip(kinship))
    }
}
