//! The pages of chains.

use std::fmt::Display;

use askama::Template;
use entities::{
    enrolment::review_chain,
    words::{ChainState, Language, OrganisationKind, ReviewOutcome, Role},
};

use super::{
    drawing::Drawing,
    drawn::{DrawnCondition, DrawnField, DrawnStep, condition_field, field_field, step_field},
    known,
};
use crate::{
    platform::{
        Choice, Errors, Say,
        approval::{FieldKind, Is},
        words,
    },
    web::{choices, filters},
};

/// A version in the list.
#[derive(Clone, Debug)]
pub struct Version {
    /// The row.
    pub row: review_chain::Model,
    /// The name of its division.
    pub division: String,
    /// It holds today.
    pub holds: bool,
}

/// All versions.
#[derive(Template)]
#[template(path = "enrolment/chains.html")]
pub struct ChainsPage {
    /// The versions.
    pub versions: Vec<Version>,
    /// The one that the program brings holds: nobody put another in force.
    pub shipped_holds: bool,
}

/// A step as people read it.
#[derive(Clone, Debug)]
pub struct Read {
    /// The stage, from 1.
    pub stage: usize,
    /// Its name.
    pub name: String,
    /// Kind of organisation and role.
    pub who: String,
    /// How long it may take, and before when it cannot go on.
    pub days: String,
    /// What may come of it.
    pub outcomes: String,
    /// What is filled in.
    pub fields: String,
    /// When it is called for; empty: always.
    pub when: String,
}

/// A step of a dry run as people read it.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The stage, from 1.
    pub stage: usize,
    /// Its name.
    pub name: String,
    /// It is called for.
    pub called_for: bool,
    /// The organisation that would have it; empty where there is none.
    pub place: String,
    /// The role, and how many people hold it there.
    pub role: String,
    /// Nobody is there who could decide it.
    pub nobody: bool,
    /// From when.
    pub from: String,
    /// Not before, and by when.
    pub until: String,
}

/// A version.
#[derive(Template)]
#[template(path = "enrolment/chain.html")]
pub struct ChainPage {
    /// The row.
    pub row: review_chain::Model,
    /// The name of its division.
    pub division: String,
    /// As people read it.
    pub steps: Vec<Read>,
    /// The reader may change it.
    pub own: bool,
    /// It holds today.
    pub holds: bool,
    /// Facts of the invented application: field name, locale key, value or choices.
    pub facts: Vec<(String, &'static str, String, Vec<Choice>)>,
    /// The day on which it is submitted.
    pub submitted_on: String,
    /// What came of trying it; empty before.
    pub ran: Vec<Ran>,
    /// What is wrong.
    pub errors: Errors,
}

impl ChainsPage {
    fn look(&self, state: &ChainState) -> (&'static str, &'static str) {
        look(*state)
    }
}

impl ChainPage {
    fn look(&self) -> (&'static str, &'static str) {
        look(self.row.state)
    }

    fn is_draft(&self) -> bool {
        self.row.state == ChainState::Draft
    }

    fn is_over(&self) -> bool {
        self.row.state == ChainState::Withdrawn
    }
}

/// Colour and icon of a state.
fn look(state: ChainState) -> (&'static str, &'static str) {
    match state {
        ChainState::Draft => ("neutral", "draft"),
        ChainState::InForce => ("success", "done"),
        ChainState::Withdrawn => ("neutral", "cancelled"),
    }
}

/// Drawing a version.
#[derive(Template)]
#[template(path = "enrolment/chain_edit.html")]
pub struct DrawPage {
    /// Where the form goes.
    pub action: String,
    /// The way back.
    pub back: String,
    /// The version of the draft that was read; empty for a new one.
    pub version: String,
    /// What is drawn.
    pub drawing: Drawing,
    /// As people would read it.
    pub steps: Vec<Read>,
    /// The reader's language.
    pub language: Language,
    /// What is wrong with it.
    pub errors: Errors,
}

impl DrawPage {
    fn resumes(&self) -> Vec<Choice> {
        let say = |key: &'static str| words::raw(self.language, key).into_owned();
        [
            ("at_the_first", "review_chain.resumes.first"),
            ("where_returned", "review_chain.resumes.returned"),
        ]
        .map(|(value, key)| Choice::new(value, say(key), &self.drawing.resumes))
        .into()
    }

    fn organisations(&self, step: &DrawnStep) -> Vec<Choice> {
        self.with_none(choices::<OrganisationKind>(self.language, &step.organisation))
    }

    fn roles(&self, step: &DrawnStep) -> Vec<Choice> {
        let decide = crate::access::Can::Review.roles();
        let mut all = choices::<Role>(self.language, &step.role);
        all.retain(|one| decide.iter().any(|role| role.as_str() == one.value));
        self.with_none(all)
    }

    fn with_none(&self, all: Vec<Choice>) -> Vec<Choice> {
        let none = Choice::new("", words::raw(self.language, "ui.form.choose"), "-");
        [vec![none], all].concat()
    }

    fn outcomes(&self, step: &DrawnStep) -> Vec<(String, String, bool)> {
        let one = |outcome: &ReviewOutcome| {
            let label = words::raw(self.language, outcome.word()).into_owned();
            let ticked = step.outcomes.iter().any(|one| one == outcome.as_str());
            (format!("o-{}", outcome.as_str()), label, ticked)
        };
        ReviewOutcome::ALL.iter().map(one).collect()
    }

    fn kinds(&self, field: &DrawnField) -> Vec<Choice> {
        let all =
            FieldKind::ALL.map(|kind| Choice::new(kind.as_str(), words::raw(self.language, kind.key()), &field.kind));
        self.with_none(all.into())
    }

    fn facts(&self, chosen: &str) -> Vec<Choice> {
        let all = known::FACTS
            .iter()
            .map(|fact| Choice::new(fact.code, words::raw(self.language, fact.label), chosen));
        self.with_none(all.collect())
    }

    fn ways(&self, chosen: &str) -> Vec<Choice> {
        Is::ALL
            .map(|is| Choice::new(is.as_str(), words::raw(self.language, is.key()), chosen))
            .into()
    }

    /// What a condition compares with, in the reader's words.
    fn value(&self, condition: &DrawnCondition) -> String {
        known::shown(&condition.fact, &condition.value, self.language)
    }

    fn s(&self, n: impl Display, m: impl Display, part: &str) -> String {
        step_field(n, m, part)
    }

    fn f(&self, n: impl Display, m: impl Display, k: impl Display, part: &str) -> String {
        field_field(n, m, k, part)
    }

    fn c(&self, n: impl Display, m: impl Display, k: impl Display, part: &str) -> String {
        condition_field(n, m, k, part)
    }

    /// The number of a stage, and whether its steps wait side by side.
    fn stage_title(&self, n: impl Display, steps: usize) -> String {
        let key = if steps > 1 {
            "review_chain.stage.parallel"
        } else {
            "review_chain.stage.n"
        };
        Say::new(key).with("n", n.to_string()).in_words(self.language)
    }

    /// What tells a step's buttons apart: stage and place in it, from 1, and its name.
    fn named(&self, n: impl Display, m: impl Display, step: &DrawnStep) -> String {
        let name = match self.language {
            Language::Chinese => &step.zh,
            Language::English => &step.en,
        };
        format!("{n}.{m} {name}")
    }
}
