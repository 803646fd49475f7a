//! The re-screen as it is typed.

use chrono::NaiveDate;
use entities::{AssessmentId, OrganisationId, screening::assessment};
use serde::{Deserialize, Serialize};

use super::rules::{Finding, criteria};
use crate::{
    platform::{Check, Errors},
    referral::forms::NOTE,
};

/// What the page sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct RescreenForm {
    /// Version of the referral that the page showed.
    pub version: String,
    /// Day of the re-screen.
    pub performed_on: String,
    /// Seen or reported.
    pub findings: Vec<String>,
    /// Scales filled in here that belong to it.
    pub assessments: Vec<String>,
    /// Those that the page offered.
    pub offered: Vec<String>,
    /// `true`: what was filled in for this is not all attached, on purpose.
    pub leave_out: String,
    /// Why a recorded result is corrected.
    pub why: String,
    /// `yes` or `no`.
    pub scale_at_risk: String,
    /// `yes` or `no`.
    pub development_deviates: String,
    /// Which developmental scale, which result.
    pub development_note: String,
    /// Diagnosing hospital, for an abnormal re-screen.
    pub refer_to: String,
    /// Anything else.
    pub note: String,
}

/// A re-screen as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRescreen {
    /// Day of the re-screen.
    pub performed_on: NaiveDate,
    /// Seen or reported (criterion 1).
    pub findings: Vec<Finding>,
    /// Scales that belong to it.
    pub assessments: Vec<AssessmentId>,
    /// A scale shows risk (criterion 2).
    pub scale_at_risk: bool,
    /// The developmental scale shows disorder or deviation (criterion 3).
    pub development_deviates: bool,
    /// Which developmental scale, which result.
    pub development_note: Option<String>,
    /// Diagnosing hospital, when a criterion holds.
    pub refer_to: Option<OrganisationId>,
    /// Anything else.
    pub note: Option<String>,
}

/// What the form is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Not before this day.
    pub earliest: NaiveDate,
    /// Not after this day.
    pub today: NaiveDate,
    /// Scales that can be attached.
    pub offered: &'a [assessment::Model],
    /// Hospitals that can be referred to.
    pub hospitals: &'a [OrganisationId],
}

impl RescreenForm {
    /// The typed re-screen, or everything that is wrong with it.
    pub fn input(&self, known: Known<'_>) -> Result<NewRescreen, Errors> {
        let mut check = Check::default();
        let performed_on = check.date("performed_on", &self.performed_on);
        if performed_on.is_some_and(|day| day > known.today) {
            check.wrong("performed_on", "finding.future");
        }
        if performed_on.is_some_and(|day| day < known.earliest) {
            check.wrong("performed_on", "finding.too_early");
        }
        let findings: Vec<Finding> = self.findings.iter().filter_map(|f| f.parse().ok()).collect();
        if findings.len() != self.findings.len() {
            check.wrong("findings", "form.choice");
        }
        let assessments = chosen(&mut check, &self.assessments, known.offered);
        let scale_at_risk = yes_no(&mut check, "scale_at_risk", &self.scale_at_risk);
        let development_deviates = yes_no(&mut check, "development_deviates", &self.development_deviates);
        let positive = known
            .offered
            .iter()
            .any(|row| assessments.contains(&row.id) && is_positive(row));
        if positive && scale_at_risk == Some(false) {
            check.wrong("scale_at_risk", "rescreen.scale.contradiction");
        }
        let refer_to = check.optional_parse("refer_to", &self.refer_to);
        let holds = criteria(
            &findings,
            scale_at_risk.unwrap_or(false),
            development_deviates.unwrap_or(false),
        );
        // Where no hospital covers the place, the finding is kept, and finding one is the federation's task.
        let chosen_well = match refer_to {
            Some(to) => known.hospitals.contains(&to),
            None => known.hospitals.is_empty(),
        };
        if !holds.is_empty() && !chosen_well {
            check.wrong("refer_to", "rescreen.refer_to.missing");
        }
        let development_note = check.optional_note("development_note", &self.development_note, NOTE);
        let note = check.optional_note("note", &self.note, NOTE);
        let input = performed_on.zip(scale_at_risk).zip(development_deviates).map(
            |((performed_on, scale_at_risk), development_deviates)| NewRescreen {
                performed_on,
                findings,
                assessments,
                scale_at_risk,
                development_deviates,
                development_note,
                refer_to: refer_to.filter(|_| !holds.is_empty()),
                note,
            },
        );
        check.done(input)
    }
}

/// The chosen scales; one that is not offered is an error.
pub fn chosen(check: &mut Check, values: &[String], offered: &[assessment::Model]) -> Vec<AssessmentId> {
    let ids: Vec<AssessmentId> = values.iter().filter_map(|v| v.parse().ok()).collect();
    if ids.len() != values.len() || ids.iter().any(|id| !offered.iter().any(|row| row.id == *id)) {
        check.wrong("assessments", "form.choice");
    }
    ids
}

/// The scale's own result says that there is a risk.
pub fn is_positive(row: &assessment::Model) -> bool {
    row.result.get("positive").and_then(serde_json::Value::as_bool) == Some(true)
}

fn yes_no(check: &mut Check, field: &'static str, value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        "" => {
            check.wrong(field, "form.required");
            None
        }
        _ => {
            check.wrong(field, "form.choice");
            None
        }
    }
}
