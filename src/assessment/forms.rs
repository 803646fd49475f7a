//! Sheets as they are chosen and typed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{ChildId, ReferralId};
use serde::Deserialize;

use crate::{
    platform::{Check, Error, Errors, Result, form::optional},
    screening::instruments::{Answers, Language as Tongue, Package},
};

/// Which instrument, for whom, when.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    /// The child.
    pub child: String,
    /// Day on which it is filled in.
    pub performed_on: String,
    /// Code of the instrument.
    pub instrument: String,
    /// The referral it is filled in for.
    pub referral: String,
}

/// A sheet about to be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSheet {
    /// The child.
    pub child: ChildId,
    /// Day on which it is filled in.
    pub performed_on: NaiveDate,
    /// Code of the instrument.
    pub instrument: String,
    /// The referral it is filled in for.
    pub referral: Option<ReferralId>,
}

/// A day on which an instrument can have been filled in: after birth, not after today.
pub fn day(check: &mut Check, text: &str, birth_on: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let day = check.date("performed_on", text)?;
    if day > today {
        check.wrong("performed_on", "finding.future");
    } else if day < birth_on {
        check.wrong("performed_on", "assessment.before_birth");
    } else {
        return Some(day);
    }
    None
}

impl NewForm {
    /// The sheet to be begun, or everything that is wrong with it. `offered` are the codes of the instruments for the
    /// child's age on that day.
    pub fn input(
        &self,
        child: ChildId,
        birth_on: NaiveDate,
        today: NaiveDate,
        offered: &[&str],
    ) -> Result<NewSheet, Errors> {
        let mut check = Check::default();
        let performed_on = day(&mut check, &self.performed_on, birth_on, today);
        let instrument = check.text("instrument", &self.instrument);
        if let Some(code) = &instrument
            && performed_on.is_some()
            && !offered.contains(&code.as_str())
        {
            check.wrong("instrument", "assessment.not_for_age");
        }
        let referral = check.optional_parse("referral", &self.referral);
        let input = performed_on.zip(instrument).map(|(performed_on, instrument)| NewSheet {
            child,
            performed_on,
            instrument,
            referral,
        });
        check.done(input)
    }
}

/// When a second rater fills the sheet in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SecondForm {
    /// The day.
    pub performed_on: String,
}

/// What a sheet's page sends: its own fields, and `item-7` for every answered item.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct SheetForm(BTreeMap<String, String>);

/// A sheet as a page sent it.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The revision that the page was made from.
    pub base: u32,
    /// The page, by the token it was made with.
    pub window: String,
    /// The stage that the page showed.
    pub stage: u8,
    /// The chosen cut-off set.
    pub cutoffs: Option<String>,
    /// The answers on the page.
    pub answers: Answers,
}

/// The field of an item.
pub fn field_of(item: &str) -> String {
    format!("item-{item}")
}

impl SheetForm {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The sheet by its package. What no page of ours sends is unreadable.
    pub fn read(&self, package: &Package) -> Result<Filled> {
        let wrong =
            |e: crate::screening::instruments::InputError| Error::Unreadable(e.text().get(Tongue::En).to_owned());
        let mut answers = Answers::default();
        for (name, value) in &self.0 {
            if let Some(item) = name.strip_prefix("item-")
                && !value.is_empty()
            {
                answers.set(item, package.answer(item, value).map_err(wrong)?);
            }
        }
        let cutoffs = optional(self.get("cutoffs"));
        package.cutoff_set(cutoffs.as_deref()).map_err(wrong)?;
        Ok(Filled {
            base: self.get("base").parse().unwrap_or(0),
            window: self.get("window").to_owned(),
            stage: if self.get("stage") == "2" { 2 } else { 1 },
            cutoffs,
            answers,
        })
    }
}
