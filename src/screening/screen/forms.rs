//! What the screen pages send.

use entities::words::{AgeUsed, ScreenOutcome};
use serde::{Deserialize, Serialize};

use super::{
    rules::SIGNS,
    service::{Finding, NewScreen},
};
use crate::{
    platform::{Check, Errors},
    screening::NOTE,
};

/// The day and the age to go by: asked before the signs, because the signs follow from them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OccasionForm {
    /// The day it was done.
    pub performed_on: String,
    /// `chronological` or `corrected`; by the rule when empty.
    pub age_used: String,
}

/// One screen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ScreenForm {
    /// The day it was done.
    pub performed_on: String,
    /// The age it goes by.
    pub age_used: String,
    /// The check age whose signs the page showed.
    pub check_age: String,
    /// First sign, `yes` or `no`.
    pub sign1: String,
    /// Second sign.
    pub sign2: String,
    /// Third sign.
    pub sign3: String,
    /// Fourth sign.
    pub sign4: String,
    /// Loss or regression, `yes` or `no`.
    pub regression: String,
    /// Why the child was not seen; empty when it was.
    pub not_seen: String,
    /// Anything else.
    pub note: String,
    /// Set on the page that shows once more what will be recorded.
    pub confirmed: String,
    /// Back from there.
    pub again: String,
}

impl ScreenForm {
    /// The answers in order, with the names of their fields.
    pub fn answers(&self) -> [(&'static str, &str); 5] {
        [
            ("sign1", &self.sign1),
            ("sign2", &self.sign2),
            ("sign3", &self.sign3),
            ("sign4", &self.sign4),
            ("regression", &self.regression),
        ]
    }

    /// The typed input.
    pub fn input(&self) -> Result<NewScreen, Errors> {
        let mut check = Check::default();
        let performed_on = check.date("performed_on", &self.performed_on);
        let age_used = match self.age_used.as_str() {
            "" => None,
            word => check.word::<AgeUsed>("age_used", word),
        };
        let finding = self.finding(&mut check);
        let note = check.optional_note("note", &self.note, NOTE);
        let input = performed_on.zip(finding).map(|(performed_on, finding)| NewScreen {
            performed_on,
            age_used,
            finding,
            note,
        });
        check.done(input)
    }

    fn finding(&self, check: &mut Check) -> Option<Finding> {
        if !self.not_seen.is_empty() {
            let why = check.word::<ScreenOutcome>("not_seen", &self.not_seen)?;
            if why.is_seen() {
                check.wrong("not_seen", "form.choice");
                return None;
            }
            if self.answers().iter().any(|(_, answer)| *answer == "yes") {
                check.wrong("not_seen", "screen.seen_or_not");
                return None;
            }
            return Some(Finding::NotSeen(why));
        }
        let mut present = Vec::new();
        let mut complete = true;
        for (field, answer) in self.answers() {
            match answer {
                "yes" => present.push(field),
                "no" => {}
                "" => {
                    check.wrong(field, "screen.unanswered");
                    complete = false;
                }
                _ => {
                    check.wrong(field, "form.choice");
                    complete = false;
                }
            }
        }
        let has = |n: u8| present.contains(&format!("sign{n}").as_str());
        complete.then(|| Finding::Seen {
            signs: (1..=SIGNS).filter(|n| has(*n)).collect(),
            regression: present.contains(&"regression"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> ScreenForm {
        ScreenForm {
            performed_on: "2026-11-02".into(),
            sign1: "no".into(),
            sign2: "yes".into(),
            sign3: "no".into(),
            sign4: "yes".into(),
            regression: "no".into(),
            ..ScreenForm::default()
        }
    }

    #[test]
    fn answers_become_signs() {
        let finding = Finding::Seen {
            signs: vec![2, 4],
            regression: false,
        };
        assert_eq!(seen().input().unwrap().finding, finding);
    }

    #[test]
    fn every_question_is_answered_or_none_is_asked() {
        let mut form = seen();
        form.sign3.clear();
        form.regression = "maybe".into();
        let errors = form.input().unwrap_err();
        assert_eq!(errors.all().len(), 2);
        form.not_seen = "refused".into();
        assert!(form.input().is_err(), "signs and a refusal contradict each other");
        let form = ScreenForm {
            performed_on: "2026-11-02".into(),
            not_seen: "refused".into(),
            ..ScreenForm::default()
        };
        assert_eq!(form.input().unwrap().finding, Finding::NotSeen(ScreenOutcome::Refused));
        let form = ScreenForm {
            not_seen: "normal".into(),
            ..form
        };
        assert!(form.input().is_err(), "normal follows from the signs, it is not chosen");
    }
}
