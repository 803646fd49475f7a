//! The diagnosis as it is typed.

use chrono::NaiveDate;
use entities::{AssessmentId, screening::assessment};
use serde::{Deserialize, Serialize};

use super::codes;
use crate::{
    clinic::rescreen::forms::chosen,
    platform::{Check, Errors},
};

/// Longest conclusion, in characters.
const CONCLUSION: usize = 8000;
/// Longest advice, in characters.
const ADVICE: usize = 2000;
/// Longest name of a doctor, in characters.
const DOCTOR: usize = 60;

/// What the page sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct DiagnosisForm {
    /// Version of the referral that the page showed.
    pub version: String,
    /// Day of the diagnosis.
    pub diagnosed_on: String,
    /// The doctor who concludes.
    pub doctor: String,
    /// ICD-10 codes.
    pub codes: Vec<String>,
    /// `true`: nothing was found.
    pub none_found: String,
    /// Instruments filled in here that belong to it.
    pub assessments: Vec<String>,
    /// Those that the page offered.
    pub offered: Vec<String>,
    /// `true`: what was filled in for this is not all attached, on purpose.
    pub leave_out: String,
    /// Why a recorded result is corrected.
    pub why: String,
    /// The conclusion in the doctor's words.
    pub conclusion: String,
    /// What the doctor advises those who sent the child.
    pub advice: String,
}

/// A diagnosis as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDiagnosis {
    /// Day of the diagnosis.
    pub diagnosed_on: NaiveDate,
    /// The doctor who concludes.
    pub doctor: String,
    /// ICD-10 codes; empty when nothing was found.
    pub codes: Vec<String>,
    /// Instruments that belong to it.
    pub assessments: Vec<AssessmentId>,
    /// The conclusion in the doctor's words.
    pub conclusion: String,
    /// What the doctor advises those who sent the child.
    pub advice: Option<String>,
}

impl DiagnosisForm {
    /// The typed diagnosis, or everything that is wrong with it.
    pub fn input(
        &self,
        earliest: NaiveDate,
        today: NaiveDate,
        offered: &[assessment::Model],
    ) -> Result<NewDiagnosis, Errors> {
        let mut check = Check::default();
        let diagnosed_on = check.date("diagnosed_on", &self.diagnosed_on);
        if diagnosed_on.is_some_and(|day| day > today) {
            check.wrong("diagnosed_on", "finding.future");
        }
        if diagnosed_on.is_some_and(|day| day < earliest) {
            check.wrong("diagnosed_on", "finding.too_early");
        }
        let doctor = check.text_within("doctor", &self.doctor, DOCTOR);
        let mut chosen_codes = self.codes.clone();
        chosen_codes.dedup();
        if chosen_codes
            .iter()
            .any(|code| !codes::all().iter().any(|c| c.code == *code))
        {
            check.wrong("codes", "form.choice");
        }
        match (self.none_found == "true", chosen_codes.is_empty()) {
            (false, true) => check.wrong("codes", "diagnosis.codes.missing"),
            (true, false) => check.wrong("codes", "diagnosis.codes.contradiction"),
            (true, true) | (false, false) => {}
        }
        let assessments = chosen(&mut check, &self.assessments, offered);
        let conclusion = check.note("conclusion", &self.conclusion, CONCLUSION);
        let advice = check.optional_note("advice", &self.advice, ADVICE);
        let input = diagnosed_on.zip(doctor).zip(conclusion);
        check.done(input.map(|((diagnosed_on, doctor), conclusion)| NewDiagnosis {
            diagnosed_on,
            doctor,
            codes: chosen_codes,
            assessments,
            conclusion,
            advice,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn form() -> DiagnosisForm {
        DiagnosisForm {
            diagnosed_on: "2026-11-02".into(),
            doctor: "王医生".into(),
            codes: vec!["F84.0".into()],
            conclusion: "见病历".into(),
            ..DiagnosisForm::default()
        }
    }

    fn wrong(form: &DiagnosisForm) -> Vec<String> {
        let errors = form.input(day("2026-10-01"), day("2026-11-02"), &[]).unwrap_err();
        errors.all().iter().map(|(_, say)| say.key().to_owned()).collect()
    }

    #[test]
    fn codes_or_nothing_but_not_both_and_not_neither() {
        assert!(form().input(day("2026-10-01"), day("2026-11-02"), &[]).is_ok());
        let both = DiagnosisForm {
            none_found: "true".into(),
            ..form()
        };
        assert_eq!(wrong(&both), ["diagnosis.codes.contradiction"]);
        let neither = DiagnosisForm {
            codes: Vec::new(),
            ..form()
        };
        assert_eq!(wrong(&neither), ["diagnosis.codes.missing"]);
        let unknown = DiagnosisForm {
            codes: vec!["F84.7".into()],
            ..form()
        };
        assert_eq!(wrong(&unknown), ["form.choice"]);
    }

    #[test]
    fn a_diagnosis_lies_between_its_cause_and_today() {
        for (day, key) in [("2026-11-03", "finding.future"), ("2026-09-30", "finding.too_early")] {
            let form = DiagnosisForm {
                diagnosed_on: day.into(),
                ..form()
            };
            assert_eq!(wrong(&form), [key]);
        }
    }
}
