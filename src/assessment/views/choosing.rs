//! Choosing an instrument.

use askama::Template;
use entities::child::child;

use super::texts_key;
use crate::{
    assessment::{forms::NewForm, sheet},
    platform::{Errors, Say},
    screening::instruments::{Language as Tongue, Package},
    web::filters,
};

/// An instrument that can be chosen.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Who fills it in.
    pub rater: String,
    /// Number of items.
    pub items: usize,
    /// Who may use it, and what may be shown.
    pub notice: String,
    /// Whether items carry neutral names.
    pub texts: &'static str,
    /// Chosen.
    pub chosen: bool,
    /// Ages it is made for, in months; none when for all.
    pub ages: Option<Say>,
}

impl Offer {
    /// As the page shows it.
    pub fn of(package: &Package, chosen: &str, tongue: Tongue) -> Self {
        Self {
            code: package.code.clone(),
            name: package.name.get(tongue).to_owned(),
            version: package.version.clone(),
            rater: package.rater.get(tongue).to_owned(),
            items: package
                .items()
                .filter(|(part, _)| !sheet::is_second_stage(part))
                .count(),
            notice: package.licence.notice.get(tongue).to_owned(),
            texts: texts_key(package.licence.item_text),
            chosen: package.code == chosen,
            ages: ages(package),
        }
    }
}

/// The ages an instrument is made for.
pub fn ages(package: &Package) -> Option<Say> {
    let window = package.age.map(|age| (age.from_months, age.to_months));
    let columns = || Some((package.columns.first()?.from_months, package.columns.last()?.to_months));
    let (from, to) = window.or_else(columns)?;
    Some(if to >= 1200 {
        Say::new("instruments.ages.from").with("from", from)
    } else {
        Say::new("instruments.ages.between").with("from", from).with("to", to)
    })
}

/// Choosing an instrument.
#[derive(Template)]
#[template(path = "assessments/new.html")]
pub struct NewPage {
    /// The child.
    pub child: child::Model,
    /// What was typed.
    pub form: NewForm,
    /// What is wrong.
    pub errors: Errors,
    /// The age on that day, in words.
    pub age: Option<Say>,
    /// The age is corrected for prematurity.
    pub corrected: bool,
    /// Instruments for that age.
    pub offers: Vec<Offer>,
    /// Instruments for other ages.
    pub others: Vec<Offer>,
    /// Today as the browser wants it.
    pub today: String,
}
