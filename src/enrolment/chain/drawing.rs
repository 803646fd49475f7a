//! A chain as it is drawn in one form: every step, field and condition as text, added, moved and taken away by buttons that
//! keep what was typed.

use chrono::NaiveDate;

use super::{
    drawn::{DrawnCondition, DrawnField, DrawnStep, Sent, condition_field, count, field_field, step_field, text},
    known,
    service::NewChain,
};
use crate::platform::{
    Check, Errors,
    approval::{Chain, Flaw, Place, Resumes, Stage},
    form::LINE,
};

/// The field at which what is wrong with the chain as a whole is told.
const WHOLE: &str = "source";

/// A chain in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// From which day.
    pub valid_from: String,
    /// By which norm or decision.
    pub source: String,
    /// Where what was completed goes on.
    pub resumes: String,
    /// Stages, each with its steps.
    pub stages: Vec<Vec<DrawnStep>>,
}

/// What a button does to a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Keep it.
    Save,
    /// Show it again: with the preview of what was typed.
    Look,
    /// A stage of one step behind this one; before the first where there is none.
    AddStage(usize),
    /// A step beside those of a stage.
    AddStep(usize),
    /// Take a step away, and its stage with the last one.
    Remove(usize, usize),
    /// A stage one place to the front.
    Up(usize),
    /// A stage one place to the back.
    Down(usize),
    /// A field more.
    AddField(usize, usize),
    /// One less.
    RemoveField(usize, usize, usize),
    /// A condition more.
    AddCondition(usize, usize),
    /// One less.
    RemoveCondition(usize, usize, usize),
}

impl Act {
    /// The value of a button.
    pub fn read(text: &str) -> Self {
        let mut parts = text.split('-');
        let verb = parts.next().unwrap_or_default();
        let at: Vec<usize> = parts.filter_map(|part| part.parse().ok()).collect();
        match (verb, at.as_slice()) {
            ("save", []) => Self::Save,
            ("stage", [n]) => Self::AddStage(*n),
            ("step", [n]) => Self::AddStep(*n),
            ("remove", [n, m]) => Self::Remove(*n, *m),
            ("up", [n]) => Self::Up(*n),
            ("down", [n]) => Self::Down(*n),
            ("field", [n, m]) => Self::AddField(*n, *m),
            ("unfield", [n, m, k]) => Self::RemoveField(*n, *m, *k),
            ("condition", [n, m]) => Self::AddCondition(*n, *m),
            ("uncondition", [n, m, k]) => Self::RemoveCondition(*n, *m, *k),
            _ => Self::Look,
        }
    }
}

impl Drawing {
    /// As a version has it.
    pub fn of(chain: &Chain, valid_from: NaiveDate, source: &str) -> Self {
        Self {
            valid_from: valid_from.to_string(),
            source: source.to_owned(),
            resumes: match chain.resumes {
                Resumes::AtTheFirst => "at_the_first",
                Resumes::WhereReturned => "where_returned",
            }
            .to_owned(),
            stages: chain
                .stages
                .iter()
                .map(|stage| stage.steps.iter().map(DrawnStep::of).collect())
                .collect(),
        }
    }

    /// As it was sent.
    pub fn read(sent: &Sent) -> Self {
        let stages = (0..count(sent, "stages"))
            .map(|n| {
                let steps = 0..count(sent, &format!("s{n}-steps"));
                steps.map(|m| DrawnStep::read(sent, n, m)).collect()
            })
            .collect();
        Self {
            valid_from: text(sent, "valid_from"),
            source: text(sent, "source"),
            resumes: text(sent, "resumes"),
            stages,
        }
    }

    /// What a button does.
    pub fn act(&mut self, act: Act) {
        match act {
            Act::Save | Act::Look => {}
            Act::AddStage(n) => {
                let at = n.min(self.stages.len());
                self.stages.insert(at, vec![DrawnStep::default()]);
            }
            Act::AddStep(n) => {
                if let Some(stage) = self.stages.get_mut(n) {
                    stage.push(DrawnStep::default());
                }
            }
            Act::Remove(n, m) => {
                if let Some(stage) = self.stages.get_mut(n) {
                    if m < stage.len() {
                        stage.remove(m);
                    }
                    if stage.is_empty() {
                        self.stages.remove(n);
                    }
                }
            }
            Act::Up(n) => {
                if n > 0 && n < self.stages.len() {
                    self.stages.swap(n - 1, n);
                }
            }
            Act::Down(n) => {
                if n + 1 < self.stages.len() {
                    self.stages.swap(n, n + 1);
                }
            }
            Act::AddField(n, m) => {
                if let Some(step) = self.step(n, m) {
                    step.fields.push(DrawnField::default());
                }
            }
            Act::RemoveField(n, m, k) => {
                if let Some(step) = self.step(n, m)
                    && k < step.fields.len()
                {
                    step.fields.remove(k);
                }
            }
            Act::AddCondition(n, m) => {
                if let Some(step) = self.step(n, m) {
                    step.conditions.push(DrawnCondition::default());
                }
            }
            Act::RemoveCondition(n, m, k) => {
                if let Some(step) = self.step(n, m)
                    && k < step.conditions.len()
                {
                    step.conditions.remove(k);
                }
            }
        }
    }

    fn step(&mut self, n: usize, m: usize) -> Option<&mut DrawnStep> {
        self.stages.get_mut(n)?.get_mut(m)
    }

    /// The chain that is drawn, with everything that is wrong with it, by field.
    pub fn chain(&self) -> (Chain, Errors) {
        let mut errors = Errors::default();
        let chain = Chain {
            resumes: if self.resumes == "where_returned" {
                Resumes::WhereReturned
            } else {
                Resumes::AtTheFirst
            },
            stages: self
                .stages
                .iter()
                .enumerate()
                .map(|(n, steps)| Stage {
                    steps: steps
                        .iter()
                        .enumerate()
                        .map(|(m, step)| step.made((n, m), &mut errors))
                        .collect(),
                })
                .collect(),
        };
        for Flaw { place, say } in known::flaws(&chain) {
            let name = match place {
                Place::Chain => WHOLE.to_owned(),
                Place::Step(n, m, part) => step_field(n, m, part),
                Place::Field(n, m, k, part) => field_field(n, m, k, part),
                Place::Condition(n, m, k) => condition_field(n, m, k, "value"),
            };
            if errors.get(&name).is_empty() {
                errors.add(name, say);
            }
        }
        (chain, errors)
    }

    /// The version that is drawn, or everything that is wrong with it.
    pub fn input(&self, today: NaiveDate) -> Result<NewChain, Errors> {
        let mut check = Check::default();
        let valid_from = check.date("valid_from", &self.valid_from);
        if valid_from.is_some_and(|day| day < today) {
            check.wrong("valid_from", "review_chain.past");
        }
        let source = check.text_within("source", &self.source, LINE);
        let (chain, flaws) = self.chain();
        let head = valid_from.zip(source);
        match (check.done(head), flaws.is_empty()) {
            (Ok((valid_from, source)), true) => Ok(NewChain {
                valid_from,
                source,
                chain,
            }),
            (Ok(_), false) => Err(flaws),
            (Err(mut errors), _) => {
                for (field, say) in flaws.all() {
                    errors.add(field, say.clone());
                }
                Err(errors)
            }
        }
    }
}

#[cfg(test)]
#[path = "drawing_tests.rs"]
mod tests;
