//! A new version of a rule, typed field by field as its description has them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{OrganisationId, half_width::half_width};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::platform::{
    Check, Error, Errors, Result, Say,
    rule::{Described, Field, Kind, Part, Table},
};

/// Longest name of a norm or decision, in characters.
const SOURCE: usize = 200;

/// Organisations that a rule may speak of, by their names.
pub type Places = BTreeMap<OrganisationId, String>;

/// What a browser sends: the fields of a version, and those of its rule.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct VersionForm(BTreeMap<String, Vec<String>>);

/// A new version.
#[derive(Clone, Debug, PartialEq)]
pub struct NewVersion {
    /// First day.
    pub valid_from: NaiveDate,
    /// Norm or decision.
    pub source: String,
    /// What it says, as its row holds it.
    pub value: Value,
}

impl VersionForm {
    /// Filled with what is in force.
    pub fn of(rule: &Described, value: &Value) -> Self {
        let mut form = Self::default();
        for part in rule.form.parts {
            match part {
                Part::Fields(fields) => {
                    for field in *fields {
                        form.set(field.name, text(field.of(value)));
                    }
                }
                Part::Table(table) => form.fill(table, value),
            }
        }
        form
    }

    fn fill(&mut self, table: &Table, value: &Value) {
        let rows = rows(table, value);
        let all = table.least.max(rows.len() + table.spare);
        for column in table.columns {
            let mut cells: Vec<String> = rows.iter().map(|row| text(column.of(row))).collect();
            cells.resize(all, String::new());
            self.0.insert(column.name.to_owned(), cells);
        }
    }

    /// Put something into a field.
    pub fn set(&mut self, field: &str, text: String) {
        self.0.insert(field.to_owned(), vec![text]);
    }

    /// What stands in a field.
    pub fn get(&self, field: &str) -> &str {
        self.cell(field, 0)
    }

    /// What stands in a row of a column.
    pub fn cell(&self, column: &str, row: usize) -> &str {
        self.column(column).get(row).map_or("", String::as_str)
    }

    fn column(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Rows of a table, empty ones besides.
    pub fn rows(&self, table: &Table) -> usize {
        let columns = table.columns.iter();
        columns.map(|column| self.column(column.name).len()).max().unwrap_or(0)
    }

    /// The new version of a rule, or all that is wrong with it. `places` are the organisations that it may speak of.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn input(&self, rule: &Described, places: &Places) -> Result<NewVersion> {
        let mut reader = Reader {
            places,
            check: Check::default(),
            cells: Errors::default(),
        };
        let valid_from = reader.check.date("valid_from", self.get("valid_from"));
        let source = reader.line("source", self.get("source"), SOURCE);
        let mut value = json!({});
        for part in rule.form.parts {
            match part {
                Part::Fields(fields) => {
                    for field in *fields {
                        let read = reader.field(field, self.get(field.name));
                        put(&mut value, field.path, read.unwrap_or_default());
                    }
                }
                Part::Table(table) => {
                    let rows = (0..self.rows(table)).filter_map(|row| self.row(&mut reader, table, row));
                    let rows: Vec<Value> = rows.collect();
                    put(&mut value, table.path, rows.into());
                }
            }
        }
        let mut errors = reader.check.done(Some(())).err().unwrap_or_default();
        for (cell, say) in reader.cells.all() {
            errors.add(cell, say.clone());
        }
        let Some((valid_from, source)) = valid_from.zip(source).filter(|_| errors.is_empty()) else {
            return Err(errors.into());
        };
        match (rule.made)(value, &source)? {
            Ok(value) => Ok(NewVersion {
                valid_from,
                source,
                value,
            }),
            Err((field, say)) => Err(Error::field(field, say)),
        }
    }

    /// One row of a table; nothing when it is empty.
    fn row(&self, reader: &mut Reader<'_>, table: &Table, row: usize) -> Option<Value> {
        let cells = table
            .columns
            .iter()
            .map(|column| (column, self.cell(column.name, row).trim()));
        if cells.clone().all(|(_, text)| text.is_empty()) {
            return None;
        }
        let mut value = json!({});
        for (column, text) in cells {
            let read = if table.by_cell {
                reader.cell(column, row, text)
            } else {
                reader.field(column, text)
            };
            put(&mut value, column.path, read.unwrap_or_default());
        }
        Some(value)
    }
}

/// The rows of a table in a value.
pub fn rows<'v>(table: &Table, value: &'v Value) -> &'v [Value] {
    let rows = value.pointer(&format!("/{}", table.path)).and_then(Value::as_array);
    rows.map_or(&[], Vec::as_slice)
}

/// A value as a field has it.
pub fn text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Puts something where a path leads, making what lies between.
fn put(value: &mut Value, path: &str, new: Value) {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(object) = value.as_object_mut() else { return };
    match path.split_once('/') {
        None => {
            object.insert(path.to_owned(), new);
        }
        Some((first, rest)) => put(object.entry(first).or_insert(Value::Null), rest, new),
    }
}

struct Reader<'p> {
    places: &'p Places,
    check: Check,
    /// What is wrong in tables, by cell.
    cells: Errors,
}

impl Reader<'_> {
    /// A line of text of so many characters at most.
    fn line(&mut self, name: &'static str, text: &str, longest: usize) -> Option<String> {
        if text.chars().count() > longest {
            self.check.wrong(name, Say::new("rule.too_long").with("max", longest));
        }
        self.check.text(name, text)
    }

    fn field(&mut self, field: &Field, text: &str) -> Option<Value> {
        match field.kind {
            Kind::Whole(least, most) => {
                let number = self.check.parse::<u32>(field.name, text)?;
                if (least..=most).contains(&number) {
                    return Some(number.into());
                }
                self.check.wrong(field.name, range(least, most));
                None
            }
            Kind::Text(longest) => self.line(field.name, text, longest).map(Value::from),
            Kind::Day(_) => self.check.optional_date(field.name, text).map(|day| json!(day)),
            Kind::Word(words, _) => {
                let known = words.iter().any(|(value, _)| *value == text);
                if !known {
                    self.check.wrong(field.name, "form.choice");
                }
                known.then(|| text.into())
            }
            Kind::Place(_, _) => {
                let known = text
                    .parse()
                    .ok()
                    .filter(|id: &OrganisationId| self.places.contains_key(id));
                if known.is_none() {
                    self.check.wrong(field.name, "form.choice");
                }
                known.map(|OrganisationId(id)| id.into())
            }
        }
    }

    /// A whole number in a cell of its own.
    fn cell(&mut self, column: &Field, row: usize, text: &str) -> Option<Value> {
        let Kind::Whole(least, most) = column.kind else {
            return self.field(column, text);
        };
        let number = half_width(text)
            .parse::<u32>()
            .ok()
            .filter(|n| (least..=most).contains(n));
        if number.is_none() {
            self.cells.add(format!("{}-{row}", column.name), range(least, most));
        }
        number.map(Value::from)
    }
}

fn range(least: u32, most: u32) -> Say {
    Say::new("rule.range").with("min", least).with("max", most)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::{
        children::check_ages::CheckAgeRules,
        platform::rule::Rule,
        task::escalation::{Ladder, Rank, Rung},
    };

    fn keys(errors: &Errors) -> Vec<(String, String)> {
        let all = errors.all().into_iter();
        all.map(|(field, say)| (field.to_owned(), say.key().to_owned()))
            .collect()
    }

    fn wrong<R: Rule>(form: &VersionForm) -> Errors {
        match form.input(&Described::of::<R>(), &Places::new()) {
            Err(Error::Invalid(errors)) => *errors,
            other => panic!("{other:?}"),
        }
    }

    fn filled<R: Rule>(value: &R) -> VersionForm {
        let mut form = VersionForm::of(&Described::of::<R>(), &json!(value));
        form.set("valid_from", "2027-01-01".to_owned());
        form.set("source", "区残联〔2026〕1号".to_owned());
        form
    }

    fn set(form: &mut VersionForm, column: &str, row: usize, text: &str) {
        form.0.get_mut(column).unwrap()[row] = text.to_owned();
    }

    #[test]
    fn a_form_says_what_it_was_filled_with() {
        fn same<R: Rule + Serialize>(value: &R) {
            assert_eq!(
                filled(value)
                    .input(&Described::of::<R>(), &Places::new())
                    .unwrap()
                    .value,
                json!(value)
            );
        }
        same(&CheckAgeRules {
            source: "区残联〔2026〕1号".to_owned(),
            ..CheckAgeRules::default()
        });
        same(&Ladder {
            rungs: vec![Rung {
                after_working_days: 0,
                to: Rank::Federation,
            }],
        });
        same(&crate::task::Deadlines::shipped().unwrap().value);
        same(&crate::children::opening::OpeningDay { opens_on: None });
        same(&crate::children::opening::OpeningDay {
            opens_on: Some("2026-09-01".parse().unwrap()),
        });
    }

    #[test]
    fn errors_name_the_cell() {
        let mut form = filled(&CheckAgeRules::default());
        set(&mut form, "opens_days", 3, "31");
        form.set("source", String::new());
        let errors = wrong::<CheckAgeRules>(&form);
        assert_eq!(
            keys(&errors),
            [
                ("opens_days-3".to_owned(), "rule.range".to_owned()),
                ("source".to_owned(), "form.required".to_owned()),
            ]
        );
    }

    #[test]
    fn windows_in_disorder_name_the_check() {
        let mut form = filled(&CheckAgeRules::default());
        set(&mut form, "opens_months", 4, "19");
        assert_eq!(
            wrong::<CheckAgeRules>(&form).get("months")[0],
            Say::new("rule.check_ages.window").with("months", 18)
        );
    }

    #[test]
    fn a_ladder_rises() {
        let form = |after: [&str; 2], to: [&str; 2]| {
            let mut form = filled(&Ladder::default());
            form.0.insert("after".to_owned(), after.map(str::to_owned).to_vec());
            form.0.insert("to".to_owned(), to.map(str::to_owned).to_vec());
            form
        };
        let both = ["receiver_supervisor", "federation"];
        assert!(
            form(["0", "3"], both)
                .input(&Described::of::<Ladder>(), &Places::new())
                .is_ok()
        );
        for (after, to, key) in [
            (["3", "3"], both, "rule.escalation.order"),
            (["", ""], ["", ""], "rule.escalation.empty"),
            (["0", "x"], both, "form.unreadable"),
            (["0", "3"], ["federation", "mayor"], "form.choice"),
        ] {
            let errors = wrong::<Ladder>(&form(after, to));
            assert!(keys(&errors).iter().any(|(_, k)| k == key), "{key}: {errors:?}");
        }
    }
}
