//! What the pages of imports send.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    job::{Findings, Options},
    parked::{Chosen, Decision},
};
use crate::{
    children::reuse::Differing,
    platform::{Error, Errors, Result},
};

/// What was decided about a checked roster.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    take: String,
    pub(super) differing: String,
}

impl DecisionForm {
    pub(super) fn good_rows_only(&self) -> Result<bool> {
        match self.take.as_str() {
            "all" => Ok(false),
            "good" => Ok(true),
            _ => Err(Error::field("take", "form.choice")),
        }
    }
}

/// What is read of that which can be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadingForm {
    hidden_rows: String,
    hidden_columns: String,
    notes: String,
}

impl ReadingForm {
    /// The choices. What the page asked has to be answered.
    pub(super) fn options(&self, findings: &Findings) -> Result<Options> {
        let mut errors = Errors::default();
        let mut choice = |field: &'static str, text: &str, asked: bool| match text {
            "take" if asked => Some(true),
            "leave" if asked => Some(false),
            _ if asked => {
                errors.add(field, "form.choice");
                None
            }
            _ => None,
        };
        let options = Options {
            good_rows_only: false,
            guardians_as_in_rows: false,
            hidden_rows: choice("hidden_rows", &self.hidden_rows, !findings.hidden_rows.is_empty()),
            hidden_columns: choice(
                "hidden_columns",
                &self.hidden_columns,
                !findings.hidden_columns.is_empty(),
            ),
            notes: choice("notes", &self.notes, !findings.notes.is_empty()).unwrap_or(false),
        };
        if errors.is_empty() {
            Ok(options)
        } else {
            Err(errors.into())
        }
    }
}

/// What was decided about a row that was set aside.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RowForm {
    pub(super) version: String,
    pub(super) decision: String,
    pub(super) differing: String,
    /// `row` or `file` by field.
    #[serde(flatten)]
    pub(super) fields: BTreeMap<String, String>,
}

/// The fields that a file can take over from a row when both say something.
pub(super) const TAKEN: [&str; 6] = ["name", "sex", "birth_on", "identity_no", "address", "kindergarten"];

impl RowForm {
    pub(super) fn chosen(&self) -> Result<Chosen> {
        let taken = TAKEN
            .into_iter()
            .filter(|field| self.fields.get(*field).is_some_and(|whose| whose == "row"));
        Ok(Chosen {
            decision: self.decision()?,
            differing: Differing::typed(&self.differing),
            taken: taken.map(str::to_owned).collect(),
        })
    }

    fn decision(&self) -> Result<Decision> {
        match self.decision.as_str() {
            "add" => Ok(Decision::Add),
            "match" => Ok(Decision::Match),
            "drop" => Ok(Decision::Drop),
            _ => Err(Error::field("decision", "form.choice")),
        }
    }
}
