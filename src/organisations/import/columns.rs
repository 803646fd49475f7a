//! The columns of a list of divisions, and the empty workbook made of them.

use chrono::{Days, NaiveDate, NaiveDateTime};
use entities::words::{DivisionChange, Language};

use crate::platform::{
    Result, words,
    workbook::{Column, Template, TemplateColumn, TemplateKind},
};

/// Rows of the template that are prepared for input.
const PREPARED_ROWS: u32 = 2_000;
/// Before the first division of the republic nothing was changed that anybody enters.
pub(super) const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(1949, 10, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// How far ahead a change may be announced.
const AHEAD: u64 = 366;

/// Key, required, further headings, example.
const COLUMNS: [(&str, bool, &[&str], &str); 5] = [
    (
        "code",
        true,
        &["区划代码", "统计用区划代码", "division code"],
        "330211004",
    ),
    (
        "name",
        false,
        &["区划名称", "名称（镇街、村社区）", "division name"],
        "庄市街道",
    ),
    ("change", false, &["变更类型", "变更情况", "kind of change"], ""),
    ("changes_on", false, &["生效日期", "变更日期", "effective date"], ""),
    (
        "successor",
        false,
        &["新区划代码", "并入区划代码", "successor code"],
        "",
    ),
];

/// The last day that a change may have.
pub(super) fn latest(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(AHEAD)).unwrap_or(today)
}

/// The columns as the reader of workbooks wants them.
pub fn columns() -> Vec<Column> {
    let known = COLUMNS.iter().map(|(key, required, names, _)| Column {
        key,
        names: [Language::Chinese, Language::English]
            .into_iter()
            .map(|language| heading(language, key))
            .chain(names.iter().map(|name| (*name).to_owned()))
            .collect(),
        required: *required,
    });
    known.collect()
}

fn heading(language: Language, key: &str) -> String {
    words::raw(language, &format!("division_import.column.{key}")).into_owned()
}

/// The empty workbook.
pub fn template(language: Language, today: NaiveDate, made_at: NaiveDateTime) -> Result<Vec<u8>> {
    let columns = COLUMNS.iter().map(|(key, required, _, example)| TemplateColumn {
        header: heading(language, key),
        required: *required,
        kind: match *key {
            "change" => TemplateKind::Choice(changes(language)),
            "changes_on" => TemplateKind::Date {
                from: EARLIEST,
                to: latest(today),
            },
            _ => TemplateKind::Text,
        },
        explanation: words::raw(language, &format!("division_import.about.{key}")).into_owned(),
        example: (*example).to_owned(),
    });
    let template = Template {
        name: words::raw(language, "division_import.template.sheet").into_owned(),
        note: words::raw(language, "division_import.template.note").into_owned(),
        columns: columns.collect(),
        rows: PREPARED_ROWS,
    };
    Ok(template.to_xlsx(made_at, language)?)
}

fn changes(language: Language) -> Vec<String> {
    let all = DivisionChange::ALL.iter();
    all.map(|kind| words::raw(language, kind.word()).into_owned()).collect()
}

/// The change that a cell names, in either language or by its word.
pub(super) fn change(text: &str) -> Option<DivisionChange> {
    let folded = text.trim().to_lowercase();
    DivisionChange::ALL.iter().copied().find(|kind| {
        kind.as_str() == folded
            || [Language::Chinese, Language::English]
                .iter()
                .any(|language| words::raw(*language, kind.word()).to_lowercase() == folded)
    })
}
