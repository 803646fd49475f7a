//! The pages of dated rules, drawn from what a rule says about itself.

use askama::Template;
use chrono::NaiveDate;
use entities::{OrganisationId, configuration::parameter, words::Language};
use serde_json::Value;

use super::forms::{self, Places, VersionForm};
use crate::{
    platform::{
        Errors, Say,
        rule::{Described, Field, Kind, Part, Shown, Table},
        words,
    },
    web::{Choice, filters},
};

/// A rule in the overview.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Which.
    pub rule: Described,
    /// In force today.
    pub current: Option<parameter::Model>,
    /// Begins later.
    pub coming: Option<NaiveDate>,
}

/// All rules.
#[derive(Template)]
#[template(path = "parameters/index.html")]
pub struct RulesPage {
    /// One row each.
    pub rows: Vec<RuleRow>,
}

/// A version of a rule, with all others.
#[derive(Template)]
#[template(path = "parameters/show.html")]
pub struct RulePage {
    /// Which.
    pub rule: Described,
    /// The version shown.
    pub shown: parameter::Model,
    /// What it says.
    pub told: Vec<Told>,
    /// Id of the version in force.
    pub current: Option<i64>,
    /// All versions.
    pub versions: Vec<parameter::Model>,
    /// Today.
    pub today: NaiveDate,
}

impl RulePage {
    /// From when until when a version is in force.
    fn period(row: &parameter::Model) -> Say {
        match row.valid_to {
            None => Say::new("rule.lasting").with("from", row.valid_from),
            Some(to) => Say::new("rule.until").with("from", row.valid_from).with("to", to),
        }
    }

    fn is_current(&self, row: &parameter::Model) -> bool {
        self.current == Some(row.id.0)
    }
}

/// A part of a rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Name by name.
    Facts(Vec<(&'static str, String)>),
    /// Row by row.
    Rows {
        /// Locale key of the caption.
        caption: &'static str,
        /// Locale keys of the headings; whether numbers stand below.
        heads: Vec<(&'static str, bool)>,
        /// The cells, and whether they are numbers.
        rows: Vec<Vec<(String, bool)>>,
    },
}

/// What a value says, part by part.
pub fn told(rule: &Described, value: &Value, places: &Places, language: Language) -> Vec<Told> {
    let parts = rule.form.parts.iter();
    parts
        .map(|part| match part {
            Part::Fields(fields) => {
                let facts = fields
                    .iter()
                    .map(|field| (field.label, said(field, value, places, language)));
                Told::Facts(facts.collect())
            }
            Part::Table(table) => Told::Rows {
                caption: table.caption,
                heads: table
                    .shown
                    .iter()
                    .map(|head| (head.label, is_number(table, head)))
                    .collect(),
                rows: forms::rows(table, value)
                    .iter()
                    .map(|row| cells(table, row, places, language))
                    .collect(),
            },
        })
        .collect()
}

/// The fields that a column is made of.
fn fields<'t>(table: &'t Table, head: &'t Shown) -> impl Iterator<Item = &'t Field> {
    let named = |name: &&str| table.columns.iter().find(|column| column.name == *name);
    head.fields.iter().filter_map(named)
}

fn is_number(table: &Table, head: &Shown) -> bool {
    fields(table, head).all(Field::is_number)
}

fn cells(table: &Table, row: &Value, places: &Places, language: Language) -> Vec<(String, bool)> {
    let cell = |head: &Shown| {
        let none = |field: &Field| field.of(row).and_then(Value::as_u64) == Some(0);
        let parts = fields(table, head)
            .enumerate()
            .filter(|(n, field)| *n == 0 || !none(field));
        let parts: Vec<String> = parts.map(|(_, field)| said(field, row, places, language)).collect();
        (format!("{}{}", head.sign, parts.join(" ")), is_number(table, head))
    };
    table.shown.iter().map(cell).collect()
}

/// A value in words, with its unit.
fn said(field: &Field, value: &Value, places: &Places, language: Language) -> String {
    let text = forms::text(field.of(value));
    match field.kind {
        Kind::Day(none) if text.is_empty() => words::raw(language, none).into_owned(),
        Kind::Word(all, _) => {
            let key = all.iter().find(|(word, _)| *word == text).map(|(_, key)| *key);
            key.map_or(text, |key| words::raw(language, key).into_owned())
        }
        Kind::Place(_, _) => match text.parse().ok().and_then(|id: OrganisationId| places.get(&id)) {
            Some(name) => name.clone(),
            None => text,
        },
        Kind::Whole(_, _) | Kind::Text(_) | Kind::Day(_) if field.unit.is_empty() => text,
        Kind::Whole(_, _) | Kind::Text(_) | Kind::Day(_) => {
            format!("{text} {}", words::raw(language, field.unit))
        }
    }
}

/// A new version.
#[derive(Template)]
#[template(path = "parameters/edit.html")]
pub struct NewVersionPage {
    /// Of which rule.
    pub rule: Described,
    /// What was typed.
    pub form: VersionForm,
    /// What is wrong.
    pub errors: Errors,
    /// Organisations to choose from.
    pub places: Places,
    /// What was typed before is back.
    pub restored: bool,
}

impl NewVersionPage {
    /// The bounds of a number.
    fn bounds(field: &Field) -> (String, String) {
        match field.kind {
            Kind::Whole(least, most) => (least.to_string(), most.to_string()),
            Kind::Text(_) | Kind::Day(_) | Kind::Word(_, _) | Kind::Place(_, _) => <(String, String)>::default(),
        }
    }

    /// The words of a field, one of them chosen.
    fn choices(&self, field: &Field, row: usize, language: Language) -> Vec<Choice> {
        let chosen = self.form.cell(field.name, row);
        match field.kind {
            Kind::Word(all, _) => {
                let words = all.iter();
                words
                    .map(|(word, key)| Choice::new(*word, words::raw(language, key), chosen))
                    .collect()
            }
            Kind::Place(_, _) => {
                let places = self.places.iter();
                places
                    .map(|(id, name)| Choice::new(id.to_string(), name, chosen))
                    .collect()
            }
            Kind::Whole(_, _) | Kind::Text(_) | Kind::Day(_) => Vec::new(),
        }
    }

    /// What a cell without a choice says; none where nothing is chosen.
    fn none_of(field: &Field) -> Option<&'static str> {
        match field.kind {
            Kind::Word(_, none) | Kind::Place(_, none) => Some(none),
            Kind::Whole(_, _) | Kind::Text(_) | Kind::Day(_) => None,
        }
    }
}
