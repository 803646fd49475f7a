//! A finished assessment.

use askama::Template;
use entities::{AssessmentId, child::child, screening::assessment};

use crate::web::filters;

/// The result so far, once there is one.
#[derive(Clone, Debug)]
pub struct Score {
    /// What the total is called; none for "total".
    pub name: Option<String>,
    /// The total.
    pub total: String,
    /// Look of the band.
    pub look: (&'static str, &'static str),
    /// The band in words; none without cut-offs.
    pub band: Option<String>,
    /// Explanation in words.
    pub explanation: String,
}

/// A counted answer.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The item.
    pub item: String,
    /// The answer in words.
    pub answer: String,
    /// Its points.
    pub points: String,
}

/// A finished assessment.
#[derive(Template)]
#[template(path = "assessments/show.html")]
pub struct ShowPage {
    /// The row.
    pub row: assessment::Model,
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// The owner's line.
    pub copyright: String,
    /// Who filled it in.
    pub person: String,
    /// Where.
    pub organisation: String,
    /// The result.
    pub score: Score,
    /// Sums over some of the items.
    pub subscales: Vec<(String, String)>,
    /// Cut-off set with name and date; empty without one.
    pub cutoffs: String,
    /// Where the cut-off set was published.
    pub cutoffs_source: String,
    /// What the reader should know besides.
    pub warnings: Vec<String>,
    /// Every counted answer.
    pub counted: Vec<Counted>,
    /// The two ratings of the round can be compared: the first one.
    pub compared: Option<AssessmentId>,
    /// The reader may add the second rating.
    pub second: bool,
    /// The reader may withdraw it.
    pub withdrawable: bool,
    /// Where the reader came from: the form that can attach it.
    pub back: Option<(String, &'static str)>,
}
