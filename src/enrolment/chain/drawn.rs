//! Steps, fields and conditions of a chain in the making, and how they are called on the page.

use std::{collections::BTreeMap, fmt::Display};

use entities::words::{OrganisationKind, ReviewOutcome, Role};

use super::known;
use crate::platform::{
    Errors,
    approval::{Choice, Condition, Field, FieldKind, Is, Named, Step},
    form::optional,
};

/// What is read at most, whatever a browser sends.
const MOST: usize = 25;

/// What the browser sends.
pub type Sent = BTreeMap<String, String>;

/// A step in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnStep {
    /// Its name in rows.
    pub code: String,
    /// Its name in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Kind of organisation.
    pub organisation: String,
    /// Role.
    pub role: String,
    /// Working days.
    pub days: String,
    /// Working days before which it cannot go on.
    pub least: String,
    /// Outcomes that are ticked.
    pub outcomes: Vec<String>,
    /// What is filled in.
    pub fields: Vec<DrawnField>,
    /// When it is called for.
    pub conditions: Vec<DrawnCondition>,
}

/// A field in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnField {
    /// Its name in rows.
    pub code: String,
    /// Its name in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What it is.
    pub kind: String,
    /// `true`: it has to be filled in.
    pub required: String,
    /// The field with which it has to be filled in.
    pub with: String,
    /// Smallest number.
    pub least: String,
    /// Largest number, or most characters.
    pub most: String,
    /// What can be chosen: a line for each, `code=中文=English`.
    pub choices: String,
}

/// A condition in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnCondition {
    /// Which fact.
    pub fact: String,
    /// How it is asked about.
    pub is: String,
    /// A figure or words.
    pub value: String,
}

/// The name of a part of a step on the page.
pub fn step_field(n: impl Display, m: impl Display, part: &str) -> String {
    format!("s{n}-{m}-{part}")
}

/// The name of a part of a field of a step.
pub fn field_field(n: impl Display, m: impl Display, k: impl Display, part: &str) -> String {
    format!("s{n}-{m}-f{k}-{part}")
}

/// The name of a part of a condition of a step.
pub fn condition_field(n: impl Display, m: impl Display, k: impl Display, part: &str) -> String {
    format!("s{n}-{m}-c{k}-{part}")
}

/// What was sent under a name.
pub fn text(sent: &Sent, name: &str) -> String {
    sent.get(name).cloned().unwrap_or_default()
}

/// A number of parts that was sent.
pub fn count(sent: &Sent, name: &str) -> usize {
    text(sent, name).parse::<usize>().unwrap_or(0).min(MOST)
}

/// A number that may be left out.
fn number<T: std::str::FromStr>(text: &str, name: String, errors: &mut Errors) -> Option<T> {
    let text = optional(&entities::half_width::half_width(text))?;
    let read = text.parse().ok();
    if read.is_none() {
        errors.add(name, "form.unreadable");
    }
    read
}

impl DrawnStep {
    /// As a version has it.
    pub fn of(step: &Step) -> Self {
        Self {
            code: step.code.clone(),
            zh: step.name.zh.clone(),
            en: step.name.en.clone(),
            organisation: step
                .organisation
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            role: step.role().map(|role| role.as_str().to_owned()).unwrap_or_default(),
            days: step.working_days.map(|days| days.to_string()).unwrap_or_default(),
            least: if step.least_working_days == 0 {
                String::new()
            } else {
                step.least_working_days.to_string()
            },
            outcomes: step.outcomes.iter().map(|one| one.as_str().to_owned()).collect(),
            fields: step.fields.iter().map(DrawnField::of).collect(),
            conditions: step
                .when
                .iter()
                .map(|one| DrawnCondition {
                    fact: one.fact.clone(),
                    is: one.is.as_str().to_owned(),
                    value: one.value.clone(),
                })
                .collect(),
        }
    }

    /// As it was sent.
    pub fn read(sent: &Sent, n: usize, m: usize) -> Self {
        let part = |part: &str| text(sent, &step_field(n, m, part));
        let ticked =
            |outcome: &&ReviewOutcome| sent.contains_key(&step_field(n, m, &format!("o-{}", outcome.as_str())));
        Self {
            code: part("code"),
            zh: part("zh"),
            en: part("en"),
            organisation: part("organisation"),
            role: part("role"),
            days: part("days"),
            least: part("least"),
            outcomes: ReviewOutcome::ALL
                .iter()
                .filter(ticked)
                .map(|outcome| outcome.as_str().to_owned())
                .collect(),
            fields: (0..count(sent, &step_field(n, m, "fields")))
                .map(|k| DrawnField::read(sent, (n, m, k)))
                .collect(),
            conditions: (0..count(sent, &step_field(n, m, "conditions")))
                .map(|k| {
                    let part = |part: &str| text(sent, &condition_field(n, m, k, part));
                    DrawnCondition {
                        fact: part("fact"),
                        is: part("is"),
                        value: part("value"),
                    }
                })
                .collect(),
        }
    }

    /// The step, with what cannot be read of it.
    pub fn made(&self, (n, m): (usize, usize), errors: &mut Errors) -> Step {
        let name = |part: &str| step_field(n, m, part);
        Step {
            code: self.code.trim().to_owned(),
            name: Named {
                zh: self.zh.trim().to_owned(),
                en: self.en.trim().to_owned(),
            },
            organisation: self.organisation.parse::<OrganisationKind>().ok(),
            roles: self.role.parse::<Role>().ok().into_iter().collect(),
            working_days: number(&self.days, name("days"), errors),
            least_working_days: number(&self.least, name("least"), errors).unwrap_or(0),
            outcomes: self.outcomes.iter().filter_map(|one| one.parse().ok()).collect(),
            fields: self
                .fields
                .iter()
                .enumerate()
                .map(|(k, field)| field.made((n, m, k), errors))
                .collect(),
            when: self
                .conditions
                .iter()
                .map(|one| Condition {
                    fact: one.fact.clone(),
                    is: Is::named(&one.is).unwrap_or_default(),
                    value: known::typed(&one.fact, &one.value),
                })
                .collect(),
        }
    }
}

impl DrawnField {
    fn of(field: &Field) -> Self {
        let lines = field
            .choices
            .iter()
            .map(|one| format!("{}={}={}", one.code, one.name.zh, one.name.en));
        Self {
            code: field.code.clone(),
            zh: field.name.zh.clone(),
            en: field.name.en.clone(),
            kind: field.kind.as_str().to_owned(),
            required: if field.required { "true" } else { "" }.to_owned(),
            with: field.required_with.clone().unwrap_or_default(),
            least: field.least.map(|number| number.to_string()).unwrap_or_default(),
            most: field.most.map(|number| number.to_string()).unwrap_or_default(),
            choices: lines.collect::<Vec<_>>().join("\n"),
        }
    }

    fn read(sent: &Sent, (n, m, k): (usize, usize, usize)) -> Self {
        let part = |part: &str| text(sent, &field_field(n, m, k, part));
        Self {
            code: part("code"),
            zh: part("zh"),
            en: part("en"),
            kind: part("kind"),
            required: part("required"),
            with: part("with"),
            least: part("least"),
            most: part("most"),
            choices: part("choices"),
        }
    }

    /// The field, with what cannot be read of it.
    pub fn made(&self, (n, m, k): (usize, usize, usize), errors: &mut Errors) -> Field {
        let name = |part: &str| field_field(n, m, k, part);
        let kind = FieldKind::named(&self.kind);
        if kind.is_none() {
            errors.add(name("kind"), "form.required");
        }
        let kind = kind.unwrap_or_default();
        Field {
            code: self.code.trim().to_owned(),
            name: Named {
                zh: self.zh.trim().to_owned(),
                en: self.en.trim().to_owned(),
            },
            kind,
            required: self.required == "true",
            required_with: optional(&self.with),
            least: number(&self.least, name("least"), errors),
            most: number(&self.most, name("most"), errors),
            choices: if kind == FieldKind::Choice {
                self.choices.lines().filter_map(choice).collect()
            } else {
                Vec::new()
            },
        }
    }
}

/// A line of what can be chosen: `code=中文=English`; the English is the Chinese where nothing is said.
fn choice(line: &str) -> Option<Choice> {
    let mut parts = line.splitn(3, ['=', '＝']).map(str::trim);
    let code = parts.next().filter(|code| !code.is_empty())?;
    let zh = parts.next().unwrap_or_default();
    let en = parts.next().filter(|en| !en.is_empty()).unwrap_or(zh);
    Some(Choice {
        code: code.to_owned(),
        name: Named {
            zh: zh.to_owned(),
            en: en.to_owned(),
        },
    })
}
