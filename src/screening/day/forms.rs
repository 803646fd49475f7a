//! What the list of a day sends: the fields of every row carry the child's id, `result_7`, `sign_7`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{ChildId, words::ScreenOutcome};
use serde::{Deserialize, Serialize};

use super::service::Row;
use crate::{
    platform::{
        Check, Errors, Result, Say,
        form::{allowed, optional},
    },
    screening::NOTE,
    screening::screen::{
        rules::SIGNS,
        service::{Finding, NewScreen},
    },
};

/// What was chosen for a child that was seen.
pub const SEEN: &str = "seen";

/// The list as it was sent: pairs of name and value.
pub type Pairs = Vec<(String, String)>;

/// One row as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowForm {
    /// The check age whose signs the row showed.
    pub check_age: String,
    /// `seen`, a reason, or nothing.
    pub result: String,
    /// Numbers of the signs that are ticked.
    pub signs: Vec<String>,
    /// Regression is ticked.
    pub regression: bool,
    /// Anything else.
    pub note: String,
}

/// The whole list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DayForm {
    /// The day.
    pub performed_on: String,
    /// Kindergarten that was asked for.
    pub kindergarten: String,
    /// Street that was asked for.
    pub street: String,
    /// By child.
    pub rows: BTreeMap<ChildId, RowForm>,
}

impl DayForm {
    /// Sorts the pairs into rows. Fields that the page does not know are left out.
    pub fn read(pairs: Pairs) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "performed_on" => form.performed_on = value,
                "kindergarten" => form.kindergarten = value,
                "street" => form.street = value,
                _ => form.cell(&name, value),
            }
        }
        form
    }

    /// The address of this list; what is kept of it is kept under it.
    pub fn address(&self) -> Result<String> {
        let asked = [
            ("performed_on", self.performed_on.trim()),
            ("kindergarten", self.kindergarten.trim()),
            ("street", self.street.trim()),
        ];
        let query = serde_urlencoded::to_string(asked).map_err(anyhow::Error::from)?;
        Ok(format!("/screening-days/new?{query}"))
    }

    fn cell(&mut self, name: &str, value: String) {
        let Some((field, id)) = name.split_once('_') else {
            return;
        };
        let Ok(id) = id.parse::<ChildId>() else { return };
        let row = self.rows.entry(id).or_default();
        match field {
            "age" => row.check_age = value,
            "result" => row.result = value,
            "sign" => row.signs.push(value),
            "regression" => row.regression = value == "true",
            "note" => row.note = value,
            _ => {}
        }
    }

    /// The rows that were filled in; errors by row, under the name of the row's result field.
    pub fn input(&self) -> Result<Vec<Row>, Errors> {
        let mut check = Check::default();
        let day = check.date("performed_on", &self.performed_on);
        let mut errors = check.done(Some(())).err().unwrap_or_default();
        let mut rows = Vec::new();
        for (child, form) in &self.rows {
            match day.map(|day| form.input(day)) {
                Some(Ok(Some(new))) => rows.push(Row {
                    child: *child,
                    check_age: form.check_age.parse().ok(),
                    new,
                }),
                Some(Ok(None)) | None => {}
                Some(Err((field, say))) => errors.add(format!("{field}_{child}"), say),
            }
        }
        if errors.is_empty() && rows.is_empty() {
            errors.add_form("day.nothing");
        }
        if errors.is_empty() { Ok(rows) } else { Err(errors) }
    }
}

impl RowForm {
    /// The row's screen; nothing when the row was left empty.
    fn input(&self, performed_on: NaiveDate) -> Result<Option<NewScreen>, (&'static str, Say)> {
        let note = optional(&self.note);
        allowed(note.as_deref().unwrap_or_default(), NOTE).map_err(|say| ("note", say))?;
        let finding = self.finding().map_err(|say| ("result", say))?;
        Ok(finding.map(|finding| NewScreen {
            performed_on,
            age_used: None,
            finding,
            note,
        }))
    }

    fn finding(&self) -> Result<Option<Finding>, Say> {
        let ticked = !self.signs.is_empty() || self.regression;
        match self.result.as_str() {
            "" if ticked => Err("day.signs_without_result".into()),
            "" => Ok(None),
            SEEN => {
                let mut signs = self
                    .signs
                    .iter()
                    .map(|n| n.parse::<u8>())
                    .collect::<Result<Vec<_>, _>>();
                if let Ok(signs) = &mut signs {
                    signs.sort_unstable();
                    signs.dedup();
                }
                let signs = signs
                    .ok()
                    .filter(|signs| signs.iter().all(|n| (1..=SIGNS).contains(n)))
                    .ok_or("form.choice")?;
                Ok(Some(Finding::Seen {
                    signs,
                    regression: self.regression,
                }))
            }
            _ if ticked => Err("day.signs_without_result".into()),
            word => match word.parse::<ScreenOutcome>() {
                Ok(ScreenOutcome::Normal | ScreenOutcome::Abnormal) | Err(_) => Err("form.choice".into()),
                Ok(why) => Ok(Some(Finding::NotSeen(why))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn rows_are_read_by_child() {
        let form = DayForm::read(pairs(&[
            ("performed_on", "2026-11-02"),
            ("result_7", "seen"),
            ("sign_7", "3"),
            ("sign_7", "1"),
            ("age_7", "24"),
            ("result_8", ""),
            ("result_9", "refused"),
            ("once", "x"),
            ("result_x", "seen"),
        ]));
        let rows = form.input().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].child, ChildId(7));
        assert_eq!(rows[0].check_age, Some(24));
        let finding = Finding::Seen {
            signs: vec![1, 3],
            regression: false,
        };
        assert_eq!(rows[0].new.finding, finding);
        assert_eq!(rows[1].new.finding, Finding::NotSeen(ScreenOutcome::Refused));
    }

    #[test]
    fn a_wrong_row_is_named_and_an_empty_list_refused() {
        let form = DayForm::read(pairs(&[
            ("performed_on", "2026-11-02"),
            ("sign_7", "1"),
            ("result_8", "normal"),
        ]));
        let errors = form.input().unwrap_err();
        assert_eq!(errors.get("result_7").len(), 1);
        assert_eq!(errors.get("result_8").len(), 1);
        let empty = DayForm::read(pairs(&[("performed_on", "2026-11-02"), ("result_7", "")]));
        assert_eq!(empty.input().unwrap_err().form().len(), 1);
    }
}
