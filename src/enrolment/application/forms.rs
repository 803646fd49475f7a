//! The application as it is typed at the counter.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use entities::{
    GuardianId,
    enrolment::{application, application_material},
    words::{Economy, EnrolmentMode, Issuer, MaterialState},
};
use serde::{Deserialize, Serialize};

use super::papers::Paper;
use crate::{
    enrolment::rules::{DEFERRAL, Material},
    platform::{
        Check, Errors, Version,
        form::{allowed, day_of, optional},
    },
};

/// Longest note, in characters.
const NOTE: usize = 1000;
/// Longest reason, in characters.
pub const REASON: usize = 300;
/// So many months ahead a child can be applied for.
const AHEAD: u32 = 24;

/// What the page sends. The papers are fields of their own, one group for each: see [`paper_field`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct ApplicationForm {
    /// The version that was read; empty for a new one.
    pub version: String,
    /// How the child is to attend.
    pub mode: String,
    /// From which day.
    pub wanted_from: String,
    /// The situation of the family.
    pub economy: String,
    /// The guardian who applies.
    pub guardian: String,
    /// Whatever else there is to say.
    pub note: String,
    /// `submit`: submit it; anything else keeps it.
    pub then: String,
    /// The papers.
    #[serde(flatten)]
    pub papers: BTreeMap<String, String>,
}

/// An application as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// How the child is to attend.
    pub mode: EnrolmentMode,
    /// From which day.
    pub wanted_from: NaiveDate,
    /// The situation of the family.
    pub economy: Economy,
    /// The guardian who applies.
    pub guardian: Option<GuardianId>,
    /// Whatever else there is to say.
    pub note: Option<String>,
    /// The papers that something is said of.
    pub papers: Vec<Paper>,
}

/// The name of a part of a paper's form.
pub fn paper_field(code: &str, part: &str) -> String {
    format!("m-{code}-{part}")
}

/// The parts of a paper's form.
pub const PARTS: [&str; 6] = ["state", "issued_on", "valid_from", "valid_until", "issuer", "reason"];

impl ApplicationForm {
    /// As it is kept.
    pub fn of(row: &application::Model, papers: &[application_material::Model]) -> Self {
        let mut form = Self {
            version: row.version.to_string(),
            mode: row.mode.as_str().to_owned(),
            wanted_from: row.wanted_from.to_string(),
            economy: row.economy.as_str().to_owned(),
            guardian: row.guardian_id.map(|id| id.to_string()).unwrap_or_default(),
            note: row.note.clone().unwrap_or_default(),
            ..Self::default()
        };
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        for paper in papers {
            let parts = [
                ("state", paper.state.as_str().to_owned()),
                ("issued_on", day(paper.issued_on)),
                ("valid_from", day(paper.valid_from)),
                ("valid_until", day(paper.valid_until)),
                (
                    "issuer",
                    paper.issuer.map(|one| one.as_str().to_owned()).unwrap_or_default(),
                ),
                ("reason", paper.reason.clone().unwrap_or_default()),
            ];
            for (part, text) in parts {
                form.papers.insert(paper_field(&paper.code, part), text);
            }
        }
        form
    }

    /// It is to be submitted.
    pub fn submits(&self) -> bool {
        self.then == "submit"
    }

    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// What was typed into a part of a paper's form.
    pub fn paper(&self, code: &str, part: &str) -> &str {
        self.papers.get(&paper_field(code, part)).map_or("", String::as_str)
    }

    /// The mode that is chosen.
    pub fn mode(&self) -> EnrolmentMode {
        self.mode.parse().unwrap_or(EnrolmentMode::FullDay)
    }

    /// The typed application, or everything that is wrong with it. `rows` are all papers that the rule knows, `guardians` those
    /// who can apply.
    pub fn input(
        &self,
        today: NaiveDate,
        rows: &[Material],
        guardians: &[GuardianId],
    ) -> Result<NewApplication, Errors> {
        let mut check = Check::default();
        let mode = check.word::<EnrolmentMode>("mode", &self.mode);
        let wanted_from = check.date("wanted_from", &self.wanted_from);
        let latest = today.checked_add_months(Months::new(AHEAD));
        if wanted_from.zip(latest).is_some_and(|(day, latest)| day > latest) {
            check.wrong("wanted_from", "application.too_far");
        }
        let economy = check.word::<Economy>("economy", &self.economy);
        let guardian = check.optional_parse::<GuardianId>("guardian", &self.guardian);
        if guardian.is_some_and(|id| !guardians.contains(&id)) {
            check.wrong("guardian", "form.choice");
        }
        let note = check.optional_note("note", &self.note, NOTE);
        let mut errors = Errors::default();
        let mut codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        codes.dedup();
        let mut papers: Vec<Paper> = Vec::new();
        for code in codes {
            if papers.iter().any(|paper| paper.code == code) {
                continue;
            }
            papers.extend(self.read_paper(code, &mut errors));
        }
        let input = mode
            .zip(wanted_from)
            .zip(economy)
            .map(|((mode, wanted_from), economy)| NewApplication {
                mode,
                wanted_from,
                economy,
                guardian,
                note,
                papers,
            });
        match (check.done(input), errors.is_empty()) {
            (Ok(input), true) => Ok(input),
            (Ok(_), false) => Err(errors),
            (Err(mut others), _) => {
                for (field, say) in errors.all() {
                    others.add(field, say.clone());
                }
                Err(others)
            }
        }
    }

    /// One paper; nothing where nothing is said of it.
    fn read_paper(&self, code: &str, errors: &mut Errors) -> Option<Paper> {
        if PARTS.iter().all(|part| self.paper(code, part).trim().is_empty()) {
            return None;
        }
        let mut day = |part| {
            let text = optional(self.paper(code, part))?;
            match day_of(&text) {
                Ok(day) => Some(day),
                Err(say) => {
                    errors.add(paper_field(code, part), say);
                    None
                }
            }
        };
        let (issued_on, valid_from, valid_until) = (day("issued_on"), day("valid_from"), day("valid_until"));
        let state = match optional(self.paper(code, "state")) {
            None => MaterialState::Missing,
            Some(text) => text.parse().unwrap_or_else(|_| {
                errors.add(paper_field(code, "state"), "form.choice");
                MaterialState::Missing
            }),
        };
        let issuer = optional(self.paper(code, "issuer")).and_then(|text| {
            let issuer = text.parse::<Issuer>().ok();
            if issuer.is_none() {
                errors.add(paper_field(code, "issuer"), "form.choice");
            }
            issuer
        });
        let reason = optional(self.paper(code, "reason"));
        if let Some(Err(say)) = reason.as_ref().map(|text| allowed(text, REASON)) {
            errors.add(paper_field(code, "reason"), say);
        }
        if state == MaterialState::NotNeeded && reason.is_none() {
            errors.add(paper_field(code, "reason"), "material.reason");
        }
        if valid_from.zip(valid_until).is_some_and(|(from, until)| until < from) {
            errors.add(paper_field(code, "valid_until"), "material.lacks.order");
        }
        Some(Paper {
            code: code.to_owned(),
            state,
            issuer,
            issued_on,
            valid_from,
            valid_until,
            reason,
        })
    }
}

/// Why an application is withdrawn, or why somebody answers for a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WhyForm {
    /// The version that was read.
    pub version: String,
    /// Why it is withdrawn.
    pub why: String,
    /// The test that somebody answers for.
    pub test: String,
    /// Why it is let pass.
    pub because: String,
    /// A paper that comes after the decision.
    pub material: String,
    /// When it was issued.
    pub issued_on: String,
    /// From when it holds.
    pub valid_from: String,
    /// Until when.
    pub valid_until: String,
    /// Who issued it.
    pub issuer: String,
}

impl WhyForm {
    /// Why it is withdrawn.
    pub fn withdrawal(&self) -> Result<String, Errors> {
        let mut check = Check::default();
        let why = check.note("why", &self.why, REASON);
        check.done(why)
    }

    /// A paper that comes after the decision; `rows` are those that the rule knows.
    pub fn paper(&self, rows: &[Material]) -> Result<Paper, Errors> {
        let mut check = Check::default();
        let known = rows.iter().find(|row| row.code == self.material);
        if known.is_none() {
            check.wrong("material", "form.choice");
        }
        let issued_on = check.date("issued_on", &self.issued_on);
        let valid_from = check.optional_date("valid_from", &self.valid_from);
        let valid_until = check.optional_date("valid_until", &self.valid_until);
        let issuer = if self.issuer.trim().is_empty() {
            None
        } else {
            check.word::<Issuer>("issuer", &self.issuer)
        };
        if known.is_some_and(|row| row.code == DEFERRAL) {
            if valid_until.is_none() {
                check.wrong("valid_until", "form.required");
            }
            if issuer.is_none() {
                check.wrong("issuer", "form.required");
            }
        }
        let begins = valid_from.or(issued_on);
        if begins.zip(valid_until).is_some_and(|(from, until)| until < from) {
            check.wrong("valid_until", "material.lacks.order");
        }
        let paper = known.zip(issued_on).map(|(row, issued_on)| Paper {
            code: row.code.clone(),
            state: MaterialState::Received,
            issuer,
            issued_on: Some(issued_on),
            valid_from,
            valid_until,
            reason: None,
        });
        check.done(paper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Material> {
        ["form", "exam"]
            .map(|code| Material {
                code: code.to_owned(),
                ..Material::default()
            })
            .into()
    }

    fn form(papers: &[(&str, &str)]) -> ApplicationForm {
        ApplicationForm {
            mode: "full_day".to_owned(),
            wanted_from: "2026-12-01".to_owned(),
            economy: "ordinary".to_owned(),
            papers: papers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..ApplicationForm::default()
        }
    }

    #[test]
    fn papers_are_read_group_by_group() {
        let today = "2026-11-02".parse().unwrap();
        let typed = form(&[
            ("m-exam-state", "received"),
            ("m-exam-issued_on", "2026.10.9"),
            ("m-other-state", "received"),
        ]);
        let input = typed.input(today, &rows(), &[]).unwrap();
        assert_eq!(input.papers.len(), 1, "what the rule does not know is nothing");
        assert_eq!(input.papers[0].issued_on, Some("2026-10-09".parse().unwrap()));
        let wrong = form(&[
            ("m-form-state", "not_needed"),
            ("m-exam-state", "perhaps"),
            ("m-exam-issued_on", "soon"),
        ]);
        let errors = wrong.input(today, &rows(), &[]).unwrap_err();
        let fields: Vec<_> = errors.all().iter().map(|(field, _)| (*field).to_owned()).collect();
        assert_eq!(fields, ["m-exam-issued_on", "m-exam-state", "m-form-reason"]);
    }

    #[test]
    fn a_guardian_is_one_of_the_childs() {
        let today = "2026-11-02".parse().unwrap();
        let typed = ApplicationForm {
            guardian: "7".to_owned(),
            ..form(&[])
        };
        assert!(typed.input(today, &rows(), &[GuardianId(7)]).is_ok());
        assert!(typed.input(today, &rows(), &[GuardianId(8)]).is_err());
    }
}
