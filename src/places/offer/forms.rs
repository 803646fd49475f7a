//! What is typed about offers.

use chrono::NaiveDate;
use entities::{
    CareGroupId,
    words::{AnswerWay, EnrolmentMode, OfferState},
};
use serde::Deserialize;

use super::{
    answering::{Answer, Called},
    making::NewOffer,
    states::ANSWERS,
};
use crate::{
    enrolment::PlaceForm,
    platform::{Check, Errors, Version},
};

/// Longest name of whoever answered.
const NAME: usize = 60;
/// Longest reason.
const REASON: usize = 500;

/// A place that is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OfferForm {
    /// The class.
    pub group: String,
    /// How the child attends.
    pub mode: String,
    /// Hours of service in a week.
    pub hours: String,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    pub valid_to: String,
    /// Why others are passed over.
    pub passed_over: String,
}

impl OfferForm {
    /// The place.
    pub fn input(&self) -> Result<NewOffer, Errors> {
        let mut check = Check::default();
        let group = check.parse::<CareGroupId>("group", &self.group);
        let place = PlaceForm {
            mode: self.mode.clone(),
            hours: self.hours.clone(),
            valid_from: self.valid_from.clone(),
            valid_to: self.valid_to.clone(),
        };
        let placement = place.input(&mut check);
        let passed_over = check.optional_note("passed_over", &self.passed_over, REASON);
        check.done(group.zip(placement).map(|(group, placement)| NewOffer {
            group,
            placement,
            passed_over,
        }))
    }
}

/// What a family answered, what came of a call, why an offer is taken back. One page holds them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// The version that was read.
    pub version: String,
    /// What was answered.
    pub answer: String,
    /// Who of the family answered.
    pub answered_by: String,
    /// How.
    pub answered_how: String,
    /// Why not.
    pub reason: String,
    /// From which day on, where it is put off.
    pub deferred_until: String,
    /// Why the centre takes it back.
    pub why: String,
}

impl AnswerForm {
    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// The answer.
    pub fn answer(&self) -> Result<Answer, Errors> {
        let mut check = Check::default();
        let answer = check.word::<OfferState>("answer", &self.answer);
        if answer.is_some_and(|answer| !ANSWERS.contains(&answer)) {
            check.wrong("answer", "form.choice");
        }
        let (by, how) = self.who(&mut check);
        let reason = if answer == Some(OfferState::Left) {
            check.note("reason", &self.reason, REASON)
        } else {
            check.optional_note("reason", &self.reason, REASON)
        };
        let deferred_until = self.later(&mut check, answer);
        let whole = answer.zip(by).zip(how);
        check.done(whole.map(|((answer, by), how)| Answer {
            answer,
            by,
            how,
            reason,
            deferred_until,
        }))
    }

    fn later(&self, check: &mut Check, answer: Option<OfferState>) -> Option<NaiveDate> {
        if answer == Some(OfferState::Deferred) {
            check.date("deferred_until", &self.deferred_until)
        } else {
            None
        }
    }

    fn who(&self, check: &mut Check) -> (Option<String>, Option<AnswerWay>) {
        let by = check.text_within("answered_by", &self.answered_by, NAME);
        let how = check.word::<AnswerWay>("answered_how", &self.answered_how);
        (by, how)
    }

    /// What came of a call.
    pub fn called(&self) -> Result<Called, Errors> {
        let mut check = Check::default();
        let answer = check.word::<OfferState>("answer", &self.answer);
        let leaves = match answer {
            Some(OfferState::Left) => Some(true),
            Some(OfferState::Kept) => Some(false),
            Some(_) => {
                check.wrong("answer", "form.choice");
                None
            }
            None => None,
        };
        let by = check.text_within("answered_by", &self.answered_by, NAME);
        let reason = if leaves == Some(true) {
            check.note("reason", &self.reason, REASON)
        } else {
            check.optional_note("reason", &self.reason, REASON)
        };
        check.done(leaves.zip(by).map(|(leaves, by)| Called { leaves, by, reason }))
    }

    /// Why the centre takes it back.
    pub fn withdrawal(&self) -> Result<String, Errors> {
        let mut check = Check::default();
        let why = check.note("why", &self.why, REASON);
        check.done(why)
    }
}

/// How a child attends, as a form says it first.
pub fn mode(typed: &str) -> EnrolmentMode {
    typed.parse().unwrap_or(EnrolmentMode::FullDay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_needs_a_reason_and_later_a_day() {
        let form = |answer: &str| AnswerForm {
            answer: answer.to_owned(),
            answered_by: "王芳".to_owned(),
            answered_how: "phone".to_owned(),
            ..AnswerForm::default()
        };
        assert!(form("accepted").answer().is_ok() && form("kept").answer().is_ok());
        assert!(!form("left").answer().unwrap_err().get("reason").is_empty());
        assert!(!form("deferred").answer().unwrap_err().get("deferred_until").is_empty());
        assert!(form("expired").answer().is_err(), "nobody answers that");
        assert!(
            form("accepted").called().is_err(),
            "what ran out is not accepted any more"
        );
        assert!(!form("kept").called().unwrap().leaves);
    }
}
