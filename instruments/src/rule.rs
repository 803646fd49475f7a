//! Conditions on a score, as data.

use serde::Deserialize;

use super::points::Points;

/// A condition on the score. In the file: `{ measure, from, to }`, `{ part, started }`, `{ all = [..] }`, `{ any = [..] }`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RuleFile")]
pub enum Rule {
    /// The total, a subscale or a count lies in a range, ends included.
    Range {
        /// `total`, or the id of a subscale or count.
        measure: String,
        /// Lowest.
        from: Option<Points>,
        /// Highest.
        to: Option<Points>,
    },
    /// A part has been begun, or has not.
    Part {
        /// The part.
        part: String,
        /// Begun or not.
        started: bool,
    },
    /// All of them hold.
    All(Vec<Rule>),
    /// At least one of them holds.
    Any(Vec<Rule>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    measure: Option<String>,
    from: Option<Points>,
    to: Option<Points>,
    part: Option<String>,
    started: Option<bool>,
    all: Option<Vec<Rule>>,
    any: Option<Vec<Rule>>,
}

impl TryFrom<RuleFile> for Rule {
    type Error = &'static str;

    fn try_from(file: RuleFile) -> Result<Rule, Self::Error> {
        match file {
            RuleFile {
                measure: Some(measure),
                from,
                to,
                part: None,
                started: None,
                all: None,
                any: None,
            } if from.is_some() || to.is_some() => Ok(Rule::Range { measure, from, to }),
            RuleFile {
                part: Some(part),
                started: Some(started),
                measure: None,
                from: None,
                to: None,
                all: None,
                any: None,
            } => Ok(Rule::Part { part, started }),
            RuleFile {
                all: Some(rules),
                measure: None,
                from: None,
                to: None,
                part: None,
                started: None,
                any: None,
            } if !rules.is_empty() => Ok(Rule::All(rules)),
            RuleFile {
                any: Some(rules),
                measure: None,
                from: None,
                to: None,
                part: None,
                started: None,
                all: None,
            } if !rules.is_empty() => Ok(Rule::Any(rules)),
            _ => Err("a rule is { measure, from and/or to }, { part, started }, { all = [..] } or { any = [..] }"),
        }
    }
}
