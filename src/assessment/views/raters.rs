//! The second rating, and the two beside each other.

use askama::Template;
use entities::{AssessmentId, child::child};

use crate::{
    assessment::{comparison::Line, forms::SecondForm},
    platform::Errors,
    web::filters,
};

/// Beginning the second rating.
#[derive(Template)]
#[template(path = "assessments/second.html")]
pub struct SecondPage {
    /// The first rating.
    pub first: AssessmentId,
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// Version.
    pub version: String,
    /// Who filled the first in.
    pub person: String,
    /// When the first was filled in.
    pub performed_on: String,
    /// What was typed.
    pub form: SecondForm,
    /// What is wrong.
    pub errors: Errors,
    /// Today as the browser wants it.
    pub today: String,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// The assessment.
    pub id: AssessmentId,
    /// Who.
    pub person: String,
    /// When.
    pub performed_on: String,
    /// Total.
    pub total: String,
    /// Band in words.
    pub band: String,
}

/// Two ratings side by side.
#[derive(Template)]
#[template(path = "assessments/comparison.html")]
pub struct ComparisonPage {
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// Version.
    pub version: String,
    /// The first rating.
    pub first: Side,
    /// The second rating.
    pub second: Side,
    /// Item by item.
    pub lines: Vec<Line>,
    /// Items that both answered.
    pub compared: usize,
    /// Items that both answered alike.
    pub alike: usize,
    /// The second rater had opened the first sheet before.
    pub not_blind: bool,
}

impl ComparisonPage {
    /// Agreement in per cent, rounded.
    fn per_cent(&self) -> String {
        match self.compared {
            0 => "—".to_owned(),
            n => format!("{}%", (self.alike * 200 + n) / (2 * n)),
        }
    }

    fn different(&self) -> usize {
        self.lines.iter().filter(|line| line.differs).count()
    }
}
