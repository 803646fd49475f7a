//! A chain of review as data, and what contradicts itself in one.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::words::{Language, OrganisationKind, ReviewOutcome, Role};
use serde::{Deserialize, Serialize};

use super::{
    super::{Calendar, Say, form::allowed},
    condition::{Condition, Known},
};

/// Most stages of a chain.
const STAGES: usize = 20;
/// Most steps of a stage.
const STEPS: usize = 6;
/// Most fields of a step.
const FIELDS: usize = 20;
/// Longest code, in characters.
const CODE: usize = 32;
/// Longest name, in characters.
const NAME: usize = 60;
/// Most working days of a step.
const DAYS: u16 = 250;

/// Stages, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Where what was returned and completed goes on.
    #[serde(default)]
    pub resumes: Resumes,
    /// The stages.
    pub stages: Vec<Stage>,
}

/// Where what was returned and completed goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resumes {
    /// At the first step: everybody looks again.
    #[default]
    AtTheFirst,
    /// At the stage that returned it: what was decided before stands.
    WhereReturned,
}

/// Steps that wait side by side; all of them have to be decided before it goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The steps.
    pub steps: Vec<Step>,
}

/// A name in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Named {
    /// In a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name in rows and events.
    pub code: String,
    /// Its name for people.
    #[serde(default)]
    pub name: Named,
    /// The organisation that decides; none: any whose people hold the role.
    #[serde(default)]
    pub organisation: Option<OrganisationKind>,
    /// Who decides there: one of these roles is enough, the first is the one who is asked.
    pub roles: Vec<Role>,
    /// Until when; none: its feature says so.
    #[serde(default)]
    pub working_days: Option<u16>,
    /// It cannot go on before so many working days are over (公示).
    #[serde(default)]
    pub least_working_days: u16,
    /// What may come of it.
    pub outcomes: Vec<ReviewOutcome>,
    /// What is filled in.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// It is called for only when all of this holds.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// Something that is filled in when a step is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in rows.
    pub code: String,
    /// Its name for people.
    pub name: Named,
    /// What it is.
    pub kind: FieldKind,
    /// It has to be filled in where the step goes on.
    #[serde(default)]
    pub required: bool,
    /// It has to be filled in where another one is.
    #[serde(default)]
    pub required_with: Option<String>,
    /// The smallest number.
    #[serde(default)]
    pub least: Option<i64>,
    /// The largest number, or the most characters of a text.
    #[serde(default)]
    pub most: Option<i64>,
    /// What can be chosen.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// What can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As it is kept.
    pub code: String,
    /// As it is read.
    pub name: Named,
}

/// What a field is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text of several lines.
    #[default]
    Text,
    /// A whole number.
    Number,
    /// One of a few.
    Choice,
    /// A day.
    Date,
    /// An instrument that was filled in for the child.
    Instrument,
}

impl FieldKind {
    /// Every kind, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Text, Self::Number, Self::Choice, Self::Date, Self::Instrument];

    /// As it is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Instrument => "instrument",
        }
    }

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Text => "approval.field.text",
            Self::Number => "approval.field.number",
            Self::Choice => "approval.field.choice",
            Self::Date => "approval.field.date",
            Self::Instrument => "approval.field.instrument",
        }
    }

    /// By its name in forms.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where in a chain something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the chain as a whole.
    Chain,
    /// In something that a step says: stage, step and what.
    Step(usize, usize, &'static str),
    /// In something that a field of a step says: stage, step, field and what.
    Field(usize, usize, usize, &'static str),
    /// In a condition of a step.
    Condition(usize, usize, usize),
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where.
    pub place: Place,
    /// What.
    pub say: Say,
}

impl Chain {
    /// One step, which somebody else than the one who entered it decides: yes or no.
    pub fn second_person(name: &str, roles: &[Role]) -> Self {
        Self {
            resumes: Resumes::AtTheFirst,
            stages: vec![Stage {
                steps: vec![Step {
                    code: name.to_owned(),
                    roles: roles.to_vec(),
                    outcomes: vec![ReviewOutcome::Approved, ReviewOutcome::Refused],
                    ..Step::default()
                }],
            }],
        }
    }

    /// Every step with the stage that it is in.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.stages
            .iter()
            .enumerate()
            .flat_map(|(n, stage)| stage.steps.iter().map(move |step| (n, step)))
    }

    /// A step by its code, with the stage that it is in.
    pub fn step(&self, code: &str) -> Option<(usize, &Step)> {
        self.steps().find(|(_, step)| step.code == code)
    }

    /// What contradicts itself, from top to bottom. `known` are the facts that conditions may ask for.
    pub fn flaws(&self, known: &[Known]) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut wrong = |place, key: &'static str| flaws.push(flaw(place, key));
        if self.stages.is_empty() {
            wrong(Place::Chain, "approval.flaw.empty");
        }
        if self.stages.len() > STAGES || self.stages.iter().any(|stage| stage.steps.len() > STEPS) {
            wrong(Place::Chain, "approval.flaw.too_many");
        }
        if self.stages.iter().any(|stage| stage.steps.is_empty()) {
            wrong(Place::Chain, "approval.flaw.empty_stage");
        }
        let mut codes = BTreeSet::new();
        for (n, stage) in self.stages.iter().enumerate() {
            for (m, step) in stage.steps.iter().enumerate() {
                step.flaws((n, m), known, &mut flaws);
                if !step.code.is_empty() && !codes.insert(step.code.as_str()) {
                    flaws.push(flaw(Place::Step(n, m, "code"), "approval.flaw.twice"));
                }
            }
        }
        flaws
    }
}

fn flaw(place: Place, key: &'static str) -> Flaw {
    Flaw {
        place,
        say: Say::new(key),
    }
}

fn code_flaw(code: &str) -> Option<&'static str> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if code.is_empty() {
        Some("form.required")
    } else if code.len() > CODE || !code.chars().all(fits) {
        Some("approval.flaw.code")
    } else {
        None
    }
}

fn name_flaw(name: &str) -> Option<Say> {
    if name.trim().is_empty() {
        return Some(Say::new("form.required"));
    }
    allowed(name, NAME).err()
}

impl Step {
    /// The last day for it, when it began to wait on a day.
    pub fn due_on(&self, since: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        self.working_days.map(|days| calendar.add_working_days(since, days).0)
    }

    /// The first day on which it can go on; none where that is at once.
    pub fn not_before(&self, since: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        (self.least_working_days > 0).then(|| calendar.add_working_days(since, self.least_working_days).0)
    }

    /// The role that is asked.
    pub fn role(&self) -> Option<Role> {
        self.roles.first().copied()
    }

    fn flaws(&self, (n, m): (usize, usize), known: &[Known], flaws: &mut Vec<Flaw>) {
        let at = |what| Place::Step(n, m, what);
        let mut wrong = |place, say: Say| flaws.push(Flaw { place, say });
        if let Some(key) = code_flaw(&self.code) {
            wrong(at("code"), key.into());
        }
        for (what, name) in [("zh", &self.name.zh), ("en", &self.name.en)] {
            if let Some(say) = name_flaw(name) {
                wrong(at(what), say);
            }
        }
        if self.roles.is_empty() {
            wrong(at("role"), "form.required".into());
        }
        if self.working_days.is_some_and(|days| days == 0 || days > DAYS) {
            wrong(at("days"), Say::new("approval.flaw.days").with("most", DAYS));
        }
        if self.least_working_days > DAYS {
            wrong(at("least"), Say::new("approval.flaw.days").with("most", DAYS));
        } else if self.working_days.is_some_and(|days| days < self.least_working_days) {
            wrong(at("least"), "approval.flaw.least".into());
        }
        if !self.outcomes.iter().any(|outcome| outcome.goes_on()) {
            wrong(at("outcomes"), "approval.flaw.outcomes".into());
        }
        if self.fields.len() > FIELDS {
            wrong(at("code"), Say::new("approval.flaw.fields").with("most", FIELDS));
        }
        let mut codes = BTreeSet::new();
        for (k, field) in self.fields.iter().enumerate() {
            let at = |what| Place::Field(n, m, k, what);
            if let Some(key) = code_flaw(&field.code) {
                wrong(at("code"), key.into());
            } else if !codes.insert(field.code.as_str()) {
                wrong(at("code"), "approval.flaw.twice".into());
            }
            for (what, name) in [("zh", &field.name.zh), ("en", &field.name.en)] {
                if let Some(say) = name_flaw(name) {
                    wrong(at(what), say);
                }
            }
            if field.least.zip(field.most).is_some_and(|(least, most)| least > most) {
                wrong(at("most"), "approval.flaw.bounds".into());
            }
            if field.kind == FieldKind::Choice {
                let unnamed = |one: &Choice| code_flaw(&one.code).is_some() || name_flaw(&one.name.zh).is_some();
                let codes: BTreeSet<&str> = field.choices.iter().map(|one| one.code.as_str()).collect();
                if codes.len() < 2 || codes.len() < field.choices.len() || field.choices.iter().any(unnamed) {
                    wrong(at("choices"), "approval.flaw.choices".into());
                }
            }
            let other = field.required_with.as_deref();
            if other.is_some_and(|with| with == field.code || !self.fields.iter().any(|one| one.code == with)) {
                wrong(at("with"), "approval.flaw.with".into());
            }
        }
        for (k, condition) in self.when.iter().enumerate() {
            if !condition.is_about(known) {
                wrong(Place::Condition(n, m, k), "approval.flaw.condition".into());
            }
        }
    }
}
