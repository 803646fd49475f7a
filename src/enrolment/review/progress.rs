//! A chain with where an application stands in it, as pages draw it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    enrolment::{application, application_step},
    words::{Language, ReviewEffect},
};

use crate::{
    enrolment::application::queries,
    platform::{
        Result, Say,
        approval::{Chain, Facts, Step},
        words,
    },
};

/// A step of the chain as a page draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// `done`, `current`, `late`, `todo`, `skipped`: as `ui/status.html` has it.
    pub state: &'static str,
    /// Its name.
    pub name: String,
    /// Who and when, or by when.
    pub note: String,
}

/// The steps of a chain, with what became of them in the present round.
pub fn progress(
    chain: &Chain,
    row: &application::Model,
    steps: &[application_step::Model],
    places: &BTreeMap<OrganisationId, String>,
    (language, today): (Language, NaiveDate),
) -> Result<Vec<Progress>> {
    let facts: Facts = queries::facts(row)?;
    let drawn = chain.steps().map(|(_, step)| {
        let called_for = step.is_called_for(&facts);
        // What was decided in an earlier round and still stands is the newest of its kind.
        let found = steps.iter().rfind(|one| one.code == step.code);
        one(
            step,
            found.filter(|one| counts(one, row, chain)),
            called_for,
            places,
            (language, today),
        )
    });
    Ok(drawn.collect())
}

/// It is of the present round, or stands from an earlier one.
fn counts(step: &application_step::Model, row: &application::Model, chain: &Chain) -> bool {
    let earlier = step.round < row.round;
    let stays = chain.resumes == crate::platform::approval::Resumes::WhereReturned;
    let went_on = step.outcome.is_some_and(|outcome| outcome.effect() == ReviewEffect::On);
    !earlier || stays && went_on
}

fn one(
    step: &Step,
    found: Option<&application_step::Model>,
    called_for: bool,
    places: &BTreeMap<OrganisationId, String>,
    (language, today): (Language, NaiveDate),
) -> Progress {
    let name = step.name.get(language).to_owned();
    let place = |one: &application_step::Model| places.get(&one.organisation_id).cloned().unwrap_or_default();
    let (state, note) = match found {
        None if !called_for => ("skipped", Say::new("review.not_called_for").in_words(language)),
        None => {
            let kind = step
                .organisation
                .map(|kind| words::raw(language, kind.word()).into_owned());
            ("todo", kind.unwrap_or_default())
        }
        Some(one) => match (one.outcome, one.ended_at) {
            (Some(outcome), _) => {
                let state = if outcome.effect() == ReviewEffect::On {
                    "done"
                } else {
                    "late"
                };
                (
                    state,
                    format!("{} · {}", place(one), words::raw(language, outcome.word())),
                )
            }
            (None, Some(_)) => ("skipped", place(one)),
            (None, None) => {
                let late = one.due_on.is_some_and(|due| due < today);
                let until = match one.due_on {
                    Some(due) => Say::new("review.until").with("day", due).in_words(language),
                    None => String::new(),
                };
                (if late { "late" } else { "current" }, format!("{} {until}", place(one)))
            }
        },
    };
    Progress {
        state,
        name,
        note: note.trim().to_owned(),
    }
}
