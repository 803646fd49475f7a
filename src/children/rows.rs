//! A new child as rows of all tables. Pure, so that a roster or a demo district can insert thousands at once.
//!
//! A bulk writer inserts the `child` rows first (50 columns × 32,766 variables a statement is the limit of SQLite),
//! reads their ids by file number, and then the rows that hang on them.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    ChildId, GuardianId, OrganisationId,
    child::{child, child_term, guardian, guardianship, residence},
    screening::planned_check,
    words::CheckState,
};
use sea_orm::ActiveValue::{NotSet, Set};

use super::{
    check_ages::{self, CheckAgeRules},
    finding,
    new_child::{NewChild, NewGuardian},
    opening,
};
use crate::{
    person::{hanzi, phone_digits},
    platform::{Actor, App, Keys, Result},
};

/// What all rows of one registration have in common.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// Seals numbers.
    pub keys: &'a Keys,
    /// Check ages in force.
    pub rules: &'a CheckAgeRules,
    /// Opening day of the district.
    pub opening: Option<NaiveDate>,
    /// Who registers.
    pub organisation: OrganisationId,
    /// When.
    pub at: DateTime<Utc>,
}

impl<'a> Registration<'a> {
    /// Registration by somebody, now.
    pub fn by(app: &'a App, by: &Actor, rules: &'a CheckAgeRules, opening: Option<NaiveDate>) -> Result<Self> {
        Ok(Self {
            keys: &app.keys,
            rules,
            opening,
            organisation: by.organisation()?,
            at: by.now,
        })
    }
}

/// The rows that hang on a child.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What it is found by.
    pub terms: Vec<child_term::ActiveModel>,
    /// Where it lives.
    pub residence: residence::ActiveModel,
    /// The checks it is due.
    pub checks: Vec<planned_check::ActiveModel>,
}

/// The row of the child itself; its id is the database's to give, or the caller's to set.
pub fn child(cx: &Registration<'_>, new: &NewChild, file_no: &str) -> Result<child::ActiveModel> {
    let number = new.identity.number();
    let card = new.disability_card.as_ref();
    Ok(child::ActiveModel {
        id: NotSet,
        file_no: Set(file_no.to_owned()),
        name: Set(new.name.clone()),
        name_sound: Set(hanzi::homophone_key(&new.name)),
        sex: Set(new.sex),
        birth_on: Set(new.birth_on),
        gestational_weeks: Set(new.gestational_weeks.map(|weeks| weeks.get().into())),
        identity_kind: Set(new.identity.kind()),
        identity_no: Set(number.map(|no| cx.keys.seal("child.identity_no", no)).transpose()?),
        identity_index: Set(number.map(|no| cx.keys.index("identity", no)).transpose()?),
        identity_mask: Set(new.identity.mask()),
        ethnicity: Set(new.ethnicity.code().to_owned()),
        household_division: Set(new.household_division.as_ref().map(|d| d.as_str().to_owned())),
        division: Set(new.division.as_str().to_owned()),
        street: Set(new.street().to_owned()),
        district: Set(new.district().to_owned()),
        address: Set(new.address.clone()),
        kindergarten: Set(new.kindergarten.clone()),
        disability_card_no: Set(card
            .map(|card| cx.keys.seal("child.disability_card_no", card.number.as_str()))
            .transpose()?),
        disability_card_mask: Set(card.map(|card| card.number.masked())),
        disability_card_expires_on: Set(card.and_then(|card| card.expires_on)),
        departure_id: Set(None),
        merged_into: Set(None),
        version: Set(1),
        created_at: Set(cx.at),
        created_by: Set(cx.organisation),
    })
}

/// Everything that hangs on the child.
pub fn parts(cx: &Registration<'_>, new: &NewChild, id: ChildId, file_no: &str) -> Parts {
    let checks = check_rows(cx, new, id);
    Parts {
        terms: terms(new.district(), &new.name, file_no, id),
        residence: residence::ActiveModel {
            id: NotSet,
            child_id: Set(id),
            district: Set(new.district().to_owned()),
            street: Set(new.street().to_owned()),
            division: Set(new.division.as_str().to_owned()),
            from_on: Set(new.lives_here_from()),
            until_on: Set(None),
        },
        checks,
    }
}

/// What a child is found by in its district: parts of the name, its sound, the file number and the end of it.
pub fn terms(district: &str, name: &str, file_no: &str, id: ChildId) -> Vec<child_term::ActiveModel> {
    let mut terms = hanzi::search_terms(name);
    terms.push(hanzi::search_query(file_no));
    terms.push(finding::from_the_end(file_no));
    terms.sort();
    terms.dedup();
    terms
        .into_iter()
        .map(|term| child_term::ActiveModel {
            district: Set(district.to_owned()),
            term: Set(term),
            child_id: Set(id),
        })
        .collect()
}

fn check_rows(cx: &Registration<'_>, new: &NewChild, id: ChildId) -> Vec<planned_check::ActiveModel> {
    let plan = check_ages::plan(new.birth_on, new.gestational_weeks, cx.rules);
    check_ages::while_resident(&plan, Some(new.lives_here_from()), None)
        .map(|check| planned_check::ActiveModel {
            state: Set(opening::undone(check.closes_on, cx.opening)),
            ..check_row(check, &cx.rules.version, new.district(), new.street(), id)
        })
        .collect()
}

/// A check that is still to be done.
pub fn check_row(
    check: &check_ages::PlannedCheck,
    rules: &str,
    district: &str,
    street: &str,
    id: ChildId,
) -> planned_check::ActiveModel {
    planned_check::ActiveModel {
        id: NotSet,
        child_id: Set(id),
        age_months: Set(check.age_months.into()),
        district: Set(district.to_owned()),
        street: Set(street.to_owned()),
        opens_on: Set(check.opens_on),
        due_on: Set(check.due_on),
        closes_on: Set(check.closes_on),
        corrected: Set(check.corrected),
        state: Set(CheckState::Pending),
        screen_id: Set(None),
        rules: Set(rules.to_owned()),
    }
}

/// A guardian's own row.
pub fn guardian(cx: &Registration<'_>, new: &NewGuardian) -> Result<guardian::ActiveModel> {
    let digits = new.phone.as_ref().map(phone_digits);
    let phone = new.phone.as_ref().map(ToString::to_string);
    Ok(guardian::ActiveModel {
        id: NotSet,
        name: Set(new.name.clone()),
        phone: Set(phone.map(|no| cx.keys.seal("guardian.phone", &no)).transpose()?),
        phone_index: Set(digits.map(|no| cx.keys.index("phone", &no)).transpose()?),
        phone_mask: Set(new.phone.as_ref().map(entities::phone::Phone::masked)),
        email: Set(new.email.clone()),
        language: Set(new.language),
        version: Set(1),
        created_at: Set(cx.at),
    })
}

/// The tie between a child and a guardian. `first` is asked first.
pub fn guardianship(child: ChildId, guardian: GuardianId, new: &NewGuardian, first: bool) -> guardianship::ActiveModel {
    guardianship::ActiveModel {
        id: NotSet,
        child_id: Set(child),
        guardian_id: Set(guardian),
        kinship: Set(new.kinship),
        has_custody: Set(new.has_custody),
        may_be_contacted: Set(new.may_be_contacted),
        is_first: Set(first),
        ended_on: Set(None),
    }
}
