//! A child's file.

use chrono::{Datelike as _, NaiveDate};
use entities::{
    age::GestationalWeeks,
    child::child,
    disability_card::DisabilityCardNo,
    division_code::DivisionCode,
    phone::Phone,
    words::{IdentityKind, Language, Sex},
};
use serde::{Deserialize, Serialize};

use super::{
    Difference, division,
    guardian::{FIRST, GuardianForm, SECOND},
    line, person_name, place,
};
use crate::{
    children::{
        corrections::{CardChange, Correction},
        new_child::{NewChild, NewGuardian},
    },
    person::{DisabilityCard, Ethnicity, Identity, hanzi, likeness::Features, phone_digits},
    platform::{Check, Errors, Keys, Result, Say, Version, day, words},
};

/// Nobody in the programme was born before: it ends at the seventh birthday, and files may be a few years old.
const OLDEST_YEARS: i32 = 18;

/// A child's own fields; guardians and the confirmation only when a file is opened, the version only when it is
/// corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChildForm {
    pub version: String,
    pub name: String,
    pub sex: String,
    pub birth_on: String,
    pub gestational_weeks: String,
    pub identity_kind: String,
    pub identity_no: String,
    pub ethnicity: String,
    pub household_division: String,
    pub division: String,
    pub resident_since: String,
    pub address: String,
    pub kindergarten: String,
    pub disability_card_no: String,
    pub disability_card_expires_on: String,
    pub remove_card: String,
    pub guardian1_name: String,
    pub guardian1_kinship: String,
    pub guardian1_phone: String,
    pub guardian1_email: String,
    pub guardian1_language: String,
    pub guardian1_custody: String,
    pub guardian1_contact: String,
    pub guardian1_differing: String,
    pub guardian2_name: String,
    pub guardian2_kinship: String,
    pub guardian2_phone: String,
    pub guardian2_email: String,
    pub guardian2_language: String,
    pub guardian2_custody: String,
    pub guardian2_contact: String,
    pub guardian2_differing: String,
    pub confirmed: String,
    /// Why two children are to share a citizen number.
    pub claim_reason: String,
}

/// What a page offers before anything is typed.
pub fn blank() -> ChildForm {
    let yes = || "true".to_owned();
    let chinese = || Language::Chinese.as_str().to_owned();
    ChildForm {
        identity_kind: IdentityKind::CitizenId.as_str().to_owned(),
        ethnicity: Ethnicity::HAN.code().to_owned(),
        guardian1_language: chinese(),
        guardian1_custody: yes(),
        guardian1_contact: yes(),
        guardian2_language: chinese(),
        guardian2_custody: yes(),
        guardian2_contact: yes(),
        ..ChildForm::default()
    }
}

/// The same, however it is written: days and weeks have several ways.
fn is_same(typed: &str, present: &str) -> bool {
    let day = |text: &str| day::parse(text);
    let weeks = |text: &str| GestationalWeeks::parse(text).ok();
    typed.trim() == present.trim()
        || day(typed).is_some_and(|typed| day(present) == Some(typed))
        || weeks(typed).is_some_and(|typed| weeks(present) == Some(typed))
}

/// The fields that opening and correcting a file have in common.
struct Common {
    name: String,
    sex: Sex,
    birth_on: NaiveDate,
    gestational_weeks: Option<GestationalWeeks>,
    ethnicity: Ethnicity,
    household_division: Option<DivisionCode>,
    address: Option<String>,
    kindergarten: Option<String>,
}

impl ChildForm {
    /// A file to be opened.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn registration(&self, today: NaiveDate) -> Result<NewChild, Errors> {
        let mut check = Check::default();
        let common = self.common(&mut check, today);
        let kind = check.word::<IdentityKind>("identity_kind", &self.identity_kind);
        let identity = kind.and_then(|kind| check.take("identity_no", Identity::parse(kind, &self.identity_no)));
        if let (Some(identity), Some(common)) = (&identity, &common) {
            for say in identity.contradictions(common.sex, common.birth_on) {
                check.wrong("identity_no", say);
            }
        }
        let division = place(&mut check, "division", &self.division);
        let resident_since = check.optional_date("resident_since", &self.resident_since);
        if resident_since.is_some_and(|day| day > today) {
            check.wrong("resident_since", "form.future");
        }
        let card = self.card(&mut check, identity.as_ref());
        let guardians = self.guardians(&mut check);
        let input = || {
            let common = common?;
            Some(NewChild {
                name: common.name,
                sex: common.sex,
                birth_on: common.birth_on,
                gestational_weeks: common.gestational_weeks,
                identity: identity?,
                ethnicity: common.ethnicity,
                household_division: common.household_division,
                division: division?,
                resident_since,
                address: common.address,
                kindergarten: common.kindergarten,
                disability_card: card,
                guardians,
            })
        };
        let input = input();
        check.done(input)
    }

    /// A correction of a file. Numbers that stay empty stay as they are: the page never shows them.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn correction(&self, today: NaiveDate, kept_kind: IdentityKind) -> Result<Correction, Errors> {
        let mut check = Check::default();
        let common = self.common(&mut check, today);
        let kind = check.word::<IdentityKind>("identity_kind", &self.identity_kind);
        let kept = kind == Some(kept_kind) && self.identity_no.trim().is_empty();
        let identity = match kind {
            Some(kind) if !kept => check.take("identity_no", Identity::parse(kind, &self.identity_no)),
            _ => None,
        };
        if let (Some(identity), Some(common)) = (&identity, &common) {
            for say in identity.contradictions(common.sex, common.birth_on) {
                check.wrong("identity_no", say);
            }
        }
        let expires_on = check.optional_date("disability_card_expires_on", &self.disability_card_expires_on);
        let card = if self.remove_card == "true" {
            CardChange::Remove
        } else if self.disability_card_no.trim().is_empty() {
            CardChange::Keep { expires_on }
        } else {
            self.card(&mut check, identity.as_ref())
                .map_or(CardChange::Keep { expires_on }, CardChange::Replace)
        };
        let input = common.map(|common| Correction {
            version: Version::typed(&self.version),
            name: common.name,
            sex: common.sex,
            birth_on: common.birth_on,
            gestational_weeks: common.gestational_weeks,
            identity,
            ethnicity: common.ethnicity,
            household_division: common.household_division,
            address: common.address,
            kindergarten: common.kindergarten,
            card,
        });
        check.done(input)
    }

    /// What the page of a correction shows: everything but the numbers.
    pub fn of(child: &child::Model) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            version: child.version.to_string(),
            name: child.name.clone(),
            sex: child.sex.as_str().to_owned(),
            birth_on: child.birth_on.to_string(),
            gestational_weeks: child
                .gestational_weeks
                .map(|weeks| weeks.to_string())
                .unwrap_or_default(),
            identity_kind: child.identity_kind.as_str().to_owned(),
            ethnicity: child.ethnicity.clone(),
            household_division: text(&child.household_division),
            address: text(&child.address),
            kindergarten: text(&child.kindergarten),
            disability_card_expires_on: child
                .disability_card_expires_on
                .map(|day| day.to_string())
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Where what was typed differs from what the file says by now: label and present value.
    pub fn differing(&self, present: &Self, language: Language) -> Vec<Difference> {
        let word = |key: Option<&'static str>, text: &str| {
            key.map_or_else(|| text.to_owned(), |key| words::raw(language, key).into_owned())
        };
        let sex = word(present.sex.parse().ok().map(Sex::word), &present.sex);
        let kind = word(
            present.identity_kind.parse().ok().map(IdentityKind::word),
            &present.identity_kind,
        );
        let ethnicity = Ethnicity::find(&present.ethnicity).map_or_else(String::new, |one| one.name(language));
        [
            ("child.name", &self.name, &present.name, present.name.clone()),
            ("child.sex", &self.sex, &present.sex, sex),
            (
                "child.birth_on",
                &self.birth_on,
                &present.birth_on,
                present.birth_on.clone(),
            ),
            (
                "child.gestational_weeks",
                &self.gestational_weeks,
                &present.gestational_weeks,
                present.gestational_weeks.clone(),
            ),
            ("child.identity_kind", &self.identity_kind, &present.identity_kind, kind),
            ("child.ethnicity", &self.ethnicity, &present.ethnicity, ethnicity),
            (
                "child.household_division",
                &self.household_division,
                &present.household_division,
                present.household_division.clone(),
            ),
            (
                "child.address",
                &self.address,
                &present.address,
                present.address.clone(),
            ),
            (
                "child.kindergarten",
                &self.kindergarten,
                &present.kindergarten,
                present.kindergarten.clone(),
            ),
            (
                "child.disability_card_expires_on",
                &self.disability_card_expires_on,
                &present.disability_card_expires_on,
                present.disability_card_expires_on.clone(),
            ),
        ]
        .into_iter()
        .filter(|(_, typed, present, _)| !is_same(typed, present))
        .map(|(label, _, _, value)| (label, value))
        .collect()
    }

    /// What can be compared with other files of a form that is still being typed; nothing before there is a number, or a
    /// name and a birth date.
    pub fn features(&self, keys: &Keys) -> Result<Option<Features>> {
        let identity_kind = self.identity_kind.parse().unwrap_or(IdentityKind::NoneYet);
        let identity = Identity::parse(identity_kind, &self.identity_no).ok();
        let identity_index = identity
            .as_ref()
            .and_then(Identity::number)
            .map(|no| keys.index("identity", no))
            .transpose()?;
        let name = hanzi::tidy_name(&self.name);
        let birth_on = day::parse(&self.birth_on);
        if identity_index.is_none() && (name.is_empty() || birth_on.is_none()) {
            return Ok(None);
        }
        let phones = [&self.guardian1_phone, &self.guardian2_phone]
            .into_iter()
            .filter_map(|text| Phone::parse(text).ok());
        Ok(Some(Features {
            identity_kind,
            identity_index,
            name_sound: hanzi::homophone_key(&name),
            name,
            sex: self.sex.parse().unwrap_or(Sex::Unknown),
            birth_on: birth_on.unwrap_or_default(),
            phone_indexes: phones
                .map(|phone| Ok(keys.index("phone", &phone_digits(&phone))?))
                .collect::<Result<_>>()?,
            guardians: Vec::new(),
        }))
    }

    fn common(&self, check: &mut Check, today: NaiveDate) -> Option<Common> {
        let name = person_name(check, "name", &self.name);
        let sex = check.word::<Sex>("sex", &self.sex);
        let birth_on = check.date("birth_on", &self.birth_on);
        if birth_on.is_some_and(|day| day > today) {
            check.wrong("birth_on", "form.future");
        } else if birth_on.is_some_and(|day| day.year() < today.year() - OLDEST_YEARS) {
            check.wrong("birth_on", "child.too_old");
        }
        let weeks = line(check, "gestational_weeks", &self.gestational_weeks).and_then(|text| {
            let weeks = GestationalWeeks::parse(&text).map_err(|error| Say::new(error.key()));
            check.take("gestational_weeks", weeks)
        });
        let ethnicity = Ethnicity::find(&self.ethnicity);
        if ethnicity.is_none() {
            check.wrong("ethnicity", "form.choice");
        }
        let household_division = line(check, "household_division", &self.household_division)
            .and_then(|code| check.take("household_division", division(&code)));
        let address = line(check, "address", &self.address);
        let kindergarten = line(check, "kindergarten", &self.kindergarten);
        Some(Common {
            name: name?,
            sex: sex?,
            birth_on: birth_on?,
            gestational_weeks: weeks,
            ethnicity: ethnicity?,
            household_division,
            address,
            kindergarten,
        })
    }

    fn card(&self, check: &mut Check, identity: Option<&Identity>) -> Option<DisabilityCard> {
        let expires_on = check.optional_date("disability_card_expires_on", &self.disability_card_expires_on);
        let text = line(check, "disability_card_no", &self.disability_card_no)?;
        let number = match identity.and_then(Identity::citizen) {
            Some(citizen) => DisabilityCardNo::parse_for(&text, citizen),
            None => DisabilityCardNo::parse(&text),
        };
        let number = check.take("disability_card_no", number.map_err(|error| Say::new(error.key())))?;
        Some(DisabilityCard { number, expires_on })
    }

    /// The guardians that were filled in; the first is wanted.
    fn guardians(&self, check: &mut Check) -> Vec<NewGuardian> {
        let first = self.first_guardian().input(check, &FIRST);
        let second = self.second_guardian();
        let second = if second.is_untouched() {
            None
        } else {
            second.input(check, &SECOND)
        };
        first.into_iter().chain(second).collect()
    }

    /// The first guardian's part.
    pub fn first_guardian(&self) -> GuardianForm {
        GuardianForm {
            name: self.guardian1_name.clone(),
            kinship: self.guardian1_kinship.clone(),
            phone: self.guardian1_phone.clone(),
            email: self.guardian1_email.clone(),
            language: self.guardian1_language.clone(),
            custody: self.guardian1_custody.clone(),
            contact: self.guardian1_contact.clone(),
            ..GuardianForm::default()
        }
    }

    /// The second guardian's part.
    pub fn second_guardian(&self) -> GuardianForm {
        GuardianForm {
            name: self.guardian2_name.clone(),
            kinship: self.guardian2_kinship.clone(),
            phone: self.guardian2_phone.clone(),
            email: self.guardian2_email.clone(),
            language: self.guardian2_language.clone(),
            custody: self.guardian2_custody.clone(),
            contact: self.guardian2_contact.clone(),
            ..GuardianForm::default()
        }
    }
}
