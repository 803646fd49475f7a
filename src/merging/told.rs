//! Effects in words.

use std::collections::BTreeMap;

use entities::{ChildId, child::child, words::Language};
use serde_json::Value;

use super::undoing::{Later, Why};
use crate::platform::{
    Compartment, Say,
    compartment::{Effect, Kind, Table},
    words,
};

/// One effect as a page tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Locale key of the table.
    pub table: &'static str,
    /// Number of the row; empty where rows are not numbered.
    pub number: String,
    /// What happened.
    pub what: Say,
    /// Columns that changed, each in one sentence.
    pub changes: Vec<Say>,
}

/// Whoever tells effects: in which language, of which files.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    /// What the tables are called.
    pub compartment: &'a Compartment,
    /// The reader's.
    pub language: Language,
    /// Every file that the effects name.
    pub files: &'a BTreeMap<ChildId, child::Model>,
}

impl Teller<'_> {
    /// Effects in the order of their tables. Search terms are many and say nothing one by one: they are counted.
    pub fn told(&self, effects: &[Effect]) -> Vec<Told> {
        let mut told = Vec::new();
        for effect in effects.iter().filter(|effect| effect.table != "child_term") {
            told.push(Told {
                table: self.compartment.called(&effect.table),
                number: self.number(effect),
                what: Say::new(match effect.kind() {
                    Kind::Moved => "merge.effect.moved",
                    Kind::Changed => "merge.effect.changed",
                    Kind::Added => "merge.effect.added",
                    Kind::Removed => "merge.effect.removed",
                }),
                changes: self.changes(effect),
            });
        }
        let terms = effects.iter().filter(|effect| effect.table == "child_term").count();
        if terms > 0 {
            told.push(Told {
                table: self.compartment.called("child_term"),
                number: terms.to_string(),
                what: Say::new("merge.effect.terms"),
                changes: Vec::new(),
            });
        }
        told
    }

    /// Files are named by their file number, other rows by their own.
    fn number(&self, effect: &Effect) -> String {
        let Some(id) = effect.id() else { return String::new() };
        if effect.table == "child"
            && let Some(file) = self.files.get(&ChildId(id))
        {
            return file.file_no.clone();
        }
        id.to_string()
    }

    fn changes(&self, effect: &Effect) -> Vec<Say> {
        let Some(table) = self.compartment.find(&effect.table) else {
            return Vec::new();
        };
        let changes = effect.changes().into_iter();
        changes
            .filter(|(column, ..)| !table.is_secret(column))
            .map(|(column, old, new)| {
                Say::new("merge.change")
                    .with_word("column", Say::new(column_key(table, column)))
                    .with("old", self.shown(table, column, old))
                    .with("new", self.shown(table, column, new))
            })
            .collect()
    }

    fn shown(&self, table: &Table, column: &str, value: &Value) -> String {
        if matches!(column, "child_id" | "merged_into")
            && let Some(file) = value.as_i64().and_then(|id| self.files.get(&ChildId(id)))
        {
            return file.file_no.clone();
        }
        let word = |key: &str| words::raw(self.language, key).into_owned();
        match value {
            Value::Null => word("ui.none"),
            Value::Bool(yes) => word(if *yes { "merge.yes" } else { "merge.no" }),
            Value::String(text) => match table.value_word(column, text) {
                Some(key) => word(key),
                None if column.ends_with("_at") => text.get(..10).unwrap_or(text).to_owned(),
                None => text.clone(),
            },
            other @ (Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
        }
    }
}

fn column_key(table: &Table, column: &str) -> &'static str {
    match column {
        "child_id" => "merge.column.child_id",
        other => table.column_word(other).unwrap_or("merge.column.other"),
    }
}

/// What stands in the way of undoing.
pub fn in_the_way(compartment: &Compartment, later: &[Later]) -> Vec<Say> {
    later
        .iter()
        .map(|one| {
            let key = match one.why {
                Why::Changed => "merge.later.changed",
                Why::RestsOn => "merge.later.rests_on",
                Why::Left => "merge.later.left",
            };
            Say::new(key)
                .with_word("table", compartment.called(&one.table))
                .with("id", one.id.map(|id| id.to_string()).unwrap_or_default())
        })
        .collect()
}
