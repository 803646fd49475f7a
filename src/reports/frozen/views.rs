//! The pages of frozen reports.

use askama::Template;
use entities::{ChildId, FrozenReportId};

use super::service::{FrozenRow, Standing};
use crate::{
    platform::Errors,
    reports::{forms::FreezeForm, views::ShownTable},
    web::{List, Page, filters},
};

/// The frozen reports.
#[derive(Template)]
#[template(path = "reports/frozen_list.html")]
pub struct FrozenListPage {
    /// The list.
    pub list: List,
    /// The reports.
    pub page: Page<FrozenLine>,
}

/// A frozen report in words.
#[derive(Clone, Debug)]
pub struct FrozenLine {
    /// The report.
    pub row: FrozenRow,
    /// Name of the division.
    pub place: String,
    /// Who froze it.
    pub by: String,
    /// What it is beside the others of its period.
    pub standing: Standing,
}

/// Freezing again, or before the end: why.
#[derive(Template)]
#[template(path = "reports/freeze.html")]
pub struct FreezePage {
    /// Where and when.
    pub lead: String,
    /// The period is not over.
    pub running: bool,
    /// What was frozen of it already.
    pub earlier: Vec<FrozenLine>,
    /// Where the report is.
    pub back: String,
    /// What was typed.
    pub form: FreezeForm,
    /// What is wrong.
    pub errors: Errors,
}

impl FreezePage {
    /// What becomes of it: before the end of its period it is no report.
    fn hint(&self) -> &'static str {
        if self.running {
            "reports.freeze.reason.early"
        } else {
            "reports.freeze.reason.again"
        }
    }
}

/// A frozen report, as it was.
#[derive(Template)]
#[template(path = "reports/frozen.html")]
pub struct FrozenPage {
    /// Its number.
    pub id: FrozenReportId,
    /// Where, when, frozen when.
    pub lead: String,
    /// What it is beside the others of its period.
    pub standing: Standing,
    /// Which one of them.
    pub version: i32,
    /// Why again, or before the end.
    pub reason: String,
    /// Its hash.
    pub hash: String,
    /// The hash agrees.
    pub intact: bool,
    /// The tables.
    pub tables: Vec<ShownTable>,
}

/// What changed since.
#[derive(Template)]
#[template(path = "reports/changes.html")]
pub struct ChangesPage {
    /// The report.
    pub id: FrozenReportId,
    /// Where, when, frozen when.
    pub lead: String,
    /// The numbers that changed.
    pub changes: Vec<ChangeLine>,
}

/// A number that changed.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// Which table.
    pub span: String,
    /// What is counted.
    pub indicator: String,
    /// In which row.
    pub row: String,
    /// Then.
    pub then: usize,
    /// Now.
    pub now: usize,
    /// Who came.
    pub came: Names,
    /// Who went.
    pub went: Names,
}

/// Children by name, as far as the reader may know them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Id, file number, name.
    pub known: Vec<(ChildId, String, String)>,
    /// How many others there are.
    pub hidden: usize,
}
