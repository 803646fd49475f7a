//! The pages of dated rules.

use askama::Template;
use chrono::NaiveDate;
use entities::{configuration::parameter, words::Language};

use super::{
    forms::RuleForm,
    value::{Rule, RuleValue},
};
use crate::{
    platform::{Errors, words},
    referral::escalation::Rank,
    web::{Choice, filters},
};

/// A rule in the overview.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Which.
    pub rule: Rule,
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
    pub rule: Rule,
    /// The version shown.
    pub shown: parameter::Model,
    /// What it says.
    pub value: RuleValue,
    /// Id of the version in force.
    pub current: Option<i64>,
    /// All versions.
    pub versions: Vec<parameter::Model>,
    /// Today.
    pub today: NaiveDate,
}

impl RulePage {
    fn is_current(&self, row: &parameter::Model) -> bool {
        self.current == Some(row.id.0)
    }
}

/// A new version.
#[derive(Template)]
#[template(path = "parameters/edit.html")]
pub struct NewVersionPage {
    /// Of which rule.
    pub rule: Rule,
    /// What was typed.
    pub form: RuleForm,
    /// What is wrong.
    pub errors: Errors,
}

impl NewVersionPage {
    fn told(&self, language: Language, row: usize) -> Vec<Choice> {
        let chosen = self.form.to.get(row).map_or("", String::as_str);
        Rank::ALL
            .into_iter()
            .map(|told| Choice::new(told.as_str(), words::raw(language, told.key()), chosen))
            .collect()
    }

    fn cell(column: &[String], row: usize) -> &str {
        column.get(row).map_or("", String::as_str)
    }
}
