//! The pre-check: every row of a roster through the rules of the child form, every error at its cell. Pure.

use std::collections::HashMap;

use chrono::NaiveDate;
use entities::words::IdentityKind;

use super::{
    columns,
    earlier::{Earlier, RowForm},
    places::Places,
};
use crate::{
    children::{
        check_ages::CheckAgeRules,
        forms::{self, ChildForm},
        new_child::NewChild,
    },
    platform::{
        Error, Errors, Result, Say,
        job::Watch,
        workbook::{CellError, Mark, RowReader, Sheet},
    },
};

/// A row that can become a file.
#[derive(Clone, Debug)]
pub struct GoodRow {
    /// Its number as the spreadsheet shows it.
    pub number: u32,
    /// What was typed, as the forms take it.
    pub form: RowForm,
    /// What it means.
    pub child: NewChild,
    /// What it tells of the time before.
    pub earlier: Earlier,
}

/// Something wrong at a cell, or with a row as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Number of the row.
    pub row: u32,
    /// Position of the column; none for the row as a whole.
    pub index: Option<usize>,
    /// Letters of the column.
    pub letters: String,
    /// Its heading in the file.
    pub header: String,
    /// What is wrong and what to do.
    pub say: Say,
}

impl From<CellError> for RowError {
    fn from(error: CellError) -> Self {
        Self {
            row: error.row,
            index: Some(error.index),
            say: error.say(),
            letters: error.column,
            header: error.header,
        }
    }
}

impl RowError {
    /// For the sender's own workbook.
    pub fn mark(&self, language: entities::words::Language) -> Mark {
        Mark {
            row: self.row,
            column: self.index,
            message: self.say.in_words(language),
        }
    }
}

/// What the pre-check found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Rows that can be taken.
    pub good: Vec<GoodRow>,
    /// Everything that is wrong, in the order of rows and columns.
    pub errors: Vec<RowError>,
    /// Rows with an error.
    pub bad: usize,
}

/// What rows are checked against.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Where children may live.
    pub places: Places,
    /// Check ages in force where the roster comes from.
    pub rules: CheckAgeRules,
    /// A person answers for it, not a command.
    pub somebody: bool,
}

/// Check every row.
///
/// # Errors
/// When it is to stop.
pub fn check(sheet: &Sheet, ground: &Ground, today: NaiveDate, watch: &Watch) -> Result<Checked> {
    let mut checked = Checked::default();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    watch.expect(sheet.rows.len());
    for row in sheet.iter() {
        watch.step()?;
        let mut errors = Vec::new();
        let form = read(&row, &ground.places, &mut errors)?;
        let mut told = |wrong: &Errors| {
            for (field, say) in wrong.all() {
                let at = sheet.position(field);
                // A cell that could not be read is told once.
                if at.is_none() || !errors.iter().any(|e| e.index == at) {
                    errors.push(at_field(sheet, row.number(), field, of_cell(&row, field, say)));
                }
            }
        };
        let child = match form.child.registration(today) {
            Ok(child) => Some(child),
            Err(wrong) => {
                told(&wrong);
                None
            }
        };
        let earlier = match child
            .as_ref()
            .map(|child| form.earlier(child, &ground.rules, today, ground.somebody))
        {
            Some(Ok(earlier)) => earlier,
            Some(Err(wrong)) => {
                told(&wrong);
                Earlier::default()
            }
            None => Earlier::default(),
        };
        let number = child.as_ref().and_then(|child| child.identity.number());
        if let Some(number) = number {
            let first = *numbers.entry(number.to_owned()).or_insert(row.number());
            if first != row.number() {
                let say = Say::new("roster.same_number").with("row", first);
                errors.push(at_field(sheet, row.number(), "identity_no", say));
            }
        }
        match child {
            Some(child) if errors.is_empty() => checked.good.push(GoodRow {
                number: row.number(),
                form,
                child,
                earlier,
            }),
            _ => {
                checked.bad += 1;
                errors.sort_by_key(|error| error.index);
                checked.errors.append(&mut errors);
            }
        }
    }
    Ok(checked)
}

/// On a page the choices stand beside the error; for a cell they are in the template.
fn of_cell(row: &RowReader<'_>, field: &str, say: &Say) -> Say {
    match row.text(field) {
        Ok(Some(text)) if say.key() == "form.choice" => {
            Say::new("roster.choice").with("text", text.chars().take(30).collect::<String>())
        }
        _ => say.clone(),
    }
}

fn at_field(sheet: &Sheet, row: u32, field: &str, say: Say) -> RowError {
    let index = sheet.position(field);
    let header = index.and_then(|index| sheet.headers.get(index));
    RowError {
        row,
        index,
        letters: header.map(|h| h.letters.clone()).unwrap_or_default(),
        header: header.map(|h| h.text.clone()).unwrap_or_default(),
        say,
    }
}

/// One row as the form would send it.
fn read(row: &RowReader<'_>, places: &Places, errors: &mut Vec<RowError>) -> Result<RowForm> {
    let child = ChildForm {
        identity_kind: String::new(),
        guardian2_custody: "true".to_owned(),
        guardian2_contact: "true".to_owned(),
        ..forms::blank()
    };
    let mut form = RowForm {
        child,
        ..RowForm::default()
    };
    for key in columns::keys()? {
        if columns::says_nothing(key, row.cell(key))? {
            continue;
        }
        let cell = match key {
            "birth_on" | "resident_since" | "disability_card_expires_on" | "screened_on" | "consented_on" => {
                row.date(key).map(|day| day.map(|day| day.to_string()))
            }
            "identity_no" | "disability_card_no" | "guardian1_phone" | "guardian2_phone" => row.code(key),
            _ => row.text(key),
        };
        let text = match cell {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(error) => {
                errors.push(error.into());
                continue;
            }
        };
        let value = match key {
            "division" => places.residence(&text),
            "household_division" => places.household(&text),
            _ => Ok(columns::choice(key, &text)?),
        };
        match value {
            Ok(value) => put(&mut form, key, value),
            Err(say) => {
                if let Some(error) = row.error(key, "form.unreadable", Vec::new()) {
                    errors.push(RowError { say, ..error.into() });
                }
            }
        }
    }
    if form.child.identity_kind.is_empty() {
        form.child.identity_kind = likely_kind(&form.child.identity_no).as_str().to_owned();
    }
    Ok(form)
}

/// Which document a number without a kind belongs to; the form checks it.
fn likely_kind(number: &str) -> IdentityKind {
    let permit = ["81", "82", "83"].iter().any(|prefix| number.starts_with(prefix));
    match number.len() {
        0 => IdentityKind::NoneYet,
        18 if permit => IdentityKind::ResidencePermit,
        10 if number.starts_with(|c: char| c.is_ascii_alphabetic()) => IdentityKind::BirthCertificate,
        _ => IdentityKind::CitizenId,
    }
}

fn put(form: &mut RowForm, key: &str, value: String) {
    let RowForm { child, .. } = form;
    let slot = match key {
        "name" => &mut child.name,
        "sex" => &mut child.sex,
        "birth_on" => &mut child.birth_on,
        "identity_kind" => &mut child.identity_kind,
        "identity_no" => &mut child.identity_no,
        "gestational_weeks" => &mut child.gestational_weeks,
        "ethnicity" => &mut child.ethnicity,
        "division" => &mut child.division,
        "address" => &mut child.address,
        "resident_since" => &mut child.resident_since,
        "household_division" => &mut child.household_division,
        "kindergarten" => &mut child.kindergarten,
        "guardian1_name" => &mut child.guardian1_name,
        "guardian1_kinship" => &mut child.guardian1_kinship,
        "guardian1_phone" => &mut child.guardian1_phone,
        "guardian1_email" => &mut child.guardian1_email,
        "guardian2_name" => &mut child.guardian2_name,
        "guardian2_kinship" => &mut child.guardian2_kinship,
        "guardian2_phone" => &mut child.guardian2_phone,
        "guardian2_email" => &mut child.guardian2_email,
        "disability_card_no" => &mut child.disability_card_no,
        "disability_card_expires_on" => &mut child.disability_card_expires_on,
        "screened_age" => &mut form.screened_age,
        "screened_on" => &mut form.screened_on,
        "screened_result" => &mut form.screened_result,
        "consent_purposes" => &mut form.consent_purposes,
        "consented_on" => &mut form.consented_on,
        "consent_signer" => &mut form.consent_signer,
        "consent_text" => &mut form.consent_text,
        _ => return,
    };
    *slot = value;
}

/// A roster that may not be taken as a whole.
pub(super) fn refuse_bad(checked: &Checked, good_rows_only: bool) -> Result<()> {
    if checked.bad > 0 && !good_rows_only {
        return Err(Error::refused(
            Say::new("roster.not_all_good").with("rows", checked.bad),
        ));
    }
    Ok(())
}
