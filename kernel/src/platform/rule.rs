//! Dated rules of the trade as types: what a rule holds, how pages name, show and edit it, and what a new database starts
//! with. The feature that goes by a rule describes it and registers it; the pages of the administrator draw any.

use std::{fmt, future::Future, pin::Pin};

use chrono::NaiveDate;
use entities::words::OrganisationKind;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Actor, App, Result, Say};

/// What follows when a new version is in: rows that keep what the rule says are brought in line.
pub type Follows = for<'a> fn(&'a App, &'a Actor) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// What is wrong with a value, and at which field.
pub type Wrong = (&'static str, Say);

/// A rule: its rows hold the value as JSON.
pub trait Rule: Serialize + DeserializeOwned {
    /// Its name in the table and in addresses.
    const CODE: &'static str;
    /// How it is named, shown and edited.
    const FORM: RuleForm;
    /// A version may begin on the day it is entered on and replace another of that day: whoever sets it wants to see it.
    /// What others go by is decided beforehand.
    const AT_ONCE: bool = false;
    /// What follows from a new version.
    const FOLLOWS: Option<Follows> = None;
    /// Where the value itself names the norm or decision that its version follows.
    const SOURCE: Option<&'static str> = None;

    /// The data file of its feature, which has what a new database starts with.
    const SHIPPED: &'static str;

    /// What a new database starts with.
    ///
    /// # Errors
    /// When the data file is no such file, or has nothing of this rule.
    fn shipped() -> Result<Shipped<Self>> {
        let wrong = |why: &dyn fmt::Display| anyhow::anyhow!("rule {}, as it is shipped: {why}", Self::CODE);
        let file: ShippedRules = toml::from_str(Self::SHIPPED).map_err(|e| wrong(&e))?;
        let found = file.rule.into_iter().find(|rule| rule.code == Self::CODE);
        let rule = found.ok_or_else(|| wrong(&"missing"))?;
        Ok(Shipped {
            valid_from: rule.valid_from,
            source: rule.source,
            value: rule.value.try_into().map_err(|e| wrong(&e))?,
        })
    }

    /// What contradicts itself, though every field by itself is right.
    fn check(&self) -> Result<(), Wrong> {
        Ok(())
    }
}

/// What a new database starts with, until the office adds a later version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped<T> {
    /// It holds everywhere from this day on.
    pub valid_from: NaiveDate,
    /// The norm or decision, or that it is our setting.
    pub source: String,
    /// What it says.
    pub value: T,
}

/// A feature's data file.
#[derive(Deserialize)]
struct ShippedRules {
    rule: Vec<ShippedRule>,
}

#[derive(Deserialize)]
struct ShippedRule {
    code: String,
    valid_from: NaiveDate,
    source: String,
    value: toml::Value,
}

/// A rule for pages.
#[derive(Clone, Copy, Debug)]
pub struct RuleForm {
    /// The lower, the further up in the list.
    pub order: u16,
    /// Locale key of its name.
    pub name: &'static str,
    /// Locale key of what it is for.
    pub lead: &'static str,
    /// What it holds, from top to bottom.
    pub parts: &'static [Part],
}

impl RuleForm {
    /// Kinds of the organisations that it speaks of.
    pub fn kinds_of_places(&self) -> impl Iterator<Item = OrganisationKind> {
        let fields = self.parts.iter().flat_map(|part| match part {
            Part::Fields(fields) => *fields,
            Part::Table(table) => table.columns,
        });
        fields.flat_map(|field| match field.kind {
            Kind::Place(kinds, _) => kinds.iter().copied(),
            Kind::Whole(_, _) | Kind::Text(_) | Kind::Day(_) | Kind::Word(_, _) => [].iter().copied(),
        })
    }
}

/// Something that a rule holds.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Single values, side by side.
    Fields(&'static [Field]),
    /// Rows.
    Table(Table),
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in a form.
    pub name: &'static str,
    /// Where it lies in the JSON, names with `/` between.
    pub path: &'static str,
    /// Locale key of its name.
    pub label: &'static str,
    /// Locale key of what helps to fill it in.
    pub hint: &'static str,
    /// Locale key of its unit.
    pub unit: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number between these.
    Whole(u32, u32),
    /// A line of so many characters at most.
    Text(usize),
    /// A day or none; the locale key of what none means.
    Day(&'static str),
    /// One of a few: value and locale key; the locale key of none in a row that is not filled in.
    Word(&'static [(&'static str, &'static str)], &'static str),
    /// An organisation of one of these kinds in the division that the version is for, by its number; the locale key of none
    /// in a row that is not filled in.
    Place(&'static [OrganisationKind], &'static str),
}

/// Rows of values. A row that is left empty is none.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Where its rows lie in the JSON.
    pub path: &'static str,
    /// Locale key of its caption.
    pub caption: &'static str,
    /// Locale key of what helps to fill it in.
    pub hint: &'static str,
    /// Locale key above the numbers of the rows in the form.
    pub row: &'static str,
    /// The values of a row.
    pub columns: &'static [Field],
    /// The columns as they are shown: several values may be one.
    pub shown: &'static [Shown],
    /// A form has so many rows at least.
    pub least: usize,
    /// A form has so many empty rows besides.
    pub spare: usize,
    /// Columns are whole numbers only, and what is wrong is told at the cell; else above the table.
    pub by_cell: bool,
}

impl Table {
    /// What helps to fill it in stands above its first column.
    pub fn hint_of(&self, column: usize) -> &'static str {
        if column == 0 { self.hint } else { "" }
    }
}

/// A column as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Locale key of its heading.
    pub label: &'static str,
    /// Before the values.
    pub sign: &'static str,
    /// The fields that it is made of; all but the first are left out when they are 0.
    pub fields: &'static [&'static str],
}

impl Field {
    /// A value that lies in the JSON under its own name.
    pub const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            name,
            path: name,
            label,
            hint: "",
            unit: "",
            kind,
        }
    }

    /// A whole number.
    pub const fn whole(name: &'static str, label: &'static str, least: u32, most: u32) -> Self {
        Self::new(name, label, Kind::Whole(least, most))
    }

    /// It lies elsewhere in the JSON.
    #[must_use]
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// With what helps to fill it in.
    #[must_use]
    pub const fn hint(mut self, key: &'static str) -> Self {
        self.hint = key;
        self
    }

    /// With its unit.
    #[must_use]
    pub const fn unit(mut self, key: &'static str) -> Self {
        self.unit = key;
        self
    }

    /// It is counted.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Whole(_, _))
    }

    /// What a value holds of it.
    pub fn of(self, value: &Value) -> Option<&Value> {
        value
            .pointer(&format!("/{}", self.path))
            .filter(|found| !found.is_null())
    }
}

/// A rule as it is registered: its type is forgotten, what it can do is not.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name in the table and in addresses.
    pub code: &'static str,
    /// How it is named, shown and edited.
    pub form: RuleForm,
    /// A version may begin at once.
    pub at_once: bool,
    /// What follows from a new version.
    pub follows: Option<Follows>,
    /// What was read from a form, as its row holds it, or what contradicts itself.
    pub made: fn(Value, &str) -> Result<Result<Value, Wrong>>,
    /// What a new database starts with.
    pub shipped: fn() -> Result<Shipped<Value>>,
    /// A row's value with everything that later editions of the rule say besides.
    pub whole: fn(Value) -> Value,
}

impl Described {
    /// A rule by its type.
    pub const fn of<R: Rule>() -> Self {
        Self {
            code: R::CODE,
            form: R::FORM,
            at_once: R::AT_ONCE,
            follows: R::FOLLOWS,
            made: made::<R>,
            shipped: shipped::<R>,
            whole: whole::<R>,
        }
    }
}

fn made<R: Rule>(mut value: Value, source: &str) -> Result<Result<Value, Wrong>> {
    if let (Some(name), Some(value)) = (R::SOURCE, value.as_object_mut()) {
        value.insert(name.to_owned(), source.into());
    }
    let rule: R = serde_json::from_value(value).map_err(|e| anyhow::anyhow!("rule {}: {e}", R::CODE))?;
    Ok(match rule.check() {
        Ok(()) => Ok(serde_json::to_value(rule)?),
        Err(wrong) => Err(wrong),
    })
}

fn whole<R: Rule>(value: Value) -> Value {
    let read = serde_json::from_value::<R>(value.clone());
    read.ok()
        .and_then(|rule| serde_json::to_value(rule).ok())
        .unwrap_or(value)
}

fn shipped<R: Rule>() -> Result<Shipped<Value>> {
    let Shipped {
        valid_from,
        source,
        value,
    } = R::shipped()?;
    Ok(Shipped {
        valid_from,
        source,
        value: serde_json::to_value(value)?,
    })
}
