//! What a list of divisions means, every error at its cell. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entities::{division_code::DivisionCode, words::DivisionChange};

use super::columns;
use crate::platform::{
    Say,
    workbook::{CellError, RowReader, Sheet},
};

/// Longest name of a division.
const NAME: usize = 40;

/// Divisions as they stand: name, and whether they are open.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By code.
    pub divisions: BTreeMap<String, (String, bool)>,
    /// What open organisations cover.
    pub coverages: BTreeSet<String>,
}

/// A division that becomes another, or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its code until then.
    pub code: String,
    /// What happens.
    pub kind: DivisionChange,
    /// The first day of it.
    pub on: NaiveDate,
    /// Its name until then.
    pub before: String,
    /// The name from then on.
    pub after: Option<String>,
    /// Where it goes on.
    pub successor: Option<String>,
}

/// What a sheet says.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// New divisions: code and name.
    pub added: BTreeMap<String, String>,
    /// Changes, in the order of the sheet; those that follow from another behind it.
    pub changes: Vec<Change>,
    /// Rows that say what is known.
    pub same: usize,
    /// What is wrong, in the order of rows and columns.
    pub errors: Vec<Wrong>,
}

/// Something wrong at a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Number of the row as the spreadsheet shows it.
    pub row: u32,
    /// Position of the column; none when the file does not have it.
    pub index: Option<usize>,
    /// Letters of the column.
    pub letters: String,
    /// Its heading.
    pub header: String,
    /// What is wrong and what to do.
    pub say: Say,
}

impl From<CellError> for Wrong {
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

/// A row whose cells could be read.
struct Entry {
    row: u32,
    code: DivisionCode,
    name: Option<String>,
    change: Option<(DivisionChange, NaiveDate)>,
    successor: Option<DivisionCode>,
}

/// Check every row of a sheet against what is known, for an administrator of `area` (empty: of the whole country).
pub fn check(sheet: &Sheet, known: &Known, area: &str, today: NaiveDate) -> Checked {
    let mut desk = Desk {
        sheet,
        known,
        area,
        checked: Checked::default(),
    };
    let entries: Vec<Entry> = sheet.iter().filter_map(|row| desk.read(&row, today)).collect();
    desk.additions(&entries);
    desk.changes(&entries);
    let mut checked = desk.checked;
    checked.errors.sort_by_key(|wrong| (wrong.row, wrong.index));
    checked
}

struct Desk<'a> {
    sheet: &'a Sheet,
    known: &'a Known,
    area: &'a str,
    checked: Checked,
}

impl Desk<'_> {
    fn wrong(&mut self, row: u32, key: &str, say: impl Into<Say>) {
        let index = self.sheet.position(key);
        let header = index.and_then(|index| self.sheet.headers.get(index));
        self.checked.errors.push(Wrong {
            row,
            index,
            letters: header.map(|h| h.letters.clone()).unwrap_or_default(),
            header: header.map(|h| h.text.clone()).unwrap_or_default(),
            say: say.into(),
        });
    }

    /// The cells of a row, each for itself.
    fn read(&mut self, row: &RowReader<'_>, today: NaiveDate) -> Option<Entry> {
        let number = row.number();
        let errors = self.checked.errors.len();
        let code = self.kept(row.code("code"));
        let name = self.kept(row.text("name"));
        let change = self.kept(row.text("change"));
        let successor = self.kept(row.code("successor"));
        let on = self.kept(row.date("changes_on"));
        if code.is_none() && self.checked.errors.len() == errors {
            self.wrong(number, "code", "form.required");
        }
        let code = code.and_then(|text| self.place(number, "code", &text));
        let successor = successor.and_then(|text| self.place(number, "successor", &text));
        if name.as_ref().is_some_and(|name| name.chars().count() > NAME) {
            self.wrong(number, "name", Say::new("form.too_long").with("max", NAME));
        }
        let change = match change.as_deref().map(columns::change) {
            None => None,
            Some(Some(kind)) => match on {
                Some(on) if on < columns::EARLIEST || on > columns::latest(today) => {
                    self.wrong(number, "changes_on", "division_import.day");
                    None
                }
                Some(on) => Some((kind, on)),
                None => {
                    self.wrong(number, "changes_on", "division_import.day_missing");
                    None
                }
            },
            Some(None) => {
                self.wrong(number, "change", "division_import.change");
                None
            }
        };
        if self.checked.errors.len() > errors {
            return None;
        }
        Some(Entry {
            row: number,
            code: code?,
            name,
            change,
            successor,
        })
    }

    /// What a cell holds; an error is told.
    fn kept<T>(&mut self, cell: Result<Option<T>, CellError>) -> Option<T> {
        cell.unwrap_or_else(|error| {
            self.checked.errors.push(error.into());
            None
        })
    }

    /// A code inside the administrator's own area.
    fn place(&mut self, row: u32, key: &str, text: &str) -> Option<DivisionCode> {
        match DivisionCode::parse(text) {
            Err(error) => self.wrong(row, key, error.key()),
            Ok(code) if !code.as_str().starts_with(self.area) => {
                self.wrong(row, key, Say::new("division_import.outside").with("area", self.area));
            }
            Ok(code) => return Some(code),
        }
        None
    }

    /// New divisions, wherever in the sheet what they lie in stands.
    fn additions(&mut self, entries: &[Entry]) {
        let mut rows: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.change.is_none()) {
            let code = entry.code.as_str();
            let first = *rows.entry(code).or_insert(entry.row);
            if first != entry.row {
                self.wrong(entry.row, "code", Say::new("division_import.twice").with("row", first));
                continue;
            }
            match (self.known.divisions.get(code), entry.name.clone()) {
                (_, None) => self.wrong(entry.row, "name", "form.required"),
                (Some((name, true)), Some(typed)) if *name == typed => self.checked.same += 1,
                (Some((name, true)), Some(_)) => {
                    self.wrong(
                        entry.row,
                        "name",
                        Say::new("division_import.other_name").with("name", name),
                    );
                }
                (Some((_, false)), Some(_)) => self.wrong(entry.row, "code", "division_import.closed"),
                (None, Some(typed)) => {
                    self.checked.added.insert(code.to_owned(), typed);
                }
            }
        }
        // What a change of code or a merger leads to may be new in the same sheet.
        for entry in entries {
            if let (Some((DivisionChange::Recoded, _)), Some(successor)) = (entry.change, &entry.successor)
                && !self.known.divisions.contains_key(successor.as_str())
                && !self.checked.added.contains_key(successor.as_str())
            {
                let own = self
                    .known
                    .divisions
                    .get(entry.code.as_str())
                    .map(|(name, _)| name.clone());
                let name = entry.name.clone().or(own).unwrap_or_default();
                self.checked.added.insert(successor.as_str().to_owned(), name);
            }
        }
        for entry in entries {
            let new = match (&entry.change, &entry.successor) {
                (None, _) => (&entry.code, "code"),
                (Some((DivisionChange::Recoded, _)), Some(successor)) => (successor, "successor"),
                (Some(_), _) => continue,
            };
            let Some(parent) = new.0.parent() else { continue };
            let open = self.known.divisions.get(parent.as_str()).is_some_and(|(_, open)| *open);
            if !open && !self.checked.added.contains_key(parent.as_str()) {
                self.wrong(
                    entry.row,
                    new.1,
                    Say::new("division_import.parent").with("code", parent),
                );
            }
        }
    }

    fn changes(&mut self, entries: &[Entry]) {
        let leaving: BTreeMap<&str, (DivisionChange, &Entry)> = entries
            .iter()
            .filter_map(|entry| {
                let (kind, _) = entry.change?;
                (kind != DivisionChange::Renamed).then_some((entry.code.as_str(), (kind, entry)))
            })
            .collect();
        let mut seen: BTreeSet<(&str, DivisionChange)> = BTreeSet::new();
        for entry in entries {
            let Some((kind, on)) = entry.change else { continue };
            let code = entry.code.as_str();
            let Some((before, true)) = self.known.divisions.get(code).cloned() else {
                self.wrong(entry.row, "code", "division_import.unknown");
                continue;
            };
            let leaves = leaving.get(code).is_some_and(|(_, first)| first.row != entry.row);
            if !seen.insert((code, kind)) || kind != DivisionChange::Renamed && leaves {
                self.wrong(entry.row, "code", "division_import.twice_changed");
                continue;
            }
            let errors = self.checked.errors.len();
            let after = self.outcome(entry, kind, &leaving);
            if kind != DivisionChange::Renamed && kind != DivisionChange::Recoded {
                self.nothing_left(entry, kind, &leaving);
            }
            if self.checked.errors.len() > errors {
                continue;
            }
            let change = Change {
                code: code.to_owned(),
                kind,
                on,
                before,
                after,
                successor: entry.successor.as_ref().map(ToString::to_string),
            };
            self.checked.changes.push(change.clone());
            if kind == DivisionChange::Recoded {
                self.follow(&change, &leaving);
            }
        }
    }

    /// The name from then on; what is wrong with name and successor on the way.
    fn outcome(
        &mut self,
        entry: &Entry,
        kind: DivisionChange,
        leaving: &BTreeMap<&str, (DivisionChange, &Entry)>,
    ) -> Option<String> {
        match (kind, &entry.successor) {
            (DivisionChange::Renamed, None) => {
                if entry.name.is_none() {
                    self.wrong(entry.row, "name", "form.required");
                }
                entry.name.clone()
            }
            (DivisionChange::Ended, None) => None,
            (DivisionChange::Renamed | DivisionChange::Ended, Some(_)) => {
                self.wrong(entry.row, "successor", "division_import.no_successor");
                None
            }
            (DivisionChange::Recoded | DivisionChange::Merged, None) => {
                self.wrong(entry.row, "successor", "division_import.successor_missing");
                None
            }
            (DivisionChange::Recoded | DivisionChange::Merged, Some(successor)) => {
                let known = self.known.divisions.get(successor.as_str());
                let open = known.is_some_and(|(_, open)| *open);
                let added = self.checked.added.get(successor.as_str());
                let name = added.or(known.map(|(name, _)| name)).cloned();
                if successor.level() != entry.code.level() || *successor == entry.code {
                    self.wrong(entry.row, "successor", "division_import.successor_level");
                } else if leaving.contains_key(successor.as_str()) || !open && added.is_none() {
                    self.wrong(entry.row, "successor", "division_import.successor_unknown");
                }
                name
            }
        }
    }

    /// What lies below a division that ends must end, too, and somebody must not be left covering what is no more.
    fn nothing_left(
        &mut self,
        entry: &Entry,
        kind: DivisionChange,
        leaving: &BTreeMap<&str, (DivisionChange, &Entry)>,
    ) {
        let below: Vec<&String> = below(self.known, entry.code.as_str())
            .filter(|code| !leaving.contains_key(code.as_str()))
            .collect();
        if let Some(first) = below.first() {
            let say = Say::new("division_import.below")
                .with("count", below.len())
                .with("code", first);
            self.wrong(entry.row, "code", say);
        }
        if kind == DivisionChange::Ended && self.known.coverages.contains(entry.code.as_str()) {
            self.wrong(entry.row, "code", "division_import.covered");
        }
    }

    /// With a new code of a division, everything below gets one by the same digits, unless the sheet says otherwise.
    fn follow(&mut self, change: &Change, leaving: &BTreeMap<&str, (DivisionChange, &Entry)>) {
        let Some(successor) = &change.successor else { return };
        let codes: Vec<String> = below(self.known, &change.code)
            .filter(|code| !leaving.contains_key(code.as_str()))
            .cloned()
            .collect();
        for code in codes {
            let (Some(end), Some((name, _))) = (code.get(change.code.len()..), self.known.divisions.get(&code)) else {
                continue;
            };
            let next = format!("{successor}{end}");
            if !self.known.divisions.contains_key(&next) {
                self.checked.added.entry(next.clone()).or_insert_with(|| name.clone());
            }
            self.checked.changes.push(Change {
                kind: DivisionChange::Recoded,
                on: change.on,
                before: name.clone(),
                after: Some(name.clone()),
                successor: Some(next),
                code,
            });
        }
    }
}

/// Open divisions below another.
fn below<'a>(known: &'a Known, code: &'a str) -> impl Iterator<Item = &'a String> {
    known
        .divisions
        .range(format!("{code}0")..format!("{code}:"))
        .filter(|(_, (_, open))| *open)
        .map(|(code, _)| code)
}
