//! A step as it is decided on its page.

use std::collections::BTreeMap;

use entities::words::ReviewOutcome;
use serde::{Deserialize, Serialize};

use super::service::Verdict;
use crate::{
    enrolment::{chain::known::is_place, decision::forms::PlaceForm},
    platform::{
        Check, Errors, Version,
        approval::{Step, read},
    },
};

/// Longest note, in characters.
const NOTE: usize = 1000;

/// What the page sends. What is filled in, and papers that are missing, are fields of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct ReviewForm {
    /// The version of the step that was read.
    pub version: String,
    /// How.
    pub outcome: String,
    /// Why, or what there is to say.
    pub note: String,
    /// How the child attends.
    pub mode: String,
    /// Hours of service in a week.
    pub hours: String,
    /// The first day of the place.
    pub valid_from: String,
    /// The last day.
    pub valid_to: String,
    /// Everything else: `f-…` what is filled in, `x-…` papers that are missing.
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

/// The name of a field of a step on the page.
pub fn field_name(code: &str) -> String {
    format!("f-{code}")
}

/// The name of the box by which a paper is said to be missing.
pub fn missing_name(code: &str) -> String {
    format!("x-{code}")
}

impl ReviewForm {
    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// What was typed into a field of the step.
    pub fn answer(&self, code: &str) -> &str {
        self.more.get(&field_name(code)).map_or("", String::as_str)
    }

    /// A paper is said to be missing.
    pub fn misses(&self, code: &str) -> bool {
        self.more.contains_key(&missing_name(code))
    }

    /// The verdict, or everything that is wrong with it. `papers` are the codes that can be missing, `instruments` those that
    /// can be chosen.
    pub fn input(&self, step: &Step, papers: &[String], instruments: &[String]) -> Result<Verdict, Errors> {
        let mut check = Check::default();
        let outcome = check
            .word::<ReviewOutcome>("outcome", &self.outcome)
            .filter(|outcome| step.outcomes.contains(outcome));
        if outcome.is_none() && check.is_clean() {
            check.wrong("outcome", "form.choice");
        }
        let goes_on = outcome.is_some_and(ReviewOutcome::goes_on);
        let missing: Vec<String> = papers.iter().filter(|code| self.misses(code)).cloned().collect();
        let needs_none = [ReviewOutcome::Approved, ReviewOutcome::Admitted, ReviewOutcome::Trial];
        let plain = outcome.is_none_or(|outcome| needs_none.contains(&outcome));
        let listed = outcome == Some(ReviewOutcome::Returned) && !missing.is_empty();
        let note = if plain || listed {
            check.optional_note("note", &self.note, NOTE)
        } else {
            check.note("note", &self.note, NOTE)
        };
        let placement = if outcome.is_some_and(is_place) {
            let place = PlaceForm {
                mode: self.mode.clone(),
                hours: self.hours.clone(),
                valid_from: self.valid_from.clone(),
                valid_to: self.valid_to.clone(),
            };
            place.input(&mut check)
        } else {
            None
        };
        let typed: BTreeMap<String, String> = step
            .fields
            .iter()
            .map(|field| (field.code.clone(), self.answer(&field.code).to_owned()))
            .collect();
        let answers = read(step, &typed, goes_on, field_name, instruments);
        let (checked, answers) = match answers {
            Ok(answers) => (check.done(outcome), answers),
            Err(errors) => {
                let mut all = check.done(outcome).err().unwrap_or_default();
                for (field, say) in errors.all() {
                    all.add(field, say.clone());
                }
                (Err(all), BTreeMap::new())
            }
        };
        Ok(Verdict {
            outcome: checked?,
            note,
            answers,
            missing: if outcome == Some(ReviewOutcome::Returned) {
                missing
            } else {
                Vec::new()
            },
            placement,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::approval::{Field, FieldKind};

    fn step() -> Step {
        Step {
            outcomes: vec![ReviewOutcome::Approved, ReviewOutcome::Returned, ReviewOutcome::Refused],
            fields: vec![Field {
                code: "report".to_owned(),
                kind: FieldKind::Text,
                required: true,
                ..Field::default()
            }],
            ..Step::default()
        }
    }

    fn wrong(form: &ReviewForm) -> Vec<String> {
        let errors = form.input(&step(), &["photo".to_owned()], &[]).unwrap_err();
        errors.all().iter().map(|(field, _)| (*field).to_owned()).collect()
    }

    #[test]
    fn what_goes_on_is_filled_in_and_what_does_not_says_why() {
        let form = |outcome: &str| ReviewForm {
            outcome: outcome.to_owned(),
            ..ReviewForm::default()
        };
        assert_eq!(wrong(&form("approved")), ["f-report"]);
        assert_eq!(wrong(&form("refused")), ["note"]);
        assert_eq!(wrong(&form("returned")), ["note"]);
        assert_eq!(wrong(&form("admitted")), ["outcome"], "this step gives no place");
        let mut listed = form("returned");
        listed.more.insert(missing_name("photo"), "true".to_owned());
        let verdict = listed.input(&step(), &["photo".to_owned()], &[]).unwrap();
        assert_eq!(verdict.missing, ["photo"]);
    }
}
