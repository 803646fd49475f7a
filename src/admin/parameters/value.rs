//! Which rules there are and what they hold.

use serde_json::Value;

use crate::{
    children::{
        check_ages::CheckAgeRules,
        opening::{self, OpeningDay},
    },
    platform::Result,
    referral::{Deadlines, escalation::Ladder},
};

/// A rule that the pages know how to edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Check ages and their windows.
    CheckAges,
    /// Days that the steps of the chain may take.
    Deadlines,
    /// Who is told when nobody answers.
    Escalation,
    /// The first day of work of a district.
    OpeningDay,
}

impl Rule {
    /// All, in the order of the work.
    pub const ALL: [Self; 4] = [Self::OpeningDay, Self::CheckAges, Self::Deadlines, Self::Escalation];

    /// As in the table and the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::CheckAges => "screening.check_ages",
            Self::Deadlines => "screening.deadlines",
            Self::Escalation => "screening.escalation",
            Self::OpeningDay => opening::RULE,
        }
    }

    /// By its code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }

    /// Key of its name.
    pub fn name_key(self) -> &'static str {
        match self {
            Self::CheckAges => "rule.check_ages",
            Self::Deadlines => "rule.deadlines",
            Self::Escalation => "rule.escalation",
            Self::OpeningDay => "rule.opening_day",
        }
    }

    /// Key of what it is for.
    pub fn lead_key(self) -> &'static str {
        match self {
            Self::CheckAges => "rule.check_ages.lead",
            Self::Deadlines => "rule.deadlines.lead",
            Self::Escalation => "rule.escalation.lead",
            Self::OpeningDay => "rule.opening_day.lead",
        }
    }

    /// Reads what its row holds.
    pub fn read(self, value: Value) -> Result<RuleValue> {
        let read = match self {
            Self::CheckAges => serde_json::from_value(value).map(RuleValue::CheckAges),
            Self::Deadlines => serde_json::from_value(value).map(RuleValue::Deadlines),
            Self::Escalation => serde_json::from_value(value).map(RuleValue::Escalation),
            Self::OpeningDay => serde_json::from_value(value).map(RuleValue::OpeningDay),
        };
        Ok(read.map_err(|e| anyhow::anyhow!("rule {}: {e}", self.code()))?)
    }
}

/// What a version of a rule says.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleValue {
    /// Check ages and their windows.
    CheckAges(CheckAgeRules),
    /// Days.
    Deadlines(Deadlines),
    /// The ladder.
    Escalation(Ladder),
    /// The day, or none.
    OpeningDay(OpeningDay),
}

impl RuleValue {
    /// As its row holds it.
    pub fn to_json(&self) -> Result<Value> {
        let json = match self {
            Self::CheckAges(rules) => serde_json::to_value(rules),
            Self::Deadlines(days) => serde_json::to_value(days),
            Self::Escalation(ladder) => serde_json::to_value(ladder),
            Self::OpeningDay(day) => serde_json::to_value(day),
        };
        Ok(json.map_err(anyhow::Error::from)?)
    }
}
