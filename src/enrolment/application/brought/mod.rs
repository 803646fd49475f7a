//! What a family brought for a paper (材料): files that hang on the paper's row, and that it was received because they are there.

mod forms;
mod line;
pub mod queries;
pub mod routes;
pub mod service;
mod views;

use entities::enrolment::{application, application_material};

pub use self::line::lines;
use super::states::{is_enrolled, is_with_intake};
use crate::{
    access::Can,
    attachment::Owner,
    platform::{Actor, Error, Result},
};

/// The kind of owner that the row of a paper is to its files: its table.
const OWNER: &str = "application_material";

/// The page of a paper.
fn page(paper: &application_material::Model) -> String {
    format!("/application-materials/{}", paper.id)
}

/// What the files of a paper belong to: its row, at the centre that the family applies to.
fn owner(paper: &application_material::Model, row: &application::Model) -> Owner {
    Owner::row(OWNER, paper.id.0, row.centre_id, &row.district).about(paper.child_id)
}

/// Whoever enters applications of the centre may bring files, while the application is with intake, and after an admission, when
/// certificates are renewed. What is reviewed stays as it was submitted.
///
/// # Errors
/// Forbidden to others, refused at other times.
fn must_take(by: &Actor, row: &application::Model) -> Result<()> {
    if row.centre_id != by.organisation()? {
        return Err(Error::Forbidden);
    }
    if is_with_intake(row.state) || is_enrolled(row.state) {
        return Ok(());
    }
    Err(Error::refused("material.not_now"))
}

/// The same as a question, for pages.
pub fn takes(by: &Actor, row: &application::Model) -> bool {
    Can::Enrol.allows(&by.roles) && must_take(by, row).is_ok()
}
