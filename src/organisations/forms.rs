//! What the system administrator sends about organisations and divisions.

use entities::{
    credit_code::{CreditCode, CreditCodeError},
    division_code::{DivisionCode, DivisionCodeError, DivisionLevel},
    organisation::organisation,
    words::OrganisationKind,
};
use serde::Deserialize;
use validator::Validate;

use super::naming;
use crate::platform::{Check, Errors, Version};

/// An organisation.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct OrganisationForm {
    /// Which kind.
    pub kind: String,
    /// As printed.
    #[validate(length(max = 60, message = "organisation.too_long"))]
    pub name: String,
    /// Division code prefix.
    pub coverage: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// Telephone of the office.
    #[validate(length(max = 30, message = "organisation.too_long"))]
    pub phone: String,
    /// Address.
    #[validate(length(max = 120, message = "organisation.too_long"))]
    pub address: String,
    /// The legal person that runs it, where that is another.
    #[validate(length(max = 60, message = "organisation.too_long"))]
    pub legal_person: String,
    /// Version that was read; empty for a new organisation.
    pub version: String,
}

/// The data of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationInput {
    /// What it is in the chain.
    pub kind: OrganisationKind,
    /// As printed.
    pub name: String,
    /// Division it covers, with everything below.
    pub coverage: DivisionCode,
    /// GB 32100.
    pub credit_code: Option<CreditCode>,
    /// Telephone of the office.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// The legal person that runs it, where that is another.
    pub legal_person: Option<String>,
}

impl OrganisationForm {
    /// As the organisation has it.
    pub fn of(row: &organisation::Model) -> Self {
        Self {
            kind: row.kind.as_str().to_owned(),
            name: row.name.clone(),
            coverage: row.coverage.clone(),
            credit_code: row.credit_code.clone().unwrap_or_default(),
            phone: row.phone.clone().unwrap_or_default(),
            address: row.address.clone().unwrap_or_default(),
            legal_person: row.legal_person.clone().unwrap_or_default(),
            version: row.version.to_string(),
        }
    }

    /// The data.
    pub fn input(&self) -> Result<OrganisationInput, Errors> {
        let mut check = Check::of(self);
        let kind = check.word::<OrganisationKind>("kind", &self.kind);
        let name = check.text("name", &self.name);
        let coverage = check
            .text("coverage", &self.coverage)
            .and_then(|text| check.take("coverage", code(&text)));
        let phone = check.optional_text("phone", &self.phone, 30);
        let address = check.optional_text("address", &self.address, 120);
        let legal_person = check.optional_text("legal_person", &self.legal_person, 60);
        let credit_code = check
            .optional_text("credit_code", &self.credit_code, 40)
            .and_then(|code| check.take("credit_code", CreditCode::parse(&code).map_err(CreditCodeError::key)));
        if let Some((kind, coverage)) = kind.zip(coverage.as_ref())
            && !fits(kind, coverage)
        {
            check.wrong("coverage", "organisation.coverage.level");
        }
        let input = kind
            .zip(name)
            .zip(coverage)
            .map(|((kind, name), coverage)| OrganisationInput {
                kind,
                name,
                coverage,
                credit_code,
                phone,
                address,
                legal_person,
            });
        check.done(input)
    }
}

/// Street federations belong to one street or town, federations and bureaus to a district or wider.
fn fits(kind: OrganisationKind, coverage: &DivisionCode) -> bool {
    let level = coverage.level();
    match kind {
        OrganisationKind::StreetFederation => level == DivisionLevel::Street,
        OrganisationKind::Federation | OrganisationKind::EducationBureau | OrganisationKind::FinanceBureau => {
            level <= DivisionLevel::District
        }
        OrganisationKind::ScreeningSite
        | OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre => true,
    }
}

/// The code that a field for a place says.
///
/// # Errors
/// Key of what is wrong: a name that was not found, or several places have it.
pub fn code(text: &str) -> Result<DivisionCode, &'static str> {
    DivisionCode::parse(naming::code_of(text)).map_err(|error| match error {
        DivisionCodeError::Characters => "place.unclear",
        DivisionCodeError::Length | DivisionCodeError::Unknown => error.key(),
    })
}

/// A place that is being typed: the field has its name in its form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PlaceForm {
    /// Of an organisation.
    pub coverage: String,
    /// Of a residence.
    pub division: String,
    /// Of a household.
    pub household_division: String,
    /// Of a search.
    pub q: String,
}

impl PlaceForm {
    /// The one that was sent.
    pub fn text(&self) -> &str {
        [&self.coverage, &self.division, &self.household_division, &self.q]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }
}

/// A new division under another, or the new name of one; one page holds both forms.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct DivisionForm {
    /// The whole code of a new one, or only the digits of its own level.
    pub new_code: String,
    /// Name of a new one.
    #[validate(length(max = 40, message = "organisation.too_long"))]
    pub new_name: String,
    /// Another name.
    #[validate(length(max = 40, message = "organisation.too_long"))]
    pub name: String,
    /// Version that was read.
    pub version: String,
}

impl DivisionForm {
    /// The code and name of a division right under `parent`.
    pub fn under(&self, parent: &DivisionCode) -> Result<(DivisionCode, String), Errors> {
        let mut check = Check::of(self);
        let name = check.text("new_name", &self.new_name);
        let code = check
            .text("new_code", &self.new_code)
            .and_then(|typed| check.take("new_code", code_under(parent, &typed)));
        check.done(code.zip(name))
    }

    /// A new name and the version it replaces.
    pub fn renamed(&self) -> Result<(Version, String), Errors> {
        let mut check = Check::of(self);
        let name = check.text("name", &self.name);
        Ok((Version::typed(&self.version), check.done(name)?))
    }
}

/// A code right under a parent, from the whole code or from the digits that come after the parent's.
fn code_under(parent: &DivisionCode, typed: &str) -> Result<DivisionCode, &'static str> {
    let own = match parent.level() {
        DivisionLevel::Province | DivisionLevel::City => 2,
        DivisionLevel::District | DivisionLevel::Street => 3,
        DivisionLevel::Village => return Err("division.village"),
    };
    let typed = typed.trim();
    let whole = if typed.chars().count() == own {
        format!("{parent}{typed}")
    } else {
        typed.to_owned()
    };
    let code = DivisionCode::parse(&whole).map_err(DivisionCodeError::key)?;
    let right_under = code.as_str().starts_with(parent.as_str()) && code.as_str().len() == parent.as_str().len() + own;
    if right_under {
        Ok(code)
    } else {
        Err("division.elsewhere")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn div(text: &str) -> DivisionCode {
        DivisionCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_is_typed_whole_or_by_its_last_digits() {
        let street = div("330211004");
        assert_eq!(code_under(&street, "005"), Ok(div("330211004005")));
        assert_eq!(code_under(&street, "330211004005"), Ok(div("330211004005")));
        assert_eq!(code_under(&street, "330211003005"), Err("division.elsewhere"));
        assert_eq!(code_under(&street, "000"), Err("division.elsewhere"));
        assert!(code_under(&street, "5").is_err());
        assert_eq!(code_under(&div("330211"), "330211004005"), Err("division.elsewhere"));
        assert_eq!(code_under(&div("330211004005"), "001"), Err("division.village"));
    }

    #[test]
    fn street_federations_cover_a_street() {
        let form = |kind: &str, coverage: &str| OrganisationForm {
            kind: kind.to_owned(),
            name: "某机构".to_owned(),
            coverage: coverage.to_owned(),
            ..OrganisationForm::default()
        };
        assert!(form("street_federation", "330211004").input().is_ok());
        assert!(form("street_federation", "330211").input().is_err());
        assert!(form("federation", "330211004").input().is_err());
        assert!(form("federation", "330200").input().is_ok());
        assert!(form("screening_site", "330211004005").input().is_ok());
    }
}
