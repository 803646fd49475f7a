//! A child's case: who it is, what was billed, approved and used before.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    error::Error,
    facts::{Change, History, Opening, Span, Statement, application},
    json::without_nulls,
    money::Fen,
};

/// Everything that a child's settlement rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The child, over time.
    pub child: History,
    /// What was billed: one statement for each month and institution.
    pub statements: Vec<Statement>,
    /// What was approved; always, where nothing is said.
    pub approvals: Option<Vec<Span>>,
    /// What was used before.
    pub opening: Opening,
}

/// A case as it stands in a file.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    child: Map<String, Value>,
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    statements: Vec<Value>,
    #[serde(default)]
    approvals: Option<Vec<Span>>,
    #[serde(default)]
    opening: Opening,
}

impl Case {
    /// A case from a file that nobody has looked at. Keys that are not known are ignored.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let mut written = Written::deserialize(without_nulls(value)).map_err(|error| Error::unreadable(&error))?;
        // The day of an application may stand beside the child.
        if application(&written.child).is_none()
            && let Some(day) = value.as_object().and_then(application)
        {
            written.child.insert("applied_on".to_owned(), day);
        }
        let statements: Result<Vec<Statement>, Error> = written
            .statements
            .into_iter()
            .enumerate()
            .map(|(number, statement)| {
                let read = Statement::deserialize(statement);
                read.map_err(|error| Error::unreadable(&error).at(format!("statement {}", number + 1)))
            })
            .collect();
        if written.opening.paid_fen < Fen::ZERO {
            let amount = written.opening.paid_fen.get();
            return Err(Error::new("negative", &[("amount", &amount)]).at("opening: paid_fen"));
        }
        Ok(Self {
            child: History::read(&written.child, &written.changes)?,
            statements: statements?,
            approvals: written.approvals,
            opening: written.opening,
        })
    }
}
