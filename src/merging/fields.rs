//! The fields of a file of which one or the other value is kept.

use entities::{child::child, words::IdentityKind};
use sea_orm::ActiveValue::Set;

use crate::{
    person::{Identity, hanzi},
    platform::{App, Errors, Result},
};

/// A field, or several that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Name.
    Name,
    /// Sex.
    Sex,
    /// Birth date.
    Birth,
    /// Length of pregnancy.
    Weeks,
    /// Kind and number of the document.
    Identity,
    /// Ethnicity.
    Ethnicity,
    /// Where it is registered.
    Household,
    /// Where it lives: village, street and district.
    Home,
    /// The address there.
    Address,
    /// Kindergarten.
    Kindergarten,
    /// Number and expiry of the disability card.
    Card,
}

impl Field {
    /// In the order of the comparison.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Sex,
        Self::Birth,
        Self::Weeks,
        Self::Identity,
        Self::Ethnicity,
        Self::Household,
        Self::Home,
        Self::Address,
        Self::Kindergarten,
        Self::Card,
    ];

    /// Its name in the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sex => "sex",
            Self::Birth => "birth_on",
            Self::Weeks => "gestational_weeks",
            Self::Identity => "identity",
            Self::Ethnicity => "ethnicity",
            Self::Household => "household_division",
            Self::Home => "division",
            Self::Address => "address",
            Self::Kindergarten => "kindergarten",
            Self::Card => "disability_card",
        }
    }

    /// Its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "child.name",
            Self::Sex => "child.sex",
            Self::Birth => "child.birth_on",
            Self::Weeks => "child.gestational_weeks",
            Self::Identity => "child.identity_no",
            Self::Ethnicity => "child.ethnicity",
            Self::Household => "child.household_division",
            Self::Home => "child.division",
            Self::Address => "child.address",
            Self::Kindergarten => "child.kindergarten",
            Self::Card => "child.disability_card_no",
        }
    }

    /// The two files say the same. Sealed text differs every time it is sealed, so numbers are compared by their hash,
    /// cards, which have none, opened.
    pub fn equal(self, app: &App, one: &child::Model, other: &child::Model) -> Result<bool> {
        Ok(match self {
            Self::Name => one.name == other.name,
            Self::Sex => one.sex == other.sex,
            Self::Birth => one.birth_on == other.birth_on,
            Self::Weeks => one.gestational_weeks == other.gestational_weeks,
            Self::Identity => one.identity_kind == other.identity_kind && one.identity_index == other.identity_index,
            Self::Ethnicity => one.ethnicity == other.ethnicity,
            Self::Household => one.household_division == other.household_division,
            Self::Home => one.division == other.division,
            Self::Address => one.address == other.address,
            Self::Kindergarten => one.kindergarten == other.kindergarten,
            Self::Card => {
                one.disability_card_expires_on == other.disability_card_expires_on
                    && card(app, one)? == card(app, other)?
            }
        })
    }

    /// The file says nothing.
    pub fn is_empty(self, file: &child::Model) -> bool {
        match self {
            Self::Sex => !file.sex.is_stated(),
            Self::Weeks => file.gestational_weeks.is_none(),
            Self::Identity => file.identity_index.is_none(),
            Self::Household => file.household_division.is_none(),
            Self::Address => file.address.is_none(),
            Self::Kindergarten => file.kindergarten.is_none(),
            Self::Card => file.disability_card_no.is_none(),
            Self::Name | Self::Birth | Self::Ethnicity | Self::Home => false,
        }
    }

    /// Take the value over from another file.
    pub fn take(self, into: &mut child::ActiveModel, from: &child::Model) {
        match self {
            Self::Name => {
                into.name = Set(from.name.clone());
                into.name_sound = Set(hanzi::homophone_key(&from.name));
            }
            Self::Sex => into.sex = Set(from.sex),
            Self::Birth => into.birth_on = Set(from.birth_on),
            Self::Weeks => into.gestational_weeks = Set(from.gestational_weeks),
            Self::Identity => {
                into.identity_kind = Set(from.identity_kind);
                into.identity_no = Set(from.identity_no.clone());
                into.identity_index = Set(from.identity_index.clone());
                into.identity_mask = Set(from.identity_mask.clone());
            }
            Self::Ethnicity => into.ethnicity = Set(from.ethnicity.clone()),
            Self::Household => into.household_division = Set(from.household_division.clone()),
            Self::Home => {
                into.division = Set(from.division.clone());
                into.street = Set(from.street.clone());
                into.district = Set(from.district.clone());
            }
            Self::Address => into.address = Set(from.address.clone()),
            Self::Kindergarten => into.kindergarten = Set(from.kindergarten.clone()),
            Self::Card => {
                into.disability_card_no = Set(from.disability_card_no.clone());
                into.disability_card_mask = Set(from.disability_card_mask.clone());
                into.disability_card_expires_on = Set(from.disability_card_expires_on);
            }
        }
    }
}

fn card(app: &App, file: &child::Model) -> Result<Option<String>> {
    let open = |sealed| app.keys.open("child.disability_card_no", sealed);
    Ok(file.disability_card_no.as_ref().map(open).transpose()?)
}

/// What was chosen must fit together: a citizen's number holds the sex and the birth date.
pub fn agree(app: &App, chosen: &child::Model) -> Result<()> {
    let mut errors = Errors::default();
    let kinds = [IdentityKind::CitizenId, IdentityKind::ResidencePermit];
    if let Some(sealed) = chosen
        .identity_no
        .as_ref()
        .filter(|_| kinds.contains(&chosen.identity_kind))
    {
        let number = app.keys.open("child.identity_no", sealed)?;
        if let Ok(identity) = Identity::parse(chosen.identity_kind, &number) {
            for say in identity.contradictions(chosen.sex, chosen.birth_on) {
                errors.add(Field::Identity.name(), say);
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
