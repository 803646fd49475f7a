//! The page of charts.

use askama::Template;

use crate::{platform::Say, web::filters};

/// Charts, with their tables.
#[derive(Template)]
#[template(path = "reports/trends.html")]
pub struct TrendsPage {
    /// Name of the place and the period.
    pub lead: String,
    /// Query string of this report.
    pub query: String,
    /// Small numbers are hidden from this reader.
    pub hidden: bool,
    /// Steps with their children and the share of the step before.
    pub funnel: Vec<[String; 3]>,
    /// Days between the steps: between what, median, 90th percentile, children.
    pub waiting: Vec<[String; 4]>,
    /// Age at diagnosis.
    pub ages: Vec<[String; 2]>,
    /// The prevalence estimate in words.
    pub prevalence: Say,
    /// Totals now, a year before, difference.
    pub compared: Vec<[String; 4]>,
}
